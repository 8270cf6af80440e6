//! La session assistée (décision 14-04) : un agent voit la page d'un adhérent, après son accord.
//!
//! Cette crate tient ce que le relais vérifie de tout ce qui passe : le [`Fil`], lu sans arbre ni mémoire qui grandisse, et
//! le [`Piege`] qui arrête tout si un NIR ou un IBAN paraît hors de sa classe. Pure.

mod classe;
mod fil;
mod piege;

pub use classe::{Classe, Classes};
pub use fil::{Faute, Fil, Refus};
pub use piege::{Piege, Prise};
