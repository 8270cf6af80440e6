//! Ce qu'un gabarit passe : la valeur, ou sa référence, ou la référence de celle-ci.

use jiff::civil::Date;
use valeurs::Montant;

/// Une valeur de type `T`, ou ce qui s'y ramène : askama ajoute une référence à un champ, une autre dans un
/// `if let`.
pub trait ParValeur<T> {
    /// La valeur.
    fn par_valeur(self) -> T;
}

impl<T, V: ParValeur<T> + Copy> ParValeur<T> for &V {
    fn par_valeur(self) -> T {
        (*self).par_valeur()
    }
}

macro_rules! tel_quel {
    ($($type:ty),+) => {$(
        impl ParValeur<$type> for $type {
            fn par_valeur(self) -> $type {
                self
            }
        }
    )+};
}
tel_quel!(Montant, Date, Option<Date>, u64);

impl ParValeur<Option<Date>> for Date {
    fn par_valeur(self) -> Option<Date> {
        Some(self)
    }
}

impl ParValeur<u64> for u32 {
    fn par_valeur(self) -> u64 {
        self.into()
    }
}

impl ParValeur<u64> for usize {
    fn par_valeur(self) -> u64 {
        u64::try_from(self).unwrap_or(u64::MAX)
    }
}
