use creances::dossiers::EvenementRepris;
use droit::{EtapeProcedure, Nature};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, Lot, Tx};
use valeurs::DossierId;

use super::avancer::dire;
use super::charger::charger;
use super::constater::situer;
use crate::Erreur;

/// Ce qui est arrivé à une créance avant d'être suivie ici.
#[derive(Clone, Copy, Debug)]
pub struct FaitRepris {
    /// La créance, qui n'a encore aucun fait.
    pub creance: i64,
    /// Son dossier.
    pub dossier: DossierId,
    /// Sa nature.
    pub nature: Nature,
    /// L'étape.
    pub etape: &'static EtapeProcedure,
    /// Le jour où elle est arrivée.
    pub jour: Date,
    /// L'agent qui l'a faite.
    pub auteur: &'static str,
}

/// Reprend les étapes de créances suivies ailleurs, en masse : rangées par créance, puis dans leur ordre.
///
/// # Errors
/// Le refus de la base ; une date qui ne se calcule pas.
pub async fn reprendre(
    db: &Db,
    tx: &mut Tx,
    faits: &[FaitRepris],
    maintenant: Timestamp,
    au: Date,
) -> Result<(), Erreur> {
    let par_creance: Vec<&[FaitRepris]> = faits.chunk_by(|a, b| a.creance == b.creance).collect();
    Lot::nouveau()
        .entiers("creance_id", faits.iter().map(|f| f.creance))
        .entiers(
            "rang",
            par_creance.iter().flat_map(|siens| (1..).take(siens.len())),
        )
        .textes("etape", faits.iter().map(|f| f.etape.code()))
        .textes("jour", faits.iter().map(|f| f.jour.to_string()))
        .textes("enregistre_le", faits.iter().map(|_| maintenant.to_string()))
        .textes("auteur", faits.iter().map(|f| f.auteur))
        .executer(
            tx,
            "INSERT INTO fait_procedure (creance_id, rang, etape, jour, enregistre_le, auteur) \
             SELECT creance_id, rang, etape, jour, enregistre_le, auteur FROM v",
        )
        .await?;
    let evenements: Vec<EvenementRepris> = faits
        .iter()
        .map(|f| EvenementRepris {
            dossier: f.dossier,
            jour: f.jour,
            nature: f.etape.code().to_owned(),
            libelle: dire(f.etape, f.nature, false),
            auteur: f.auteur.to_owned(),
            branche: f.nature.branche(),
            procedure: true,
        })
        .collect();
    creances::dossiers::reprendre(db, tx, &[], &evenements, maintenant).await?;
    let ids: Vec<i64> = par_creance.iter().map(|siens| siens[0].creance).collect();
    let suivies = charger(tx, &ids).await?;
    situer(tx, &suivies, au).await
}
