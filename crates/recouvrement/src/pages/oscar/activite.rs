//! L'activité : la sienne et celle des équipes pour tous, celle de chaque agent pour qui y est habilité.

use std::collections::BTreeMap;

use acces::agents::Collegue;
use acces::{Action, CodeAction, Objet, Visite, actions, debut_du_jour};
use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use storage::lire;
use web::Adresse;
use web::fragments::{self, Champ, Chiffre, Chiffres, EntetePage, Filtres, Lien, milliers, montant};

use super::super::{ACTIVITE, ACTIVITE_NOMMEE, OSCAR};
use crate::Erreur;
use crate::oscar::{Activite, Bornes, activite};

/// Agents d'une équipe dont l'activité se montre à tous, au moins : en deçà, la somme dirait celle d'une personne.
const EQUIPE_MIN: usize = 3;

struct Ligne {
    qui: String,
    service: &'static str,
    /// Rien pour une équipe trop petite.
    activite: Option<Activite>,
}

#[derive(Template)]
#[template(path = "activite.html")]
struct Vue {
    entete: EntetePage,
    filtres: Filtres,
    sienne: Option<Chiffres>,
    titre: &'static str,
    qui: &'static str,
    lignes: Vec<Ligne>,
    /// La page de tous : elle dit à l'agent ce qui est enregistré de lui.
    information: bool,
    acces: Option<String>,
}

pub(in crate::pages) async fn montrer(
    visite: Visite<actions::ConsulterTableau>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let bornes = bornes(&adresse, visite.aujourdhui());
    let permis = visite.permis(Objet::Caisse, None).await?;
    let lues: Result<BTreeMap<String, Activite>, Erreur> =
        lire!(visite.db(), |tx| activite(tx, &permis, &bornes, None).await);
    let mut activites = lues?;
    let agents = visite.habilites(CodeAction::AvancerProcedure).await?;
    let lignes = equipes(&agents, &activites)?;
    let sienne = activites.remove(&visite.agent().identifiant).unwrap_or_default();
    let mut entete = EntetePage::nouveau("Activité").sous_titre(periode(&bornes));
    if visite.peut(CodeAction::GererPortefeuille) {
        entete = entete.fil(vec![Lien::nouveau("Portefeuilles", visite.url(OSCAR))]);
    }
    if visite.peut(CodeAction::ConsulterActivite) {
        entete = entete.lien("Par agent", visite.url(ACTIVITE_NOMMEE));
    }
    let agit = agents.iter().any(|a| a.identifiant == visite.agent().identifiant);
    let vue = Vue {
        entete,
        filtres: filtres(&visite, &adresse, ACTIVITE, &bornes),
        sienne: agit.then(|| chiffres(&sienne)),
        titre: "Par équipe",
        qui: "Équipe",
        lignes,
        information: true,
        acces: None,
    };
    Ok(web::page(&visite.cadre("Activité"), vue))
}

pub(in crate::pages) async fn nommer(
    visite: Visite<actions::ConsulterActivite>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let bornes = bornes(&adresse, visite.aujourdhui());
    let agents = visite.habilites(CodeAction::AvancerProcedure).await?;
    let nombre = u64::try_from(agents.len()).unwrap_or(u64::MAX);
    let motif = format!("activité par agent, {}", periode(&bornes));
    let permis = visite.permis(Objet::Liste { nombre }, Some(&motif)).await?;
    let lues: Result<BTreeMap<String, Activite>, Erreur> =
        lire!(visite.db(), |tx| activite(tx, &permis, &bornes, None).await);
    let mut activites = lues?;
    let lignes = agents
        .into_iter()
        .map(|agent| Ligne {
            activite: Some(activites.remove(&agent.identifiant).unwrap_or_default()),
            service: agent.role.libelle(),
            qui: agent.nom,
        })
        .collect();
    let vue = Vue {
        entete: EntetePage::nouveau("Activité par agent")
            .fil(vec![Lien::nouveau("Activité", visite.url(ACTIVITE))])
            .sous_titre(periode(&bornes)),
        filtres: filtres(&visite, &adresse, ACTIVITE_NOMMEE, &bornes),
        sienne: None,
        titre: "Par agent",
        qui: "Agent",
        lignes,
        information: false,
        acces: Some(
            "Cette consultation est inscrite au journal des accès, avec votre nom et la période.".to_owned(),
        ),
    };
    Ok(web::page(&visite.cadre("Activité par agent"), vue))
}

/// La période de l'adresse ; par défaut, le mois en cours. Une fin d'avant le début est ce début.
fn bornes(adresse: &Adresse, aujourdhui: Date) -> Bornes {
    let lire = |nom| {
        adresse
            .parametre(nom)
            .and_then(|texte| texte.parse::<Date>().ok())
    };
    let du = lire("du").unwrap_or_else(|| aujourdhui.first_of_month());
    let au = lire("au").unwrap_or(aujourdhui).max(du);
    Bornes {
        du,
        au,
        debut: debut_du_jour(du),
        fin: au.tomorrow().map_or(jiff::Timestamp::MAX, debut_du_jour),
    }
}

fn periode(bornes: &Bornes) -> String {
    format!(
        "du {} au {}",
        valeurs::date_fr(bornes.du),
        valeurs::date_fr(bornes.au)
    )
}

fn filtres<A: Action>(visite: &Visite<A>, adresse: &Adresse, chemin: &str, bornes: &Bornes) -> Filtres {
    let champs = vec![
        Champ::date("du", "Du").valeur(bornes.du),
        Champ::date("au", "Au").valeur(bornes.au),
    ];
    adresse.filtres(&visite.url(chemin), &["du", "au"], champs)
}

/// L'activité de chaque équipe, tue si elle est trop petite ; seuls comptent les agents en activité.
fn equipes(agents: &[Collegue], activites: &BTreeMap<String, Activite>) -> Result<Vec<Ligne>, web::Erreur> {
    let mut equipes: BTreeMap<acces::Role, (usize, Activite)> = BTreeMap::new();
    for agent in agents {
        let (effectif, somme) = equipes.entry(agent.role).or_default();
        *effectif += 1;
        if let Some(sienne) = activites.get(&agent.identifiant) {
            *somme = somme.plus(sienne)?;
        }
    }
    Ok(equipes
        .into_iter()
        .map(|(role, (effectif, somme))| Ligne {
            qui: role.libelle().to_owned(),
            service: "",
            activite: (effectif >= EQUIPE_MIN).then_some(somme),
        })
        .collect())
}

fn chiffres(sienne: &Activite) -> Chiffres {
    let depuis = sienne
        .depuis
        .map(|jour| format!("échus depuis le {}", valeurs::date_fr(jour)));
    fragments::chiffres(vec![
        Chiffre::nouveau("Étapes enregistrées", milliers(sienne.etapes)),
        Chiffre::nouveau("Actes émis", milliers(sienne.actes)).precision(format!(
            "{} reçus, {} sans effet",
            milliers(sienne.recus),
            milliers(sienne.sans_effet)
        )),
        Chiffre::nouveau("Rappels faits", milliers(sienne.rappels)),
        Chiffre::nouveau("Dossiers suivis", milliers(sienne.dossiers)).precision(depuis.unwrap_or_default()),
        Chiffre::nouveau("Reste dû", montant(sienne.reste)),
        Chiffre::nouveau("Encaissé", montant(sienne.encaisse)),
    ])
}
