//! La passe du serveur : du rapprochement à ce que tableau et listes montrent.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, Lot, Tx, ecrire, lire, sql};
use valeurs::{Montant, Periode};

use super::{Etat, Geste};
use crate::Erreur;
use crate::charger;
use crate::lire::premier_mois;
use crate::rapprocher::{Classe, MoisRapproche, Regles, rapprocher};

/// L'auteur des gestes que les faits imposent.
const SERVEUR: &str = "serveur";

/// Ce qu'une passe a fait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Constat {
    /// Établissements rapprochés.
    pub etablissements: u64,
    /// Écarts nouveaux.
    pub nouveaux: u64,
    /// Écarts que les faits ne montrent plus.
    pub disparus: u64,
    /// Écarts clos que leur somme, changée, a rouverts.
    pub rouverts: u64,
}

/// Jusqu'où les faits ont été vus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Vus {
    declaration: i64,
    encaissement: i64,
    mouvement: i64,
}

/// La dernière passe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passe {
    pub(super) jour: Date,
    pub(super) premier_mois: Option<Periode>,
    /// Ce qu'elle a vu.
    vus: Vus,
    /// Ce que celle d'avant avait vu.
    pub(super) surs: Vus,
}

/// Met à jour le mois de chaque établissement et la liste des écarts : tous ceux de la caisse si le jour a changé, sinon
/// ceux que des faits nouveaux touchent. Rien à faire : `None`. On peut l'interrompre et la relancer à tout instant.
///
/// # Errors
/// Le refus de la base.
pub async fn constater(db: &Db, au: Date, maintenant: Timestamp) -> Result<Option<Constat>, Erreur> {
    let lu: Result<_, Erreur> = lire!(db, |tx| Ok((derniere_passe(tx).await?, vus(tx).await?)));
    let (derniere, vus) = lu?;
    let premier = premier_mois(db).await?;
    let entiere = derniere
        .as_ref()
        .is_none_or(|p| p.jour != au || p.premier_mois != premier);
    if let Some(passe) = &derniere
        && !entiere
        && (passe.vus, passe.surs) == (vus, vus)
    {
        return Ok(None);
    }
    let lots: Result<_, Erreur> = lire!(db, |tx| match &derniere {
        Some(passe) if !entiere => Ok(charger::par_lots(touches(tx, passe.surs).await?)),
        _ => charger::etablissements(tx).await,
    });
    let mut constat = Constat::default();
    for lot in lots? {
        constater_lot(db, &lot, premier, au, maintenant, &mut constat).await?;
    }
    let surs = derniere.map_or(vus, |p| p.vus);
    let fait: Result<(), Erreur> = ecrire!(db, |tx| {
        noter_passe(
            tx,
            &Passe {
                jour: au,
                premier_mois: premier,
                vus,
                surs,
            },
            maintenant,
        )
        .await
    });
    fait?;
    Ok(Some(constat))
}

async fn vus(tx: &mut Tx) -> Result<Vus, Erreur> {
    Ok(Vus {
        declaration: sql!("SELECT COALESCE(MAX(id), 0) FROM dsn_declaration")
            .scalaire(tx)
            .await?,
        encaissement: sql!("SELECT COALESCE(MAX(id), 0) FROM encaissement")
            .scalaire(tx)
            .await?,
        mouvement: sql!("SELECT COALESCE(MAX(id), 0) FROM mouvement")
            .scalaire(tx)
            .await?,
    })
}

#[derive(sqlx::FromRow)]
struct LignePasse {
    jour: String,
    premier_mois: Option<String>,
    declaration_vue: i64,
    encaissement_vu: i64,
    mouvement_vu: i64,
    declaration_sure: i64,
    encaissement_sur: i64,
    mouvement_sur: i64,
}

pub(super) async fn derniere_passe(tx: &mut Tx) -> Result<Option<Passe>, Erreur> {
    let ligne: Option<LignePasse> = sql!(
        "SELECT jour, premier_mois, declaration_vue, encaissement_vu, mouvement_vu, declaration_sure, encaissement_sur, \
         mouvement_sur FROM passe_constat"
    )
    .au_plus_une(tx)
    .await?;
    ligne
        .map(|l| {
            Ok(Passe {
                jour: charger::jour(&l.jour)?,
                premier_mois: l.premier_mois.as_deref().map(charger::periode).transpose()?,
                vus: Vus {
                    declaration: l.declaration_vue,
                    encaissement: l.encaissement_vu,
                    mouvement: l.mouvement_vu,
                },
                surs: Vus {
                    declaration: l.declaration_sure,
                    encaissement: l.encaissement_sur,
                    mouvement: l.mouvement_sur,
                },
            })
        })
        .transpose()
}

