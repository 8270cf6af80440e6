use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use web::fragments::{self, ActionPost, Champ, Choix, EntetePage, Pastille, Ton, action_post, pastille};
use web::{Avis, ErreurChamp, Formulaire};

use crate::agents::{self, Agent, ErreurAgent, Identifiant, MotDePasse, NouvelAgent};
use crate::connexion::Connexion;
use crate::{Erreur, Objet, Role, Visite, actions, instant_fr};

type Gestion = Visite<actions::GererAgents>;

struct Ligne {
    agent: Agent,
    cree_le: String,
    dernier_acces: String,
    etat: Pastille,
    gestes: Vec<ActionPost>,
    roles: Vec<(&'static str, &'static str, bool)>,
}

#[derive(Template)]
#[template(path = "agents.html")]
struct Vue {
    entete: EntetePage,
    jeton: String,
    action: String,
    action_role: String,
    remis: Option<(String, String)>,
    erreurs: Vec<ErreurChamp>,
    champs: Vec<Champ>,
    lignes: Vec<Ligne>,
}

pub(super) async fn montrer(visite: Gestion) -> Result<Response, web::Erreur> {
    page(&visite, None, vec![], None).await
}

#[derive(Deserialize)]
pub(super) struct Nouveau {
    identifiant: String,
    nom: String,
    role: String,
}

