//! Les numéros d'un débiteur, chacun fonction injective de son rang.

mod compte;
mod contact;
mod entreprise;
mod nir;

use valeurs::{CodeCaisse, Matricule};

use crate::{permutation::Permutation, population::COMBIEN_MAX, tirage::Tirage};

pub(crate) use compte::compte_francais;
pub(crate) use entreprise::siret_de;
pub(crate) use nir::{Naissance, Sexe, Tranche};

/// Les matricules distincts d'une caisse.
const MATRICULES: u64 = 100_000_000;

/// Les bijections d'une population.
pub(crate) struct Numeros {
    caisse: CodeCaisse,
    matricules: Permutation,
    tiers: Permutation,
    entreprises: Permutation,
    comptes: Permutation,
    naissances: Permutation,
}

impl Numeros {
    pub(crate) fn nouveaux(caisse: CodeCaisse, tirage: &mut Tirage) -> Self {
        Self {
            caisse,
            matricules: Permutation::nouvelle(tirage),
            tiers: Permutation::nouvelle(tirage),
            entreprises: Permutation::nouvelle(tirage),
            comptes: Permutation::nouvelle(tirage),
            naissances: Permutation::nouvelle(tirage),
        }
    }

    /// Deux chiffres de la caisse et huit qui disent le rang.
    pub(crate) fn matricule(&self, rang: u64) -> Matricule {
        let caisse = self.caisse.code().trim_start_matches("DMSA");
        let numero = self.matricules.image(rang, MATRICULES);
        format!("{caisse}{numero:08}")
            .parse()
            .expect("dix chiffres font un matricule")
    }

    /// Un matricule de la même forme, qu'aucun débiteur n'a.
    pub(crate) fn matricule_inconnu(&self, rang: u64) -> Matricule {
        self.matricule(COMBIEN_MAX + rang % (MATRICULES - COMBIEN_MAX))
    }

    /// La référence bancaire d'une recette orpheline.
    pub(crate) fn reference_orpheline(&self, rang: u64) -> String {
        format!("RO{}{rang:010}", self.caisse.code().trim_start_matches("DMSA"))
    }

    /// Sept chiffres pour la comptabilité.
    pub(crate) fn tiers(&self, rang: u64) -> u64 {
        self.tiers.image(rang, 10_000_000)
    }
}
