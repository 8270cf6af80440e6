//! `sillon dsn …` : lire, contrôler, montrer et déposer des déclarations.

mod controler;
mod deposer;
mod lignes;
mod lire;
mod montrer;
mod sources;

use anyhow::Result;

use super::Fin;
use crate::arguments::Dsn;
use crate::configuration::Configuration;

pub(super) async fn lancer(configuration: &Configuration, commande: Dsn) -> Result<Fin> {
    match commande {
        Dsn::Lire(arguments) => lire::lancer(configuration.format, &arguments),
        Dsn::Controler(arguments) => controler::lancer(configuration.format, &arguments),
        Dsn::Montrer(arguments) => montrer::lancer(configuration.format, &arguments),
        Dsn::Deposer(arguments) => deposer::lancer(configuration, &arguments).await,
    }
}
