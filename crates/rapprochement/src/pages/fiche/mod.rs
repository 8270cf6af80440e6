//! La fiche de synthèse d'un adhérent, à l'écran, en PDF et en classeur.

mod exports;
mod page;

use acces::{Permis, Route, Visite, actions};
use creances::pages::permis_du_dossier;
use valeurs::DossierId;
use web::Adresse;

use super::mois_de_l_adresse;
use crate::Erreur;
use crate::fiche::{self, Fiche, Intervalle};
use crate::rapprocher::Regles;

pub(super) fn routes() -> Vec<Route> {
    use actions::ConsulterDsn;
    vec![
        Route::get::<ConsulterDsn, _, _>("/{caisse}/dossiers/{dossier}/synthese", page::montrer),
        Route::get::<ConsulterDsn, _, _>("/{caisse}/dossiers/{dossier}/synthese.pdf", exports::pdf),
        Route::get::<ConsulterDsn, _, _>("/{caisse}/dossiers/{dossier}/synthese.xlsx", exports::xlsx),
    ]
}

/// La fiche que l'adresse demande : `?du=2025-01&au=2026-01`, les treize derniers mois finis sans elle.
async fn lire(
    visite: &Visite<actions::ConsulterDsn>,
    dossier: DossierId,
    adresse: &Adresse,
) -> Result<Fiche, web::Erreur> {
    let permis: Permis<actions::ConsulterDsn> = permis_du_dossier(visite, dossier).await?;
    let aujourdhui = visite.aujourdhui();
    let demande = |nom| mois_de_l_adresse(adresse, nom);
    let intervalle = Intervalle::demande(demande("du"), demande("au"), aujourdhui)?;
    let regles = Regles {
        au: aujourdhui,
        tolerance: 0,
    };
    let lue: Result<Fiche, Erreur> = fiche::lire(visite.db(), &permis, dossier, intervalle, regles).await;
    Ok(lue?)
}
