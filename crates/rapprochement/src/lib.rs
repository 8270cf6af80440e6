//! Le déclaré contre l'encaissé : dépôt des déclarations (DSN), rapprochement avec les recettes et le compte, écarts.
//!
//! | dossier | ce qu'on y trouve |
//! | --- | --- |
//! | [`arrivees`] | le dossier où arrivent les fichiers, ce qui y attend, ce qui y est refusé |
//! | [`deposer`](fn@deposer) | un fichier DSN : ce qui en est gardé, les créances qu'il fait émettre |
//! | [`ecarts`] | les écarts constatés d'une caisse, et leur traitement par les agents |
//! | [`fiche`] | la fiche de synthèse d'un adhérent : à l'écran, en PDF, en classeur |
//! | [`pages`] | les pages du module DSN |
//! | [`rapprocher`] | le rapprochement lui-même, pur : des faits aux écarts |

pub mod arrivees;
mod charger;
mod declarations;
mod deposer;
pub mod ecarts;
mod erreur;
pub mod familles;
pub mod fiche;
mod individus;
mod lire;
pub mod pages;
pub mod rapprocher;

pub use deposer::{Ajustement, BilanDepot, Emissions, ajuster, deposer, derniere_creance, emissions_depuis};
pub use erreur::Erreur;
pub use individus::{RubriqueGardee, Rubriques};
pub use lire::{Filtre, rapprochements};

use storage::Migration;

/// Les migrations de cette crate, dans l'ordre.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        nom: "rapprochement/0001_dsn",
        texte: include_str!("../migrations/0001_dsn.sql"),
    },
    Migration {
        nom: "rapprochement/0002_ecarts",
        texte: include_str!("../migrations/0002_ecarts.sql"),
    },
    Migration {
        nom: "rapprochement/0003_avancement",
        texte: include_str!("../migrations/0003_avancement.sql"),
    },
    Migration {
        nom: "rapprochement/0004_payeur",
        texte: include_str!("../migrations/0004_payeur.sql"),
    },
];
