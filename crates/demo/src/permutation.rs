//! Mêler des rangs sans jamais en confondre deux.

use crate::tirage::Tirage;

/// Une bijection secrète de `0..taille` sur lui-même, pour toute taille.
///
/// Réseau de Feistel à quatre tours sur la plus petite puissance de quatre qui contient la taille ; une
/// image hors de l'intervalle est repassée au réseau jusqu'à y revenir.
pub(crate) struct Permutation {
    tours: [u64; 4],
}

impl Permutation {
    pub(crate) fn nouvelle(tirage: &mut Tirage) -> Self {
        Self {
            tours: std::array::from_fn(|_| tirage.brut()),
        }
    }

    /// L'image du rang, qui doit être inférieur à la taille : au-delà, deux rangs se confondraient.
    pub(crate) fn image(&self, rang: u64, taille: u64) -> u64 {
        debug_assert!(rang < taille, "le rang est hors de la permutation");
        let bits = u64::BITS - taille.saturating_sub(1).leading_zeros();
        let demi = bits.div_ceil(2).max(1);
        let mut image = rang % taille;
        loop {
            image = self.brasser(image, demi);
            if image < taille {
                return image;
            }
        }
    }

    fn brasser(&self, valeur: u64, demi: u32) -> u64 {
        let masque = (1_u64 << demi) - 1;
        let (mut gauche, mut droite) = (valeur >> demi, valeur & masque);
        for tour in self.tours {
            (gauche, droite) = (droite, gauche ^ (melange(droite ^ tour) & masque));
        }
        (gauche << demi) | droite
    }
}

/// Le finaliseur de SplitMix64.
fn melange(valeur: u64) -> u64 {
    let valeur = (valeur ^ (valeur >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let valeur = (valeur ^ (valeur >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    valeur ^ (valeur >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn l_image_de_tous_les_rangs_est_l_intervalle_entier(graine: [u8; 32], taille in 1_u64..3_000) {
            let permutation = Permutation::nouvelle(&mut Tirage::nouveau(graine, 0));
            let images: HashSet<u64> = (0..taille).map(|rang| permutation.image(rang, taille)).collect();
            prop_assert_eq!(images, (0..taille).collect::<HashSet<u64>>());
        }
    }
}
