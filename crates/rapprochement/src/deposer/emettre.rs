//! Du déclaré au compte : la DSN émet les créances qu'aucune autre voie n'a émises, et les suit quand elle change.

use std::collections::{BTreeMap, BTreeSet};

use creances::creances::{CreanceAEmettre, Parts, emettre, retirer};
use creances::encaissements::retenter;
use droit::{FamilleCotisation, Nature, Regime};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, Lot, Tx, ecrire, lire, sql};
use valeurs::{DossierId, Montant, Periode};

use crate::Erreur;
use crate::charger;
use crate::familles::sigle;
use crate::rapprocher::{CreanceEmise, Effectives, effectives};

/// Dossiers ajustés en une transaction.
const DOSSIERS: usize = 200;
const MOTIF: &str = "La déclaration sociale nominative de la période a changé.";

/// Ce qu'un ajustement a fait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ajustement {
    /// Créances émises.
    pub emises: u64,
    /// Créances annulées.
    pub annulees: u64,
}

/// Ce qui a paru au compte depuis une créance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emissions {
    /// Numéro de la dernière créance.
    pub derniere: i64,
    /// L'une d'elles vient d'une autre voie que la DSN : un accord ([`ajuster`]) est à faire.
    pub d_ailleurs: bool,
}

/// La dernière créance du compte : d'où regarder ce qui paraît ([`emissions_depuis`]).
///
/// # Errors
/// Le refus de la base.
pub async fn derniere_creance(db: &Db) -> Result<i64, Erreur> {
    lire!(db, |tx| {
        Ok(sql!("SELECT COALESCE(MAX(id), 0) FROM creance")
            .scalaire(tx)
            .await?)
    })
}

/// Ce qui a paru au compte depuis la créance de ce numéro. Cela ne dit pas tout ce qui demande un accord : une créance
/// annulée n'y est pas, et deux imports à la fois peuvent finir dans l'autre ordre que leurs numéros.
///
/// # Errors
/// Le refus de la base.
pub async fn emissions_depuis(db: &Db, creance: i64) -> Result<Emissions, Erreur> {
    let lues: Result<(i64, i64), Erreur> = lire!(db, |tx| {
        Ok(sql!(
        "SELECT CAST(COALESCE(MAX(c.id), $1) AS BIGINT), CAST(COALESCE(MAX(CASE WHEN x.creance_id IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) \
         FROM creance c LEFT JOIN dsn_creance x ON x.creance_id = c.id WHERE c.id > $1"
    )
    .bind(creance)
    .une(tx)
    .await?)
    });
    let (derniere, d_ailleurs) = lues?;
    Ok(Emissions {
        derniere,
        d_ailleurs: d_ailleurs == 1,
    })
}

/// Accorde toutes les créances de la DSN à ce qui est déclaré et à ce qu'une autre voie a émis depuis : un import de
/// créances peut suivre le dépôt, rien ne doit être débité deux fois.
///
/// # Errors
/// Le refus du grand livre ou de la base.
pub async fn ajuster(
    db: &Db,
    aujourdhui: Date,
    auteur: &str,
    maintenant: Timestamp,
) -> Result<Ajustement, Erreur> {
    // Les seuls mois en cause : une créance de la DSN encore due ou payée y voisine une créance d'une autre voie.
    let doubles: Result<Vec<(i64, String)>, Erreur> = lire!(db, |tx| {
        Ok(sql!(
        "SELECT DISTINCT x.dossier_id, x.mois FROM dsn_creance x JOIN creance c ON c.id = x.creance_id \
         JOIN creance a ON a.dossier_id = x.dossier_id AND a.nature = x.nature AND a.periode_debut = c.periode_debut \
         AND a.periode_fin = c.periode_fin LEFT JOIN dsn_creance y ON y.creance_id = a.id \
         WHERE y.creance_id IS NULL ORDER BY x.dossier_id, x.mois"
    )
    .toutes(tx)
    .await?)
    });
    let doubles = doubles?
        .into_iter()
        .map(|(dossier, mois)| Ok((dossier, mois.parse().map_err(|_| Erreur::Illisible("mois"))?)))
        .collect::<Result<Vec<(i64, Periode)>, Erreur>>()?;
    let mut total = Ajustement::default();
    for part in doubles.chunks(DOSSIERS) {
        let mois: BTreeSet<(i64, Periode)> = part.iter().copied().collect();
        let fait: Result<Ajustement, Erreur> = ecrire!(db, |tx| {
            tx.verrouiller_travail("depot_dsn").await?;
            let dossiers: BTreeSet<i64> = mois.iter().map(|m| m.0).collect();
            let dossiers: Vec<i64> = dossiers.into_iter().collect();
            tx.verrouiller_dossiers(&dossiers).await?;
            let fait = ajuster_mois(tx, &mois, aujourdhui, auteur, maintenant).await?;
            if fait != Ajustement::default() {
                let dossiers: Vec<DossierId> = dossiers.into_iter().map(DossierId::new).collect();
                retenter(db, tx, &dossiers, auteur, maintenant).await?;
            }
            Ok(fait)
        });
        let fait = fait?;
        total.emises += fait.emises;
        total.annulees += fait.annulees;
    }
    Ok(total)
}

