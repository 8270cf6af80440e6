use acces::{Objet, Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use storage::ecrire;
use valeurs::DossierId;
use web::fragments::{self, Champ, EntetePage, Lien, ResumeErreurs};
use web::{Avis, ErreurChamp, Formulaire};

use super::saisie::DebiteurSaisi;
use crate::Erreur;
use crate::dossiers::{self, NouveauDebiteur};
use crate::encaissements::retenter;
use crate::pages::erreur::du_champ;

type Saisie = Visite<actions::SaisirCreance>;

const ICI: &str = "/{caisse}/dossiers/nouveau";

#[derive(Template)]
#[template(path = "dossiers/nouveau.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    url: String,
    jeton: fragments::ChampJeton,
    groupes: [(&'static str, Vec<Champ>); 3],
    renoncer: String,
}

/// Le formulaire d'un débiteur nouveau, vide.
pub(super) async fn montrer(visite: Saisie) -> Response {
    page(&visite, &DebiteurSaisi::default(), &[])
}

/// Inscrit un débiteur, et retente les recettes qui l'attendaient ; celui qu'un autre service connaît est rattaché.
pub(super) async fn inscrire(
    visite: Saisie,
    Formulaire(saisi): Formulaire<DebiteurSaisi>,
) -> Result<Response, web::Erreur> {
    let nouveau = match saisi.lire() {
        Ok(nouveau) => nouveau,
        Err(erreurs) => return Ok(reprendre(&visite, &saisi, &erreurs)),
    };
    match ecrire(&visite, &nouveau).await? {
        Ok(Inscription { dossier, rattache }) => {
            let avis = if rattache {
                visite
                    .permis(Objet::Dossier(dossier), Some("rattaché à une branche de plus"))
                    .await?;
                "Un autre service connaissait ce débiteur : son dossier vous est ouvert, sans ce que ce service en tient."
            } else {
                "Le débiteur est inscrit."
            };
            let url = visite.url(&format!("/{{caisse}}/dossiers/{dossier}"));
            visite.rediriger(&url, Avis::Succes(avis.to_owned())).await
        }
        Err(refus) => Ok(reprendre(&visite, &saisi, &[du_champ(refus)?])),
    }
}

struct Inscription {
    dossier: DossierId,
    /// Un autre service connaissait déjà ce débiteur.
    rattache: bool,
}

async fn ecrire(
    visite: &Saisie,
    nouveau: &NouveauDebiteur,
) -> Result<Result<Inscription, Erreur>, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, Some("débiteur nouveau")).await?;
    let (db, jour) = (visite.db(), visite.aujourdhui());
    Ok(ecrire!(db, |tx| {
        if let Some(dossier) = dossiers::rattacher(db, tx, &permis, nouveau).await? {
            return Ok(Inscription {
                dossier,
                rattache: true,
            });
        }
        let ids = dossiers::inscrire(db, tx, std::slice::from_ref(nouveau), jour).await?;
        retenter(db, tx, &ids, permis.acteur(), permis.quand()).await?;
        let dossier = ids.first().copied().ok_or(Erreur::DossierInconnu)?;
        Ok(Inscription {
            dossier,
            rattache: false,
        })
    }))
}

fn reprendre(visite: &Saisie, saisi: &DebiteurSaisi, erreurs: &[ErreurChamp]) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page(visite, saisi, erreurs)).into_response()
}

fn page(visite: &Saisie, saisi: &DebiteurSaisi, erreurs: &[ErreurChamp]) -> Response {
    let table = &visite.caisse().habilitations;
    let portee = table.perimetre(visite.agent().role, acces::CodeAction::SaisirCreance);
    let vue = Vue {
        entete: EntetePage::nouveau("Inscrire un débiteur")
            .fil(vec![Lien::nouveau(
                "Débiteurs",
                visite.url("/{caisse}/recherche"),
            )])
            .sous_titre("Cherchez-le d’abord : un débiteur n’a qu’un dossier."),
        resume: fragments::resume_erreurs(erreurs),
        url: visite.url(ICI),
        jeton: fragments::champ_jeton(visite.jeton()),
        groupes: saisi.champs(portee.is_some_and(|p| p.nir), erreurs),
        renoncer: visite.url("/{caisse}/recherche"),
    };
    web::page(&visite.cadre("Inscrire un débiteur"), vue)
}