async fn noter_passe(tx: &mut Tx, passe: &Passe, maintenant: Timestamp) -> Result<(), Erreur> {
    sql!(
        "INSERT INTO passe_constat (unique_ligne, jour, faite_le, premier_mois, declaration_vue, encaissement_vu, \
         mouvement_vu, declaration_sure, encaissement_sur, mouvement_sur) \
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (unique_ligne) DO UPDATE SET \
         jour = excluded.jour, faite_le = excluded.faite_le, premier_mois = excluded.premier_mois, \
         declaration_vue = excluded.declaration_vue, encaissement_vu = excluded.encaissement_vu, \
         mouvement_vu = excluded.mouvement_vu, declaration_sure = excluded.declaration_sure, \
         encaissement_sur = excluded.encaissement_sur, mouvement_sur = excluded.mouvement_sur"
    )
    .bind(passe.jour.to_string())
    .bind(maintenant.to_string())
    .bind(passe.premier_mois.map(|m| m.to_string()))
    .bind(passe.vus.declaration)
    .bind(passe.vus.encaissement)
    .bind(passe.vus.mouvement)
    .bind(passe.surs.declaration)
    .bind(passe.surs.encaissement)
    .bind(passe.surs.mouvement)
    .executer(tx)
    .await?;
    Ok(())
}

/// Les établissements que touchent des faits plus récents, et ceux qui se rapprochent avec eux.
pub(super) async fn touches(tx: &mut Tx, depuis: Vus) -> Result<BTreeSet<String>, Erreur> {
    let lignes: Vec<(String,)> = sql!(
        "SELECT siret FROM dsn_declaration WHERE id > $1 \
         UNION SELECT siret FROM encaissement WHERE id > $2 AND siret IS NOT NULL \
         UNION SELECT d.siret FROM encaissement e JOIN debiteur d ON d.id = e.dossier_id \
         WHERE e.id > $2 AND d.siret IS NOT NULL \
         UNION SELECT d.siret FROM ecriture e JOIN debiteur d ON d.id = e.dossier_id \
         WHERE e.mouvement_id > $3 AND d.siret IS NOT NULL"
    )
    .bind(depuis.declaration)
    .bind(depuis.encaissement)
    .bind(depuis.mouvement)
    .toutes(tx)
    .await?;
    let sirets = lignes.into_iter().map(|(s,)| s).collect();
    charger::lies(tx, &sirets).await
}

async fn constater_lot(
    db: &Db,
    sirets: &BTreeSet<String>,
    premier: Option<Periode>,
    au: Date,
    maintenant: Timestamp,
    constat: &mut Constat,
) -> Result<(), Erreur> {
    let lignes = rapprocher_lot(db, sirets, premier, au).await?;
    constat.etablissements += u64::try_from(sirets.len()).unwrap_or(u64::MAX);
    let deja: Result<Constates, Erreur> = lire!(db, |tx| constates(tx, sirets).await);
    if comparer(&deja?, &lignes).est_vide() {
        return Ok(());
    }
    let fait: Result<Constat, Erreur> = ecrire!(db, |tx| {
        tx.verrouiller_travail("constat_dsn").await?;
        let changements = comparer(&constates(tx, sirets).await?, &lignes);
        changements.ecrire(tx, au, maintenant).await
    });
    let fait = fait?;
    constat.nouveaux += fait.nouveaux;
    constat.disparus += fait.disparus;
    constat.rouverts += fait.rouverts;
    Ok(())
}

/// Le rapprochement de quelques établissements, à partir du premier mois que la caisse connaît.
pub(super) async fn rapprocher_lot(
    db: &Db,
    sirets: &BTreeSet<String>,
    premier: Option<Periode>,
    au: Date,
) -> Result<Vec<MoisRapproche>, Erreur> {
    let Some(premier) = premier else {
        return Ok(Vec::new());
    };
    let faits: Result<_, Erreur> = lire!(db, |tx| {
        let tous = charger::lies(tx, sirets).await?;
        charger::faits(db, tx, &tous).await
    });
    let mut lignes = rapprocher(&faits?, Regles { au, tolerance: 0 })?;
    lignes.retain(|l| l.mois >= premier && sirets.contains(l.siret.as_str()));
    Ok(lignes)
}

