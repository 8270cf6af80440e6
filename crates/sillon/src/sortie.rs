//! Ce que les commandes impriment sur la sortie standard ; le reste va sur la sortie d'erreur.

use std::io::{BufWriter, Stdout, Write as _};

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::arguments::Format;

const FERMEE: &str = "la sortie standard est fermée";

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
    writeln!(std::io::stdout().lock(), "{texte}").context(FERMEE)
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
        let sortie = std::io::stdout();
        if format == Format::Csv {
            let table = csv::WriterBuilder::new().delimiter(b';').from_writer(sortie);
            return Ok(Self::Csv(Box::new(table)));
        }
        let mut sortie = BufWriter::with_capacity(1 << 16, sortie);
        if format == Format::Texte {
            writeln!(sortie, "{en_tete}").context(FERMEE)?;
        }
        Ok(Self::Lignes(format, sortie))
    }

    /// Ajoute une ligne.
    pub(crate) fn ligne(&mut self, objet: &impl Serialize, texte: impl FnOnce() -> String) -> Result<()> {
        match self {
            Self::Lignes(Format::Json, sortie) => {
                serde_json::to_writer(&mut *sortie, objet)?;
                writeln!(sortie).context(FERMEE)
            }
            Self::Lignes(_, sortie) => writeln!(sortie, "{}", texte()).context(FERMEE),
            Self::Csv(sortie) => sortie.serialize(objet).context(FERMEE),
        }
    }

    /// Finit la table : tout est écrit.
    pub(crate) fn fermer(self) -> Result<()> {
        match self {
            Self::Lignes(_, mut sortie) => sortie.flush(),
            Self::Csv(mut sortie) => sortie.flush(),
        }
        .context(FERMEE)
    }
}
