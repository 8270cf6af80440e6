//! Les échéanciers d'une caisse, et ceux dont la fin reste à constater.

use acces::{Action, Permis};
use jiff::civil::Date;
use storage::{Tx, sql};
use web::Sens;

use super::lire::{SuiviEcheancier, relire};
use crate::Erreur;

/// Échéanciers lus à la fois quand on cherche ceux dont la fin reste à constater.
const LOT: u32 = 200;

/// Un échéancier de la liste.
#[derive(Clone, Debug)]
pub struct EcheancierListe {
    /// L'échéancier et où il en est.
    pub suivi: SuiviEcheancier,
    /// Le nom du débiteur.
    pub nom: String,
}

/// Les échéanciers des branches du permis, `limite` au plus, après (ou avant, selon le sens) celui de ce numéro ; ceux-là
/// seuls dont la fin reste à constater si `a_constater`.
///
/// # Errors
/// Le refus de la base ; une valeur que le programme n'a pas écrite.
pub async fn lister(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    a_constater: bool,
    sens: Sens,
    apres: Option<i64>,
    limite: u32,
    au: Date,
) -> Result<Vec<EcheancierListe>, Erreur> {
    if !permis.perimetre().identification {
        return Ok(Vec::new());
    }
    let voulus = usize::try_from(limite).unwrap_or(usize::MAX);
    let mut place = apres.unwrap_or(match sens {
        Sens::Croissant => i64::MIN,
        Sens::Decroissant => i64::MAX,
    });
    let mut trouves = Vec::new();
    loop {
        let lot = if a_constater { LOT } else { limite };
        let lus = numeros(tx, permis, a_constater, sens, place, lot, au).await?;
        for (id, nom) in &lus {
            let Some(suivi) = relire(tx, *id, au).await? else {
                continue;
            };
            if !a_constater || suivi.est_a_rompre() {
                trouves.push(EcheancierListe {
                    suivi,
                    nom: nom.clone(),
                });
            }
            if trouves.len() >= voulus {
                return Ok(trouves);
            }
        }
        match lus.last() {
            Some((id, _)) if a_constater => place = *id,
            _ => return Ok(trouves),
        }
    }
}

/// Leurs numéros et les noms des débiteurs ; s'il faut en constater la fin, sans ceux qui ne peuvent pas y être : constatés,
/// pas encore commencés, payés.
async fn numeros(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    a_constater: bool,
    sens: Sens,
    place: i64,
    limite: u32,
    au: Date,
) -> Result<Vec<(i64, String)>, Erreur> {
    let requete = match sens {
        Sens::Croissant => sql!(
            "SELECT e.id, d.nom, d.prenom FROM echeancier e JOIN debiteur d ON d.id = e.dossier_id \
             WHERE e.id > $1 AND EXISTS (SELECT 1 FROM echeancier_creance p JOIN creance c ON c.id = p.creance_id \
             WHERE p.echeancier_id = e.id AND (c.branche & $2) <> 0 AND ($3 = 0 OR c.reste_centimes > 0)) \
             AND ($3 = 0 OR (e.premiere < $4 AND NOT EXISTS (SELECT 1 FROM echeancier_rompu r \
             WHERE r.echeancier_id = e.id))) ORDER BY e.id LIMIT $5"
        ),
        Sens::Decroissant => sql!(
            "SELECT e.id, d.nom, d.prenom FROM echeancier e JOIN debiteur d ON d.id = e.dossier_id \
             WHERE e.id < $1 AND EXISTS (SELECT 1 FROM echeancier_creance p JOIN creance c ON c.id = p.creance_id \
             WHERE p.echeancier_id = e.id AND (c.branche & $2) <> 0 AND ($3 = 0 OR c.reste_centimes > 0)) \
             AND ($3 = 0 OR (e.premiere < $4 AND NOT EXISTS (SELECT 1 FROM echeancier_rompu r \
             WHERE r.echeancier_id = e.id))) ORDER BY e.id DESC LIMIT $5"
        ),
    };
    let lus: Vec<(i64, String, String)> = requete
        .bind(place)
        .bind(permis.perimetre().branches)
        .bind(i64::from(a_constater))
        .bind(au.to_string())
        .bind(i64::from(limite))
        .toutes(tx)
        .await?;
    let nommes = lus
        .into_iter()
        .map(|(id, nom, prenom)| (id, format!("{nom} {prenom}").trim_end().to_owned()));
    Ok(nommes.collect())
}