/// L'établissement et le mois.
pub(super) type CleMois = (String, Periode);
/// L'établissement, le mois et la classe.
pub(super) type CleEcart = (String, Periode, Classe);
/// Un mois constaté : déclaré, ordonné, encaissé, échéance.
pub(super) type MoisConstate = (Montant, Montant, Montant, Option<Date>);

/// Un écart constaté.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EcartConstate {
    id: i64,
    pub(super) montant: Montant,
    pub(super) etat: Etat,
    attribue: bool,
}

/// Ce que la base a constaté de quelques établissements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Constates {
    pub(super) mois: BTreeMap<CleMois, MoisConstate>,
    pub(super) ecarts: BTreeMap<CleEcart, EcartConstate>,
}

type LigneEcart = (String, String, String, i64, i64, String, Option<String>);

pub(super) async fn constates(tx: &mut Tx, sirets: &BTreeSet<String>) -> Result<Constates, Erreur> {
    let lot = || Lot::nouveau().textes("siret", sirets.iter().map(String::as_str));
    let mois: Vec<(String, String, i64, i64, i64, Option<String>)> = lot()
        .toutes(
            tx,
            "SELECT m.siret, m.mois, m.declare_centimes, m.ordonne_centimes, m.encaisse_centimes, m.echeance \
             FROM v CROSS JOIN mois_constate m WHERE m.siret = v.siret",
        )
        .await?;
    let ecarts: Vec<LigneEcart> = lot()
        .toutes(
            tx,
            "SELECT e.siret, e.mois, e.classe, e.id, e.montant_centimes, e.etat, e.agent \
             FROM v CROSS JOIN ecart e WHERE e.siret = v.siret",
        )
        .await?;
    let centimes = Montant::de_centimes;
    Ok(Constates {
        mois: mois
            .into_iter()
            .map(|(siret, mois, declare, ordonne, encaisse, echeance)| {
                let echeance = echeance.as_deref().map(charger::jour).transpose()?;
                let constate = (centimes(declare), centimes(ordonne), centimes(encaisse), echeance);
                Ok(((siret, charger::periode(&mois)?), constate))
            })
            .collect::<Result<_, Erreur>>()?,
        ecarts: ecarts
            .into_iter()
            .map(|(siret, mois, classe, id, montant, etat, agent)| {
                let classe = classe.parse().map_err(|()| Erreur::Illisible("classe"))?;
                let ecart = EcartConstate {
                    id,
                    montant: centimes(montant),
                    etat: etat.parse().map_err(|()| Erreur::Illisible("etat"))?,
                    attribue: agent.is_some(),
                };
                Ok(((siret, charger::periode(&mois)?, classe), ecart))
            })
            .collect::<Result<_, Erreur>>()?,
    })
}

/// Ce qu'une passe change à ce qui était constaté.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changements {
    mois: Vec<(CleMois, MoisConstate)>,
    mois_vides: Vec<CleMois>,
    nouveaux: Vec<(CleEcart, Montant)>,
    changes: Vec<Changement>,
}

/// Un écart connu qui change.
#[derive(Debug, PartialEq, Eq)]
struct Changement {
    id: i64,
    siret: String,
    montant: Montant,
    etat: Etat,
    geste: Option<Geste>,
}

/// Compare ce qui était constaté au rapprochement des mêmes établissements.
pub(super) fn comparer(deja: &Constates, lignes: &[MoisRapproche]) -> Changements {
    let mut changements = Changements::default();
    let mut mois_vus = BTreeSet::new();
    let mut ecarts_vus = BTreeSet::new();
    for ligne in lignes {
        let cle = (ligne.siret.as_str().to_owned(), ligne.mois);
        let constate = (ligne.declare, ligne.ordonne, ligne.encaisse, ligne.echeance);
        if deja.mois.get(&cle) != Some(&constate) {
            changements.mois.push((cle.clone(), constate));
        }
        for ecart in &ligne.ecarts {
            let cle = (cle.0.clone(), cle.1, ecart.classe);
            let montant = Montant::de_centimes(ecart.montant_centimes);
            match deja.ecarts.get(&cle) {
                None => changements.nouveaux.push((cle.clone(), montant)),
                Some(connu) => changements.changes.extend(connu.devient(&cle, Some(montant))),
            }
            ecarts_vus.insert(cle);
        }
        mois_vus.insert(cle);
    }
    changements.mois_vides = deja
        .mois
        .keys()
        .filter(|cle| !mois_vus.contains(*cle))
        .cloned()
        .collect();
    for (cle, connu) in &deja.ecarts {
        if !ecarts_vus.contains(cle) {
            changements.changes.extend(connu.devient(cle, None));
        }
    }
    changements
}

