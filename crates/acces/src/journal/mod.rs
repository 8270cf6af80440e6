//! Le journal des accès : on y ajoute une ligne par accès, accordé ou refusé, puis un scellement les chaîne.

mod consultation;
mod ligne;
mod noter;
mod plages;
mod scellement;
mod segment;
mod tetes;
mod verification;

pub use consultation::{FiltreJournal, LigneAffichee, consulter_journal};
pub(crate) use noter::{Issue, Note, noter};
pub use scellement::sceller_journal;
pub use tetes::fichier_des_tetes;
pub use verification::{Anomalie, verifier_journal};

#[cfg(test)]
mod tests;
