//! Les actes émis : la liste d'une caisse, un acte, son document.

use std::collections::HashMap;

use acces::{Action, Permis};
use droit::{Acte, Branche, Droit, ModeEnvoi};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, Lot, Tx, sql};
use valeurs::{DossierId, Montant};
use web::Sens;

use super::emettre::PDF;
use crate::Erreur;
use crate::procedure::jour;

/// Où en est un acte émis.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Avancement {
    /// Rien ne l'a encore remis à la poste.
    AExpedier,
    /// Remis, sans réponse.
    Remis,
    /// Reçu.
    Recu,
    /// Avisé, non réclamé.
    NonReclame,
    /// Revenu : destinataire inconnu à l'adresse.
    Revenu,
}

impl Avancement {
    /// Tous, dans l'ordre d'une vie d'acte.
    pub const TOUS: [Self; 5] = [
        Self::AExpedier,
        Self::Remis,
        Self::Recu,
        Self::NonReclame,
        Self::Revenu,
    ];

    /// Le code stable.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AExpedier => "a_expedier",
            Self::Remis => "remis",
            Self::Recu => "recu",
            Self::NonReclame => "non_reclame",
            Self::Revenu => "revenu",
        }
    }

    /// Ce qu'un agent lit.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::AExpedier => "À expédier",
            Self::Remis => "Remis à la poste",
            Self::Recu => "Reçu",
            Self::NonReclame => "Non réclamé",
            Self::Revenu => "Revenu, inconnu à l’adresse",
        }
    }

    /// Celui de ce code.
    #[must_use]
    pub fn du_code(code: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|etat| etat.code() == code)
    }
}

/// Un acte émis, et à qui.
#[derive(Clone, Debug)]
pub struct ActeEmis {
    /// Son identifiant, d'où vient son numéro.
    pub id: i64,
    /// Ce qu'il est.
    pub acte: &'static Acte,
    /// Le dossier.
    pub dossier: DossierId,
    /// Le nom du débiteur.
    pub nom: String,
    /// Sa branche.
    pub branche: Branche,
    /// Le jour de son émission.
    pub emis_le: Date,
    /// Par quel agent.
    pub auteur: String,
    /// Qui le signe.
    pub signataire: String,
    /// Ce qu'il réclame.
    pub montant: Montant,
    /// Comment il part.
    pub envoi: ModeEnvoi,
    /// Ses pages.
    pub pages: i64,
    /// SHA-256 du document.
    pub empreinte: Vec<u8>,
    /// Où il en est.
    pub etat: Avancement,
}

/// Ce qu'un acte est devenu, un jour.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suivi {
    /// Quoi.
    pub etat: Avancement,
    /// Le jour où c'est arrivé.
    pub jour: Date,
    /// Quand c'est enregistré.
    pub enregistre_le: Timestamp,
    /// Par qui.
    pub auteur: String,
    /// Le lot d'une remise.
    pub lot: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    code: String,
    dossier_id: i64,
    nom: String,
    prenom: String,
    branche: i64,
    emis_le: String,
    auteur: String,
    signataire: String,
    montant_centimes: i64,
    envoi: String,
    pages: i64,
    empreinte: Vec<u8>,
    etat: String,
}

impl Ligne {
    fn lire(self) -> Result<ActeEmis, Erreur> {
        Ok(ActeEmis {
            id: self.id,
            acte: Droit::charger()
                .acte(&self.code)
                .ok_or(Erreur::Illisible("code d’acte"))?,
            dossier: DossierId::new(self.dossier_id),
            nom: format!("{} {}", self.nom, self.prenom).trim_end().to_owned(),
            branche: Branche::TOUS
                .iter()
                .copied()
                .find(|branche| i64::from(branche.bit()) == self.branche)
                .ok_or(Erreur::Illisible("branche"))?,
            emis_le: jour(&self.emis_le)?,
            auteur: self.auteur,
            signataire: self.signataire,
            montant: Montant::de_centimes(self.montant_centimes),
            envoi: self
                .envoi
                .parse()
                .map_err(|_| Erreur::Illisible("mode d’envoi"))?,
            pages: self.pages,
            empreinte: self.empreinte,
            etat: Avancement::du_code(&self.etat).ok_or(Erreur::Illisible("état d’acte"))?,
        })
    }
}

