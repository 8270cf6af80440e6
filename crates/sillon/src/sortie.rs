//! Ce que les commandes impriment sur la sortie standard ; le reste va sur la sortie d'erreur.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use serde::Serialize;

/// Imprime un objet JSON sur une ligne.
pub(crate) fn json(objet: &impl Serialize) -> Result<()> {
    ligne(&serde_json::to_string(objet)?)
}

/// Imprime une ligne.
pub(crate) fn ligne(texte: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{texte}").context("la sortie standard est fermée")
}
