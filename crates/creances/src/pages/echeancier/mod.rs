//! La liste des créances d'un périmètre, où mènent les chiffres du tableau de bord.

mod liste;

use acces::{Objet, Route, Visite, actions};
use askama::Template;
use axum::response::Response;
use droit::{Branche, Nature};
use jiff::civil::Date;
use storage::lire;
use valeurs::Montant;
use web::fragments::{
    self, Champ, Choix, Colonne, EntetePage, Entetes, Filtres, Largeur, LiensDePage, Pastille, Ton, pastille,
};
use web::{Adresse, Curseur, ErreurChamp, Tri, lire_date};

use self::liste::{Filtre, ParCreance, Rangee, page};
use crate::Erreur;
use crate::pages::{dossiers, libelles};

/// L'adresse de la liste ; ses filtres sont `etat`, `branche`, `nature`, `du`, `au`, `montant`.
pub(super) const CREANCES: &str = "/{caisse}/creances";
const SOLDEES: &str = "soldees";

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get::<actions::ConsulterDossier, _, _>(CREANCES, montrer).rubrique("Créances")]
}

struct LigneCreance {
    url: String,
    url_dossier: String,
    nom: String,
    periode: String,
    etat: Pastille,
    rangee: Rangee,
}

#[derive(Template)]
#[template(path = "echeancier/liste.html")]
struct Vue {
    entete: EntetePage,
    filtres: Filtres,
    entetes: Entetes,
    lignes: Vec<LigneCreance>,
    pages: LiensDePage,
}

/// Le filtre que porte l'adresse, et ce qui ne s'y lit pas.
fn lire_filtre(adresse: &Adresse) -> (Filtre, Vec<ErreurChamp>) {
    let mut erreurs = Vec::new();
    let mut date = |champ: &'static str| -> Option<Date> {
        let texte = adresse
            .parametre(champ)
            .map(str::trim)
            .filter(|t| !t.is_empty())?;
        lire_date(champ, texte).map_err(|refus| erreurs.push(refus)).ok()
    };
    let (du, au) = (date("du"), date("au"));
    let montant_min = adresse
        .parametre("montant")
        .filter(|t| !t.trim().is_empty())
        .and_then(|texte| {
            Montant::lire_francais(texte)
                .map_err(|e| erreurs.push(ErreurChamp::nouvelle("montant", e)))
                .ok()
        });
    let filtre = Filtre {
        soldees: adresse.parametre("etat") == Some(SOLDEES),
        branche: adresse.parametre("branche").and_then(|b| b.parse().ok()),
        nature: adresse.parametre("nature").and_then(|n| n.parse().ok()),
        du,
        au,
        montant_min,
    };
    (filtre, erreurs)
}

async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let (filtre, erreurs) = lire_filtre(&adresse);
    let (tri, pagination) = (adresse.tri::<ParCreance>(), adresse.pagination());
    let permis = visite
        .permis(
            Objet::Liste {
                nombre: u64::from(pagination.taille()),
            },
            None,
        )
        .await?;
    let (curseur, a_rebours) = pagination.curseur();
    let sens = if a_rebours { tri.sens.inverse() } else { tri.sens };
    let place = curseur.and_then(|c| c.texte().parse().ok());
    let lues: Result<Vec<Rangee>, Erreur> = lire!(visite.db(), |tx| {
        page(
            tx,
            &permis,
            &filtre,
            Tri { sens, ..tri },
            place,
            pagination.taille() + 1,
        )
        .await
    });
    let (lues, suite) = pagination.decouper(lues?, place.is_some(), |r| Curseur::nouveau(r.id.to_string()));
    let au = visite.aujourdhui();
    let lignes = lues
        .into_iter()
        .map(|rangee| LigneCreance::nouvelle(&visite, rangee, au))
        .collect();
    let branches: Vec<Branche> = Branche::TOUS
        .iter()
        .copied()
        .filter(|b| permis.perimetre().branches & i64::from(b.bit()) != 0)
        .collect();
    let lien = adresse.lien(visite.url(CREANCES), &FILTRES);
    let vue = Vue {
        entete: EntetePage::nouveau("Créances").sous_titre(if filtre.soldees {
            "Les créances soldées de vos attributions"
        } else {
            "Les créances ouvertes de vos attributions"
        }),
        filtres: filtres(&visite, &adresse, &branches, &erreurs),
        entetes: fragments::entetes(&lien, tri, &pagination, colonnes()),
        lignes,
        pages: fragments::pagination(&lien, tri, &pagination, &suite),
    };
    Ok(web::page(&visite.cadre("Créances"), vue))
}

