//! Une créance et ce qui l'éteint, la saisie à la main, l'import d'un fichier.

mod creance;
mod formulaires;
mod gestes;
mod histoire;
mod importer;
mod majorations;
mod saisie;
mod saisir;

use acces::Route;
use acces::actions::{
    AdmettreNonValeur, AnnulerCreance, ConsulterDossier, ImporterCreances, NotifierMajorations,
    RemettreCreance, SaisirCreance, TransfererCreance,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get::<ImporterCreances, _, _>("/{caisse}/creances/importer", importer::montrer)
            .rubrique("Importer des créances"),
        Route::post::<ImporterCreances, _, _>("/{caisse}/creances/importer", importer::importer),
        Route::get::<ConsulterDossier, _, _>("/{caisse}/creances/{creance}", creance::montrer),
        Route::post::<AnnulerCreance, _, _>("/{caisse}/creances/{creance}/annulation", gestes::annuler),
        Route::post::<RemettreCreance, _, _>("/{caisse}/creances/{creance}/remise", gestes::remettre),
        Route::post::<AdmettreNonValeur, _, _>("/{caisse}/creances/{creance}/non-valeur", gestes::admettre),
        Route::post::<TransfererCreance, _, _>("/{caisse}/creances/{creance}/transfert", gestes::transferer),
        Route::post::<NotifierMajorations, _, _>(
            "/{caisse}/creances/{creance}/majorations",
            majorations::notifier,
        ),
        Route::get::<SaisirCreance, _, _>("/{caisse}/dossiers/{dossier}/creances/nouvelle", saisir::montrer),
        Route::post::<SaisirCreance, _, _>("/{caisse}/dossiers/{dossier}/creances/nouvelle", saisir::saisir),
    ]
}
