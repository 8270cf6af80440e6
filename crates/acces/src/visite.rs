use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, ecrire};
use web::{Avis, Cadre};

use crate::agents::{self, Collegue};
use crate::garde::{Contexte, refuser};
use crate::journal::Issue;
use crate::session::{self, AgentConnecte};
use crate::{Action, Caisse, CodeAction, Maison, Objet, Perimetre, Permis, abonnement};

/// Une page demandée par un agent qui a l'action `A` dans la caisse de l'adresse.
///
/// C'est le premier extracteur de toute page. Il ne donne accès à aucune donnée personnelle : pour cela, il
/// faut un [`Permis`], que [`Visite::permis`] ne rend qu'une fois l'accès inscrit au journal.
pub struct Visite<A: Action> {
    contexte: Contexte,
    agent: AgentConnecte,
    perimetre: Perimetre,
    action: PhantomData<fn() -> A>,
}

impl<A: Action, S: Sync> FromRequestParts<S> for Visite<A> {
    type Rejection = web::Erreur;

    async fn from_request_parts(parties: &mut Parts, _: &S) -> Result<Self, web::Erreur> {
        let contexte = contexte(parties)?;
        let Some(agent) = contexte.agent().cloned() else {
            return Err(web::Erreur::NonTrouve);
        };
        match contexte.caisse.habilitations.perimetre(agent.role, A::CODE) {
            Some(perimetre) => Ok(Self {
                contexte,
                agent,
                perimetre,
                action: PhantomData,
            }),
            None => Err(refuser(&contexte, &agent, A::CODE, Objet::Caisse).await),
        }
    }
}

/// Ce que la garde de la route a établi ; hors du routeur, rien ne s'ouvre.
pub(crate) fn contexte(parties: &Parts) -> Result<Contexte, web::Erreur> {
    parties
        .extensions
        .get::<Contexte>()
        .cloned()
        .ok_or_else(|| web::Erreur::Interne {
            cause: "page servie hors de acces::routeur : aucune garde ne l’a précédée".to_owned(),
        })
}

impl<A: Action> Visite<A> {
    /// La caisse de l'adresse.
    #[must_use]
    pub fn caisse(&self) -> &Caisse {
        &self.contexte.caisse
    }

    /// La base de la caisse.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.contexte.caisse.db
    }

    /// L'agent.
    #[must_use]
    pub fn agent(&self) -> &AgentConnecte {
        &self.agent
    }

    /// La maison qui sert la caisse.
    #[must_use]
    pub fn maison(&self) -> &Maison {
        &self.contexte.maison
    }

    /// Le cadre de la page, avec la navigation que ses droits ouvrent à l'agent et son jeton de formulaire.
    #[must_use]
    pub fn cadre(&self, titre: impl Into<String>) -> Cadre {
        self.contexte.cadre(titre)
    }

    /// Le jeton que portent les formulaires de la page.
    #[must_use]
    pub fn jeton(&self) -> &str {
        &self.contexte.csrf
    }

    /// L'agent a-t-il aussi cette action ? Pour ne montrer que les boutons qui marchent.
    #[must_use]
    pub fn peut(&self, action: CodeAction) -> bool {
        self.caisse().habilitations.accorde(self.agent.role, action)
    }

    /// Les agents actifs de la caisse qui ont cette action, par nom : à qui confier un travail.
    ///
    /// # Errors
    /// La base refuse.
    pub async fn habilites(&self, action: CodeAction) -> Result<Vec<Collegue>, web::Erreur> {
        agents::habilites(self.db(), &self.caisse().habilitations, action)
            .await
            .map_err(|e| web::Erreur::interne(&e))
    }

    /// L'adresse d'une page de la caisse, depuis un chemin de route (`/{caisse}/rac`).
    #[must_use]
    pub fn url(&self, gabarit: &str) -> String {
        self.contexte.url(gabarit)
    }

    /// L'instant présent.
    #[must_use]
    pub fn maintenant(&self) -> Timestamp {
        self.contexte.maison.horloge().maintenant()
    }

    /// La date de Paris.
    #[must_use]
    pub fn aujourdhui(&self) -> Date {
        self.contexte.maison.horloge().aujourdhui()
    }

    /// Depuis quand un programme de l'agent lit cette action par une adresse secrète ([`crate::Abonne`]).
    ///
    /// # Errors
    /// La base refuse.
    pub async fn abonnement(&self) -> Result<Option<Timestamp>, web::Erreur> {
        abonnement::depuis(self.db(), self.agent.id, A::CODE.code())
            .await
            .map_err(|e| web::Erreur::interne(&e))
    }

    /// Donne à l'agent une adresse secrète pour cette action, à la place de la précédente : son jeton, qui ne se reverra
    /// pas. L'inscrit au journal.
    ///
    /// # Errors
    /// La base ou le journal refuse.
    pub async fn abonner(&self) -> Result<String, web::Erreur> {
        self.permis(Objet::Caisse, Some("adresse d’abonnement créée"))
            .await?;
        let jeton = abonnement::renouveler(self.db(), self.agent.id, A::CODE.code(), self.maintenant()).await;
        let jeton = jeton.map_err(|e| web::Erreur::interne(&e))?;
        Ok(jeton.en_clair().to_owned())
    }

    /// Retire cette adresse. L'inscrit au journal.
    ///
    /// # Errors
    /// La base ou le journal refuse.
    pub async fn desabonner(&self) -> Result<(), web::Erreur> {
        self.permis(Objet::Caisse, Some("adresse d’abonnement retirée"))
            .await?;
        let ferme: Result<(), storage::Erreur> = ecrire!(self.db(), |tx| abonnement::fermer(
            tx,
            self.agent.id,
            A::CODE.code()
        )
        .await);
        ferme.map_err(|e| web::Erreur::interne(&e))
    }

    /// Accorde l'accès à `objet` : l'inscrit au journal, dans une transaction à lui et validée, puis rend le
    /// permis. `motif` dit pourquoi si l'action le demande ; il ne contient aucune donnée personnelle.
    ///
    /// # Errors
    /// Le journal n'a pas pu être écrit ; rien n'est alors accordé.
    pub async fn permis(&self, objet: Objet, motif: Option<&str>) -> Result<Permis<A>, web::Erreur> {
        let quand = self.maintenant();
        self.contexte
            .noter(&self.agent, A::CODE.code(), objet, Issue::Accorde, motif)
            .await
            .map_err(|e| web::Erreur::interne(&e))?;
        Ok(Permis::accorder(
            self.perimetre,
            objet,
            self.agent.identifiant.clone(),
            quand,
        ))
    }

    /// Refuse l'accès à `objet` pour une raison que la page a trouvée (dossier d'une autre branche…) :
    /// l'inscrit au journal, et rend une erreur qui ne dit pas si l'objet existe.
    pub async fn refuser(&self, objet: Objet, motif: &str) -> web::Erreur {
        let note = self
            .contexte
            .noter(&self.agent, A::CODE.code(), objet, Issue::Refuse, Some(motif))
            .await;
        note.map_or_else(|e| web::Erreur::interne(&e), |()| web::Erreur::NonTrouve)
    }

    /// Renvoie à une page après une action, avec un message (sans donnée personnelle) qu'elle montrera.
    ///
    /// # Errors
    /// La base refuse.
    pub async fn rediriger(&self, url: &str, avis: Avis) -> Result<Response, web::Erreur> {
        session::laisser_avis(self.db(), &self.contexte.jeton, &avis)
            .await
            .map_err(|e| web::Erreur::interne(&e))?;
        Ok(Redirect::to(url).into_response())
    }
}
