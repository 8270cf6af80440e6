//! Le mandat SEPA d'un débiteur : noté, choisi pour un échéancier, révoqué.

use std::fmt;

use ::prelevements::{Bic, Nom, Rum, est_de_l_eee};
use acces::{Permis, actions};
use droit::EtatEcheancier;
use jiff::civil::Date;
use storage::{Db, Tx, sql};
use valeurs::{DossierId, Iban, date_longue};

use super::{ErreurPrelevement, raconter};
use crate::Erreur;
use crate::echeanciers::{SuiviEcheancier, echeancier};
use crate::procedure::jour;

/// Contexte de scellement.
const COMPTE: &str = "mandat_sepa.compte";

/// Le compte qu'un mandat laisse prélever, et son titulaire.
#[derive(Clone, PartialEq, Eq)]
pub struct CompteAPrelever {
    /// Le compte, de l'Espace économique européen.
    pub(super) iban: Iban,
    /// Sa banque, si elle est donnée.
    pub(super) bic: Option<Bic>,
    /// Le titulaire, dans l'alphabet des messages SEPA.
    pub(super) titulaire: Nom,
}

/// Un compte est une donnée personnelle : `Debug` n'en dit rien.
impl fmt::Debug for CompteAPrelever {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CompteAPrelever(••••)")
    }
}

impl CompteAPrelever {
    /// Lit ce qu'un agent recopie du mandat ; un BIC vide manque.
    ///
    /// # Errors
    /// IBAN faux ou hors de l'Espace économique européen, BIC mal formé, titulaire illisible.
    pub fn lire(iban: &str, bic: &str, titulaire: &str) -> Result<Self, ErreurPrelevement> {
        let iban: Iban = iban.parse()?;
        if !est_de_l_eee(&iban) {
            return Err(ErreurPrelevement::HorsEee);
        }
        Ok(Self {
            iban,
            bic: (!bic.trim().is_empty()).then(|| bic.parse()).transpose()?,
            titulaire: Nom::new(titulaire)?,
        })
    }

    /// De quoi reconnaître le compte sans le divulguer : « •••• 0189 ».
    pub(crate) fn masque(&self) -> String {
        let iban = self.iban.as_str();
        format!("•••• {}", iban.split_at(iban.len().saturating_sub(4)).1)
    }

    /// Ce qui se scelle, et que [`Self::du_texte`] relit.
    fn texte(&self) -> String {
        let bic = self.bic.as_ref().map_or("", Bic::as_str);
        [self.iban.as_str(), bic, self.titulaire.as_str()].join("\n")
    }

    fn du_texte(texte: &str) -> Result<Self, Erreur> {
        let illisible = || Erreur::Illisible("compte du mandat");
        let mut lignes = texte.lines();
        let (Some(iban), Some(bic), Some(titulaire)) = (lignes.next(), lignes.next(), lignes.next()) else {
            return Err(illisible());
        };
        Self::lire(iban, bic, titulaire).map_err(|_| illisible())
    }
}

/// Un mandat à noter.
#[derive(Clone, Debug)]
pub struct NouveauMandat {
    /// Sa référence unique.
    pub rum: Rum,
    /// Le compte.
    pub compte: CompteAPrelever,
    /// Le jour de sa signature.
    pub signe_le: Date,
}

/// Un mandat noté.
#[derive(Clone, Debug)]
pub(crate) struct Mandat {
    /// Son identifiant.
    pub(crate) id: i64,
    /// Sa référence unique.
    pub(crate) rum: Rum,
    /// Le compte.
    pub(crate) compte: CompteAPrelever,
    /// Le jour de sa signature.
    pub(crate) signe_le: Date,
    /// Le jour de sa révocation.
    pub(crate) revoque_le: Option<Date>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    rum: String,
    compte_scelle: Vec<u8>,
    signe_le: String,
    revoque_le: Option<String>,
}