fn colonnes() -> Vec<Colonne<ParCreance>> {
    vec![
        Colonne::nouvelle("Débiteur"),
        Colonne::nouvelle("Créance"),
        Colonne::nouvelle("Période"),
        Colonne::nouvelle("Échéance").triable(ParCreance::Echeance),
        Colonne::nouvelle("État"),
        Colonne::nouvelle("Montant").triable(ParCreance::Montant).nombre(),
        Colonne::nouvelle("Reste dû").nombre(),
    ]
}

const FILTRES: [&str; 6] = ["etat", "branche", "nature", "du", "au", "montant"];

fn filtres(
    visite: &Visite<actions::ConsulterDossier>,
    adresse: &Adresse,
    branches: &[Branche],
    erreurs: &[ErreurChamp],
) -> Filtres {
    let valeur = |nom| adresse.parametre(nom).unwrap_or_default();
    let mut champs = vec![
        Champ::liste(
            "etat",
            "État",
            vec![Choix::nouveau("", "Ouvertes"), Choix::nouveau(SOLDEES, "Soldées")],
        )
        .valeur(valeur("etat"))
        .largeur(Largeur::Courte),
    ];
    if branches.len() > 1 {
        let choix = branches.iter().map(|b| Choix::nouveau(b.code(), b.libelle()));
        let choix = std::iter::once(Choix::nouveau("", "Toutes"))
            .chain(choix)
            .collect();
        champs.push(Champ::liste("branche", "Branche", choix).valeur(valeur("branche")));
    }
    let natures = Nature::toutes().filter(|n| branches.contains(&n.branche()));
    let natures = natures.map(|n| Choix::nouveau(n.code(), n));
    let natures = std::iter::once(Choix::nouveau("", "Toutes"))
        .chain(natures)
        .collect();
    champs.extend([
        Champ::liste("nature", "Nature", natures).valeur(valeur("nature")),
        Champ::date("du", "Échéance du")
            .valeur(valeur("du"))
            .parmi(erreurs),
        Champ::date("au", "au").valeur(valeur("au")).parmi(erreurs),
        Champ::montant("montant", "Montant d’au moins")
            .valeur(valeur("montant"))
            .parmi(erreurs),
    ]);
    adresse.filtres(&visite.url(CREANCES), &FILTRES, champs)
}

impl LigneCreance {
    fn nouvelle(visite: &Visite<actions::ConsulterDossier>, rangee: Rangee, au: Date) -> Self {
        let dossiers_de_la_caisse = visite.url("/{caisse}/dossiers");
        let etat = if rangee.ouverte && rangee.exigible_le < au {
            pastille(Ton::Danger, "Échue")
        } else if rangee.ouverte {
            pastille(Ton::Info, "À échoir")
        } else if rangee.reste.est_negatif() {
            pastille(Ton::Attention, "Trop-perçu")
        } else {
            pastille(Ton::Positif, "Soldée")
        };
        Self {
            url: format!("{}/{}", visite.url(CREANCES), rangee.id),
            url_dossier: format!("{dossiers_de_la_caisse}/{}", rangee.dossier),
            nom: dossiers::nommer(&rangee.nom, &rangee.prenom),
            periode: libelles::periode(rangee.periode),
            etat,
            rangee,
        }
    }
}
