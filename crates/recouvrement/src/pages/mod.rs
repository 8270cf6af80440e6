//! Les pages du recouvrement : la procédure d'une créance, le radar des échéances, le calcul d'un délai, le
//! pilotage.

mod actes;
mod delais;
mod erreur;
mod pilotage;
mod procedure;
mod radar;

use acces::Route;
use acces::actions::{AvancerProcedure, ComposerActe, ConsulterDossier, ExpedierActes, PasserOutre};
use droit::{PasDelai, citer};
use jiff::civil::Date;

/// Le radar ; ses filtres sont `jours`, `du`, `contre`, `regle`.
const RADAR: &str = "/{caisse}/radar";
/// Le radar en calendrier.
const CALENDRIER: &str = "/{caisse}/radar.ics";

/// Le calcul d'un délai ; ses champs sont `regle`, `depuis`, `zone`, `residence`.
const DELAIS: &str = "/{caisse}/delais";

/// Les actes émis ; ses filtres sont `etat` et `acte`.
const ACTES: &str = "/{caisse}/actes";
/// La composition d'un acte d'une créance ; le paramètre `acte` dit lequel.
const COMPOSER: &str = "/{caisse}/creances/{creance}/acte";

/// Le pilotage ; ses filtres sont `annee`, `branche`, `nature`.
const PILOTAGE: &str = "/{caisse}/pilotage";
/// Le pilotage en classeur, mêmes filtres.
const PILOTAGE_XLSX: &str = "/{caisse}/pilotage.xlsx";

/// Les lignes de la table des routes que cette crate apporte, à donner à [`acces::routeur`].
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get::<ConsulterDossier, _, _>(RADAR, radar::montrer).rubrique("Échéances"),
        Route::get::<ConsulterDossier, _, _>(CALENDRIER, radar::exporter),
        Route::get::<ConsulterDossier, _, _>(PILOTAGE, pilotage::montrer).rubrique("Pilotage"),
        Route::get::<ConsulterDossier, _, _>(PILOTAGE_XLSX, pilotage::exporter),
        Route::get::<ConsulterDossier, _, _>(DELAIS, delais::montrer),
        Route::get::<ConsulterDossier, _, _>("/{caisse}/creances/{creance}/procedure", procedure::montrer),
        Route::post::<AvancerProcedure, _, _>("/{caisse}/creances/{creance}/procedure", procedure::avancer),
        Route::post::<PasserOutre, _, _>(
            "/{caisse}/creances/{creance}/procedure/outre",
            procedure::passer_outre,
        ),
        Route::get::<ComposerActe, _, _>(COMPOSER, actes::composer::montrer),
        Route::post::<ComposerActe, _, _>(COMPOSER, actes::composer::emettre),
        Route::post::<ComposerActe, _, _>(
            "/{caisse}/creances/{creance}/acte/apercu",
            actes::composer::apercu,
        ),
        Route::post::<ComposerActe, _, _>(
            "/{caisse}/creances/{creance}/acte/adresse",
            actes::composer::adresse,
        ),
        Route::post::<ComposerActe, _, _>(
            "/{caisse}/creances/{creance}/acte/versements",
            actes::composer::versements,
        ),
        Route::get::<ConsulterDossier, _, _>(ACTES, actes::liste::montrer).rubrique("Actes"),
        Route::post::<ExpedierActes, _, _>("/{caisse}/actes/expedier", actes::liste::expedier),
        Route::get::<ConsulterDossier, _, _>("/{caisse}/actes/{acte}", actes::acte::montrer),
        Route::get::<ConsulterDossier, _, _>("/{caisse}/actes/{acte}/acte.pdf", actes::acte::document),
        Route::post::<ExpedierActes, _, _>("/{caisse}/actes/{acte}/retour", actes::acte::noter),
    ]
}

/// Un pas d'une explication, tel qu'une page le montre.
struct Pas {
    phrase: String,
    articles: String,
}

fn expliquer(pas: &[PasDelai]) -> Vec<Pas> {
    pas.iter()
        .map(|pas| Pas {
            phrase: pas.phrase.clone(),
            articles: citer(pas.articles.iter().copied()),
        })
        .collect()
}

/// « demain », « dans 12 jours », « depuis 3 jours ».
fn dans(jour: Date, aujourdhui: Date) -> String {
    match (jour - aujourdhui).get_days() {
        0 => "aujourd’hui".to_owned(),
        1 => "demain".to_owned(),
        jours @ 2.. => format!("dans {jours} jours"),
        -1 => "depuis hier".to_owned(),
        jours => format!("depuis {} jours", -jours),
    }
}
