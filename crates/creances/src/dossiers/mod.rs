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

pub use commenter::{Commentaire, commentaires, commenter};
pub use evenements::{Evenement, NouvelEvenement, evenements, noter_evenement};
pub(crate) use inscrire::IBAN;
pub use inscrire::{Contact, NouveauDebiteur, inscrire, ouvrir_aux_cotisations, rattacher};
pub use lire::{CompteConnu, Debiteur, debiteur, debiteur_du_matricule};
pub(crate) use lire::{portee, relire};
pub use rechercher::{Critere, Resultats, Trouve, rechercher};
pub use reprendre::{CommentaireRepris, EvenementRepris, reprendre};
pub use resumer::{Reglement, Resume, resume};
