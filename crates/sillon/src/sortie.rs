//! Ce que les commandes impriment sur la sortie standard ; le reste va sur la sortie d'erreur.

use std::io::{self, BufWriter, Stdout, Write as _};

use anyhow::Result;
use serde::Serialize;

use crate::arguments::Format;

/// Qui lisait la sortie standard s'est arrêté : plus rien à imprimer.
#[derive(Debug, thiserror::Error)]
#[error("la sortie standard est fermée")]
pub(crate) struct Fermee;

/// Ce que la sortie standard a répondu.
fn imprime<T>(reponse: Result<T, impl Into<io::Error>>) -> Result<T> {
    reponse.map_err(|e| match e.into() {
        e if e.kind() == io::ErrorKind::BrokenPipe => Fermee.into(),
        e => anyhow::Error::new(e).context("la sortie standard refuse ce qui lui est écrit"),
    })
}

/// L'erreur de la sortie sous celle du CSV : la conversion de `csv` la cacherait, et une sortie fermée ne se verrait plus.
fn sous_le_csv(erreur: csv::Error) -> io::Error {
    match erreur.into_kind() {
        csv::ErrorKind::Io(e) => e,
        autre => io::Error::other(format!("{autre:?}")),
    }
}

/// Imprime un objet, en JSON pour un programme ou en une phrase pour une personne.
pub(crate) fn rendre(format: Format, objet: &impl Serialize, phrase: impl FnOnce() -> String) -> Result<()> {
    match format {
        Format::Json => json(objet),
        Format::Texte | Format::Csv => ligne(&phrase()),
    }
}

/// Imprime un objet JSON sur une ligne.
pub(crate) fn json(objet: &impl Serialize) -> Result<()> {
    ligne(&serde_json::to_string(objet)?)
}

/// Imprime une ligne.
pub(crate) fn ligne(texte: &str) -> Result<()> {
    imprime(writeln!(io::stdout().lock(), "{texte}"))
}

/// Une table, ligne à ligne : du texte aligné, un objet JSON par ligne, ou du CSV.
pub(crate) enum Table {
    /// Texte ou JSON.
    Lignes(Format, BufWriter<Stdout>),
    /// CSV, point-virgule ; l'en-tête vient des noms des champs.
    Csv(Box<csv::Writer<Stdout>>),
}

impl Table {
    /// Commence une table ; `en_tete` n'est que pour les personnes.
    pub(crate) fn ouvrir(format: Format, en_tete: &str) -> Result<Self> {
        let sortie = io::stdout();
        if format == Format::Csv {
            let table = csv::WriterBuilder::new().delimiter(b';').from_writer(sortie);
            return Ok(Self::Csv(Box::new(table)));
        }
        let mut sortie = BufWriter::with_capacity(1 << 16, sortie);
        if format == Format::Texte {
            imprime(writeln!(sortie, "{en_tete}"))?;
        }
        Ok(Self::Lignes(format, sortie))
    }

    /// Ajoute une ligne.
    pub(crate) fn ligne(&mut self, objet: &impl Serialize, texte: impl FnOnce() -> String) -> Result<()> {
        match self {
            Self::Lignes(Format::Json, sortie) => {
                imprime(serde_json::to_writer(&mut *sortie, objet))?;
                imprime(writeln!(sortie))
            }
            Self::Lignes(_, sortie) => imprime(writeln!(sortie, "{}", texte())),
            Self::Csv(sortie) => imprime(sortie.serialize(objet).map_err(sous_le_csv)),
        }
    }

    /// Finit la table : tout est écrit.
    pub(crate) fn fermer(self) -> Result<()> {
        imprime(match self {
            Self::Lignes(_, mut sortie) => sortie.flush(),
            Self::Csv(mut sortie) => sortie.flush(),
        })
    }
}
