//! Les pages du recouvrement : la procédure d'une créance et ce qu'elle demande, le radar des échéances, les portefeuilles,
//! les campagnes, les calculs d'un délai et d'une retenue, le pilotage.

mod actes;
mod calendrier;
mod campagnes;
mod delais;
mod delais_ouverts;
mod echeanciers;
mod erreur;
mod oscar;
mod pilotage;
mod procedure;
mod radar;
mod retenues;

use acces::Route;
use acces::actions::{
    AccorderEcheancier, ApprouverCampagne, AvancerProcedure, ComposerActe, ConsulterActivite,
    ConsulterDossier, ConsulterTableau, ExpedierActes, GererPortefeuille, PasserOutre, PreparerCampagne,
    TenirMandat,
};
use droit::{PasDelai, citer};
use echeanciers::{ECHEANCIER, ECHEANCIERS, SIMULER};
use jiff::civil::Date;
use retenues::RETENUE;

/// Le radar ; ses filtres sont `jours`, `du`, `contre`, `regle`, `suivi`.
const RADAR: &str = "/{caisse}/radar";
/// Le radar en calendrier, à prendre une fois.
const RADAR_ICS: &str = "/{caisse}/radar.ics";
/// Donner le radar à un agenda.
const CALENDRIER: &str = "/{caisse}/radar/calendrier";
/// Le radar que relit un agenda ; `suivi=moi` n'en garde que les dossiers de l'agent.
const FLUX: &str = "/{caisse}/radar/{jeton}/echeances.ics";

/// Le calcul d'un délai ; ses champs sont `regle`, `depuis`, `zone`, `residence`.
const DELAIS: &str = "/{caisse}/delais";

/// Les actes émis ; ses filtres sont `etat` et `acte`.
const ACTES: &str = "/{caisse}/actes";
/// Les campagnes.
const CAMPAGNES: &str = "/{caisse}/campagnes";
/// La composition d'un acte d'une créance ; le paramètre `acte` dit lequel.
const COMPOSER: &str = "/{caisse}/creances/{creance}/acte";

/// Les portefeuilles ; ses filtres sont ceux de [`oscar::FILTRES`].
const OSCAR: &str = "/{caisse}/oscar";
/// Confier des dossiers choisis.
const CONFIER: &str = "/{caisse}/oscar/confier";
/// Passer tout un portefeuille.
const PASSER: &str = "/{caisse}/oscar/passer";
/// Poser un rappel sur des dossiers choisis.
const RAPPELER: &str = "/{caisse}/oscar/rappels";
/// Dire un rappel fait.
const COCHER: &str = "/{caisse}/oscar/rappels/fait";
/// Garder un filtre.
const GARDER: &str = "/{caisse}/oscar/filtres";
/// Oublier un filtre.
const OUBLIER: &str = "/{caisse}/oscar/filtres/oublier";
/// L'activité de l'agent, et celle des équipes ; sa période est `du`, `au`.
const ACTIVITE: &str = "/{caisse}/oscar/activite";
/// L'activité de chaque agent, nommé.
const ACTIVITE_NOMMEE: &str = "/{caisse}/oscar/activite/agents";
/// Le pilotage ; ses filtres sont `annee`, `branche`, `nature`.
const PILOTAGE: &str = "/{caisse}/pilotage";
/// Le pilotage en classeur, mêmes filtres.
const PILOTAGE_XLSX: &str = "/{caisse}/pilotage.xlsx";

