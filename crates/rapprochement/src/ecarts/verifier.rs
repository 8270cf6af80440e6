//! La preuve : ce qui est constaté se refait depuis les faits.

use std::collections::BTreeSet;

use storage::{Db, Lot, lire};

use super::constater::{comparer, constates, derniere_passe, rapprocher_lot, touches};
use crate::Erreur;
use crate::charger;
use crate::lire::premier_mois;

/// Un établissement dont le constat gardé n'est pas ce que les faits disent : par son dossier, si la caisse le connaît.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Divergence {
    /// Le dossier de l'employeur.
    pub dossier: Option<i64>,
}

/// Refait le constat au jour de la dernière passe et le compare à ce qui est gardé, hors des établissements que des faits
/// plus récents touchent : la passe suivante les reverra. Sans passe encore, rien n'est à prouver.
///
/// # Errors
/// Le refus de la base.
pub async fn verifier(db: &Db) -> Result<Vec<Divergence>, Erreur> {
    let lu: Result<_, Erreur> = lire!(db, |tx| derniere_passe(tx).await);
    let Some(passe) = lu? else {
        return Ok(Vec::new());
    };
    let premier = premier_mois(db).await?;
    if premier != passe.premier_mois {
        return Ok(Vec::new());
    }
    let lu: Result<_, Erreur> = lire!(db, |tx| {
        Ok((touches(tx, passe.surs).await?, charger::etablissements(tx).await?))
    });
    let (a_revoir, lots) = lu?;
    let mut divergences = Vec::new();
    for lot in lots {
        let sirets: BTreeSet<String> = lot.difference(&a_revoir).cloned().collect();
        let lignes = rapprocher_lot(db, &sirets, premier, passe.jour).await?;
        let lu: Result<_, Erreur> = lire!(db, |tx| {
            let faux = comparer(&constates(tx, &sirets).await?, &lignes).sirets();
            dossiers(tx, &faux).await
        });
        divergences.extend(lu?);
    }
    Ok(divergences)
}

async fn dossiers(tx: &mut storage::Tx, sirets: &BTreeSet<String>) -> Result<Vec<Divergence>, Erreur> {
    if sirets.is_empty() {
        return Ok(Vec::new());
    }
    let lignes: Vec<(Option<i64>,)> = Lot::nouveau()
        .textes("siret", sirets.iter().map(String::as_str))
        .toutes(tx, "SELECT d.id FROM v LEFT JOIN debiteur d ON d.siret = v.siret")
        .await?;
    let mut divergences: Vec<_> = lignes
        .into_iter()
        .map(|(dossier,)| Divergence { dossier })
        .collect();
    divergences.sort_unstable();
    Ok(divergences)
}
