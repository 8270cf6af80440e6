//! L'écriture d'un ordre de prélèvement `pain.008.001.08`, au fil de l'eau.
//!
//! Source : schéma `pain.008.001.08` du référentiel ISO 20022, et EPC130-08, *SEPA Direct Debit Core Scheme
//! Customer-to-PSP Implementation Guidelines*, version 2023 (en vigueur depuis mars 2024).

mod balises;
mod ecrivain;
mod erreur;
mod espace_sepa;
mod ordre;
mod plan;

pub use ecrivain::Ecrivain;
pub use erreur::{ErreurEmission, RegleEmission};
pub use espace_sepa::est_de_l_eee;
pub use ordre::{Creancier, Ordre, Remise, Sequence};
pub use plan::{Plan, RemisePrevue, Totaux};
