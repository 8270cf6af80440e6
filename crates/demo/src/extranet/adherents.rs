use droit::Regime;
use valeurs::{CodeCaisse, Montant};

use crate::agents::mot_de_passe;
use crate::debiteur::{Creance, Debiteur, Identite, Personne};
use crate::population::Population;
use crate::tirage::{Tirage, cle};

/// Ce que l'extranet propose à un adhérent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profil {
    /// Un non-salarié agricole, qui doit des cotisations.
    Exploitant,
    /// Un allocataire, qui a perçu des prestations.
    Allocataire,
    /// Un employeur de main-d'œuvre.
    Employeur,
}

impl Profil {
    /// Tous, dans l'ordre où leurs comptes se présentent.
    pub const TOUS: [Self; 3] = [Self::Exploitant, Self::Allocataire, Self::Employeur];

    /// Ce qu'un écran en dit.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Exploitant => "Exploitant agricole",
            Self::Allocataire => "Allocataire",
            Self::Employeur => "Employeur",
        }
    }

    /// Une personne, donc un ménage, des soins et des droits ; une entreprise n'en a pas.
    #[must_use]
    pub const fn a_un_menage(self) -> bool {
        matches!(self, Self::Exploitant | Self::Allocataire)
    }

    fn est_celui(self, debiteur: &Debiteur) -> bool {
        let identite = &debiteur.identite;
        let regime = match self {
            Self::Exploitant => Regime::NonSalarie,
            Self::Allocataire => Regime::Assure,
            Self::Employeur => Regime::Employeur,
        };
        let physique = matches!(identite.personne, Personne::Physique { .. });
        identite.regime == regime && physique == self.a_un_menage() && doit_encore(debiteur)
    }
}

/// Ses paiements n'ont pas éteint ce qu'il doit.
fn doit_encore(debiteur: &Debiteur) -> bool {
    let du = Montant::somme(debiteur.creances.iter().map(Creance::montant));
    let gardes = debiteur.encaissements.iter().filter(|p| p.rejet.is_none());
    let paye = Montant::somme(gardes.map(|p| p.montant));
    matches!((du, paye), (Ok(du), Ok(paye)) if du > paye)
}

/// Un compte de l'extranet. Sans `Debug` : il porte un NIR et un mot de passe.
#[derive(Clone, PartialEq, Eq)]
pub struct Adherent {
    /// Ce qu'il est.
    pub profil: Profil,
    /// Qui il est ; son matricule est son identifiant de connexion.
    pub identite: Identite,
    /// Cinq mots et quatre chiffres.
    pub mot_de_passe: String,
    /// La suite d'où se tire son ménage.
    pub(super) rang: u64,
    pub(super) graine: String,
    pub(super) caisse: CodeCaisse,
}

impl Adherent {
    /// « Camille Lafitte », ou la raison sociale.
    #[must_use]
    pub fn nom(&self) -> String {
        let personne = &self.identite.personne;
        format!("{} {}", personne.prenom(), personne.nom())
            .trim_start()
            .to_owned()
    }

    pub(super) fn tirage(&self, usage: &str) -> Tirage {
        Tirage::nouveau(cle(&self.graine, self.caisse, usage), self.rang)
    }
}

/// Un compte de chaque profil que la population a : le premier débiteur qui en est.
#[must_use]
pub fn adherents(graine: &str, population: &Population) -> Vec<Adherent> {
    let caisse = population.caisse();
    let secrets = cle(graine, caisse, "extranet");
    Profil::TOUS
        .into_iter()
        .filter_map(|profil| {
            let (rang, debiteur) = (0..)
                .zip(population.debiteurs())
                .find(|(_, d)| profil.est_celui(d))?;
            Some(Adherent {
                profil,
                identite: debiteur.identite,
                mot_de_passe: mot_de_passe(&mut Tirage::nouveau(secrets, rang)),
                rang,
                graine: graine.to_owned(),
                caisse,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn une_petite_population_a_deja_un_adherent_de_chaque_profil() {
        let caisse = "DMSA33".parse().unwrap();
        let population = Population::nouvelle("1", caisse, 60, date(2026, 6, 30)).unwrap();
        let comptes = adherents("1", &population);
        let profils: Vec<Profil> = comptes.iter().map(|compte| compte.profil).collect();
        assert_eq!(profils, Profil::TOUS);
        assert!(
            comptes == adherents("1", &population),
            "la même graine donne les mêmes"
        );
        for compte in &comptes {
            assert!(compte.mot_de_passe.len() >= 16 && !compte.nom().is_empty());
            assert_eq!(
                compte.profil.a_un_menage(),
                compte.identite.personne.nir().is_some(),
                "{:?}",
                compte.profil
            );
        }
    }
}
