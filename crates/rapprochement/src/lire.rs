//! Le rapprochement d'une caisse, établissement par établissement.

use acces::{Permis, actions};
use storage::{Db, lire, sql};
use valeurs::Periode;

use crate::Erreur;
use crate::charger;
use crate::rapprocher::{Faits, MoisRapproche, Regles, rapprocher};

/// Ce qu'on veut d'un rapprochement.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filtre {
    /// Un seul mois ; sinon, tous ceux à partir du premier que la caisse connaît par une déclaration.
    pub mois: Option<Periode>,
}

/// Rapproche toute la caisse : donne chaque mois de chaque établissement, dans l'ordre des SIRET puis des mois.
///
/// # Errors
/// Le refus de la base, ou ce que `sur_mois` refuse.
pub async fn rapprochements<E: From<Erreur>>(
    db: &Db,
    permis: &Permis<actions::ConsulterDsn>,
    filtre: Filtre,
    regles: Regles,
    mut sur_mois: impl FnMut(MoisRapproche) -> Result<(), E>,
) -> Result<(), E> {
    if !permis.perimetre().identification {
        return Ok(());
    }
    let premier = match filtre.mois {
        Some(mois) => mois,
        None => match premier_mois(db).await? {
            Some(mois) => mois,
            None => return Ok(()),
        },
    };
    let lots: Result<_, Erreur> = lire!(db, |tx| charger::etablissements(tx).await);
    for sirets in lots.map_err(E::from)? {
        let faits: Result<Vec<Faits>, Erreur> = lire!(db, |tx| {
            let tous = charger::lies(tx, &sirets).await?;
            charger::faits(db, tx, &tous).await
        });
        for ligne in rapprocher(&faits?, regles).map_err(E::from)? {
            let voulu = match filtre.mois {
                Some(mois) => ligne.mois == mois,
                None => ligne.mois >= premier,
            };
            if voulu && sirets.contains(ligne.siret.as_str()) {
                sur_mois(ligne)?;
            }
        }
    }
    Ok(())
}

/// Le premier mois qu'une déclaration de la caisse concerne : avant lui, aucune recette ne peut être rapprochée.
pub(crate) async fn premier_mois(db: &Db) -> Result<Option<Periode>, Erreur> {
    let mois: Result<Option<String>, Erreur> = lire!(db, |tx| Ok(sql!(
        "SELECT MIN(mois) FROM dsn_declaration WHERE routee = 1"
    )
    .scalaire(tx)
    .await?));
    mois?.as_deref().map(charger::periode).transpose()
}