/// Ce qu'une liste d'actes montre.
#[derive(Clone, Copy, Default, Debug)]
pub struct FiltreActes {
    /// Un état ; tous si absent.
    pub etat: Option<Avancement>,
    /// Un acte ; tous si absent.
    pub acte: Option<&'static Acte>,
    /// Un dossier ; tous si absent.
    pub dossier: Option<DossierId>,
}

/// Les actes des branches du permis, du plus récent au plus ancien (ou l'inverse, à rebours), après `place`.
///
/// # Errors
/// Le refus de la base.
pub async fn page<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    filtre: FiltreActes,
    sens: Sens,
    place: Option<i64>,
    combien: u32,
) -> Result<Vec<ActeEmis>, Erreur> {
    let (borne, requete) = match sens {
        Sens::Decroissant => (
            place.unwrap_or(i64::MAX),
            sql!(
                "SELECT a.id, a.code, a.dossier_id, d.nom, d.prenom, a.branche, a.emis_le, a.auteur, a.signataire, \
         a.montant_centimes, a.envoi, a.pages, a.empreinte, s.etat FROM acte a \
         JOIN debiteur d ON d.id = a.dossier_id JOIN avancement_acte s ON s.acte_id = a.id \
         WHERE (a.branche & $1) <> 0 AND a.id < $2 AND ($3 = '' OR s.etat = $3) AND ($4 = '' OR a.code = $4) \
         AND ($5 = 0 OR a.dossier_id = $5) ORDER BY a.id DESC LIMIT $6"
            ),
        ),
        Sens::Croissant => (
            place.unwrap_or(i64::MIN),
            sql!(
                "SELECT a.id, a.code, a.dossier_id, d.nom, d.prenom, a.branche, a.emis_le, a.auteur, a.signataire, \
         a.montant_centimes, a.envoi, a.pages, a.empreinte, s.etat FROM acte a \
         JOIN debiteur d ON d.id = a.dossier_id JOIN avancement_acte s ON s.acte_id = a.id \
         WHERE (a.branche & $1) <> 0 AND a.id > $2 AND ($3 = '' OR s.etat = $3) AND ($4 = '' OR a.code = $4) \
         AND ($5 = 0 OR a.dossier_id = $5) ORDER BY a.id ASC LIMIT $6"
            ),
        ),
    };
    let lignes: Vec<Ligne> = requete
        .bind(permis.perimetre().branches)
        .bind(borne)
        .bind(filtre.etat.map_or("", Avancement::code))
        .bind(filtre.acte.map_or("", Acte::code))
        .bind(filtre.dossier.map_or(0, DossierId::get))
        .bind(i64::from(combien))
        .toutes(tx)
        .await?;
    lignes.into_iter().map(Ligne::lire).collect()
}

/// Combien d'actes des branches du permis sont dans chaque état.
///
/// # Errors
/// Le refus de la base.
pub async fn compter<A: Action>(tx: &mut Tx, permis: &Permis<A>) -> Result<Vec<(Avancement, u64)>, Erreur> {
    let comptes: Vec<(String, i64)> = sql!(
        "SELECT s.etat, COUNT(*) FROM avancement_acte s JOIN acte a ON a.id = s.acte_id \
         WHERE (a.branche & $1) <> 0 GROUP BY s.etat"
    )
    .bind(permis.perimetre().branches)
    .toutes(tx)
    .await?;
    let combien = |etat: Avancement| {
        let trouve = comptes.iter().find(|(code, _)| code == etat.code());
        trouve.map_or(0, |(_, n)| u64::try_from(*n).unwrap_or_default())
    };
    Ok(Avancement::TOUS
        .into_iter()
        .map(|etat| (etat, combien(etat)))
        .collect())
}