impl EcartConstate {
    /// Ce que cet écart devient quand les faits le montrent de cette somme, ou ne le montrent plus.
    fn devient(&self, cle: &CleEcart, montre: Option<Montant>) -> Option<Changement> {
        let ouvert = Etat::ouvert(cle.2, self.attribue);
        let (etat, geste) = match (self.etat, montre) {
            (Etat::Disparu, None) => return None,
            (_, None) => (Etat::Disparu, Some(Geste::Disparu)),
            (Etat::Disparu, Some(_)) => (ouvert, Some(Geste::Revenu)),
            (Etat::Clos, Some(montant)) if montant != self.montant => (ouvert, Some(Geste::Rouvert)),
            (etat, Some(montant)) if montant != self.montant => (etat, None),
            (_, Some(_)) => return None,
        };
        Some(Changement {
            id: self.id,
            siret: cle.0.clone(),
            montant: montre.unwrap_or(self.montant),
            etat,
            geste,
        })
    }
}

impl Changements {
    pub(super) fn est_vide(&self) -> bool {
        *self == Self::default()
    }

    /// Les établissements que touchent ces changements.
    pub(super) fn sirets(&self) -> BTreeSet<String> {
        let mois = self.mois.iter().map(|(cle, _)| &cle.0);
        let vides = self.mois_vides.iter().map(|cle| &cle.0);
        let nouveaux = self.nouveaux.iter().map(|(cle, _)| &cle.0);
        let changes = self.changes.iter().map(|c| &c.siret);
        mois.chain(vides)
            .chain(nouveaux)
            .chain(changes)
            .cloned()
            .collect()
    }

    async fn ecrire(&self, tx: &mut Tx, au: Date, maintenant: Timestamp) -> Result<Constat, Erreur> {
        self.ecrire_mois(tx).await?;
        let ids = tx.reserver("ecart", self.nouveaux.len()).await?;
        let cles = || self.nouveaux.iter().map(|(cle, _)| cle);
        Lot::nouveau()
            .entiers("id", ids)
            .textes("siret", cles().map(|c| c.0.as_str()))
            .textes("mois", cles().map(|c| c.1.to_string()))
            .textes("classe", cles().map(|c| c.2.slug()))
            .entiers(
                "montant_centimes",
                self.nouveaux.iter().map(|(_, m)| m.centimes()),
            )
            .textes("constate_le", cles().map(|_| au.to_string()))
            .textes("etat", cles().map(|c| Etat::ouvert(c.2, false).code()))
            .executer(
                tx,
                "INSERT INTO ecart (id, siret, mois, classe, montant_centimes, constate_le, etat) \
                 SELECT id, siret, mois, classe, montant_centimes, constate_le, etat FROM v",
            )
            .await?;
        Lot::nouveau()
            .entiers("id", self.changes.iter().map(|c| c.id))
            .entiers("montant_centimes", self.changes.iter().map(|c| c.montant.centimes()))
            .textes("etat", self.changes.iter().map(|c| c.etat.code()))
            .executer(
                tx,
                "UPDATE ecart SET montant_centimes = v.montant_centimes, etat = v.etat FROM v WHERE ecart.id = v.id",
            )
            .await?;
        let gestes: Vec<_> = self
            .changes
            .iter()
            .filter_map(|c| c.geste.map(|g| (c, g)))
            .collect();
        let ids = tx.reserver("geste_ecart", gestes.len()).await?;
        Lot::nouveau()
            .entiers("id", ids)
            .entiers("ecart_id", gestes.iter().map(|g| g.0.id))
            .textes("quand", gestes.iter().map(|_| maintenant.to_string()))
            .textes("auteur", gestes.iter().map(|_| SERVEUR))
            .textes("geste", gestes.iter().map(|g| g.1.code()))
            .entiers("montant_centimes", gestes.iter().map(|g| g.0.montant.centimes()))
            .executer(
                tx,
                "INSERT INTO geste_ecart (id, ecart_id, quand, auteur, geste, montant_centimes) \
                 SELECT id, ecart_id, quand, auteur, geste, montant_centimes FROM v",
            )
            .await?;
        let combien = |voulu| {
            let n = gestes.iter().filter(|(_, g)| *g == voulu).count();
            u64::try_from(n).unwrap_or(u64::MAX)
        };
        Ok(Constat {
            etablissements: 0,
            nouveaux: u64::try_from(self.nouveaux.len()).unwrap_or(u64::MAX),
            disparus: combien(Geste::Disparu),
            rouverts: combien(Geste::Rouvert),
        })
    }

