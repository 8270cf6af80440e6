//! Qui prélève : la caisse, dans ses réglages (`[prelevement]` de `reglages.toml`).

use std::fmt::Display;
use std::str::FromStr;

use ::prelevements::{Bic, Creancier, Ics, Nom, est_de_l_eee};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use valeurs::Iban;

/// Jours entre le fichier et la première échéance qu'il porte, si la caisse n'en dit rien : un ouvré pour la banque, un de
/// marge.
const DELAI: i64 = 2;

/// Ce que la caisse dit d'elle pour prélever.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReglagesPrelevement {
    #[serde(deserialize_with = "nom")]
    nom: Nom,
    #[serde(deserialize_with = "lu")]
    ics: Ics,
    #[serde(deserialize_with = "iban")]
    iban: Iban,
    #[serde(default, deserialize_with = "bic")]
    bic: Option<Bic>,
    #[serde(default = "delai_ordinaire", deserialize_with = "delai")]
    delai_jours: i64,
}

impl ReglagesPrelevement {
    /// La caisse, telle que le fichier la nomme.
    pub(super) fn creancier(&self) -> Creancier {
        Creancier {
            nom: self.nom.clone(),
            iban: self.iban.clone(),
            bic: self.bic.clone(),
            ics: self.ics.clone(),
        }
    }

    /// Les jours entre le fichier et la première échéance qu'il porte.
    pub(super) const fn delai_jours(&self) -> i64 {
        self.delai_jours
    }
}

const fn delai_ordinaire() -> i64 {
    DELAI
}

fn lu<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(d: D) -> Result<T, D::Error> {
    String::deserialize(d)?.parse().map_err(D::Error::custom)
}

fn nom<'de, D: Deserializer<'de>>(d: D) -> Result<Nom, D::Error> {
    Nom::new(&String::deserialize(d)?).map_err(D::Error::custom)
}

fn iban<'de, D: Deserializer<'de>>(d: D) -> Result<Iban, D::Error> {
    let iban: Iban = lu(d)?;
    if est_de_l_eee(&iban) {
        return Ok(iban);
    }
    Err(D::Error::custom(
        "ce compte n’est pas tenu dans l’Espace économique européen : donnez celui de la caisse",
    ))
}

fn bic<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Bic>, D::Error> {
    lu(d).map(Some)
}

fn delai<'de, D: Deserializer<'de>>(d: D) -> Result<i64, D::Error> {
    let jours = i64::deserialize(d)?;
    if (1..=14).contains(&jours) {
        return Ok(jours);
    }
    Err(D::Error::custom(
        "delai_jours va de 1 à 14 : écrivez ce que votre banque demande",
    ))
}
