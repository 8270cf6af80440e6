//! `sillon caisse creer`.

use acces::agents::{NouvelAgent, creer_agent};
use acces::{Objet, Permis, Role, actions};
use anyhow::Result;
use serde::Serialize;

use super::Fin;
use crate::arguments::Caisse;
use crate::configuration::{Configuration, operateur};
use crate::sortie;

#[derive(Serialize)]
struct Creee {
    caisse: String,
    nom: &'static str,
    administrateur: String,
    mot_de_passe_provisoire: String,
}

pub(super) async fn lancer(configuration: &Configuration, commande: Caisse) -> Result<Fin> {
    let Caisse::Creer {
        caisse,
        administrateur,
    } = commande;
    let agent = NouvelAgent::lire(&administrateur, "Premier administrateur", Role::Administrateur)?;
    let db = configuration.creer(caisse).await?;
    let permis =
        Permis::<actions::GererAgents>::operateur(&db, &configuration.horloge, &operateur(), Objet::Caisse)
            .await?;
    let secret = creer_agent(&db, &permis, &agent).await?;
    let creee = Creee {
        caisse: caisse.to_string(),
        nom: caisse.nom(),
        administrateur,
        mot_de_passe_provisoire: secret.reveler().to_owned(),
    };
    sortie::rendre(configuration.format, &creee, || {
        format!(
            "Caisse {} ({}) créée.\nAdministrateur : {}\nMot de passe provisoire, à changer à la première connexion : {}\n\
             Sauvegardez le dossier « {} » à part des bases : sans lui, les données scellées sont perdues.",
            creee.caisse,
            creee.nom,
            creee.administrateur,
            creee.mot_de_passe_provisoire,
            configuration.cles().display()
        )
    })?;
    db.fermer().await;
    Ok(Fin::Bien)
}
