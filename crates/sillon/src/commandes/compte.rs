//! `sillon compte` : le compte adhérent individuel d'un débiteur.

use acces::{Objet, Permis, actions};
use anyhow::{Context as _, Result};
use creances::Erreur;
use creances::cai::{Cai, compte};
use creances::dossiers::debiteur_du_matricule;
use storage::lire;
use valeurs::{DossierId, Montant, date_fr};

use super::Fin;
use crate::arguments::{Compte, Format};
use crate::configuration::{Configuration, operateur};
use crate::sortie;

pub(super) async fn lancer(configuration: &Configuration, arguments: &Compte) -> Result<Fin> {
    let db = configuration.ouvrir(arguments.caisse).await?;
    let au = arguments.au.unwrap_or_else(|| configuration.horloge.aujourdhui());
    let utilisateur = operateur();
    let demander =
        |objet| Permis::<actions::ConsulterCai>::operateur(&db, &configuration.horloge, &utilisateur, objet);
    let recherche = demander(Objet::Liste { nombre: 1 }).await?;
    let trouve: Result<Option<DossierId>, Erreur> = lire!(db, |tx| debiteur_du_matricule(
        tx,
        &recherche,
        &arguments.debiteur
    )
    .await);
    let dossier = trouve?.context(Erreur::DebiteurInconnu)?;
    let permis = demander(Objet::Dossier(dossier)).await?;
    let cai: Result<Cai, Erreur> = lire!(db, |tx| compte(tx, &permis, dossier, au).await);
    let cai = cai?;
    match configuration.format {
        Format::Json => cai.objets().try_for_each(|objet| sortie::json(&objet))?,
        Format::Texte | Format::Csv => imprimer(&cai)?,
    }
    db.fermer().await;
    Ok(Fin::Bien)
}

fn imprimer(cai: &Cai) -> Result<()> {
    let t = &cai.en_tete;
    let nom = format!("{} {}", t.nom, t.prenom);
    sortie::ligne(&format!(
        "Compte de {} ({}) au {}",
        nom.trim_end(),
        t.matricule,
        date_fr(t.au)
    ))?;
    sortie::ligne(&format!(
        "Débit {} ; crédit {} ; solde {}\n",
        t.debit, t.credit, t.solde
    ))?;
    sortie::ligne(&format!(
        "{:<10}  {:<24} {:<30} {:>16} {:>16}  {}",
        "jour", "période", "rubrique", "débit", "crédit", "référence"
    ))?;
    for l in &cai.lignes {
        let cellule = |m: Option<Montant>| m.map(|m| m.to_string()).unwrap_or_default();
        sortie::ligne(&format!(
            "{:<10}  {:<24} {:<30} {:>16} {:>16}  {}",
            date_fr(l.jour),
            l.periode_libelle,
            l.rubrique.to_string(),
            cellule(l.debit()),
            cellule(l.credit()),
            l.reference
        ))?;
    }
    Ok(())
}
