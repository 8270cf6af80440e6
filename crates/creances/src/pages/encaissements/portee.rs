use acces::{Action, CodeAction, Objet, Permis, Visite};
use storage::{lire, sql};
use valeurs::DossierId;

use crate::Erreur;

/// Ce que le journal garde d'un refus : assez pour le DPO, rien de la personne.
const HORS_PORTEE: &str = "recette hors de portée ou inexistante";

#[derive(sqlx::FromRow)]
struct Situation {
    dossier_id: Option<i64>,
    branches: Option<i64>,
    imputee: i64,
}

/// Accorde l'action sur une recette. Ce qui attend en RAC, ou n'est à personne, n'est qu'à qui consulte la RAC ; un
/// service qui ne voit qu'une branche ne voit que les recettes qui y ont payé quelque chose.
///
/// # Errors
/// [`web::Erreur::NonTrouve`], journalisé, si la recette n'existe pas ou n'est pas de l'agent ; la base.
pub(in crate::pages) async fn portee_de_la_recette<A: Action>(
    visite: &Visite<A>,
    id: i64,
) -> Result<Permis<A>, web::Erreur> {
    let table = &visite.caisse().habilitations;
    let siennes = table
        .perimetre(visite.agent().role, A::CODE)
        .map_or(0, |p| p.branches);
    let lue: Result<Option<Situation>, Erreur> = lire!(visite.db(), |tx| {
        Ok(sql!(
            "SELECT r.dossier_id, d.branches, CAST(CASE WHEN EXISTS (SELECT 1 FROM ecriture e \
             JOIN creance c ON c.id = e.creance_id WHERE e.encaissement_id = r.id AND (c.branche & $2) <> 0) \
             THEN 1 ELSE 0 END AS BIGINT) AS imputee \
             FROM encaissement r LEFT JOIN debiteur d ON d.id = r.dossier_id WHERE r.id = $1"
        )
        .bind(id)
        .bind(siennes)
        .au_plus_une(tx)
        .await?)
    });
    let Some(Situation {
        dossier_id,
        branches,
        imputee,
    }) = lue?
    else {
        return Err(visite.refuser(Objet::Caisse, HORS_PORTEE).await);
    };
    let objet = dossier_id.map_or(Objet::Caisse, |d| Objet::Dossier(DossierId::new(d)));
    let du_dossier = branches.is_none_or(|b| b == 0 || b & siennes != 0);
    let visible = siennes != 0 && du_dossier && (imputee == 1 || visite.peut(CodeAction::ConsulterRac));
    if visible {
        visite.permis(objet, None).await
    } else {
        Err(visite.refuser(objet, HORS_PORTEE).await)
    }
}
