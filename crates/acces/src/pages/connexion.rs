use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use storage::ecrire;
use web::fragments::{self, Champ};
use web::{ErreurChamp, Formulaire};

use super::attendez;
use super::visiteur::Visiteur;
use crate::connexion::{Connexion, Verdict, donner_mot_de_passe};
use crate::session::{Jeton, fermer};

#[derive(Template)]
#[template(path = "connexion.html")]
struct Vue {
    caisse: String,
    action: String,
    jeton: String,
    fournisseur: Option<String>,
    erreurs: Vec<ErreurChamp>,
    identifiant: Champ,
    mot_de_passe: Champ,
}

pub(super) async fn montrer(visiteur: Visiteur) -> Result<Response, web::Erreur> {
    if visiteur.0.agent().is_none() {
        return Ok(page(&visiteur, None));
    }
    let ailleurs = visiteur.ou_aller();
    if ailleurs == visiteur.0.url("/{caisse}/connexion") {
        return Err(web::Erreur::Interdit {
            motif: "Votre rôle n’ouvre plus aucune page de cette caisse.".into(),
        });
    }
    Ok(Redirect::to(&ailleurs).into_response())
}

#[derive(Deserialize)]
pub(super) struct Saisie {
    identifiant: String,
    mot_de_passe: String,
}

pub(super) async fn envoyer(
    visiteur: Visiteur,
    Formulaire(saisie): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    if let Connexion::Fournisseur(_) = visiteur.0.caisse.connexion {
        return Err(web::Erreur::NonTrouve);
    }
    let verdict = donner_mot_de_passe(&visiteur.0, &saisie.identifiant, &saisie.mot_de_passe).await?;
    Ok(match verdict {
        Verdict::Admis(jeton, _) => visiteur.rediriger(&visiteur.0.url("/{caisse}/connexion/code"), &jeton),
        Verdict::Refuse => {
            let motif = "L’identifiant ou le mot de passe n’est pas le bon.".to_owned();
            (StatusCode::UNPROCESSABLE_ENTITY, page(&visiteur, Some(motif))).into_response()
        }
        Verdict::Freine(attente) => (
            StatusCode::TOO_MANY_REQUESTS,
            page(&visiteur, Some(attendez(attente))),
        )
            .into_response(),
    })
}

pub(super) async fn quitter(visiteur: Visiteur, _: Formulaire<Vide>) -> Result<Response, web::Erreur> {
    let contexte = &visiteur.0;
    ecrire!(contexte.caisse.db, |tx| fermer(tx, &contexte.jeton).await)
        .map_err(|e: storage::Erreur| web::Erreur::interne(&e))?;
    let mut reponse = Redirect::to(&contexte.url("/{caisse}/connexion")).into_response();
    visiteur.remettre(&mut reponse, Jeton::effacer(contexte.caisse.code));
    Ok(reponse)
}

/// Un formulaire qui n'a que son jeton.
#[derive(Deserialize)]
pub(super) struct Vide {}

/// La page de connexion ; l'identifiant tapé n'est pas réaffiché, il peut être un mot de passe.
pub(super) fn page(visiteur: &Visiteur, motif: Option<String>) -> Response {
    let contexte = &visiteur.0;
    let erreurs: Vec<ErreurChamp> = motif
        .into_iter()
        .map(|m| ErreurChamp::nouvelle("identifiant", m))
        .collect();
    let fournisseur = matches!(contexte.caisse.connexion, Connexion::Fournisseur(_));
    let vue = Vue {
        caisse: contexte.caisse.nom.clone(),
        action: contexte.url("/{caisse}/connexion"),
        jeton: contexte.csrf.clone(),
        fournisseur: fournisseur.then(|| contexte.url("/{caisse}/connexion/fournisseur")),
        identifiant: Champ::texte("identifiant", "Identifiant")
            .obligatoire()
            .remplissage("username")
            .longueur_max(64)
            .parmi(&erreurs),
        mot_de_passe: Champ::mot_de_passe("mot_de_passe", "Mot de passe")
            .obligatoire()
            .remplissage("current-password"),
        erreurs,
    };
    web::page(&contexte.cadre("Connexion"), vue)
}
