//! La fiche de synthèse d'un adhérent, à l'écran et en PDF.

use acces::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
