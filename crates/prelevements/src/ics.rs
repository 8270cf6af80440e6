//! L'identifiant de créancier SEPA.

use std::{fmt, str::FromStr};

use crate::ErreurIcs;

/// Un ICS français : `FR`, clé, code d'activité, numéro national d'émetteur (six caractères).
const LONGUEUR_FRANCAISE: usize = 13;
/// Pays, clé, code d'activité, et un caractère au moins d'identifiant national.
const LONGUEUR_MIN: usize = 8;
/// `Max35Text`.
const LONGUEUR_MAX: usize = 35;

/// L'identifiant d'un créancier (ICS), juste par sa clé.
///
/// La clé (ISO 7064, modulo 97-10) porte sur le pays et l'identifiant national, jamais sur le code d'activité
/// (5e à 7e caractères), que le créancier choisit. Source : EPC262-08, *Creditor Identifier Overview*.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Ics(String);

impl Ics {
    /// Les caractères, en capitales et sans espaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Ics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ics({})", self.0)
    }
}

impl FromStr for Ics {
    type Err = ErreurIcs;

    /// Lit un ICS avec ou sans espaces, en capitales ou non (il ne distingue pas la casse).
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let ics: String = texte.chars().filter(|c| !c.is_whitespace()).collect();
        let ics = ics.to_ascii_uppercase();
        if !ics.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(ErreurIcs::Forme);
        }
        let longueur_juste = if ics.starts_with("FR") {
            ics.len() == LONGUEUR_FRANCAISE
        } else {
            (LONGUEUR_MIN..=LONGUEUR_MAX).contains(&ics.len())
        };
        let (pays, suite) = ics.split_at_checked(2).ok_or(ErreurIcs::Forme)?;
        let (cle, suite) = suite.split_at_checked(2).ok_or(ErreurIcs::Forme)?;
        let lettres_et_cle =
            pays.bytes().all(|b| b.is_ascii_uppercase()) && cle.bytes().all(|b| b.is_ascii_digit());
        if !lettres_et_cle {
            return Err(ErreurIcs::Forme);
        }
        if !longueur_juste {
            return Err(ErreurIcs::Longueur);
        }
        let (_activite, national) = suite.split_at_checked(3).ok_or(ErreurIcs::Longueur)?;
        let cle_possible = matches!(cle.parse::<u8>(), Ok(2..=98));
        if !cle_possible || modulo_97(&[national, pays, cle]) != 1 {
            return Err(ErreurIcs::Cle);
        }
        Ok(Self(ics))
    }
}

/// Le reste par 97 de ces morceaux mis bout à bout, A valant 10 et Z valant 35.
fn modulo_97(morceaux: &[&str]) -> u32 {
    morceaux
        .iter()
        .flat_map(|morceau| morceau.chars())
        .filter_map(|c| c.to_digit(36))
        .fold(0, |reste: u32, valeur| {
            let base = if valeur < 10 { 10 } else { 100 };
            reste.saturating_mul(base).saturating_add(valeur) % 97
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Un ICS juste, fait de ses parties.
    fn compose(pays: &str, activite: &str, national: &str) -> String {
        let cle = 98 - modulo_97(&[national, pays, "00"]);
        format!("{pays}{cle:02}{activite}{national}")
    }

    proptest! {
        #[test]
        fn un_ics_compose_se_lit_quel_que_soit_son_code_d_activite(
            national in "[0-9A-Z]{6}", activite in "[0-9A-Z]{3}"
        ) {
            let texte = compose("FR", &activite, &national);
            let ics: Ics = texte.parse().unwrap();
            prop_assert_eq!(ics.as_str(), &texte);
            prop_assert_eq!(texte.to_lowercase().parse(), Ok(ics));
        }

        #[test]
        fn un_chiffre_change_est_vu(national in "[0-9]{6}", rang in 7..13_usize, ecart in 1..10_u8) {
            let mut autre = compose("FR", "ZZZ", &national).into_bytes();
            autre[rang] = b'0' + (autre[rang] - b'0' + ecart) % 10;
            let autre = String::from_utf8(autre).unwrap();
            prop_assert_eq!(autre.parse::<Ics>(), Err(ErreurIcs::Cle));
        }

        #[test]
        fn aucun_texte_ne_fait_paniquer_la_lecture(texte in "\\PC{0,40}") {
            if let Ok(ics) = texte.parse::<Ics>() {
                prop_assert!((LONGUEUR_MIN..=LONGUEUR_MAX).contains(&ics.as_str().len()));
            }
        }
    }

    #[test]
    fn les_ics_d_exemple_sont_justes() {
        // Ceux que donnent en exemple les guides, en France et en Allemagne.
        for texte in ["FR72 ZZZ 123456", "DE98ZZZ09999999999", "de98 abc 09999999999"] {
            assert!(texte.parse::<Ics>().is_ok(), "{texte}");
        }
    }

    #[test]
    fn chaque_faute_est_nommee() {
        let faute = |texte: &str| texte.parse::<Ics>().unwrap_err();
        for texte in [
            "",
            "FR",
            "FR7",
            "72FRZZZ123456",
            "FRAAZZZ123456",
            "FR72ZZZ-12345",
            "FR72ZZZ12345é",
        ] {
            assert_eq!(faute(texte), ErreurIcs::Forme, "{texte}");
        }
        for texte in [
            "FR72ZZZ12345",
            "FR72ZZZ1234567",
            "DE98ZZZ",
            &format!("DE98ZZZ{}", "0".repeat(29)),
        ] {
            assert_eq!(faute(texte), ErreurIcs::Longueur, "{texte}");
        }
        for texte in ["FR73ZZZ123456", "FR00ZZZ123456", "FR99ZZZ123456"] {
            assert_eq!(faute(texte), ErreurIcs::Cle, "{texte}");
        }
    }
}
