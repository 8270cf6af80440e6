//! `sillon prelevements`.

use acces::{Objet, Permis, actions};
use anyhow::Result;
use recouvrement::actes::{self, FICHIER_REGLAGES, Reglages};
use recouvrement::prelevements::{
    BilanComptesRendus, BilanPrelevements, Ecartee, ErreurPrelevement, dossier, emettre, noter_comptes_rendus,
};
use storage::Db;
use valeurs::{CodeCaisse, Montant, date_fr};

use super::Fin;
use crate::arguments::Prelevements;
use crate::configuration::{Configuration, operateur};
use crate::sortie;

pub(super) async fn lancer(configuration: &Configuration, commande: Prelevements) -> Result<Fin> {
    let aujourdhui = configuration.horloge.aujourdhui();
    match commande {
        Prelevements::Emettre {
            caisse,
            jusqu_au,
            vers,
        } => {
            let reglages = reglages(configuration, caisse)?;
            let qui_preleve = reglages
                .prelevement()
                .ok_or_else(|| ErreurPrelevement::SansReglages {
                    fichier: actes::dossier(&configuration.donnees, caisse)
                        .join(FICHIER_REGLAGES)
                        .display()
                        .to_string(),
                })?;
            let db = configuration.ouvrir(caisse).await?;
            let permis = permis(configuration, &db).await?;
            let ici = dossier(&configuration.donnees, caisse);
            let bilan = emettre(
                &db,
                &permis,
                qui_preleve,
                &ici,
                vers.as_deref(),
                jusqu_au,
                aujourdhui,
            )
            .await?;
            sortie::rendre(configuration.format, &bilan, || phrase_emission(&bilan))?;
            db.fermer().await;
        }
        Prelevements::ComptesRendus(arguments) => {
            let db = configuration.ouvrir(arguments.caisse).await?;
            let permis = permis(configuration, &db).await?;
            for fichier in &arguments.fichiers {
                let bilan = noter_comptes_rendus(&db, &permis, fichier, aujourdhui).await?;
                sortie::rendre(configuration.format, &bilan, || phrase_compte_rendu(&bilan))?;
            }
            db.fermer().await;
        }
    }
    Ok(Fin::Bien)
}

fn reglages(configuration: &Configuration, caisse: CodeCaisse) -> Result<Reglages> {
    Ok(Reglages::lire(&actes::dossier(&configuration.donnees, caisse))?)
}

async fn permis(configuration: &Configuration, db: &Db) -> Result<Permis<actions::EmettrePrelevements>> {
    Ok(Permis::operateur(db, &configuration.horloge, &operateur(), Objet::Caisse).await?)
}

fn phrase_emission(b: &BilanPrelevements) -> String {
    let fichiers: Vec<String> = b.fichiers.iter().map(|f| f.display().to_string()).collect();
    let mut phrases = vec![match fichiers.as_slice() {
        [] => "aucune mensualité à présenter".to_owned(),
        fichiers => format!(
            "{} prélèvements, {} : {}",
            b.prelevements,
            Montant::de_centimes(b.montant_centimes),
            fichiers.join(", ")
        ),
    }];
    phrases.extend(b.ecartees.iter().map(phrase_ecartee));
    phrases.join("\n")
}

fn phrase_ecartee(e: &Ecartee) -> String {
    format!(
        "  échéancier {}, mensualité {} du {}, non présentée : {}",
        e.echeancier,
        e.rang,
        date_fr(e.jour),
        e.raison.libelle()
    )
}

fn phrase_compte_rendu(b: &BilanComptesRendus) -> String {
    format!(
        "{} : {} prélèvements rejetés ou annulés ; {} notés, {} déjà connus",
        b.fichier, b.rejetes, b.notes, b.connus
    )
}
