//! Où en est chaque créance : ce que listes et radar lisent.

use droit::Parcours;
use jiff::civil::Date;
use storage::{Db, Lot, Tx, ecrire, sql};

use super::charger::{Suivie, charger};
use crate::Erreur;

/// Créances situées en une transaction.
const LOT: i64 = 1_000;

/// Situe les créances qui ne le sont pas encore ; rend leur nombre. On peut l'interrompre et la relancer à tout instant.
///
/// # Errors
/// Le refus de la base ; une date qui ne se calcule pas.
pub async fn constater(db: &Db, au: Date) -> Result<usize, Erreur> {
    let (mut situees, mut derniere) = (0, 0);
    loop {
        let fait: Result<Vec<i64>, Erreur> = ecrire!(db, |tx| {
            // Deux passes à la fois situeraient les mêmes créances.
            tx.verrouiller_travail("procedures").await?;
            let nouvelles: Vec<(i64, i64)> = sql!(
                "SELECT c.id, c.dossier_id FROM creance c LEFT JOIN situation_procedure s ON s.creance_id = c.id \
                 WHERE c.id > $1 AND s.creance_id IS NULL ORDER BY c.id LIMIT $2"
            )
            .bind(derniere)
            .bind(LOT)
            .toutes(tx)
            .await?;
            // Un agent qui ferait avancer l'une d'elles d'ici la fin serait oublié.
            let dossiers: Vec<i64> = nouvelles.iter().map(|(_, dossier)| *dossier).collect();
            tx.verrouiller_dossiers(&dossiers).await?;
            let ids: Vec<i64> = nouvelles.into_iter().map(|(id, _)| id).collect();
            let suivies = charger(tx, &ids).await?;
            situer(tx, &suivies, au).await?;
            Ok(ids)
        });
        let ids = fait?;
        match ids.last() {
            Some(&id) => (situees, derniere) = (situees + ids.len(), id),
            None => return Ok(situees),
        }
    }
}

/// Une limite telle que la base la garde : délai, échéance, contre qui.
pub(super) type LimiteGardee = (String, String, &'static str);

/// Les limites à garder d'un parcours : ses délais ouverts, et sa prescription tant qu'elle court.
pub(super) fn limites(parcours: &Parcours, au: Date) -> Result<Vec<LimiteGardee>, Erreur> {
    if parcours.position().est_fin() {
        return Ok(Vec::new());
    }
    let mut limites: Vec<LimiteGardee> = parcours
        .limites()
        .iter()
        .map(|limite| {
            let regle = limite.regle;
            let echeance = limite.echeance.jour.to_string();
            (regle.code().to_owned(), echeance, regle.contre().code())
        })
        .collect();
    let prescription = parcours.prescription(au)?;
    if prescription.court {
        let regle = prescription.regle;
        let echeance = prescription.jour.to_string();
        limites.push((regle.code().to_owned(), echeance, regle.contre().code()));
    }
    limites.sort_unstable();
    Ok(limites)
}

/// Garde où en sont ces créances, à la place de ce qui l'était.
pub(super) async fn situer(tx: &mut Tx, suivies: &[Suivie], au: Date) -> Result<(), Erreur> {
    let ids = || suivies.iter().map(|s| s.creance);
    Lot::nouveau()
        .entiers("id", ids())
        .textes("position", suivies.iter().map(|s| s.parcours.position().code()))
        .executer(
            tx,
            "INSERT INTO situation_procedure (creance_id, position) SELECT id, position FROM v WHERE 1 = 1 \
             ON CONFLICT (creance_id) DO UPDATE SET position = excluded.position",
        )
        .await?;
    Lot::nouveau()
        .entiers("id", ids())
        .executer(
            tx,
            "DELETE FROM limite_procedure WHERE creance_id IN (SELECT id FROM v)",
        )
        .await?;
    let mut gardees = Vec::new();
    for suivie in suivies {
        for limite in limites(&suivie.parcours, au)? {
            gardees.push((suivie.creance, limite));
        }
    }
    Lot::nouveau()
        .entiers("id", gardees.iter().map(|(id, _)| *id))
        .textes("regle", gardees.iter().map(|(_, l)| l.0.as_str()))
        .textes("echeance", gardees.iter().map(|(_, l)| l.1.as_str()))
        .textes("contre", gardees.iter().map(|(_, l)| l.2))
        .executer(
            tx,
            "INSERT INTO limite_procedure (creance_id, regle, echeance, contre) \
             SELECT id, regle, echeance, contre FROM v",
        )
        .await?;
    Ok(())
}
