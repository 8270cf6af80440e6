//! Les échéanciers de paiement : simulés, accordés, suivis d'après le compte, rompus comme la loi le dit.

mod accorder;
mod erreur;
mod lire;
mod lister;
mod rompre;
mod simuler;

pub use accorder::accorder;
pub use erreur::ErreurEcheancier;
pub use lire::{EcheancierAccorde, SuiviEcheancier, echeancier, echeanciers_de_la_creance};
pub use lister::{EcheancierListe, lister};
pub use rompre::rompre;
pub use simuler::{Projet, Souhait, echelonnables, simuler};

/// L'étape qui accorde.
const ACCORDE: &str = "echeancier_accorde";
/// L'étape qui rompt.
const ROMPU: &str = "echeancier_rompu";
/// L'empêchement qu'un échéancier est tant qu'il court.
const EMPECHEMENT: &str = "echeancier";
