//! D'un souhait et du compte, un échéancier que la loi et la procédure admettent ; rien n'est écrit.

use acces::{Action, Permis};
use creances::creances::{Creance, creance};
use droit::{Demande, Dette, Echeancier, Poste, Rythme, Zone};
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::{DossierId, Montant};

use super::{ACCORDE, ErreurEcheancier};
use crate::Erreur;
use crate::procedure::{Suivie, charger};

/// Créances d'un dossier offertes à un échéancier, au plus.
const MAX: i64 = 200;

/// Ce que le débiteur demande, et pour quelles créances.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Souhait {
    /// Les créances, d'un même dossier et d'une même procédure.
    pub creances: Vec<i64>,
    /// La première échéance.
    pub premiere: Date,
    /// Combien de fois, ou combien par mois.
    pub rythme: Rythme,
    /// Le plan signé écrit qu'il est rompu à deux échéances impayées de suite.
    pub clause_de_rupture: bool,
}

/// Un échéancier possible, et ce qu'il échelonne.
#[derive(Clone, Debug)]
pub struct Projet {
    /// Le dossier.
    pub dossier: DossierId,
    /// Les créances et leurs parcours, dans l'ordre de leurs numéros.
    pub suivies: Vec<Suivie>,
    /// Ce qui reste dû de chacune, dans le même ordre.
    pub restes: Vec<Montant>,
    /// La demande d'où l'échéancier se refait.
    pub demande: Demande,
    /// L'échéancier.
    pub echeancier: Echeancier,
}

/// Les créances ouvertes du dossier qui suivent la même procédure que celle-ci, qui en est, dans leur ordre d'exigibilité.
///
/// # Errors
/// La créance n'existe pas pour ce permis ; le refus de la base.
pub async fn echelonnables<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    id: i64,
    au: Date,
) -> Result<Vec<Creance>, Erreur> {
    let celle_ci = creance(tx, permis, id, au)
        .await?
        .ok_or(creances::Erreur::CreanceInconnue)?;
    let droit = droit::Droit::charger();
    let procedure = droit.procedure(celle_ci.nature).code();
    let ids: Vec<(i64,)> = sql!(
        "SELECT id FROM creance WHERE dossier_id = $1 AND ouverte = 1 AND branche = $2 \
         ORDER BY exigible_le, id LIMIT $3"
    )
    .bind(celle_ci.dossier.get())
    .bind(i64::from(celle_ci.branche().bit()))
    .bind(MAX)
    .toutes(tx)
    .await?;
    let mut siennes = Vec::new();
    for (id,) in ids {
        if let Some(lue) = creance(tx, permis, id, au).await?
            && lue.est_ouverte()
            && droit.procedure(lue.nature).code() == procedure
        {
            siennes.push(lue);
        }
    }
    Ok(siennes)
}

/// L'échéancier que ce souhait donne, conclu le jour `au`.
///
/// # Errors
/// [`Erreur::Refus`] : la procédure d'une créance ne le permet pas ; [`ErreurEcheancier`] : la loi le refuse, les créances
/// ne vont pas ensemble ; le refus de la base.
pub async fn simuler<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    souhait: &Souhait,
    au: Date,
) -> Result<Projet, Erreur> {
    let suivies = charger(tx, &souhait.creances).await?;
    let premiere = suivies.first().ok_or(ErreurEcheancier::SansCreance)?;
    let (dossier, procedure) = (premiere.dossier, premiere.parcours.procedure());
    let etape = procedure.etape(ACCORDE).ok_or(ErreurEcheancier::SansEcheancier)?;
    let mut dette = Dette {
        part_ouvriere: Montant::ZERO,
        principal: Montant::ZERO,
        majorations: Montant::ZERO,
    };
    let mut restes = Vec::with_capacity(suivies.len());
    for suivie in &suivies {
        if suivie.dossier != dossier {
            return Err(creances::Erreur::CreanceInconnue.into());
        }
        if suivie.parcours.procedure().code() != procedure.code() {
            return Err(ErreurEcheancier::Melees.into());
        }
        let lue = creance(tx, permis, suivie.creance, au)
            .await?
            .ok_or(creances::Erreur::CreanceInconnue)?;
        suivie.parcours.verifier(etape, au)?;
        restes.push(ajouter(&mut dette, &lue)?);
    }
    if suivies.len() != souhait.creances.len() {
        return Err(creances::Erreur::CreanceInconnue.into());
    }
    let demande = Demande {
        procedure,
        dette,
        conclu_le: au,
        premiere: souhait.premiere,
        rythme: souhait.rythme,
        zone: Zone::du_siege(tx.caisse()),
        clause_de_rupture: souhait.clause_de_rupture,
    };
    Ok(Projet {
        dossier,
        suivies,
        restes,
        echeancier: Echeancier::proposer(&demande)?,
        demande,
    })
}

/// Ajoute à la dette ce qui reste dû d'une créance ; un poste où la caisse doit n'éteint pas les autres sans mouvement.
fn ajouter(dette: &mut Dette, lue: &Creance) -> Result<Montant, Erreur> {
    let mut total = Montant::ZERO;
    for &poste in Poste::TOUS {
        let reste = lue.reste_du_poste(poste).max(Montant::ZERO);
        let part = match poste {
            Poste::PartOuvriere => &mut dette.part_ouvriere,
            Poste::PartPatronale | Poste::Principal => &mut dette.principal,
            Poste::Majoration | Poste::Penalite | Poste::Frais => &mut dette.majorations,
        };
        *part = part.checked_add(reste)?;
        total = total.checked_add(reste)?;
    }
    if total.est_nul() {
        return Err(ErreurEcheancier::from(droit::RefusEcheancier::RienDu).into());
    }
    Ok(total)
}
