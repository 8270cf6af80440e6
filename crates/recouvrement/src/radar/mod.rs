//! Le radar : ce qui se prescrit, se perd ou échoit dans les jours qui viennent.

mod calendrier;
mod lire;

pub use calendrier::calendrier;
pub use lire::{Annonce, Compte, Echoit, FiltreRadar, Place, Suiveur, annonces, comptes, page};
