//! La recherche, le dossier d'un débiteur, ses commentaires, un débiteur nouveau.

mod chercher;
mod chiffres;
mod commenter;
mod dossier;
mod identite;
mod inscrire;
mod recettes;
mod saisie;
mod tables;

use acces::Route;
use acces::actions::{ChercherDebiteur, CommenterDossier, ConsulterDossier, SaisirCreance};

pub(super) use identite::nommer;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get::<ChercherDebiteur, _, _>("/{caisse}/recherche", chercher::montrer).rubrique("Débiteurs"),
        Route::post::<ChercherDebiteur, _, _>("/{caisse}/recherche", chercher::chercher)
            .recherche("Nom, NIR, SIRET, matricule, commune…"),
        Route::get::<SaisirCreance, _, _>("/{caisse}/dossiers/nouveau", inscrire::montrer),
        Route::post::<SaisirCreance, _, _>("/{caisse}/dossiers/nouveau", inscrire::inscrire),
        Route::get::<ConsulterDossier, _, _>("/{caisse}/dossiers/{dossier}", dossier::montrer),
        Route::post::<CommenterDossier, _, _>(
            "/{caisse}/dossiers/{dossier}/commentaires",
            commenter::commenter,
        ),
    ]
}
