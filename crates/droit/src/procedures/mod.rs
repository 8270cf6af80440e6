//! Les procédures de recouvrement : des machines à états écrites en données.

mod etape;
mod lecture;
mod parcours;
mod refus;

#[cfg(test)]
mod tests;

pub(crate) use self::lecture::Procedures;
pub use self::{
    etape::{Auteur, Empechement, EtapeProcedure, Position},
    lecture::Procedure,
    parcours::{Fait, Limite, Parcours, Prescription, Quand, Reperes, Suite},
    refus::Refus,
};
