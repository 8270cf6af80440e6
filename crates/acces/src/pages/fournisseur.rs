use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::connexion;
use super::visiteur::Visiteur;
use crate::connexion::{Connexion, Fournisseur, depart, effacer_aller, retour};

/// Un retour du fournisseur est refusé de la même façon quelle qu'en soit la raison.
const REFUS: &str = "Le fournisseur d’identité n’a pas permis cette connexion : recommencez, ou voyez \
                     l’administrateur de votre caisse.";

#[derive(Template)]
#[template(path = "connexion_reussie.html")]
struct Reussie {
    suite: String,
}

pub(super) async fn partir(visiteur: Visiteur) -> Result<Response, web::Erreur> {
    let depart = depart(&visiteur.0, fournisseur(&visiteur)?).await?;
    let mut reponse = Redirect::to(&depart.adresse).into_response();
    visiteur.remettre(&mut reponse, depart.cookie);
    Ok(reponse)
}

#[derive(Deserialize)]
pub(super) struct Retour {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

pub(super) async fn revenir(
    visiteur: Visiteur,
    entetes: HeaderMap,
    Query(recu): Query<Retour>,
) -> Result<Response, web::Erreur> {
    let jeton = retour(
        &visiteur.0,
        fournisseur(&visiteur)?,
        &entetes,
        &recu.code,
        &recu.state,
    )
    .await?;
    let mut reponse = match &jeton {
        // Cette page vient d'un autre site : une redirection partirait sans le cookie Strict qu'elle pose. Le
        // navigateur y va donc de lui-même, depuis chez nous.
        Some(_) => web::page(
            &visiteur.0.cadre("Connexion"),
            Reussie {
                suite: visiteur.0.url("/{caisse}/connexion"),
            },
        ),
        None => {
            let refus = connexion::page(&visiteur, Some(REFUS.to_owned()));
            (StatusCode::UNPROCESSABLE_ENTITY, refus).into_response()
        }
    };
    if let Some(jeton) = &jeton {
        visiteur.remettre(&mut reponse, jeton.cookie(visiteur.0.caisse.code));
    }
    visiteur.remettre(&mut reponse, effacer_aller(&visiteur.0));
    Ok(reponse)
}

fn fournisseur(visiteur: &Visiteur) -> Result<&Fournisseur, web::Erreur> {
    match &visiteur.0.caisse.connexion {
        Connexion::Fournisseur(fournisseur) => Ok(fournisseur),
        Connexion::Locale => Err(web::Erreur::NonTrouve),
    }
}
