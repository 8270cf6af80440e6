use acces::{Objet, Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use storage::lire;
use valeurs::DossierId;
use web::fragments::{
    self, Champ, Colonne, Definition, Definitions, EntetePage, Entetes, Filtres, FormulaireCache, LiensDePage,
};
use web::{Curseur, ErreurChamp, Formulaire, LienTable, Pagination, Position, SansTri, Suite};

use crate::Erreur;
use crate::dossiers::{Critere, Resultats, Trouve, rechercher};
use crate::pages::erreur::du_champ;

const ICI: &str = "/{caisse}/recherche";
/// Le formulaire caché que renvoient les boutons de page.
const CACHE: &str = "meme-recherche";

#[derive(Deserialize)]
pub(super) struct Cherche {
    q: String,
}

struct Ligne {
    url: String,
    nom: String,
    siret: String,
    trouve: Trouve,
}

struct Table {
    cache: FormulaireCache,
    entetes: Entetes,
    lignes: Vec<Ligne>,
    pages: LiensDePage,
    tronque: bool,
    compte: String,
}

#[derive(Template)]
#[template(path = "dossiers/recherche.html")]
struct Vue {
    entete: EntetePage,
    case: Filtres,
    aide: Option<Definitions>,
    table: Option<Table>,
    saisir: Option<String>,
}

/// La page de recherche, vide : ce qui se cherche, et comment.
pub(super) async fn montrer(visite: Visite<actions::ChercherDebiteur>) -> Response {
    let vue = Vue {
        aide: Some(aide()),
        ..vue(&visite, "", &[])
    };
    web::page(&visite.cadre("Chercher un débiteur"), vue)
}

/// Cherche, et montre ce qui répond. Ce qui est cherché nomme quelqu'un : il ne passe jamais dans une adresse.
pub(super) async fn chercher(
    visite: Visite<actions::ChercherDebiteur>,
    pagination: Pagination,
    Formulaire(cherche): Formulaire<Cherche>,
) -> Result<Response, web::Erreur> {
    let critere = match Critere::lire(&cherche.q) {
        Ok(critere) => critere,
        Err(refus) => return Ok(reprendre(&visite, &cherche.q, du_champ(refus)?)),
    };
    let apres = match pagination.position() {
        Position::Apres(curseur) => curseur.texte().parse::<DossierId>().ok(),
        Position::Page(_) | Position::Avant(_) => None,
    };
    let limite = usize::try_from(pagination.taille()).unwrap_or(usize::MAX);
    let permis = visite.permis(Objet::Liste { nombre: 0 }, None).await?;
    let trouves: Result<Resultats, Erreur> = lire!(visite.db(), |tx| rechercher(
        visite.db(),
        tx,
        &permis,
        &critere,
        apres,
        limite
    )
    .await);
    let trouves = trouves?;
    let nombre = u64::try_from(trouves.trouves.len()).unwrap_or(u64::MAX);
    if nombre > 0 {
        visite
            .permis(Objet::Liste { nombre }, Some("résultats montrés"))
            .await?;
    }
    let table = table(&visite, &cherche.q, &pagination, trouves);
    let vue = Vue {
        table: Some(table),
        ..vue(&visite, &cherche.q, &[])
    };
    Ok(web::page(&visite.cadre("Résultats de la recherche"), vue))
}

fn reprendre(visite: &Visite<actions::ChercherDebiteur>, q: &str, refus: ErreurChamp) -> Response {
    let refus = [ErreurChamp {
        champ: "q".into(),
        ..refus
    }];
    let vue = Vue {
        aide: Some(aide()),
        ..vue(visite, q, &refus)
    };
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        web::page(&visite.cadre("Chercher un débiteur"), vue),
    )
        .into_response()
}

