//! Un échéancier accordé, refait de sa demande, et ce que les paiements du compte en font.

use std::collections::BTreeMap;

use acces::{Action, Permis};
use droit::{Demande, Dette, Droit, Echeancier, EtatEcheancier, Rythme, Suivi, Versement};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::{DossierId, Montant};

use crate::Erreur;
use crate::procedure::jour;

/// Un échéancier accordé.
#[derive(Clone, Debug)]
pub struct EcheancierAccorde {
    /// Son identifiant.
    pub id: i64,
    /// Le dossier.
    pub dossier: DossierId,
    /// Le jour de sa conclusion.
    pub conclu_le: Date,
    /// Ce qu'il est.
    pub echeancier: Echeancier,
    /// Le plan signé dit-il que deux échéances impayées de suite y mettent fin ?
    pub clause_de_rupture: bool,
    /// Ses créances, et ce qui restait dû de chacune.
    pub creances: Vec<(i64, Montant)>,
    /// Quand il a été enregistré.
    pub enregistre_le: Timestamp,
    /// Par qui.
    pub auteur: String,
    /// Le jour et l'auteur de la fin qu'un agent a constatée.
    pub rompu: Option<(Date, String)>,
}

/// Un échéancier et où il en est.
#[derive(Clone, Debug)]
pub struct SuiviEcheancier {
    /// L'échéancier.
    pub accorde: EcheancierAccorde,
    /// Ce que les paiements reçus depuis en ont fait.
    pub suivi: Suivi,
    /// Ce que le compte dit encore dû de ses créances.
    pub reste_au_compte: Montant,
}

impl SuiviEcheancier {
    /// Il est perdu ou fini sans être payé, il reste dû, et nul ne l'a encore constaté.
    #[must_use]
    pub fn est_a_rompre(&self) -> bool {
        let fini = matches!(
            self.suivi.etat,
            EtatEcheancier::Rompu(_) | EtatEcheancier::Expire(_)
        );
        fini && self.accorde.rompu.is_none() && self.reste_au_compte > Montant::ZERO
    }
}

#[derive(sqlx::FromRow)]
struct Ligne {
    dossier_id: i64,
    procedure_code: String,
    version: String,
    conclu_le: String,
    premiere: String,
    mensualites: Option<i64>,
    par_mois_centimes: Option<i64>,
    zone: String,
    clause_de_rupture: i64,
    part_ouvriere_centimes: i64,
    principal_centimes: i64,
    majorations_centimes: i64,
    apres_mouvement: i64,
    enregistre_le: String,
    auteur: String,
    rompu_le: Option<String>,
    rompu_par: Option<String>,
}

/// L'échéancier de ce numéro et où il en est au soir du jour `au` ; `None` s'il n'existe pas ou n'est pas du permis.
///
/// # Errors
/// Le refus de la base ; une valeur que le programme n'a pas écrite.
pub async fn echeancier<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    id: i64,
    au: Date,
) -> Result<Option<SuiviEcheancier>, Erreur> {
    let Some(lu) = relire(tx, id, au).await? else {
        return Ok(None);
    };
    // Le permis dit s'il voit une de ses créances, qui sont d'une même branche.
    let Some(&(premiere, _)) = lu.accorde.creances.first() else {
        return Ok(None);
    };
    let visible = creances::creances::creance(tx, permis, premiere, au).await?;
    Ok(visible.map(|_| lu))
}

