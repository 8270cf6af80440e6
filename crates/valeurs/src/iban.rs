//! Le compte bancaire.

use std::{fmt, iter, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    ErreurIban,
    cle::modulo_97,
    texte::{en_groupes, par_texte, sans_espaces},
};

/// Le plus court et le plus long IBAN possibles (ISO 13616-1).
const LONGUEURS: std::ops::RangeInclusive<usize> = 15..=34;

/// Un numéro de compte international, juste par sa clé (ISO 13616-1), par la longueur de son pays dans
/// l'espace SEPA et, en France et à Monaco, par la clé RIB.
///
/// Donnée personnelle : ni `Display`, ni contenu dans `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Iban(String);

impl Iban {
    /// Les caractères, capitales et sans espaces : pour sceller, hacher ou écrire un fichier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Le pays, en deux lettres (ISO 3166-1).
    #[must_use]
    pub fn pays(&self) -> &str {
        self.0.split_at(2).0
    }

    /// Le numéro entier par groupes de quatre, pour qui a le droit de le lire.
    #[must_use]
    pub fn afficher(&self) -> String {
        en_groupes(&self.0, iter::repeat(4))
    }

    /// De quoi reconnaître un compte sans le divulguer : « FR76 •••• … 123 ».
    #[must_use]
    pub fn masque(&self) -> String {
        let debut = self.0.split_at(4).0;
        let fin = self.0.split_at(self.0.len().saturating_sub(3)).1;
        format!("{debut} •••• … {fin}")
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iban({})", self.masque())
    }
}

impl FromStr for Iban {
    type Err = ErreurIban;

    /// Lit un IBAN avec ou sans espaces, en capitales ou non.
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let iban = sans_espaces(texte).to_ascii_uppercase();
        if !iban.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(ErreurIban::Forme);
        }
        let (pays, suite) = iban.split_at_checked(2).ok_or(ErreurIban::Forme)?;
        let (cle, compte) = suite.split_at_checked(2).ok_or(ErreurIban::Forme)?;
        let cle_possible = matches!(cle.parse::<u8>(), Ok(2..=98)) && cle.bytes().all(|b| b.is_ascii_digit());
        if !pays.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(ErreurIban::Forme);
        }
        let longueur_juste = match longueur_sepa(pays) {
            Some(longueur) => iban.len() == longueur,
            None => LONGUEURS.contains(&iban.len()),
        };
        if !longueur_juste {
            return Err(ErreurIban::Longueur);
        }
        let retourne = compte.chars().chain(pays.chars()).chain(cle.chars());
        if !cle_possible || modulo_97(retourne.flat_map(chiffres_iban)) != 1 {
            return Err(ErreurIban::Cle);
        }
        if matches!(pays, "FR" | "MC") && !cle_rib_juste(compte) {
            return Err(ErreurIban::CleRib);
        }
        Ok(Self(iban))
    }
}

/// Un chiffre pour lui-même, une lettre pour deux chiffres : A vaut 10, Z vaut 35.
fn chiffres_iban(c: char) -> impl Iterator<Item = u32> {
    let valeur = c.to_digit(36).unwrap_or_default();
    let dizaine = (valeur >= 10).then_some(valeur / 10);
    dizaine.into_iter().chain(iter::once(valeur % 10))
}

/// Le compte français : banque et guichet (10 chiffres), compte (11 caractères), clé (2 chiffres), le tout
/// divisible par 97 une fois les lettres changées en chiffres.
fn cle_rib_juste(compte: &str) -> bool {
    let bien_forme = compte
        .bytes()
        .enumerate()
        .all(|(rang, b)| b.is_ascii_digit() || (10..21).contains(&rang));
    bien_forme && modulo_97(compte.chars().map(chiffre_rib)) == 0
}

/// La valeur d'un caractère dans la clé RIB : A et J valent 1 ; B, K et S valent 2 ; … ; I, R et Z valent 9.
fn chiffre_rib(c: char) -> u32 {
    let rang = c.to_digit(36).unwrap_or_default();
    match rang {
        0..=9 => rang,
        10..=18 => rang.saturating_sub(9),
        19..=27 => rang.saturating_sub(18),
        _ => rang.saturating_sub(26),
    }
}

