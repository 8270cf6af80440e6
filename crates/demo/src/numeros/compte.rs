//! Les comptes bancaires, dans des banques qui n'existent pas.

use valeurs::Iban;

use super::Numeros;
use crate::tirage::Tirage;

/// Codes de banque inventés : au-delà de ceux qui sont attribués en France.
const BANQUES: [u64; 5] = [98_001, 98_107, 98_223, 98_540, 98_871];
const BANQUES_INCONNUES: [u64; 2] = [98_902, 98_964];
const BANQUES_ALLEMANDES: [u64; 2] = [99_980_010, 99_980_020];

/// Comptes distincts par banque.
const COMPTES: u64 = 10_000_000_000;

/// Comptes au plus par débiteur.
pub(crate) const COMPTES_PAR_DEBITEUR: u64 = 2;

impl Numeros {
    /// Le compte numéro `n` (0 ou 1) du débiteur de ce rang ; quelques-uns sont tenus en Allemagne.
    pub(crate) fn iban(&self, rang: u64, n: u64, tirage: &mut Tirage) -> Iban {
        let numero = self
            .comptes
            .image(rang * COMPTES_PAR_DEBITEUR + n % COMPTES_PAR_DEBITEUR, COMPTES);
        if tirage.sur_mille(12) {
            let compte = format!("{:08}{numero:010}", tirage.parmi(&BANQUES_ALLEMANDES));
            return avec_cle("DE", &compte);
        }
        compte_francais(tirage.parmi(&BANQUES), numero, tirage)
    }

    /// Un compte d'une banque où aucun débiteur de la caisse n'en a.
    pub(crate) fn iban_inconnu(&self, rang: u64, tirage: &mut Tirage) -> Iban {
        let numero = self.comptes.image(rang % COMPTES, COMPTES);
        compte_francais(tirage.parmi(&BANQUES_INCONNUES), numero, tirage)
    }
}

/// Onze caractères de compte, dont parfois une lettre, entre guichet et clé RIB.
pub(crate) fn compte_francais(banque: u64, numero: u64, tirage: &mut Tirage) -> Iban {
    let guichet = tirage.entre(1, 99_999);
    // Dix chiffres disent le numéro ; le caractère qui s'y ajoute, zéro ou lettre, ne peut en confondre deux.
    let lettre = if tirage.sur_mille(80) {
        tirage.parmi(&['A', 'E', 'K', 'N', 'T', 'Z'])
    } else {
        '0'
    };
    let compte = match lettre {
        '0' => format!("0{numero:010}"),
        lettre => format!("{:07}{lettre}{:03}", numero / 1000, numero % 1000),
    };
    let rib = format!("{banque:05}{guichet:05}{compte}");
    let cle = 97 - reste_97(&[&rib, "00"], chiffre_rib);
    avec_cle("FR", &format!("{rib}{cle:02}"))
}

/// L'IBAN de ce compte (ISO 13616-1, clé ISO 7064).
fn avec_cle(pays: &str, compte: &str) -> Iban {
    let cle = 98 - reste_97(&[compte, pays, "00"], |rang| rang);
    format!("{pays}{cle:02}{compte}")
        .parse()
        .expect("les clés viennent d'y être posées")
}

/// Le reste par 97 des textes mis bout à bout, leurs caractères rendus en nombres : A vaut 10, avant que
/// `chiffre` ne le change.
fn reste_97(textes: &[&str], chiffre: fn(u64) -> u64) -> u64 {
    textes
        .iter()
        .flat_map(|texte| texte.chars())
        .filter_map(|c| c.to_digit(36))
        .fold(0, |reste, rang| {
            let valeur = chiffre(rang.into());
            let decalage = if valeur >= 10 { 100 } else { 10 };
            (reste * decalage + valeur) % 97
        })
}

/// Les lettres du RIB : A et J valent 1 ; B, K et S valent 2 ; … ; I, R et Z valent 9.
const fn chiffre_rib(rang: u64) -> u64 {
    match rang {
        0..=9 => rang,
        10..=18 => rang - 9,
        19..=27 => rang - 18,
        _ => rang - 26,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn les_comptes_de_deux_rangs_et_les_inconnus_different() {
        let numeros = Numeros::nouveaux("DMSA33".parse().unwrap(), &mut Tirage::nouveau([3; 32], 0));
        let mut tirage = Tirage::nouveau([4; 32], 0);
        let mut vus = HashSet::new();
        let mut lettres = 0;
        for rang in 0..5_000 {
            for iban in [
                numeros.iban(rang, 0, &mut tirage),
                numeros.iban(rang, 1, &mut tirage),
                numeros.iban_inconnu(rang, &mut tirage),
            ] {
                lettres +=
                    usize::from(iban.pays() == "FR" && iban.as_str()[4..].contains(char::is_alphabetic));
                assert!(vus.insert(iban), "rang {rang}");
            }
        }
        assert!(lettres > 500, "{lettres}");
    }
}
