//! La session assistée (décision 14-04) : un agent voit la page d'un adhérent, après son accord.
//!
//! Cette crate tient les accords, comme un état du serveur ([`Seance`]), et ce que le relais vérifie de tout ce qui passe :
//! le [`Fil`], lu sans arbre ni mémoire qui grandisse, et le [`Piege`] qui arrête tout si un NIR ou un IBAN paraît hors de
//! sa classe. Pure.

mod classe;
mod fil;
mod piege;
mod seance;

pub use classe::{Classe, Classes};
pub use fil::{Faute, Fil, Refus};
pub use piege::{Piege, Prise};
pub use seance::{
    Accord, Agent, Bouton, Champ, Effet, Empreinte, Fait, Geste, Page, Proposition, Question, RefusSeance,
    Seance, Voix,
};
