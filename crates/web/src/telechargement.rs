//! Un fichier que le navigateur enregistre au lieu de le montrer.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// Ce qu'est le fichier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Genre {
    /// Un classeur.
    Xlsx,
    /// Un CSV en UTF-8.
    Csv,
    /// Un PDF.
    Pdf,
}

impl Genre {
    const fn type_mime(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Pdf => "application/pdf",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Pdf => "pdf",
        }
    }
}

/// Ce fichier, sous ce nom que suit son extension. Le nom ne dit rien d'une personne : il traîne dans un dossier de
/// téléchargements.
#[must_use]
pub fn telecharger(nom: &str, genre: Genre, octets: Vec<u8>) -> Response {
    let entetes = [
        (header::CONTENT_TYPE, genre.type_mime().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{nom}.{}\"", genre.extension()),
        ),
    ];
    (entetes, octets).into_response()
}