fn vue(visite: &Visite<actions::ChercherDebiteur>, q: &str, erreurs: &[ErreurChamp]) -> Vue {
    let case = Champ::recherche("q", "Nom, NIR, SIRET, matricule, commune, téléphone ou courriel")
        .valeur(q)
        .longueur_max(200)
        .largeur(fragments::Largeur::Pleine)
        .parmi(erreurs);
    let nouveau = visite
        .peut(acces::CodeAction::SaisirCreance)
        .then(|| visite.url("/{caisse}/dossiers/nouveau"));
    let entete = EntetePage::nouveau("Chercher un débiteur");
    let entete = match &nouveau {
        Some(url) => entete.lien("Inscrire un débiteur", url),
        None => entete,
    };
    Vue {
        entete,
        case: Filtres::poster(visite.url(ICI), visite.jeton(), vec![case]),
        aide: None,
        table: None,
        saisir: nouveau,
    }
}

fn table(
    visite: &Visite<actions::ChercherDebiteur>,
    q: &str,
    pagination: &Pagination,
    trouves: Resultats,
) -> Table {
    let lien = LienTable::poster(visite.url(ICI), CACHE);
    let suivante = trouves
        .suite
        .and_then(|id| Curseur::nouveau(id.to_string()))
        .map(Position::Apres);
    let suite = Suite {
        suivante,
        ..Suite::default()
    };
    let nombre = trouves.trouves.len();
    let pluriel = if nombre > 1 { "s" } else { "" };
    let plus = if suite.suivante.is_some() {
        ", et d’autres à la page suivante"
    } else {
        ""
    };
    Table {
        cache: fragments::formulaire_cache(CACHE, visite.url(ICI), visite.jeton(), &[("q", q)]),
        entetes: fragments::entetes(
            &lien,
            SansTri::ORDRE,
            pagination,
            vec![
                Colonne::nouvelle("Débiteur"),
                Colonne::nouvelle("Matricule"),
                Colonne::nouvelle("Commune"),
                Colonne::nouvelle("SIRET"),
                Colonne::nouvelle("Régime"),
                Colonne::nouvelle("Créances ouvertes").nombre(),
                Colonne::nouvelle("Solde").nombre(),
            ],
        ),
        lignes: trouves.trouves.into_iter().map(|t| ligne(visite, t)).collect(),
        pages: fragments::pagination(&lien, SansTri::ORDRE, pagination, &suite),
        tronque: trouves.tronque,
        compte: format!(
            "{} débiteur{pluriel}, par ordre de nom{plus}",
            fragments::milliers(nombre)
        ),
    }
}

fn ligne(visite: &Visite<actions::ChercherDebiteur>, trouve: Trouve) -> Ligne {
    Ligne {
        url: visite.url(&format!("/{{caisse}}/dossiers/{}", trouve.id)),
        // Le nom d'abord : c'est l'ordre de la table.
        nom: format!("{} {}", trouve.nom, trouve.prenom).trim_end().to_owned(),
        siret: trouve
            .siret
            .as_ref()
            .map(|s| s.to_string().replace(' ', "\u{a0}"))
            .unwrap_or_default(),
        trouve,
    }
}

/// Ce que la case reconnaît, un exemple chacun.
fn aide() -> Definitions {
    let lignes = [
        (
            "Nom, prénom, commune",
            "Les débuts de mots suffisent, dans l’ordre que vous voulez, sans accents : « lefe saint em ».",
        ),
        (
            "NIR",
            "13 caractères, ou 15 avec sa clé ; les espaces ne comptent pas. Définitif ou temporaire.",
        ),
        (
            "SIRET ou SIREN",
            "14 chiffres, ou les 9 premiers pour tous les établissements.",
        ),
        ("Matricule", "En entier."),
        ("Téléphone", "10 chiffres, ou « + » et l’indicatif du pays."),
        ("Courriel", "L’adresse entière."),
    ];
    fragments::definitions(
        lignes
            .map(|(terme, valeur)| Definition::nouvelle(terme, valeur))
            .into(),
    )
}
