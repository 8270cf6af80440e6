//! Le montant d'un prélèvement.

use valeurs::Montant;

use crate::ErreurMontantPreleve;

/// 999 999 999,99 € (EPC130-08).
const MAX_CENTIMES: i64 = 999_999_999_99;

/// Un montant qui se prélève : de 0,01 € à 999 999 999,99 €, en centimes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MontantPreleve(Montant);

impl MontantPreleve {
    /// La somme.
    #[must_use]
    pub const fn montant(self) -> Montant {
        self.0
    }
}

impl TryFrom<Montant> for MontantPreleve {
    type Error = ErreurMontantPreleve;

    fn try_from(montant: Montant) -> Result<Self, Self::Error> {
        (1..=MAX_CENTIMES)
            .contains(&montant.centimes())
            .then_some(Self(montant))
            .ok_or(ErreurMontantPreleve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_bornes_de_la_norme_sont_tenues() {
        let preleve = |centimes| MontantPreleve::try_from(Montant::de_centimes(centimes));
        for centimes in [1, 100, MAX_CENTIMES] {
            assert_eq!(preleve(centimes).unwrap().montant().centimes(), centimes);
        }
        for centimes in [i64::MIN, -1, 0, MAX_CENTIMES + 1, i64::MAX] {
            assert_eq!(preleve(centimes), Err(ErreurMontantPreleve));
        }
    }
}
