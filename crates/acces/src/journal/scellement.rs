//! Le scellement du journal, par lots.
//!
//! Une ligne n'est pas chaînée quand elle s'écrit : verrouiller la tête de la chaîne à chaque accès diviserait le
//! débit par dix-sept. Un scelleur passe ensuite et chaîne un lot : il scelle **toutes les lignes visibles**
//! après la dernière scellée, et nomme les identifiants absents de l'intervalle. Une ligne qui arrive dans un de
//! ces trous (validée tard sur PostgreSQL) est scellée par un segment suivant, qui dit l'avoir rattrapée ;
//! passé [`super::segment::DELAI_DES_TROUS`], un trou est clos. Ainsi aucune ligne n'échappe au sceau, sans
//! verrou ni hypothèse sur l'ordre des validations.

use std::path::Path;

use jiff::Timestamp;
use storage::{Db, Tx, ecrire, lire, sql};

use super::ligne::Ligne;
use super::plages::Plages;
use super::segment::{DELAI_DES_TROUS, Segment, dernier};
use super::tetes;
use crate::Erreur;

/// Lignes par segment au plus : borne la durée du verrou d'écriture et la mémoire de la vérification.
const TAILLE: i64 = 10_000;

/// Scelle tout ce que le journal a de lignes nouvelles, puis recopie les têtes hors de la base
/// (`DONNEES/journal/CODE.tetes`). Rend le nombre de lignes scellées. À lancer souvent : une minute en service.
///
/// # Errors
/// [`Erreur::ChaineRompue`] si la base est en retard sur le fichier des têtes ou le contredit ; rien n'est alors
/// scellé par-dessus.
pub async fn sceller_journal(db: &Db, donnees: &Path, maintenant: Timestamp) -> Result<u64, Erreur> {
    tetes::reporter(db, donnees).await?;
    let cle = db.coffre().cle_derivee("journal");
    let mut total = 0;
    while lire!(db, |tx| reste_t_il(tx, maintenant).await)? {
        let scellees = ecrire!(db, |tx| {
            tx.verrouiller_travail("acces.scellement").await?;
            sceller_un_lot(tx, &cle, maintenant).await
        })?;
        if scellees == 0 {
            break;
        }
        total += scellees;
    }
    if total > 0 {
        tetes::reporter(db, donnees).await?;
    }
    Ok(total)
}

async fn reste_t_il(tx: &mut Tx, maintenant: Timestamp) -> Result<bool, storage::Erreur> {
    let apres = dernier(tx).await?.map_or(0, |s| s.dernier_id);
    let neuves: i64 = sql!(
        "SELECT COUNT(*) FROM (SELECT id FROM acces_journal WHERE id > $1 ORDER BY id LIMIT 1) AS suite"
    )
    .bind(apres)
    .scalaire(tx)
    .await?;
    Ok(neuves > 0 || !rattrapees(tx, maintenant).await?.is_empty())
}

async fn sceller_un_lot(tx: &mut Tx, cle: &[u8; 32], maintenant: Timestamp) -> Result<u64, storage::Erreur> {
    let precedent = dernier(tx).await?;
    let premier_id = precedent.as_ref().map_or(1, |s| s.dernier_id + 1);
    let lignes: Vec<Ligne> = sql!(
        "SELECT id, quand_ms, acteur, role, action, dossier_id, nombre, resultat, motif, repere
         FROM acces_journal WHERE id >= $1 ORDER BY id LIMIT $2"
    )
    .bind(premier_id)
    .bind(TAILLE)
    .toutes(tx)
    .await?;
    let rattrapees = rattrapees(tx, maintenant).await?;
    if lignes.is_empty() && rattrapees.is_empty() {
        return Ok(0);
    }
    let dernier_id = lignes.last().map_or(premier_id - 1, |l| l.id);
    let ids: Vec<i64> = rattrapees.iter().map(|l| l.id).collect();
    let empreintes: Vec<u8> = lignes
        .iter()
        .chain(&rattrapees)
        .flat_map(|l| l.empreinte(cle))
        .collect();
    let nombre = lignes.len() + rattrapees.len();
    let mut segment = Segment {
        rang: precedent.as_ref().map_or(1, |s| s.rang + 1),
        scelle_le_ms: maintenant.as_millisecond(),
        premier_id,
        dernier_id,
        nombre: i64::try_from(nombre).unwrap_or(i64::MAX),
        absents: Plages::trous(premier_id, dernier_id, lignes.iter().map(|l| l.id)).to_string(),
        rattrapes: Plages::des(&ids).to_string(),
        empreintes,
        tete: Vec::new(),
    };
    segment.tete = segment.tete_attendue(cle, precedent.as_ref().map_or(&[], |s| &s.tete));
    sql!(
        "INSERT INTO acces_scellement (rang, scelle_le_ms, premier_id, dernier_id, nombre, absents, rattrapes,
                                       empreintes, tete)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    )
    .bind(segment.rang)
    .bind(segment.scelle_le_ms)
    .bind(segment.premier_id)
    .bind(segment.dernier_id)
    .bind(segment.nombre)
    .bind(segment.absents)
    .bind(segment.rattrapes)
    .bind(segment.empreintes)
    .bind(segment.tete)
    .executer(tx)
    .await?;
    Ok(u64::try_from(nombre).unwrap_or(u64::MAX))
}

/// Les lignes arrivées dans un trou encore ouvert et pas encore scellées, par identifiant.
async fn rattrapees(tx: &mut Tx, maintenant: Timestamp) -> Result<Vec<Ligne>, storage::Erreur> {
    let depuis = maintenant
        .saturating_sub(DELAI_DES_TROUS)
        .map_or(i64::MIN, Timestamp::as_millisecond);
    let recents: Vec<(String, String)> =
        sql!("SELECT absents, rattrapes FROM acces_scellement WHERE scelle_le_ms >= $1 AND (absents <> '' OR rattrapes <> '') ORDER BY rang")
            .bind(depuis)
            .toutes(tx)
            .await?;
    let deja: Vec<Plages> = recents.iter().filter_map(|(_, r)| Plages::lire(r)).collect();
    let mut lignes = Vec::new();
    for (debut, fin) in recents
        .iter()
        .filter_map(|(a, _)| Plages::lire(a))
        .flat_map(|p| p.iter().collect::<Vec<_>>())
    {
        let dedans: Vec<Ligne> = sql!(
            "SELECT id, quand_ms, acteur, role, action, dossier_id, nombre, resultat, motif, repere
             FROM acces_journal WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT $3"
        )
        .bind(debut)
        .bind(fin)
        .bind(TAILLE)
        .toutes(tx)
        .await?;
        lignes.extend(
            dedans
                .into_iter()
                .filter(|l| !deja.iter().any(|p| p.contient(l.id))),
        );
    }
    Ok(lignes)
}
