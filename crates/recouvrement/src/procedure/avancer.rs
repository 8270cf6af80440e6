//! Faire avancer une créance : une étape permise, ou une étape refusée à laquelle un agent habilité passe outre.

use acces::{Action, Permis, actions};
use creances::dossiers::{NouvelEvenement, noter_evenement};
use droit::{EtapeProcedure, Nature, Parcours};
use jiff::civil::Date;
use storage::{Db, Tx, sql};

use super::charger::{Suivie, charger};
use super::constater::situer;
use crate::Erreur;

/// Contexte de scellement du motif.
pub(super) const MOTIF: &str = "fait_procedure.motif";
/// Caractères d'un motif : assez pour dire quelque chose, pas assez pour y garder un dossier.
const LONGUEURS: std::ops::RangeInclusive<usize> = 10..=1_000;

/// Enregistre une étape arrivée le `jour`, inclus, si la procédure la permet ce jour-là.
///
/// # Errors
/// [`Erreur::Refus`], [`Erreur::EtapeInconnue`], [`Erreur::DansLAvenir`] ; le refus de la base.
pub async fn avancer(
    tx: &mut Tx,
    permis: &Permis<actions::AvancerProcedure>,
    creance: i64,
    etape: &str,
    jour: Date,
    aujourdhui: Date,
) -> Result<(), Erreur> {
    let (suivie, etape) = trouver(tx, permis, creance, etape, jour, aujourdhui).await?;
    let parcours = suivie.parcours.avancer(etape, jour)?;
    garder(tx, permis, Suivie { parcours, ..suivie }, None, aujourdhui).await
}

/// Enregistre une étape que la procédure refuse ce jour-là, avec le motif de l'agent, scellé.
///
/// # Errors
/// [`Erreur::RienAPasserOutre`] si elle est permise ; [`Erreur::Refus`] si ce refus ne se surmonte pas ;
/// [`Erreur::Motif`], [`Erreur::EtapeInconnue`], [`Erreur::DansLAvenir`] ; le refus de la base ou du coffre.
#[expect(clippy::too_many_arguments, reason = "ce qu'un agent dit, et qui le dit")]
pub async fn passer_outre(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::PasserOutre>,
    creance: i64,
    etape: &str,
    jour: Date,
    motif: &str,
    aujourdhui: Date,
) -> Result<(), Erreur> {
    let motif = lire_motif(motif)?;
    let (suivie, etape) = trouver(tx, permis, creance, etape, jour, aujourdhui).await?;
    if suivie.parcours.verifier(etape, jour).is_ok() {
        return Err(Erreur::RienAPasserOutre);
    }
    let parcours = suivie.parcours.noter(etape, jour)?;
    let scelle = db
        .coffre()
        .cle(suivie.dossier.get())
        .await?
        .sceller(MOTIF, motif)?;
    let suivie = Suivie { parcours, ..suivie };
    garder(tx, permis, suivie, Some(scelle), aujourdhui).await
}

/// Le motif que l'agent donne, sans les espaces du bord.
pub(super) fn lire_motif(motif: &str) -> Result<&str, Erreur> {
    let motif = motif.trim();
    if LONGUEURS.contains(&motif.chars().count()) {
        Ok(motif)
    } else {
        Err(Erreur::Motif)
    }
}

/// La créance, verrouillée avec son dossier, et l'étape demandée.
async fn trouver<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    creance: i64,
    etape: &str,
    jour: Date,
    aujourdhui: Date,
) -> Result<(Suivie, &'static EtapeProcedure), Erreur> {
    if jour > aujourdhui {
        return Err(Erreur::DansLAvenir);
    }
    let connue = creances::creances::creance(tx, permis, creance, aujourdhui)
        .await?
        .ok_or(creances::Erreur::CreanceInconnue)?;
    tx.verrouiller_dossiers(&[connue.dossier.get()]).await?;
    let suivie = charger(tx, &[creance])
        .await?
        .pop()
        .ok_or(creances::Erreur::CreanceInconnue)?;
    let etape = etape_enregistrable(&suivie.parcours, etape).ok_or(Erreur::EtapeInconnue)?;
    Ok((suivie, etape))
}

/// L'étape de ce code, si elle s'enregistre ici : l'entrée vient de la créance, et d'autres se font au compte.
fn etape_enregistrable(parcours: &Parcours, code: &str) -> Option<&'static EtapeProcedure> {
    let etape = parcours.procedure().etape(code)?;
    (!etape.se_fait_au_compte() && etape != parcours.procedure().depart()).then_some(etape)
}

/// L'étape, telle que l'histoire du dossier la dit : « Relance amiable, malgré un refus (Assurance invalidité) ».
pub(super) fn dire(etape: &EtapeProcedure, nature: Nature, malgre_un_refus: bool) -> String {
    let malgre = if malgre_un_refus { ", malgré un refus" } else { "" };
    format!("{}{malgre} ({nature})", etape.libelle())
}

/// Garde le dernier fait du parcours, où il mène, et l'événement du dossier.
async fn garder<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    suivie: Suivie,
    motif: Option<Vec<u8>>,
    aujourdhui: Date,
) -> Result<(), Erreur> {
    let rang = suivie.parcours.faits().len() - 1;
    let fait = suivie.parcours.faits()[rang];
    let libelle = dire(fait.etape, suivie.nature, motif.is_some());
    let quand = permis.quand();
    sql!(
        "INSERT INTO fait_procedure (creance_id, rang, etape, jour, enregistre_le, auteur, motif_scelle) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    )
    .bind(suivie.creance)
    .bind(i64::try_from(rang).map_err(|_| Erreur::Illisible("rang"))?)
    .bind(fait.etape.code())
    .bind(fait.jour.to_string())
    .bind(quand.to_string())
    .bind(permis.acteur())
    .bind(motif)
    .executer(tx)
    .await?;
    let evenement = NouvelEvenement {
        jour: fait.jour,
        nature: fait.etape.code(),
        libelle: &libelle,
        branche: Some(suivie.nature.branche()),
        procedure: true,
    };
    noter_evenement(tx, suivie.dossier, &evenement, permis.acteur(), quand).await?;
    situer(tx, &[suivie], aujourdhui).await
}
