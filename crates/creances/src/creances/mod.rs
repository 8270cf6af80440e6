//! La créance : émission, import, majorations, et tout ce qui l'éteint autrement qu'un paiement.

mod emettre;
mod eteindre;
mod histoire;
mod importer;
mod lire;
mod majorations;
mod ouvertes;

pub use emettre::{CreanceAEmettre, Parts, emettre};
pub use eteindre::{Extinction, eteindre, retirer};
pub use histoire::{ImputationLue, MouvementLu, imputations, mouvements};
pub use importer::{BilanImport, importer, relire_fichier};
#[cfg(test)]
pub(crate) use lire::lire_creances;
pub(crate) use lire::restes_au;
pub use lire::{Creance, Tri, creance, creances};
pub(crate) use majorations::liquidation;
pub use majorations::{MajorationDue, majorations_dues, notifier};
pub(crate) use ouvertes::{Ouverte, lire_date, lire_nature, lire_regime, ouvertes};
