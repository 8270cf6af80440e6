//! Le numéro d'un dossier.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ErreurDossierId;

/// Le numéro du dossier d'un débiteur dans la base de sa caisse : la clé de la table, sans autre sens.
///
/// Il vit ici pour que le journal et les permis désignent un dossier sans connaître les créances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DossierId(i64);

impl DossierId {
    /// Le dossier de cette clé.
    #[must_use]
    pub const fn new(numero: i64) -> Self {
        Self(numero)
    }

    /// La clé.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for DossierId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DossierId {
    type Err = ErreurDossierId;

    /// Lit un entier strictement positif, en chiffres seulement (celui d'une adresse ou d'une commande).
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        if !texte.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ErreurDossierId);
        }
        match texte.parse() {
            Ok(numero) if numero > 0 => Ok(Self(numero)),
            _ => Err(ErreurDossierId),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn un_numero_affiche_se_relit(numero in 1..=i64::MAX) {
            let id = DossierId::new(numero);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn un_signe_un_zero_ou_un_vide_sont_refuses() {
        for texte in ["", "0", "-1", "+1", " 1", "1.0", "99999999999999999999"] {
            assert_eq!(texte.parse::<DossierId>(), Err(ErreurDossierId), "{texte}");
        }
    }
}
