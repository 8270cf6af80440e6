use acces::{Objet, Visite, actions};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use web::{Avis, ErreurChamp, Formulaire, FormulaireFichier};

use super::DEPOTS;
use super::dossier::sur_disque;
use super::page::{FICHIER, reprendre};

type Depot = Visite<actions::DeposerDsn>;

/// Pose le fichier dans le dossier des arrivées, et revient à la liste sans attendre qu'il soit lu.
pub(super) async fn poser(visite: Depot, envoi: FormulaireFichier) -> Result<Response, web::Erreur> {
    let Some(mut recu) = envoi
        .fichiers
        .into_iter()
        .find(|f| f.champ == FICHIER && f.taille > 0)
    else {
        let oubli = ErreurChamp::nouvelle(FICHIER, "Choisissez un fichier qui n’est pas vide.");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, reprendre(&visite, &[oubli])).into_response());
    };
    let permis = visite.permis(Objet::Caisse, None).await?;
    sur_disque(visite.caisse(), move |arrivees| {
        let nom = recu.nom_sur().to_owned();
        arrivees.poser(&permis, &nom, &mut recu.contenu)
    })
    .await?;
    let avis = "Fichier reçu : il sera lu dans quelques secondes, sans que vous ayez à attendre.";
    visite
        .rediriger(&visite.url(DEPOTS), Avis::Succes(avis.to_owned()))
        .await
}

#[derive(Deserialize)]
pub(super) struct Refuse {
    #[serde(default)]
    agent: String,
    nom: String,
}

/// Efface un fichier refusé et sa raison.
pub(super) async fn ecarter(
    visite: Depot,
    Formulaire(refuse): Formulaire<Refuse>,
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let efface = sur_disque(visite.caisse(), move |arrivees| {
        let agent = Some(refuse.agent.as_str()).filter(|a| !a.is_empty());
        arrivees.ecarter(&permis, agent, &refuse.nom)
    })
    .await?;
    let avis = if efface {
        Avis::Succes("Fichier refusé effacé.".to_owned())
    } else {
        Avis::Info("Ce fichier refusé n’y était plus.".to_owned())
    };
    visite.rediriger(&visite.url(DEPOTS), avis).await
}
