use acces::{Objet, Permis, Visite, actions};
use askama::Template;
use axum::response::Response;
use storage::lire;
use valeurs::Montant;
use web::fragments::{
    self, Champ, Choix, Colonne, EntetePage, Entetes, Filtres, LiensDePage, Pastille, Ton, pastille,
};
use web::{Adresse, ColonneTriable, Curseur, ErreurChamp, Pagination, Sens, Suite, Tri};

use super::{LISTE, barre_des_ages};
use crate::Erreur;
use crate::encaissements::{
    AgesRac, Anciennete, Attente, CurseurRac, FiltreRac, RecetteEnAttente, TriRac, ages, code_mode,
    en_attente,
};
use crate::pages::libelles;

/// Ce par quoi la liste se range.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ParRecette {
    Jour,
    Montant,
}

impl ColonneTriable for ParRecette {
    const TOUTES: &'static [Self] = &[Self::Jour, Self::Montant];
    const DEFAUT: Tri<Self> = Tri {
        colonne: Self::Jour,
        sens: Sens::Croissant,
    };

    fn cle(self) -> &'static str {
        match self {
            Self::Jour => "jour",
            Self::Montant => "montant",
        }
    }
}

const fn ordre(tri: Tri<ParRecette>, a_rebours: bool) -> TriRac {
    let sens = if a_rebours { tri.sens.inverse() } else { tri.sens };
    match (tri.colonne, sens) {
        (ParRecette::Jour, Sens::Croissant) => TriRac::PlusAnciennes,
        (ParRecette::Jour, Sens::Decroissant) => TriRac::PlusRecentes,
        (ParRecette::Montant, Sens::Croissant) => TriRac::PlusPetites,
        (ParRecette::Montant, Sens::Decroissant) => TriRac::PlusGrosses,
    }
}

struct Ligne {
    url: String,
    payeur: String,
    precision: Option<String>,
    mode: String,
    attente: Pastille,
    age: String,
    recette: RecetteEnAttente,
}

#[derive(Template)]
#[template(path = "rac/liste.html")]
struct Vue {
    entete: EntetePage,
    barre: fragments::Anciennete,
    filtres: Filtres,
    entetes: Entetes,
    lignes: Vec<Ligne>,
    pages: LiensDePage,
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterRac>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let (filtre, erreurs) = lire_filtre(&adresse);
    let (tri, pagination) = (adresse.tri::<ParRecette>(), adresse.pagination());
    let permis = visite
        .permis(
            Objet::Liste {
                nombre: u64::from(pagination.taille()),
            },
            None,
        )
        .await?;
    let (ages, lues, suite) = lire_page(&visite, &permis, &filtre, tri, &pagination).await?;
    let lien = adresse.lien(visite.url(LISTE), &FILTRES);
    let vue = Vue {
        entete: EntetePage::nouveau("Recettes à classer")
            .sous_titre("L’argent reçu qu’aucune règle ne place encore"),
        barre: barre_des_ages(&ages),
        filtres: filtres(&visite, &adresse, &erreurs),
        entetes: fragments::entetes(
            &lien,
            tri,
            &pagination,
            vec![
                Colonne::nouvelle("Payeur"),
                Colonne::nouvelle("Reçue le").triable(ParRecette::Jour),
                Colonne::nouvelle("Âge").nombre(),
                Colonne::nouvelle("Pourquoi elle attend"),
                Colonne::nouvelle("Mode"),
                Colonne::nouvelle("Reçu").nombre(),
                Colonne::nouvelle("En attente")
                    .triable(ParRecette::Montant)
                    .nombre(),
            ],
        ),
        lignes: lues.into_iter().map(|r| Ligne::nouvelle(&visite, r)).collect(),
        pages: fragments::pagination(&lien, tri, &pagination, &suite),
    };
    Ok(web::page(&visite.cadre("Recettes à classer"), vue))
}

async fn lire_page(
    visite: &Visite<actions::ConsulterRac>,
    permis: &Permis<actions::ConsulterRac>,
    filtre: &FiltreRac,
    tri: Tri<ParRecette>,
    pagination: &Pagination,
) -> Result<(AgesRac, Vec<RecetteEnAttente>, Suite), web::Erreur> {
    let (curseur, a_rebours) = pagination.curseur();
    let place = curseur.and_then(depuis_l_adresse);
    let (db, au, ordre) = (visite.db(), visite.aujourdhui(), ordre(tri, a_rebours));
    let lu: Result<_, Erreur> = lire!(db, |tx| {
        let ages = ages(tx, permis, au).await?;
        let lues = en_attente(db, tx, permis, filtre, ordre, place, pagination.taille() + 1, au).await?;
        Ok((ages, lues))
    });
    let (ages, lues) = lu?;
    let (lues, suite) = pagination.decouper(lues, place.is_some(), pour_l_adresse);
    Ok((ages, lues, suite))
}

