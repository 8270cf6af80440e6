//! Ce que l'adresse d'une page dit de plus que son chemin : rien de personnel.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use jiff::civil::Date;
use web::{ColonneTriable, Pagination, Tri};

/// Les paramètres de l'adresse. L'illisible vaut l'absent : un lien abîmé montre la page telle qu'elle s'ouvre.
pub(super) struct Adresse {
    uri: Uri,
    parametres: Vec<(String, String)>,
}

impl<S: Sync> FromRequestParts<S> for Adresse {
    type Rejection = Infallible;

    async fn from_request_parts(parties: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let parametres = Query::try_from_uri(&parties.uri)
            .map(|Query(paires)| paires)
            .unwrap_or_default();
        Ok(Self {
            uri: parties.uri.clone(),
            parametres,
        })
    }
}

impl Adresse {
    /// La première valeur de ce nom.
    pub(super) fn parametre(&self, nom: &str) -> Option<&str> {
        self.parametres
            .iter()
            .find(|(cle, _)| cle == nom)
            .map(|(_, valeur)| valeur.as_str())
    }

    /// La date demandée par `?au=AAAA-MM-JJ`.
    pub(super) fn au(&self) -> Option<Date> {
        self.parametre("au").and_then(|texte| texte.parse().ok())
    }

    pub(super) fn tri<C: ColonneTriable>(&self) -> Tri<C> {
        Tri::lire(&self.uri)
    }

    pub(super) fn pagination(&self) -> Pagination {
        Pagination::lire(&self.uri)
    }
}
