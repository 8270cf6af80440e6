//! `sillon dsn …` : lire, contrôler, montrer et déposer des déclarations.

mod lignes;
mod lire;
mod sources;

use anyhow::Result;

use super::Fin;
use crate::arguments::Dsn;
use crate::configuration::Configuration;

pub(super) async fn lancer(configuration: &Configuration, commande: Dsn) -> Result<Fin> {
    match commande {
        Dsn::Lire(arguments) => lire::lancer(configuration.format, &arguments),
    }
}
