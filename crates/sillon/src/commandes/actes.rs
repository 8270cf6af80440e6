//! `sillon actes`.

use acces::{Action, Objet, Permis, actions};
use anyhow::Result;
use recouvrement::actes::{
    Atelier, BilanAdresses, BilanExpedition, BilanRetours, FICHIER_REGLAGES, Modeles, Reglages, dossier,
    expedier, importer_adresses, importer_retours,
};
use storage::Db;
use valeurs::CodeCaisse;

use super::Fin;
use crate::arguments::Actes;
use crate::configuration::{Configuration, operateur};
use crate::sortie;

pub(super) async fn lancer(configuration: &Configuration, commande: Actes) -> Result<Fin> {
    match commande {
        Actes::Modeles { caisse } => ecrire_de_quoi_commencer(configuration, caisse)?,
        Actes::Essayer { caisse } => {
            Atelier::ouvrir(&configuration.donnees, caisse)?
                .modeles
                .essayer()?;
            sortie::ligne(&format!("{caisse} : réglages et modèles sont justes"))?;
        }
        Actes::Adresses(arguments) => {
            let db = configuration.ouvrir(arguments.caisse).await?;
            let permis: Permis<actions::ComposerActe> = permis(configuration, &db).await?;
            for fichier in &arguments.fichiers {
                let aujourdhui = configuration.horloge.aujourdhui();
                let bilan = importer_adresses(&db, &permis, fichier, aujourdhui).await?;
                sortie::rendre(configuration.format, &bilan, || phrase_adresses(&bilan))?;
            }
            db.fermer().await;
        }
        Actes::Expedier { caisse, vers } => {
            let db = configuration.ouvrir(caisse).await?;
            let permis: Permis<actions::ExpedierActes> = permis(configuration, &db).await?;
            let actes = dossier(&configuration.donnees, caisse);
            let jour = configuration.horloge.aujourdhui();
            let bilan = expedier(&db, &permis, &actes, vers.as_deref(), jour).await?;
            sortie::rendre(configuration.format, &bilan, || phrase_expedition(&bilan))?;
            db.fermer().await;
        }
        Actes::Retours(arguments) => {
            let db = configuration.ouvrir(arguments.caisse).await?;
            let permis: Permis<actions::ExpedierActes> = permis(configuration, &db).await?;
            for fichier in &arguments.fichiers {
                let aujourdhui = configuration.horloge.aujourdhui();
                let bilan = importer_retours(&db, &permis, fichier, aujourdhui).await?;
                sortie::rendre(configuration.format, &bilan, || phrase_retours(&bilan))?;
            }
            db.fermer().await;
        }
    }
    Ok(Fin::Bien)
}

async fn permis<A: Action>(configuration: &Configuration, db: &Db) -> Result<Permis<A>> {
    Ok(Permis::operateur(db, &configuration.horloge, &operateur(), Objet::Caisse).await?)
}

fn ecrire_de_quoi_commencer(configuration: &Configuration, caisse: CodeCaisse) -> Result<()> {
    let dossier = dossier(&configuration.donnees, caisse);
    let mut ecrits = Modeles::ecrire(&dossier)?;
    ecrits.extend(Reglages::ecrire_un_exemple(&dossier, caisse.nom())?);
    for fichier in &ecrits {
        sortie::ligne(&format!("{} est écrit", fichier.display()))?;
    }
    if ecrits.is_empty() {
        sortie::ligne(&format!(
            "{} a déjà ses modèles et {FICHIER_REGLAGES} : rien n'a été changé",
            dossier.display()
        ))?;
    }
    Ok(())
}

fn phrase_adresses(b: &BilanAdresses) -> String {
    format!(
        "{} adresses lues ; {} gardées, {} d'un matricule inconnu",
        b.lues, b.gardees, b.inconnus
    )
}

fn phrase_expedition(b: &BilanExpedition) -> String {
    let lots: Vec<String> = b.lots.iter().map(|lot| lot.display().to_string()).collect();
    match lots.as_slice() {
        [] => "aucun acte n'attendait de partir".to_owned(),
        lots => format!("{} actes remis : {}", b.actes, lots.join(", ")),
    }
}

fn phrase_retours(b: &BilanRetours) -> String {
    format!(
        "{} retours lus ; {} notés, {} déjà connus ; {} étapes refusées par la procédure",
        b.lues, b.notes, b.connus, b.etapes_refusees
    )
}
