//! Le cœur de CALIMERO : débiteurs, créances, grand livre en partie double, recettes, imputation, recettes à classer
//! (RAC) et compte adhérent individuel (CAI).
//!
//! | dossier | ce qu'on y trouve |
//! | --- | --- |
//! | [`grand_livre`] | mouvements équilibrés, ajout seul ; le seul endroit qui écrit des soldes |
//! | [`dossiers`] | le débiteur, son dossier, la recherche, les commentaires, l'état à une date passée |
//! | [`creances`](mod@creances) | émission, import, majorations, annulation, remise, non-valeur, transfert |
//! | [`encaissements`] | import des relevés, imputation, retours, recettes à classer |
//! | [`cai`] | le compte adhérent individuel |
//! | [`classeur`] | ce que les classeurs (XLSX) ont en commun |
//! | [`verifier`](fn@verifier) | la preuve : tout solde se redérive du grand livre |
//!
//! Une fonction de lecture de données personnelles prend un permis de `acces` ; une écriture prend une
//! transaction [`storage::Tx`] ouverte par `ecrire!`, ou la base pour un travail en plusieurs transactions.

pub mod cai;
pub mod classeur;
pub mod creances;
pub mod dossiers;
pub mod encaissements;
mod erreur;
pub mod grand_livre;
pub mod pages;
mod verifier;

pub use erreur::Erreur;
pub use verifier::{Anomalie, Bilan, verifier};

use storage::Migration;

/// Les migrations de cette crate, dans l'ordre.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        nom: "creances/0001_debiteurs",
        texte: include_str!("../migrations/0001_debiteurs.sql"),
    },
    Migration {
        nom: "creances/0002_creances",
        texte: include_str!("../migrations/0002_creances.sql"),
    },
    Migration {
        nom: "creances/0003_encaissements",
        texte: include_str!("../migrations/0003_encaissements.sql"),
    },
    Migration {
        nom: "creances/0004_recettes_par_siret",
        texte: include_str!("../migrations/0004_recettes_par_siret.sql"),
    },
    Migration {
        nom: "creances/0005_paiements_annonces",
        texte: include_str!("../migrations/0005_paiements_annonces.sql"),
    },
];
