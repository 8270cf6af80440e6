//! Les pages du module DSN : le mois d'une caisse, ses écarts, ses déclarations, la fiche de synthèse.

mod declarations;
mod depots;
mod erreur;
mod fiche;

use acces::Route;

/// Les lignes de la table des routes que cette crate apporte, à donner à [`acces::routeur`].
#[must_use]
pub fn routes() -> Vec<Route> {
    [declarations::routes(), depots::routes(), fiche::routes()]
        .into_iter()
        .flatten()
        .collect()
}
