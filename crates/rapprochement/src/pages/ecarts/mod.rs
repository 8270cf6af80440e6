//! Les écarts : la liste d'un agent, chaque écart avec ses preuves, et ce qu'on en fait.

mod fiche;
mod gestes;
mod liste;

use acces::{Route, Visite, actions};
use web::fragments::Ton;

use super::{ECARTS, INEXISTANT};
use crate::Erreur;
use crate::ecarts::{EcartMontre, Etat};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get::<actions::ConsulterDsn, _, _>(ECARTS, liste::montrer).rubrique("Écarts de la DSN"),
        Route::post::<actions::TraiterEcart, _, _>(ECARTS, gestes::attribuer_plusieurs),
        Route::get::<actions::ConsulterDsn, _, _>("/{caisse}/dsn/ecarts/{ecart}", fiche::montrer),
        Route::post::<actions::TraiterEcart, _, _>(
            "/{caisse}/dsn/ecarts/{ecart}/attribuer",
            gestes::attribuer,
        ),
        Route::post::<actions::TraiterEcart, _, _>(
            "/{caisse}/dsn/ecarts/{ecart}/commenter",
            gestes::commenter,
        ),
        Route::post::<actions::TraiterEcart, _, _>("/{caisse}/dsn/ecarts/{ecart}/clore", gestes::clore),
        Route::post::<actions::TraiterEcart, _, _>("/{caisse}/dsn/ecarts/{ecart}/rouvrir", gestes::rouvrir),
    ]
}

/// La couleur d'un état.
pub(super) const fn ton(etat: Etat) -> Ton {
    match etat {
        Etat::ATraiter => Ton::Attention,
        Etat::Attribue => Ton::Info,
        Etat::Clos | Etat::Disparu => Ton::Positif,
        Etat::Information => Ton::Neutre,
    }
}

/// Le nom de l'employeur, ou ce qui en tient lieu.
fn nom(ecart: &EcartMontre) -> &str {
    ecart
        .employeur
        .as_ref()
        .map_or("Employeur inconnu de la caisse", |(_, nom)| nom)
}

/// L'adresse d'un écart.
fn url<A: acces::Action>(visite: &Visite<A>, id: i64) -> String {
    format!("{}/{id}", visite.url(ECARTS))
}

/// L'écart de ce numéro ; sinon, un refus au journal et une page introuvable.
async fn trouver<A: acces::Action>(visite: &Visite<A>, id: i64) -> Result<EcartMontre, web::Erreur> {
    let lu: Result<_, Erreur> = storage::lire!(visite.db(), |tx| crate::ecarts::ecart(tx, id).await);
    match lu? {
        Some(ecart) => Ok(ecart),
        None => Err(visite.refuser(acces::Objet::Caisse, INEXISTANT).await),
    }
}
