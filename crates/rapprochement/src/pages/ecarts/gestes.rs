//! Ce qu'un agent fait d'un écart, ou de plusieurs.

use acces::{CodeAction, Objet, Visite, actions};
use axum::response::Response;
use serde::Deserialize;
use storage::ecrire;
use web::{Avis, ErreurChamp, Formulaire, Numero, Rien};

use super::fiche::{Saisie, page, permis};
use super::{ECARTS, trouver, url};
use crate::Erreur;
use crate::ecarts::{self, Motif};

type Traitement = Visite<actions::TraiterEcart>;

#[derive(Deserialize)]
pub(super) struct Attribution {
    #[serde(default)]
    agent: String,
    #[serde(default)]
    ecart: Vec<i64>,
}

#[derive(Deserialize)]
pub(super) struct Commentaire {
    #[serde(default)]
    commentaire: String,
}

#[derive(Deserialize)]
pub(super) struct Cloture {
    #[serde(default)]
    motif: String,
    #[serde(default)]
    precision: String,
}

/// Le champ qu'un refus désigne ; une panne reste une page d'erreur.
fn du_champ(erreur: Erreur, texte: &'static str) -> Result<ErreurChamp, web::Erreur> {
    let champ = match &erreur {
        Erreur::MotifADire | Erreur::Commentaire | Erreur::EmployeurInconnu => texte,
        _ => return Err(erreur.into()),
    };
    Ok(ErreurChamp::nouvelle(champ, web::phrase(&erreur)))
}

/// L'agent choisi, s'il traite des écarts ; le texte vide est « personne ».
async fn agent_choisi(visite: &Traitement, agent: &str) -> Result<Option<Option<String>>, web::Erreur> {
    if agent.is_empty() {
        return Ok(Some(None));
    }
    let collegues = visite.habilites(CodeAction::TraiterEcart).await?;
    let connu = collegues.into_iter().find(|c| c.identifiant == agent);
    Ok(connu.map(|c| Some(c.identifiant)))
}

pub(super) async fn attribuer(
    visite: Traitement,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Attribution>,
) -> Result<Response, web::Erreur> {
    let Some(agent) = agent_choisi(&visite, &f.agent).await? else {
        let refus = ErreurChamp::nouvelle("agent", "Choisissez un agent de la liste.");
        return page(&visite, id, &Saisie::default(), &[refus]).await;
    };
    let permis = permis(&visite, &trouver(&visite, id).await?).await?;
    let fait: Result<(), Erreur> = ecrire!(visite.db(), |tx| {
        ecarts::attribuer(tx, &permis, id, agent.as_deref()).await
    });
    fait?;
    let avis = if agent.is_some() {
        "L’écart est attribué."
    } else {
        "L’écart est rendu à tous."
    };
    visite
        .rediriger(&url(&visite, id), Avis::Succes(avis.to_owned()))
        .await
}

/// Attribue les écarts cochés dans la liste ; ceux qui ne sont plus ouverts sont laissés.
pub(super) async fn attribuer_plusieurs(
    visite: Traitement,
    Formulaire(f): Formulaire<Attribution>,
) -> Result<Response, web::Erreur> {
    let liste = visite.url(ECARTS);
    if f.ecart.is_empty() {
        let avis = Avis::Alerte("Cochez d’abord les écarts à attribuer.".to_owned());
        return visite.rediriger(&liste, avis).await;
    }
    let Some(agent) = agent_choisi(&visite, &f.agent).await? else {
        let avis = Avis::Alerte("Choisissez un agent de la liste.".to_owned());
        return visite.rediriger(&liste, avis).await;
    };
    let nombre = u64::try_from(f.ecart.len()).unwrap_or(u64::MAX);
    let permis = visite.permis(Objet::Liste { nombre }, None).await?;
    let laisses: Result<u64, Erreur> = ecrire!(visite.db(), |tx| {
        let mut laisses = 0;
        for &id in &f.ecart {
            match ecarts::attribuer(tx, &permis, id, agent.as_deref()).await {
                Ok(()) => {}
                Err(Erreur::EcartFerme | Erreur::EcartInconnu) => laisses += 1,
                Err(e) => return Err(e),
            }
        }
        Ok(laisses)
    });
    let avis = match (nombre, laisses?) {
        (1, 0) => Avis::Succes("1 écart est attribué.".to_owned()),
        (n, 0) => Avis::Succes(format!("{n} écarts sont attribués.")),
        (n, laisses) => Avis::Info(format!(
            "Attribués : {} ; laissés, car ils ne sont plus ouverts : {laisses}.",
            n - laisses
        )),
    };
    visite.rediriger(&liste, avis).await
}

pub(super) async fn commenter(
    visite: Traitement,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Commentaire>,
) -> Result<Response, web::Erreur> {
    let permis = permis(&visite, &trouver(&visite, id).await?).await?;
    let fait: Result<(), Erreur> = ecrire!(visite.db(), |tx| {
        ecarts::commenter(visite.db(), tx, &permis, id, &f.commentaire).await
    });
    if let Err(erreur) = fait {
        let refus = du_champ(erreur, "commentaire")?;
        let saisie = Saisie {
            commentaire: f.commentaire,
            ..Saisie::default()
        };
        return page(&visite, id, &saisie, &[refus]).await;
    }
    visite
        .rediriger(
            &url(&visite, id),
            Avis::Succes("Le commentaire est ajouté.".to_owned()),
        )
        .await
}

pub(super) async fn clore(
    visite: Traitement,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Cloture>,
) -> Result<Response, web::Erreur> {
    let ecart = trouver(&visite, id).await?;
    let permis = permis(&visite, &ecart).await?;
    let refus = match f.motif.parse::<Motif>() {
        Err(()) => Some(ErreurChamp::nouvelle("motif", "Choisissez un motif de la liste.")),
        Ok(motif) => {
            let fait: Result<(), Erreur> = ecrire!(visite.db(), |tx| {
                ecarts::clore(visite.db(), tx, &permis, id, motif, &f.precision).await
            });
            fait.err().map(|e| du_champ(e, "precision")).transpose()?
        }
    };
    if let Some(refus) = refus {
        let saisie = Saisie {
            motif: f.motif,
            precision: f.precision,
            ..Saisie::default()
        };
        return page(&visite, id, &saisie, &[refus]).await;
    }
    visite
        .rediriger(&url(&visite, id), Avis::Succes("L’écart est clos.".to_owned()))
        .await
}

pub(super) async fn rouvrir(
    visite: Traitement,
    Numero(id): Numero<i64>,
    Formulaire(Rien {}): Formulaire<Rien>,
) -> Result<Response, web::Erreur> {
    let permis = permis(&visite, &trouver(&visite, id).await?).await?;
    let fait: Result<(), Erreur> = ecrire!(visite.db(), |tx| ecarts::rouvrir(tx, &permis, id).await);
    fait?;
    visite
        .rediriger(&url(&visite, id), Avis::Succes("L’écart est rouvert.".to_owned()))
        .await
}
