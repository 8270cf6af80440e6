//! Le téléphone.

use std::{fmt, iter, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    ErreurTelephone,
    texte::{en_groupes, est_en_chiffres, par_texte},
};

/// Nombre de chiffres d'un numéro international, indicatif compris (recommandation UIT-T E.164, et le bon sens
/// pour le plus petit).
const CHIFFRES_ETRANGERS: std::ops::RangeInclusive<usize> = 7..=15;

/// Un numéro de téléphone : `0XXXXXXXXX` en France, `+` et des chiffres ailleurs.
///
/// Donnée personnelle : ni `Display`, ni contenu dans `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Telephone(String);

impl Telephone {
    /// La forme normalisée, sans espaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// « 06 12 34 56 78 » pour un numéro français ; un numéro étranger reste d'un bloc.
    #[must_use]
    pub fn afficher(&self) -> String {
        if self.0.starts_with('+') {
            self.0.clone()
        } else {
            en_groupes(&self.0, iter::repeat(2))
        }
    }
}

impl fmt::Debug for Telephone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Telephone(••••)")
    }
}

impl FromStr for Telephone {
    type Err = ErreurTelephone;

    /// Ôte espaces, points, tirets, barres et parenthèses ; ramène `+33` et `0033` à `0`, `00` à `+`.
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let sans_zero_facultatif = texte.replace("(0)", "");
        let serre: String = sans_zero_facultatif
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '/' | '(' | ')'))
            .collect();
        let international = serre.strip_prefix('+').or_else(|| serre.strip_prefix("00"));
        let numero = match international {
            Some(suite) => match suite.strip_prefix("33") {
                Some(francais) => format!("0{francais}"),
                None => format!("+{suite}"),
            },
            None => serre,
        };
        let bien_forme = match numero.strip_prefix('+') {
            Some(suite) => {
                CHIFFRES_ETRANGERS.contains(&suite.len())
                    && est_en_chiffres(suite, suite.len())
                    && !suite.starts_with('0')
            }
            None => est_en_chiffres(&numero, 10) && numero.starts_with('0') && !numero.starts_with("00"),
        };
        bien_forme.then_some(Self(numero)).ok_or(ErreurTelephone)
    }
}

par_texte!(Telephone, ErreurTelephone, |telephone| telephone.0);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn un_numero_affiche_se_relit(texte in "0[1-9][0-9]{8}|[+][124-9][0-9]{6,14}") {
            let telephone: Telephone = texte.parse().unwrap();
            prop_assert_eq!(telephone.afficher().parse(), Ok(telephone.clone()));
            prop_assert_eq!(telephone.as_str(), texte);
        }
    }

    #[test]
    fn les_ecritures_francaises_se_rejoignent() {
        for texte in [
            "0612345678",
            "06 12 34 56 78",
            "06.12.34.56.78",
            "06-12-34-56-78",
            "+33612345678",
            "0033 6 12345678",
            "+33 (0)6 12 34 56 78",
        ] {
            let telephone: Telephone = texte.parse().unwrap();
            assert_eq!(telephone.as_str(), "0612345678", "{texte}");
            assert_eq!(telephone.afficher(), "06 12 34 56 78");
            assert_eq!(format!("{telephone:?}"), "Telephone(••••)");
        }
    }

    #[test]
    fn un_numero_etranger_est_garde() {
        assert_eq!(
            "0032 475 12 34 56".parse::<Telephone>().unwrap().as_str(),
            "+32475123456"
        );
    }

    #[test]
    fn ce_qui_n_est_pas_un_numero_est_refuse() {
        for texte in [
            "",
            "061234567",
            "06123456789",
            "1612345678",
            "+33061234567",
            "+0123456789",
            "06 12 34 56 7a",
            "+",
            "+123456",
        ] {
            assert_eq!(texte.parse::<Telephone>(), Err(ErreurTelephone), "{texte}");
        }
    }
}
