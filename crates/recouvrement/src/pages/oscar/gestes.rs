//! Ce qu'un agent fait depuis ses portefeuilles : confier, passer, se rappeler, garder un filtre.

use acces::{Objet, Visite, actions};
use axum::response::Response;
use serde::Deserialize;
use storage::ecrire;
use web::fragments::milliers;
use web::{Avis, Formulaire, lire_date};

use super::super::OSCAR;
use super::{equipe, lire_filtre, url_du_filtre};
use crate::Erreur;
use crate::oscar::{self, FiltreOscar};

type Gestion = Visite<actions::GererPortefeuille>;

/// Ce que portent les formulaires de la page : le geste, et le filtre affiché, pour y revenir.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(in crate::pages) struct Geste {
    dossier: Vec<i64>,
    agent: String,
    jour: String,
    texte: String,
    nom: String,
    de: String,
    a: String,
    suivi: String,
    montant: String,
    age: String,
    nature: String,
    position: String,
    limite: String,
    paiement: String,
}

impl Geste {
    fn filtre(&self) -> FiltreOscar {
        let (filtre, _) = lire_filtre(|nom| match nom {
            "suivi" => &self.suivi,
            "montant" => &self.montant,
            "age" => &self.age,
            "nature" => &self.nature,
            "position" => &self.position,
            "limite" => &self.limite,
            _ => &self.paiement,
        });
        filtre
    }

    async fn revenir(&self, visite: &Gestion, avis: Avis) -> Result<Response, web::Erreur> {
        visite
            .rediriger(&url_du_filtre(visite, &self.filtre()), avis)
            .await
    }

    fn objet(&self) -> Objet {
        let nombre = u64::try_from(self.dossier.len()).unwrap_or(u64::MAX);
        Objet::Liste { nombre }
    }
}

#[derive(Deserialize)]
pub(in crate::pages) struct Fait {
    rappel: i64,
}

#[derive(Deserialize)]
pub(in crate::pages) struct Oubli {
    nom: String,
}

/// L'agent choisi, s'il est de l'équipe ; le texte vide est « personne ».
async fn choisi(visite: &Gestion, agent: &str) -> Result<Option<Option<String>>, web::Erreur> {
    if agent.is_empty() {
        return Ok(Some(None));
    }
    let connu = equipe(visite).await?.into_iter().find(|c| c.identifiant == agent);
    Ok(connu.map(|c| Some(c.identifiant)))
}

fn hors_de_l_equipe() -> Avis {
    Avis::Alerte("Choisissez un agent de la liste.".to_owned())
}

/// Le refus d'une saisie, à montrer sur la page ; une panne reste une page d'erreur.
fn refus(erreur: Erreur) -> Result<Avis, web::Erreur> {
    match erreur {
        Erreur::Oscar(refus) => Ok(Avis::Alerte(web::phrase(refus))),
        autre => Err(autre.into()),
    }
}

/// « 1 dossier est confié. », « 12 dossiers sont confiés. » ; `fait` est au masculin singulier.
fn compter(combien: usize, fait: &str) -> String {
    match combien {
        0 => "Rien n’a changé : ces dossiers y étaient déjà, ou ne sont pas des vôtres.".to_owned(),
        1 => format!("1 dossier est {fait}."),
        n => format!(
            "{} dossiers sont {fait}s.",
            milliers(u64::try_from(n).unwrap_or(u64::MAX))
        ),
    }
}

pub(in crate::pages) async fn confier(
    visite: Gestion,
    Formulaire(geste): Formulaire<Geste>,
) -> Result<Response, web::Erreur> {
    if geste.dossier.is_empty() {
        let avis = Avis::Alerte("Cochez d’abord les dossiers à confier.".to_owned());
        return geste.revenir(&visite, avis).await;
    }
    let Some(agent) = choisi(&visite, &geste.agent).await? else {
        return geste.revenir(&visite, hors_de_l_equipe()).await;
    };
    let permis = visite.permis(geste.objet(), None).await?;
    let service = visite.agent().role;
    let confies: Result<usize, Erreur> = ecrire!(visite.db(), |tx| {
        oscar::confier(tx, &permis, service, &geste.dossier, agent.as_deref()).await
    });
    let mot = if agent.is_some() { "confié" } else { "rendu" };
    let avis = Avis::Succes(compter(confies?, mot));
    geste.revenir(&visite, avis).await
}

