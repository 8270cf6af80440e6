//! Les entreprises et leurs établissements.

use valeurs::Siret;

use super::Numeros;
use crate::tirage::Tirage;

/// Les huit premiers chiffres des entreprises de la caisse ; celles qu'elle ne connaît pas suivent.
const CONNUES: (u64, u64) = (40_000_000, 50_000_000);
const INCONNUES: (u64, u64) = (90_000_000, 10_000_000);

impl Numeros {
    /// L'établissement du débiteur de ce rang : une entreprise par rang.
    pub(crate) fn siret(&self, rang: u64, tirage: &mut Tirage) -> Siret {
        self.etablissement(rang, CONNUES, tirage)
    }

    /// Un établissement d'une entreprise qu'aucun débiteur de la caisse n'a.
    pub(crate) fn siret_inconnu(&self, rang: u64, tirage: &mut Tirage) -> Siret {
        self.etablissement(rang % INCONNUES.1, INCONNUES, tirage)
    }

    fn etablissement(&self, rang: u64, (premiere, nombre): (u64, u64), tirage: &mut Tirage) -> Siret {
        let huit = premiere + self.entreprises.image(rang, nombre);
        siret_de(huit, tirage.pondere(&[(70, 1), (15, 2), (8, 3), (7, 11)]))
    }
}

/// L'établissement numéro `nic` de l'entreprise dont les huit premiers chiffres sont ceux-là.
pub(crate) fn siret_de(huit: u64, nic: u32) -> Siret {
    let huit = huit.to_string();
    let siren = format!("{huit}{}", cle_de_luhn(&huit));
    let treize = format!("{siren}{nic:04}");
    format!("{treize}{}", cle_de_luhn(&treize))
        .parse()
        .expect("deux clés de Luhn viennent d'y être posées")
}

/// Le chiffre qui, mis à la fin, rend la somme de Luhn multiple de dix.
fn cle_de_luhn(chiffres: &str) -> u32 {
    let somme: u32 = chiffres
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(rang, chiffre)| match (rang % 2, chiffre) {
            (0, 0..=4) => chiffre * 2,
            (0, _) => chiffre * 2 - 9,
            _ => chiffre,
        })
        .sum();
    (10 - somme % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_cle_de_luhn_est_celle_du_siret_d_exemple() {
        assert_eq!(cle_de_luhn("73282932"), 0);
        assert_eq!(cle_de_luhn("7328293200007"), 4);
    }
}
