//! Un enregistrement de 120 caractères et ses zones communes.

use jiff::civil::Date;
use valeurs::{Iban, Montant};

use super::{TAILLE, montant};
use crate::{Regle, dates, erreur::Faute};

/// La nature d'un enregistrement, d'après ses deux premiers caractères.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// 01.
    AncienSolde,
    /// 04.
    Mouvement,
    /// 05.
    Complement,
    /// 07.
    NouveauSolde,
}

/// Un enregistrement, en caractères.
pub(super) struct Enregistrement {
    pub(super) ligne: u64,
    caracteres: Vec<char>,
}

impl Enregistrement {
    /// Décode 120 caractères : un octet chacun (ASCII ou Latin-1), ou de l'UTF-8 si le compte n'y est
    /// qu'ainsi.
    ///
    /// # Errors
    /// Une autre longueur, un caractère de commande.
    pub(super) fn lire(ligne: u64, octets: &[u8]) -> Result<Self, Faute> {
        let caracteres: Vec<char> = match std::str::from_utf8(octets) {
            Ok(texte) if octets.len() != TAILLE => texte.chars().collect(),
            _ => octets.iter().copied().map(char::from).collect(),
        };
        if caracteres.len() != TAILLE {
            return Err(Faute::new(
                ligne,
                "enregistrement",
                Regle::Longueur(caracteres.len()),
            ));
        }
        if caracteres.iter().any(|c| c.is_control()) {
            return Err(Faute::new(
                ligne,
                "enregistrement",
                Regle::Encodage("ASCII ou Latin-1"),
            ));
        }
        Ok(Self { ligne, caracteres })
    }

    /// Les caractères d'une position à une autre, comptées à partir de 1, incluses.
    pub(super) fn zone(&self, premiere: usize, derniere: usize) -> String {
        let avant = premiere.saturating_sub(1);
        self.caracteres
            .iter()
            .skip(avant)
            .take(derniere.saturating_sub(avant))
            .collect()
    }

    /// Une zone sans ses blancs ; `None` si elle n'a rien d'autre.
    pub(super) fn texte(&self, premiere: usize, derniere: usize) -> Option<String> {
        let zone = self.zone(premiere, derniere);
        let texte = zone.trim();
        (!texte.is_empty()).then(|| texte.to_owned())
    }

    pub(super) fn nature(&self) -> Result<Nature, Faute> {
        match self.zone(1, 2).as_str() {
            "01" => Ok(Nature::AncienSolde),
            "04" => Ok(Nature::Mouvement),
            "05" => Ok(Nature::Complement),
            "07" => Ok(Nature::NouveauSolde),
            _ => Err(self.faute("code enregistrement", Regle::Code("01, 04, 05 ou 07"))),
        }
    }

    /// Banque, guichet et compte, bout à bout ; vérifie aussi la devise.
    pub(super) fn compte(&self) -> Result<String, Faute> {
        if self.zone(17, 19) != "EUR" {
            return Err(self.faute("devise", Regle::Devise));
        }
        let compte = format!("{}{}{}", self.zone(3, 7), self.zone(12, 16), self.zone(22, 32));
        let bien_forme = compte
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        let regle = Regle::Code("chiffres et lettres capitales");
        bien_forme
            .then_some(compte)
            .ok_or_else(|| self.faute("banque, guichet et compte", regle))
    }

    /// Le code d'opération interbancaire.
    pub(super) fn code_operation(&self) -> String {
        self.zone(33, 34)
    }

    /// La date des positions 35 à 40.
    pub(super) fn date(&self) -> Result<Date, Faute> {
        dates::jjmmaa(&self.zone(35, 40)).ok_or_else(|| self.faute("date", Regle::Date("JJMMAA")))
    }

    /// La date de valeur ; à blanc ou à zéro, elle manque.
    pub(super) fn date_valeur(&self) -> Result<Option<Date>, Faute> {
        match self.texte(43, 48).as_deref() {
            None | Some("000000") => Ok(None),
            Some(texte) => match dates::jjmmaa(texte) {
                Some(date) => Ok(Some(date)),
                None => Err(self.faute("date de valeur", Regle::Date("JJMMAA"))),
            },
        }
    }

    /// Le montant, positif s'il est créditeur.
    pub(super) fn montant(&self) -> Result<Montant, Faute> {
        let decimales = self.zone(20, 20).chars().next().and_then(|c| c.to_digit(10));
        let decimales =
            decimales.ok_or_else(|| self.faute("nombre de décimales", Regle::Code("un chiffre")))?;
        montant::lire(&self.zone(91, 104), decimales).map_err(|regle| self.faute("montant", regle))
    }

    fn faute(&self, champ: &'static str, regle: Regle) -> Faute {
        Faute::new(self.ligne, champ, regle)
    }
}

/// L'IBAN français d'un compte donné par banque, guichet et numéro bout à bout ; `None` si ce n'en est pas
/// un. Clé RIB : 97 moins le reste par 97 de 89 × banque + 15 × guichet + 3 × compte, les lettres valant
/// leur rang sur le clavier téléphonique du RIB (A et J : 1, B, K et S : 2…).
pub(super) fn iban(compte: &str) -> Option<Iban> {
    let chiffres: String = compte.chars().map(chiffre_du_rib).collect::<Option<_>>()?;
    let partie = |debut, fin| {
        chiffres
            .get(debut..fin)
            .and_then(|texte: &str| texte.parse::<u64>().ok())
    };
    let (banque, guichet, numero) = (partie(0, 5)?, partie(5, 10)?, partie(10, 21)?);
    let poids = [(89, banque), (15, guichet), (3, numero)];
    let reste = poids.iter().fold(0_u64, |total, (poids, valeur)| {
        (total + poids * (valeur % 97)) % 97
    });
    let bban = format!("{compte}{:02}", 97 - reste);
    let reste = format!("{bban}FR00")
        .chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0_u32, |reste, valeur| {
            (reste * if valeur > 9 { 100 } else { 10 } + valeur) % 97
        });
    format!("FR{:02}{bban}", 98 - reste).parse().ok()
}

fn chiffre_du_rib(caractere: char) -> Option<char> {
    match caractere {
        '0'..='9' => Some(caractere),
        'A'..='I' => char::from_digit(caractere.to_digit(36)?.checked_sub(9)?, 10),
        'J'..='R' => char::from_digit(caractere.to_digit(36)?.checked_sub(18)?, 10),
        'S'..='Z' => char::from_digit(caractere.to_digit(36)?.checked_sub(26)?, 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_compte_donne_son_iban() {
        assert_eq!(iban("200410100505000"), None);
        assert_eq!(
            iban("20041010050500013M026"),
            "FR1420041010050500013M02606".parse().ok()
        );
        assert_eq!(
            iban("300060000112345678901"),
            "FR7630006000011234567890189".parse().ok()
        );
        assert_eq!(iban("3000600001123456789é1"), None);
    }

    #[test]
    fn un_enregistrement_en_utf_8_se_lit_si_le_compte_y_est() {
        let texte = format!("{:<120}", "04é");
        let lu = Enregistrement::lire(1, texte.as_bytes()).map(|lu| lu.zone(3, 3));
        assert_eq!(lu.ok().as_deref(), Some("é"));
        let latin_1: Vec<u8> = texte
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        let lu = Enregistrement::lire(1, &latin_1).map(|lu| lu.zone(3, 3));
        assert_eq!(lu.ok().as_deref(), Some("é"));
    }
}