    async fn ecrire_mois(&self, tx: &mut Tx) -> Result<(), Erreur> {
        let (cles, mois) = (
            || self.mois.iter().map(|(cle, _)| cle),
            || self.mois.iter().map(|(_, m)| m),
        );
        Lot::nouveau()
            .textes("siret", cles().map(|c| c.0.as_str()))
            .textes("mois", cles().map(|c| c.1.to_string()))
            .entiers("declare_centimes", mois().map(|m| m.0.centimes()))
            .entiers("ordonne_centimes", mois().map(|m| m.1.centimes()))
            .entiers("encaisse_centimes", mois().map(|m| m.2.centimes()))
            .textes_opt("echeance", mois().map(|m| m.3.map(|e| e.to_string())))
            .executer(
                tx,
                "INSERT INTO mois_constate (siret, mois, declare_centimes, ordonne_centimes, encaisse_centimes, echeance) \
                 SELECT siret, mois, declare_centimes, ordonne_centimes, encaisse_centimes, echeance FROM v \
                 WHERE true ON CONFLICT (mois, siret) DO UPDATE SET declare_centimes = excluded.declare_centimes, \
                 ordonne_centimes = excluded.ordonne_centimes, encaisse_centimes = excluded.encaisse_centimes, \
                 echeance = excluded.echeance",
            )
            .await?;
        Lot::nouveau()
            .textes("siret", self.mois_vides.iter().map(|c| c.0.as_str()))
            .textes("mois", self.mois_vides.iter().map(|c| c.1.to_string()))
            .executer(
                tx,
                "DELETE FROM mois_constate WHERE (mois, siret) IN (SELECT mois, siret FROM v)",
            )
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connu(etat: Etat, attribue: bool) -> EcartConstate {
        EcartConstate {
            id: 7,
            montant: Montant::de_centimes(100),
            etat,
            attribue,
        }
    }

    /// L'état et le geste d'un impayé de 1,00 € quand les faits le montrent de cette somme.
    fn apres(etat: Etat, attribue: bool, montre: Option<i64>) -> Option<(Etat, Option<Geste>)> {
        let cle = (String::new(), Periode::mois(2026, 1).unwrap(), Classe::Impaye);
        let devient = connu(etat, attribue).devient(&cle, montre.map(Montant::de_centimes));
        devient.map(|c| (c.etat, c.geste))
    }

    #[test]
    fn ce_qui_ne_change_pas_ne_s_ecrit_pas() {
        for etat in [Etat::ATraiter, Etat::Attribue, Etat::Clos] {
            assert_eq!(apres(etat, etat == Etat::Attribue, Some(100)), None);
        }
        assert_eq!(apres(Etat::Disparu, false, None), None);
    }

    #[test]
    fn un_ecart_clos_se_rouvre_si_sa_somme_change_et_revient_a_son_agent() {
        assert_eq!(
            apres(Etat::Clos, false, Some(90)),
            Some((Etat::ATraiter, Some(Geste::Rouvert)))
        );
        assert_eq!(
            apres(Etat::Clos, true, Some(90)),
            Some((Etat::Attribue, Some(Geste::Rouvert)))
        );
    }

    #[test]
    fn un_ecart_disparait_avec_les_faits_et_revient_avec_eux() {
        for etat in [Etat::Information, Etat::ATraiter, Etat::Attribue, Etat::Clos] {
            assert_eq!(
                apres(etat, etat == Etat::Attribue, None),
                Some((Etat::Disparu, Some(Geste::Disparu)))
            );
        }
        assert_eq!(
            apres(Etat::Disparu, true, Some(100)),
            Some((Etat::Attribue, Some(Geste::Revenu)))
        );
    }

    #[test]
    fn un_ecart_ouvert_suit_sa_somme_sans_bruit() {
        assert_eq!(
            apres(Etat::ATraiter, false, Some(90)),
            Some((Etat::ATraiter, None))
        );
    }
}
