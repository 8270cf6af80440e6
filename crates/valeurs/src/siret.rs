//! Le numéro d'un établissement.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    ErreurSiret, Siren,
    cle::luhn,
    texte::{en_groupes, est_en_chiffres, par_texte, sans_espaces},
};

/// Le SIREN de La Poste, dont les établissements sont trop nombreux pour la clé de Luhn.
const LA_POSTE: &str = "356000000";

/// Le SIRET d'un établissement : le SIREN de l'entreprise et cinq chiffres. S'affiche « 732 829 320 00074 ».
///
/// La clé de Luhn en est juste ; un établissement de La Poste peut avoir à la place une somme de
/// chiffres multiple de cinq (règle de l'Insee). Source : code de commerce, article R123-221.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Siret(String);

impl Siret {
    /// Les quatorze chiffres, sans espaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// L'entreprise de l'établissement.
    #[must_use]
    pub fn siren(&self) -> Siren {
        Siren::de_siret_verifie(self.0.split_at(9).0)
    }
}

impl fmt::Display for Siret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&en_groupes(&self.0, [3, 3, 3]))
    }
}

impl FromStr for Siret {
    type Err = ErreurSiret;

    /// Lit quatorze chiffres, avec ou sans espaces.
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let chiffres = sans_espaces(texte);
        if !est_en_chiffres(&chiffres, 14) {
            return Err(ErreurSiret::Forme);
        }
        let siren = chiffres.split_at(9).0;
        if siren.parse::<Siren>().is_err() {
            return Err(ErreurSiret::Cle);
        }
        let cle_de_la_poste = siren == LA_POSTE && somme(&chiffres).is_multiple_of(5);
        if !luhn(&chiffres) && !cle_de_la_poste {
            return Err(ErreurSiret::Cle);
        }
        Ok(Self(chiffres))
    }
}

fn somme(chiffres: &str) -> u32 {
    chiffres.chars().filter_map(|c| c.to_digit(10)).sum()
}

par_texte!(Siret, ErreurSiret, |siret| siret.0);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn un_siret_affiche_se_relit(nic in "[0-9]{4}") {
            let siret: Siret = (0..10).find_map(|cle| format!("732829320{nic}{cle}").parse().ok()).unwrap();
            prop_assert_eq!(siret.siren(), "732829320".parse().unwrap());
            prop_assert_eq!(siret.to_string().parse(), Ok(siret));
        }
    }

    #[test]
    fn un_siret_se_groupe_et_rend_son_siren() {
        let siret: Siret = "732 829 320 00074".parse().unwrap();
        assert_eq!(siret.to_string(), "732 829 320 00074");
        assert_eq!(siret.siren(), "732829320".parse().unwrap());
        assert_eq!(serde_json::to_string(&siret).unwrap(), "\"73282932000074\"");
    }

    #[test]
    fn la_poste_a_sa_regle() {
        assert!("35600000000048".parse::<Siret>().is_ok(), "son siège suit Luhn");
        assert!(
            "35600000049837".parse::<Siret>().is_ok(),
            "ses bureaux ont une somme multiple de cinq"
        );
        assert_eq!("35600000049838".parse::<Siret>(), Err(ErreurSiret::Cle));
        assert_eq!("73282932000073".parse::<Siret>(), Err(ErreurSiret::Cle));
    }

    #[test]
    fn un_siret_dont_le_siren_est_faux_est_refuse() {
        let juste_par_luhn_seul = (0..10).map(|cle| format!("7328293210007{cle}"));
        for siret in juste_par_luhn_seul {
            assert_eq!(siret.parse::<Siret>(), Err(ErreurSiret::Cle), "{siret}");
        }
        for texte in ["", "732829320", "7328293200007A", "732829320000740"] {
            assert_eq!(texte.parse::<Siret>(), Err(ErreurSiret::Forme), "{texte}");
        }
    }
}
