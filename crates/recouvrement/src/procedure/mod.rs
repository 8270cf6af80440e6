//! Le parcours d'une créance dans sa procédure.

mod avancer;
mod charger;
mod constater;
mod fraude;
mod garder;
mod lire;
mod reprendre;
mod verifier;

pub use avancer::{avancer, passer_outre};
pub use charger::{Suivie, ouvertes};
pub(crate) use charger::{bientot_echues, charger, encore_ouvertes, jour};
pub use constater::constater;
pub use fraude::{fraude_retenue, noter_fraude};
pub(crate) use garder::garder_les_derniers;
pub use lire::{FaitGarde, Suivi, suivi};
pub use reprendre::{FaitRepris, reprendre};
pub use verifier::{Divergence, verifier};
