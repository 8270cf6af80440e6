//! Les recettes : l'import des relevés, les doublons présumés, une recette et où est allé chaque euro.

mod definitions;
mod fiche;
mod fichiers;
mod importer;
mod portee;
mod presumes;

use acces::Route;
use acces::actions::{ClasserRac, ConsulterDossier, ImporterEncaissements};

pub(super) use definitions::definitions_de_recette;
pub(super) use fichiers::{LigneFichier, lignes_de_fichiers};
pub(super) use portee::portee_de_la_recette;

const IMPORTER: &str = "/{caisse}/encaissements/importer";
const PRESUMES: &str = "/{caisse}/encaissements/presumes";
const RECETTES: &str = "/{caisse}/encaissements";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get::<ImporterEncaissements, _, _>(IMPORTER, importer::montrer).rubrique("Encaissements"),
        Route::post::<ImporterEncaissements, _, _>(IMPORTER, importer::importer),
        Route::get::<ImporterEncaissements, _, _>(PRESUMES, presumes::montrer).rubrique("Doublons présumés"),
        Route::post::<ImporterEncaissements, _, _>(PRESUMES, presumes::decider),
        Route::get::<ConsulterDossier, _, _>("/{caisse}/encaissements/{recette}", fiche::montrer),
        Route::post::<ClasserRac, _, _>("/{caisse}/encaissements/{recette}/defaire", fiche::defaire),
    ]
}
