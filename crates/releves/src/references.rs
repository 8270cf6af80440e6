//! Les références bancaires déjà vues dans un fichier, en mémoire constante par référence.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{DefaultHasher, Hash, Hasher},
};

/// Les empreintes vues, chacune avec la ligne de sa première écriture et son nombre de passages.
#[derive(Default)]
pub(crate) struct References {
    vues: HashMap<u128, (u64, u64)>,
}

impl References {
    /// Note une référence et rend la ligne de sa première écriture et son rang, à partir de 1.
    pub(crate) fn noter(&mut self, reference: &impl Hash, ligne: u64) -> (u64, u64) {
        match self.vues.entry(empreinte(reference)) {
            Entry::Occupied(mut vue) => {
                let (premiere, rang) = *vue.get();
                let rang = rang.saturating_add(1);
                vue.insert((premiere, rang));
                (premiere, rang)
            }
            Entry::Vacant(libre) => *libre.insert((ligne, 1)),
        }
    }
}

/// 128 bits : à un million de références, une collision fortuite est sans vraisemblance.
fn empreinte(reference: &impl Hash) -> u128 {
    let moitie = |graine: u8| {
        let mut hacheur = DefaultHasher::new();
        graine.hash(&mut hacheur);
        reference.hash(&mut hacheur);
        u128::from(hacheur.finish())
    };
    moitie(0) << 64 | moitie(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_reference_revue_rend_sa_premiere_ligne_et_son_rang() {
        let mut references = References::default();
        assert_eq!(references.noter(&("compte", "R1"), 3), (3, 1));
        assert_eq!(references.noter(&("compte", "R2"), 4), (4, 1));
        assert_eq!(references.noter(&("compte", "R1"), 9), (3, 2));
        assert_eq!(references.noter(&("autre", "R1"), 10), (10, 1));
    }
}
