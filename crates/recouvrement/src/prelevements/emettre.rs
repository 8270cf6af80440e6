//! Présenter à la banque les mensualités qui échoient.

use std::path::{Path, PathBuf};

use acces::{Permis, actions};
use creances::encaissements::annoncer;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;
use storage::{Db, Lot, Tx, ecrire, lire, sql};

use super::decider::{APresenter, MandatVu, Moment, Vu, decider};
use super::fichier::achever;
use super::{
    Ecartee, ErreurPrelevement, ReglagesPrelevement, mandat_de_l_echeancier, prelevements, reference,
};
use crate::Erreur;
use crate::echeanciers::relire;
use crate::fichiers::verrouiller;
use crate::procedure::jour;

/// Échéanciers d'un fichier, au plus : ils sont relus et notés d'une transaction.
const PAR_FICHIER: usize = 1_000;
/// Échéanciers relus d'une même vue.
const PAR_VUE: i64 = 200;

/// Ce qu'une émission a remis.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct BilanPrelevements {
    /// Les fichiers écrits.
    pub fichiers: Vec<PathBuf>,
    /// Les prélèvements remis.
    pub prelevements: u64,
    /// Leur somme, en centimes.
    pub montant_centimes: i64,
    /// Les mensualités qui échoient et qu'on ne prélève pas.
    pub ecartees: Vec<Ecartee>,
}

/// Présente les mensualités à échoir jusqu'au jour dit, inclus, des échéanciers payés par prélèvement, que rien n'a encore
/// présentées : un fichier `pain.008` de mille échéanciers au plus sous `vers` (sous le dossier des prélèvements de la caisse
/// si absent), autant de fois qu'il faut.
///
/// Chaque prélèvement est d'abord noté, avec les créances que l'argent paiera, puis le fichier est écrit : arrêtée à tout
/// instant, l'émission se relance sans présenter deux fois une mensualité ni en oublier une.
///
/// # Errors
/// [`ErreurPrelevement`] : une autre émission est en cours, le système refuse d'écrire, la norme refuse un ordre ; le refus de la
/// base ou du coffre.
pub async fn emettre(
    db: &Db,
    permis: &Permis<actions::EmettrePrelevements>,
    reglages: &ReglagesPrelevement,
    dossier: &Path,
    vers: Option<&Path>,
    jusqu_au: Date,
    au: Date,
) -> Result<BilanPrelevements, Erreur> {
    let verrou = verrouiller(dossier).map_err(|source| ErreurPrelevement::Ecriture {
        fichier: dossier.display().to_string(),
        source,
    })?;
    let _verrou = verrou.ok_or(ErreurPrelevement::DejaEnCours)?;
    let sortie = vers.unwrap_or(dossier);
    let mut bilan = BilanPrelevements::default();
    let moment = Moment {
        au,
        jusqu_au,
        premiere: au
            .checked_add(reglages.delai_jours().days())
            .map_err(droit::Erreur::from)?,
    };
    let creancier = reglages.creancier();
    achever(db, &creancier, sortie, &mut bilan).await?;
    let concernes = chercher(db, permis, moment, &mut bilan).await?;
    for lot in concernes.chunks(PAR_FICHIER) {
        let ecartees: Result<Vec<Ecartee>, Erreur> = ecrire!(db, |tx| noter(tx, permis, lot, moment).await);
        bilan.ecartees.extend(ecartees?);
        achever(db, &creancier, sortie, &mut bilan).await?;
    }
    bilan.ecartees.sort_by_key(|e| (e.echeancier, e.rang));
    Ok(bilan)
}

