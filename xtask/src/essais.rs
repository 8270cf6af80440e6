//! Tous les essais, dans l'ordre où un échec se voit le plus tôt.

use std::process::Command;

use anyhow::Result;

use crate::{executer, outils, postgres};

/// Le programme d'essai porte les points d'arrêt des essais de reprise.
const POINTS_D_ARRET: &str = "sillon/failpoints";

pub(crate) fn lancer() -> Result<()> {
    outils::installer(&[
        outils::POSTGRES,
        outils::CHROMIUM,
        outils::NODE,
        outils::XMLLINT,
        outils::POPPLER,
    ])?;
    outils::installer_deny()?;
    etape("forme", Command::new("cargo").args(["fmt", "--all", "--check"]))?;
    etape(
        "dépendances",
        Command::new("cargo").args([
            "deny",
            "--log-level",
            "error",
            "check",
            "bans",
            "licenses",
            "sources",
        ]),
    )?;
    let lints = ["clippy", "--workspace", "--features", POINTS_D_ARRET];
    etape(
        "lints",
        Command::new("cargo").args(lints).args(["--", "-D", "warnings"]),
    )?;
    // Hors d'une fonction `#[test]`, clippy ne sait pas qu'un fichier d'essais a le droit de paniquer.
    let permis = [
        "--",
        "-D",
        "warnings",
        "-A",
        "clippy::unwrap_used",
        "-A",
        "clippy::expect_used",
    ];
    etape(
        "lints des essais",
        Command::new("cargo")
            .args(lints)
            .arg("--all-targets")
            .args(permis),
    )?;
    // Les fixtures Node (fournisseur d'identité, navigateur) servent aussi aux essais Rust.
    paquets_node()?;
    let serveur = postgres::Serveur::demarrer()?;
    etape(
        "essais",
        Command::new("cargo")
            .args([
                "test",
                "--workspace",
                "--no-fail-fast",
                "--features",
                POINTS_D_ARRET,
            ])
            .env(postgres::VARIABLE, serveur.adresse())
            .env("INSTA_UPDATE", "no")
            .env("INSTA_WORKSPACE_ROOT", std::env::current_dir()?),
    )?;
    etape(
        "fuzzing (compilation)",
        Command::new("cargo").args([
            "check",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--target-dir",
            "target",
        ]),
    )?;
    let programme = std::env::current_dir()?.join("target/debug/sillon");
    etape(
        "navigateur",
        Command::new("npm")
            .arg("test")
            .current_dir("e2e")
            .env("SILLON_BIN", programme),
    )
}

/// Les paquets que les essais dans un navigateur demandent, aux versions du verrou.
pub(crate) fn paquets_node() -> Result<()> {
    etape(
        "paquets Node",
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir("e2e"),
    )
}

fn etape(nom: &str, commande: &mut Command) -> Result<()> {
    eprintln!("\n== {nom}");
    executer(commande)
}
