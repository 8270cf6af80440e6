use acces::{Visite, actions};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse as _, Response};
use storage::lire;
use valeurs::DossierId;
use web::{Adresse, Numero};

use crate::Erreur;
use crate::cai::{self, Cai, compte};
use crate::pages::portee;

type Entetes = [(HeaderName, String); 2];

/// Le compte en classeur.
pub(super) async fn xlsx(
    visite: Visite<actions::ExporterCai>,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let cai = lire_compte(&visite, id, &adresse).await?;
    let classeur = cai::xlsx(&cai)?;
    let genre = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok((entetes(&cai, genre, "xlsx"), classeur).into_response())
}

/// Le compte en CSV pour tableur.
pub(super) async fn csv(
    visite: Visite<actions::ExporterCai>,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let cai = lire_compte(&visite, id, &adresse).await?;
    Ok((entetes(&cai, "text/csv; charset=utf-8", "csv"), cai::csv(&cai)).into_response())
}

async fn lire_compte(
    visite: &Visite<actions::ExporterCai>,
    id: DossierId,
    adresse: &Adresse,
) -> Result<Cai, web::Erreur> {
    let permis = portee::dossier(visite, id).await?;
    let au = adresse.au().unwrap_or_else(|| visite.aujourdhui());
    let lu: Result<Cai, Erreur> = lire!(visite.db(), |tx| compte(tx, &permis, id, au).await);
    Ok(lu?)
}

/// Le nom du fichier ne dit que le numéro du dossier et la date : il traîne dans un dossier de téléchargements.
fn entetes(cai: &Cai, genre: &str, extension: &str) -> Entetes {
    let nom = format!(
        "cai-dossier-{}-au-{}.{extension}",
        cai.en_tete.dossier, cai.en_tete.au
    );
    [
        (header::CONTENT_TYPE, genre.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{nom}\""),
        ),
    ]
}
