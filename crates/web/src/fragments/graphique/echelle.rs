//! L'axe des montants : où il commence, où il finit, et les nombres ronds entre les deux.

use valeurs::Montant;

use crate::fragments::milliers;

/// Les graduations au-dessus ou au-dessous de zéro : assez pour lire, assez peu pour ne pas se toucher.
const GRADUATIONS_MAX: i128 = 5;

/// Un euro, en centimes : le plus petit écart entre deux graduations.
const EURO: i128 = 100;

/// Un axe de montants, toujours avec zéro.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Echelle {
    /// Le bas, en centimes ; zéro ou moins, multiple du pas.
    bas: i128,
    /// Le haut, en centimes ; zéro ou plus, multiple du pas.
    haut: i128,
    /// L'écart entre deux graduations, en centimes.
    pas: i128,
}

impl Echelle {
    /// L'axe qui montre tous ces montants. Quand tous sont nuls, il va de zéro à quelques euros.
    pub(super) fn pour(montants: impl Iterator<Item = Montant>) -> Self {
        let (min, max) = montants.fold((0, 0), |(min, max): (i128, i128), montant| {
            let centimes = montant.centimes().into();
            (min.min(centimes), max.max(centimes))
        });
        let pas = pas_rond(diviser_vers_le_haut(max - min, GRADUATIONS_MAX));
        let haut = diviser_vers_le_haut(max, pas) * pas;
        Self {
            bas: min.div_euclid(pas) * pas,
            haut: if min == 0 { haut.max(pas) } else { haut },
            pas,
        }
    }

    /// La distance d'un montant au haut de l'axe, quand l'axe est long de `longueur`.
    pub(super) fn depuis_le_haut(self, centimes: i128, longueur: i64) -> i64 {
        let distance = (self.haut - centimes) * i128::from(longueur) / (self.haut - self.bas);
        i64::try_from(distance).unwrap_or(longueur)
    }

    /// Les graduations du bas vers le haut : leur montant en centimes et ce qui s'y lit.
    pub(super) fn graduations(self) -> Vec<(i128, String)> {
        let nombre = (self.haut - self.bas) / self.pas;
        (0..=nombre)
            .map(|rang| self.bas + rang * self.pas)
            .map(|centimes| (centimes, self.libelle(centimes)))
            .collect()
    }

    /// « 1 500 € », « 1,5 M€ » : l'unité est la même du bas au haut de l'axe.
    fn libelle(self, centimes: i128) -> String {
        const MILLION: i128 = 1_000_000 * EURO;
        const MILLIARD: i128 = 1_000 * MILLION;
        let (unite, nom) = match self.haut.max(-self.bas) {
            ..MILLION => (EURO, "€"),
            MILLION..MILLIARD => (MILLION, "M€"),
            _ => (MILLIARD, "Md€"),
        };
        if centimes == 0 {
            return "0\u{A0}€".to_owned();
        }
        let signe = if centimes < 0 { "−" } else { "" };
        let absolu = centimes.unsigned_abs();
        let unite = unite.unsigned_abs();
        let entier = milliers(u64::try_from(absolu / unite).unwrap_or(u64::MAX));
        match absolu % unite * 10 / unite {
            0 => format!("{signe}{entier}\u{A0}{nom}"),
            dixieme => format!("{signe}{entier},{dixieme}\u{A0}{nom}"),
        }
    }
}

/// Le plus petit 1, 2 ou 5 fois une puissance de dix, en euros, qui atteint ce nombre de centimes.
fn pas_rond(centimes: i128) -> i128 {
    let mut puissance = EURO;
    loop {
        for pas in [puissance, 2 * puissance, 5 * puissance] {
            if pas >= centimes {
                return pas;
            }
        }
        puissance *= 10;
    }
}

/// La division arrondie vers le haut, pour un diviseur positif.
fn diviser_vers_le_haut(nombre: i128, diviseur: i128) -> i128 {
    -(-nombre).div_euclid(diviseur)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn libelles(centimes: &[i64]) -> Vec<String> {
        let montants = centimes.iter().copied().map(Montant::de_centimes);
        let echelle = Echelle::pour(montants);
        echelle.graduations().into_iter().map(|(_, l)| l).collect()
    }

    #[test]
    fn l_axe_gradue_en_nombres_ronds_et_contient_zero() {
        assert_eq!(
            libelles(&[1_234_56, 0]),
            [
                "0\u{A0}€",
                "500\u{A0}€",
                "1\u{202F}000\u{A0}€",
                "1\u{202F}500\u{A0}€"
            ]
        );
        assert_eq!(
            libelles(&[-150_00, 300_00]),
            [
                "−200\u{A0}€",
                "−100\u{A0}€",
                "0\u{A0}€",
                "100\u{A0}€",
                "200\u{A0}€",
                "300\u{A0}€"
            ]
        );
        assert_eq!(
            libelles(&[-3_00]),
            ["−3\u{A0}€", "−2\u{A0}€", "−1\u{A0}€", "0\u{A0}€"]
        );
    }

    #[test]
    fn de_grands_montants_se_comptent_en_millions_et_en_milliards() {
        assert_eq!(
            libelles(&[2_400_000_00]),
            [
                "0\u{A0}€",
                "0,5\u{A0}M€",
                "1\u{A0}M€",
                "1,5\u{A0}M€",
                "2\u{A0}M€",
                "2,5\u{A0}M€"
            ]
        );
        assert_eq!(libelles(&[4_000_000_000_00])[1], "1\u{A0}Md€");
    }

    #[test]
    fn rien_que_des_zeros_font_encore_un_axe() {
        assert_eq!(libelles(&[]), ["0\u{A0}€", "1\u{A0}€"]);
        assert_eq!(libelles(&[0, 0]), ["0\u{A0}€", "1\u{A0}€"]);
    }

    #[test]
    fn les_plus_grands_montants_ne_debordent_pas() {
        for centimes in [&[i64::MAX, -i64::MAX][..], &[i64::MAX], &[-i64::MAX]] {
            let echelle = Echelle::pour(centimes.iter().copied().map(Montant::de_centimes));
            let places = centimes
                .iter()
                .map(|c| echelle.depuis_le_haut((*c).into(), 1_000));
            assert!(places.into_iter().all(|place| (0..=1_000).contains(&place)));
            assert!(echelle.graduations().len() <= 8);
        }
    }
}