/// Les lignes de la table des routes que cette crate apporte, à donner à [`acces::routeur`].
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get::<ConsulterDossier, _, _>(RADAR, radar::montrer).rubrique("Échéances"),
        Route::get::<ConsulterDossier, _, _>(RADAR_ICS, calendrier::exporter),
        Route::get::<ConsulterDossier, _, _>(CALENDRIER, calendrier::montrer),
        Route::post::<ConsulterDossier, _, _>(CALENDRIER, calendrier::creer),
        Route::post::<ConsulterDossier, _, _>("/{caisse}/radar/calendrier/fermer", calendrier::fermer),
        Route::get_public(FLUX, calendrier::lire_du_dehors),
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
        Route::post::<PasserOutre, _, _>(
            "/{caisse}/creances/{creance}/procedure/fraude",
            procedure::dire_la_fraude,
        ),
        Route::post::<ComposerActe, _, _>(
            "/{caisse}/creances/{creance}/acte/apercu",
            actes::composer::apercu,
        ),
        Route::post::<ComposerActe, _, _>(
            "/{caisse}/creances/{creance}/acte/adresse",
            actes::composer::adresse,
        ),
        Route::post::<ComposerActe, _, _>(
            "/{caisse}/creances/{creance}/acte/consentement",
            actes::composer::consentement,
        ),
        Route::post::<ComposerActe, _, _>(
            "/{caisse}/creances/{creance}/acte/versements",
            actes::composer::versements,
        ),
        Route::get::<ConsulterDossier, _, _>(RETENUE, retenues::montrer),
        Route::post::<ConsulterDossier, _, _>(
            "/{caisse}/creances/{creance}/retenue/prestations",
            retenues::retenir,
        ),
        Route::post::<ConsulterDossier, _, _>(
            "/{caisse}/creances/{creance}/retenue/revenu",
            retenues::saisir,
        ),
        Route::get::<AccorderEcheancier, _, _>(SIMULER, echeanciers::simuler::montrer),
        Route::post::<AccorderEcheancier, _, _>(SIMULER, echeanciers::simuler::accorder),
        Route::post::<AccorderEcheancier, _, _>(
            "/{caisse}/creances/{creance}/echeancier/simulation",
            echeanciers::simuler::simuler,
        ),
        Route::get::<ConsulterDossier, _, _>(ECHEANCIERS, echeanciers::liste::montrer)
            .rubrique("Échéanciers"),
        Route::get::<ConsulterDossier, _, _>(ECHEANCIER, echeanciers::plan::montrer),
        Route::post::<AccorderEcheancier, _, _>(
            "/{caisse}/echeanciers/{echeancier}/rupture",
            echeanciers::plan::rompre,
        ),
        Route::post::<TenirMandat, _, _>(
            "/{caisse}/echeanciers/{echeancier}/mandat",
            echeanciers::prelevement::noter,
        ),
        Route::post::<TenirMandat, _, _>(
            "/{caisse}/echeanciers/{echeancier}/mandat/revoquer",
            echeanciers::prelevement::revoquer,
        ),
        Route::post::<TenirMandat, _, _>(
            "/{caisse}/echeanciers/{echeancier}/prelevement",
            echeanciers::prelevement::choisir,
        ),
        Route::post::<TenirMandat, _, _>(
            "/{caisse}/echeanciers/{echeancier}/prelevement/representer",
            echeanciers::prelevement::representer,
        ),
        Route::get::<ConsulterDossier, _, _>(ACTES, actes::liste::montrer).rubrique("Actes"),
        Route::post::<ExpedierActes, _, _>("/{caisse}/actes/expedier", actes::liste::expedier),
        Route::get::<PreparerCampagne, _, _>(CAMPAGNES, campagnes::lister).rubrique("Campagnes"),
        Route::post::<PreparerCampagne, _, _>(CAMPAGNES, campagnes::preparer),
        Route::get::<PreparerCampagne, _, _>("/{caisse}/campagnes/{campagne}", campagnes::montrer),
        Route::post::<ApprouverCampagne, _, _>(
            "/{caisse}/campagnes/{campagne}/approuver",
            campagnes::approuver,
        ),
        Route::post::<ApprouverCampagne, _, _>("/{caisse}/campagnes/{campagne}/refuser", campagnes::refuser),
        Route::get::<ConsulterDossier, _, _>("/{caisse}/actes/{acte}", actes::acte::montrer),
        Route::get::<ConsulterDossier, _, _>("/{caisse}/actes/{acte}/acte.pdf", actes::acte::document),
        Route::post::<ExpedierActes, _, _>("/{caisse}/actes/{acte}/retour", actes::acte::noter),
        Route::get::<GererPortefeuille, _, _>(OSCAR, oscar::liste::montrer).rubrique("Portefeuilles"),
        Route::post::<GererPortefeuille, _, _>(CONFIER, oscar::gestes::confier),
        Route::post::<GererPortefeuille, _, _>(PASSER, oscar::gestes::passer),
        Route::post::<GererPortefeuille, _, _>(RAPPELER, oscar::gestes::rappeler),
        Route::post::<GererPortefeuille, _, _>(COCHER, oscar::gestes::cocher),
        Route::post::<GererPortefeuille, _, _>(GARDER, oscar::gestes::garder),
        Route::post::<GererPortefeuille, _, _>(OUBLIER, oscar::gestes::oublier),
        Route::get::<ConsulterDossier, _, _>(
            "/{caisse}/dossiers/{dossier}/histoire",
            oscar::histoire::montrer,
        ),
        Route::get::<ConsulterTableau, _, _>(ACTIVITE, oscar::activite::montrer).rubrique("Activité"),
        Route::get::<ConsulterActivite, _, _>(ACTIVITE_NOMMEE, oscar::activite::nommer),
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
