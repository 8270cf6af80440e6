//! La fiche à emporter : le PDF que l'agent remet, le classeur où il travaille.

use acces::{Visite, actions};
use axum::response::Response;
use valeurs::DossierId;
use web::{Adresse, Genre, Numero, telecharger};

use crate::fiche;

/// La fiche en PDF/A.
pub(super) async fn pdf(
    visite: Visite<actions::ConsulterDsn>,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let fiche = super::lire(&visite, id, &adresse).await?;
    let nom = fiche.nom_de_fichier();
    let (caisse, maintenant) = (visite.caisse().nom.clone(), visite.maintenant());
    // Composer prend des millisecondes pleines : hors des fils qui servent les pages.
    let pdf = tokio::task::spawn_blocking(move || fiche::composer(&fiche, &caisse, maintenant))
        .await
        .map_err(|e| web::Erreur::interne(&e))?
        .map_err(|e| web::Erreur::interne(&e))?;
    Ok(telecharger(&nom, Genre::Pdf, pdf.into_octets()))
}

/// La fiche en classeur.
pub(super) async fn xlsx(
    visite: Visite<actions::ConsulterDsn>,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let fiche = super::lire(&visite, id, &adresse).await?;
    let nom = fiche.nom_de_fichier();
    let classeur = tokio::task::spawn_blocking(move || fiche::classeur(&fiche))
        .await
        .map_err(|e| web::Erreur::interne(&e))??;
    Ok(telecharger(&nom, Genre::Xlsx, classeur))
}