/// Les mandats du dossier, du plus récent au plus ancien. À lire d'un échéancier que le permis laisse voir.
///
/// # Errors
/// Le refus de la base ou du coffre.
pub(crate) async fn mandats(db: &Db, tx: &mut Tx, dossier: DossierId) -> Result<Vec<Mandat>, Erreur> {
    let lignes: Vec<Ligne> = sql!(
        "SELECT m.id, m.rum, m.compte_scelle, m.signe_le, r.jour AS revoque_le FROM mandat_sepa m \
         LEFT JOIN mandat_revoque r ON r.mandat_id = m.id WHERE m.dossier_id = $1 ORDER BY m.id DESC"
    )
    .bind(dossier)
    .toutes(tx)
    .await?;
    if lignes.is_empty() {
        return Ok(Vec::new());
    }
    let cle = db.coffre().cle(dossier.get()).await?;
    lignes
        .into_iter()
        .map(|ligne| {
            Ok(Mandat {
                id: ligne.id,
                rum: ligne.rum.parse().map_err(|_| Erreur::Illisible("RUM"))?,
                compte: CompteAPrelever::du_texte(&cle.desceller(COMPTE, &ligne.compte_scelle)?)?,
                signe_le: jour(&ligne.signe_le)?,
                revoque_le: ligne.revoque_le.as_deref().map(jour).transpose()?,
            })
        })
        .collect()
}

/// Le compte d'un mandat, descellé.
///
/// # Errors
/// Le refus du coffre ; une valeur que le programme n'a pas écrite.
pub(super) async fn compte(db: &Db, dossier: i64, scelle: &[u8]) -> Result<CompteAPrelever, Erreur> {
    CompteAPrelever::du_texte(&db.coffre().cle(dossier).await?.desceller(COMPTE, scelle)?)
}

/// Le mandat par lequel un échéancier se paie.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn mandat_de_l_echeancier(tx: &mut Tx, echeancier: i64) -> Result<Option<i64>, Erreur> {
    let dernier: Option<(Option<i64>,)> =
        sql!("SELECT mandat_id FROM echeancier_mandat WHERE echeancier_id = $1 ORDER BY rang DESC LIMIT 1")
            .bind(echeancier)
            .au_plus_une(tx)
            .await?;
    Ok(dernier.and_then(|(mandat,)| mandat))
}

