//! Déposer un fichier, et suivre ce que chaque dépôt a donné.
//!
//! La page n'attend jamais une lecture : elle pose le fichier dans le dossier des arrivées ([`crate::arrivees`]), que le
//! serveur surveille, et montre ce qui y attend.

mod dossier;
mod liste;
mod page;
mod poser;

use acces::Route;
use acces::actions::{ConsulterDsn, DeposerDsn};

const DEPOTS: &str = "/{caisse}/dsn/depots";
const REFUS: &str = "/{caisse}/dsn/depots/refus";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get::<ConsulterDsn, _, _>(DEPOTS, page::montrer).rubrique("Dépôts DSN"),
        Route::post::<DeposerDsn, _, _>(DEPOTS, poser::poser),
        Route::post::<DeposerDsn, _, _>(REFUS, poser::ecarter),
    ]
}
