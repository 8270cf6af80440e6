//! Le compte adhérent individuel (CAI) : à l'écran, en classeur et en CSV.

mod exports;
mod mouvements;
mod page;

use acces::Route;
use acces::actions::{ConsulterCai, ExporterCai};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get::<ConsulterCai, _, _>("/{caisse}/dossiers/{dossier}/cai", page::montrer),
        Route::get::<ExporterCai, _, _>("/{caisse}/dossiers/{dossier}/cai.xlsx", exports::xlsx),
        Route::get::<ExporterCai, _, _>("/{caisse}/dossiers/{dossier}/cai.csv", exports::csv),
    ]
}
