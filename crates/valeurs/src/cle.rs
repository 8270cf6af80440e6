//! Les clés de contrôle des identifiants.

/// Le reste par 97 du nombre que ces chiffres écrivent, aussi long soit-il.
pub(crate) fn modulo_97(chiffres: impl IntoIterator<Item = u32>) -> u32 {
    chiffres.into_iter().fold(0, |reste: u32, chiffre| {
        reste.saturating_mul(10).saturating_add(chiffre) % 97
    })
}

/// La clé de Luhn (ISO/IEC 7812-1) d'un texte en chiffres tombe-t-elle juste ?
pub(crate) fn luhn(chiffres: &str) -> bool {
    let somme = chiffres
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .fold(0_u32, |somme, (rang, chiffre)| {
            let double = chiffre.saturating_mul(2);
            let apport = match rang % 2 {
                0 => chiffre,
                _ => (double / 10).saturating_add(double % 10),
            };
            somme.saturating_add(apport)
        });
    somme.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn luhn_admet_un_seul_dernier_chiffre(debut in "[0-9]{8,13}") {
            let justes = (0..10).filter(|dernier| luhn(&format!("{debut}{dernier}"))).count();
            prop_assert_eq!(justes, 1);
        }

        #[test]
        fn luhn_voit_un_chiffre_change(nombre in "[0-9]{9,14}", rang in 0..9_usize, ecart in 1..10_u8) {
            let mut autre = nombre.clone().into_bytes();
            autre[rang] = b'0' + (autre[rang] - b'0' + ecart) % 10;
            let autre = String::from_utf8(autre).unwrap();
            prop_assert!(!(luhn(&nombre) && luhn(&autre)));
        }

        #[test]
        fn le_reste_par_97_est_celui_de_l_entier(n in any::<u64>()) {
            let chiffres = n.to_string();
            prop_assert_eq!(u64::from(modulo_97(chiffres.chars().filter_map(|c| c.to_digit(10)))), n % 97);
        }
    }
}
