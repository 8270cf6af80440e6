use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use web::fragments::{self, Champ};
use web::{ErreurChamp, Formulaire};

use super::visiteur::Visiteur;
use crate::agents::{ErreurAgent, ErreurMotDePasse, LONGUEUR_MIN};
use crate::connexion::{Connexion, choisir_mot_de_passe};
use crate::session::{Etape, Session};

#[derive(Template)]
#[template(path = "mot_de_passe.html")]
struct Vue {
    action: String,
    jeton: String,
    premiere_fois: bool,
    erreurs: Vec<ErreurChamp>,
    champs: Vec<Champ>,
}

pub(super) async fn montrer(visiteur: Visiteur) -> Response {
    match concernee(&visiteur) {
        Ok(session) => page(&visiteur, session, vec![]),
        Err(ailleurs) => ailleurs.into_response(),
    }
}

#[derive(Deserialize)]
pub(super) struct Saisie {
    present: String,
    choisi: String,
    encore: String,
}

pub(super) async fn envoyer(
    visiteur: Visiteur,
    Formulaire(saisie): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let session = match concernee(&visiteur) {
        Ok(session) => session,
        Err(ailleurs) => return Ok(ailleurs.into_response()),
    };
    let erreur = if saisie.choisi == saisie.encore {
        match choisir_mot_de_passe(&visiteur.0, session, &saisie.present, &saisie.choisi).await? {
            Ok(jeton) => return Ok(visiteur.rediriger(&visiteur.0.accueil(&session.agent), &jeton)),
            Err(ErreurAgent::MotDePasse(ErreurMotDePasse::Present)) => {
                ErreurChamp::nouvelle("present", ErreurMotDePasse::Present)
            }
            Err(e) => ErreurChamp::nouvelle("choisi", e),
        }
    } else {
        ErreurChamp::nouvelle(
            "encore",
            "les deux saisies diffèrent : retapez le nouveau mot de passe",
        )
    };
    Ok((
        StatusCode::UNPROCESSABLE_ENTITY,
        page(&visiteur, session, vec![erreur]),
    )
        .into_response())
}

/// La session qui peut changer son mot de passe : ouverte, ou tenue de le faire.
fn concernee(visiteur: &Visiteur) -> Result<&Session, Redirect> {
    let locale = matches!(visiteur.0.caisse.connexion, Connexion::Locale);
    match &visiteur.0.session {
        Some(session) if locale && session.etape != Etape::Code => Ok(session),
        _ => Err(Redirect::to(&visiteur.ou_aller())),
    }
}

fn page(visiteur: &Visiteur, session: &Session, erreurs: Vec<ErreurChamp>) -> Response {
    let contexte = &visiteur.0;
    let premiere_fois = session.etape == Etape::MotDePasse;
    let present = if premiere_fois {
        "Mot de passe reçu"
    } else {
        "Mot de passe actuel"
    };
    let champs = vec![
        Champ::mot_de_passe("present", present)
            .obligatoire()
            .remplissage("current-password")
            .parmi(&erreurs),
        Champ::mot_de_passe("choisi", "Nouveau mot de passe")
            .obligatoire()
            .remplissage("new-password")
            .aide(format!(
                "Au moins {LONGUEUR_MIN} caractères ; quatre mots sans rapport conviennent."
            ))
            .parmi(&erreurs),
        Champ::mot_de_passe("encore", "Nouveau mot de passe, encore")
            .obligatoire()
            .remplissage("new-password")
            .parmi(&erreurs),
    ];
    let vue = Vue {
        action: contexte.url("/{caisse}/connexion/mot-de-passe"),
        jeton: contexte.csrf.clone(),
        premiere_fois,
        erreurs,
        champs,
    };
    web::page(&contexte.cadre("Mot de passe"), vue)
}
