//! Le fil d'Ariane et les onglets.

use std::fmt::Display;

use askama::Template;

use super::{html::fragment, milliers};

/// Un mot qui mène quelque part.
#[derive(Clone, Debug)]
pub struct Lien {
    pub(crate) libelle: String,
    pub(crate) url: String,
}

impl Lien {
    /// Ce mot, cette adresse.
    #[must_use]
    pub fn nouveau(libelle: impl Display, url: impl Display) -> Self {
        Self {
            libelle: libelle.to_string(),
            url: url.to_string(),
        }
    }
}

/// Le chemin depuis l'accueil.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/fil.html")]
pub struct Fil {
    liens: Vec<Lien>,
    ici: String,
}

/// Les pages au-dessus de celle-ci, puis son nom.
#[must_use]
pub fn fil(liens: Vec<Lien>, ici: impl Display) -> Fil {
    Fil {
        liens,
        ici: ici.to_string(),
    }
}

/// Une vue d'une même fiche.
#[derive(Clone, Debug)]
pub struct Onglet {
    lien: Lien,
    actif: bool,
    compte: Option<String>,
}

impl Onglet {
    /// Une vue, à cette adresse.
    #[must_use]
    pub fn nouveau(libelle: impl Display, url: impl Display) -> Self {
        Self {
            lien: Lien::nouveau(libelle, url),
            actif: false,
            compte: None,
        }
    }

    /// C'est la vue affichée, si `actif`.
    #[must_use]
    pub fn actif(self, actif: bool) -> Self {
        Self { actif, ..self }
    }

    /// Avec le nombre de lignes qu'elle montre.
    #[must_use]
    pub fn compte(self, compte: u64) -> Self {
        Self {
            compte: Some(milliers(compte)),
            ..self
        }
    }
}

/// Les vues d'une même fiche : des liens, une page chacune.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/onglets.html")]
pub struct Onglets {
    nom: String,
    onglets: Vec<Onglet>,
}

/// Des onglets ; `nom` dit aux lecteurs d'écran de quoi ils sont les vues.
#[must_use]
pub fn onglets(nom: impl Display, onglets: Vec<Onglet>) -> Onglets {
    Onglets {
        nom: nom.to_string(),
        onglets,
    }
}

fragment!(Fil, Onglets);
