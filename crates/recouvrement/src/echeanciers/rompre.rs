//! Constater qu'un échéancier est rompu, ou fini sans être payé : la poursuite reprend.

use acces::{Permis, actions};
use droit::EtatEcheancier;
use jiff::civil::Date;
use storage::{Db, Tx, sql};

use super::{EMPECHEMENT, ErreurEcheancier, ROMPU, echeancier};
use crate::Erreur;
use crate::procedure::{Suivie, charger, garder_les_derniers};

/// Constate la fin d'un échéancier et fait l'étape de chacune de ses créances qu'il arrête encore, au jour où il ne protège
/// plus ; `None` s'il n'existe pas ou n'est pas du permis.
///
/// # Errors
/// [`ErreurEcheancier::PasRompu`], [`ErreurEcheancier::DejaRompu`] ; [`Erreur::Refus`] ; le refus de la base ou du coffre.
pub async fn rompre(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::AccorderEcheancier>,
    id: i64,
    au: Date,
) -> Result<Option<()>, Erreur> {
    let Some(connu) = echeancier(tx, permis, id, au).await? else {
        return Ok(None);
    };
    tx.verrouiller_dossiers(&[connu.accorde.dossier.get()]).await?;
    let Some(lu) = echeancier(tx, permis, id, au).await? else {
        return Ok(None);
    };
    if lu.accorde.rompu.is_some() {
        return Err(ErreurEcheancier::DejaRompu.into());
    }
    let fin = match &lu.suivi.etat {
        EtatEcheancier::Rompu(fin) | EtatEcheancier::Expire(fin) if lu.est_a_rompre() => fin,
        _ => return Err(ErreurEcheancier::PasRompu.into()),
    };
    let creances: Vec<i64> = lu.accorde.creances.iter().map(|(id, _)| *id).collect();
    let mut avancees = Vec::new();
    for suivie in charger(tx, &creances).await? {
        // Soldée, ou déjà rompue à la main : il ne l'arrête plus.
        let parcours = &suivie.parcours;
        let arretee = parcours
            .empechements()
            .any(|(quoi, _)| quoi.code() == EMPECHEMENT);
        let ouverte = creances::creances::creance(tx, permis, suivie.creance, au)
            .await?
            .is_some_and(|creance| creance.est_ouverte());
        if !arretee || !ouverte {
            continue;
        }
        let etape = parcours
            .procedure()
            .etape(ROMPU)
            .ok_or(ErreurEcheancier::SansEcheancier)?;
        // Un fait arrivé depuis la rupture reste avant elle dans le parcours.
        let jour = parcours
            .faits()
            .last()
            .map_or(fin.jour, |fait| fait.jour.max(fin.jour));
        let parcours = suivie.parcours.avancer(etape, jour)?;
        avancees.push(Suivie { parcours, ..suivie });
    }
    sql!("INSERT INTO echeancier_rompu (echeancier_id, jour, enregistre_le, auteur) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(fin.jour.to_string())
        .bind(permis.quand().to_string())
        .bind(permis.acteur())
        .executer(tx)
        .await?;
    garder_les_derniers(db, tx, &avancees, permis.acteur(), permis.quand(), au).await?;
    Ok(Some(()))
}