/// Les échéanciers qui ont de quoi présenter ; ce que les autres écartent va au bilan.
async fn chercher(
    db: &Db,
    permis: &Permis<actions::EmettrePrelevements>,
    moment: Moment,
    bilan: &mut BilanPrelevements,
) -> Result<Vec<i64>, Erreur> {
    let (mut concernes, mut dernier) = (Vec::new(), 0);
    loop {
        let lus: Result<Vec<(i64, bool, Vec<Ecartee>)>, Erreur> = lire!(db, |tx| {
            let ids: Vec<(i64,)> = sql!(
                "SELECT e.id FROM echeancier e WHERE e.id > $1 AND EXISTS (SELECT 1 FROM echeancier_mandat m \
                 WHERE m.echeancier_id = e.id AND m.mandat_id IS NOT NULL AND m.rang = (SELECT MAX(d.rang) \
                 FROM echeancier_mandat d WHERE d.echeancier_id = e.id)) AND EXISTS (SELECT 1 FROM echeancier_creance p \
                 JOIN creance c ON c.id = p.creance_id WHERE p.echeancier_id = e.id AND (c.branche & $2) <> 0) \
                 ORDER BY e.id LIMIT $3"
            )
            .bind(dernier)
            .bind(permis.perimetre().branches)
            .bind(PAR_VUE)
            .toutes(tx)
            .await?;
            let mut lus = Vec::with_capacity(ids.len());
            for (id,) in ids {
                let (a_presenter, ecartees) = peser(tx, id, moment).await?;
                lus.push((id, !a_presenter.is_empty(), ecartees));
            }
            Ok(lus)
        });
        let lus = lus?;
        let Some((fin, ..)) = lus.last() else {
            return Ok(concernes);
        };
        dernier = *fin;
        for (id, concerne, ecartees) in lus {
            if concerne {
                concernes.push(id);
            } else {
                bilan.ecartees.extend(ecartees);
            }
        }
    }
}

/// Note d'un coup ce que ces échéanciers, relus sous verrou, font présenter : un fichier, qui reste à écrire.
async fn noter(
    tx: &mut Tx,
    permis: &Permis<actions::EmettrePrelevements>,
    lot: &[i64],
    moment: Moment,
) -> Result<Vec<Ecartee>, Erreur> {
    tx.verrouiller_travail("prelevement").await?;
    let dossiers: Vec<(i64,)> = Lot::nouveau()
        .entiers("id", lot.iter().copied())
        .toutes(
            tx,
            "SELECT DISTINCT e.dossier_id FROM v CROSS JOIN echeancier e WHERE e.id = v.id",
        )
        .await?;
    let dossiers: Vec<i64> = dossiers.into_iter().map(|(id,)| id).collect();
    tx.verrouiller_dossiers(&dossiers).await?;
    let (mut fichier, mut toutes) = (None, Vec::new());
    for &id in lot {
        let Some(vu) = voir(tx, id, moment.au).await? else {
            continue;
        };
        let (a_presenter, ecartees) = decider(&vu, moment)?;
        toutes.extend(ecartees);
        if a_presenter.is_empty() {
            continue;
        }
        let fichier = match fichier {
            Some(fichier) => fichier,
            None => *fichier.insert(ouvrir(tx, permis).await?),
        };
        garder(tx, fichier, &vu, &a_presenter).await?;
    }
    Ok(toutes)
}

async fn ouvrir(tx: &mut Tx, permis: &Permis<actions::EmettrePrelevements>) -> Result<i64, Erreur> {
    let id = tx.reserver("fichier_prelevement", 1).await?.first().copied();
    let id = id.ok_or(Erreur::Illisible("numéro de fichier"))?;
    sql!("INSERT INTO fichier_prelevement (id, cree_le, auteur, ecrit) VALUES ($1, $2, $3, 0)")
        .bind(id)
        .bind(permis.quand().to_string())
        .bind(permis.acteur())
        .executer(tx)
        .await?;
    Ok(id)
}

