//! Le matricule d'un débiteur.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    ErreurMatricule,
    texte::{par_texte, sans_espaces},
};

/// Longueur d'un SIRET, le plus long numéro qui serve de matricule.
const LONGUEUR_MAX: usize = 14;

/// Le matricule d'un débiteur de la MSA : de 1 à 14 lettres capitales ou chiffres ASCII.
///
/// `Debug` le masque, car le NIR peut en tenir lieu.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Matricule(String);

impl Matricule {
    /// Les caractères, capitales et sans espaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Matricule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Matricule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Matricule(••••)")
    }
}

impl FromStr for Matricule {
    type Err = ErreurMatricule;

    /// Ôte les espaces et met en capitales.
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let matricule = sans_espaces(texte).to_ascii_uppercase();
        let bien_forme = (1..=LONGUEUR_MAX).contains(&matricule.len())
            && matricule.bytes().all(|b| b.is_ascii_alphanumeric());
        bien_forme.then_some(Self(matricule)).ok_or(ErreurMatricule)
    }
}

par_texte!(Matricule, ErreurMatricule, |matricule| matricule.0);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn un_matricule_affiche_se_relit(texte in "[ ]?[0-9a-zA-Z]{1,14}[ ]?") {
            let matricule: Matricule = texte.parse().unwrap();
            prop_assert_eq!(matricule.to_string().parse(), Ok(matricule));
        }
    }

    #[test]
    fn les_espaces_tombent_et_les_lettres_montent() {
        let matricule: Matricule = " 33 0a12 ".parse().unwrap();
        assert_eq!(matricule.as_str(), "330A12");
        assert_eq!(format!("{matricule:?}"), "Matricule(••••)");
    }

    #[test]
    fn un_matricule_vide_long_ou_ponctue_est_refuse() {
        for texte in ["", "   ", "123456789012345", "12-34", "12é4"] {
            assert_eq!(texte.parse::<Matricule>(), Err(ErreurMatricule), "{texte}");
        }
    }
}
