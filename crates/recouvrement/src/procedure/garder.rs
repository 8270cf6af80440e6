//! Les faits qu'une transaction ajoute, et tout ce qui s'en déduit, en masse.

use creances::dossiers::EvenementRepris;
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, Lot, Tx};

use super::avancer::dire;
use super::charger::Suivie;
use super::constater::situer;
use crate::Erreur;

/// Garde le dernier fait de chacune de ces créances, déjà avancées, l'événement de leurs dossiers, et où elles en sont.
///
/// Les dossiers doivent être verrouillés.
///
/// # Errors
/// Le refus de la base ; une date qui ne se calcule pas.
pub(crate) async fn garder_les_derniers(
    db: &Db,
    tx: &mut Tx,
    suivies: &[Suivie],
    auteur: &str,
    quand: Timestamp,
    au: Date,
) -> Result<(), Erreur> {
    let mut faits = Vec::with_capacity(suivies.len());
    for suivie in suivies {
        let rang = suivie.parcours.faits().len().saturating_sub(1);
        let rang = i64::try_from(rang).map_err(|_| Erreur::Illisible("rang"))?;
        let fait = suivie
            .parcours
            .faits()
            .last()
            .ok_or(Erreur::Illisible("parcours"))?;
        faits.push((suivie, rang, *fait));
    }
    Lot::nouveau()
        .entiers("creance_id", faits.iter().map(|(suivie, ..)| suivie.creance))
        .entiers("rang", faits.iter().map(|(_, rang, _)| *rang))
        .textes("etape", faits.iter().map(|(.., fait)| fait.etape.code()))
        .textes("jour", faits.iter().map(|(.., fait)| fait.jour.to_string()))
        .textes("enregistre_le", faits.iter().map(|_| quand.to_string()))
        .textes("auteur", faits.iter().map(|_| auteur))
        .executer(
            tx,
            "INSERT INTO fait_procedure (creance_id, rang, etape, jour, enregistre_le, auteur) \
             SELECT creance_id, rang, etape, jour, enregistre_le, auteur FROM v",
        )
        .await?;
    let evenements: Vec<EvenementRepris> = faits
        .iter()
        .map(|(suivie, _, fait)| EvenementRepris {
            dossier: suivie.dossier,
            jour: fait.jour,
            nature: fait.etape.code().to_owned(),
            libelle: dire(fait.etape, suivie.nature, false),
            auteur: auteur.to_owned(),
            branche: suivie.nature.branche(),
            procedure: true,
        })
        .collect();
    creances::dossiers::reprendre(db, tx, &[], &evenements, quand).await?;
    situer(tx, suivies, au).await
}
