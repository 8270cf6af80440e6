//! Les états en un mot.

use std::fmt::Display;

use askama::Template;

use super::html::fragment;

/// Ce qu'une couleur dit ; le mot le dit aussi, jamais la couleur seule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ton {
    /// Sans jugement.
    #[default]
    Neutre,
    /// À savoir.
    Info,
    /// Soldé, classé, réussi.
    Positif,
    /// Une échéance approche, un doute reste.
    Attention,
    /// En retard, refusé, en défaut.
    Danger,
}

impl Ton {
    /// La classe de la feuille de style.
    pub(crate) const fn classe(self) -> &'static str {
        match self {
            Self::Neutre => "neutre",
            Self::Info => "info",
            Self::Positif => "positif",
            Self::Attention => "attention",
            Self::Danger => "danger",
        }
    }
}

/// Un mot dans une pastille.
#[derive(Template, Clone, Debug)]
#[template(
    ext = "html",
    source = r#"<span class="pastille {{ ton.classe() }}">{{ texte }}</span>"#
)]
pub struct Pastille {
    ton: Ton,
    texte: String,
}

/// Une pastille de cette couleur.
#[must_use]
pub fn pastille(ton: Ton, texte: impl Display) -> Pastille {
    Pastille {
        ton,
        texte: texte.to_string(),
    }
}

fragment!(Pastille);