/// Passe tout un portefeuille : un agent part, ou change de service.
pub(in crate::pages) async fn passer(
    visite: Gestion,
    Formulaire(geste): Formulaire<Geste>,
) -> Result<Response, web::Erreur> {
    let Some(a) = choisi(&visite, &geste.a).await? else {
        return geste.revenir(&visite, hors_de_l_equipe()).await;
    };
    let permis = visite.permis(Objet::Caisse, None).await?;
    let service = visite.agent().role;
    let passes: Result<usize, Erreur> = ecrire!(visite.db(), |tx| {
        oscar::passer(tx, &permis, service, &geste.de, a.as_deref()).await
    });
    let mot = if a.is_some() { "passé" } else { "rendu" };
    let avis = Avis::Succes(compter(passes?, mot));
    geste.revenir(&visite, avis).await
}

pub(in crate::pages) async fn rappeler(
    visite: Gestion,
    Formulaire(geste): Formulaire<Geste>,
) -> Result<Response, web::Erreur> {
    if geste.dossier.is_empty() {
        let avis = Avis::Alerte("Cochez d’abord les dossiers à vous rappeler.".to_owned());
        return geste.revenir(&visite, avis).await;
    }
    let jour = match lire_date("jour", &geste.jour) {
        Ok(jour) => jour,
        Err(refus) => return geste.revenir(&visite, Avis::Alerte(refus.message)).await,
    };
    let permis = visite.permis(geste.objet(), None).await?;
    let (db, aujourdhui) = (visite.db(), visite.aujourdhui());
    let poses: Result<usize, Erreur> = ecrire!(db, |tx| {
        oscar::poser(db, tx, &permis, &geste.dossier, jour, &geste.texte, aujourdhui).await
    });
    let avis = match poses {
        Ok(0) => Avis::Alerte("Aucun rappel n’est posé : ces dossiers ne sont pas des vôtres.".to_owned()),
        Ok(1) => Avis::Succes("1 rappel est posé.".to_owned()),
        Ok(n) => Avis::Succes(format!("{n} rappels sont posés.")),
        Err(erreur) => refus(erreur)?,
    };
    geste.revenir(&visite, avis).await
}

pub(in crate::pages) async fn cocher(
    visite: Gestion,
    Formulaire(fait): Formulaire<Fait>,
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Liste { nombre: 1 }, None).await?;
    let coche: Result<(), Erreur> = ecrire!(visite.db(), |tx| oscar::cocher(tx, &permis, fait.rappel).await);
    let avis = match coche {
        Ok(()) => Avis::Succes("Le rappel est fait.".to_owned()),
        Err(erreur) => refus(erreur)?,
    };
    visite.rediriger(&visite.url(OSCAR), avis).await
}

pub(in crate::pages) async fn garder(
    visite: Gestion,
    Formulaire(geste): Formulaire<Geste>,
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let filtre = geste.filtre();
    let garde: Result<(), Erreur> = ecrire!(visite.db(), |tx| {
        oscar::garder_filtre(tx, &permis, &geste.nom, &filtre).await
    });
    let avis = match garde {
        Ok(()) => Avis::Succes("Le filtre est gardé.".to_owned()),
        Err(erreur) => refus(erreur)?,
    };
    geste.revenir(&visite, avis).await
}

pub(in crate::pages) async fn oublier(
    visite: Gestion,
    Formulaire(oubli): Formulaire<Oubli>,
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let oublie: Result<(), Erreur> =
        ecrire!(visite.db(), |tx| oscar::oublier_filtre(tx, &permis, &oubli.nom)
            .await);
    oublie?;
    let avis = Avis::Succes("Le filtre est oublié.".to_owned());
    visite.rediriger(&visite.url(OSCAR), avis).await
}
