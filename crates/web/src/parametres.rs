//! Ce que l'adresse d'une page dit de plus que son chemin, et le numéro que porte ce chemin : rien de personnel.

use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::Uri;
use axum::http::request::Parts;
use jiff::civil::Date;

use crate::fragments::{Champ, Filtres};
use crate::{ColonneTriable, Erreur, LienTable, Pagination, Tri};

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

    /// Les liens d'une table à ce chemin, qui gardent de l'adresse les filtres de ces noms.
    #[must_use]
    pub fn lien(&self, chemin: impl Into<String>, filtres: &[&str]) -> LienTable {
        let gardes: Vec<(&str, &str)> = filtres
            .iter()
            .map(|nom| (*nom, self.parametre(nom).unwrap_or_default()))
            .collect();
        LienTable::lire(chemin, &gardes)
    }

    /// Des filtres à ce chemin, avec de quoi les effacer si l'adresse en porte un de ces noms.
    #[must_use]
    pub fn filtres(&self, chemin: &str, noms: &[&str], champs: Vec<Champ>) -> Filtres {
        let filtres = Filtres::lire(chemin, champs);
        if noms
            .iter()
            .any(|nom| self.parametre(nom).is_some_and(|v| !v.is_empty()))
        {
            filtres.effacer(chemin)
        } else {
            filtres
        }
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
