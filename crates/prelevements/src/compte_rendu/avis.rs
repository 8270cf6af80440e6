//! Ce que la banque dit d'un message, d'une remise ou d'une opération.

use std::fmt;

use jiff::civil::Date;
use valeurs::Montant;

use super::{motif::Motif, statut::Statut};

/// Un avis de la banque, à l'un des trois niveaux.
///
/// Celui d'un message ou d'une remise vaut pour toutes ses opérations, sauf celles qui ont le leur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avis {
    /// Ligne du fichier, à partir de 1.
    pub ligne: u64,
    /// Ce dont il parle.
    pub objet: Objet,
    /// Où cela en est.
    pub statut: Statut,
    /// Pourquoi, dans l'ordre du fichier.
    pub motifs: Vec<Motif>,
}

/// Ce dont parle un avis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objet {
    /// Tout le message envoyé : sa référence est celle de [`crate::CompteRendu::message`].
    Message,
    /// Une remise, par sa référence (`OrgnlPmtInfId`).
    Remise(String),
    /// Une opération.
    Operation(Box<Operation>),
}

/// L'opération dont parle un avis. `Debug` n'en montre que le montant et l'échéance.
#[derive(Clone, PartialEq, Eq)]
pub struct Operation {
    /// La référence de sa remise (`OrgnlPmtInfId`).
    pub remise: String,
    /// Sa référence de bout en bout (`OrgnlEndToEndId`), telle que la banque la rend.
    pub bout_en_bout: String,
    /// Son montant d'origine, s'il est rendu ; supérieur à zéro.
    pub montant: Option<Montant>,
    /// Son échéance d'origine, si elle est rendue.
    pub echeance: Option<Date>,
    /// La référence unique de son mandat, si elle est rendue, telle que la banque la rend.
    pub rum: Option<String>,
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("remise", &self.remise)
            .field("montant", &self.montant)
            .field("echeance", &self.echeance)
            .finish_non_exhaustive()
    }
}
