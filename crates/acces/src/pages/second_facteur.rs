use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use web::fragments::{self, Champ};
use web::{ErreurChamp, Formulaire};

use super::attendez;
use super::visiteur::Visiteur;
use crate::agents::qr_svg;
use crate::connexion::{Verdict, a_enroler, donner_code};
use crate::session::{Etape, Session};

struct Enrolement {
    qr: Option<String>,
    secret: String,
    adresse: String,
}

#[derive(Template)]
#[template(path = "second_facteur.html")]
struct Vue {
    action: String,
    jeton: String,
    enrolement: Option<Enrolement>,
    erreurs: Vec<ErreurChamp>,
    code: Champ,
}

pub(super) async fn montrer(visiteur: Visiteur) -> Result<Response, web::Erreur> {
    match visiteur.session_a(Etape::Code) {
        Ok(session) => page(&visiteur, session, None).await,
        Err(ailleurs) => Ok(ailleurs.into_response()),
    }
}

#[derive(Deserialize)]
pub(super) struct Saisie {
    code: String,
}

pub(super) async fn envoyer(
    visiteur: Visiteur,
    Formulaire(saisie): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let session = match visiteur.session_a(Etape::Code) {
        Ok(session) => session,
        Err(ailleurs) => return Ok(ailleurs.into_response()),
    };
    let (etat, motif) = match donner_code(&visiteur.0, session, &saisie.code).await? {
        Verdict::Admis(jeton, Etape::MotDePasse) => {
            let url = visiteur.0.url("/{caisse}/connexion/mot-de-passe");
            return Ok(visiteur.rediriger(&url, &jeton));
        }
        Verdict::Admis(jeton, _) => {
            return Ok(visiteur.rediriger(&visiteur.0.accueil(&session.agent), &jeton));
        }
        Verdict::Refuse => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Ce code n’est pas valable : attendez le suivant et retapez-le.".to_owned(),
        ),
        Verdict::Freine(attente) => (StatusCode::TOO_MANY_REQUESTS, attendez(attente)),
    };
    Ok((etat, page(&visiteur, session, Some(motif)).await?).into_response())
}

async fn page(
    visiteur: &Visiteur,
    session: &Session,
    motif: Option<String>,
) -> Result<Response, web::Erreur> {
    let contexte = &visiteur.0;
    let code = contexte.caisse.code.code();
    let enrolement = a_enroler(contexte, session).await?.map(|secret| {
        let adresse = secret.otpauth(code, &session.agent.identifiant);
        Enrolement {
            qr: qr_svg(&adresse),
            secret: par_quatre(&secret.base32()),
            adresse,
        }
    });
    let erreurs: Vec<ErreurChamp> = motif
        .into_iter()
        .map(|m| ErreurChamp::nouvelle("code", m))
        .collect();
    let vue = Vue {
        action: contexte.url("/{caisse}/connexion/code"),
        jeton: contexte.csrf.clone(),
        enrolement,
        code: Champ::chiffres("code", "Code à six chiffres")
            .obligatoire()
            .remplissage("one-time-code")
            .longueur_max(7)
            .aide("Celui que montre votre application d’authentification.")
            .parmi(&erreurs),
        erreurs,
    };
    Ok(web::page(&contexte.cadre("Second facteur"), vue))
}

/// Le secret par groupes de quatre, plus facile à taper.
fn par_quatre(secret: &str) -> String {
    let lettres: Vec<char> = secret.chars().collect();
    lettres
        .chunks(4)
        .map(|g| g.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}
