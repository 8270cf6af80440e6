//! La crate vue du dehors : ce qu'elle lit, ce qu'elle écrit, ce qu'elle refuse.
#![expect(clippy::unwrap_used, reason = "dans un essai, paniquer est échouer")]

mod archives;
mod ecriture;
mod envois;
mod fabrique;
mod hostiles;
mod reference;
mod totaux;