/// Note un mandat du débiteur d'un échéancier, qui se paiera par lui ; `None` si l'échéancier n'est pas du permis.
///
/// # Errors
/// [`ErreurPrelevement::PasEnCours`], [`ErreurPrelevement::Signature`], [`ErreurPrelevement::RumPrise`] ; le refus de la
/// base ou du coffre.
pub async fn noter_mandat(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::TenirMandat>,
    id: i64,
    mandat: &NouveauMandat,
    au: Date,
) -> Result<Option<()>, Erreur> {
    let Some(lu) = en_cours(tx, permis, id, au).await? else {
        return Ok(None);
    };
    if mandat.signe_le > au {
        return Err(ErreurPrelevement::Signature.into());
    }
    let pris: Option<(i64,)> = sql!("SELECT id FROM mandat_sepa WHERE rum = $1")
        .bind(mandat.rum.as_str())
        .au_plus_une(tx)
        .await?;
    if pris.is_some() {
        return Err(ErreurPrelevement::RumPrise.into());
    }
    let dossier = lu.accorde.dossier;
    let numero = tx.reserver("mandat_sepa", 1).await?.first().copied();
    let numero = numero.ok_or(Erreur::Illisible("numéro de mandat"))?;
    let cle = db.coffre().cle(dossier.get()).await?;
    sql!(
        "INSERT INTO mandat_sepa (id, dossier_id, rum, compte_scelle, signe_le, enregistre_le, auteur) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    )
    .bind(numero)
    .bind(dossier)
    .bind(mandat.rum.as_str())
    .bind(cle.sceller(COMPTE, mandat.compte.texte())?)
    .bind(mandat.signe_le.to_string())
    .bind(permis.quand().to_string())
    .bind(permis.acteur())
    .executer(tx)
    .await?;
    let signe = format!("Mandat de prélèvement signé le {}", date_longue(mandat.signe_le));
    raconter(
        tx,
        permis,
        (lu.accorde.dossier, lu.accorde.id),
        "mandat_note",
        &signe,
        au,
    )
    .await?;
    lier(tx, permis, &lu, Some(numero), au).await?;
    Ok(Some(()))
}

/// Dit par quel mandat connu du débiteur un échéancier se paie, ou qu'il ne se prélève plus ; `None` si l'échéancier n'est
/// pas du permis.
///
/// # Errors
/// [`ErreurPrelevement::PasEnCours`], [`ErreurPrelevement::MandatInconnu`], [`ErreurPrelevement::Revoque`],
/// [`ErreurPrelevement::SansMandat`] ; le refus de la base.
pub(crate) async fn choisir_mandat(
    tx: &mut Tx,
    permis: &Permis<actions::TenirMandat>,
    id: i64,
    mandat: Option<i64>,
    au: Date,
) -> Result<Option<()>, Erreur> {
    let lu = match mandat {
        Some(_) => en_cours(tx, permis, id, au).await?,
        None => verrouille(tx, permis, id, au).await?,
    };
    let Some(lu) = lu else { return Ok(None) };
    if let Some(mandat) = mandat {
        let sien: Option<(i64, Option<String>)> = sql!(
            "SELECT m.id, r.jour FROM mandat_sepa m LEFT JOIN mandat_revoque r ON r.mandat_id = m.id \
             WHERE m.id = $1 AND m.dossier_id = $2"
        )
        .bind(mandat)
        .bind(lu.accorde.dossier)
        .au_plus_une(tx)
        .await?;
        let (_, revoque) = sien.ok_or(ErreurPrelevement::MandatInconnu)?;
        if revoque.is_some() {
            return Err(ErreurPrelevement::Revoque.into());
        }
    } else if mandat_de_l_echeancier(tx, id).await?.is_none() {
        return Err(ErreurPrelevement::SansMandat.into());
    }
    lier(tx, permis, &lu, mandat, au).await?;
    Ok(Some(()))
}

/// Révoque le mandat d'un échéancier, au jour où le débiteur l'a dit : rien n'est plus prélevé par lui ; `None` si
/// l'échéancier n'est pas du permis.
///
/// # Errors
/// [`ErreurPrelevement::SansMandat`], [`ErreurPrelevement::Revoque`], [`ErreurPrelevement::Revocation`] ; le refus de la
/// base.
pub(crate) async fn revoquer_mandat(
    tx: &mut Tx,
    permis: &Permis<actions::TenirMandat>,
    id: i64,
    jour_dit: Date,
    au: Date,
) -> Result<Option<()>, Erreur> {
    let Some(lu) = verrouille(tx, permis, id, au).await? else {
        return Ok(None);
    };
    let mandat = mandat_de_l_echeancier(tx, id)
        .await?
        .ok_or(ErreurPrelevement::SansMandat)?;
    let (signe_le, revoque): (String, Option<String>) = sql!(
        "SELECT m.signe_le, r.jour FROM mandat_sepa m LEFT JOIN mandat_revoque r ON r.mandat_id = m.id WHERE m.id = $1"
    )
    .bind(mandat)
    .une(tx)
    .await?;
    if revoque.is_some() {
        return Err(ErreurPrelevement::Revoque.into());
    }
    if jour_dit > au || jour_dit < jour(&signe_le)? {
        return Err(ErreurPrelevement::Revocation.into());
    }
    sql!("INSERT INTO mandat_revoque (mandat_id, jour, enregistre_le, auteur) VALUES ($1, $2, $3, $4)")
        .bind(mandat)
        .bind(jour_dit.to_string())
        .bind(permis.quand().to_string())
        .bind(permis.acteur())
        .executer(tx)
        .await?;
    raconter(
        tx,
        permis,
        (lu.accorde.dossier, lu.accorde.id),
        "mandat_revoque",
        "Mandat de prélèvement révoqué",
        jour_dit,
    )
    .await?;
    Ok(Some(()))
}

async fn lier(
    tx: &mut Tx,
    permis: &Permis<actions::TenirMandat>,
    lu: &SuiviEcheancier,
    mandat: Option<i64>,
    au: Date,
) -> Result<(), Erreur> {
    let id = lu.accorde.id;
    let rang: i64 = sql!("SELECT COUNT(*) FROM echeancier_mandat WHERE echeancier_id = $1")
        .bind(id)
        .scalaire(tx)
        .await?;
    sql!(
        "INSERT INTO echeancier_mandat (echeancier_id, rang, mandat_id, enregistre_le, auteur) \
         VALUES ($1, $2, $3, $4, $5)"
    )
    .bind(id)
    .bind(rang)
    .bind(mandat)
    .bind(permis.quand().to_string())
    .bind(permis.acteur())
    .executer(tx)
    .await?;
    let libelle = match mandat {
        Some(_) => format!("Échéancier {id} payé par prélèvement"),
        None => format!("Échéancier {id} : plus de prélèvement"),
    };
    raconter(
        tx,
        permis,
        (lu.accorde.dossier, lu.accorde.id),
        "echeancier_preleve",
        &libelle,
        au,
    )
    .await
}

/// L'échéancier, son dossier verrouillé ; `None` s'il n'existe pas ou n'est pas du permis.
pub(super) async fn verrouille(
    tx: &mut Tx,
    permis: &Permis<actions::TenirMandat>,
    id: i64,
    au: Date,
) -> Result<Option<SuiviEcheancier>, Erreur> {
    let Some(connu) = echeancier(tx, permis, id, au).await? else {
        return Ok(None);
    };
    tx.verrouiller_dossiers(&[connu.accorde.dossier.get()]).await?;
    echeancier(tx, permis, id, au).await
}

/// De même, et l'échéancier court.
pub(super) async fn en_cours(
    tx: &mut Tx,
    permis: &Permis<actions::TenirMandat>,
    id: i64,
    au: Date,
) -> Result<Option<SuiviEcheancier>, Erreur> {
    let Some(lu) = verrouille(tx, permis, id, au).await? else {
        return Ok(None);
    };
    if lu.accorde.rompu.is_some() || lu.suivi.etat != EtatEcheancier::EnCours {
        return Err(ErreurPrelevement::PasEnCours.into());
    }
    Ok(Some(lu))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IBAN: &str = "FR7630006000011234567890189";

    #[test]
    fn un_compte_se_relit_et_ne_montre_que_ses_quatre_derniers_caracteres() {
        for bic in ["", "AGRIFRPP"] {
            let compte = CompteAPrelever::lire(IBAN, bic, "Zoé d’Almeida").unwrap();
            assert_eq!(CompteAPrelever::du_texte(&compte.texte()).unwrap(), compte);
            assert_eq!(compte.masque(), "•••• 0189");
            assert_eq!(compte.titulaire.as_str(), "Zoe d'Almeida");
            assert_eq!(format!("{compte:?}"), "CompteAPrelever(••••)");
        }
    }

    #[test]
    fn un_compte_faux_ou_hors_de_l_espace_economique_europeen_est_refuse() {
        let refus = |iban, bic, titulaire| {
            let refus = CompteAPrelever::lire(iban, bic, titulaire).unwrap_err();
            refus.to_string()
        };
        assert!(refus("FR7630006000011234567890188", "", "Zoé").contains("clé"));
        assert!(refus("GB29NWBK60161331926819", "", "Zoé").contains("Espace économique européen"));
        assert!(refus(IBAN, "AGRI", "Zoé").contains("BIC"));
        assert!(refus(IBAN, "", " ").contains("vide"));
    }
}
