//! Les nombres entiers comme on les lit.

use super::ParValeur;

/// Un nombre, une fine insécable entre les milliers : « 12 482 ».
#[must_use]
pub fn milliers(nombre: impl ParValeur<u64>) -> String {
    let chiffres = nombre.par_valeur().to_string();
    let mut texte = String::new();
    for (rang, chiffre) in chiffres.chars().enumerate() {
        if rang > 0 && (chiffres.len() - rang).is_multiple_of(3) {
            texte.push('\u{202F}');
        }
        texte.push(chiffre);
    }
    texte
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_milliers_se_separent_d_une_fine() {
        assert_eq!(milliers(0_u64), "0");
        assert_eq!(milliers(999_u64), "999");
        assert_eq!(milliers(1_234_567_u64), "1\u{202F}234\u{202F}567");
    }
}
