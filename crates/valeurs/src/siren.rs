//! Le numéro d'une entreprise.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    ErreurSiren,
    cle::luhn,
    texte::{en_groupes, est_en_chiffres, par_texte, sans_espaces},
};

/// Le SIREN d'une entreprise : neuf chiffres, dont la clé de Luhn est juste. S'affiche « 732 829 320 ».
///
/// Source : code de commerce, article R123-221.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Siren(String);

impl Siren {
    /// Les neuf chiffres, sans espaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Les neuf premiers chiffres d'un SIRET déjà vérifié.
    pub(crate) fn de_siret_verifie(chiffres: &str) -> Self {
        Self(chiffres.to_owned())
    }
}

impl fmt::Display for Siren {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&en_groupes(&self.0, [3, 3]))
    }
}

impl FromStr for Siren {
    type Err = ErreurSiren;

    /// Lit neuf chiffres, avec ou sans espaces.
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let chiffres = sans_espaces(texte);
        if !est_en_chiffres(&chiffres, 9) {
            return Err(ErreurSiren::Forme);
        }
        let que_des_zeros = chiffres.bytes().all(|b| b == b'0');
        if que_des_zeros || !luhn(&chiffres) {
            return Err(ErreurSiren::Cle);
        }
        Ok(Self(chiffres))
    }
}

par_texte!(Siren, ErreurSiren, |siren| siren.0);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn un_siren_affiche_se_relit(debut in "[1-9][0-9]{7}") {
            let siren: Siren = (0..10).find_map(|cle| format!("{debut}{cle}").parse().ok()).unwrap();
            prop_assert_eq!(siren.to_string().parse(), Ok(siren));
        }
    }

    #[test]
    fn un_siren_se_groupe_par_trois() {
        assert_eq!("732829320".parse::<Siren>().unwrap().to_string(), "732 829 320");
    }

    #[test]
    fn un_siren_faux_est_refuse() {
        assert_eq!("732829321".parse::<Siren>(), Err(ErreurSiren::Cle));
        assert_eq!("000000000".parse::<Siren>(), Err(ErreurSiren::Cle));
        for texte in ["", "73282932", "73282932A", "7328293200", "٧32829320"] {
            assert_eq!(texte.parse::<Siren>(), Err(ErreurSiren::Forme), "{texte}");
        }
    }
}
