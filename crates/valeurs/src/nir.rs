//! Le numéro de sécurité sociale.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    ErreurNir,
    cle::modulo_97,
    texte::{en_groupes, est_en_chiffres, par_texte, sans_espaces},
};

/// Le NIR d'une personne, en 13 caractères sans sa clé : sexe, année, mois, département (ou `2A`, `2B`) et
/// commune de naissance, rang.
///
/// Donnée personnelle : ni `Display`, ni contenu dans `Debug`. Source : décret n° 82-103 du 22 janvier 1982,
/// article 4.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nir(String);

/// D'où vient un numéro.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NatureNir {
    /// Inscrit au répertoire national (commence par 1 ou 2).
    Definitif,
    /// Attribué en attendant l'inscription (commence par 3, 4, 7 ou 8).
    Temporaire,
}

impl Nir {
    /// Les 13 caractères, sans clé ni espaces : pour sceller, hacher ou écrire un fichier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// La clé, de 1 à 97 : 97 moins le reste par 97 du numéro, où `2A` compte pour 19 et `2B` pour 18.
    #[must_use]
    pub fn cle(&self) -> u32 {
        cle(&self.0)
    }

    /// Définitif ou temporaire.
    #[must_use]
    pub fn nature(&self) -> NatureNir {
        match self.0.as_bytes().first() {
            Some(b'1' | b'2') => NatureNir::Definitif,
            _ => NatureNir::Temporaire,
        }
    }

    /// Le numéro groupé et sa clé, pour qui a le droit de le lire : « 2 55 08 14 168 025 38 ».
    #[must_use]
    pub fn afficher(&self) -> String {
        let entier = format!("{}{:02}", self.0, self.cle());
        en_groupes(&entier, [1, 2, 2, 2, 3, 3])
    }
}

fn cle(treize: &str) -> u32 {
    let en_chiffres = match departement(treize) {
        Some("2A") => treize.replacen("2A", "19", 1),
        Some("2B") => treize.replacen("2B", "18", 1),
        _ => treize.to_owned(),
    };
    97_u32.saturating_sub(modulo_97(en_chiffres.chars().filter_map(|c| c.to_digit(10))))
}

fn departement(nir: &str) -> Option<&str> {
    nir.get(5..7)
}

impl fmt::Debug for Nir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nir(••••)")
    }
}

impl FromStr for Nir {
    type Err = ErreurNir;

    /// Lit 13 caractères, ou 15 avec la clé, qui est alors vérifiée ; les espaces sont ignorées.
    ///
    /// Les mois de 20 à 42 et de 50 à 99 sont ceux des naissances dont le mois n'est pas connu.
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let serre = sans_espaces(texte).to_ascii_uppercase();
        if !matches!(serre.chars().count(), 13 | 15) {
            return Err(ErreurNir::Longueur);
        }
        let (treize, cle_donnee) = serre.split_at_checked(13).ok_or(ErreurNir::Caractere)?;
        let departement_lisible =
            departement(treize).is_some_and(|d| matches!(d, "2A" | "2B") || est_en_chiffres(d, 2));
        let chiffres_ailleurs = serre
            .bytes()
            .enumerate()
            .all(|(rang, b)| b.is_ascii_digit() || rang == 6);
        if !departement_lisible || !chiffres_ailleurs {
            return Err(ErreurNir::Caractere);
        }
        if !treize.starts_with(['1', '2', '3', '4', '7', '8']) {
            return Err(ErreurNir::PremierChiffre);
        }
        let mois = treize.get(3..5).and_then(|mois| mois.parse::<u8>().ok());
        if !matches!(mois, Some(1..=12 | 20..=42 | 50..=99)) {
            return Err(ErreurNir::Mois);
        }
        if !cle_donnee.is_empty() && cle_donnee.parse() != Ok(cle(treize)) {
            return Err(ErreurNir::Cle);
        }
        Ok(Self(treize.to_owned()))
    }
}

