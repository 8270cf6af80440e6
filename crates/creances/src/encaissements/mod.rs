//! Les recettes : import des relevés, imputation, retours de prélèvements, recettes à classer.

mod annoncer;
mod attente;
mod classer;
mod destination;
mod identite;
mod importer;
mod imputer;
mod lot;
mod presumees;
mod proposer;
mod rac;
mod retenter;
mod retour;

pub use annoncer::annoncer;
pub use attente::Attente;
pub use classer::{Placement, classer, declasser, rembourser, ventiler};
pub use importer::{
    BilanFichier, Importateur, comptabiliser, fermer_fichier, importer, importer_depuis, ouvrir_fichier,
};
pub use lot::code_mode;
pub use presumees::{Decision, LignePresumee, autre_paiement, confirmer_doublon, presumees};
pub use proposer::{CreanceProposee, Motif, Proposition, proposer};
pub(crate) use rac::lire_mode;
pub use rac::{
    AgesRac, Anciennete, CurseurRac, EtapeDeRecette, FiltreRac, RecetteEnAttente, TrancheRac, TriRac, ages,
    en_attente, recette,
};
pub use retenter::retenter;
