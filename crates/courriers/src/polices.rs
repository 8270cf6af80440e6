//! Les polices du document : dans le programme, jamais celles du système.
//!
//! Libertinus Serif, quatre graisses. Elle a les accents du français, les ligatures, les chiffres de même
//! chasse. Le recueil entier du moteur pèserait huit fois plus, et l'une
//! de ses polices est sous GPL.

use std::sync::LazyLock;

use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

/// La famille de caractères des documents, la seule qu'un modèle puisse demander.
pub const FAMILLE: &str = "Libertinus Serif";

const FICHIERS: [&[u8]; 4] = [
    include_bytes!("../polices/LibertinusSerif-Regular.otf"),
    include_bytes!("../polices/LibertinusSerif-Bold.otf"),
    include_bytes!("../polices/LibertinusSerif-Italic.otf"),
    include_bytes!("../polices/LibertinusSerif-BoldItalic.otf"),
];

pub(crate) struct Polices {
    pub(crate) livre: LazyHash<FontBook>,
    pub(crate) polices: Vec<Font>,
}

pub(crate) static POLICES: LazyLock<Polices> = LazyLock::new(|| {
    let polices: Vec<Font> = FICHIERS
        .iter()
        .flat_map(|fichier| Font::iter(Bytes::new(*fichier)))
        .collect();
    Polices {
        livre: LazyHash::new(FontBook::from_fonts(&polices)),
        polices,
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_quatre_graisses_sont_d_une_famille() {
        let familles: Vec<_> = POLICES.livre.families().map(|(nom, _)| nom.to_owned()).collect();
        assert_eq!(familles, [FAMILLE]);
        assert_eq!(POLICES.polices.len(), FICHIERS.len());
    }

    #[test]
    fn la_police_porte_les_signes_d_un_courrier_francais() {
        for police in &POLICES.polices {
            for signe in
                "ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸàâæçéèêëîïôœùûüÿ«»’“”…–—€§°№½·•ñãõßøłșț\u{a0}\u{202f}0123456789".chars()
            {
                assert!(police.info().coverage.contains(signe.into()), "{signe:?}");
            }
        }
    }
}
