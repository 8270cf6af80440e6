//! Les pages du module DSN : le mois d'une caisse, ses écarts, ses déclarations, la fiche de synthèse.

mod declarations;
mod depots;
mod ecarts;
mod erreur;
mod etablissements;
mod export;
mod fiche;
mod lieux;
mod tableau;

use acces::Route;
use valeurs::Periode;
use web::Adresse;

/// Le tableau du mois.
const TABLEAU: &str = "/{caisse}/dsn";
/// Les établissements d'un mois ; leurs filtres sont `mois` et `filtre`.
const ETABLISSEMENTS: &str = "/{caisse}/dsn/etablissements";
/// Les écarts ; leurs filtres sont `etat`, `classe`, `mois`, `agent`, `montant`.
const ECARTS: &str = "/{caisse}/dsn/ecarts";
/// Le classeur d'un mois.
const EXPORT: &str = "/{caisse}/dsn.xlsx";

/// Ce que le journal garde d'un numéro qui n'est celui de rien.
const INEXISTANT: &str = "inexistant";

/// Le mois que l'adresse demande sous ce nom, « 2026-01 » ; un trimestre ou une année n'en sont pas.
fn mois_de_l_adresse(adresse: &Adresse, nom: &str) -> Option<Periode> {
    let periode: Periode = adresse.parametre(nom)?.parse().ok()?;
    Periode::mois_du(periode.debut())
        .ok()
        .filter(|mois| *mois == periode)
}

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
