//! La garde posée devant chaque page par la table des routes : quelle caisse, quelle session, quel droit.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{ConnectInfo, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use valeurs::{CodeCaisse, DossierId};
use web::{Affichage, AgentAffiche, Cadre, CaisseAffichee, JetonCsrf};

use crate::connexion::Connexion;
use crate::journal::{Issue, Note, noter};
use crate::navigation::{Navigation, adresse};
use crate::session::{self, AgentConnecte, Etape, Jeton, Session};
use crate::{Caisse, CodeAction, Exigence, Maison, Objet};

/// Ce que la garde de chaque route connaît d'avance.
#[derive(Clone)]
pub(crate) struct Garde {
    pub(crate) maison: Maison,
    pub(crate) navigation: Arc<Navigation>,
    pub(crate) exige: Exigence,
    pub(crate) chemin: &'static str,
}

/// Ce que la garde a établi d'une requête, mis dans ses extensions. Sans lui, aucune page ne s'ouvre.
#[derive(Clone)]
pub(crate) struct Contexte {
    pub(crate) maison: Maison,
    pub(crate) caisse: Arc<Caisse>,
    pub(crate) session: Option<Session>,
    pub(crate) jeton: Jeton,
    pub(crate) csrf: String,
    pub(crate) client: String,
    navigation: Arc<Navigation>,
    chemin: String,
    repere: String,
}

impl Contexte {
    /// L'agent, si sa session est pleinement ouverte.
    pub(crate) fn agent(&self) -> Option<&AgentConnecte> {
        self.session
            .as_ref()
            .filter(|s| s.etape == Etape::Ouverte)
            .map(|s| &s.agent)
    }

    /// L'adresse d'une page de la caisse, depuis son chemin de route.
    pub(crate) fn url(&self, gabarit: &str) -> String {
        adresse(gabarit, &self.caisse)
    }

    /// La première page de cet agent.
    pub(crate) fn accueil(&self, agent: &AgentConnecte) -> String {
        self.navigation.accueil(&self.caisse, agent.role)
    }

    /// Le cadre de la page : avec la navigation de l'agent s'il est connecté, nu sinon.
    pub(crate) fn cadre(&self, titre: impl Into<String>) -> Cadre {
        let code = self.caisse.code.to_string();
        let caisse = |url| {
            Some(CaisseAffichee {
                code: code.clone(),
                nom: self.caisse.nom.clone(),
                url,
            })
        };
        let nu = Cadre {
            titre: titre.into(),
            jeton: self.csrf.clone(),
            ..Cadre::default()
        };
        let Some(agent) = self.agent() else {
            return Cadre {
                caisse: caisse(self.url("/{caisse}/connexion")),
                affichage: Affichage::Etroit,
                ..nu
            };
        };
        Cadre {
            caisse: caisse(self.accueil(agent)),
            agent: Some(AgentAffiche {
                nom: agent.nom.clone(),
                roles: vec![agent.role.libelle().to_owned()],
                deconnexion: self.url("/{caisse}/deconnexion"),
                mot_de_passe: matches!(self.caisse.connexion, Connexion::Locale)
                    .then(|| self.url("/{caisse}/connexion/mot-de-passe")),
            }),
            navigation: self.navigation.entrees(&self.caisse, agent.role, &self.chemin),
            recherche: self.navigation.recherche(&self.caisse, agent.role),
            avis: self.session.as_ref().and_then(|s| s.avis.clone()),
            chemin: self.chemin.clone(),
            ..nu
        }
    }

    /// Inscrit au journal l'accès (ou son refus) de cet agent.
    pub(crate) async fn noter(
        &self,
        agent: &AgentConnecte,
        action: &str,
        objet: Objet,
        issue: Issue,
        motif: Option<&str>,
    ) -> Result<(), storage::Erreur> {
        let note = Note {
            quand: self.maison.horloge().maintenant(),
            acteur: &agent.identifiant,
            role: agent.role.code(),
            action,
            objet,
            issue,
            motif,
            repere: &self.repere,
        };
        noter(&self.caisse.db, &note).await
    }
}

#[derive(Template)]
#[template(path = "session_close.html")]
struct SessionClose {
    connexion: String,
}

