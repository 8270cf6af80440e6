//! La fraude ou la fausse déclaration qu'un agent retient d'une créance : elle en allonge la prescription (CRPM L725-12).

use acces::{Permis, actions};
use creances::dossiers::{NouvelEvenement, noter_evenement};
use jiff::civil::Date;
use storage::{Db, Tx, sql};

use super::avancer::lire_motif;
use super::charger::charger;
use super::constater::situer;
use crate::Erreur;

/// Contexte de scellement du motif.
const MOTIF: &str = "fraude_creance.motif";

/// Retient une fraude d'une créance, ou l'écarte, avec le motif de l'agent, scellé ; ses délais se recomptent aussitôt.
///
/// # Errors
/// [`Erreur::Motif`] ; [`Erreur::FraudeDejaDite`] ; le refus de la base ou du coffre ; une date qui ne se calcule pas.
pub async fn noter_fraude(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::PasserOutre>,
    creance: i64,
    retenue: bool,
    motif: &str,
    aujourdhui: Date,
) -> Result<(), Erreur> {
    let motif = lire_motif(motif)?;
    let connue = creances::creances::creance(tx, permis, creance, aujourdhui)
        .await?
        .ok_or(creances::Erreur::CreanceInconnue)?;
    tx.verrouiller_dossiers(&[connue.dossier.get()]).await?;
    if fraude_retenue(tx, creance).await? == retenue {
        return Err(Erreur::FraudeDejaDite);
    }
    let scelle = db
        .coffre()
        .cle(connue.dossier.get())
        .await?
        .sceller(MOTIF, motif)?;
    let id = tx.reserver("fraude_creance", 1).await?;
    sql!(
        "INSERT INTO fraude_creance (id, creance_id, retenue, motif_scelle, enregistre_le, auteur) \
         VALUES ($1, $2, $3, $4, $5, $6)"
    )
    .bind(id.first().copied().unwrap_or_default())
    .bind(creance)
    .bind(i64::from(retenue))
    .bind(scelle)
    .bind(permis.quand().to_string())
    .bind(permis.acteur())
    .executer(tx)
    .await?;
    let dit = if retenue {
        "Fraude retenue"
    } else {
        "Fraude écartée"
    };
    let evenement = NouvelEvenement {
        jour: aujourdhui,
        nature: "fraude",
        libelle: &format!("{dit} ({})", connue.nature),
        branche: Some(connue.nature.branche()),
        procedure: false,
    };
    noter_evenement(tx, connue.dossier, &evenement, permis.acteur(), permis.quand()).await?;
    let suivies = charger(tx, &[creance]).await?;
    situer(tx, &suivies, aujourdhui).await
}

/// Une fraude est-elle retenue de cette créance ?
///
/// # Errors
/// Le refus de la base.
pub async fn fraude_retenue(tx: &mut Tx, creance: i64) -> Result<bool, Erreur> {
    let dite: Option<(i64,)> =
        sql!("SELECT retenue FROM fraude_creance WHERE creance_id = $1 ORDER BY id DESC LIMIT 1")
            .bind(creance)
            .au_plus_une(tx)
            .await?;
    Ok(dite.is_some_and(|(retenue,)| retenue == 1))
}
