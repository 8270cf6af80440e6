//! Les comptes dans la base.

use jiff::Timestamp;
use storage::{Cle, Db, Tx, lire, sql};

use super::totp::Secret;
use crate::permis::Permis;
use crate::{CodeAction, Erreur, Habilitations, Role, actions};

/// Un compte, tel que la liste le montre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Numéro du compte.
    pub id: i64,
    /// Identifiant de connexion.
    pub identifiant: String,
    /// Nom affiché.
    pub nom: String,
    /// Rôle.
    pub role: Role,
    /// Peut-il se connecter ?
    pub actif: bool,
    /// Création du compte.
    pub cree_le: Timestamp,
    /// Dernière ouverture de session.
    pub dernier_acces: Option<Timestamp>,
    /// Son second facteur est-il en place ?
    pub second_facteur: bool,
}

#[derive(sqlx::FromRow)]
pub(super) struct Ligne {
    pub(super) id: i64,
    pub(super) identifiant: String,
    nom_affiche: String,
    pub(super) role: String,
    pub(super) actif: i64,
    cree_le_ms: i64,
    dernier_acces_ms: Option<i64>,
    mot_de_passe: String,
    a_changer: i64,
    totp_scelle: Option<Vec<u8>>,
    totp_confirme: i64,
    totp_dernier_pas: i64,
}

impl From<Ligne> for Agent {
    fn from(l: Ligne) -> Self {
        let instant = |ms| Timestamp::from_millisecond(ms).unwrap_or_default();
        Self {
            id: l.id,
            identifiant: l.identifiant,
            nom: l.nom_affiche,
            // La base n'accepte que les codes de rôle ; un inconnu n'aurait de toute façon aucun droit de dossier.
            role: Role::depuis_code(&l.role).unwrap_or(Role::Dpo),
            actif: l.actif == 1,
            cree_le: instant(l.cree_le_ms),
            dernier_acces: l.dernier_acces_ms.map(instant),
            second_facteur: l.totp_confirme == 1,
        }
    }
}

/// Tous les comptes de la caisse, actifs d'abord, par identifiant.
///
/// # Errors
/// La base refuse.
pub async fn lister(db: &Db, _: &Permis<actions::GererAgents>) -> Result<Vec<Agent>, storage::Erreur> {
    let lignes: Vec<Ligne> = lire!(db, |tx| {
        sql!(
            "SELECT id, identifiant, nom_affiche, role, actif, cree_le_ms, dernier_acces_ms, mot_de_passe,
                        a_changer, totp_scelle, totp_confirme, totp_dernier_pas
                 FROM agent ORDER BY actif DESC, identifiant"
        )
        .toutes(tx)
        .await
    })?;
    Ok(lignes.into_iter().map(Agent::from).collect())
}

/// Un agent à qui confier un travail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collegue {
    /// Identifiant de connexion.
    pub identifiant: String,
    /// Nom affiché.
    pub nom: String,
    /// Son service.
    pub role: Role,
}

/// Les agents actifs dont le rôle a cette action, par nom.
///
/// # Errors
/// La base refuse.
pub(crate) async fn habilites(
    db: &Db,
    table: &Habilitations,
    action: CodeAction,
) -> Result<Vec<Collegue>, storage::Erreur> {
    let lignes: Vec<(String, String, String)> = lire!(db, |tx| {
        sql!("SELECT identifiant, nom_affiche, role FROM agent WHERE actif = 1 ORDER BY nom_affiche, identifiant")
            .toutes(tx)
            .await
    })?;
    Ok(lignes
        .into_iter()
        .filter_map(|(identifiant, nom, role)| {
            let role = Role::depuis_code(&role)?;
            table.accorde(role, action).then_some(Collegue {
                identifiant,
                nom,
                role,
            })
        })
        .collect())
}

/// Un compte, avec ce qu'il faut pour le connecter.
pub(crate) struct Compte {
    pub(crate) agent: Agent,
    pub(crate) hache: String,
    pub(crate) a_changer: bool,
    pub(crate) totp_dernier_pas: i64,
    totp_scelle: Option<Vec<u8>>,
}

impl Compte {
    /// Le secret du second facteur, s'il a été donné.
    pub(crate) async fn secret(&self, db: &Db) -> Result<Option<Secret>, storage::Erreur> {
        let Some(scelle) = &self.totp_scelle else {
            return Ok(None);
        };
        let clair = cle_de_l_agent(db, self.agent.id)
            .await?
            .desceller(COLONNE_TOTP, scelle)?;
        Ok(Secret::depuis_base32(&clair))
    }
}

/// Ce à quoi le scellement du secret est lié.
pub(crate) const COLONNE_TOTP: &str = "agent.totp";

/// La clé qui scelle le secret d'un agent. Le coffre range les clés par numéro ; ceux des agents y sont négatifs,
/// à l'écart de ceux des dossiers.
pub(crate) async fn cle_de_l_agent(db: &Db, agent_id: i64) -> Result<Cle, storage::Erreur> {
    db.coffre().cle(-agent_id).await
}

/// Le compte de cet identifiant.
pub(crate) async fn compte(db: &Db, identifiant: &str) -> Result<Option<Compte>, Erreur> {
    let ligne: Option<Ligne> = lire!(db, |tx| ligne(tx, identifiant).await)?;
    Ok(ligne.map(Compte::from))
}

/// Le compte de ce numéro.
pub(crate) async fn compte_par_id(db: &Db, id: i64) -> Result<Option<Compte>, Erreur> {
    let ligne: Option<Ligne> = lire!(db, |tx| {
        sql!(
            "SELECT id, identifiant, nom_affiche, role, actif, cree_le_ms, dernier_acces_ms, mot_de_passe,
                        a_changer, totp_scelle, totp_confirme, totp_dernier_pas
                 FROM agent WHERE id = $1"
        )
        .bind(id)
        .au_plus_une(tx)
        .await
    })?;
    Ok(ligne.map(Compte::from))
}

pub(super) async fn ligne(tx: &mut Tx, identifiant: &str) -> Result<Option<Ligne>, storage::Erreur> {
    sql!(
        "SELECT id, identifiant, nom_affiche, role, actif, cree_le_ms, dernier_acces_ms, mot_de_passe,
                a_changer, totp_scelle, totp_confirme, totp_dernier_pas
         FROM agent WHERE identifiant = $1"
    )
    .bind(identifiant)
    .au_plus_une(tx)
    .await
}

impl From<Ligne> for Compte {
    fn from(mut l: Ligne) -> Self {
        Self {
            hache: std::mem::take(&mut l.mot_de_passe),
            a_changer: l.a_changer == 1,
            totp_dernier_pas: l.totp_dernier_pas,
            totp_scelle: l.totp_scelle.take(),
            agent: Agent::from(l),
        }
    }
}