pub(super) async fn creer(
    visite: Gestion,
    Formulaire(saisie): Formulaire<Nouveau>,
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, Some("créer un compte")).await?;
    let role = Role::depuis_code(&saisie.role);
    let lu = role.map(|role| NouvelAgent::lire(&saisie.identifiant, &saisie.nom, role));
    let erreur = match lu {
        None => ErreurChamp::nouvelle("role", "choisissez un rôle dans la liste"),
        Some(Err(e @ ErreurAgent::Nom)) => ErreurChamp::nouvelle("nom", e),
        Some(Err(e)) => ErreurChamp::nouvelle("identifiant", e),
        Some(Ok(nouveau)) => match agents::creer_agent(visite.db(), &permis, &nouveau).await {
            Ok(provisoire) => {
                return page(
                    &visite,
                    Some((nouveau.identifiant().to_string(), provisoire)),
                    vec![],
                    None,
                )
                .await;
            }
            Err(Erreur::Agent(e)) => ErreurChamp::nouvelle("identifiant", e),
            Err(e) => return Err(e.into()),
        },
    };
    let page = page(&visite, None, vec![erreur], Some(&saisie)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[derive(Deserialize)]
pub(super) struct Compte {
    identifiant: String,
}

impl Compte {
    fn lire(&self) -> Result<Identifiant, web::Erreur> {
        self.identifiant.parse().map_err(|_| web::Erreur::NonTrouve)
    }
}

pub(super) async fn desactiver(
    visite: Gestion,
    Formulaire(compte): Formulaire<Compte>,
) -> Result<Response, web::Erreur> {
    let identifiant = compte.lire()?;
    let permis = visite.permis(Objet::Caisse, Some("désactiver un compte")).await?;
    let fait = agents::desactiver(visite.db(), &permis, &identifiant).await;
    conclure(
        &visite,
        fait,
        format!("Le compte {identifiant} est désactivé, ses sessions sont closes."),
    )
    .await
}

pub(super) async fn activer(
    visite: Gestion,
    Formulaire(compte): Formulaire<Compte>,
) -> Result<Response, web::Erreur> {
    let identifiant = compte.lire()?;
    let permis = visite.permis(Objet::Caisse, Some("réactiver un compte")).await?;
    let fait = agents::activer(visite.db(), &permis, &identifiant).await;
    conclure(
        &visite,
        fait,
        format!("Le compte {identifiant} est de nouveau actif."),
    )
    .await
}

pub(super) async fn reinitialiser(
    visite: Gestion,
    Formulaire(compte): Formulaire<Compte>,
) -> Result<Response, web::Erreur> {
    let identifiant = compte.lire()?;
    let permis = visite
        .permis(Objet::Caisse, Some("réinitialiser un compte"))
        .await?;
    match agents::reinitialiser(visite.db(), &permis, &identifiant).await {
        Ok(provisoire) => page(&visite, Some((identifiant.to_string(), provisoire)), vec![], None).await,
        Err(e) => conclure(&visite, Err(e), String::new()).await,
    }
}

#[derive(Deserialize)]
pub(super) struct NouveauRole {
    identifiant: String,
    role: String,
}

pub(super) async fn changer_role(
    visite: Gestion,
    Formulaire(saisie): Formulaire<NouveauRole>,
) -> Result<Response, web::Erreur> {
    let identifiant = Compte {
        identifiant: saisie.identifiant,
    }
    .lire()?;
    let role = Role::depuis_code(&saisie.role).ok_or(web::Erreur::NonTrouve)?;
    let permis = visite
        .permis(Objet::Caisse, Some("changer le rôle d’un compte"))
        .await?;
    let fait = agents::changer_role(visite.db(), &permis, &identifiant, role).await;
    let texte = format!("{identifiant} : {}. Ses sessions sont closes.", role.libelle());
    conclure(&visite, fait, texte).await
}

async fn conclure(
    visite: &Gestion,
    fait: Result<(), Erreur>,
    texte: String,
) -> Result<Response, web::Erreur> {
    let avis = match fait {
        Ok(()) => Avis::Succes(texte),
        Err(Erreur::Agent(e)) => Avis::Erreur(format!("{}.", web::phrase(e))),
        Err(e) => return Err(e.into()),
    };
    visite.rediriger(&visite.url("/{caisse}/agents"), avis).await
}

async fn page(
    visite: &Gestion,
    remis: Option<(String, MotDePasse)>,
    erreurs: Vec<ErreurChamp>,
    saisie: Option<&Nouveau>,
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let comptes = agents::lister(visite.db(), &permis)
        .await
        .map_err(|e| web::Erreur::interne(&e))?;
    let locale = matches!(visite.caisse().connexion, Connexion::Locale);
    let mut roles = vec![Choix::nouveau("", "Choisir…")];
    roles.extend(Role::TOUS.iter().map(|r| Choix::nouveau(r.code(), r.libelle())));
    let tape = |champ: fn(&Nouveau) -> &String| saisie.map(champ).cloned().unwrap_or_default();
    let champs = vec![
        Champ::texte("identifiant", "Identifiant")
            .obligatoire()
            .longueur_max(64)
            .aide("Lettres sans accent, chiffres, points et tirets.")
            .valeur(tape(|s| &s.identifiant))
            .parmi(&erreurs),
        Champ::texte("nom", "Nom affiché")
            .obligatoire()
            .longueur_max(100)
            .valeur(tape(|s| &s.nom))
            .parmi(&erreurs),
        Champ::liste("role", "Rôle", roles)
            .obligatoire()
            .valeur(tape(|s| &s.role))
            .parmi(&erreurs),
    ];
    let vue = Vue {
        entete: EntetePage::nouveau("Agents").sous_titre("Les comptes de la caisse"),
        jeton: visite.jeton().to_owned(),
        action: visite.url("/{caisse}/agents"),
        action_role: visite.url("/{caisse}/agents/role"),
        remis: remis.map(|(qui, mot_de_passe)| (qui, mot_de_passe.reveler().to_owned())),
        erreurs,
        champs,
        lignes: comptes
            .into_iter()
            .map(|agent| ligne(visite, agent, locale))
            .collect(),
    };
    Ok(web::page(&visite.cadre("Agents"), vue))
}

fn ligne(visite: &Gestion, agent: Agent, locale: bool) -> Ligne {
    let geste = |libelle: &str, gabarit: &str| {
        action_post(libelle, visite.url(gabarit), visite.jeton())
            .champ("identifiant", &agent.identifiant)
            .precision(format!("le compte {}", agent.identifiant))
    };
    let mut gestes = Vec::new();
    if agent.actif {
        gestes.push(geste("Désactiver", "/{caisse}/agents/desactiver"));
        if locale {
            gestes.push(geste("Réinitialiser", "/{caisse}/agents/reinitialiser"));
        }
    } else {
        gestes.push(geste("Réactiver", "/{caisse}/agents/activer"));
    }
    let etat = match (agent.actif, agent.second_facteur || !locale) {
        (false, _) => pastille(Ton::Neutre, "Désactivé"),
        (true, false) => pastille(Ton::Attention, "Second facteur absent"),
        (true, true) => pastille(Ton::Positif, "Actif"),
    };
    Ligne {
        cree_le: instant_fr(agent.cree_le),
        dernier_acces: agent
            .dernier_acces
            .map_or_else(|| "jamais".to_owned(), instant_fr),
        etat,
        gestes,
        roles: Role::TOUS
            .iter()
            .map(|r| (r.code(), r.libelle(), *r == agent.role))
            .collect(),
        agent,
    }
}
