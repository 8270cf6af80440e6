//! La preuve : chaque prélèvement est d'un mandat de son débiteur, désigne les créances de son échéancier, et n'a été présenté
//! de nouveau qu'après un échec et sur ordre ; chaque mandat s'ouvre.

use storage::{Db, lire, sql};

use super::mandat::compte;
use crate::Erreur;

/// Mandats relus d'une même vue.
const LOT: i64 = 500;

/// Un prélèvement, ou un mandat, qui n'est pas ce que le programme a noté.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrelevementAltere {
    /// Un prélèvement, par son identifiant.
    Prelevement(i64),
    /// Un mandat dont le compte ne s'ouvre plus, par son identifiant.
    Mandat(i64),
}

/// Relit chaque prélèvement et chaque mandat ; rend ceux qui sont altérés.
///
/// # Errors
/// Le refus de la base.
pub async fn verifier(db: &Db) -> Result<Vec<PrelevementAltere>, Erreur> {
    let faux: Result<Vec<(i64,)>, Erreur> = lire!(db, |tx| {
        Ok(sql!(
            "SELECT p.id FROM prelevement p JOIN echeancier e ON e.id = p.echeancier_id \
             JOIN mandat_sepa m ON m.id = p.mandat_id WHERE m.dossier_id <> e.dossier_id \
             OR EXISTS (SELECT 1 FROM echeancier_creance c WHERE c.echeancier_id = p.echeancier_id AND NOT EXISTS (\
             SELECT 1 FROM paiement_annonce a WHERE a.reference = p.reference AND a.creance_id = c.creance_id)) \
             OR EXISTS (SELECT 1 FROM paiement_annonce a WHERE a.reference = p.reference AND NOT EXISTS (\
             SELECT 1 FROM echeancier_creance c WHERE c.echeancier_id = p.echeancier_id AND c.creance_id = a.creance_id)) \
             OR (p.presentation > 1 AND NOT EXISTS (SELECT 1 FROM prelevement d JOIN prelevement_a_representer r \
             ON r.prelevement_id = d.id WHERE d.echeancier_id = p.echeancier_id AND d.rang = p.rang \
             AND d.presentation = p.presentation - 1 AND d.id < p.id)) ORDER BY p.id"
        )
        .toutes(tx)
        .await?)
    });
    let mut alteres: Vec<PrelevementAltere> = faux?
        .into_iter()
        .map(|(id,)| PrelevementAltere::Prelevement(id))
        .collect();
    let mut dernier = i64::MIN;
    loop {
        let mandats: Result<Vec<(i64, i64, Vec<u8>)>, Erreur> = lire!(db, |tx| {
            Ok(sql!(
                "SELECT id, dossier_id, compte_scelle FROM mandat_sepa WHERE id > $1 ORDER BY id LIMIT $2"
            )
            .bind(dernier)
            .bind(LOT)
            .toutes(tx)
            .await?)
        });
        let mandats = mandats?;
        for (id, dossier, scelle) in &mandats {
            if compte(db, *dossier, scelle).await.is_err() {
                alteres.push(PrelevementAltere::Mandat(*id));
            }
        }
        match mandats.last() {
            Some((id, ..)) => dernier = *id,
            None => return Ok(alteres),
        }
    }
}
