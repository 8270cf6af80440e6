//! `sillon agents …`.

use acces::agents::{Identifiant, MotDePasse, NouvelAgent, creer_agent, desactiver, lister, reinitialiser};
use acces::{Objet, Permis, Role, actions};
use anyhow::{Context as _, Result};
use serde::Serialize;
use storage::Db;
use valeurs::CodeCaisse;

use super::Fin;
use crate::arguments::Agents;
use crate::configuration::{Configuration, operateur};
use crate::sortie;

#[derive(Serialize)]
struct Compte {
    identifiant: String,
    nom: String,
    service: &'static str,
    actif: bool,
    second_facteur: bool,
    dernier_acces: Option<String>,
}

#[derive(Serialize)]
struct Provisoire<'a> {
    identifiant: &'a str,
    mot_de_passe_provisoire: &'a str,
}

pub(super) async fn lancer(configuration: &Configuration, commande: Agents) -> Result<Fin> {
    match commande {
        Agents::Lister { caisse } => {
            let (db, permis) = ouvrir(configuration, caisse).await?;
            for agent in lister(&db, &permis).await? {
                let compte = Compte {
                    identifiant: agent.identifiant,
                    nom: agent.nom,
                    service: agent.role.code(),
                    actif: agent.actif,
                    second_facteur: agent.second_facteur,
                    dernier_acces: agent.dernier_acces.map(|t| t.to_string()),
                };
                sortie::rendre(configuration.format, &compte, || {
                    format!(
                        "{:<24} {:<18} {:<9} {}",
                        compte.identifiant,
                        compte.service,
                        if compte.actif { "actif" } else { "fermé" },
                        compte.nom
                    )
                })?;
            }
        }
        Agents::Creer {
            caisse,
            identifiant,
            nom,
            service,
        } => {
            let role = Role::depuis_code(&service).with_context(|| {
                let codes: Vec<&str> = Role::TOUS.iter().map(|r| r.code()).collect();
                format!("service inconnu : donnez {}", codes.join(", "))
            })?;
            let agent = NouvelAgent::lire(&identifiant, &nom, role)?;
            let (db, permis) = ouvrir(configuration, caisse).await?;
            imprimer(
                configuration,
                &identifiant,
                &creer_agent(&db, &permis, &agent).await?,
            )?;
        }
        Agents::Desactiver { caisse, identifiant } => {
            let (db, permis) = ouvrir(configuration, caisse).await?;
            let identifiant: Identifiant = identifiant.parse()?;
            desactiver(&db, &permis, &identifiant).await?;
        }
        Agents::Reinitialiser { caisse, identifiant } => {
            let (db, permis) = ouvrir(configuration, caisse).await?;
            let compte: Identifiant = identifiant.parse()?;
            imprimer(
                configuration,
                &identifiant,
                &reinitialiser(&db, &permis, &compte).await?,
            )?;
        }
    }
    Ok(Fin::Bien)
}

async fn ouvrir(
    configuration: &Configuration,
    caisse: CodeCaisse,
) -> Result<(Db, Permis<actions::GererAgents>)> {
    let db = configuration.ouvrir(caisse).await?;
    let permis = Permis::operateur(&db, &configuration.horloge, &operateur(), Objet::Caisse).await?;
    Ok((db, permis))
}

fn imprimer(configuration: &Configuration, identifiant: &str, secret: &MotDePasse) -> Result<()> {
    let provisoire = Provisoire {
        identifiant,
        mot_de_passe_provisoire: secret.reveler(),
    };
    sortie::rendre(configuration.format, &provisoire, || {
        format!(
            "{identifiant} : mot de passe provisoire, à changer à la première connexion : {}",
            secret.reveler()
        )
    })
}
