//! Le parcours d'une créance, et qui l'a fait avancer.

use acces::{Action, Permis};
use creances::creances::{Creance, creance};
use droit::Parcours;
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, Tx, sql};

use super::avancer::MOTIF;
use super::charger::charger;
use crate::Erreur;

/// Une créance, son parcours, et les faits qui le font.
pub struct Suivi {
    /// La créance, au jour demandé.
    pub creance: Creance,
    /// Son parcours, jusqu'au dernier fait.
    pub parcours: Parcours,
    /// Les faits enregistrés, dans l'ordre du parcours ; l'entrée, qui y est la première, n'en est pas.
    pub faits: Vec<FaitGarde>,
}

/// Qui a enregistré un fait, et quand ; le fait lui-même est dans le parcours.
#[derive(Clone, PartialEq, Eq)]
pub struct FaitGarde {
    /// Quand il a été enregistré.
    pub enregistre_le: Timestamp,
    /// Par qui.
    pub auteur: String,
    /// Pourquoi il a passé outre à un refus ; tu à qui n'a pas la classe « commentaires ».
    pub motif: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    enregistre_le: String,
    auteur: String,
    motif_scelle: Option<Vec<u8>>,
}

/// Où en est une créance des branches du permis ; `None` si elle n'existe pas ou n'en est pas.
///
/// # Errors
/// Le refus de la base ou du coffre ; une date qui ne se calcule pas.
pub async fn suivi<A: Action>(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<A>,
    id: i64,
    au: Date,
) -> Result<Option<Suivi>, Erreur> {
    let Some(creance) = creance(tx, permis, id, au).await? else {
        return Ok(None);
    };
    let Some(suivie) = charger(tx, &[id]).await?.pop() else {
        return Ok(None);
    };
    let lignes: Vec<Ligne> = sql!(
        "SELECT enregistre_le, auteur, motif_scelle FROM fait_procedure WHERE creance_id = $1 ORDER BY rang"
    )
    .bind(id)
    .toutes(tx)
    .await?;
    let mut faits = Vec::new();
    for ligne in lignes {
        let motif = match ligne.motif_scelle {
            Some(scelle) if permis.perimetre().commentaires => {
                let cle = db.coffre().cle(suivie.dossier.get()).await?;
                Some(cle.desceller(MOTIF, &scelle)?)
            }
            _ => None,
        };
        faits.push(FaitGarde {
            enregistre_le: ligne
                .enregistre_le
                .parse()
                .map_err(|_| Erreur::Illisible("instant"))?,
            auteur: ligne.auteur,
            motif,
        });
    }
    Ok(Some(Suivi {
        creance,
        parcours: suivie.parcours,
        faits,
    }))
}
