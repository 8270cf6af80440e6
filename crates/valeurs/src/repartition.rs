//! Partager un montant en proportions identiques.

use std::cmp::Reverse;

use crate::Montant;

impl Montant {
    /// Partage le montant entre des parts proportionnelles aux poids, au plus fort reste ; à reste égal, la
    /// première part est servie d'abord. Une part par poids, dans le même ordre.
    ///
    /// Le total des parts est exactement le montant, et aucune part ne dépasse son poids tant que le montant
    /// ne dépasse pas le total des poids. Un poids négatif compte pour zéro ; si tous sont nuls, les parts
    /// sont égales ; sans poids, il n'y a pas de part. Un montant négatif se partage comme son opposé.
    ///
    /// Source : CSS, article L133-4-11 (paiement partiel imputé dans des proportions identiques).
    #[must_use]
    pub fn repartir(self, poids: &[Self]) -> Vec<Self> {
        let mut poids: Vec<u128> = poids
            .iter()
            .map(|p| u128::try_from(p.centimes()).unwrap_or(0))
            .collect();
        if poids.iter().all(|p| *p == 0) {
            poids.fill(1);
        }
        let total: u128 = poids.iter().copied().fold(0, u128::saturating_add);
        let montant = u128::from(self.centimes().unsigned_abs());

        // Montant et poids tiennent dans 63 bits : leur produit tient dans 126, rien ne sature ici.
        let produits = poids.iter().map(|p| montant.saturating_mul(*p));
        let mut parts: Vec<(u128, u128)> = produits
            .map(|produit| {
                let part = produit.checked_div(total).unwrap_or(0);
                let reste = produit.checked_rem(total).unwrap_or(0);
                (part, reste)
            })
            .collect();
        let place: u128 = parts.iter().map(|(part, _)| *part).fold(0, u128::saturating_add);
        let a_placer = usize::try_from(montant.saturating_sub(place)).unwrap_or(usize::MAX);

        let mut rangs: Vec<usize> = (0..parts.len()).collect();
        rangs.sort_by_key(|rang| Reverse(parts.get(*rang).map(|(_, reste)| *reste)));
        for rang in rangs.into_iter().take(a_placer) {
            if let Some((part, _)) = parts.get_mut(rang) {
                *part = part.saturating_add(1);
            }
        }
        parts
            .into_iter()
            .map(|(part, _)| {
                let part = Self::de_centimes(i64::try_from(part).expect("une part n'excède pas le montant"));
                if self.est_negatif() { part.oppose() } else { part }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn c(centimes: i64) -> Montant {
        Montant::de_centimes(centimes)
    }

    fn des_poids() -> impl Strategy<Value = Vec<Montant>> {
        let poids = prop_oneof![Just(0), 1..100_i64, 0..10_000_000_i64, 0..=i64::MAX];
        prop::collection::vec(poids.prop_map(c), 1..12)
    }

    proptest! {
        #[test]
        fn les_parts_font_exactement_le_montant(montant in any::<i64>().prop_map(c), poids in des_poids()) {
            prop_assert_eq!(Montant::somme(montant.repartir(&poids)), Ok(montant));
        }

        #[test]
        fn aucune_part_ne_depasse_son_poids(poids in des_poids(), fraction in 0..=1_000_i128) {
            let total: i128 = poids.iter().map(|p| i128::from(p.centimes())).sum();
            let montant = c(i64::try_from(total * fraction / 1_000).unwrap_or(i64::MAX));
            for (part, poids) in montant.repartir(&poids).into_iter().zip(poids) {
                prop_assert!(!part.est_negatif() && part <= poids, "{:?} > {:?}", part, poids);
            }
        }

        #[test]
        fn une_part_est_a_moins_d_un_centime_de_sa_proportion(
            montant in (0..1_000_000_000_i64).prop_map(c),
            poids in prop::collection::vec((1..1_000_000_i64).prop_map(c), 1..12),
        ) {
            let total: i128 = poids.iter().map(|p| i128::from(p.centimes())).sum();
            for (part, poids) in montant.repartir(&poids).into_iter().zip(poids) {
                let ecart = i128::from(part.centimes()) * total
                    - i128::from(montant.centimes()) * i128::from(poids.centimes());
                prop_assert!(ecart.abs() < total);
            }
        }

        #[test]
        fn l_oppose_se_partage_en_opposes(montant in any::<i64>().prop_map(c), poids in des_poids()) {
            let opposes: Vec<_> = montant.repartir(&poids).into_iter().map(Montant::oppose).collect();
            prop_assert_eq!((-montant).repartir(&poids), opposes);
        }
    }

    #[test]
    fn cent_euros_sur_trois_parts_egales_servent_la_premiere() {
        assert_eq!(c(10_000).repartir(&[c(7); 3]), [c(3_334), c(3_333), c(3_333)]);
    }

    #[test]
    fn le_plus_fort_reste_prend_le_centime() {
        assert_eq!(c(100).repartir(&[c(1), c(2)]), [c(33), c(67)]);
    }

    #[test]
    fn les_poids_nuls_ou_negatifs_ne_recoivent_rien() {
        assert_eq!(c(100).repartir(&[c(0), c(50), c(-50)]), [c(0), c(100), c(0)]);
        assert_eq!(c(3).repartir(&[c(0), c(0)]), [c(2), c(1)]);
        assert!(c(3).repartir(&[]).is_empty());
    }
}
