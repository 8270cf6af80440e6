//! Qui peut voir quoi : le permis de l'objet que l'adresse désigne.

use acces::{Action, CodeAction, Objet, Permis, Visite};
use storage::{lire, sql};
use valeurs::DossierId;

use crate::Erreur;

/// Ce que le journal garde d'un refus : assez pour le DPO, rien de la personne.
const HORS_PORTEE: &str = "hors de portée ou inexistant";

/// Les branches où l'agent agit ; une action sans branche (commenter) se tient à celles qu'il consulte.
fn branches<A: Action>(visite: &Visite<A>) -> i64 {
    let table = &visite.caisse().habilitations;
    let de = |action| {
        table
            .perimetre(visite.agent().role, action)
            .map_or(0, |p| p.branches)
    };
    match de(A::CODE) {
        0 => de(CodeAction::ConsulterDossier),
        branches => branches,
    }
}

/// Accorde l'action sur un dossier dont une branche au moins est de l'agent, ou qui n'en a encore aucune ; une
/// seule ligne au journal, accordée ou refusée.
///
/// # Errors
/// [`web::Erreur::NonTrouve`] si le dossier n'existe pas ou n'est pas de l'agent ; la base.
pub async fn dossier<A: Action>(visite: &Visite<A>, id: DossierId) -> Result<Permis<A>, web::Erreur> {
    let siennes: Result<Option<(i64,)>, Erreur> = lire!(visite.db(), |tx| {
        Ok(sql!("SELECT branches FROM debiteur WHERE id = $1")
            .bind(id)
            .au_plus_une(tx)
            .await?)
    });
    match siennes? {
        Some((siennes,)) if siennes == 0 || siennes & branches(visite) != 0 => {
            visite.permis(Objet::Dossier(id), None).await
        }
        _ => Err(visite.refuser(Objet::Dossier(id), HORS_PORTEE).await),
    }
}

/// Accorde l'action sur une créance de la branche de l'agent ; le journal garde son dossier.
///
/// # Errors
/// [`web::Erreur::NonTrouve`] si la créance n'existe pas ou n'est pas de l'agent ; la base.
pub async fn creance<A: Action>(visite: &Visite<A>, id: i64) -> Result<(Permis<A>, DossierId), web::Erreur> {
    let situee: Result<Option<(i64, i64)>, Erreur> = lire!(visite.db(), |tx| {
        Ok(sql!("SELECT dossier_id, branche FROM creance WHERE id = $1")
            .bind(id)
            .au_plus_une(tx)
            .await?)
    });
    let Some((dossier, branche)) = situee? else {
        return Err(visite.refuser(Objet::Caisse, HORS_PORTEE).await);
    };
    let dossier = DossierId::new(dossier);
    if branche & branches(visite) == 0 {
        return Err(visite.refuser(Objet::Dossier(dossier), HORS_PORTEE).await);
    }
    Ok((visite.permis(Objet::Dossier(dossier), None).await?, dossier))
}
