//! Le recouvrement : où en est chaque créance dans sa procédure, ce qui peut suivre, et ce qui va échoir.
//!
//! | dossier | ce qu'on y trouve |
//! | --- | --- |
//! | [`procedure`] | le parcours d'une créance : le lire, le faire avancer, passer outre, le prouver |
//! | [`radar`] | ce qui se prescrit ou échoit dans les jours qui viennent, en liste et en calendrier |
//! | [`actes`] | les lettres et actes : composés du dossier, vérifiés, émis, expédiés, suivis |
//! | [`campagnes`] | un acte pour tous ceux qui remplissent des conditions, approuvé par un second |
//! | [`oscar`] | les portefeuilles des agents, leurs rappels, l'histoire d'un débiteur, l'activité |
//! | [`echeanciers`] | les échéanciers de paiement : simulés, accordés, suivis, rompus |
//! | [`prelevements`](mod@prelevements) | ces échéanciers payés par prélèvement SEPA : mandats, ordres, rejets |
//! | [`pilotage`] | ce que deviennent les créances émises, par année et nature, et ce qu'il en coûte |
//! | [`pages`] | leurs pages |
//!
//! Les règles (étapes, délais, refus) sont dans [`droit`] ; ici, elles rencontrent les dossiers.

pub mod actes;
pub mod campagnes;
pub mod echeanciers;
mod erreur;
mod fichiers;
pub mod oscar;
pub mod pages;
pub mod pilotage;
pub mod prelevements;
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
        nom: "recouvrement/0003_campagnes",
        texte: include_str!("../migrations/0003_campagnes.sql"),
    },
    Migration {
        nom: "recouvrement/0004_echeanciers",
        texte: include_str!("../migrations/0004_echeanciers.sql"),
    },
    Migration {
        nom: "recouvrement/0005_oscar",
        texte: include_str!("../migrations/0005_oscar.sql"),
    },
    Migration {
        nom: "recouvrement/0006_pilotage",
        texte: include_str!("../migrations/0006_pilotage.sql"),
    },
    Migration {
        nom: "recouvrement/0007_prelevements",
        texte: include_str!("../migrations/0007_prelevements.sql"),
    },
    Migration {
        nom: "recouvrement/0008_consentement_lre",
        texte: include_str!("../migrations/0008_consentement_lre.sql"),
    },
    Migration {
        nom: "recouvrement/0009_fraude",
        texte: include_str!("../migrations/0009_fraude.sql"),
    },
];
