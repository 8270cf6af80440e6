use std::collections::BTreeMap;

use acces::{Permis, actions};
use droit::Branche;
use jiff::civil::Date;
use storage::{Db, Lot, Tx, ecrire, lire, sql};

use super::lire::{Campagne, EtatCampagne, lire_campagne};
use super::preparer::raison;
use crate::Erreur;
use crate::actes::{Atelier, ErreurActes, Issue, composer_tous, garder_tous};

/// Dossiers émis en une transaction : assez pour occuper tous les cœurs, assez peu pour qu'un agent n'attende pas.
const LOT: i64 = 256;

/// Ce qu'un pas de campagne a fait.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Avancee {
    /// Actes émis.
    pub emis: u64,
    /// Dossiers écartés, que quelque chose a changés depuis la préparation ; aucun émis ni écarté : tous ont changé
    /// pendant la composition, et restent à faire.
    pub ecartes: u64,
    /// La campagne est-elle finie ?
    pub finie: bool,
}

/// Émet le lot suivant d'une campagne approuvée. Arrêtée à tout instant, elle reprend au premier dossier qui n'a pas son
/// acte : émettre et le noter sont d'une même transaction.
///
/// # Errors
/// [`Erreur::Campagne`] : elle n'est pas approuvée, ou sort du permis. Un modèle faux l'arrête, et c'est noté ([`Campagne::arret`]) ; le refus
/// de la base ou du coffre.
pub async fn avancer(
    db: &Db,
    permis: &Permis<actions::ComposerActe>,
    atelier: &Atelier,
    id: i64,
    au: Date,
) -> Result<Avancee, Erreur> {
    type Lu = (Campagne, Vec<(i64, i64)>, Vec<i64>);
    let lu: Result<Lu, Erreur> = lire!(db, |tx| {
        let campagne = lire_campagne(tx, permis, id)
            .await?
            .filter(|c| c.etat == EtatCampagne::Approuvee);
        let campagne = campagne.ok_or(Erreur::Campagne(
            "cette campagne n’est pas approuvée, ou sort de vos attributions",
        ))?;
        let dossiers: Vec<(i64, i64)> = sql!(
            "SELECT dossier_id, branche FROM campagne_dossier WHERE campagne_id = $1 AND etat = 'a_faire' \
             ORDER BY dossier_id, branche LIMIT $2"
        )
        .bind(id)
        .bind(LOT)
        .toutes(tx)
        .await?;
        let creances: Vec<(i64,)> = Lot::nouveau()
            .entiers("dossier_id", dossiers.iter().map(|d| d.0))
            .entiers("branche", dossiers.iter().map(|d| d.1))
            .toutes(
                tx,
                "SELECT c.id FROM v CROSS JOIN creance c WHERE c.dossier_id = v.dossier_id AND +c.branche = v.branche \
                 AND +c.ouverte = 1",
            )
            .await?;
        let mut creances: Vec<i64> = creances.into_iter().map(|(id,)| id).collect();
        creances.sort_unstable();
        Ok((campagne, dossiers, creances))
    });
    let (campagne, dossiers, creances) = lu?;
    if dossiers.is_empty() {
        finir(db, id).await?;
        return Ok(Avancee {
            finie: true,
            ..Avancee::default()
        });
    }
    let saisies = BTreeMap::new();
    let tirage = campagne.tirage(atelier, &saisies, au);
    let composes = match composer_tous(db, permis, tirage, &creances).await {
        Ok(composes) => composes,
        Err(Erreur::Actes(refus)) => {
            arreter(db, id, &refus).await?;
            return Err(refus.into());
        }
        Err(e) => return Err(e),
    };
    ecrire!(db, |tx| {
        let issues = garder_tous(db, tx, permis, tirage, &creances, &composes).await?;
        let emis = issues.iter().filter(|issue| issue.emission.is_ok()).count();
        let emis = u64::try_from(emis).unwrap_or(u64::MAX);
        let notes = noter(tx, &campagne, &dossiers, &issues).await?;
        Ok(Avancee {
            emis,
            ecartes: notes.saturating_sub(emis),
            finie: false,
        })
    })
}

/// Dit de chaque dossier du lot ce qu'il est devenu : émis, ou écarté parce qu'il a changé depuis la préparation. Ce que le
/// compte a changé pendant la composition reste à faire ; ce qu'un autre processus a dit avant reste dit. Rend combien de
/// dossiers il a notés.
async fn noter(
    tx: &mut Tx,
    campagne: &Campagne,
    dossiers: &[(i64, i64)],
    issues: &[Issue],
) -> Result<u64, Erreur> {
    let cle = |issue: &Issue| (issue.dossier.get(), i64::from(Branche::bit(issue.branche)));
    let issues: BTreeMap<(i64, i64), &Issue> = issues.iter().map(|issue| (cle(issue), issue)).collect();
    type Ligne<'a> = (i64, i64, &'a str, Option<String>, Option<i64>, i64);
    let mut lignes: Vec<Ligne<'_>> = Vec::new();
    for (dossier, branche) in dossiers {
        match issues.get(&(*dossier, *branche)).map(|issue| &issue.emission) {
            Some(Ok(e)) => lignes.push((
                *dossier,
                *branche,
                "emis",
                None,
                Some(e.acte),
                e.montant.centimes(),
            )),
            Some(Err(ErreurActes::Perime)) => {}
            Some(Err(refus)) => lignes.push((*dossier, *branche, "ecarte", Some(raison(refus)), None, 0)),
            None => {
                let raison = "payé, ou étape devenue impossible depuis la préparation".to_owned();
                lignes.push((*dossier, *branche, "ecarte", Some(raison), None, 0));
            }
        }
    }
    let notes = Lot::nouveau()
        .entiers("campagne_id", lignes.iter().map(|_| campagne.id))
        .entiers("dossier_id", lignes.iter().map(|l| l.0))
        .entiers("branche", lignes.iter().map(|l| l.1))
        .textes("etat", lignes.iter().map(|l| l.2))
        .textes_opt("raison", lignes.iter().map(|l| l.3.as_deref()))
        .entiers_opt("acte_id", lignes.iter().map(|l| l.4))
        .entiers("montant", lignes.iter().map(|l| l.5))
        .executer(
            tx,
            "UPDATE campagne_dossier SET etat = v.etat, raison = v.raison, acte_id = v.acte_id, \
             montant_centimes = v.montant FROM v WHERE campagne_dossier.campagne_id = v.campagne_id \
             AND campagne_dossier.dossier_id = v.dossier_id AND campagne_dossier.branche = v.branche \
             AND campagne_dossier.etat = 'a_faire'",
        )
        .await?;
    sql!("UPDATE campagne SET arret = NULL WHERE id = $1 AND arret IS NOT NULL")
        .bind(campagne.id)
        .executer(tx)
        .await?;
    Ok(notes)
}

async fn finir(db: &Db, id: i64) -> Result<(), Erreur> {
    ecrire!(db, |tx| {
        sql!("UPDATE campagne SET etat = 'finie', arret = NULL WHERE id = $1")
            .bind(id)
            .executer(tx)
            .await?;
        Ok(())
    })
}

async fn arreter(db: &Db, id: i64, refus: &ErreurActes) -> Result<(), Erreur> {
    ecrire!(db, |tx| {
        sql!("UPDATE campagne SET arret = $1 WHERE id = $2")
            .bind(refus.to_string())
            .bind(id)
            .executer(tx)
            .await?;
        Ok(())
    })
}
