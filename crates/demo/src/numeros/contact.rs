//! Téléphones de fiction et courriels d'exemple.

use valeurs::{Courriel, Telephone};

use super::Numeros;
use crate::{noms::mots_ascii, tirage::Tirage};

/// Tranches que l'Arcep réserve aux œuvres de fiction, par indicatif régional.
const FIXES: [&str; 5] = ["019900", "026191", "035301", "046571", "053649"];
const MOBILES: &str = "063998";

/// La partie locale ne doit pas dépasser 64 caractères (RFC 5321) ; celle-ci reste lisible.
const LOCAL_MAX: usize = 40;

impl Numeros {
    /// Un téléphone fixe de la région (indicatif de 1 à 5) ou un mobile. Deux débiteurs peuvent l'avoir :
    /// chaque tranche n'en compte que dix mille.
    pub(crate) fn telephone(indicatif: u8, mobile: bool, tirage: &mut Tirage) -> Telephone {
        let fixe = FIXES
            .get(usize::from(indicatif.saturating_sub(1)))
            .copied()
            .unwrap_or("019900");
        let tranche = if mobile { MOBILES } else { fixe };
        let numero = tirage.entre(0, 9_999);
        format!("{tranche}{numero:04}")
            .parse()
            .expect("dix chiffres font un téléphone")
    }

    /// Une adresse faite du nom, et d'un numéro parfois.
    pub(crate) fn courriel(prenom: &str, nom: &str, tirage: &mut Tirage) -> Courriel {
        let mut local = match (mots_ascii(prenom, '-'), mots_ascii(nom, '-')) {
            (prenom, nom) if prenom.is_empty() => nom,
            (prenom, nom) if tirage.sur_mille(300) => format!("{}.{nom}", prenom.get(..1).unwrap_or("x")),
            (prenom, nom) => format!("{prenom}.{nom}"),
        };
        local.truncate(LOCAL_MAX);
        let local = local.trim_end_matches(['.', '-']);
        let domaine = tirage.parmi(&["exemple.fr", "exemple.fr", "example.org"]);
        let numero = tirage.entre(2, 199);
        let numero = if tirage.sur_mille(400) {
            numero.to_string()
        } else {
            String::new()
        };
        format!("{local}{numero}@{domaine}")
            .parse()
            .expect("lettres, points et tirets font une adresse")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_nom_accentue_donne_une_adresse_sans_accent() {
        for rang in 0..200 {
            let mut tirage = Tirage::nouveau([5; 32], rang);
            let courriel = Numeros::courriel("Jean-Noël", "D'Œillon de La Grand’Combe", &mut tirage);
            let local = courriel.as_str().split('@').next().unwrap();
            assert!(local.contains("d-oeillon-de-la-grand-combe"), "{rang}");
            assert!(
                courriel.as_str().ends_with("@exemple.fr") || courriel.as_str().ends_with("@example.org")
            );
        }
    }

    #[test]
    fn les_telephones_restent_dans_les_tranches_de_fiction() {
        let mut tirage = Tirage::nouveau([6; 32], 0);
        let bordeaux = Numeros::telephone(5, false, &mut tirage);
        let mobile = Numeros::telephone(5, true, &mut tirage);
        assert!(bordeaux.as_str().starts_with("053649"));
        assert!(mobile.as_str().starts_with("063998"));
    }
}
