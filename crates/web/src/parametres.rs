//! Ce que l'adresse d'une page dit de plus que son chemin, et le numéro que porte ce chemin : rien de personnel.

use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::Uri;
use axum::http::request::Parts;
use jiff::civil::Date;

use crate::{ColonneTriable, Erreur, Pagination, Tri};

/// Les paramètres de l'adresse. L'illisible vaut l'absent : un lien abîmé montre la page telle qu'elle s'ouvre.
pub struct Adresse {
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
    #[must_use]
    pub fn parametre(&self, nom: &str) -> Option<&str> {
        self.parametres
            .iter()
            .find(|(cle, _)| cle == nom)
            .map(|(_, valeur)| valeur.as_str())
    }

    /// La date demandée par `?au=AAAA-MM-JJ`.
    #[must_use]
    pub fn au(&self) -> Option<Date> {
        self.parametre("au").and_then(|texte| texte.parse().ok())
    }

    /// Le tri demandé.
    #[must_use]
    pub fn tri<C: ColonneTriable>(&self) -> Tri<C> {
        Tri::lire(&self.uri)
    }

    /// La page demandée.
    #[must_use]
    pub fn pagination(&self) -> Pagination {
        Pagination::lire(&self.uri)
    }
}

/// Le numéro que porte l'adresse après la caisse ; un numéro illisible n'est celui de rien.
pub struct Numero<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Numero<T> {
    type Rejection = Erreur;

    async fn from_request_parts(parties: &mut Parts, etat: &S) -> Result<Self, Erreur> {
        let parametres = RawPathParams::from_request_parts(parties, etat)
            .await
            .map_err(|_| Erreur::NonTrouve)?;
        let numero = parametres
            .iter()
            .find(|(nom, _)| *nom != "caisse")
            .map(|(_, valeur)| valeur);
        numero
            .and_then(|n| n.parse().ok())
            .map(Self)
            .ok_or(Erreur::NonTrouve)
    }
}
