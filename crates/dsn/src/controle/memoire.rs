//! Ce qui vient d'être trouvé juste : dans un fichier, les mêmes codes, dates et montants reviennent sans cesse.

/// Une page ou deux de cache, et presque tout s'y retrouve.
const PLACES: usize = 1 << 10;
/// Les valeurs de plus de huit octets ne s'y gardent pas.
const LONGUEUR: usize = 8;

/// Une valeur courte et sa rubrique, sans ambiguïté : les quatre premiers et les quatre derniers octets, la longueur
/// et le rang les déterminent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Empreinte {
    octets: u64,
    rubrique: u32,
}

/// Les dernières empreintes justes, chacune à une place.
pub(super) struct Memoire {
    places: Vec<Empreinte>,
}

impl Default for Memoire {
    fn default() -> Self {
        // Aucune rubrique n'a ce rang.
        let vide = Empreinte {
            octets: 0,
            rubrique: u32::MAX,
        };
        Self {
            places: vec![vide; PLACES],
        }
    }
}

impl Memoire {
    /// Cette empreinte a-t-elle été retenue ?
    #[inline]
    pub(super) fn connait(&self, empreinte: Empreinte) -> bool {
        self.places[empreinte.place()] == empreinte
    }

    /// Retient une empreinte, à la place d'une autre.
    #[inline]
    pub(super) fn retenir(&mut self, empreinte: Empreinte) {
        self.places[empreinte.place()] = empreinte;
    }
}

impl Empreinte {
    /// L'empreinte d'une valeur ; `None` si elle est trop longue.
    #[inline]
    pub(super) fn de(rang: u16, valeur: &[u8]) -> Option<Self> {
        let octets = match *valeur {
            [] => return None,
            [a] => u64::from(a),
            [a, b] => u64::from(u16::from_le_bytes([a, b])),
            [a, b, c] => u64::from(u32::from_le_bytes([a, b, c, 0])),
            _ if valeur.len() > LONGUEUR => return None,
            _ => {
                let debut = u32::from_le_bytes(*valeur.first_chunk()?);
                let fin = u32::from_le_bytes(*valeur.last_chunk()?);
                u64::from(debut) << 32 | u64::from(fin)
            }
        };
        let longueur = u32::try_from(valeur.len()).ok()?;
        Some(Self {
            octets,
            rubrique: u32::from(rang) * 16 + longueur,
        })
    }

    #[inline]
    fn place(self) -> usize {
        let melange = (self.octets ^ u64::from(self.rubrique) << 40).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        usize::try_from(melange >> 54).unwrap_or_default() % PLACES
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn deux_valeurs_differentes_n_ont_pas_la_meme_empreinte(
            valeurs in proptest::collection::vec((0_u16..4, "[ab]{1,8}"), 1..200)
        ) {
            let mut vues = HashMap::new();
            for (rang, valeur) in valeurs {
                let e = Empreinte::de(rang, valeur.as_bytes()).unwrap();
                let autre = vues.insert((e.octets, e.rubrique), (rang, valeur.clone()));
                prop_assert!(autre.is_none_or(|a| a == (rang, valeur)));
            }
        }
    }
}
