use std::collections::BTreeMap;

use acces::{Action, Permis};
use droit::{Acte, Donnee, Droit, ModeEnvoi};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, Tx, lire, sql};
use valeurs::{DossierId, Montant};

use crate::Erreur;
use crate::actes::{Atelier, Tirage};

/// Où en est une campagne.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EtatCampagne {
    /// Ses dossiers se réunissent encore.
    EnPreparation,
    /// Elle attend qu'un autre l'approuve.
    Preparee,
    /// Elle s'émet.
    Approuvee,
    /// Un autre l'a refusée.
    Refusee,
    /// Tout est émis, ou écarté.
    Finie,
}

impl EtatCampagne {
    const TOUS: [Self; 5] = [
        Self::EnPreparation,
        Self::Preparee,
        Self::Approuvee,
        Self::Refusee,
        Self::Finie,
    ];

    /// Le code stable.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EnPreparation => "en_preparation",
            Self::Preparee => "preparee",
            Self::Approuvee => "approuvee",
            Self::Refusee => "refusee",
            Self::Finie => "finie",
        }
    }

    /// Ce qu'un agent lit.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::EnPreparation => "En préparation",
            Self::Preparee => "À approuver",
            Self::Approuvee => "En cours",
            Self::Refusee => "Refusée",
            Self::Finie => "Finie",
        }
    }
}

/// Ce qu'un dossier est dans une campagne.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EtatDossier {
    /// Il recevra l'acte.
    AFaire,
    /// L'acte est émis.
    Emis,
    /// Il ne le recevra pas.
    Ecarte,
}

impl EtatDossier {
    const TOUS: [Self; 3] = [Self::AFaire, Self::Emis, Self::Ecarte];

    /// Le code stable.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AFaire => "a_faire",
            Self::Emis => "emis",
            Self::Ecarte => "ecarte",
        }
    }

    /// Celui de ce code.
    #[must_use]
    pub fn du_code(code: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|etat| etat.code() == code)
    }
}

/// Une campagne.
#[derive(Clone, Debug)]
pub struct Campagne {
    /// Son identifiant.
    pub id: i64,
    /// L'acte qu'elle émet.
    pub acte: &'static Acte,
    /// Les branches qu'elle touche (bits de [`droit::Branche`]).
    pub branches: i64,
    /// Le plus petit montant qu'elle réclame.
    pub minimum: Montant,
    /// Comment ses actes partent.
    pub envoi: ModeEnvoi,
    /// Qui les signe.
    pub signataire: String,
    /// Quand elle a été préparée.
    pub preparee_le: Timestamp,
    /// Par qui.
    pub preparee_par: String,
    /// Qui l'a approuvée ou refusée.
    pub decidee_par: Option<String>,
    /// Où elle en est.
    pub etat: EtatCampagne,
    /// Pourquoi elle s'est arrêtée, si elle l'est.
    pub arret: Option<String>,
}

impl Campagne {
    /// Ce que ses actes partagent.
    pub(super) fn tirage<'a>(
        &'a self,
        atelier: &'a Atelier,
        saisies: &'a BTreeMap<Donnee, String>,
        au: Date,
    ) -> Tirage<'a> {
        Tirage {
            atelier,
            acte: self.acte,
            signataire: Some(&self.signataire),
            envoi: self.envoi,
            minimum: self.minimum,
            saisies,
            au,
        }
    }
}

/// Combien de dossiers, et pour combien.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Recapitulatif {
    /// Dossiers.
    pub dossiers: u64,
    /// Créances.
    pub creances: u64,
    /// Leur montant.
    pub montant: Montant,
}

/// Un dossier d'une campagne.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DossierDeCampagne {
    /// Le dossier.
    pub dossier: DossierId,
    /// La branche, par son bit.
    pub branche: i64,
    /// Le débiteur.
    pub nom: String,
    /// Ce qu'il y est.
    pub etat: EtatDossier,
    /// Créances de l'acte.
    pub creances: i64,
    /// Leur montant.
    pub montant: Montant,
    /// Pourquoi il est écarté.
    pub raison: Option<String>,
    /// L'acte émis.
    pub acte: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    code: String,
    branches: i64,
    minimum_centimes: i64,
    envoi: String,
    signataire: String,
    preparee_le: String,
    preparee_par: String,
    decidee_par: Option<String>,
    etat: String,
    arret: Option<String>,
}

impl Ligne {
    fn lire(self) -> Result<Campagne, Erreur> {
        let etat = EtatCampagne::TOUS
            .into_iter()
            .find(|etat| etat.code() == self.etat);
        Ok(Campagne {
            id: self.id,
            acte: Droit::charger()
                .acte(&self.code)
                .ok_or(Erreur::Illisible("code d’acte"))?,
            branches: self.branches,
            minimum: Montant::de_centimes(self.minimum_centimes),
            envoi: self
                .envoi
                .parse()
                .map_err(|_| Erreur::Illisible("mode d’envoi"))?,
            signataire: self.signataire,
            preparee_le: self
                .preparee_le
                .parse()
                .map_err(|_| Erreur::Illisible("instant"))?,
            preparee_par: self.preparee_par,
            decidee_par: self.decidee_par,
            etat: etat.ok_or(Erreur::Illisible("état de campagne"))?,
            arret: self.arret,
        })
    }
}

