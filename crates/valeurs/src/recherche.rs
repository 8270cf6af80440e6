//! Les mots d'un texte, tels qu'on les cherche.

use std::collections::HashSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// La taille d'un mot gardé, en octets : au-delà, la recherche n'y gagne rien et l'index y perd.
const MOT_MAX: usize = 40;

/// Les mots du texte pour une recherche sans égard aux accents, aux capitales ni à l'ordre.
///
/// En minuscules, sans accents (NFKD), ligatures défaites (œ, æ, ß) ; tout ce qui n'est ni lettre ni chiffre
/// sépare, apostrophes et traits d'union compris : « d’Œuvre » donne `d` et `oeuvre`. Chaque mot paraît une
/// fois, à sa première place, et compte 40 octets au plus.
#[must_use]
pub fn mots_de_recherche(texte: &str) -> Vec<String> {
    let mut plat = String::with_capacity(texte.len());
    let lettres = texte
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| !is_combining_mark(*c));
    for c in lettres {
        match c {
            'œ' => plat.push_str("oe"),
            'æ' => plat.push_str("ae"),
            'ß' => plat.push_str("ss"),
            _ => plat.push(c),
        }
    }
    let mut deja_vus = HashSet::new();
    plat.split(|c: char| !c.is_alphanumeric())
        .filter(|mot| !mot.is_empty())
        .map(|mot| mot.split_at(mot.floor_char_boundary(MOT_MAX)).0)
        .filter(|mot| deja_vus.insert(*mot))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn ensemble(texte: &str) -> BTreeSet<String> {
        mots_de_recherche(texte).into_iter().collect()
    }

    proptest! {
        #[test]
        fn l_ordre_des_mots_ne_compte_pas(
            (mots, melange) in prop::collection::vec("\\PC{1,12}", 0..6)
                .prop_flat_map(|mots| (Just(mots.clone()), Just(mots).prop_shuffle()))
        ) {
            prop_assert_eq!(ensemble(&mots.join(" ")), ensemble(&melange.join(" ")));
        }

        #[test]
        fn les_mots_sont_courts_uniques_et_deja_plats(texte in "\\PC{0,120}") {
            let mots = mots_de_recherche(&texte);
            prop_assert!(mots.iter().all(|mot| !mot.is_empty() && mot.len() <= MOT_MAX));
            prop_assert_eq!(ensemble(&texte).len(), mots.len());
            prop_assert_eq!(mots_de_recherche(&mots.join(" ")), mots);
        }

        #[test]
        fn les_capitales_ne_comptent_pas(texte in "[a-zà-öø-ÿœ' -]{0,40}") {
            prop_assert_eq!(mots_de_recherche(&texte.to_uppercase()), mots_de_recherche(&texte));
        }
    }

    #[test]
    fn les_noms_de_france_se_decoupent() {
        assert_eq!(
            mots_de_recherche("Élise de LA Tour-d’Auvergne"),
            ["elise", "de", "la", "tour", "d", "auvergne"]
        );
        assert_eq!(
            mots_de_recherche("GAEC du Nœud & Fils, n° 12"),
            ["gaec", "du", "noeud", "fils", "n", "12"]
        );
        assert_eq!(mots_de_recherche("Lætitia Weiß-WEISS"), ["laetitia", "weiss"]);
        assert!(mots_de_recherche(" – ’ ").is_empty());
    }

    #[test]
    fn un_mot_interminable_est_coupe_entre_deux_lettres() {
        let grec = "λ".repeat(30);
        assert_eq!(mots_de_recherche(&grec), ["λ".repeat(20)]);
    }
}
