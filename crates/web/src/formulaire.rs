//! Un formulaire HTML dont le jeton a été vérifié.

use std::borrow::Cow;
use std::str::FromStr;

use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::header,
};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::{CHAMP_JETON, Erreur, ErreurChamp, csrf};

/// Le plus grand formulaire sans fichier : 256 Kio, mille cases à cocher et un long commentaire.
pub const TAILLE_MAX_FORMULAIRE: usize = 256 * 1024;

/// Un formulaire `application/x-www-form-urlencoded`, lu après vérification du jeton.
///
/// Un champ répété se lit dans un `Vec` ; un champ laissé vide, dans une `Option` par [`optionnel`]. Une
/// saisie que la personne peut corriger se lit en `String`, et c'est la page qui dit ce qui ne va pas.
///
/// # Errors
/// [`Erreur::TropGrand`] au-delà de [`TAILLE_MAX_FORMULAIRE`], [`Erreur::Perime`] si le jeton manque ou
/// diffère, [`Erreur::Invalide`] si `T` ne se lit pas.
#[derive(Debug)]
pub struct Formulaire<T>(pub T);

/// La date qu'un champ porte, AAAA-MM-JJ, entourée ou non d'espaces.
///
/// # Errors
/// Elle n'existe pas, ou manque : à montrer sous le champ.
pub fn lire_date(champ: impl Into<Cow<'static, str>>, texte: &str) -> Result<Date, ErreurChamp> {
    texte
        .trim()
        .parse()
        .map_err(|_| ErreurChamp::nouvelle(champ, "Cette date n’existe pas."))
}

/// Le contenu d'un formulaire où rien ne se saisit : un bouton, son jeton.
#[derive(Debug, serde::Deserialize)]
pub struct Rien {}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Formulaire<T> {
    type Rejection = Erreur;

    async fn from_request(requete: Request, _: &S) -> Result<Self, Erreur> {
        let genre = requete
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|genre| genre.to_str().ok());
        let genre = genre.unwrap_or_default().split(';').next().unwrap_or_default();
        if !genre
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        {
            return Err(illisible());
        }
        let (parties, corps) = requete.into_parts();
        let corps: Bytes = to_bytes(corps, TAILLE_MAX_FORMULAIRE)
            .await
            .map_err(|_| Erreur::TropGrand {
                limite_octets: TAILLE_MAX_FORMULAIRE,
            })?;
        let paires: Vec<(String, String)> = serde_html_form::from_bytes(&corps).map_err(|_| illisible())?;
        let jeton = paires
            .iter()
            .find(|(nom, _)| nom == CHAMP_JETON)
            .map(|(_, valeur)| valeur.as_str());
        csrf::verifier(&parties.extensions, jeton)?;
        serde_html_form::from_bytes(&corps)
            .map(Self)
            .map_err(|_| illisible())
    }
}

/// L'erreur de lecture peut citer la valeur saisie : elle n'est pas reprise.
fn illisible() -> Erreur {
    Erreur::Invalide {
        champs: vec![ErreurChamp::nouvelle(
            "formulaire",
            "Le formulaire n’a pas la forme attendue : rechargez la page.",
        )],
    }
}

/// Lit un champ qui peut être laissé vide : `#[serde(default, deserialize_with = "web::optionnel")]`.
///
/// # Errors
/// Le texte n'est pas vide et ne se lit pas.
pub fn optionnel<'de, D, T>(source: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
{
    let texte = String::deserialize(source)?;
    match texte.trim() {
        "" => Ok(None),
        texte => texte
            .parse()
            .map(Some)
            .map_err(|_| serde::de::Error::custom("valeur illisible")),
    }
}