/// Les numéros des échéanciers d'une créance, du plus récent au plus ancien.
///
/// # Errors
/// Le refus de la base.
pub async fn echeanciers_de_la_creance(tx: &mut Tx, creance: i64) -> Result<Vec<i64>, Erreur> {
    let ids: Vec<(i64,)> =
        sql!("SELECT echeancier_id FROM echeancier_creance WHERE creance_id = $1 ORDER BY rang DESC")
            .bind(creance)
            .toutes(tx)
            .await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn relire(tx: &mut Tx, id: i64, au: Date) -> Result<Option<SuiviEcheancier>, Erreur> {
    let ligne: Option<Ligne> = sql!(
        "SELECT e.dossier_id, e.procedure_code, e.version, e.conclu_le, e.premiere, e.mensualites, \
         e.par_mois_centimes, e.zone, e.clause_de_rupture, e.part_ouvriere_centimes, e.principal_centimes, \
         e.majorations_centimes, e.apres_mouvement, e.enregistre_le, e.auteur, r.jour AS rompu_le, \
         r.auteur AS rompu_par FROM echeancier e LEFT JOIN echeancier_rompu r ON r.echeancier_id = e.id \
         WHERE e.id = $1"
    )
    .bind(id)
    .au_plus_une(tx)
    .await?;
    let Some(ligne) = ligne else {
        return Ok(None);
    };
    let creances: Vec<(i64, i64)> = sql!(
        "SELECT creance_id, reste_centimes FROM echeancier_creance WHERE echeancier_id = $1 ORDER BY creance_id"
    )
    .bind(id)
    .toutes(tx)
    .await?;
    let reste: i64 = sql!(
        "SELECT CAST(COALESCE(SUM(c.reste_centimes), 0) AS BIGINT) FROM echeancier_creance p \
         JOIN creance c ON c.id = p.creance_id WHERE p.echeancier_id = $1"
    )
    .bind(id)
    .scalaire(tx)
    .await?;
    let conclu_le = jour(&ligne.conclu_le)?;
    let recus = versements(tx, id, ligne.apres_mouvement, conclu_le).await?;
    let accorde = ligne.lire(id, creances)?;
    let suivi = accorde.echeancier.suivre(&recus, au)?;
    Ok(Some(SuiviEcheancier {
        accorde,
        suivi,
        reste_au_compte: Montant::de_centimes(reste),
    }))
}

#[derive(sqlx::FromRow)]
struct LignePaiement {
    encaissement_id: i64,
    jour: String,
    montant_centimes: i64,
}

/// Ce que chaque recette a payé des créances de l'échéancier depuis l'accord, rejets et déclassements déduits, au jour où
/// elle est arrivée.
async fn versements(tx: &mut Tx, id: i64, apres: i64, conclu_le: Date) -> Result<Vec<Versement>, Erreur> {
    let lignes: Vec<LignePaiement> = sql!(
        "SELECT e.encaissement_id, e.jour, e.montant_centimes FROM echeancier_creance p \
         JOIN ecriture e ON e.creance_id = p.creance_id \
         WHERE p.echeancier_id = $1 AND e.mouvement_id > $2 AND e.encaissement_id IS NOT NULL"
    )
    .bind(id)
    .bind(apres)
    .toutes(tx)
    .await?;
    let mut recettes: BTreeMap<i64, (Option<Date>, Montant)> = BTreeMap::new();
    for ligne in lignes {
        let montant = Montant::de_centimes(ligne.montant_centimes).oppose();
        let (le, net) = recettes.entry(ligne.encaissement_id).or_default();
        *net = net.checked_add(montant)?;
        if !montant.est_negatif() {
            // Payé avant l'accord, connu après : la dette échelonnée le comptait encore.
            let recu = jour(&ligne.jour)?.max(conclu_le);
            *le = Some(le.map_or(recu, |connu| connu.min(recu)));
        }
    }
    Ok(recettes
        .into_values()
        .filter_map(|(le, montant)| {
            let le = le?;
            (montant > Montant::ZERO).then_some(Versement { le, montant })
        })
        .collect())
}

impl Ligne {
    fn lire(self, id: i64, creances: Vec<(i64, i64)>) -> Result<EcheancierAccorde, Erreur> {
        let mut procedures = Droit::charger().procedures().iter();
        let procedure = procedures
            .find(|procedure| procedure.code() == self.procedure_code)
            .ok_or(Erreur::Illisible("procédure"))?;
        let rythme = match (self.mensualites, self.par_mois_centimes) {
            (Some(nombre), None) => {
                Rythme::Mensualites(u16::try_from(nombre).map_err(|_| Erreur::Illisible("mensualités"))?)
            }
            (None, Some(centimes)) => Rythme::ParMois(Montant::de_centimes(centimes)),
            _ => return Err(Erreur::Illisible("rythme")),
        };
        let conclu_le = jour(&self.conclu_le)?;
        let echeancier = Echeancier::proposer(&Demande {
            procedure,
            dette: Dette {
                part_ouvriere: Montant::de_centimes(self.part_ouvriere_centimes),
                principal: Montant::de_centimes(self.principal_centimes),
                majorations: Montant::de_centimes(self.majorations_centimes),
            },
            conclu_le,
            premiere: jour(&self.premiere)?,
            rythme,
            zone: self.zone.parse().map_err(|_| Erreur::Illisible("zone"))?,
            clause_de_rupture: self.clause_de_rupture == 1,
        })?;
        // Une règle corrigée depuis ferait un autre échéancier que celui qui fut signé.
        if echeancier.version() != self.version {
            return Err(Erreur::Illisible("version de la règle d’échéancier"));
        }
        let rompu = match (self.rompu_le, self.rompu_par) {
            (Some(le), Some(par)) => Some((jour(&le)?, par)),
            _ => None,
        };
        Ok(EcheancierAccorde {
            id,
            dossier: DossierId::new(self.dossier_id),
            conclu_le,
            echeancier,
            clause_de_rupture: self.clause_de_rupture == 1,
            creances: creances
                .into_iter()
                .map(|(creance, reste)| (creance, Montant::de_centimes(reste)))
                .collect(),
            enregistre_le: self
                .enregistre_le
                .parse()
                .map_err(|_| Erreur::Illisible("instant"))?,
            auteur: self.auteur,
            rompu,
        })
    }
}
