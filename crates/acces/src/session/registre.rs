//! Les sessions dans la base.

use jiff::Timestamp;
use storage::{Db, Tx, ecrire, lire, sql};
use web::Avis;

use super::{AgentConnecte, DUREE_CONNEXION, DUREE_MAX, Etape, INACTIVITE, Jeton, PAS_D_ACTIVITE, Session};
use crate::{Erreur, Role};

#[derive(sqlx::FromRow)]
struct Ligne {
    etape: String,
    creee_le_ms: i64,
    vue_le_ms: i64,
    avis: Option<String>,
    id: i64,
    identifiant: String,
    nom_affiche: String,
    role: String,
}

/// La session de ce jeton, si elle est encore valable et son agent actif.
pub(crate) async fn trouver(
    db: &Db,
    jeton: &Jeton,
    maintenant: Timestamp,
) -> Result<Option<Session>, storage::Erreur> {
    let ligne: Option<Ligne> = lire!(db, |tx| {
        sql!(
            "SELECT s.etape, s.creee_le_ms, s.vue_le_ms, s.avis, a.id, a.identifiant, a.nom_affiche, a.role
                 FROM session s JOIN agent a ON a.id = s.agent_id
                 WHERE s.jeton_hache = $1 AND a.actif = 1"
        )
        .bind(jeton.hache())
        .au_plus_une(tx)
        .await
    })?;
    Ok(ligne.and_then(|ligne| ligne.encore_valable(maintenant)))
}

impl Ligne {
    fn encore_valable(self, maintenant: Timestamp) -> Option<Session> {
        let etape = Etape::depuis_code(&self.etape)?;
        let depuis = |ms| {
            Timestamp::from_millisecond(ms)
                .map(|t| maintenant.duration_since(t))
                .ok()
        };
        let (age, silence) = (depuis(self.creee_le_ms)?, depuis(self.vue_le_ms)?);
        let valable = match etape {
            Etape::Ouverte => age < DUREE_MAX && silence < INACTIVITE,
            Etape::Code | Etape::MotDePasse => age < DUREE_CONNEXION,
        };
        valable.then_some(Session {
            agent: AgentConnecte {
                id: self.id,
                identifiant: self.identifiant,
                nom: self.nom_affiche,
                role: Role::depuis_code(&self.role)?,
            },
            etape,
            avis: self.avis.and_then(|a| serde_json::from_str(&a).ok()),
            a_rafraichir: silence >= PAS_D_ACTIVITE,
        })
    }
}

/// Note qu'une session sert encore.
pub(crate) async fn toucher(db: &Db, jeton: &Jeton, maintenant: Timestamp) -> Result<(), storage::Erreur> {
    ecrire!(db, |tx| {
        sql!("UPDATE session SET vue_le_ms = $2 WHERE jeton_hache = $1")
            .bind(jeton.hache())
            .bind(maintenant.as_millisecond())
            .executer(tx)
            .await
            .map(|_| ())
    })
}

/// Ouvre une session à cette étape sous un jeton neuf, à la place de `ancien`. Balaie les sessions mortes.
pub(crate) async fn ouvrir(
    db: &Db,
    agent_id: i64,
    etape: Etape,
    ancien: Option<&Jeton>,
    maintenant: Timestamp,
) -> Result<Jeton, Erreur> {
    let neuf = Jeton::neuf()?;
    ecrire!(db, |tx| {
        if let Some(ancien) = ancien {
            fermer(tx, ancien).await?;
        }
        inscrire(tx, &neuf, agent_id, etape, maintenant).await
    })?;
    Ok(neuf)
}

/// Inscrit une session dans une transaction ouverte.
async fn inscrire(
    tx: &mut Tx,
    jeton: &Jeton,
    agent_id: i64,
    etape: Etape,
    maintenant: Timestamp,
) -> Result<(), storage::Erreur> {
    let ms = maintenant.as_millisecond();
    let mortes_avant = maintenant
        .saturating_sub(DUREE_MAX)
        .map_or(i64::MIN, Timestamp::as_millisecond);
    sql!("DELETE FROM session WHERE creee_le_ms <= $1")
        .bind(mortes_avant)
        .executer(tx)
        .await?;
    sql!(
        "INSERT INTO session (jeton_hache, agent_id, etape, creee_le_ms, vue_le_ms, avis)
         VALUES ($1, $2, $3, $4, $5, NULL)"
    )
    .bind(jeton.hache())
    .bind(agent_id)
    .bind(etape.code())
    .bind(ms)
    .bind(ms)
    .executer(tx)
    .await?;
    if etape == Etape::Ouverte {
        sql!("UPDATE agent SET dernier_acces_ms = $2 WHERE id = $1")
            .bind(agent_id)
            .bind(ms)
            .executer(tx)
            .await?;
    }
    Ok(())
}

/// Ferme une session.
pub(crate) async fn fermer(tx: &mut Tx, jeton: &Jeton) -> Result<(), storage::Erreur> {
    sql!("DELETE FROM session WHERE jeton_hache = $1")
        .bind(jeton.hache())
        .executer(tx)
        .await
        .map(|_| ())
}

/// Ferme toutes les sessions d'un agent.
pub(crate) async fn fermer_celles_de(tx: &mut Tx, agent_id: i64) -> Result<(), storage::Erreur> {
    sql!("DELETE FROM session WHERE agent_id = $1")
        .bind(agent_id)
        .executer(tx)
        .await
        .map(|_| ())
}

/// Laisse un message pour la page suivante de la session.
pub(crate) async fn laisser_avis(db: &Db, jeton: &Jeton, avis: &Avis) -> Result<(), storage::Erreur> {
    let texte = serde_json::to_string(avis).unwrap_or_default();
    ecrire!(db, |tx| {
        sql!("UPDATE session SET avis = $2 WHERE jeton_hache = $1")
            .bind(jeton.hache())
            .bind(&texte)
            .executer(tx)
            .await
            .map(|_| ())
    })
}

/// Oublie le message : il va être montré.
pub(crate) async fn oublier_avis(db: &Db, jeton: &Jeton) -> Result<(), storage::Erreur> {
    ecrire!(db, |tx| {
        sql!("UPDATE session SET avis = NULL WHERE jeton_hache = $1")
            .bind(jeton.hache())
            .executer(tx)
            .await
            .map(|_| ())
    })
}