/// Un acte des branches du permis, ses créances et ce qu'il est devenu, du plus ancien au plus récent ; `None` s'il
/// n'existe pas ou n'en est pas.
///
/// # Errors
/// Le refus de la base.
pub async fn acte<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    id: i64,
) -> Result<Option<(ActeEmis, Vec<(i64, Montant)>, Vec<Suivi>)>, Erreur> {
    let ligne: Option<Ligne> = sql!(
        "SELECT a.id, a.code, a.dossier_id, d.nom, d.prenom, a.branche, a.emis_le, a.auteur, a.signataire, \
         a.montant_centimes, a.envoi, a.pages, a.empreinte, s.etat FROM acte a \
         JOIN debiteur d ON d.id = a.dossier_id JOIN avancement_acte s ON s.acte_id = a.id \
         WHERE a.id = $1 AND (a.branche & $2) <> 0"
    )
    .bind(id)
    .bind(permis.perimetre().branches)
    .au_plus_une(tx)
    .await?;
    let Some(ligne) = ligne else { return Ok(None) };
    let creances: Vec<(i64, i64)> =
        sql!("SELECT creance_id, montant_centimes FROM acte_creance WHERE acte_id = $1 ORDER BY creance_id")
            .bind(id)
            .toutes(tx)
            .await?;
    let creances = creances
        .into_iter()
        .map(|(id, m)| (id, Montant::de_centimes(m)))
        .collect();
    Ok(Some((ligne.lire()?, creances, suivis(tx, id).await?)))
}

/// Ce qu'un acte est devenu, du plus ancien au plus récent.
async fn suivis(tx: &mut Tx, id: i64) -> Result<Vec<Suivi>, Erreur> {
    let lus: Vec<(String, String, String, String, Option<i64>)> = sql!(
        "SELECT nature, jour, enregistre_le, auteur, lot_id FROM suivi_acte WHERE acte_id = $1 ORDER BY rang"
    )
    .bind(id)
    .toutes(tx)
    .await?;
    lus.into_iter()
        .map(|(nature, le, enregistre_le, auteur, lot)| {
            Ok(Suivi {
                etat: Avancement::du_code(&nature).ok_or(Erreur::Illisible("suivi d’acte"))?,
                jour: jour(&le)?,
                enregistre_le: enregistre_le.parse().map_err(|_| Erreur::Illisible("instant"))?,
                auteur,
                lot,
            })
        })
        .collect()
}

/// Par quoi chacun de ces actes est passé, et quel jour, du plus ancien au plus récent.
pub(super) async fn avancements(
    tx: &mut Tx,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<(Avancement, Date)>>, Erreur> {
    let mut lus: Vec<(i64, i64, String, String)> = Lot::nouveau()
        .entiers("id", ids.iter().copied())
        .toutes(
            tx,
            "SELECT s.acte_id, s.rang, s.nature, s.jour FROM v CROSS JOIN suivi_acte s WHERE s.acte_id = v.id",
        )
        .await?;
    lus.sort_unstable();
    let mut avancements: HashMap<i64, Vec<(Avancement, Date)>> = HashMap::new();
    for (acte, _, nature, le) in lus {
        let etat = Avancement::du_code(&nature).ok_or(Erreur::Illisible("suivi d’acte"))?;
        avancements.entry(acte).or_default().push((etat, jour(&le)?));
    }
    Ok(avancements)
}

/// Le document d'un acte des branches du permis, tel qu'il est parti ; `None` s'il n'existe pas ou n'en est pas.
///
/// # Errors
/// Le refus de la base ou du coffre.
pub async fn pdf<A: Action>(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<A>,
    id: i64,
) -> Result<Option<Vec<u8>>, Erreur> {
    let scelle: Option<(i64, Vec<u8>)> =
        sql!("SELECT dossier_id, pdf_scelle FROM acte WHERE id = $1 AND (branche & $2) <> 0")
            .bind(id)
            .bind(permis.perimetre().branches)
            .au_plus_une(tx)
            .await?;
    match scelle {
        None => Ok(None),
        Some((dossier, scelle)) => {
            let cle = db.coffre().cle(dossier).await?;
            Ok(Some(cle.desceller_octets(PDF, &scelle)?))
        }
    }
}
