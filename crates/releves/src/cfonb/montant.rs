//! Les montants du CFONB : treize chiffres, puis un caractère qui porte le dernier chiffre et le signe.

use valeurs::Montant;

use crate::Regle;

/// Derniers chiffres d'un montant créditeur, de 0 à 9.
const CREDITEURS: &str = "{ABCDEFGHI";
/// Derniers chiffres d'un montant débiteur, de 0 à 9.
const DEBITEURS: &str = "}JKLMNOPQR";

/// Lit un montant de 14 caractères et de tant de décimales, positif s'il est créditeur.
///
/// # Errors
/// Caractère étranger, plus de deux décimales utiles, trop grand.
pub(super) fn lire(zone: &str, decimales: u32) -> Result<Montant, Regle> {
    let Some((chiffres, dernier)) = zone.split_at_checked(13) else {
        return Err(Regle::MontantCode);
    };
    let (chiffre, debiteur) = match (CREDITEURS.find(dernier), DEBITEURS.find(dernier)) {
        _ if dernier.chars().count() != 1 => return Err(Regle::MontantCode),
        (Some(chiffre), _) => (chiffre, false),
        (None, Some(chiffre)) => (chiffre, true),
        (None, None) => return Err(Regle::MontantCode),
    };
    if !chiffres.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Regle::MontantCode);
    }
    let entier = format!("{chiffres}{chiffre}")
        .parse::<i64>()
        .map_err(|_| Regle::MontantCode)?;
    let centimes = match decimales {
        0..=2 => 10_i64
            .checked_pow(2 - decimales)
            .and_then(|facteur| entier.checked_mul(facteur)),
        _ => {
            let diviseur = 10_i64.checked_pow(decimales - 2).ok_or(Regle::TropDeDecimales)?;
            if entier % diviseur != 0 {
                return Err(Regle::TropDeDecimales);
            }
            Some(entier / diviseur)
        }
    };
    let montant = Montant::de_centimes(centimes.ok_or(Regle::MontantTropGrand)?);
    Ok(if debiteur { -montant } else { montant })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn coder(centimes: i64) -> String {
        let absolu = centimes.unsigned_abs();
        let table = if centimes < 0 { DEBITEURS } else { CREDITEURS };
        let dernier = table.chars().nth(usize::try_from(absolu % 10).unwrap()).unwrap();
        format!("{:013}{dernier}", absolu / 10)
    }

    proptest! {
        #[test]
        fn un_montant_code_se_relit(centimes in -99_999_999_999_999_i64..=99_999_999_999_999) {
            prop_assert_eq!(lire(&coder(centimes), 2), Ok(Montant::de_centimes(centimes)));
        }

        #[test]
        fn aucune_zone_ne_fait_paniquer(zone in "\\PC{0,16}", decimales in 0_u32..=9) {
            if let Ok(montant) = lire(&zone, decimales) {
                prop_assert_eq!(zone.len(), 14);
                prop_assert!(montant.est_negatif() || zone.ends_with(|c| CREDITEURS.contains(c)) || montant.est_nul());
            }
        }
    }

    #[test]
    fn les_decimales_changent_la_place_de_la_virgule() {
        assert_eq!(lire("0000000001234E", 2), Ok(Montant::de_centimes(12_345)));
        assert_eq!(lire("0000000001234E", 0), Ok(Montant::de_centimes(1_234_500)));
        assert_eq!(lire("0000000001234N", 1), Ok(Montant::de_centimes(-123_450)));
        assert_eq!(lire("0000000001234{", 3), Ok(Montant::de_centimes(1_234)));
        assert_eq!(lire("0000000001234E", 3), Err(Regle::TropDeDecimales));
    }

    #[test]
    fn zero_peut_etre_debiteur() {
        assert_eq!(lire("0000000000000}", 2), Ok(Montant::ZERO));
    }
}