/// Une adresse n'admet pas le point que la place d'une recette porte.
fn pour_l_adresse(recette: &RecetteEnAttente) -> Option<Curseur> {
    Curseur::nouveau(recette.curseur().to_string().replace('.', "_"))
}

fn depuis_l_adresse(curseur: &Curseur) -> Option<CurseurRac> {
    curseur.texte().replace('_', ".").parse().ok()
}

/// Le filtre que porte l'adresse, et ce qui ne s'y lit pas.
fn lire_filtre(adresse: &Adresse) -> (FiltreRac, Vec<ErreurChamp>) {
    let mut erreurs = Vec::new();
    let mut montant = |champ: &'static str| -> Option<Montant> {
        let texte = adresse.parametre(champ).filter(|t| !t.trim().is_empty())?;
        Montant::lire_francais(texte)
            .map_err(|e| erreurs.push(ErreurChamp::nouvelle(champ, e)))
            .ok()
    };
    let (montant_min, montant_max) = (montant("min"), montant("max"));
    let filtre = FiltreRac {
        attente: adresse.parametre("attente").and_then(Attente::du_code),
        age: adresse.parametre("age").and_then(Anciennete::du_code),
        montant_min,
        montant_max,
        dossier: None,
    };
    (filtre, erreurs)
}

const FILTRES: [&str; 4] = ["attente", "age", "min", "max"];

fn filtres(visite: &Visite<actions::ConsulterRac>, adresse: &Adresse, erreurs: &[ErreurChamp]) -> Filtres {
    let valeur = |nom| adresse.parametre(nom).unwrap_or_default();
    let toutes = || std::iter::once(Choix::nouveau("", "Toutes"));
    let attentes = Attente::TOUTES
        .into_iter()
        .map(|a| Choix::nouveau(a.code(), a.libelle()));
    let ages = Anciennete::TOUTES
        .into_iter()
        .map(|a| Choix::nouveau(a.code(), a.libelle()));
    let champs = vec![
        Champ::liste(
            "attente",
            "Pourquoi elle attend",
            toutes().chain(attentes).collect(),
        )
        .valeur(valeur("attente")),
        Champ::liste("age", "Ancienneté", toutes().chain(ages).collect()).valeur(valeur("age")),
        Champ::montant("min", "En attente, d’au moins")
            .valeur(valeur("min"))
            .parmi(erreurs),
        Champ::montant("max", "d’au plus")
            .valeur(valeur("max"))
            .parmi(erreurs),
    ];
    adresse.filtres(&visite.url(LISTE), &FILTRES, champs)
}

impl Ligne {
    fn nouvelle(visite: &Visite<actions::ConsulterRac>, recette: RecetteEnAttente) -> Self {
        let (payeur, precision) = payeur(&recette);
        Self {
            url: format!("{}/{}", visite.url(LISTE), recette.id),
            payeur,
            precision,
            mode: libelles::mode(code_mode(recette.mode)),
            attente: pastille_d_attente(&recette),
            age: age(recette.age_jours),
            recette,
        }
    }
}

/// Ce que la banque dit de qui paie, le plus parlant d'abord ; puis le texte du paiement.
fn payeur(recette: &RecetteEnAttente) -> (String, Option<String>) {
    match (&recette.nom_payeur, &recette.siret, &recette.libelle) {
        (Some(nom), _, libelle) => (nom.clone(), libelle.clone()),
        (None, Some(siret), libelle) => (format!("SIRET {siret}"), libelle.clone()),
        (None, None, Some(libelle)) => (libelle.clone(), None),
        (None, None, None) => (format!("Recette n° {}, sans payeur nommé", recette.id), None),
    }
}

/// Pourquoi elle attend, et si cela presse.
pub(super) fn pastille_d_attente(recette: &RecetteEnAttente) -> Pastille {
    match recette.attente {
        None => pastille(Ton::Positif, "Placée"),
        Some(attente @ (Attente::RetourSansOrigine | Attente::VersementRevenu)) => {
            pastille(Ton::Danger, attente.libelle())
        }
        Some(attente @ (Attente::LotSansDetail | Attente::Excedent)) => {
            pastille(Ton::Info, attente.libelle())
        }
        Some(attente) => pastille(Ton::Attention, attente.libelle()),
    }
}

/// « 3 jours », « 1 jour », « aujourd’hui ».
pub(super) fn age(jours: i64) -> String {
    match jours {
        ..=0 => "aujourd’hui".to_owned(),
        1 => "1\u{A0}jour".to_owned(),
        n => format!(
            "{}\u{A0}jours",
            fragments::milliers(u64::try_from(n).unwrap_or_default())
        ),
    }
}
