//! Les échéanciers de paiement : en proposer un que la loi admet, puis le suivre.

mod lecture;
mod proposer;
mod refus;
mod suivre;

#[cfg(test)]
mod tests;

pub(crate) use self::lecture::Echeanciers;
pub use self::{
    lecture::Exigence,
    proposer::{Demande, Dette, Echeancier, MENSUALITES_MAX, Mensualite, Rythme},
    refus::RefusEcheancier,
    suivre::{EtatEcheancier, EtatMensualite, Fin, Suivi, SuiviMensualite, Versement},
};
