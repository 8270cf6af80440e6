use std::fmt;

use valeurs::Montant;

/// Une part d'un tout, en centièmes de pour cent, arrondie au plus proche : 1 234 est « 12,34 % ».
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taux(i64);

impl Taux {
    /// `part` rapportée à `tout` ; rien si le tout n'est pas positif.
    #[must_use]
    pub fn nouveau(part: Montant, tout: Montant) -> Option<Self> {
        let (part, tout) = (i128::from(part.centimes()), i128::from(tout.centimes()));
        if tout <= 0 {
            return None;
        }
        let moitie = if part < 0 { -tout } else { tout };
        i64::try_from((part * 20_000 + moitie) / (tout * 2))
            .ok()
            .map(Self)
    }

    /// En centièmes de pour cent ; aussi les centimes que coûtent 100 €.
    #[must_use]
    pub const fn centiemes(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Taux {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signe = if self.0 < 0 { "-" } else { "" };
        let absolu = self.0.unsigned_abs();
        write!(f, "{signe}{},{:02}\u{a0}%", absolu / 100, absolu % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taux(part: i64, tout: i64) -> Option<String> {
        Taux::nouveau(Montant::de_centimes(part), Montant::de_centimes(tout)).map(|t| t.to_string())
    }

    #[test]
    fn un_taux_a_deux_decimales_arrondies_au_plus_proche() {
        for (part, tout, attendu) in [
            (1, 3, "33,33\u{a0}%"),
            (2, 3, "66,67\u{a0}%"),
            (1, 20_000, "0,01\u{a0}%"),
            (1, 20_001, "0,00\u{a0}%"),
            (3, 2, "150,00\u{a0}%"),
            (-2, 3, "-66,67\u{a0}%"),
            (0, 7, "0,00\u{a0}%"),
        ] {
            assert_eq!(taux(part, tout).as_deref(), Some(attendu), "{part} / {tout}");
        }
        assert_eq!(taux(1, 0), None);
        assert_eq!(taux(1, -1), None);
    }

    proptest! {
        #[test]
        fn un_taux_est_a_un_demi_centieme_pres(part in 0..i64::MAX / 20_000, tout in 1..i64::MAX) {
            let taux = Taux::nouveau(Montant::de_centimes(part), Montant::de_centimes(tout));
            let centiemes = i128::from(taux.unwrap().centiemes());
            let ecart = i128::from(part) * 10_000 - centiemes * i128::from(tout);
            prop_assert!(2 * ecart.abs() <= i128::from(tout));
        }
    }
}
