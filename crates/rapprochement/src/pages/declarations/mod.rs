//! Une déclaration lue par une personne : son arbre, ses salariés, et ce qui la distingue de celle qu'elle remplace.

mod differences;
mod liste;
mod page;

use acces::{Action, Objet, Permis, Route, Visite, actions};
use askama::Template;
use creances::pages::permis_du_dossier;
use dsn::Rubrique;
use storage::lire;
use web::fragments::{Html, Lien};

use super::{INEXISTANT, TABLEAU};
use crate::Erreur;
use crate::declarations::{DeclarationLue, Noeud, declaration};
use crate::individus::Rubriques;

const DECLARATION: &str = "/{caisse}/dsn/declarations";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get::<actions::ConsulterDsn, _, _>("/{caisse}/dsn/declarations/{declaration}", page::montrer),
        Route::get::<actions::ConsulterDsn, _, _>(
            "/{caisse}/dsn/declarations/{declaration}/differences",
            differences::montrer,
        ),
        Route::get::<actions::ConsulterDsn, _, _>(
            "/{caisse}/dossiers/{dossier}/declarations",
            liste::montrer,
        ),
    ]
}

/// La déclaration de ce numéro, et le permis de la lire : celui de son dossier, ou de la caisse si elle n'en a pas.
async fn trouver<A: Action>(visite: &Visite<A>, id: i64) -> Result<(DeclarationLue, Permis<A>), web::Erreur> {
    let lue: Result<_, Erreur> = lire!(visite.db(), |tx| declaration(tx, id).await);
    let Some(lue) = lue? else {
        return Err(visite.refuser(Objet::Caisse, INEXISTANT).await);
    };
    let permis = match &lue.employeur {
        Some((dossier, _)) => permis_du_dossier(visite, *dossier).await?,
        None => visite.permis(Objet::Caisse, None).await?,
    };
    Ok((lue, permis))
}

fn url<A: Action>(visite: &Visite<A>, id: i64) -> String {
    format!("{}/{id}", visite.url(DECLARATION))
}

/// Le nom de l'employeur, ou ce qui en tient lieu.
fn employeur(d: &DeclarationLue) -> &str {
    d.employeur
        .as_ref()
        .map_or("Employeur d’une autre caisse", |(_, nom)| nom)
}

/// Le chemin jusqu'à une déclaration.
fn fil<A: Action>(visite: &Visite<A>, d: &DeclarationLue) -> Vec<Lien> {
    let mut fil = vec![Lien::nouveau(
        "DSN",
        format!("{}?mois={}", visite.url(TABLEAU), d.mois),
    )];
    if let Some((dossier, _)) = &d.employeur {
        fil.push(Lien::nouveau(
            "Déclarations de l’employeur",
            visite.url(&format!("/{{caisse}}/dossiers/{dossier}/declarations")),
        ));
    }
    fil
}

/// Ce que veut dire un code de la norme ; le code lui-même s'il lui est inconnu.
fn en_mots(rubrique: &'static str, code: &str) -> String {
    dsn::libelle_code(Rubrique::de(rubrique), code)
        .unwrap_or(code)
        .to_owned()
}

/// « DSN mensuelle, déclaration normale, fraction 1 sur 2 ».
fn genre(d: &DeclarationLue) -> String {
    let mut mots = vec![
        web::phrase(en_mots("S20.G00.05.001", &d.nature)),
        en_mots("S20.G00.05.002", &d.genre),
    ];
    if d.fraction.1 > 1 {
        mots.push(format!("fraction {} sur {}", d.fraction.0, d.fraction.1));
    }
    mots.join(", ")
}

/// Ce que veut dire un code de cotisation, individuelle (81) ou d'établissement (82).
fn cotisation(bloc: i64, code: &str) -> String {
    en_mots(
        if bloc == 82 {
            "S21.G00.82.002"
        } else {
            "S21.G00.81.001"
        },
        code,
    )
}

#[derive(Template)]
#[template(path = "declarations/noeud.html")]
struct VueNoeud<'a> {
    noeud: &'a Noeud,
    enfants: Vec<Html>,
}

/// Un bloc et tout ce qu'il contient.
fn dessiner(noeud: &Noeud) -> Result<Html, web::Erreur> {
    let enfants = noeud.enfants.iter().map(dessiner).collect::<Result<_, _>>()?;
    Html::rendu(&VueNoeud { noeud, enfants }).map_err(|e| web::Erreur::interne(&e))
}

/// Le nom et le numéro d'un salarié, depuis ses rubriques.
fn nommer(clair: &str) -> (String, String) {
    let mut noms = Vec::new();
    let mut numero = String::new();
    for r in Rubriques::lire(clair).iter() {
        match r.rubrique.to_string().as_str() {
            "S21.G00.30.001" | "S21.G00.30.020" if numero.is_empty() => r.valeur.clone_into(&mut numero),
            "S21.G00.30.002" | "S21.G00.30.004" => noms.push(r.valeur),
            _ => {}
        }
    }
    (noms.join(" "), numero)
}
