//! Le parcours d'une créance dans sa procédure.

mod avancer;
mod charger;
mod constater;
mod lire;
mod reprendre;
mod verifier;

pub use avancer::{avancer, passer_outre};
pub(crate) use charger::jour;
pub use charger::{Suivie, ouvertes};
pub use constater::constater;
pub use lire::{FaitGarde, Suivi, suivi};
pub use reprendre::{FaitRepris, reprendre};
pub use verifier::{Divergence, verifier};
