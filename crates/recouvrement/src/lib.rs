//! Le recouvrement : où en est chaque créance dans sa procédure, ce qui peut suivre, et ce qui va échoir.
//!
//! | dossier | ce qu'on y trouve |
//! | --- | --- |
//! | [`procedure`] | le parcours d'une créance : le lire, le faire avancer, passer outre, le prouver |
//! | [`radar`] | ce qui se prescrit ou échoit dans les jours qui viennent, en liste et en calendrier |
//! | [`actes`] | les lettres et actes : composés du dossier, vérifiés, émis, expédiés, suivis |
//! | [`pilotage`] | ce que deviennent les créances émises, par année et nature, et ce qu'il en coûte |
//! | [`pages`] | leurs pages |
//!
//! Les règles (étapes, délais, refus) sont dans [`droit`] ; ici, elles rencontrent les dossiers.

pub mod actes;
mod erreur;
pub mod pages;
pub mod pilotage;
pub mod procedure;
pub mod radar;

pub use erreur::Erreur;

use storage::Migration;

/// Les migrations de cette crate, dans l'ordre.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        nom: "recouvrement/0001_procedures",
        texte: include_str!("../migrations/0001_procedures.sql"),
    },
    Migration {
        nom: "recouvrement/0002_actes",
        texte: include_str!("../migrations/0002_actes.sql"),
    },
    Migration {
        nom: "recouvrement/0006_pilotage",
        texte: include_str!("../migrations/0006_pilotage.sql"),
    },
];
