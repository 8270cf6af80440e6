use acces::{Visite, actions};
use axum::response::Response;
use storage::lire;
use valeurs::DossierId;
use web::{Adresse, Genre, Numero, telecharger};

use crate::Erreur;
use crate::cai::{self, Cai, compte};
use crate::pages::portee;

/// Le compte en classeur.
pub(super) async fn xlsx(
    visite: Visite<actions::ExporterCai>,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let cai = lire_compte(&visite, id, &adresse).await?;
    Ok(telecharger(&nom(&cai), Genre::Xlsx, cai::xlsx(&cai)?))
}

/// Le compte en CSV pour tableur.
pub(super) async fn csv(
    visite: Visite<actions::ExporterCai>,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let cai = lire_compte(&visite, id, &adresse).await?;
    Ok(telecharger(&nom(&cai), Genre::Csv, cai::csv(&cai).into()))
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

fn nom(cai: &Cai) -> String {
    format!("cai-dossier-{}-au-{}", cai.en_tete.dossier, cai.en_tete.au)
}
