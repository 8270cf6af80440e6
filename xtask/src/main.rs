//! Les gestes du développement : `cargo xtask demo|test|bench|verifier|postgres`.

mod outils;
mod postgres;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

const AIDE: &str = "\
cargo xtask test [FILTRE…]        installe ce qui manque et lance tous les essais
cargo xtask postgres COMMANDE…    lance COMMANDE avec un PostgreSQL d'essai (SILLON_ESSAIS_POSTGRES)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match lancer(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("xtask : {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn lancer(arguments: &[String]) -> Result<()> {
    let Some((geste, suite)) = arguments.split_first() else { bail!("quel geste ?\n{AIDE}") };
    match geste.as_str() {
        "postgres" => {
            let (programme, options) = suite.split_first().context("quelle commande ?")?;
            outils::installer(&[outils::POSTGRES])?;
            let serveur = postgres::Serveur::demarrer()?;
            executer(Command::new(programme).args(options).env(postgres::VARIABLE, serveur.adresse()))
        }
        autre => bail!("geste inconnu « {autre} »\n{AIDE}"),
    }
}

/// Lance une commande et refuse son échec.
pub(crate) fn executer(commande: &mut Command) -> Result<()> {
    let etat = commande.status().with_context(|| format!("{commande:?} ne se lance pas"))?;
    if !etat.success() {
        bail!("{commande:?} : {etat}");
    }
    Ok(())
}
