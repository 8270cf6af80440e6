//! Les établissements d'un mois, avec leurs sommes et leurs écarts.

use acces::{Objet, Route, Visite, actions};
use askama::Template;
use axum::response::Response;
use storage::lire;
use valeurs::Periode;
use web::fragments::{self, Champ, Choix, Colonne, EntetePage, Entetes, Filtres, LiensDePage, Pastille};
use web::{Adresse, LienTable, SansTri};

use super::ecarts::ton;
use super::tableau::{mois_courant, mois_demande};
use super::{ECARTS, ETABLISSEMENTS, TABLEAU};
use crate::Erreur;
use crate::ecarts::{EtablissementConstate, FiltreEtablissements, etablissements};
use crate::rapprocher::Classe;

const ABSENTS: &str = "absents";

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get::<actions::ConsulterDsn, _, _>(ETABLISSEMENTS, montrer)]
}

struct LigneEtablissement {
    url: Option<String>,
    nom: String,
    ecarts: Vec<(String, Pastille)>,
    constate: EtablissementConstate,
}

#[derive(Template)]
#[template(path = "etablissements/liste.html")]
struct Vue {
    entete: EntetePage,
    filtres: Filtres,
    entetes: Entetes,
    lignes: Vec<LigneEtablissement>,
    pages: LiensDePage,
}

fn filtre_demande(adresse: &Adresse) -> FiltreEtablissements {
    match adresse.parametre("filtre") {
        Some(ABSENTS) => FiltreEtablissements::Absents,
        Some(slug) => slug
            .parse()
            .map_or(FiltreEtablissements::Tous, FiltreEtablissements::Ecart),
        None => FiltreEtablissements::Tous,
    }
}

async fn montrer(visite: Visite<actions::ConsulterDsn>, adresse: Adresse) -> Result<Response, web::Erreur> {
    let mois = match mois_demande(&adresse) {
        Some(mois) => mois,
        None => mois_courant(visite.aujourdhui())?,
    };
    let (filtre, pagination) = (filtre_demande(&adresse), adresse.pagination());
    let nombre = u64::from(pagination.taille());
    let permis = visite.permis(Objet::Liste { nombre }, None).await?;
    let lus: Result<_, Erreur> = lire!(visite.db(), |tx| {
        let (decalage, taille) = (pagination.decalage(), pagination.taille());
        etablissements(tx, &permis, mois, filtre, decalage, taille).await
    });
    let (lus, total) = lus?;
    let texte = mois.to_string();
    let lien = LienTable::lire(
        visite.url(ETABLISSEMENTS),
        &[
            ("mois", texte.as_str()),
            ("filtre", adresse.parametre("filtre").unwrap_or_default()),
        ],
    );
    let colonnes = ["Employeur", "Échéance"].map(Colonne::nouvelle);
    let sommes = ["Déclaré", "Ordonné", "Encaissé", "Solde"].map(|c| Colonne::nouvelle(c).nombre());
    let colonnes = colonnes
        .into_iter()
        .chain(sommes)
        .chain([Colonne::nouvelle("Écarts")]);
    let vue = Vue {
        entete: EntetePage::nouveau(format!("Établissements, {}", mois.libelle()))
            .fil(vec![fragments::Lien::nouveau(
                "DSN",
                format!("{}?mois={mois}", visite.url(TABLEAU)),
            )])
            .sous_titre(titre(filtre)),
        filtres: filtres(&visite, &adresse, mois),
        entetes: fragments::entetes(&lien, SansTri::ORDRE, &pagination, colonnes.collect()),
        lignes: lus
            .into_iter()
            .map(|e| LigneEtablissement::nouvelle(&visite, e))
            .collect(),
        pages: fragments::pagination(&lien, SansTri::ORDRE, &pagination, &pagination.suite(total)),
    };
    Ok(web::page(&visite.cadre("Établissements"), vue))
}

fn titre(filtre: FiltreEtablissements) -> String {
    match filtre {
        FiltreEtablissements::Tous => "Tous ceux qu’une déclaration ou une recette nomme".to_owned(),
        FiltreEtablissements::Absents => "Ont déclaré le mois d’avant, pas celui-ci".to_owned(),
        FiltreEtablissements::Ecart(classe) => format!("Écart constaté : {}", classe.libelle()),
    }
}

fn filtres(visite: &Visite<actions::ConsulterDsn>, adresse: &Adresse, mois: Periode) -> Filtres {
    let choix = [
        Choix::nouveau("", "Tous"),
        Choix::nouveau(ABSENTS, "Déclaration absente"),
    ];
    let classes = Classe::TOUTES
        .iter()
        .map(|c| Choix::nouveau(c.slug(), c.libelle()));
    Filtres::lire(
        visite.url(ETABLISSEMENTS),
        vec![
            Champ::texte("mois", "Mois").valeur(mois).aide("AAAA-MM"),
            Champ::liste(
                "filtre",
                "Établissements",
                choix.into_iter().chain(classes).collect(),
            )
            .valeur(adresse.parametre("filtre").unwrap_or_default()),
        ],
    )
}

impl LigneEtablissement {
    fn nouvelle(visite: &Visite<actions::ConsulterDsn>, constate: EtablissementConstate) -> Self {
        let (url, nom) = match &constate.employeur {
            Some((dossier, nom)) => (
                Some(visite.url(&format!("/{{caisse}}/dossiers/{dossier}/synthese"))),
                nom.clone(),
            ),
            None => (None, "Employeur inconnu de la caisse".to_owned()),
        };
        let ecarts = visite.url(ECARTS);
        Self {
            url,
            nom,
            ecarts: constate
                .ecarts
                .iter()
                .map(|(id, classe, _, etat)| {
                    let pastille = fragments::pastille(ton(*etat), classe.libelle());
                    (format!("{ecarts}/{id}"), pastille)
                })
                .collect(),
            constate,
        }
    }
}