pub(crate) async fn garder(
    State(garde): State<Garde>,
    parametres: Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection>,
    requete: Request,
    suite: Next,
) -> Response {
    let parametres = parametres.ok();
    let parametre = |nom| {
        let mut paires = parametres.iter().flat_map(|p| p.iter());
        paires.find(|(n, _)| *n == nom).map(|(_, v)| v)
    };
    if !garde.chemin.starts_with("/{caisse}") {
        return suite.run(requete).await;
    }
    let code = parametre("caisse").and_then(|c| c.parse::<CodeCaisse>().ok());
    let Some(caisse) = code.and_then(|c| garde.maison.caisse(c)) else {
        return web::Erreur::NonTrouve.into_response();
    };
    let (mut parties, corps) = requete.into_parts();
    let (contexte, neuf) = match situer(&garde, caisse, &parties).await {
        Ok(trouve) => trouve,
        Err(e) => return web::Erreur::from(e).into_response(),
    };
    let objet = parametre("dossier")
        .and_then(|d| d.parse::<DossierId>().ok())
        .map_or(Objet::Caisse, Objet::Dossier);
    if let Err(refus) = admettre(&garde, &contexte, objet, &parties.method).await {
        return web::rhabiller(&contexte.cadre(""), refus);
    }
    parties.extensions.insert(JetonCsrf(contexte.csrf.clone()));
    parties.extensions.insert(contexte.clone());
    let requete = Request::from_parts(parties, corps);
    let mut reponse = web::rhabiller(&contexte.cadre(""), suite.run(requete).await);
    if neuf && !reponse.headers().contains_key(header::SET_COOKIE) {
        reponse
            .headers_mut()
            .append(header::SET_COOKIE, contexte.jeton.cookie(caisse.code));
    }
    reponse
}

/// Qui demande, et quoi. Le booléen dit que le visiteur reçoit un jeton neuf.
async fn situer(
    garde: &Garde,
    caisse: &Arc<Caisse>,
    parties: &Parts,
) -> Result<(Contexte, bool), crate::Erreur> {
    let maintenant = garde.maison.horloge().maintenant();
    let recu = Jeton::lire(&parties.headers, caisse.code);
    let mut session = None;
    if let Some(jeton) = &recu {
        session = session::trouver(&caisse.db, jeton, maintenant).await?;
        if let Some(trouvee) = &session {
            if trouvee.a_rafraichir {
                session::toucher(&caisse.db, jeton, maintenant).await?;
            }
            if trouvee.avis.is_some() && parties.method == Method::GET {
                session::oublier_avis(&caisse.db, jeton).await?;
            }
        }
    }
    let neuf = recu.is_none();
    let jeton = recu.map_or_else(Jeton::neuf, Ok)?;
    let contexte = Contexte {
        maison: garde.maison.clone(),
        caisse: Arc::clone(caisse),
        session,
        csrf: jeton.csrf(caisse.db.coffre()),
        jeton,
        client: client(parties),
        navigation: Arc::clone(&garde.navigation),
        chemin: parties.uri.path().to_owned(),
        repere: format!("{} {}", parties.method, garde.chemin),
    };
    Ok((contexte, neuf))
}

/// Laisse passer, ou rend le refus : se connecter pour lire, 401 sans session pour agir, 403 et une ligne au
/// journal si le rôle n'a pas l'action.
async fn admettre(
    garde: &Garde,
    contexte: &Contexte,
    objet: Objet,
    methode: &Method,
) -> Result<(), Response> {
    let action = match garde.exige {
        Exigence::Public => return Ok(()),
        Exigence::Session => None,
        Exigence::Action(action) => Some(action),
    };
    let Some(agent) = contexte.agent() else {
        let connexion = contexte.url("/{caisse}/connexion");
        if matches!(*methode, Method::GET | Method::HEAD) {
            return Err(Redirect::to(&connexion).into_response());
        }
        let page = web::page(&contexte.cadre("Session close"), SessionClose { connexion });
        return Err((StatusCode::UNAUTHORIZED, page).into_response());
    };
    match action {
        Some(action) if !contexte.caisse.habilitations.accorde(agent.role, action) => {
            Err(refuser(contexte, agent, action, objet).await.into_response())
        }
        _ => Ok(()),
    }
}

/// Inscrit le refus d'une action que le rôle n'a pas, et rend la page qui le dit.
pub(crate) async fn refuser(
    contexte: &Contexte,
    agent: &AgentConnecte,
    action: CodeAction,
    objet: Objet,
) -> web::Erreur {
    match contexte
        .noter(agent, action.code(), objet, Issue::Refuse, Some("habilitation"))
        .await
    {
        Ok(()) => web::Erreur::Interdit {
            motif: format!(
                "Votre compte n’est pas habilité à cette action : {}.",
                action.libelle()
            )
            .into(),
        },
        Err(e) => web::Erreur::interne(&e),
    }
}

/// L'adresse du client, pour le frein de la connexion ; celle du mandataire de confiance prime.
fn client(parties: &Parts) -> String {
    let extensions = &parties.extensions;
    extensions
        .get::<web::AdresseClient>()
        .map(|c| c.0)
        .or_else(|| extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip()))
        .map_or_else(|| "inconnue".to_owned(), |ip| ip.to_string())
}
