//! Les établissements d'un mois : ce qu'ils ont déclaré, ordonné, payé, et ceux qui n'ont pas déclaré.

use std::collections::HashMap;

use acces::{Action, Permis};
use jiff::civil::Date;
use storage::{Lot, Tx, sql};
use valeurs::{DossierId, Montant, Periode, Siret};

use super::Etat;
use super::situation::compte;
use crate::Erreur;
use crate::charger;
use crate::rapprocher::Classe;

/// Quels établissements d'un mois.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FiltreEtablissements {
    /// Tous ceux qu'une déclaration ou une recette nomme.
    #[default]
    Tous,
    /// Ceux dont un écart de cette classe est constaté.
    Ecart(Classe),
    /// Ceux qui ont déclaré le mois d'avant et pas celui-ci.
    Absents,
}

/// Un établissement et son mois.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EtablissementConstate {
    pub(crate) siret: Siret,
    pub(crate) employeur: Option<(DossierId, String)>,
    pub(crate) declare: Montant,
    pub(crate) ordonne: Montant,
    pub(crate) encaisse: Montant,
    /// Ordonné moins encaissé.
    pub(crate) solde: Montant,
    pub(crate) echeance: Option<Date>,
    /// Ses écarts constatés, dans l'ordre des classes : identifiant, classe, montant, état.
    pub(crate) ecarts: Vec<(i64, Classe, Montant, Etat)>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    siret: String,
    dossier_id: Option<i64>,
    nom: Option<String>,
    declare_centimes: i64,
    ordonne_centimes: i64,
    encaisse_centimes: i64,
    echeance: Option<String>,
}

/// Combien d'établissements un mois nomme.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn combien(tx: &mut Tx, mois: Periode) -> Result<u64, Erreur> {
    let nombre: i64 = sql!("SELECT COUNT(*) FROM mois_constate WHERE mois = $1")
        .bind(mois.to_string())
        .scalaire(tx)
        .await?;
    Ok(compte(nombre))
}

/// `limite` établissements d'un mois à partir du rang `decalage`, dans l'ordre des SIRET, et leur nombre en tout. Un
/// absent y est avec ce que le mois porte pour lui : au plus une recette.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn etablissements(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    mois: Periode,
    filtre: FiltreEtablissements,
    decalage: u64,
    limite: u32,
) -> Result<(Vec<EtablissementConstate>, u64), Erreur> {
    if !permis.perimetre().identification {
        return Ok((Vec::new(), 0));
    }
    let classe = match filtre {
        FiltreEtablissements::Ecart(classe) => classe.slug(),
        FiltreEtablissements::Tous | FiltreEtablissements::Absents => "",
    };
    let (total, lignes): (i64, _) = if filtre == FiltreEtablissements::Absents {
        let avant = mois.mois_avant(1)?.to_string();
        (
            sql!(
                "SELECT COUNT(*) FROM mois_constate a WHERE a.mois = $1 AND a.echeance IS NOT NULL AND NOT EXISTS \
                 (SELECT 1 FROM mois_constate b WHERE b.mois = $2 AND b.siret = a.siret AND b.echeance IS NOT NULL)"
            )
            .bind(avant.clone())
            .bind(mois.to_string())
            .scalaire(tx)
            .await?,
            sql!(
                "SELECT a.siret, d.id AS dossier_id, d.nom, COALESCE(m.declare_centimes, 0) AS declare_centimes, \
                 COALESCE(m.ordonne_centimes, 0) AS ordonne_centimes, COALESCE(m.encaisse_centimes, 0) AS encaisse_centimes, \
                 m.echeance FROM mois_constate a LEFT JOIN mois_constate m ON m.mois = $2 AND m.siret = a.siret \
                 LEFT JOIN debiteur d ON d.siret = a.siret \
                 WHERE a.mois = $1 AND a.echeance IS NOT NULL AND m.echeance IS NULL \
                 ORDER BY a.siret LIMIT $3 OFFSET $4"
            )
            .bind(avant)
            .bind(mois.to_string()),
        )
    } else {
        (
            sql!(
                "SELECT COUNT(*) FROM mois_constate m WHERE m.mois = $1 AND ($2 = '' OR EXISTS (SELECT 1 FROM ecart e \
                 WHERE e.siret = m.siret AND e.mois = m.mois AND e.classe = $2 AND e.etat <> 'disparu'))"
            )
            .bind(mois.to_string())
            .bind(classe)
            .scalaire(tx)
            .await?,
            sql!(
                "SELECT m.siret, d.id AS dossier_id, d.nom, m.declare_centimes, m.ordonne_centimes, m.encaisse_centimes, \
                 m.echeance FROM mois_constate m LEFT JOIN debiteur d ON d.siret = m.siret \
                 WHERE m.mois = $1 AND ($2 = '' OR EXISTS (SELECT 1 FROM ecart e \
                 WHERE e.siret = m.siret AND e.mois = m.mois AND e.classe = $2 AND e.etat <> 'disparu')) \
                 ORDER BY m.siret LIMIT $3 OFFSET $4"
            )
            .bind(mois.to_string())
            .bind(classe),
        )
    };
    let lignes: Vec<Ligne> = lignes
        .bind(i64::from(limite))
        .bind(i64::try_from(decalage).unwrap_or(i64::MAX))
        .toutes(tx)
        .await?;
    let mut ecarts = ecarts(tx, mois, &lignes).await?;
    let lus = lignes
        .into_iter()
        .map(|l| {
            let (ordonne, encaisse) = (
                Montant::de_centimes(l.ordonne_centimes),
                Montant::de_centimes(l.encaisse_centimes),
            );
            Ok(EtablissementConstate {
                ecarts: ecarts.remove(&l.siret).unwrap_or_default(),
                siret: l.siret.parse().map_err(|_| Erreur::Illisible("siret"))?,
                employeur: l.dossier_id.map(DossierId::new).zip(l.nom),
                declare: Montant::de_centimes(l.declare_centimes),
                ordonne,
                encaisse,
                solde: ordonne.checked_sub(encaisse)?,
                echeance: l.echeance.as_deref().map(charger::jour).transpose()?,
            })
        })
        .collect::<Result<_, Erreur>>()?;
    Ok((lus, compte(total)))
}

type EcartsParSiret = HashMap<String, Vec<(i64, Classe, Montant, Etat)>>;

async fn ecarts(tx: &mut Tx, mois: Periode, lignes: &[Ligne]) -> Result<EcartsParSiret, Erreur> {
    let trouves: Vec<(String, i64, String, i64, String)> = Lot::nouveau()
        .textes("siret", lignes.iter().map(|l| l.siret.as_str()))
        .textes("mois", lignes.iter().map(|_| mois.to_string()))
        .toutes(
            tx,
            "SELECT e.siret, e.id, e.classe, e.montant_centimes, e.etat FROM v CROSS JOIN ecart e \
             WHERE e.siret = v.siret AND e.mois = v.mois AND e.etat <> 'disparu'",
        )
        .await?;
    let mut par_siret = EcartsParSiret::new();
    for (siret, id, classe, montant, etat) in trouves {
        let classe = classe.parse().map_err(|()| Erreur::Illisible("classe"))?;
        let etat = etat.parse().map_err(|()| Erreur::Illisible("etat"))?;
        let du_siret = par_siret.entry(siret).or_default();
        du_siret.push((id, classe, Montant::de_centimes(montant), etat));
    }
    for du_siret in par_siret.values_mut() {
        du_siret.sort_by_key(|e| e.1);
    }
    Ok(par_siret)
}
