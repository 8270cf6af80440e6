//! Lire une fiche : l'établissement et ceux qui paient pour lui, son compte, ses écarts constatés, d'une même vue.

use std::collections::BTreeSet;

use acces::{Permis, actions};
use creances::cai::compte;
use storage::{Db, Tx, lire, sql};
use valeurs::{DossierId, Siret};

use super::assembler::{Constates, Matiere, assembler};
use super::{EnTete, Fiche, Intervalle};
use crate::Erreur;
use crate::charger;
use crate::rapprocher::{Faits, Regles, rapprocher};

/// La fiche de synthèse d'un dossier.
///
/// # Errors
/// Le dossier n'existe pas, ou n'est pas du permis ; le refus de la base ; un total qui ne se compte pas.
pub async fn lire(
    db: &Db,
    permis: &Permis<actions::ConsulterDsn>,
    dossier: DossierId,
    intervalle: Intervalle,
    regles: Regles,
) -> Result<Fiche, Erreur> {
    let lu: Result<_, Erreur> = lire!(db, |tx| {
        let cai = compte(tx, permis, dossier, regles.au).await?;
        let siret = charger::sirets(tx, &BTreeSet::from([dossier.get()]))
            .await?
            .into_values()
            .next();
        let faits = match &siret {
            Some(siret) => faits(db, tx, siret).await?,
            None => Vec::new(),
        };
        let constates = match &siret {
            Some(siret) => constates(tx, siret, intervalle).await?,
            None => Constates::new(),
        };
        Ok((cai, siret, faits, constates))
    });
    let (cai, siret, faits, constates) = lu?;
    let siret: Option<Siret> = siret
        .map(|s| s.parse().map_err(|_| Erreur::Illisible("siret")))
        .transpose()?;
    let mut rapproches = rapprocher(&faits, regles)?;
    rapproches.retain(|m| Some(&m.siret) == siret.as_ref());
    let en_tete = EnTete {
        dossier,
        nom: format!("{} {}", cai.en_tete.prenom, cai.en_tete.nom)
            .trim()
            .to_owned(),
        matricule: cai.en_tete.matricule.clone(),
        siret,
        intervalle,
        au: regles.au,
    };
    let matiere = Matiere {
        faits: faits.iter().find(|f| Some(&f.siret) == en_tete.siret.as_ref()),
        rapproches: &rapproches,
        cai: &cai,
        constates: &constates,
    };
    assembler(en_tete, &matiere)
}

/// Les faits de l'établissement, et de ceux que des versements lui lient : ils se rapprochent ensemble.
async fn faits(db: &Db, tx: &mut Tx, siret: &str) -> Result<Vec<Faits>, Erreur> {
    let tous = charger::lies(tx, &BTreeSet::from([siret.to_owned()])).await?;
    charger::faits(db, tx, &tous).await
}

async fn constates(tx: &mut Tx, siret: &str, intervalle: Intervalle) -> Result<Constates, Erreur> {
    let lignes: Vec<(i64, String, String)> =
        sql!("SELECT id, mois, classe FROM ecart WHERE siret = $1 AND mois BETWEEN $2 AND $3")
            .bind(siret)
            .bind(intervalle.du().to_string())
            .bind(intervalle.au().to_string())
            .toutes(tx)
            .await?;
    lignes
        .into_iter()
        .map(|(id, mois, classe)| {
            let classe = classe.parse().map_err(|()| Erreur::Illisible("classe"))?;
            Ok(((charger::periode(&mois)?, classe), id))
        })
        .collect()
}
