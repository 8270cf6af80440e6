//! Les recettes à classer : la liste de ce qui attend, la recette et ses propositions, ce qu'un agent en fait.

mod fiche;
mod gestes;
mod liste;

use acces::Route;
use acces::actions::{ClasserRac, ConsulterRac, Rembourser};
use web::fragments::{self, TonTranche, Tranche};

use crate::encaissements::{AgesRac, Anciennete};

const LISTE: &str = "/{caisse}/rac";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get::<ConsulterRac, _, _>(LISTE, liste::montrer).rubrique("Recettes à classer"),
        Route::get::<ConsulterRac, _, _>("/{caisse}/rac/{recette}", fiche::montrer),
        Route::post::<ClasserRac, _, _>("/{caisse}/rac/{recette}/classer", gestes::classer),
        Route::post::<ClasserRac, _, _>("/{caisse}/rac/{recette}/ventiler", gestes::ventiler),
        Route::post::<Rembourser, _, _>("/{caisse}/rac/{recette}/rembourser", gestes::rembourser),
    ]
}

/// Ce qui attend, par âge.
pub(super) fn barre_des_ages(ages: &AgesRac) -> fragments::Anciennete {
    let tranches: Vec<Tranche> = Anciennete::TOUTES
        .into_iter()
        .zip(&ages.tranches)
        .map(|(age, tranche)| Tranche {
            libelle: age.libelle().to_owned(),
            ton: match age {
                Anciennete::Jusqua30 => TonTranche::Frais,
                Anciennete::De31A90 => TonTranche::Moyen,
                Anciennete::De91A180 => TonTranche::Vieux,
                Anciennete::De181A365 | Anciennete::PlusDe365 => TonTranche::Ancien,
            },
            montant: tranche.montant,
            lignes: u64::try_from(tranche.nombre).unwrap_or_default(),
        })
        .collect();
    fragments::anciennete("Ancienneté de ce qui attend", &tranches)
}
