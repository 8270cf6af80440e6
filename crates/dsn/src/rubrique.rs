//! Le nom d'une rubrique ou d'un bloc, tenu dans un entier.

use std::fmt;
use std::str::FromStr;

use crate::erreur::ErreurRubrique;

/// Une rubrique de la norme, `S21.G00.06.001` : ses neuf chiffres, dans un entier.
///
/// ```
/// use dsn::Rubrique;
/// const SIREN: Rubrique = Rubrique::de("S21.G00.06.001");
/// assert_eq!(SIREN.to_string(), "S21.G00.06.001");
/// assert_eq!(SIREN.bloc().to_string(), "S21.G00.06");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rubrique(u32);

/// Un bloc de la norme, `S21.G00.06` : les six premiers chiffres de ses rubriques.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bloc(u32);

/// Une position où se tient un chiffre dans `S00.G00.00.000`.
const CHIFFRES: [usize; 9] = [1, 2, 5, 6, 8, 9, 11, 12, 13];
const FORME: &[u8] = b"S00.G00.00.000";

impl Rubrique {
    /// La rubrique de ce nom, à la compilation.
    ///
    /// # Panics
    /// Le nom n'a pas la forme `S00.G00.00.000` : une constante fausse ne se compile pas.
    #[must_use]
    pub const fn de(nom: &str) -> Self {
        match lire(nom.as_bytes(), FORME.len()) {
            Some(n) => Self(n),
            None => panic!("une rubrique s'écrit S00.G00.00.000"),
        }
    }

    /// La rubrique de ces neuf chiffres ([`Self::chiffres`]).
    #[must_use]
    pub const fn des_chiffres(chiffres: u32) -> Self {
        Self(chiffres)
    }

    /// Ses neuf chiffres, sans les lettres.
    #[must_use]
    pub const fn chiffres(self) -> u32 {
        self.0
    }

    /// Le bloc qui la contient.
    #[must_use]
    pub const fn bloc(self) -> Bloc {
        Bloc(self.0 / 1000)
    }

    /// Son numéro dans son bloc : `1` pour `S21.G00.06.001`.
    #[must_use]
    pub const fn numero(self) -> u32 {
        self.0 % 1000
    }
}

impl Bloc {
    /// Le bloc de ce nom, à la compilation.
    ///
    /// # Panics
    /// Le nom n'a pas la forme `S00.G00.00`.
    #[must_use]
    pub const fn de(nom: &str) -> Self {
        match lire(nom.as_bytes(), FORME.len() - 4) {
            Some(n) => Self(n),
            None => panic!("un bloc s'écrit S00.G00.00"),
        }
    }

    /// Ses six chiffres, sans les lettres.
    #[must_use]
    pub const fn chiffres(self) -> u32 {
        self.0
    }

    /// La rubrique de ce numéro dans le bloc.
    #[must_use]
    pub const fn rubrique(self, numero: u32) -> Rubrique {
        Rubrique(self.0 * 1000 + numero % 1000)
    }
}

/// Lit les chiffres d'un nom de `longueur` caractères qui suit [`FORME`].
const fn lire(nom: &[u8], longueur: usize) -> Option<u32> {
    if nom.len() != longueur {
        return None;
    }
    let mut i = 0;
    while i < longueur {
        let attendu = FORME[i];
        let bon = if attendu == b'0' {
            nom[i].is_ascii_digit()
        } else {
            nom[i] == attendu
        };
        if !bon {
            return None;
        }
        i += 1;
    }
    let mut n = 0_u32;
    let mut c = 0;
    while c < CHIFFRES.len() {
        if CHIFFRES[c] < longueur {
            n = n * 10 + chiffre(nom[CHIFFRES[c]]);
        }
        c += 1;
    }
    Some(n)
}

/// La valeur d'un chiffre. (`u32::from` ne s'appelle pas à la compilation.)
const fn chiffre(octet: u8) -> u32 {
    match octet {
        b'1' => 1,
        b'2' => 2,
        b'3' => 3,
        b'4' => 4,
        b'5' => 5,
        b'6' => 6,
        b'7' => 7,
        b'8' => 8,
        b'9' => 9,
        _ => 0,
    }
}

impl FromStr for Rubrique {
    type Err = ErreurRubrique;

    fn from_str(nom: &str) -> Result<Self, Self::Err> {
        lire(nom.as_bytes(), FORME.len()).map(Self).ok_or(ErreurRubrique)
    }
}

impl FromStr for Bloc {
    type Err = ErreurRubrique;

    fn from_str(nom: &str) -> Result<Self, Self::Err> {
        lire(nom.as_bytes(), FORME.len() - 4)
            .map(Self)
            .ok_or(ErreurRubrique)
    }
}

impl fmt::Display for Rubrique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.bloc(), self.numero())
    }
}

impl fmt::Display for Bloc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        write!(f, "S{:02}.G{:02}.{:02}", n / 10_000, n / 100 % 100, n % 100)
    }
}

impl fmt::Debug for Rubrique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Bloc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_nom_se_relit() {
        for nom in ["S10.G00.00.001", "S21.G00.81.904", "S96.G51.00.001"] {
            assert_eq!(nom.parse::<Rubrique>().unwrap().to_string(), nom);
        }
        assert_eq!("S90.G00.90".parse::<Bloc>().unwrap(), Bloc::de("S90.G00.90"));
        assert_eq!(Bloc::de("S21.G00.06").rubrique(1), Rubrique::de("S21.G00.06.001"));
    }

    #[test]
    fn un_nom_mal_forme_est_refuse() {
        for faux in [
            "",
            "S21.G00.06",
            "s21.G00.06.001",
            "S21.G00.06.0O1",
            "S21.G00.06.0011",
            "S21-G00.06.001",
        ] {
            assert!(faux.parse::<Rubrique>().is_err(), "{faux}");
        }
    }
}
