//! Le grand livre : partie double, ajout seul. Rien d'autre n'écrit les soldes.

mod compte;
mod lot_comptable;
mod mouvement;

pub use compte::{Compte, Contrepartie};
pub use lot_comptable::{LotComptable, NouvelEncaissement, NouvelleCreance};
pub use mouvement::{Ecriture, Mouvement, NatureMouvement};
