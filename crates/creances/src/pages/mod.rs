//! Les pages du back-office : la recherche, le dossier, la créance, et ce qui les change.

mod cai;
mod creances;
mod dossiers;
mod echeancier;
mod encaissements;
mod erreur;
mod libelles;
mod portee;
mod rac;
mod tableau;

pub use libelles::periode as periode_en_mots;
pub use portee::{creance as permis_de_la_creance, dossier as permis_du_dossier};

use acces::Route;

/// Les lignes de la table des routes que cette crate apporte, à donner à [`acces::routeur`].
#[must_use]
pub fn routes() -> Vec<Route> {
    [
        tableau::routes(),
        dossiers::routes(),
        echeancier::routes(),
        creances::routes(),
        rac::routes(),
        encaissements::routes(),
        cai::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
