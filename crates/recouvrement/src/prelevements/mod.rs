//! Payer un échéancier par prélèvement SEPA (docs/prelevements.md).
//!
//! Un agent note le mandat du débiteur ([`noter_mandat`]) ; [`emettre`] présente à la banque les mensualités qui échoient ;
//! [`noter_comptes_rendus`] garde ce qu'elle rejette avant que l'argent ne bouge. L'argent lui-même n'entre et ne revient que
//! par les relevés : la référence de chaque prélèvement y désigne les créances de l'échéancier
//! ([`creances::encaissements::annoncer`]).

mod comptes_rendus;
mod decider;
mod emettre;
mod erreur;
mod fichier;
mod lire;
mod mandat;
mod raconter;
mod reglages;
mod representer;
mod verifier;

use std::path::{Path, PathBuf};

use valeurs::CodeCaisse;

pub use comptes_rendus::{BilanComptesRendus, noter_comptes_rendus};
pub use decider::{Ecartee, Raison};
pub use emettre::{BilanPrelevements, emettre};
pub use erreur::ErreurPrelevement;
pub(crate) use lire::{EtatPrelevement, Prelevement, prelevements};
pub use mandat::{CompteAPrelever, NouveauMandat, noter_mandat};
pub(crate) use mandat::{Mandat, choisir_mandat, mandat_de_l_echeancier, mandats, revoquer_mandat};
use raconter::raconter;
pub use reglages::ReglagesPrelevement;
pub(crate) use representer::representer;
pub use verifier::{PrelevementAltere, verifier};

/// Où vont par défaut les fichiers d'une caisse, sous le dossier des données.
#[must_use]
pub fn dossier(donnees: &Path, caisse: CodeCaisse) -> PathBuf {
    donnees.join("prelevements").join(caisse.code())
}

/// La référence d'un prélèvement, de bout en bout : « PRL00000123 ».
fn reference(id: i64) -> String {
    format!("PRL{id:08}")
}

/// La référence du message d'un fichier : « REM00000012 ».
fn message(id: i64) -> String {
    format!("REM{id:08}")
}
