//! Ce qui agit : le jeton, le formulaire caché d'une table, le bouton qui est un formulaire.

use std::fmt::Display;

use askama::Template;

use super::html::fragment;
use crate::CHAMP_JETON;

/// Le champ caché qui porte le jeton ; le premier de tout formulaire.
#[derive(Template, Clone)]
#[template(
    ext = "html",
    source = r#"<input type="hidden" name="{{ CHAMP_JETON }}" value="{{ jeton }}">"#
)]
pub struct ChampJeton {
    jeton: String,
}

/// Le jeton de la session dans un formulaire.
#[must_use]
pub fn champ_jeton(jeton: impl Display) -> ChampJeton {
    ChampJeton {
        jeton: jeton.to_string(),
    }
}

/// Un formulaire sans rien de visible, que renvoient les boutons de tri et de page d'une table dont les
/// filtres sont personnels.
#[derive(Template, Clone)]
#[template(path = "fragments/formulaire_cache.html")]
pub struct FormulaireCache {
    id: String,
    action: String,
    jeton: ChampJeton,
    champs: Vec<(String, String)>,
}

/// Le formulaire de [`crate::LienTable::poster`] : même identifiant, mêmes filtres que la recherche affichée.
#[must_use]
pub fn formulaire_cache(
    id: impl Display,
    action: impl Display,
    jeton: impl Display,
    champs: &[(&str, &str)],
) -> FormulaireCache {
    FormulaireCache {
        id: id.to_string(),
        action: action.to_string(),
        jeton: champ_jeton(jeton),
        champs: champs
            .iter()
            .map(|(nom, valeur)| ((*nom).to_owned(), (*valeur).to_owned()))
            .collect(),
    }
}

/// Un bouton qui POSTe, seul dans son formulaire.
#[derive(Template, Clone)]
#[template(path = "fragments/action_post.html")]
pub struct ActionPost {
    libelle: String,
    action: String,
    jeton: ChampJeton,
    champs: Vec<(String, String)>,
    principale: bool,
    precision: Option<String>,
}

/// Un bouton qui POSTe à cette adresse.
#[must_use]
pub fn action_post(libelle: impl Display, action: impl Display, jeton: impl Display) -> ActionPost {
    ActionPost {
        libelle: libelle.to_string(),
        action: action.to_string(),
        jeton: champ_jeton(jeton),
        champs: Vec::new(),
        principale: false,
        precision: None,
    }
}

impl ActionPost {
    /// Envoie aussi ce champ.
    #[must_use]
    pub fn champ(mut self, nom: impl Display, valeur: impl Display) -> Self {
        self.champs.push((nom.to_string(), valeur.to_string()));
        self
    }

    /// C'est l'action que la page attend.
    #[must_use]
    pub fn principale(self) -> Self {
        Self {
            principale: true,
            ..self
        }
    }

    /// Ce que le libellé ne dit qu'à l'œil : « Classer » devient « Classer l'encaissement du 3 mars » pour un
    /// lecteur d'écran.
    #[must_use]
    pub fn precision(self, texte: impl Display) -> Self {
        Self {
            precision: Some(texte.to_string()),
            ..self
        }
    }
}

fragment!(ChampJeton, FormulaireCache, ActionPost);
