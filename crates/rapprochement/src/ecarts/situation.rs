//! Le mois d'une caisse : combien de déclarations, quelles sommes, quels écarts.

use acces::{Action, Permis};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::{Montant, Periode};

use super::Etat;
use crate::Erreur;
use crate::charger;
use crate::rapprocher::Classe;

/// Ce qu'un mois totalise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TotauxDuMois {
    pub(crate) mois: Periode,
    /// Établissements qui ont déclaré.
    pub(crate) deposees: u64,
    pub(crate) declare: Montant,
    pub(crate) ordonne: Montant,
    pub(crate) encaisse: Montant,
}

/// Les écarts d'une classe, dans un état.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TotalClasse {
    pub(crate) classe: Classe,
    pub(crate) etat: Etat,
    pub(crate) nombre: u64,
    pub(crate) montant: Montant,
}

/// La situation d'un mois.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Situation {
    pub(crate) totaux: TotauxDuMois,
    /// Établissements qui ont déclaré le mois d'avant, et pas celui-ci.
    pub(crate) absentes: u64,
    /// Dernière échéance légale du mois : après elle, une déclaration absente manque.
    pub(crate) echeance: Date,
    pub(crate) classes: Vec<TotalClasse>,
    /// Quand le serveur l'a constaté ; rien tant qu'il n'a pas fini sa première passe.
    pub(crate) constate_le: Option<Timestamp>,
}

/// Les totaux des mois constatés de `du` à `au`, inclus, du plus ancien au plus récent.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn mois_constates(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    du: Periode,
    au: Periode,
) -> Result<Vec<TotauxDuMois>, Erreur> {
    if !permis.perimetre().identification {
        return Ok(Vec::new());
    }
    let lignes: Vec<(String, i64, i64, i64, i64)> = sql!(
        "SELECT mois, COUNT(echeance), CAST(SUM(declare_centimes) AS BIGINT), CAST(SUM(ordonne_centimes) AS BIGINT), \
         CAST(SUM(encaisse_centimes) AS BIGINT) FROM mois_constate WHERE mois BETWEEN $1 AND $2 \
         GROUP BY mois ORDER BY mois"
    )
    .bind(du.to_string())
    .bind(au.to_string())
    .toutes(tx)
    .await?;
    lignes
        .into_iter()
        .map(|(mois, deposees, declare, ordonne, encaisse)| {
            Ok(TotauxDuMois {
                mois: charger::periode(&mois)?,
                deposees: compte(deposees),
                declare: Montant::de_centimes(declare),
                ordonne: Montant::de_centimes(ordonne),
                encaisse: Montant::de_centimes(encaisse),
            })
        })
        .collect()
}

/// La situation d'un mois.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn situation(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    mois: Periode,
) -> Result<Situation, Erreur> {
    let totaux = mois_constates(tx, permis, mois, mois).await?.pop();
    let constate_le: Option<(String,)> = sql!("SELECT faite_le FROM passe_constat").au_plus_une(tx).await?;
    let mut situation = Situation {
        totaux: totaux.unwrap_or(TotauxDuMois {
            mois,
            deposees: 0,
            declare: Montant::ZERO,
            ordonne: Montant::ZERO,
            encaisse: Montant::ZERO,
        }),
        absentes: 0,
        echeance: crate::rapprocher::derniere_echeance(mois),
        classes: Vec::new(),
        constate_le: constate_le
            .map(|(t,)| t.parse().map_err(|_| Erreur::Illisible("instant")))
            .transpose()?,
    };
    if !permis.perimetre().identification {
        return Ok(situation);
    }
    let absentes: i64 = sql!(
        "SELECT COUNT(*) FROM mois_constate a WHERE a.mois = $1 AND a.echeance IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM mois_constate b WHERE b.mois = $2 AND b.siret = a.siret AND b.echeance IS NOT NULL)"
    )
    .bind(mois.mois_avant(1)?.to_string())
    .bind(mois.to_string())
    .scalaire(tx)
    .await?;
    situation.absentes = compte(absentes);
    let classes: Vec<(String, String, i64, i64)> = sql!(
        "SELECT classe, etat, COUNT(*), CAST(SUM(montant_centimes) AS BIGINT) FROM ecart WHERE mois = $1 \
         GROUP BY classe, etat ORDER BY classe, etat"
    )
    .bind(mois.to_string())
    .toutes(tx)
    .await?;
    situation.classes = classes
        .into_iter()
        .map(|(classe, etat, nombre, montant)| {
            Ok(TotalClasse {
                classe: classe.parse().map_err(|()| Erreur::Illisible("classe"))?,
                etat: etat.parse().map_err(|()| Erreur::Illisible("etat"))?,
                nombre: compte(nombre),
                montant: Montant::de_centimes(montant),
            })
        })
        .collect::<Result<_, Erreur>>()?;
    Ok(situation)
}

pub(super) fn compte(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}