/// Accorde les créances de la DSN de quelques mois de quelques dossiers, déjà verrouillés. Les recettes qu'une annulation
/// libère, ou qu'une créance nouvelle peut recevoir, sont à retenter par l'appelant.
pub(super) async fn ajuster_mois(
    tx: &mut Tx,
    mois: &BTreeSet<(i64, Periode)>,
    aujourdhui: Date,
    auteur: &str,
    maintenant: Timestamp,
) -> Result<Ajustement, Erreur> {
    let dossiers: BTreeSet<i64> = mois.iter().map(|m| m.0).collect();
    let sirets = charger::sirets(tx, &dossiers).await?;
    let declarations = charger::declarations(tx, sirets.values().map(String::as_str)).await?;
    let ailleurs = charger::creances_d_ailleurs(tx, sirets.values().map(String::as_str)).await?;
    let de_la_dsn = creances_de_la_dsn(tx, &dossiers).await?;
    let mut fait = Ajustement::default();
    let mut a_emettre = Vec::new();
    for &(dossier, mois) in mois {
        let Some(siret) = sirets.get(&dossier) else {
            continue;
        };
        let declarees = declarations.get(siret).map(Vec::as_slice).unwrap_or_default();
        let effectives = effectives(declarees);
        let voulu = effectives.get(&mois).map(voulu).transpose()?.unwrap_or_default();
        let ailleurs = ailleurs.get(siret).map(Vec::as_slice).unwrap_or_default();
        for &famille in FamilleCotisation::TOUS.iter().filter(|f| f.est_employeur()) {
            let voulu = if emise_ailleurs(ailleurs, famille, mois)? {
                Montant::ZERO
            } else {
                voulu.get(&famille).copied().unwrap_or_default()
            };
            let miennes: Vec<&DeLaDsn> = de_la_dsn
                .iter()
                .filter(|c| (c.dossier, c.mois, c.famille) == (dossier, mois, famille))
                .collect();
            if Montant::somme(miennes.iter().map(|c| c.montant))? == voulu {
                continue;
            }
            for c in miennes.iter().filter(|c| !c.montant.est_nul()) {
                retirer(tx, c.id, aujourdhui, auteur, MOTIF, maintenant).await?;
                fait.annulees += 1;
            }
            if let Some(effectives) = effectives.get(&mois).filter(|_| !voulu.est_nul()) {
                let rang = miennes.len() + 1;
                a_emettre.push((
                    mois,
                    famille,
                    creance(dossier, siret, effectives, famille, voulu, rang),
                ));
            }
        }
    }
    let creances: Vec<CreanceAEmettre> = a_emettre.iter().map(|a| a.2.clone()).collect();
    let ids = emettre(tx, &creances, auteur, maintenant).await?;
    fait.emises = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    Lot::nouveau()
        .entiers("creance_id", ids)
        .entiers("dossier_id", a_emettre.iter().map(|a| a.2.dossier.get()))
        .textes("mois", a_emettre.iter().map(|a| a.0.to_string()))
        .textes("nature", a_emettre.iter().map(|a| Nature::Cotisation(a.1).code()))
        .executer(
            tx,
            "INSERT INTO dsn_creance (creance_id, dossier_id, mois, nature) \
             SELECT creance_id, dossier_id, mois, nature FROM v",
        )
        .await?;
    Ok(fait)
}

