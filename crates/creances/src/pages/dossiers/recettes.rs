use acces::{Action, Perimetre, Permis};
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::{DossierId, Montant};

use crate::Erreur;
use crate::creances::lire_date;
use crate::dossiers::portee;

const TOUTES_BRANCHES: i64 = Perimetre::COTISATIONS | Perimetre::PRESTATIONS | Perimetre::SANTE;

/// Une recette d'un dossier, telle que l'agent a le droit de la voir : ce qui a éteint ses créances, et ce qui attend.
pub(super) struct Recette {
    pub(super) id: i64,
    pub(super) jour: Date,
    pub(super) mode: String,
    /// Ce qui est imputé sur les créances visibles, retours déduits.
    pub(super) impute: Montant,
    /// Ce qui attend en RAC, s'il peut être vu.
    pub(super) en_attente: Montant,
    /// Ce qui est revenu impayé.
    pub(super) revenu: Montant,
}

/// L'agent voit-il ce qui attend en RAC ? Cet argent n'est encore d'aucune branche : le montrer à qui n'en voit qu'une
/// lui dirait peut-être le paiement d'une dette qui n'est pas de ses attributions.
pub(super) fn avec_rac(perimetre: &Perimetre) -> bool {
    perimetre.bancaire || perimetre.branches & TOUTES_BRANCHES == TOUTES_BRANCHES
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    jour: String,
    mode: String,
    impute: i64,
    rac: i64,
    revenu: i64,
}

/// Les recettes d'un dossier connues à la date `au`, incluse, de la plus récente à la plus ancienne ; un retour se
/// compte avec la recette qu'il défait.
///
/// # Errors
/// [`Erreur::DossierInconnu`] si le permis est d'un autre dossier ; le refus de la base.
pub(super) async fn recettes<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    id: DossierId,
    au: Date,
) -> Result<Vec<Recette>, Erreur> {
    let perimetre = portee(permis, id).ok_or(Erreur::DossierInconnu)?;
    let lignes: Vec<Ligne> = sql!(
        "SELECT o.id, o.jour, o.mode, CAST(SUM(x.impute) AS BIGINT) AS impute, CAST(SUM(x.rac) AS BIGINT) AS rac, \
         CAST(SUM(x.revenu) AS BIGINT) AS revenu FROM (\
         SELECT COALESCE(r.retour_de, r.id) AS id, -l.montant_centimes AS impute, 0 AS rac, \
         CASE WHEN r.retour_de IS NULL THEN 0 ELSE l.montant_centimes END AS revenu \
         FROM ecriture l JOIN creance c ON c.id = l.creance_id JOIN encaissement r ON r.id = l.encaissement_id \
         WHERE l.dossier_id = $1 AND (c.branche & $2) <> 0 AND l.jour <= $3 \
         UNION ALL SELECT COALESCE(e.retour_de, e.id), 0, -w.montant_centimes, 0 \
         FROM encaissement e JOIN ecriture w ON w.encaissement_id = e.id \
         WHERE e.dossier_id = $1 AND $4 <> 0 AND w.compte = 'rac' AND w.jour <= $3) x \
         JOIN encaissement o ON o.id = x.id GROUP BY o.id, o.jour, o.mode \
         HAVING SUM(x.impute) <> 0 OR SUM(x.rac) <> 0 OR SUM(x.revenu) <> 0 ORDER BY o.jour DESC, o.id DESC"
    )
    .bind(id)
    .bind(perimetre.branches)
    .bind(au.to_string())
    .bind(avec_rac(perimetre))
    .toutes(tx)
    .await?;
    let m = Montant::de_centimes;
    lignes
        .into_iter()
        .map(|l| {
            Ok(Recette {
                id: l.id,
                jour: lire_date(&l.jour)?,
                mode: l.mode,
                impute: m(l.impute),
                en_attente: m(l.rac),
                revenu: m(l.revenu),
            })
        })
        .collect()
}