par_texte!(Nir, ErreurNir, |nir| nir.0);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UN_NIR: &str =
        "[123478][0-9]{2}(0[1-9]|1[0-2]|[23][0-9]|4[0-2]|[5-9][0-9])([013-9][0-9]|2[0-9AB])[0-9]{6}";

    proptest! {
        #[test]
        fn un_nir_affiche_avec_sa_cle_se_relit(texte in UN_NIR) {
            let nir: Nir = texte.parse().unwrap();
            prop_assert!((1..=97).contains(&nir.cle()));
            prop_assert_eq!(nir.afficher().parse(), Ok(nir.clone()));
            prop_assert_eq!(nir.as_str(), texte);
        }

        #[test]
        fn la_cle_complete_le_numero_a_un_multiple_de_97(texte in "[12][0-9]{2}(0[1-9]|1[0-2])[013-9][0-9]{7}") {
            let nir: Nir = texte.parse().unwrap();
            let numero: u64 = texte.parse().unwrap();
            prop_assert_eq!((numero + u64::from(nir.cle())) % 97, 0);
        }

        #[test]
        fn une_autre_cle_est_refusee(texte in UN_NIR, ecart in 1..97_u32) {
            let nir: Nir = texte.parse().unwrap();
            let autre = (nir.cle() - 1 + ecart) % 97 + 1;
            prop_assert_eq!(format!("{texte}{autre:02}").parse::<Nir>(), Err(ErreurNir::Cle));
        }

        #[test]
        fn un_chiffre_change_est_vu_par_la_cle(texte in UN_NIR, ecart in 1..10_u8) {
            let nir: Nir = texte.parse().unwrap();
            let mut autre = texte.into_bytes();
            autre[12] = b'0' + (autre[12] - b'0' + ecart) % 10;
            let autre = format!("{}{:02}", String::from_utf8(autre).unwrap(), nir.cle());
            prop_assert_eq!(autre.parse::<Nir>(), Err(ErreurNir::Cle));
        }

        #[test]
        fn ni_debug_ni_erreur_ne_montrent_le_numero(texte in UN_NIR) {
            let nir: Nir = texte.parse().unwrap();
            prop_assert_eq!(format!("{nir:?}"), "Nir(••••)");
            let message = format!("{texte}00").parse::<Nir>().unwrap_err().to_string();
            prop_assert!(!message.contains(&texte));
        }

        #[test]
        fn aucun_texte_ne_fait_paniquer_la_lecture(texte in "\\PC{12,16}") {
            if let Ok(nir) = texte.parse::<Nir>() {
                prop_assert_eq!(nir.as_str().len(), 13);
            }
        }
    }

    #[test]
    fn un_nir_connu_a_sa_cle() {
        let nir: Nir = "2 55 08 14 168 025 38".parse().unwrap();
        assert_eq!(nir.cle(), 38);
        assert_eq!(nir.nature(), NatureNir::Definitif);
        assert_eq!(nir.afficher(), "2 55 08 14 168 025 38");
    }

    #[test]
    fn un_nir_corse_a_une_cle_valide() {
        let cle = |texte: &str| texte.parse::<Nir>().unwrap().cle();
        assert_eq!(cle("185022A063123"), 81);
        assert_eq!(cle("185022b063123"), 11);
    }

    #[test]
    fn un_numero_temporaire_est_admis() {
        let nir: Nir = "785029906312346".parse().unwrap();
        assert_eq!(nir.nature(), NatureNir::Temporaire);
    }

    #[test]
    fn chaque_faute_est_nommee() {
        let faute = |texte: &str| texte.parse::<Nir>().unwrap_err();
        assert_eq!(faute(""), ErreurNir::Longueur);
        assert_eq!(faute("25508141680253"), ErreurNir::Longueur);
        assert_eq!(faute("5550814168025"), ErreurNir::PremierChiffre);
        assert_eq!(faute("2551314168025"), ErreurNir::Mois);
        assert_eq!(faute("2550014168025"), ErreurNir::Mois);
        assert_eq!(faute("255082C168025"), ErreurNir::Caractere);
        assert_eq!(faute("25508A4168025"), ErreurNir::Caractere);
        assert_eq!(faute("255081416802é"), ErreurNir::Caractere);
        assert_eq!(faute("255081416802539"), ErreurNir::Cle);
    }
}
