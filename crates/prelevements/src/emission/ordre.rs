//! Ce qui se prélève : l'ordre, sa remise, son créancier.

use std::fmt;

use jiff::civil::Date;
use valeurs::{Iban, date_fr};

use crate::{Adresse, Bic, Ics, Libelle, MontantPreleve, Nom, ReferenceDeBoutEnBout, Rum};

/// La place d'un prélèvement dans la vie de son mandat (`SeqTp`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sequence {
    /// `FRST` : le premier d'une suite. Depuis novembre 2016, `RCUR` est admis dès le premier.
    Premier,
    /// `RCUR` : un de la suite.
    Recurrent,
    /// `FNAL` : le dernier ; le mandat ne sert plus ensuite.
    Dernier,
    /// `OOFF` : le seul d'un mandat ponctuel.
    Unique,
}

impl Sequence {
    /// Toutes, dans l'ordre où elles paraissent dans un fichier.
    pub const TOUTES: [Self; 4] = [Self::Premier, Self::Recurrent, Self::Dernier, Self::Unique];

    /// Le code de la norme.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Premier => "FRST",
            Self::Recurrent => "RCUR",
            Self::Dernier => "FNAL",
            Self::Unique => "OOFF",
        }
    }
}

/// Les ordres qui vont ensemble à la banque : une date et une séquence (un bloc `PmtInf`).
///
/// Elles se rangent par échéance, puis par séquence : l'ordre de leurs blocs dans le fichier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Remise {
    /// Le jour où débiter (`ReqdColltnDt`). S'il n'est pas ouvré, la banque prend le suivant.
    pub echeance: Date,
    /// La place dans la vie des mandats.
    pub sequence: Sequence,
}

impl fmt::Display for Remise {
    /// « 15/03/2026 (RCUR) ».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", date_fr(self.echeance), self.sequence.code())
    }
}

/// Un prélèvement à faire (`DrctDbtTxInf`). `Debug` ne montre ni la personne, ni son compte, ni son mandat.
#[derive(Clone, PartialEq, Eq)]
pub struct Ordre {
    /// La remise où il va.
    pub remise: Remise,
    /// La référence que la banque rendra.
    pub bout_en_bout: ReferenceDeBoutEnBout,
    /// La somme à prendre.
    pub montant: MontantPreleve,
    /// La référence unique du mandat.
    pub rum: Rum,
    /// Le jour de signature du mandat, au plus tard celui de l'échéance (`DtOfSgntr`).
    pub signe_le: Date,
    /// Le titulaire du compte.
    pub debiteur: Nom,
    /// Le compte à débiter, de l'espace SEPA.
    pub iban: Iban,
    /// La banque du débiteur ; obligatoire hors de l'Espace économique européen.
    pub bic: Option<Bic>,
    /// L'adresse du débiteur ; obligatoire hors de l'Espace économique européen.
    pub adresse: Option<Adresse>,
    /// Ce que le débiteur lira sur son relevé.
    pub libelle: Option<Libelle>,
}

impl fmt::Debug for Ordre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ordre")
            .field("remise", &self.remise)
            .field("montant", &self.montant)
            .finish_non_exhaustive()
    }
}

/// Qui prélève : la caisse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creancier {
    /// Son nom, qui est aussi celui de l'émetteur du fichier (`InitgPty`).
    pub nom: Nom,
    /// Le compte à créditer.
    pub iban: Iban,
    /// Sa banque.
    pub bic: Option<Bic>,
    /// Son identifiant de créancier SEPA.
    pub ics: Ics,
}
