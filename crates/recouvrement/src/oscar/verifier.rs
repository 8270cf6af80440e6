//! La preuve : chaque portefeuille est le dernier état de son histoire.

use storage::{Db, lire, sql};

use crate::Erreur;

/// Un dossier dont le portefeuille gardé n'est pas celui de sa dernière attribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributionDivergente {
    /// Le dossier.
    pub dossier: i64,
}

/// Compare chaque portefeuille à la dernière attribution du dossier dans le service, dans les deux sens.
///
/// # Errors
/// Le refus de la base.
pub async fn verifier(db: &Db) -> Result<Vec<AttributionDivergente>, Erreur> {
    let dossiers: Result<Vec<(i64,)>, Erreur> = lire!(db, |tx| {
        Ok(sql!(
            "SELECT d.dossier_id FROM (SELECT dossier_id, service, MAX(id) AS derniere FROM attribution_dossier \
             GROUP BY dossier_id, service) d JOIN attribution_dossier a ON a.id = d.derniere \
             LEFT JOIN portefeuille p ON p.dossier_id = d.dossier_id AND p.service = d.service \
             WHERE COALESCE(a.agent, '') <> COALESCE(p.agent, '') \
             UNION SELECT p.dossier_id FROM portefeuille p WHERE NOT EXISTS (SELECT 1 FROM attribution_dossier a \
             WHERE a.dossier_id = p.dossier_id AND a.service = p.service) ORDER BY 1"
        )
        .toutes(tx)
        .await?)
    });
    Ok(dossiers?
        .into_iter()
        .map(|(dossier,)| AttributionDivergente { dossier })
        .collect())
}