/// Ce que la DSN veut au compte pour un mois, par famille : rien de négatif, et la somme de ce qui est déclaré.
///
/// Une famille qu'une réduction rend négative diminue les autres, dans leur ordre ; un mois négatif ne veut rien.
fn voulu(effectives: &Effectives<'_>) -> Result<BTreeMap<FamilleCotisation, Montant>, Erreur> {
    let mut familles: BTreeMap<FamilleCotisation, Montant> = BTreeMap::new();
    for (famille, montant) in effectives.declarations.iter().flat_map(|d| &d.familles) {
        let total = familles.entry(*famille).or_default();
        *total = total.checked_add(*montant)?;
    }
    let mut credit = Montant::ZERO;
    for montant in familles.values_mut().filter(|m| m.est_negatif()) {
        credit = credit.checked_add(montant.oppose())?;
        *montant = Montant::ZERO;
    }
    for montant in familles.values_mut() {
        let pris = credit.min(*montant);
        *montant = montant.checked_sub(pris)?;
        credit = credit.checked_sub(pris)?;
    }
    familles.retain(|_, m| !m.est_nul());
    Ok(familles)
}

/// Une autre voie a-t-elle émis, et gardé au compte, cette famille pour ce mois ?
fn emise_ailleurs(
    ailleurs: &[CreanceEmise],
    famille: FamilleCotisation,
    mois: Periode,
) -> Result<bool, Erreur> {
    let periode = (mois.debut(), mois.fin());
    let pareilles = ailleurs
        .iter()
        .filter(|c| c.famille == famille && c.periode == periode)
        .map(|c| c.montant);
    Ok(!Montant::somme(pareilles)?.est_nul())
}

fn creance(
    dossier: i64,
    siret: &str,
    effectives: &Effectives<'_>,
    famille: FamilleCotisation,
    montant: Montant,
    rang: usize,
) -> CreanceAEmettre {
    let mois = effectives.mois;
    let emise_le = effectives.declarations.iter().map(|d| d.deposee_le).max();
    // La norme ne sépare pas la part ouvrière : seules la CSG et la CRDS sont tout entières du salarié.
    let parts = if famille == FamilleCotisation::CsgCrdsSalaries {
        Parts::Employeur {
            ouvriere: montant,
            patronale: Montant::ZERO,
        }
    } else {
        Parts::Employeur {
            ouvriere: Montant::ZERO,
            patronale: montant,
        }
    };
    CreanceAEmettre {
        reference: format!("DSN-{siret}-{mois}-{}-{rang}", sigle(famille)),
        dossier: DossierId::new(dossier),
        nature: Nature::Cotisation(famille),
        regime: Regime::Employeur,
        periode: (mois.debut(), mois.fin()),
        emise_le: emise_le.unwrap_or_else(|| mois.fin()),
        exigible_le: effectives.echeance(),
        libelle: format!("{}, déclaré par DSN", famille.libelle()),
        cause: None,
        parts,
    }
}

/// Une créance que la DSN a fait émettre.
struct DeLaDsn {
    id: i64,
    dossier: i64,
    mois: Periode,
    famille: FamilleCotisation,
    /// Principal émis, annulations déduites.
    montant: Montant,
}

async fn creances_de_la_dsn(tx: &mut Tx, dossiers: &BTreeSet<i64>) -> Result<Vec<DeLaDsn>, Erreur> {
    let lignes: Vec<(i64, i64, String, String, i64)> = Lot::nouveau()
        .entiers("dossier", dossiers.iter().copied())
        .toutes(
            tx,
            "SELECT x.creance_id, x.dossier_id, x.mois, x.nature, c.montant_centimes + CAST(COALESCE((\
             SELECT SUM(e.montant_centimes) FROM ecriture e JOIN mouvement m ON m.id = e.mouvement_id \
             WHERE e.creance_id = c.id AND m.nature = 'annulation' \
             AND e.poste IN ('part_ouvriere', 'part_patronale', 'principal')), 0) AS BIGINT) \
             FROM v CROSS JOIN dsn_creance x JOIN creance c ON c.id = x.creance_id WHERE x.dossier_id = v.dossier",
        )
        .await?;
    lignes
        .into_iter()
        .map(|(id, dossier, mois, nature, montant)| {
            Ok(DeLaDsn {
                id,
                dossier,
                mois: mois.parse().map_err(|_| Erreur::Illisible("mois"))?,
                famille: charger::famille_de_la_nature(&nature)?,
                montant: Montant::de_centimes(montant),
            })
        })
        .collect()
}
