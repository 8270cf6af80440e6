//! Ce qu'une déclaration dira, avant d'être écrite.

use jiff::civil::Date;
use valeurs::{CodeCaisse, Iban, Montant, Periode, Siret};

/// Une DSN mensuelle d'un établissement ; tout ce qu'elle déclare va à une même caisse.
#[derive(Clone)]
pub(super) struct Declaration {
    pub(super) siret: Siret,
    pub(super) caisse: CodeCaisse,
    pub(super) mois: Periode,
    pub(super) genre: Genre,
    pub(super) fraction: (u8, u8),
    pub(super) ordre: u64,
    pub(super) constituee_le: Date,
    pub(super) lieu: Lieu,
    /// Cotisations de l'établissement (bloc 82) : code, centimes.
    pub(super) etablissement: Vec<(&'static str, i64)>,
    pub(super) versements: Vec<Versement>,
    pub(super) individus: Vec<Individu>,
}

/// Type d'une déclaration (S20.G00.05.002).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Genre {
    Normale,
    /// Annule et remplace celle de cette date et de cet ordre.
    Remplace(Date, u64),
    /// Annule et remplace par un néant.
    RemplaceParNeant,
}

/// Où est l'établissement.
#[derive(Clone)]
pub(super) struct Lieu {
    pub(super) voie: String,
    pub(super) code_postal: String,
    pub(super) localite: String,
}

/// Un ordre de paiement (bloc 20).
#[derive(Clone)]
pub(super) struct Versement {
    pub(super) caisse: CodeCaisse,
    pub(super) montant: i64,
    pub(super) mode: Mode,
    pub(super) echeance: Date,
}

/// Comment un ordre se paie (S21.G00.20.010).
#[derive(Clone)]
pub(super) enum Mode {
    Virement,
    Sepa(Iban),
    ParAutre(Siret),
}

/// Un salarié.
#[derive(Clone)]
pub(super) struct Individu {
    pub(super) nir: String,
    pub(super) nom: &'static str,
    pub(super) prenom: &'static str,
    /// `JJMMAAAA`.
    pub(super) naissance: String,
    pub(super) voie: String,
    pub(super) emploi: &'static str,
    pub(super) embauche: String,
    pub(super) anciennete: i64,
    /// Centièmes d'heure payés.
    pub(super) heures: i64,
    pub(super) brut: i64,
    pub(super) bases: Vec<Base>,
}

/// Une base assujettie (bloc 78) et ses cotisations.
#[derive(Clone)]
pub(super) struct Base {
    pub(super) code: &'static str,
    pub(super) periode: Periode,
    pub(super) montant: i64,
    /// Le SMIC retenu pour la réduction générale (79.001 = 01).
    pub(super) smic: Option<i64>,
    pub(super) cotisations: Vec<Cotisation>,
}

/// Une cotisation individuelle (bloc 81).
#[derive(Clone, Copy)]
pub(super) struct Cotisation {
    pub(super) code: &'static str,
    pub(super) assiette: i64,
    pub(super) montant: i64,
    /// Cent-millièmes ; absent d'une réduction.
    pub(super) taux: Option<i64>,
}

impl Declaration {
    /// Ce qu'elle déclare à sa caisse, en centimes.
    pub(super) fn declare(&self) -> i64 {
        let individuelles: i64 = self
            .individus
            .iter()
            .flat_map(|i| &i.bases)
            .flat_map(|b| &b.cotisations)
            .map(|c| c.montant)
            .sum();
        individuelles + self.etablissement.iter().map(|c| c.1).sum::<i64>()
    }

    /// Ce qu'elle ordonne à sa caisse.
    pub(super) fn ordonne(&self) -> i64 {
        let siens = self.versements.iter().filter(|v| v.caisse == self.caisse);
        siens.map(|v| v.montant).sum()
    }

    pub(super) fn verite(&self) -> Verite {
        Verite {
            siret: self.siret.clone(),
            caisse: self.caisse,
            declare: Montant::de_centimes(self.declare()),
            ordonne: Montant::de_centimes(self.ordonne()),
            individus: self.individus.len(),
        }
    }
}

/// Ce qu'un fichier dit vraiment d'un établissement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verite {
    /// L'établissement.
    pub siret: Siret,
    /// La caisse à laquelle il déclare.
    pub caisse: CodeCaisse,
    /// Somme des S21.G00.81.004 et S21.G00.82.001.
    pub declare: Montant,
    /// Somme des S21.G00.20.005.
    pub ordonne: Montant,
    /// Individus déclarés.
    pub individus: usize,
}
