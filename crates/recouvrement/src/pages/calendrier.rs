//! Le radar en calendrier : à prendre une fois, ou à donner à un agenda qui le relit de lui-même.

use acces::{Abonne, Action, Objet, Permis, Visite, actions};
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, lire};
use valeurs::CodeCaisse;
use web::fragments::{ActionPost, EntetePage, Lien, action_post};
use web::{Adresse, Avis, Formulaire, Rien};

use super::radar::horizons;
use super::{CALENDRIER, FLUX, RADAR, RADAR_ICS};
use crate::Erreur;
use crate::radar::{Annonce, Suiveur, annonces, calendrier};

#[derive(Template)]
#[template(path = "calendrier.html")]
struct Vue {
    entete: EntetePage,
    /// L'adresse de tous les dossiers et celle des siens, le temps de les copier.
    adresses: Option<[String; 2]>,
    depuis: Option<String>,
    telecharger: String,
    gestes: Vec<ActionPost>,
}

pub(super) async fn montrer(visite: Visite<actions::ConsulterDossier>) -> Result<Response, web::Erreur> {
    page(&visite, None).await
}

/// Donne à l'agent une adresse que son agenda relit ; elle ne se montre qu'ici.
pub(super) async fn creer(
    visite: Visite<actions::ConsulterDossier>,
    Formulaire(Rien {}): Formulaire<Rien>,
) -> Result<Response, web::Erreur> {
    let secret = visite.abonner().await?;
    let flux = visite.url(FLUX).replace("{jeton}", &secret);
    let tous = format!("{}{flux}", visite.maison().origine());
    let siens = format!("{tous}?suivi=moi");
    page(&visite, Some([tous, siens])).await
}

pub(super) async fn fermer(
    visite: Visite<actions::ConsulterDossier>,
    Formulaire(Rien {}): Formulaire<Rien>,
) -> Result<Response, web::Erreur> {
    visite.desabonner().await?;
    let avis = Avis::Succes("L’adresse est supprimée : aucun agenda ne lit plus les échéances.".to_owned());
    visite.rediriger(&visite.url(CALENDRIER), avis).await
}

async fn page(
    visite: &Visite<actions::ConsulterDossier>,
    adresses: Option<[String; 2]>,
) -> Result<Response, web::Erreur> {
    let titre = "Échéances dans un agenda";
    let depuis = visite.abonnement().await?;
    let (url, jeton) = (visite.url(CALENDRIER), visite.jeton());
    let gestes = match depuis {
        None => vec![action_post("Créer une adresse", url, jeton).principale()],
        Some(_) => vec![
            action_post("Remplacer l’adresse", &url, jeton),
            action_post("Supprimer l’adresse", format!("{url}/fermer"), jeton),
        ],
    };
    let vue = Vue {
        entete: EntetePage::nouveau(titre)
            .fil(vec![Lien::nouveau("Échéances", visite.url(RADAR))])
            .sous_titre("Les quatre-vingt-dix jours qui viennent, un événement par délai, sans aucun nom"),
        adresses,
        depuis: depuis.map(acces::instant_fr),
        telecharger: visite.url(RADAR_ICS),
        gestes,
    };
    Ok(web::page(&visite.cadre(titre), vue))
}

/// Le calendrier, à prendre une fois.
pub(super) async fn exporter(visite: Visite<actions::ConsulterDossier>) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let radar = format!("{}{}", visite.maison().origine(), visite.url(RADAR));
    let source = Source {
        db: visite.db(),
        caisse: visite.caisse().code,
        radar,
        aujourdhui: visite.aujourdhui(),
        maintenant: visite.maintenant(),
    };
    source.rendre(&permis, None).await
}

/// Le calendrier, que l'agenda d'un agent relit ; le filtre `suivi=moi` n'en garde que ses dossiers.
pub(super) async fn lire_du_dehors(
    abonne: Abonne<actions::ConsulterDossier>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let horloge = abonne.maison().horloge();
    let source = Source {
        db: &abonne.caisse().db,
        caisse: abonne.caisse().code,
        radar: format!("{}{}", abonne.maison().origine(), abonne.url(RADAR)),
        aujourdhui: horloge.aujourdhui(),
        maintenant: horloge.maintenant(),
    };
    let suivi = (adresse.parametre("suivi") == Some("moi")).then(|| Suiveur {
        service: abonne.role(),
        agent: abonne.permis().acteur(),
    });
    source.rendre(abonne.permis(), suivi).await
}

/// Ce qu'un calendrier dit de lui-même.
struct Source<'a> {
    db: &'a Db,
    caisse: CodeCaisse,
    /// L'adresse du radar.
    radar: String,
    aujourdhui: Date,
    maintenant: Timestamp,
}

impl Source<'_> {
    async fn rendre<A: Action>(
        &self,
        permis: &Permis<A>,
        suivi: Option<Suiveur<'_>>,
    ) -> Result<Response, web::Erreur> {
        let [.., au] = horizons(self.aujourdhui)?;
        let lu: Result<Vec<Annonce>, Erreur> =
            lire!(self.db, |tx| annonces(tx, permis, suivi, self.aujourdhui, au)
                .await);
        let caisse = self.caisse.to_string();
        let du_sien = if suivi.is_some() { "&suivi=moi" } else { "" };
        let texte = calendrier(&lu?, &caisse, self.maintenant, |annonce| {
            format!(
                "{}?du={}&jours=0&regle={}{du_sien}",
                self.radar,
                annonce.jour,
                annonce.regle.code()
            )
        });
        let entetes = [
            (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"echeances-{caisse}.ics\""),
            ),
        ];
        Ok((entetes, texte).into_response())
    }
}
