//! Les noms : personnes et raisons sociales, avec les accents, particules et apostrophes de la vie réelle.

mod familles;
mod prenoms;
mod societes;

pub(crate) use familles::nom_de_famille;
pub(crate) use prenoms::prenom;
pub(crate) use societes::{raison_sociale_agricole, raison_sociale_de_sante};

use std::borrow::Cow;

use valeurs::mots_de_recherche;

use crate::tirage::Tirage;

/// Les mots d'un nom en minuscules ASCII, pour une adresse ou un relevé de banque.
pub(crate) fn mots_ascii(texte: &str, separateur: char) -> String {
    let plat: Cow<'_, str> = if texte.is_ascii() {
        texte.into()
    } else {
        mots_de_recherche(texte)
            .join(" ")
            .chars()
            .filter_map(en_ascii)
            .collect()
    };
    let mut mots = String::with_capacity(plat.len());
    for lettre in plat.chars() {
        if lettre.is_ascii_alphanumeric() {
            mots.push(lettre.to_ascii_lowercase());
        } else if !mots.is_empty() && !mots.ends_with(separateur) {
            mots.push(separateur);
        }
    }
    mots
}

/// Les lettres barrées, que la décomposition des accents laisse entières.
const fn en_ascii(lettre: char) -> Option<char> {
    match lettre {
        'ł' => Some('l'),
        'đ' => Some('d'),
        'ø' => Some('o'),
        'ı' => Some('i'),
        _ if lettre.is_ascii() => Some(lettre),
        _ => None,
    }
}

/// Comme on l'a saisi : en capitales le plus souvent, l'apostrophe typographique parfois.
fn comme_saisi(texte: &str, tirage: &mut Tirage) -> String {
    let mut texte = if tirage.sur_mille(780) {
        texte.to_uppercase()
    } else {
        texte.to_owned()
    };
    if texte.contains('\'') && tirage.sur_mille(120) {
        texte = texte.replace('\'', "’");
    }
    texte
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_lettres_barrees_deviennent_des_lettres_simples() {
        assert_eq!(mots_ascii("Paweł Nguyễn d’Œillon", '-'), "pawel-nguyen-d-oeillon");
        assert_eq!(mots_ascii("SARL L'Orée & Fils", ' '), "sarl l oree fils");
    }
}
