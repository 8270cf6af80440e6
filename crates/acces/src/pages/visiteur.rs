use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::garde::Contexte;
use crate::session::{Etape, Jeton, Session};
use crate::visite::contexte;

/// Qui demande une page de connexion : un agent connecté, ou pas encore.
pub(super) struct Visiteur(pub(super) Contexte);

impl<S: Sync> FromRequestParts<S> for Visiteur {
    type Rejection = web::Erreur;

    async fn from_request_parts(parties: &mut Parts, _: &S) -> Result<Self, web::Erreur> {
        contexte(parties).map(Self)
    }
}

impl Visiteur {
    /// La session arrivée à cette étape ; sinon, où aller.
    pub(super) fn session_a(&self, etape: Etape) -> Result<&Session, Redirect> {
        match &self.0.session {
            Some(session) if session.etape == etape => Ok(session),
            _ => Err(Redirect::to(&self.ou_aller())),
        }
    }

    /// La page où en est la connexion.
    pub(super) fn ou_aller(&self) -> String {
        match self.0.session.as_ref().map(|s| (s.etape, &s.agent)) {
            None => self.0.url("/{caisse}/connexion"),
            Some((Etape::Code, _)) => self.0.url("/{caisse}/connexion/code"),
            Some((Etape::MotDePasse, _)) => self.0.url("/{caisse}/connexion/mot-de-passe"),
            Some((Etape::Ouverte, agent)) => self.0.accueil(agent),
        }
    }

    /// Renvoie à une page sous un jeton neuf.
    pub(super) fn rediriger(&self, url: &str, jeton: &Jeton) -> Response {
        let mut reponse = Redirect::to(url).into_response();
        self.remettre(&mut reponse, jeton.cookie(self.0.caisse.code));
        reponse
    }

    pub(super) fn remettre(&self, reponse: &mut Response, cookie: HeaderValue) {
        reponse.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
