//! Où en est un dépôt, pour qui regarde depuis un autre processus.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use storage::{Tx, sql};

use super::ecrire::{Depot, entier};
use crate::Erreur;

/// Depuis quand un dépôt travaille, et sur combien d'octets.
pub(super) struct Avancement {
    /// Taille du fichier, en octets.
    pub(super) octets: u64,
    /// Quand le dépôt a commencé, à l'horloge du permis.
    pub(super) debut: Timestamp,
    /// Ce qui mesure le temps passé depuis.
    pub(super) chronometre: Instant,
}

impl Avancement {
    /// L'instant présent : celui du permis, plus ce que le dépôt a duré.
    fn maintenant(&self) -> Timestamp {
        SignedDuration::try_from(self.chronometre.elapsed())
            .ok()
            .and_then(|duree| self.debut.checked_add(duree).ok())
            .unwrap_or(self.debut)
    }
}

impl Depot<'_> {
    /// Note ce qui est lu du fichier, en octets, avec ce que cette transaction en garde.
    pub(super) async fn avancer(&self, tx: &mut Tx, depot: i64, lus: u64) -> Result<(), Erreur> {
        sql!("UPDATE dsn_depot SET octets = $2, octets_lus = $3, avance_le = $4 WHERE id = $1")
            .bind(depot)
            .bind(entier(self.avancement.octets))
            .bind(entier(lus))
            .bind(self.avancement.maintenant().to_string())
            .executer(tx)
            .await?;
        Ok(())
    }
}
