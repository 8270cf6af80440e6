//! Créer, désactiver, réinitialiser un compte, en changer le rôle. Chaque opération prend un permis : elle est
//! donc déjà au journal, sous le nom de qui la demande.

use jiff::Timestamp;
use storage::{Db, Tx, ecrire, sql};

use super::requetes::{COLONNE_TOTP, Ligne, cle_de_l_agent, ligne};
use super::totp::Secret;
use super::{ErreurAgent, Identifiant, MotDePasse, hacher};
use crate::abonnement::fermer_ceux_de;
use crate::permis::Permis;
use crate::session::fermer_celles_de;
use crate::{Erreur, Role, actions};

type Gestion = Permis<actions::GererAgents>;

/// Un compte à créer.
#[derive(Clone, Debug)]
pub struct NouvelAgent {
    identifiant: Identifiant,
    nom: String,
    role: Role,
}

impl NouvelAgent {
    /// Lit ce qu'un formulaire ou une commande donne.
    ///
    /// # Errors
    /// [`ErreurAgent::Identifiant`], [`ErreurAgent::Nom`].
    pub fn lire(identifiant: &str, nom: &str, role: Role) -> Result<Self, ErreurAgent> {
        let nom = nom.split_whitespace().collect::<Vec<_>>().join(" ");
        if !(1..=100).contains(&nom.chars().count()) {
            return Err(ErreurAgent::Nom);
        }
        Ok(Self {
            identifiant: identifiant.parse()?,
            nom,
            role,
        })
    }

    /// L'identifiant lu.
    #[must_use]
    pub fn identifiant(&self) -> &Identifiant {
        &self.identifiant
    }
}

struct Depart<'a> {
    hache: &'a str,
    a_changer: bool,
    totp_scelle: Option<&'a [u8]>,
}

/// Crée un compte actif ; rend le mot de passe à usage unique à remettre à l'agent, qui le changera et mettra
/// en place son second facteur à sa première connexion.
///
/// # Errors
/// [`ErreurAgent::Pris`], ou la base.
pub async fn creer_agent(db: &Db, permis: &Gestion, nouveau: &NouvelAgent) -> Result<MotDePasse, Erreur> {
    let provisoire = MotDePasse::provisoire()?;
    let hache = hacher(&provisoire).await?;
    let id = reserver(db).await?;
    let depart = Depart {
        hache: &hache,
        a_changer: true,
        totp_scelle: None,
    };
    inscrire(db, id, nouveau, &depart, permis.quand()).await?;
    Ok(provisoire)
}

/// Crée un compte prêt à servir, mot de passe et second facteur connus d'avance : pour la caisse de
/// démonstration, dont les secrets sont imprimés.
///
/// # Errors
/// [`ErreurAgent::Pris`], ou la base.
pub async fn creer_agent_de_demonstration(
    db: &Db,
    permis: &Gestion,
    nouveau: &NouvelAgent,
    mot_de_passe: &MotDePasse,
    secret: &Secret,
) -> Result<(), Erreur> {
    let hache = hacher(mot_de_passe).await?;
    let id = reserver(db).await?;
    let scelle = cle_de_l_agent(db, id)
        .await?
        .sceller(COLONNE_TOTP, secret.base32())?;
    let depart = Depart {
        hache: &hache,
        a_changer: false,
        totp_scelle: Some(&scelle),
    };
    inscrire(db, id, nouveau, &depart, permis.quand()).await
}

async fn reserver(db: &Db) -> Result<i64, Erreur> {
    let ids = ecrire!(db, |tx| tx.reserver("agent", 1).await)?;
    ids.first().copied().ok_or(Erreur::Calcul)
}

async fn inscrire(
    db: &Db,
    id: i64,
    nouveau: &NouvelAgent,
    depart: &Depart<'_>,
    maintenant: Timestamp,
) -> Result<(), Erreur> {
    ecrire!(db, |tx| {
        let insere = sql!(
            "INSERT INTO agent (id, identifiant, nom_affiche, role, actif, cree_le_ms, dernier_acces_ms,
                                mot_de_passe, a_changer, totp_scelle, totp_confirme, totp_dernier_pas)
             VALUES ($1, $2, $3, $4, 1, $5, NULL, $6, $7, $8, $9, 0)"
        )
        .bind(id)
        .bind(nouveau.identifiant.as_str())
        .bind(&nouveau.nom)
        .bind(nouveau.role.code())
        .bind(maintenant.as_millisecond())
        .bind(depart.hache)
        .bind(depart.a_changer)
        .bind(depart.totp_scelle.map(<[u8]>::to_vec))
        .bind(depart.totp_scelle.is_some())
        .executer(tx)
        .await;
        match insere {
            Ok(_) => Ok(()),
            Err(e) if e.est_doublon() => Err(ErreurAgent::Pris.into()),
            Err(e) => Err(e.into()),
        }
    })
}

