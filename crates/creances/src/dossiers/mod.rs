//! Le débiteur et son dossier.

mod commenter;
mod evenements;
mod inscrire;
mod lire;
mod rechercher;
mod reprendre;
mod resumer;
#[cfg(test)]
mod tests;

pub use commenter::{Commentaire, commenter, commentaires};
pub(crate) use inscrire::IBAN;
pub use inscrire::{Contact, NouveauDebiteur, inscrire};
pub use evenements::{Evenement, NouvelEvenement, evenements, noter_evenement};
pub(crate) use lire::{portee, relire};
pub use lire::{CompteConnu, Debiteur, debiteur, debiteur_du_matricule};
pub use rechercher::{Critere, Resultats, Trouve, rechercher};
pub use resumer::{Reglement, Resume, resume};
pub use reprendre::{CommentaireRepris, EvenementRepris, reprendre};
