//! Le hasard, reproductible.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use sha2::{Digest, Sha256};
use valeurs::CodeCaisse;

/// La clé d'une famille de tirages.
pub(crate) type Cle = [u8; 32];

/// La clé de cet usage pour cette graine et cette caisse : deux usages ne se suivent jamais.
pub(crate) fn cle(graine: &str, caisse: CodeCaisse, usage: &str) -> Cle {
    let mut empreinte = Sha256::new();
    for partie in ["sillon-demo-1", caisse.code(), usage, graine] {
        // La longueur devant chaque partie : « ab » + « c » n'est pas « a » + « bc ».
        empreinte.update(u64::try_from(partie.len()).unwrap_or(u64::MAX).to_be_bytes());
        empreinte.update(partie.as_bytes());
    }
    empreinte.finalize().into()
}

/// Une suite de tirages.
pub(crate) struct Tirage(ChaCha8Rng);

impl Tirage {
    /// La suite de ce rang : chacun a la sienne, sans dérouler celles d'avant.
    pub(crate) fn nouveau(cle: Cle, rang: u64) -> Self {
        let mut hasard = ChaCha8Rng::from_seed(cle);
        hasard.set_stream(rang);
        Self(hasard)
    }

    /// Soixante-quatre bits.
    pub(crate) fn brut(&mut self) -> u64 {
        self.0.random()
    }

    /// Un entier entre les deux bornes, comprises.
    pub(crate) fn entre(&mut self, min: i64, max: i64) -> i64 {
        self.0.random_range(min..=max.max(min))
    }

    /// Vrai `chances` fois sur mille.
    pub(crate) fn sur_mille(&mut self, chances: u32) -> bool {
        self.0.random_range(0..1000_u32) < chances
    }

    /// L'un des choix, tous égaux.
    pub(crate) fn parmi<T: Copy>(&mut self, choix: &[T]) -> T {
        let dernier = u32::try_from(choix.len()).unwrap_or(u32::MAX).saturating_sub(1);
        let rang = self.0.random_range(0..=dernier);
        let rang = usize::try_from(rang).unwrap_or_default();
        *choix.get(rang).expect("une liste de choix n'est jamais vide")
    }

    /// L'un des choix, selon leurs poids.
    pub(crate) fn pondere<T: Copy>(&mut self, choix: &[(u32, T)]) -> T {
        let total: u32 = choix.iter().map(|(poids, _)| *poids).sum();
        let mut reste = self.0.random_range(0..total.max(1));
        for (poids, choisi) in choix {
            match reste.checked_sub(*poids) {
                Some(suite) => reste = suite,
                None => return *choisi,
            }
        }
        choix.last().expect("une liste de choix n'est jamais vide").1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deux_usages_ou_deux_caisses_n_ont_pas_la_meme_cle() {
        let [gironde, bretagne] = ["DMSA33", "DMSA35"].map(|c| c.parse::<CodeCaisse>().unwrap());
        assert_ne!(cle("1", gironde, "a"), cle("1", gironde, "b"));
        assert_ne!(cle("1", gironde, "a"), cle("1", bretagne, "a"));
        assert_ne!(cle("1", gironde, "a"), cle("2", gironde, "a"));
        assert_eq!(cle("1", gironde, "a"), cle("1", gironde, "a"));
    }

    #[test]
    fn un_poids_nul_ne_sort_jamais_et_les_autres_selon_leur_part() {
        let mut tirage = Tirage::nouveau([7; 32], 0);
        let mut compte = [0_u32; 3];
        for _ in 0..10_000 {
            compte[tirage.pondere(&[(0, 0), (300, 1), (700, 2)])] += 1;
        }
        assert_eq!(compte[0], 0);
        assert!((2_700..3_300).contains(&compte[1]), "{compte:?}");
    }
}
