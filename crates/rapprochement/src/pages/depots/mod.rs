//! Déposer un fichier, et suivre ce que chaque dépôt a donné.

use acces::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
