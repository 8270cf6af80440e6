//! Ce qu'un rapprochement rend : une ligne par établissement et par mois, ses écarts et leurs preuves.

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;
use valeurs::{Montant, Periode, Siret};

use super::Classe;

/// Ce qu'il faut savoir de plus que les faits.
#[derive(Clone, Copy, Debug)]
pub struct Regles {
    /// Jour, inclus, auquel on se place : les recettes plus tardives ne sont pas encore là.
    pub au: Date,
    /// Jours laissés après l'échéance avant qu'un paiement manquant ou tardif soit un écart.
    pub tolerance: u16,
}

/// Où se voit un écart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Preuve {
    /// Des lignes d'un fichier DSN.
    Lignes {
        /// Déclaration gardée.
        declaration: i64,
        /// Nom du fichier.
        fichier: String,
        /// Première ligne, incluse.
        debut: u64,
        /// Dernière ligne, incluse.
        fin: u64,
    },
    /// Une recette.
    Recette {
        /// Identifiant de l'encaissement.
        encaissement: i64,
    },
    /// Une créance.
    Creance {
        /// Identifiant.
        creance: i64,
        /// Référence.
        reference: String,
    },
}

impl fmt::Display for Preuve {
    /// « janvier.dsn, ligne 20 », « recette n° 12 », « créance C-1 ».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lignes {
                fichier, debut, fin, ..
            } if debut == fin => write!(f, "{fichier}, ligne {debut}"),
            Self::Lignes {
                fichier, debut, fin, ..
            } => write!(f, "{fichier}, lignes {debut} à {fin}"),
            Self::Recette { encaissement } => write!(f, "recette n°\u{a0}{encaissement}"),
            Self::Creance { reference, .. } => write!(f, "créance {reference}"),
        }
    }
}

/// Un écart, sa preuve et ce que l'agent peut faire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ecart {
    /// Sa classe.
    pub classe: Classe,
    /// La somme en cause, en centimes ; zéro si l'écart n'en porte pas.
    pub montant_centimes: i64,
    /// Où il se voit, dans un ordre fixe.
    pub preuves: Vec<Preuve>,
}

/// Le rapprochement d'un établissement pour un mois.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoisRapproche {
    /// L'établissement.
    pub siret: Siret,
    /// Le mois.
    pub mois: Periode,
    /// Déclaré par les déclarations qui comptent.
    pub declare: Montant,
    /// Ordonné par elles.
    pub ordonne: Montant,
    /// Encaissé à la date, retours déduits.
    pub encaisse: Montant,
    /// Ordonné moins encaissé.
    pub solde: Montant,
    /// Échéance du mois : 20.011, sinon l'échéance légale.
    pub echeance: Option<Date>,
    /// Les écarts, un par classe, dans l'ordre des classes.
    pub ecarts: Vec<Ecart>,
}
