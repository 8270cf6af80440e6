//! L'adresse secrète par où un programme de l'agent (son agenda) lit en son nom, sans session.
//!
//! Elle ne vaut que pour une action, et ce que lit cette action par elle ne nomme personne. Elle meurt avec le compte, le
//! mot de passe ou le rôle de l'agent.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use jiff::Timestamp;
use storage::{Db, Tx, ecrire, lire, sql};

use crate::garde::Contexte;
use crate::session::Jeton;
use crate::visite::contexte;
use crate::{Action, Caisse, Erreur, Maison, Objet, Permis, Role};

/// Ce que le journal dit d'une lecture par une telle adresse.
const REPERE: &str = "adresse d’abonnement";

/// Ce qu'un programme demande au nom de l'agent qui lui a donné son adresse, pour l'action `A` ; l'accès est au journal.
///
/// Le chemin de la page porte un paramètre `jeton`. Un jeton inconnu, ou celui d'un agent qui n'a plus l'action : 404.
pub struct Abonne<A: Action> {
    contexte: Contexte,
    permis: Permis<A>,
    role: Role,
}

impl<A: Action> Abonne<A> {
    /// La caisse de l'adresse.
    #[must_use]
    pub fn caisse(&self) -> &Caisse {
        &self.contexte.caisse
    }

    /// La maison qui sert la caisse.
    #[must_use]
    pub fn maison(&self) -> &Maison {
        &self.contexte.maison
    }

    /// Ce que l'agent peut voir.
    #[must_use]
    pub fn permis(&self) -> &Permis<A> {
        &self.permis
    }

    /// Le rôle de l'agent.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// L'adresse d'une page de la caisse, depuis un chemin de route (`/{caisse}/rac`).
    #[must_use]
    pub fn url(&self, gabarit: &str) -> String {
        self.contexte.url(gabarit)
    }
}

impl<A: Action, S: Send + Sync> FromRequestParts<S> for Abonne<A> {
    type Rejection = web::Erreur;

    async fn from_request_parts(parties: &mut Parts, etat: &S) -> Result<Self, web::Erreur> {
        let contexte = contexte(parties)?;
        let parametres = RawPathParams::from_request_parts(parties, etat).await;
        let parametres = parametres.map_err(|_| web::Erreur::NonTrouve)?;
        let jeton = parametres.iter().find(|(nom, _)| *nom == "jeton");
        let jeton = jeton.and_then(|(_, texte)| Jeton::du_texte(texte));
        let jeton = jeton.ok_or(web::Erreur::NonTrouve)?;
        let (caisse, horloge) = (&contexte.caisse, contexte.maison.horloge());
        let abonne = abonne(&caisse.db, &jeton, A::CODE.code()).await;
        let Some((identifiant, role)) = abonne.map_err(|e| web::Erreur::interne(&e))? else {
            return Err(web::Erreur::NonTrouve);
        };
        let permis = Permis::au_nom_de(caisse, horloge, &identifiant, Objet::Caisse, REPERE).await;
        let permis = permis.map_err(|e| web::Erreur::interne(&e))?;
        Ok(Self {
            permis: permis.ok_or(web::Erreur::NonTrouve)?,
            contexte,
            role,
        })
    }
}

async fn abonne(db: &Db, jeton: &Jeton, action: &str) -> Result<Option<(String, Role)>, storage::Erreur> {
    let trouve: Option<(String, String)> = lire!(db, |tx| sql!(
        "SELECT a.identifiant, a.role FROM abonnement b JOIN agent a ON a.id = b.agent_id \
         WHERE b.jeton_hache = $1 AND b.action = $2 AND a.actif = 1"
    )
    .bind(jeton.hache())
    .bind(action)
    .au_plus_une(tx)
    .await)?;
    Ok(trouve.and_then(|(identifiant, role)| Some((identifiant, Role::depuis_code(&role)?))))
}

/// Depuis quand l'agent a une adresse pour cette action.
pub(crate) async fn depuis(
    db: &Db,
    agent_id: i64,
    action: &str,
) -> Result<Option<Timestamp>, storage::Erreur> {
    let depuis: Option<(i64,)> = lire!(db, |tx| sql!(
        "SELECT cree_le_ms FROM abonnement WHERE agent_id = $1 AND action = $2"
    )
    .bind(agent_id)
    .bind(action)
    .au_plus_une(tx)
    .await)?;
    Ok(depuis.and_then(|(ms,)| Timestamp::from_millisecond(ms).ok()))
}

/// Donne à l'agent un jeton pour cette action, à la place du précédent.
pub(crate) async fn renouveler(
    db: &Db,
    agent_id: i64,
    action: &str,
    maintenant: Timestamp,
) -> Result<Jeton, Erreur> {
    let jeton = Jeton::neuf()?;
    ecrire!(db, |tx| {
        fermer(tx, agent_id, action).await?;
        sql!("INSERT INTO abonnement (jeton_hache, agent_id, action, cree_le_ms) VALUES ($1, $2, $3, $4)")
            .bind(jeton.hache())
            .bind(agent_id)
            .bind(action)
            .bind(maintenant.as_millisecond())
            .executer(tx)
            .await
            .map(|_| ())
    })?;
    Ok(jeton)
}

/// Retire à l'agent son adresse pour cette action.
pub(crate) async fn fermer(tx: &mut Tx, agent_id: i64, action: &str) -> Result<(), storage::Erreur> {
    sql!("DELETE FROM abonnement WHERE agent_id = $1 AND action = $2")
        .bind(agent_id)
        .bind(action)
        .executer(tx)
        .await
        .map(|_| ())
}

/// Retire à l'agent toutes ses adresses.
pub(crate) async fn fermer_ceux_de(tx: &mut Tx, agent_id: i64) -> Result<(), storage::Erreur> {
    sql!("DELETE FROM abonnement WHERE agent_id = $1")
        .bind(agent_id)
        .executer(tx)
        .await
        .map(|_| ())
}
