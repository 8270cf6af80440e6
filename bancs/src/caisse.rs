//! Des caisses synthétiques jetables, pareilles sur les deux moteurs.

use acces::Horloge;
use anyhow::Result;
use demo::{Population, charger};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use storage::essais::{Banc, bancs};

/// Jour des mesures.
pub(crate) const JOUR: Date = date(2026, 11, 20);

pub(crate) fn maintenant() -> Timestamp {
    Timestamp::from_second(1_795_176_000).unwrap_or_default()
}

/// L'heure des mesures.
pub(crate) fn horloge() -> Horloge {
    Horloge::fixe(maintenant())
}

/// Une caisse de `combien` débiteurs sur SQLite, puis la même sur PostgreSQL.
pub(crate) async fn caisses(combien: u64) -> Result<Vec<Banc>> {
    let bancs = bancs(&sillon::migrations()).await;
    for banc in &bancs {
        let population = Population::nouvelle("bancs", banc.db.caisse(), combien, JOUR)?;
        charger(&banc.db, &population, maintenant(), JOUR, |_| {}).await?;
    }
    Ok(bancs)
}
