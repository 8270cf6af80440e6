//! L'alphabet des messages SEPA, et comment un texte s'y ramène.
//!
//! Source : EPC, *SEPA Customer-to-PSP Implementation Guidelines*, jeu de caractères (lettres latines
//! sans accent, chiffres, `/ - ? : ( ) . , ' +` et l'espace), et *SEPA requirements for an extended character
//! set* (EPC217-08) : une lettre accentuée devient sa lettre de base, un signe le plus proche par le sens, tout
//! le reste un point. Un écart voulu : les ligatures donnent leurs deux lettres (« œ » fait « oe »), comme on
//! les écrit en français.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Ce caractère peut-il paraître dans un texte ?
pub(crate) const fn est_permis(c: char) -> bool {
    c == ' ' || est_permis_en_reference(c)
}

/// Ce caractère peut-il paraître dans un identifiant ? Les mêmes, sans l'espace.
pub(crate) const fn est_permis_en_reference(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+')
}

/// Le texte ramené à l'alphabet, ses blancs réduits à une espace, coupé à `taille` caractères.
///
/// Le résultat ne commence ni ne finit par une espace ; le ramener de nouveau n'y change rien.
pub(crate) fn translitterer(texte: &str, taille: usize) -> String {
    let mut plat = String::with_capacity(texte.len());
    // La forme NFKD sépare la lettre de son accent et défait les formes de présentation (№, ½, ﬁ, …).
    for c in texte
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !est_invisible(*c))
    {
        if c.is_whitespace() || c.is_control() {
            if !plat.is_empty() && !plat.ends_with(' ') {
                plat.push(' ');
            }
        } else if est_permis(c) {
            plat.push(c);
        } else {
            plat.push_str(remplacement(c));
        }
    }
    // Tout est en ASCII : un caractère est un octet.
    plat.truncate(taille);
    plat.truncate(plat.trim_end().len());
    plat
}

/// Ce qui ne se voit pas et ne laisse rien : tiret conditionnel, espaces de largeur nulle, marques de sens.
const fn est_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
}

/// Ce qui tient lieu d'un caractère hors de l'alphabet, une fois ses accents ôtés.
const fn remplacement(c: char) -> &'static str {
    match c {
        'Œ' => "OE",
        'œ' => "oe",
        'Æ' => "AE",
        'æ' => "ae",
        'ẞ' => "SS",
        'ß' => "ss",
        'Þ' => "TH",
        'þ' => "th",
        'Ø' => "O",
        'ø' => "o",
        'Đ' | 'Ð' => "D",
        'đ' | 'ð' => "d",
        'Ł' => "L",
        'ł' => "l",
        'Ħ' => "H",
        'ħ' => "h",
        'ı' => "i",
        '€' => "EUR",
        '&' => "+",
        '’' | '‘' | '‛' | '′' | '`' | 'ʼ' | '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' => {
            "'"
        }
        '_' | '~' | '‐' | '‒' | '–' | '—' | '―' | '−' | '·' | '•' => "-",
        '[' | '{' | '<' => "(",
        ']' | '}' | '>' => ")",
        '|' | '\\' | '⁄' => "/",
        ';' => ",",
        _ => ".",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn tout_texte_se_ramene_a_l_alphabet(texte in "\\PC{0,200}", taille in 0..150_usize) {
            let plat = translitterer(&texte, taille);
            prop_assert!(plat.chars().all(est_permis), "{plat}");
            prop_assert!(plat.len() <= taille);
            prop_assert_eq!(plat.trim(), &plat);
            prop_assert!(!plat.contains("  "));
            prop_assert_eq!(translitterer(&plat, taille), plat);
        }

        #[test]
        fn la_forme_des_accents_ne_compte_pas(texte in "[a-zà-öø-ÿœ' -]{0,60}") {
            let (composee, decomposee) = (texte.nfc().collect::<String>(), texte.nfd().collect::<String>());
            prop_assert_eq!(translitterer(&composee, 70), translitterer(&decomposee, 70));
        }
    }

    #[test]
    fn les_textes_de_france_restent_lisibles() {
        for (texte, attendu) in [
            ("Élise de LA Tour-d’Auvergne", "Elise de LA Tour-d'Auvergne"),
            ("GAEC du Nœud & Fils, n° 12", "GAEC du Noeud + Fils, n. 12"),
            ("EARL « Les Prés »", "EARL ' Les Pres '"),
            ("Lætitia Weiß", "Laetitia Weiss"),
            (
                "cotisations\u{A0}: 1\u{202F}234,50 €",
                "cotisations : 1 234,50 EUR",
            ),
            ("échéance_2026–03 [1/3]", "echeance-2026-03 (1/3)"),
            ("a\tb\r\n c\u{200B}", "a b c"),
            ("  Müller ; Ñuñez  ", "Muller , Nunez"),
            ("日本 #1", ".. .1"),
        ] {
            assert_eq!(translitterer(texte, 70), attendu);
        }
    }

    #[test]
    fn la_coupe_ne_laisse_pas_d_espace_a_la_fin() {
        assert_eq!(translitterer("abc def", 4), "abc");
        assert_eq!(translitterer("œuf", 1), "o");
    }
}