/// Les campagnes toutes dans les branches du permis, de la plus récente à la plus ancienne, cent au plus.
///
/// # Errors
/// Le refus de la base.
pub async fn campagnes<A: Action>(tx: &mut Tx, permis: &Permis<A>) -> Result<Vec<Campagne>, Erreur> {
    let lignes: Vec<Ligne> = sql!(
        "SELECT id, code, branches, minimum_centimes, envoi, signataire, preparee_le, preparee_par, decidee_par, etat, \
         arret FROM campagne WHERE (branches & $1) = branches ORDER BY id DESC LIMIT 100"
    )
    .bind(permis.perimetre().branches)
    .toutes(tx)
    .await?;
    lignes.into_iter().map(Ligne::lire).collect()
}

/// Une campagne toute dans les branches du permis ; `None` si elle n'existe pas ou en sort.
///
/// # Errors
/// Le refus de la base.
pub async fn campagne<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    id: i64,
) -> Result<Option<(Campagne, [(EtatDossier, Recapitulatif); 3], Vec<(String, u64)>)>, Erreur> {
    let Some(campagne) = lire_campagne(tx, permis, id).await? else {
        return Ok(None);
    };
    let comptes: Vec<(String, i64, i64, i64)> = sql!(
        "SELECT etat, COUNT(*), CAST(SUM(creances) AS BIGINT), CAST(SUM(montant_centimes) AS BIGINT) \
         FROM campagne_dossier WHERE campagne_id = $1 GROUP BY etat"
    )
    .bind(id)
    .toutes(tx)
    .await?;
    let recapitulatif = |etat: EtatDossier| {
        let compte = comptes.iter().find(|(code, ..)| code == etat.code());
        let recapitulatif = compte.map(|(_, dossiers, creances, montant)| Recapitulatif {
            dossiers: u64::try_from(*dossiers).unwrap_or_default(),
            creances: u64::try_from(*creances).unwrap_or_default(),
            montant: Montant::de_centimes(*montant),
        });
        (etat, recapitulatif.unwrap_or_default())
    };
    let raisons: Vec<(String, i64)> = sql!(
        "SELECT COALESCE(raison, ''), COUNT(*) FROM campagne_dossier WHERE campagne_id = $1 AND etat = 'ecarte' \
         GROUP BY raison ORDER BY COUNT(*) DESC, raison"
    )
    .bind(id)
    .toutes(tx)
    .await?;
    let raisons = raisons
        .into_iter()
        .map(|(raison, n)| (raison, u64::try_from(n).unwrap_or_default()));
    Ok(Some((
        campagne,
        EtatDossier::TOUS.map(recapitulatif),
        raisons.collect(),
    )))
}

/// Les campagnes que le serveur a à faire avancer : ce qu'elles attendent, et l'agent au nom de qui.
///
/// # Errors
/// Le refus de la base.
pub async fn en_cours(db: &Db) -> Result<Vec<(i64, EtatCampagne, String)>, Erreur> {
    let lues: Result<Vec<(i64, String, String)>, Erreur> = lire!(db, |tx| Ok(sql!(
        "SELECT id, etat, COALESCE(decidee_par, preparee_par) FROM campagne \
         WHERE etat IN ('en_preparation', 'approuvee') ORDER BY id"
    )
    .toutes(tx)
    .await?));
    lues?
        .into_iter()
        .map(|(id, code, agent)| {
            let etat = EtatCampagne::TOUS.into_iter().find(|etat| etat.code() == code);
            Ok((id, etat.ok_or(Erreur::Illisible("état de campagne"))?, agent))
        })
        .collect()
}

/// Une campagne toute dans les branches du permis.
pub(super) async fn lire_campagne<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    id: i64,
) -> Result<Option<Campagne>, Erreur> {
    let ligne: Option<Ligne> = sql!(
        "SELECT id, code, branches, minimum_centimes, envoi, signataire, preparee_le, preparee_par, decidee_par, etat, \
         arret FROM campagne WHERE id = $1 AND (branches & $2) = branches"
    )
    .bind(id)
    .bind(permis.perimetre().branches)
    .au_plus_une(tx)
    .await?;
    ligne.map(Ligne::lire).transpose()
}

/// Les dossiers d'une campagne dans cet état, après celui-ci, dans leur ordre. Le permis est celui de la campagne.
///
/// # Errors
/// Le refus de la base.
pub async fn dossiers<A: Action>(
    tx: &mut Tx,
    _permis: &Permis<A>,
    campagne: i64,
    etat: EtatDossier,
    apres: (i64, i64),
    combien: u32,
) -> Result<Vec<DossierDeCampagne>, Erreur> {
    type Lu = (i64, i64, String, String, i64, i64, Option<String>, Option<i64>);
    let lus: Vec<Lu> = sql!(
        "SELECT c.dossier_id, c.branche, d.nom, d.prenom, c.creances, c.montant_centimes, c.raison, c.acte_id \
         FROM campagne_dossier c JOIN debiteur d ON d.id = c.dossier_id \
         WHERE c.campagne_id = $1 AND c.etat = $2 AND (c.dossier_id > $3 OR (c.dossier_id = $3 AND c.branche > $4)) \
         ORDER BY c.dossier_id, c.branche LIMIT $5"
    )
    .bind(campagne)
    .bind(etat.code())
    .bind(apres.0)
    .bind(apres.1)
    .bind(i64::from(combien))
    .toutes(tx)
    .await?;
    let dossiers = lus.into_iter().map(
        |(dossier, branche, nom, prenom, creances, montant, raison, acte)| DossierDeCampagne {
            dossier: DossierId::new(dossier),
            branche,
            nom: format!("{nom} {prenom}").trim_end().to_owned(),
            etat,
            creances,
            montant: Montant::de_centimes(montant),
            raison,
            acte,
        },
    );
    Ok(dossiers.collect())
}
