//! Le débiteur et son dossier.

mod commenter;
mod inscrire;
mod lire;
mod rechercher;

pub use commenter::{Commentaire, commenter, commentaires};
pub(crate) use inscrire::IBAN;
pub use inscrire::{Contact, NouveauDebiteur, inscrire};
pub use lire::{Debiteur, Evenement, Resume, debiteur, debiteur_du_matricule, evenements, noter_evenement, resume};
pub use rechercher::{Critere, Trouve, rechercher};
