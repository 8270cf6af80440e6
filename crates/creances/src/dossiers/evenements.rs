use acces::{Action, Permis};
use droit::Branche;
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::DossierId;

use super::lire::{lire_branche, portee, relire};
use crate::Erreur;
use crate::creances::lire_date;

/// Ce qui est arrivé à un dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evenement {
    /// Identifiant.
    pub id: i64,
    /// Jour de l'événement.
    pub jour: Date,
    /// Instant de son inscription.
    pub enregistre_le: Timestamp,
    /// Code de sa nature, propre à la tranche qui l'écrit.
    pub nature: String,
    /// Mots montrés.
    pub libelle: String,
    /// Qui l'a inscrit.
    pub auteur: String,
    /// Branche dont il relève ; aucune : tout agent qui voit le dossier le voit.
    pub branche: Option<Branche>,
    /// C'est une étape de procédure.
    pub procedure: bool,
}

#[derive(sqlx::FromRow)]
pub(super) struct LigneEvenement {
    id: i64,
    jour: String,
    enregistre_le: String,
    nature: String,
    libelle: String,
    auteur: String,
    branche: i64,
    procedure: i64,
}

impl LigneEvenement {
    pub(super) fn lire(self) -> Result<Evenement, Erreur> {
        Ok(Evenement {
            id: self.id,
            jour: lire_date(&self.jour)?,
            enregistre_le: relire(&self.enregistre_le, "instant")?,
            nature: self.nature,
            libelle: self.libelle,
            auteur: self.auteur,
            branche: lire_branche(self.branche)?,
            procedure: self.procedure != 0,
        })
    }
}

/// Les événements d'un dossier dans les branches du permis, du plus récent au plus ancien.
///
/// # Errors
/// [`Erreur::DossierInconnu`] si le permis est d'un autre dossier ; le refus de la base.
pub async fn evenements<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    id: DossierId,
) -> Result<Vec<Evenement>, Erreur> {
    let perimetre = portee(permis, id).ok_or(Erreur::DossierInconnu)?;
    let lignes: Vec<LigneEvenement> = sql!(
        "SELECT e.id, e.jour, e.enregistre_le, e.nature, e.libelle, e.auteur, e.branche, e.procedure \
         FROM debiteur d JOIN evenement_dossier e ON e.dossier_id = d.id WHERE d.id = $1 \
         AND (d.branches = 0 OR (d.branches & $2) <> 0) AND (e.branche = 0 OR (e.branche & $2) <> 0) \
         ORDER BY e.jour DESC, e.id DESC"
    )
    .bind(id)
    .bind(perimetre.branches)
    .toutes(tx)
    .await?;
    lignes.into_iter().map(LigneEvenement::lire).collect()
}

/// Un événement à inscrire.
#[derive(Clone, Copy, Debug)]
pub struct NouvelEvenement<'a> {
    /// Jour de l'événement.
    pub jour: Date,
    /// Code de sa nature.
    pub nature: &'a str,
    /// Mots montrés.
    pub libelle: &'a str,
    /// Branche dont il relève ; aucune : tout agent qui voit le dossier le voit.
    pub branche: Option<Branche>,
    /// C'est une étape de procédure.
    pub procedure: bool,
}

/// Inscrit un événement au dossier, dans la transaction de ce qui l'a causé.
///
/// # Errors
/// Le refus de la base.
pub async fn noter_evenement(
    tx: &mut Tx,
    id: DossierId,
    evenement: &NouvelEvenement<'_>,
    auteur: &str,
    maintenant: Timestamp,
) -> Result<(), Erreur> {
    let numero = tx
        .reserver("evenement_dossier", 1)
        .await?
        .first()
        .copied()
        .unwrap_or_default();
    sql!(
        "INSERT INTO evenement_dossier (id, dossier_id, jour, enregistre_le, nature, libelle, auteur, branche, \
         procedure) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    )
    .bind(numero)
    .bind(id)
    .bind(evenement.jour.to_string())
    .bind(maintenant.to_string())
    .bind(evenement.nature)
    .bind(evenement.libelle)
    .bind(auteur)
    .bind(evenement.branche.map_or(0, |b| i64::from(b.bit())))
    .bind(evenement.procedure)
    .executer(tx)
    .await?;
    Ok(())
}
