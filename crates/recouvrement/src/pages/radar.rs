//! Le radar : ce qui se prescrit, se perd ou échoit dans les jours qui viennent, en liste.

use acces::agents::Collegue;
use acces::{CodeAction, Objet, Visite, actions};
use askama::Template;
use axum::response::Response;
use droit::{Contre, Droit};
use jiff::ToSpan as _;
use jiff::civil::Date;
use storage::lire;
use web::fragments::{
    self, Champ, Chiffre, Chiffres, Choix, Colonne, EntetePage, Entetes, Filtres, LiensDePage, mene,
};
use web::{Adresse, Curseur, LienTable, Position, SansTri, Sens, TAILLE_PAGE};

use super::delais_ouverts::ancre;
use super::oscar::nommer;
use super::{CALENDRIER, DELAIS, RADAR, dans};
use crate::Erreur;
use crate::oscar::suivants;
use crate::radar::{Compte, Echoit, FiltreRadar, Place, Suiveur, comptes, page};

const FILTRES: [&str; 5] = ["jours", "du", "contre", "regle", "suivi"];
/// Les horizons offerts, en jours.
const HORIZONS: [i32; 3] = [7, 30, 90];
/// Celui d'une page sans filtre.
const HORIZON: i32 = 30;

struct Ligne {
    url: String,
    /// Où la page de la créance explique le délai.
    ancre: String,
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
    let suivi = adresse.parametre("suivi").filter(|mot| !mot.is_empty());
    let suivi = suivi.filter(|_| visite.peut(CodeAction::GererPortefeuille));
    let suivi = suivi.map(|mot| Suiveur {
        service: visite.agent().role,
        agent: if mot == "moi" {
            &visite.agent().identifiant
        } else {
            mot
        },
    });
    let filtre = FiltreRadar {
        suivi,
        ..lire_filtre(&adresse, aujourdhui)?
    };
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
    let equipe = equipe(&visite).await?;
    let lu: Result<_, Erreur> = lire!(visite.db(), |tx| {
        let limites = page(tx, &permis, filtre, sens, place.as_ref(), pagination.taille() + 1).await?;
        let comptes = comptes(tx, &permis, suivi, aujourdhui, horizons).await?;
        Ok((
            limites,
            comptes,
            suivants(tx, &permis, visite.agent().role).await?,
        ))
    });
    let (limites, comptes, suivants) = lu?;
    let (limites, suite) = pagination.decouper(limites, place.is_some(), |l| {
        Curseur::nouveau(format!("{}_{}", l.creance, l.regle.code()))
    });
    let lien = adresse.lien(visite.url(RADAR), &FILTRES);
    let vue = Vue {
        entete: EntetePage::nouveau("Échéances")
            .sous_titre("Ce qui se prescrit, se perd ou échoit sur les créances ouvertes de vos attributions")
            .lien("Calculer un délai", visite.url(DELAIS))
            .lien("Dans un agenda", visite.url(CALENDRIER)),
        chiffres: chiffres(
            &visite.url(RADAR),
            adresse.parametre("suivi").unwrap_or_default(),
            comptes,
        ),
        filtres: filtres(&visite, &adresse, &equipe, &suivants),
        entetes: fragments::entetes(&lien, SansTri::ORDRE, &pagination, colonnes()),
        lignes: limites
            .into_iter()
            .map(|limite| Ligne::nouvelle(&visite, limite, aujourdhui))
            .collect(),
        pages: fragments::pagination(&lien, SansTri::ORDRE, &pagination, &suite),
    };
    Ok(web::page(&visite.cadre("Échéances"), vue))
}

/// Le dernier jour de chaque horizon.
pub(super) fn horizons(aujourdhui: Date) -> Result<[Date; 3], web::Erreur> {
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
fn lire_filtre(adresse: &Adresse, aujourdhui: Date) -> Result<FiltreRadar<'static>, web::Erreur> {
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
        suivi: None,
    })
}

fn lire_place(texte: &str) -> Option<Place> {
    let (creance, regle) = texte.split_once('_')?;
    Some(Place {
        creance: creance.parse().ok()?,
        regle: regle.to_owned(),
    })
}

/// Les agents du service qui suivent des dossiers ; personne si l'agent n'en suit pas.
async fn equipe(visite: &Visite<actions::ConsulterDossier>) -> Result<Vec<Collegue>, web::Erreur> {
    if visite.peut(CodeAction::GererPortefeuille) {
        visite.habilites(CodeAction::GererPortefeuille).await
    } else {
        Ok(Vec::new())
    }
}

/// Chaque horizon mène au radar du même portefeuille, sans le reste du filtre.
fn chiffres(url: &str, suivi: &str, comptes: [Compte; 3]) -> Chiffres {
    let chiffres = HORIZONS.into_iter().zip(comptes).map(|(jours, compte)| {
        let lien = LienTable::lire(url, &[("jours", &jours.to_string()), ("suivi", suivi)]);
        let adresse = lien.url(SansTri::ORDRE, &Position::DEBUT, TAILLE_PAGE);
        Chiffre::nouveau(
            format!("Dans {jours} jours"),
            mene(adresse, fragments::milliers(compte.nombre)),
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

fn filtres(
    visite: &Visite<actions::ConsulterDossier>,
    adresse: &Adresse,
    equipe: &[Collegue],
    suivants: &[String],
) -> Filtres {
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
    let mut champs = vec![
        Champ::liste("jours", "D’ici", jours.into()).valeur(if valeur("jours").is_empty() {
            &horizon
        } else {
            valeur("jours")
        }),
        Champ::date("du", "À partir du").valeur(valeur("du")),
        Champ::liste("contre", "Court contre", tous().chain(contre).collect()).valeur(valeur("contre")),
        Champ::liste("regle", "Délai", tous().chain(regles).collect()).valeur(valeur("regle")),
    ];
    if visite.peut(CodeAction::GererPortefeuille) {
        let moi = &visite.agent().identifiant;
        let collegues = suivants
            .iter()
            .filter(|agent| *agent != moi)
            .map(|agent| Choix::nouveau(agent, nommer(agent, equipe)));
        let suivis = tous()
            .chain([Choix::nouveau("moi", "Moi")])
            .chain(collegues)
            .collect();
        champs.push(Champ::liste("suivi", "Suivi par", suivis).valeur(valeur("suivi")));
    }
    adresse.filtres(&visite.url(RADAR), &FILTRES, champs)
}

impl Ligne {
    fn nouvelle(visite: &Visite<actions::ConsulterDossier>, limite: Echoit, aujourdhui: Date) -> Self {
        Self {
            url: visite.url(&format!("/{{caisse}}/creances/{}/procedure", limite.creance)),
            url_dossier: visite.url(&format!("/{{caisse}}/dossiers/{}", limite.dossier)),
            nom: format!("{} {}", limite.nom, limite.prenom).trim_end().to_owned(),
            ancre: ancre(limite.creance, limite.regle),
            dans: dans(limite.echeance, aujourdhui),
            limite,
        }
    }
}
