//! Les communes, par leur code officiel géographique.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    ErreurCodeCommune,
    texte::{est_en_chiffres, par_texte},
};

/// Le code INSEE d'une commune, en cinq caractères : département (`01` à `95` sauf `20`, `2A`, `2B`) puis
/// trois chiffres, ou collectivité d'outre-mer (`971` à `989`) puis deux chiffres.
///
/// Seule la forme est vérifiée, non l'existence de la commune.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeCommune(String);

impl CodeCommune {
    /// Les cinq caractères.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CodeCommune {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for CodeCommune {
    type Err = ErreurCodeCommune;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let code = texte.trim().to_ascii_uppercase();
        let (departement, reste) = code.split_at_checked(2).ok_or(ErreurCodeCommune)?;
        let departement_connu = match departement {
            "2A" | "2B" => true,
            "00" | "20" | "96" | "99" => false,
            "97" | "98" => !reste.starts_with('0'),
            _ => est_en_chiffres(departement, 2),
        };
        if !departement_connu || !est_en_chiffres(reste, 3) {
            return Err(ErreurCodeCommune);
        }
        Ok(Self(code))
    }
}

par_texte!(CodeCommune, ErreurCodeCommune, |code| code.0);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn un_code_affiche_se_relit(code in "(0[1-9]|1[0-9]|2[AB1-9]|[3-8][0-9]|9[0-5])[0-9]{3}|9[78][1-9][0-9]{2}") {
            let commune: CodeCommune = code.parse().unwrap();
            prop_assert_eq!(commune.to_string(), code);
            prop_assert_eq!(commune.to_string().parse(), Ok(commune));
        }

        #[test]
        fn aucun_texte_ne_fait_paniquer_la_lecture(texte in "\\PC{0,8}") {
            if let Ok(commune) = texte.parse::<CodeCommune>() {
                prop_assert_eq!(commune.as_str().len(), 5);
            }
        }
    }

    #[test]
    fn la_corse_et_l_outre_mer_sont_admis() {
        for (texte, attendu) in [
            ("33063", "33063"),
            ("2a004", "2A004"),
            ("97411", "97411"),
            ("98818", "98818"),
        ] {
            assert_eq!(texte.parse::<CodeCommune>().unwrap().as_str(), attendu);
        }
    }

    #[test]
    fn ce_qui_n_est_pas_une_commune_est_refuse() {
        for texte in [
            "", "3306", "330633", "20004", "2C004", "00001", "96001", "99100", "97011", "3306A", "é3063",
        ] {
            assert_eq!(texte.parse::<CodeCommune>(), Err(ErreurCodeCommune), "{texte}");
        }
    }
}
