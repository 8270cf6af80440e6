//! Le radar : ce qui se prescrit, se perd ou échoit dans les jours qui viennent, en liste et en calendrier.

use acces::{Objet, Visite, actions};
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use droit::{Contre, Droit};
use jiff::ToSpan as _;
use jiff::civil::Date;
use storage::lire;
use web::fragments::{
    self, Champ, Chiffre, Chiffres, Choix, Colonne, EntetePage, Entetes, Filtres, LiensDePage, mene,
};
use web::{Adresse, Curseur, SansTri, Sens};

use super::{CALENDRIER, DELAIS, RADAR, dans};
use crate::Erreur;
use crate::radar::{Annonce, Compte, Echoit, FiltreRadar, Place, annonces, calendrier, comptes, page};

const FILTRES: [&str; 4] = ["jours", "du", "contre", "regle"];
/// Les horizons offerts, en jours.
const HORIZONS: [i32; 3] = [7, 30, 90];
/// Celui d'une page sans filtre.
const HORIZON: i32 = 30;

struct Ligne {
    url: String,
    url_dossier: String,
    nom: String,
    dans: String,
    limite: Echoit,
}

#[derive(Template)]
#[template(path = "radar.html")]
struct Vue {
    entete: EntetePage,
    chiffres: Chiffres,
    filtres: Filtres,
    entetes: Entetes,
    lignes: Vec<Ligne>,
    pages: LiensDePage,
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let aujourdhui = visite.aujourdhui();
    let filtre = lire_filtre(&adresse, aujourdhui)?;
    let pagination = adresse.pagination();
    let nombre = u64::from(pagination.taille());
    let permis = visite.permis(Objet::Liste { nombre }, None).await?;
    let (curseur, a_rebours) = pagination.curseur();
    let sens = if a_rebours {
        Sens::Decroissant
    } else {
        Sens::Croissant
    };
    let place = curseur.and_then(|curseur| lire_place(curseur.texte()));
    let horizons = horizons(aujourdhui)?;
    let lu: Result<(Vec<Echoit>, [Compte; 3]), Erreur> = lire!(visite.db(), |tx| {
        let limites = page(tx, &permis, filtre, sens, place.as_ref(), pagination.taille() + 1).await?;
        Ok((limites, comptes(tx, &permis, aujourdhui, horizons).await?))
    });
    let (limites, comptes) = lu?;
    let (limites, suite) = pagination.decouper(limites, place.is_some(), |l| {
        Curseur::nouveau(format!("{}_{}", l.creance, l.regle.code()))
    });
    let lien = adresse.lien(visite.url(RADAR), &FILTRES);
    let vue = Vue {
        entete: EntetePage::nouveau("Échéances")
            .sous_titre("Ce qui se prescrit, se perd ou échoit sur les créances ouvertes de vos attributions")
            .lien("Calculer un délai", visite.url(DELAIS))
            .lien("Calendrier (iCalendar)", visite.url(CALENDRIER)),
        chiffres: chiffres(&visite.url(RADAR), comptes),
        filtres: filtres(&visite, &adresse),
        entetes: fragments::entetes(&lien, SansTri::ORDRE, &pagination, colonnes()),
        lignes: limites
            .into_iter()
            .map(|limite| Ligne::nouvelle(&visite, limite, aujourdhui))
            .collect(),
        pages: fragments::pagination(&lien, SansTri::ORDRE, &pagination, &suite),
    };
    Ok(web::page(&visite.cadre("Échéances"), vue))
}

