use std::fmt;
use std::str::FromStr;

use super::ErreurAgent;

/// L'identifiant d'un agent : celui qu'il tape, celui du journal. Toujours en minuscules.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifiant(String);

impl Identifiant {
    /// Le texte.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Identifiant {
    type Err = ErreurAgent;

    /// Lit un identifiant ; les espaces autour et la casse ne comptent pas.
    fn from_str(texte: &str) -> Result<Self, ErreurAgent> {
        let texte = texte.trim().to_ascii_lowercase();
        let permis = |o: u8| o.is_ascii_alphanumeric() || b".-_@".contains(&o);
        match (2..=64).contains(&texte.len()) && texte.bytes().all(permis) {
            true => Ok(Self(texte)),
            false => Err(ErreurAgent::Identifiant),
        }
    }
}

impl fmt::Display for Identifiant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
