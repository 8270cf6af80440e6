//! La preuve : où en est chaque créance se refait de ses faits.

use std::collections::HashMap;

use jiff::civil::Date;
use storage::{Db, Lot, lire, sql};

use super::charger::charger;
use super::constater::limites;
use crate::Erreur;

/// Créances relues d'une même vue.
const LOT: i64 = 1_000;

/// Une limite gardée : créance, délai, échéance, contre qui.
type LimiteLue = (i64, String, String, String);

/// Une créance dont la situation gardée n'est pas celle que ses faits disent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// Son numéro.
    pub creance: i64,
}

/// Refait la situation de chaque créance située et la compare à ce qui est gardé.
///
/// # Errors
/// Le refus de la base ; une date qui ne se calcule pas.
pub async fn verifier(db: &Db, au: Date) -> Result<Vec<Divergence>, Erreur> {
    let mut divergences = Vec::new();
    let mut derniere = i64::MIN;
    loop {
        let lu: Result<(Option<i64>, Vec<Divergence>), Erreur> = lire!(db, |tx| {
            let gardees: Vec<(i64, String)> = sql!(
                "SELECT creance_id, position FROM situation_procedure WHERE creance_id > $1 ORDER BY creance_id LIMIT $2"
            )
            .bind(derniere)
            .bind(LOT)
            .toutes(tx)
            .await?;
            let ids: Vec<i64> = gardees.iter().map(|(id, _)| *id).collect();
            let mut ouvertes: Vec<LimiteLue> = Lot::nouveau()
                .entiers("id", ids.iter().copied())
                .toutes(
                    tx,
                    "SELECT l.creance_id, l.regle, l.echeance, l.contre FROM v CROSS JOIN limite_procedure l \
                     WHERE l.creance_id = v.id",
                )
                .await?;
            ouvertes.sort_unstable();
            let par_creance: HashMap<i64, &[LimiteLue]> = ouvertes
                .chunk_by(|a, b| a.0 == b.0)
                .map(|siennes| (siennes[0].0, siennes))
                .collect();
            let mut fausses = Vec::new();
            for (suivie, (creance, position)) in charger(tx, &ids).await?.iter().zip(&gardees) {
                let siennes =
                    par_creance.get(creance).copied().unwrap_or_default().iter().map(
                        |(_, regle, echeance, contre)| (regle.as_str(), echeance.as_str(), contre.as_str()),
                    );
                let refaites = limites(&suivie.parcours, au)?;
                let refaites = refaites.iter().map(|(r, e, c)| (r.as_str(), e.as_str(), *c));
                let justes = suivie.parcours.position().code() == position && siennes.eq(refaites);
                if suivie.creance != *creance || !justes {
                    fausses.push(Divergence { creance: *creance });
                }
            }
            Ok((ids.last().copied(), fausses))
        });
        let (fin, fausses) = lu?;
        divergences.extend(fausses);
        match fin {
            Some(fin) => derniere = fin,
            None => return Ok(divergences),
        }
    }
}