/// Ferme les sessions d'un agent et les adresses qu'il a données à ses programmes.
async fn fermer_ses_acces(tx: &mut Tx, agent_id: i64) -> Result<(), storage::Erreur> {
    fermer_celles_de(tx, agent_id).await?;
    fermer_ceux_de(tx, agent_id).await
}

/// Ferme un compte et ses sessions ; son passé au journal reste.
///
/// # Errors
/// [`ErreurAgent::Introuvable`], [`ErreurAgent::DernierAdministrateur`].
pub async fn desactiver(db: &Db, _: &Gestion, identifiant: &Identifiant) -> Result<(), Erreur> {
    ecrire!(db, |tx| {
        let compte = existant(tx, identifiant).await?;
        garder_un_administrateur(tx, &compte).await?;
        sql!("UPDATE agent SET actif = 0 WHERE id = $1")
            .bind(compte.id)
            .executer(tx)
            .await?;
        Ok(fermer_ses_acces(tx, compte.id).await?)
    })
}

/// Rouvre un compte fermé.
///
/// # Errors
/// [`ErreurAgent::Introuvable`].
pub async fn activer(db: &Db, _: &Gestion, identifiant: &Identifiant) -> Result<(), Erreur> {
    ecrire!(db, |tx| {
        let compte = existant(tx, identifiant).await?;
        sql!("UPDATE agent SET actif = 1 WHERE id = $1")
            .bind(compte.id)
            .executer(tx)
            .await?;
        Ok(())
    })
}

/// Change le rôle d'un agent et ferme ses sessions : il se reconnecte avec ses nouveaux droits.
///
/// # Errors
/// [`ErreurAgent::Introuvable`], [`ErreurAgent::DernierAdministrateur`].
pub async fn changer_role(db: &Db, _: &Gestion, identifiant: &Identifiant, role: Role) -> Result<(), Erreur> {
    ecrire!(db, |tx| {
        let compte = existant(tx, identifiant).await?;
        if role != Role::Administrateur {
            garder_un_administrateur(tx, &compte).await?;
        }
        sql!("UPDATE agent SET role = $2 WHERE id = $1")
            .bind(compte.id)
            .bind(role.code())
            .executer(tx)
            .await?;
        Ok(fermer_ses_acces(tx, compte.id).await?)
    })
}

/// Rend un nouveau mot de passe à usage unique, oublie le second facteur et ferme les sessions : pour un agent
/// qui a perdu l'un ou l'autre.
///
/// # Errors
/// [`ErreurAgent::Introuvable`].
pub async fn reinitialiser(db: &Db, _: &Gestion, identifiant: &Identifiant) -> Result<MotDePasse, Erreur> {
    let provisoire = MotDePasse::provisoire()?;
    let hache = hacher(&provisoire).await?;
    ecrire!(db, |tx| {
        let compte = existant(tx, identifiant).await?;
        sql!(
            "UPDATE agent SET mot_de_passe = $2, a_changer = 1, totp_scelle = NULL, totp_confirme = 0
             WHERE id = $1"
        )
        .bind(compte.id)
        .bind(&hache)
        .executer(tx)
        .await?;
        fermer_ses_acces(tx, compte.id).await?;
        Ok::<_, Erreur>(())
    })?;
    Ok(provisoire)
}

/// L'agent change son propre mot de passe, ce qui ferme ses sessions ; à l'appelant d'en ouvrir une neuve.
pub(crate) async fn changer_mot_de_passe(db: &Db, agent_id: i64, choisi: &MotDePasse) -> Result<(), Erreur> {
    let hache = hacher(choisi).await?;
    ecrire!(db, |tx| {
        sql!("UPDATE agent SET mot_de_passe = $2, a_changer = 0 WHERE id = $1")
            .bind(agent_id)
            .bind(&hache)
            .executer(tx)
            .await?;
        Ok(fermer_ses_acces(tx, agent_id).await?)
    })
}

async fn existant(tx: &mut Tx, identifiant: &Identifiant) -> Result<Ligne, Erreur> {
    // Un seul changement de comptes à la fois : deux administrateurs ne se retirent pas l'un l'autre.
    tx.verrouiller_travail("acces.agents").await?;
    ligne(tx, identifiant.as_str())
        .await?
        .ok_or_else(|| ErreurAgent::Introuvable.into())
}

async fn garder_un_administrateur(tx: &mut Tx, compte: &Ligne) -> Result<(), Erreur> {
    if compte.role != Role::Administrateur.code() || compte.actif != 1 {
        return Ok(());
    }
    let autres: i64 = sql!("SELECT COUNT(*) FROM agent WHERE role = $1 AND actif = 1 AND id <> $2")
        .bind(Role::Administrateur.code())
        .bind(compte.id)
        .scalaire(tx)
        .await?;
    if autres == 0 {
        Err(ErreurAgent::DernierAdministrateur.into())
    } else {
        Ok(())
    }
}
