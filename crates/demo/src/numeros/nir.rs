//! Les naissances et leurs NIR.

use valeurs::Nir;

use super::Numeros;
use crate::{
    territoire::{Origine, Territoire},
    tirage::Tirage,
};

/// Tel que le prénom le suppose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sexe {
    Homme,
    Femme,
}

/// L'âge, à une génération près. Les années de deux tranches diffèrent, même sur deux chiffres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tranche {
    Centenaire,
    Ancienne,
    Mure,
    Adulte,
    Jeune,
}

impl Tranche {
    /// Première année de naissance et nombre d'années, dix au moins.
    const fn annees(self) -> (u64, u64) {
        match self {
            Self::Centenaire => (1916, 10),
            Self::Ancienne => (1926, 25),
            Self::Mure => (1951, 16),
            Self::Adulte => (1967, 23),
            Self::Jeune => (1990, 17),
        }
    }
}

/// Ce qui, d'une naissance, se tire librement ; l'année, le mois, le lieu et l'ordre viennent du rang.
#[derive(Clone, Copy)]
pub(crate) struct Naissance {
    pub(crate) sexe: Sexe,
    pub(crate) tranche: Tranche,
    pub(crate) origine: Origine,
    pub(crate) temporaire: bool,
}

/// Le dernier numéro d'ordre dans un mois et une commune.
const ORDRES: u64 = 999;

/// L'année où les départements 2A et 2B remplacent le 20 dans les numéros.
const CORSE_DIVISEE: u64 = 1976;

impl Numeros {
    /// Le NIR de ce rang.
    ///
    /// Origine, tranche et mois connu ou non découpent les naissances en domaines disjoints, d'au moins
    /// 20 × 10 × 12 × 999 numéros chacun : le rang y choisit le sien par une bijection.
    pub(crate) fn nir(
        &self,
        rang: u64,
        naissance: Naissance,
        territoire: &Territoire,
        tirage: &mut Tirage,
    ) -> Nir {
        let (origine, lieux) = territoire.lieux(naissance.origine);
        let sans_mois = origine == Origine::Etranger && tirage.sur_mille(80);
        // Les mois 20 à 42 sont ceux des naissances dont le mois n'est pas connu.
        let (premier_mois, mois) = if sans_mois { (20, 23) } else { (1, 12) };
        let (premiere_annee, annees) = naissance.tranche.annees();
        let nombre_de_lieux = u64::try_from(lieux.len()).unwrap_or(1);

        let image = self
            .naissances
            .image(rang, nombre_de_lieux * annees * mois * ORDRES);
        let (image, ordre) = (image / ORDRES, image % ORDRES + 1);
        let (image, mois) = (image / mois, image % mois + premier_mois);
        let (image, annee) = (image / annees, image % annees + premiere_annee);
        let lieu = usize::try_from(image).ok().and_then(|i| lieux.get(i).copied());
        let lieu = lieu.expect("la permutation reste dans la liste des lieux");

        let lieu = match lieu.strip_prefix("2A").or_else(|| lieu.strip_prefix("2B")) {
            Some(commune) if annee < CORSE_DIVISEE => format!("20{commune}"),
            _ => lieu.to_owned(),
        };
        let autre_serie = naissance.temporaire && tirage.sur_mille(250);
        let premier = match (naissance.sexe, naissance.temporaire, autre_serie) {
            (Sexe::Homme, false, _) => 1,
            (Sexe::Femme, false, _) => 2,
            (Sexe::Homme, true, false) => 3,
            (Sexe::Femme, true, false) => 4,
            (Sexe::Homme, true, true) => 7,
            (Sexe::Femme, true, true) => 8,
        };
        format!("{premier}{:02}{mois:02}{lieu}{ordre:03}", annee % 100)
            .parse()
            .expect("ces treize chiffres suivent la forme du NIR")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{population::COMBIEN_MAX, territoire::LIEUX_MIN};

    const TRANCHES: [Tranche; 5] = [
        Tranche::Centenaire,
        Tranche::Ancienne,
        Tranche::Mure,
        Tranche::Adulte,
        Tranche::Jeune,
    ];

    #[test]
    fn deux_tranches_n_ont_pas_d_annee_commune_sur_deux_chiffres() {
        let mut vues = HashSet::new();
        for (premiere, nombre) in TRANCHES.map(Tranche::annees) {
            assert!(nombre >= 10);
            assert!((premiere..premiere + nombre).all(|annee| vues.insert(annee % 100)));
        }
    }

    #[test]
    fn le_plus_petit_domaine_contient_la_plus_grande_population() {
        let annees = TRANCHES
            .map(|tranche| tranche.annees().1)
            .into_iter()
            .min()
            .unwrap();
        let lieux = u64::try_from(LIEUX_MIN).unwrap();
        assert!(lieux * annees * 12 * ORDRES >= COMBIEN_MAX);
    }

    #[test]
    fn une_naissance_corse_d_avant_1976_garde_le_departement_20() {
        let caisse = "DMSA20".parse().unwrap();
        let numeros = Numeros::nouveaux(caisse, &mut Tirage::nouveau([1; 32], 0));
        let territoire = Territoire::de(caisse);
        let mut tirage = Tirage::nouveau([2; 32], 0);
        let mut nir = |rang, tranche| {
            let naissance = Naissance {
                sexe: Sexe::Femme,
                tranche,
                origine: Origine::Corse,
                temporaire: false,
            };
            numeros.nir(rang, naissance, &territoire, &mut tirage)
        };
        for rang in 0..200 {
            assert_eq!(&nir(rang, Tranche::Mure).as_str()[5..7], "20");
            assert!(matches!(&nir(rang, Tranche::Jeune).as_str()[5..7], "2A" | "2B"));
        }
    }
}
