//! Les pages du module DSN : le mois d'une caisse, ses écarts, ses déclarations, la fiche de synthèse.

mod declarations;
mod depots;
mod ecarts;
mod erreur;
mod etablissements;
mod export;
mod fiche;
mod tableau;

use acces::Route;

/// Le tableau du mois.
const TABLEAU: &str = "/{caisse}/dsn";
/// Les établissements d'un mois ; leurs filtres sont `mois` et `filtre`.
const ETABLISSEMENTS: &str = "/{caisse}/dsn/etablissements";
/// Les écarts ; leurs filtres sont `etat`, `classe`, `mois`, `agent`, `montant`.
const ECARTS: &str = "/{caisse}/dsn/ecarts";
/// Le classeur d'un mois.
const EXPORT: &str = "/{caisse}/dsn.xlsx";

/// Les lignes de la table des routes que cette crate apporte, à donner à [`acces::routeur`].
#[must_use]
pub fn routes() -> Vec<Route> {
    [
        tableau::routes(),
        etablissements::routes(),
        ecarts::routes(),
        export::routes(),
        depots::routes(),
        declarations::routes(),
        fiche::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
