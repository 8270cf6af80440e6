//! La barre de filtres d'une table.

use std::fmt::Display;

use askama::Template;

use super::{
    boutons::{ChampJeton, champ_jeton},
    champ::Champ,
    html::fragment,
};

/// Des champs en ligne au-dessus d'une table, et de quoi les effacer.
#[derive(Template, Clone)]
#[template(path = "fragments/filtres.html")]
pub struct Filtres {
    action: String,
    jeton: Option<ChampJeton>,
    champs: Vec<Champ>,
    bouton: String,
    effacer: Option<String>,
}

impl Filtres {
    /// Des filtres qui ne disent rien de personne : ils vont dans l'adresse.
    #[must_use]
    pub fn lire(action: impl Display, champs: Vec<Champ>) -> Self {
        Self {
            action: action.to_string(),
            jeton: None,
            champs,
            bouton: "Filtrer".to_owned(),
            effacer: None,
        }
    }

    /// Une recherche qui peut nommer quelqu'un : elle est POSTée.
    #[must_use]
    pub fn poster(action: impl Display, jeton: impl Display, champs: Vec<Champ>) -> Self {
        Self {
            jeton: Some(champ_jeton(jeton)),
            bouton: "Chercher".to_owned(),
            ..Self::lire(action, champs)
        }
    }

    /// Un lien vers la table sans filtre, à montrer quand il y en a.
    #[must_use]
    pub fn effacer(self, url: impl Display) -> Self {
        Self {
            effacer: Some(url.to_string()),
            ..self
        }
    }
}

fragment!(Filtres);
