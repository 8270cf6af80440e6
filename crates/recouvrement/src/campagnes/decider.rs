use acces::{Permis, actions};
use storage::{Tx, sql};

use super::lire::{EtatCampagne, lire_campagne};
use crate::Erreur;

/// Approuve une campagne préparée par un autre : elle s'émet aussitôt.
///
/// # Errors
/// [`Erreur::Campagne`] : elle n'attend pas d'approbation, ou l'agent l'a préparée ; le refus de la base.
pub async fn approuver(
    tx: &mut Tx,
    permis: &Permis<actions::ApprouverCampagne>,
    id: i64,
) -> Result<(), Erreur> {
    decider(tx, permis, id, EtatCampagne::Approuvee).await
}

/// Refuse une campagne préparée par un autre : rien n'en est émis.
///
/// # Errors
/// Comme [`approuver`].
pub async fn refuser(
    tx: &mut Tx,
    permis: &Permis<actions::ApprouverCampagne>,
    id: i64,
) -> Result<(), Erreur> {
    decider(tx, permis, id, EtatCampagne::Refusee).await
}

async fn decider(
    tx: &mut Tx,
    permis: &Permis<actions::ApprouverCampagne>,
    id: i64,
    decision: EtatCampagne,
) -> Result<(), Erreur> {
    tx.verrouiller_travail("campagnes").await?;
    let Some(campagne) = lire_campagne(tx, permis, id).await? else {
        return Err(Erreur::Campagne(
            "cette campagne n’existe pas, ou sort de vos attributions",
        ));
    };
    if campagne.etat != EtatCampagne::Preparee {
        return Err(Erreur::Campagne(
            "cette campagne n’attend pas de décision : rechargez la page",
        ));
    }
    if campagne.preparee_par == permis.acteur() {
        return Err(Erreur::Campagne(
            "une campagne s’approuve par un autre que celui qui l’a préparée : demandez à un collègue",
        ));
    }
    sql!("UPDATE campagne SET etat = $1, decidee_le = $2, decidee_par = $3 WHERE id = $4")
        .bind(decision.code())
        .bind(permis.quand().to_string())
        .bind(permis.acteur())
        .bind(id)
        .executer(tx)
        .await?;
    Ok(())
}