async fn garder(tx: &mut Tx, fichier: i64, vu: &Vu, a_presenter: &[APresenter]) -> Result<(), Erreur> {
    let ids = tx.reserver("prelevement", a_presenter.len()).await?;
    let references: Vec<String> = ids.iter().map(|&id| reference(id)).collect();
    let repeter = |valeur: i64| ids.iter().map(move |_| valeur);
    Lot::nouveau()
        .entiers("id", ids.iter().copied())
        .textes("reference", references.iter().map(String::as_str))
        .entiers("echeancier_id", repeter(vu.lu.accorde.id))
        .entiers("rang", a_presenter.iter().map(|p| i64::from(p.rang)))
        .entiers("presentation", a_presenter.iter().map(|p| p.presentation))
        .entiers("mandat_id", repeter(vu.mandat.id))
        .entiers("fichier_id", repeter(fichier))
        .textes("echeance", a_presenter.iter().map(|p| p.echeance.to_string()))
        .textes("sequence", a_presenter.iter().map(|p| p.sequence.code()))
        .entiers("montant_centimes", a_presenter.iter().map(|p| p.montant.centimes()))
        .executer(
            tx,
            "INSERT INTO prelevement (id, reference, echeancier_id, rang, presentation, mandat_id, fichier_id, \
             echeance, sequence, montant_centimes) SELECT id, reference, echeancier_id, rang, presentation, \
             mandat_id, fichier_id, echeance, sequence, montant_centimes FROM v",
        )
        .await?;
    let creances = &vu.lu.accorde.creances;
    let annonces: Vec<(&str, i64)> = references
        .iter()
        .flat_map(|reference| creances.iter().map(|&(creance, _)| (reference.as_str(), creance)))
        .collect();
    annoncer(tx, &annonces).await?;
    Ok(())
}

async fn peser(tx: &mut Tx, id: i64, moment: Moment) -> Result<(Vec<APresenter>, Vec<Ecartee>), Erreur> {
    let Some(vu) = voir(tx, id, moment.au).await? else {
        return Ok((Vec::new(), Vec::new()));
    };
    decider(&vu, moment)
}

/// L'échéancier, son mandat et ses prélèvements ; `None` s'il ne se prélève pas.
async fn voir(tx: &mut Tx, id: i64, au: Date) -> Result<Option<Vu>, Erreur> {
    let Some(mandat) = mandat_de_l_echeancier(tx, id).await? else {
        return Ok(None);
    };
    let Some(lu) = relire(tx, id, au).await? else {
        return Ok(None);
    };
    Ok(Some(Vu {
        lu,
        mandat: voir_le_mandat(tx, mandat, id).await?,
        siens: prelevements(tx, id).await?,
    }))
}

#[derive(sqlx::FromRow)]
struct LigneMandat {
    signe_le: String,
    revoque: Option<i64>,
    derniere: Option<String>,
    entame: i64,
    ailleurs: i64,
}

async fn voir_le_mandat(tx: &mut Tx, mandat: i64, echeancier: i64) -> Result<MandatVu, Erreur> {
    let ligne: LigneMandat = sql!(
        "SELECT m.signe_le, r.mandat_id AS revoque, \
         (SELECT MAX(p.echeance) FROM prelevement p WHERE p.mandat_id = m.id) AS derniere, \
         (SELECT COUNT(*) FROM prelevement p WHERE p.mandat_id = m.id AND NOT EXISTS (SELECT 1 \
          FROM prelevement_rejete x WHERE x.prelevement_id = p.id)) AS entame, \
         (SELECT COUNT(*) FROM echeancier_mandat a WHERE a.mandat_id = m.id AND a.echeancier_id <> $2 \
          AND a.rang = (SELECT MAX(d.rang) FROM echeancier_mandat d WHERE d.echeancier_id = a.echeancier_id)) AS ailleurs \
         FROM mandat_sepa m LEFT JOIN mandat_revoque r ON r.mandat_id = m.id WHERE m.id = $1"
    )
    .bind(mandat)
    .bind(echeancier)
    .une(tx)
    .await?;
    let fini: Option<(i64, i64)> = sql!(
        "SELECT p.echeancier_id, p.rang FROM prelevement p LEFT JOIN prelevement_rejete x ON x.prelevement_id = p.id \
         WHERE p.mandat_id = $1 AND p.sequence = 'FNAL' AND x.prelevement_id IS NULL ORDER BY p.id DESC LIMIT 1"
    )
    .bind(mandat)
    .au_plus_une(tx)
    .await?;
    Ok(MandatVu {
        id: mandat,
        signe_le: jour(&ligne.signe_le)?,
        revoque: ligne.revoque.is_some(),
        derniere: ligne.derniere.as_deref().map(jour).transpose()?,
        entame: ligne.entame > 0,
        fini,
        seul: ligne.ailleurs == 0,
    })
}
