//! Le code d'une banque.

use std::{fmt, str::FromStr};

use crate::ErreurBic;

/// Le code d'une banque (BIC, ISO 9362) : 8 ou 11 caractères, bien formé selon `BICFIDec2014Identifier`.
///
/// Rien ne dit ici qu'il désigne une banque qui existe.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bic(String);

impl Bic {
    /// Les caractères, en capitales et sans espaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Bic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Bic {
    type Err = ErreurBic;

    /// Lit un BIC avec ou sans espaces, en capitales ou non.
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let bic: String = texte.chars().filter(|c| !c.is_whitespace()).collect();
        let bic = bic.to_ascii_uppercase();
        let bien_forme = matches!(bic.len(), 8 | 11)
            && bic.bytes().enumerate().all(|(rang, b)| match rang {
                4 | 5 => b.is_ascii_uppercase(),
                _ => b.is_ascii_uppercase() || b.is_ascii_digit(),
            });
        bien_forme.then_some(Self(bic)).ok_or(ErreurBic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_bic_de_huit_ou_onze_caracteres_se_lit() {
        for texte in ["AGRIFRPP", "AGRI FR PP 833", "cepafrpp333", "PSSTFRPPBOR"] {
            let bic: Bic = texte.parse().unwrap();
            assert!(matches!(bic.as_str().len(), 8 | 11));
        }
    }

    #[test]
    fn un_bic_mal_forme_est_refuse() {
        for texte in [
            "",
            "AGRIFRP",
            "AGRIFRPP8",
            "AGRI12PP",
            "AGRIFRPP8333",
            "AGRIFR-P",
            "AGRIFRPé",
        ] {
            assert_eq!(texte.parse::<Bic>(), Err(ErreurBic), "{texte}");
        }
    }
}
