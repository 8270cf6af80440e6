//! Les recettes : import des relevés, imputation, retours de prélèvements, recettes à classer.

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

pub use attente::Attente;
pub use classer::{Placement, classer, declasser, rembourser, ventiler};
pub use importer::{BilanFichier, Importateur, importer};
pub use presumees::{LignePresumee, autre_paiement, confirmer_doublon, presumees};
pub use proposer::{Motif, Proposition, proposer};
pub use rac::{AgesRac, FiltreRac, RecetteEnAttente, ages, en_attente, recette};
pub use retenter::retenter;