/// La longueur des IBAN d'un pays de l'espace SEPA (registre des IBAN de SWIFT).
fn longueur_sepa(pays: &str) -> Option<usize> {
    Some(match pays {
        "NO" => 15,
        "BE" => 16,
        "DK" | "FI" | "NL" => 18,
        "MK" | "SI" => 19,
        "AT" | "EE" | "LT" | "LU" => 20,
        "CH" | "HR" | "LI" | "LV" => 21,
        "BG" | "DE" | "GB" | "IE" | "ME" | "RS" | "VA" => 22,
        "GI" => 23,
        "AD" | "CZ" | "ES" | "MD" | "RO" | "SE" | "SK" => 24,
        "PT" => 25,
        "IS" => 26,
        "FR" | "GR" | "IT" | "MC" | "SM" => 27,
        "AL" | "CY" | "HU" | "PL" => 28,
        "MT" => 31,
        _ => return None,
    })
}

par_texte!(Iban, ErreurIban, |iban| iban.0);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Un IBAN français juste, fait de son compte sans clés.
    fn iban_francais(compte: &str) -> String {
        let rib = 97 - modulo_97(format!("{compte}00").chars().map(chiffre_rib));
        let bban = format!("{compte}{rib:02}");
        let cle = 98 - modulo_97(format!("{bban}FR00").chars().flat_map(chiffres_iban));
        format!("FR{cle:02}{bban}")
    }

    proptest! {
        #[test]
        fn un_iban_affiche_se_relit(compte in "[0-9]{10}[0-9A-Z]{11}") {
            let texte = iban_francais(&compte);
            let iban: Iban = texte.parse().unwrap();
            prop_assert_eq!(iban.afficher().parse(), Ok(iban.clone()));
            prop_assert_eq!(iban.as_str(), texte);
        }

        #[test]
        fn un_chiffre_change_est_vu(compte in "[0-9]{21}", rang in 2..27_usize, ecart in 1..10_u8) {
            let mut autre = iban_francais(&compte).into_bytes();
            autre[rang] = b'0' + (autre[rang] - b'0' + ecart) % 10;
            let autre = String::from_utf8(autre).unwrap();
            prop_assert_eq!(autre.parse::<Iban>(), Err(ErreurIban::Cle));
        }

        #[test]
        fn debug_et_masque_ne_montrent_pas_le_compte(compte in "[0-9]{21}") {
            let iban: Iban = iban_francais(&compte).parse().unwrap();
            let debug = format!("{iban:?}");
            prop_assert!(!debug.contains(&compte[..11]));
            prop_assert_eq!(iban.masque().chars().count(), 15);
        }

        #[test]
        fn aucun_texte_ne_fait_paniquer_la_lecture(texte in "\\PC{0,36}") {
            if let Ok(iban) = texte.parse::<Iban>() {
                prop_assert!(LONGUEURS.contains(&iban.as_str().len()));
            }
        }
    }

    #[test]
    fn les_iban_d_exemple_des_pays_sont_justes() {
        for texte in [
            "FR14 2004 1010 0505 0001 3M02 606",
            "fr76 3000 6000 0112 3456 7890 189",
            "DE89 3704 0044 0532 0130 00",
            "GB29 NWBK 6016 1331 9268 19",
            "BE68 5390 0754 7034",
            "NO93 8601 1117 947",
        ] {
            let iban: Iban = texte.parse().unwrap();
            assert_eq!(iban.afficher(), texte.to_uppercase());
        }
    }

    #[test]
    fn le_masque_garde_le_pays_la_cle_et_la_fin() {
        let iban: Iban = "FR7630006000011234567890189".parse().unwrap();
        assert_eq!(iban.masque(), "FR76 •••• … 189");
        assert_eq!(format!("{iban:?}"), "Iban(FR76 •••• … 189)");
        assert_eq!(iban.pays(), "FR");
    }

    #[test]
    fn chaque_faute_est_nommee() {
        let faute = |texte: &str| texte.parse::<Iban>().unwrap_err();
        assert_eq!(faute(""), ErreurIban::Forme);
        assert_eq!(faute("FR7"), ErreurIban::Forme);
        assert_eq!(faute("7630006000011234567890189"), ErreurIban::Forme);
        assert_eq!(faute("FR76-3000-6000"), ErreurIban::Forme);
        assert_eq!(faute("FR763000600001123456789018"), ErreurIban::Longueur);
        assert_eq!(faute("DE8937040044053201300"), ErreurIban::Longueur);
        assert_eq!(faute("XX12345"), ErreurIban::Longueur);
        assert_eq!(faute("FR7630006000011234567890188"), ErreurIban::Cle);
    }

    #[test]
    fn une_cle_rib_fausse_est_vue_meme_si_la_cle_iban_est_juste() {
        let bban = "30006000011234567890188";
        let cle = 98 - modulo_97(format!("{bban}FR00").chars().flat_map(chiffres_iban));
        assert_eq!(
            format!("FR{cle:02}{bban}").parse::<Iban>(),
            Err(ErreurIban::CleRib)
        );
    }
}
