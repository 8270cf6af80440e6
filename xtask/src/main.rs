//! Les gestes du développement : `cargo xtask test|bench|demo|norme|articles|procedures|postgres`.

mod articles;
mod essais;
#[cfg(test)]
mod fleches;
mod norme;
mod outils;
mod postgres;
mod procedures;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

const AIDE: &str = "\
cargo xtask test                      installe ce qui manque et lance tous les essais
cargo xtask bench [import|dsn|pages|campagne|assistance]  mesure, en rapports à un étalon, dans le même passage
cargo xtask demo [OPTIONS…]           fait la caisse de démonstration et la sert
cargo xtask norme                     récrit les tables de la norme DSN depuis crates/dsn/norme
cargo xtask articles [PAQUET.tgz]     récrit l’extrait des articles cités, et dit les règles dont le texte a changé
cargo xtask procedures                redessine docs/procedures.md depuis les règles
cargo xtask postgres COMMANDE…        lance COMMANDE avec un PostgreSQL d'essai (SILLON_ESSAIS_POSTGRES)";

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
    let Some((geste, suite)) = arguments.split_first() else {
        bail!("quel geste ?\n{AIDE}")
    };
    match geste.as_str() {
        "test" => essais::lancer(),
        "bench" => mesurer(suite),
        "demo" => executer(
            Command::new("cargo")
                .args(["run", "--release", "--", "demo"])
                .args(suite),
        ),
        "norme" => norme::lancer(),
        "procedures" => procedures::lancer(),
        "articles" => articles::lancer(suite.first().map(String::as_str)),
        "postgres" => {
            let (programme, options) = suite.split_first().context("quelle commande ?")?;
            avec_postgres(Command::new(programme).args(options))
        }
        autre => bail!("geste inconnu « {autre} »\n{AIDE}"),
    }
}

/// Les mesures en Rust, puis celle qui se fait dans un navigateur.
fn mesurer(demandes: &[String]) -> Result<()> {
    let navigateur = |demande: &String| demande == "assistance";
    if demandes.is_empty() || !demandes.iter().all(navigateur) {
        let autres = demandes.iter().filter(|demande| !navigateur(demande));
        avec_postgres(
            Command::new("cargo")
                .args(["run", "--release", "--quiet", "--package", "bancs", "--"])
                .args(autres),
        )?;
    }
    if demandes.is_empty() || demandes.iter().any(navigateur) {
        outils::installer(&[outils::CHROMIUM, outils::NODE])?;
        essais::paquets_node()?;
        executer(Command::new("node").arg("assistance/banc.mjs").current_dir("e2e"))?;
    }
    Ok(())
}

fn avec_postgres(commande: &mut Command) -> Result<()> {
    outils::installer(&[outils::POSTGRES])?;
    let serveur = postgres::Serveur::demarrer()?;
    executer(commande.env(postgres::VARIABLE, serveur.adresse()))
}

/// Lance une commande et refuse son échec.
///
/// Elle ne voit pas ce que cargo dit de xtask : des scripts de construction (ring) s'y croiraient changés, et tout
/// serait recompilé à chaque passage de `cargo xtask` à `cargo`.
pub(crate) fn executer(commande: &mut Command) -> Result<()> {
    let de_xtask = |nom: &str| nom.starts_with("CARGO_PKG_") || nom.starts_with("CARGO_MANIFEST_");
    for (nom, _) in std::env::vars_os() {
        if nom.to_str().is_some_and(de_xtask) {
            commande.env_remove(nom);
        }
    }
    let etat = commande
        .status()
        .with_context(|| format!("{commande:?} ne se lance pas"))?;
    if !etat.success() {
        bail!("{commande:?} : {etat}");
    }
    Ok(())
}