/// Les quatre-vingt-dix jours qui viennent, en calendrier.
pub(super) async fn exporter(visite: Visite<actions::ConsulterDossier>) -> Result<Response, web::Erreur> {
    let aujourdhui = visite.aujourdhui();
    let permis = visite.permis(Objet::Caisse, None).await?;
    let [.., au] = horizons(aujourdhui)?;
    let lu: Result<Vec<Annonce>, Erreur> =
        lire!(visite.db(), |tx| annonces(tx, &permis, aujourdhui, au).await);
    let radar = format!("{}{}", visite.maison().origine(), visite.url(RADAR));
    let caisse = visite.caisse().code.to_string();
    let texte = calendrier(&lu?, &caisse, visite.maintenant(), |annonce| {
        format!(
            "{radar}?du={}&jours=0&regle={}",
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

fn horizons(aujourdhui: Date) -> Result<[Date; 3], web::Erreur> {
    let mut horizons = [aujourdhui; 3];
    for (horizon, jours) in horizons.iter_mut().zip(HORIZONS) {
        *horizon = plus(aujourdhui, jours)?;
    }
    Ok(horizons)
}

fn plus(jour: Date, jours: i32) -> Result<Date, web::Erreur> {
    jour.checked_add(jours.days())
        .map_err(|e| web::Erreur::interne(&e))
}

/// Le filtre que porte l'adresse ; ce qui ne s'y lit pas est comme absent.
fn lire_filtre(adresse: &Adresse, aujourdhui: Date) -> Result<FiltreRadar, web::Erreur> {
    let du = adresse
        .parametre("du")
        .and_then(|texte| texte.parse().ok())
        .unwrap_or(aujourdhui);
    let jours = adresse
        .parametre("jours")
        .and_then(|texte| texte.parse().ok())
        .filter(|jours| (0..=3_660).contains(jours))
        .unwrap_or(HORIZON);
    Ok(FiltreRadar {
        du,
        au: plus(du, jours)?,
        contre: adresse.parametre("contre").and_then(|code| code.parse().ok()),
        regle: adresse
            .parametre("regle")
            .and_then(|code| Droit::charger().regle_de_delai(code).ok()),
    })
}

fn lire_place(texte: &str) -> Option<Place> {
    let (creance, regle) = texte.split_once('_')?;
    Some(Place {
        creance: creance.parse().ok()?,
        regle: regle.to_owned(),
    })
}

fn chiffres(url: &str, comptes: [Compte; 3]) -> Chiffres {
    let chiffres = HORIZONS.into_iter().zip(comptes).map(|(jours, compte)| {
        Chiffre::nouveau(
            format!("Dans {jours} jours"),
            mene(format!("{url}?jours={jours}"), fragments::milliers(compte.nombre)),
        )
        .precision(format!("{} à recouvrer", compte.reste))
    });
    fragments::chiffres(chiffres.collect())
}

fn colonnes() -> Vec<Colonne<SansTri>> {
    vec![
        Colonne::nouvelle("Dernier jour"),
        Colonne::nouvelle("Délai"),
        Colonne::nouvelle("Débiteur"),
        Colonne::nouvelle("Créance"),
        Colonne::nouvelle("Où elle en est"),
        Colonne::nouvelle("Reste dû").nombre(),
    ]
}

fn filtres(visite: &Visite<actions::ConsulterDossier>, adresse: &Adresse) -> Filtres {
    let valeur = |nom| adresse.parametre(nom).unwrap_or_default();
    let jours = HORIZONS.map(|jours| Choix::nouveau(jours, format!("{jours} jours")));
    let tous = || std::iter::once(Choix::nouveau("", "Tous"));
    let contre = Contre::TOUS
        .iter()
        .map(|contre| Choix::nouveau(contre.code(), contre));
    let regles = Droit::charger()
        .regles_de_delai()
        .iter()
        .map(|regle| Choix::nouveau(regle.code(), regle.libelle()));
    let horizon = HORIZON.to_string();
    let champs = vec![
        Champ::liste("jours", "D’ici", jours.into()).valeur(if valeur("jours").is_empty() {
            &horizon
        } else {
            valeur("jours")
        }),
        Champ::date("du", "À partir du").valeur(valeur("du")),
        Champ::liste("contre", "Court contre", tous().chain(contre).collect()).valeur(valeur("contre")),
        Champ::liste("regle", "Délai", tous().chain(regles).collect()).valeur(valeur("regle")),
    ];
    adresse.filtres(&visite.url(RADAR), &FILTRES, champs)
}

impl Ligne {
    fn nouvelle(visite: &Visite<actions::ConsulterDossier>, limite: Echoit, aujourdhui: Date) -> Self {
        Self {
            url: visite.url(&format!("/{{caisse}}/creances/{}/procedure", limite.creance)),
            url_dossier: visite.url(&format!("/{{caisse}}/dossiers/{}", limite.dossier)),
            nom: format!("{} {}", limite.nom, limite.prenom).trim_end().to_owned(),
            dans: dans(limite.echeance, aujourdhui),
            limite,
        }
    }
}
