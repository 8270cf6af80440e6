use acces::{Visite, actions};
use axum::response::Response;
use serde::Deserialize;
use storage::ecrire;
use valeurs::DossierId;
use web::{Avis, Formulaire, Numero};

use crate::Erreur;
use crate::dossiers;
use crate::pages::portee;

#[derive(Deserialize)]
pub(super) struct Commente {
    texte: String,
}

/// Ajoute un commentaire à la fiche du dossier.
pub(super) async fn commenter(
    visite: Visite<actions::CommenterDossier>,
    Numero(id): Numero<DossierId>,
    Formulaire(commente): Formulaire<Commente>,
) -> Result<Response, web::Erreur> {
    let permis = portee::dossier(&visite, id).await?;
    let ecrit: Result<(), Erreur> = ecrire!(visite.db(), |tx| {
        dossiers::commenter(visite.db(), tx, &permis, id, &commente.texte).await
    });
    ecrit?;
    let url = visite.url(&format!("/{{caisse}}/dossiers/{id}#commentaires"));
    visite
        .rediriger(
            &url,
            Avis::Succes("Le commentaire est ajouté à la fiche.".to_owned()),
        )
        .await
}
