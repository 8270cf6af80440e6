//! La fiche à emporter : le PDF que l'agent remet, le classeur où il travaille.

use acces::{Visite, actions};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse as _, Response};
use valeurs::DossierId;
use web::{Adresse, Numero};

use crate::fiche::{self, Fiche};

type Entetes = [(HeaderName, String); 2];

/// La fiche en PDF/A.
pub(super) async fn pdf(
    visite: Visite<actions::ConsulterDsn>,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let fiche = super::lire(&visite, id, &adresse).await?;
    let entetes = entetes(&fiche, "application/pdf", "pdf");
    let (caisse, maintenant) = (visite.caisse().nom.clone(), visite.maintenant());
    // Composer prend des millisecondes pleines : hors des fils qui servent les pages.
    let pdf = tokio::task::spawn_blocking(move || fiche::composer(&fiche, &caisse, maintenant))
        .await
        .map_err(|e| web::Erreur::interne(&e))?
        .map_err(|e| web::Erreur::interne(&e))?;
    Ok((entetes, pdf.into_octets()).into_response())
}

/// La fiche en classeur.
pub(super) async fn xlsx(
    visite: Visite<actions::ConsulterDsn>,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let fiche = super::lire(&visite, id, &adresse).await?;
    let genre = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let entetes = entetes(&fiche, genre, "xlsx");
    let classeur = tokio::task::spawn_blocking(move || fiche::classeur(&fiche))
        .await
        .map_err(|e| web::Erreur::interne(&e))??;
    Ok((entetes, classeur).into_response())
}

fn entetes(fiche: &Fiche, genre: &str, extension: &str) -> Entetes {
    let nom = fiche.nom_de_fichier(extension);
    [
        (header::CONTENT_TYPE, genre.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{nom}\""),
        ),
    ]
}
