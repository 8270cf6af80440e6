use std::collections::HashMap;

use acces::{Action, CodeAction, Permis, Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use droit::Branche;
use storage::{Lot, Tx, lire};
use valeurs::{DossierId, Montant};
use web::fragments::{
    self, ActionPost, Champ, Chiffre, Chiffres, Choix, Definitions, EntetePage, Html, Lien, Pastille,
    ResumeErreurs, Ton, action_post, pastille,
};
use web::{ErreurChamp, Numero};

use super::LISTE;
use super::liste::{age, pastille_d_attente};
use crate::Erreur;
use crate::encaissements::{
    FiltreRac, Proposition, RecetteEnAttente, TriRac, en_attente, proposer, recette as lire_recette,
};
use crate::pages::dossiers::nommer;
use crate::pages::encaissements::{definitions_de_recette, portee_de_la_recette};

/// Score à partir duquel une proposition est dite très probable : un indice sûr, ou deux moyens.
const TRES_PROBABLE: u32 = 70;
/// Score à partir duquel elle est dite probable.
const PROBABLE: u32 = 45;

/// Un débiteur proposé, et les boutons qui y classent la recette.
struct LigneProposee {
    url: String,
    nom: String,
    confiance: Pastille,
    pourquoi: String,
    boutons: Vec<ActionPost>,
    proposition: Proposition,
}

/// Ce qu'un agent habilité peut faire d'une recette.
struct Gestes {
    classer: Formulaire,
    ventiler: Formulaire,
    rembourser: Option<Formulaire>,
}

/// Un formulaire replié, ouvert s'il a des erreurs.
struct Formulaire {
    titre: &'static str,
    action: String,
    champs: Vec<Champ>,
    bouton: &'static str,
    ouvert: bool,
}

/// Les recettes en attente juste plus ancienne et juste plus récente.
pub(super) struct Voisines {
    pub(super) precedente: Option<String>,
    pub(super) suivante: Option<String>,
}

#[derive(Template)]
#[template(path = "rac/fiche.html")]
struct Vue {
    entete: EntetePage,
    voisines: Voisines,
    resume: ResumeErreurs,
    chiffres: Chiffres,
    definitions: Definitions,
    positive: bool,
    propositions: Vec<LigneProposee>,
    autres: Vec<LigneProposee>,
    gestes: Option<Gestes>,
    histoire: String,
    jeton: String,
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterRac>,
    Numero(id): Numero<i64>,
) -> Result<Response, web::Erreur> {
    page(&visite, id, &Saisie::default(), &[]).await
}

/// Ce qui a été tapé dans un formulaire refusé, champ par champ.
#[derive(Default)]
pub(super) struct Saisie(pub(super) HashMap<&'static str, String>);

impl Saisie {
    fn remplir(&self, champ: Champ, nom: &str, erreurs: &[ErreurChamp]) -> Champ {
        let champ = match self.0.get(nom) {
            Some(valeur) => champ.valeur(valeur),
            None => champ,
        };
        champ.parmi(erreurs)
    }
}

/// La page d'une recette ; 422 si un formulaire est refusé. Une recette placée n'attend plus : sa page est ailleurs.
pub(super) async fn page<A: Action>(
    visite: &Visite<A>,
    id: i64,
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
) -> Result<Response, web::Erreur> {
    let permis = portee_de_la_recette(visite, id).await?;
    let (db, au) = (visite.db(), visite.aujourdhui());
    let lue: Result<_, Erreur> = lire!(db, |tx| Ok(lire_recette(db, tx, &permis, id, au).await?.0));
    let recette = lue?;
    let histoire = format!("{}/{id}", visite.url("/{caisse}/encaissements"));
    if recette.rac.est_nul() {
        return Ok(Redirect::to(&histoire).into_response());
    }
    let positive = !recette.rac.est_negatif();
    let lu: Result<_, Erreur> = lire!(db, |tx| {
        let propositions = if positive {
            proposer(tx, &permis, id).await?
        } else {
            Vec::new()
        };
        let branches = branches_dues(tx, &permis, &propositions).await?;
        Ok((
            propositions,
            branches,
            voisines(visite, tx, &permis, &recette).await?,
        ))
    });
    let (propositions, branches, voisines) = lu?;
    let peut_classer = visite.peut(CodeAction::ClasserRac);
    // Dès qu'une proposition est sûre, les simples ressemblances se replient.
    let sure = propositions.first().is_some_and(|p| p.score >= TRES_PROBABLE);
    let (propositions, autres): (Vec<Proposition>, Vec<Proposition>) = propositions
        .into_iter()
        .partition(|p| !sure || p.score >= PROBABLE);
    let lignes = |propositions: Vec<Proposition>| {
        let ligne = |p| LigneProposee::nouvelle(visite, id, p, &branches, peut_classer);
        propositions.into_iter().map(ligne).collect()
    };
    let vue = Vue {
        entete: entete(visite, &recette),
        voisines,
        resume: fragments::resume_erreurs(erreurs),
        chiffres: chiffres(&recette),
        definitions: definitions_de_recette(visite, permis.perimetre(), &recette),
        positive,
        propositions: lignes(propositions),
        autres: lignes(autres),
        gestes: (positive && peut_classer).then(|| gestes(visite, id, saisie, erreurs)),
        histoire,
        jeton: visite.jeton().to_owned(),
    };
    let page = web::page(&visite.cadre(format!("Recette n° {id}")), vue);
    Ok(if erreurs.is_empty() {
        page
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    })
}

fn entete<A: Action>(visite: &Visite<A>, recette: &RecetteEnAttente) -> EntetePage {
    let titre = format!("Recette n° {}", recette.id);
    EntetePage::nouveau(titre)
        .fil(vec![Lien::nouveau("Recettes à classer", visite.url(LISTE))])
        .sous_titre(Html::from(pastille_d_attente(recette)))
}

fn chiffres(recette: &RecetteEnAttente) -> Chiffres {
    fragments::chiffres(vec![
        Chiffre::nouveau("En attente", fragments::montant(recette.rac)).ton(Ton::Attention),
        Chiffre::nouveau("Reçu", fragments::montant(recette.montant)),
        Chiffre::nouveau("Attend depuis", age(recette.age_jours)),
    ])
}

/// Les recettes voisines dans l'ordre de la liste, la plus ancienne d'abord.
pub(super) async fn voisines<A: Action>(
    visite: &Visite<A>,
    tx: &mut Tx,
    permis: &Permis<A>,
    recette: &RecetteEnAttente,
) -> Result<Voisines, Erreur> {
    let (db, au, tout) = (visite.db(), visite.aujourdhui(), FiltreRac::default());
    let ici = Some(recette.curseur());
    let precedente = en_attente(db, tx, permis, &tout, TriRac::PlusRecentes, ici, 1, au).await?;
    let suivante = en_attente(db, tx, permis, &tout, TriRac::PlusAnciennes, ici, 1, au).await?;
    let url = |r: &RecetteEnAttente| format!("{}/{}", visite.url(LISTE), r.id);
    Ok(Voisines {
        precedente: precedente.first().map(url),
        suivante: suivante.first().map(url),
    })
}

/// Les branches où chaque débiteur proposé doit encore quelque chose.
async fn branches_dues<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    propositions: &[Proposition],
) -> Result<HashMap<DossierId, Vec<Branche>>, Erreur> {
    // « + » : sans lui, SQLite suivrait l'index des créances ouvertes, et les lirait toutes pour chaque débiteur.
    let mut dues: Vec<(i64, i64)> = Lot::nouveau()
        .entiers("dossier", propositions.iter().map(|p| p.dossier.get()))
        .entiers(
            "branches",
            propositions.iter().map(|_| permis.perimetre().branches),
        )
        .toutes(
            tx,
            "SELECT DISTINCT c.dossier_id, c.branche FROM v CROSS JOIN creance c \
             WHERE c.dossier_id = v.dossier AND +c.ouverte = 1 AND (c.branche & v.branches) <> 0",
        )
        .await?;
    dues.sort_unstable();
    let mut par_dossier: HashMap<DossierId, Vec<Branche>> = HashMap::new();
    for (dossier, bit) in dues {
        let branche = u8::try_from(bit)
            .ok()
            .and_then(Branche::du_bit)
            .ok_or(Erreur::Illisible("branche"))?;
        par_dossier
            .entry(DossierId::new(dossier))
            .or_default()
            .push(branche);
    }
    Ok(par_dossier)
}

impl LigneProposee {
    fn nouvelle<A: Action>(
        visite: &Visite<A>,
        recette: i64,
        proposition: Proposition,
        branches: &HashMap<DossierId, Vec<Branche>>,
        peut_classer: bool,
    ) -> Self {
        let nom = nommer(&proposition.nom, &proposition.prenom);
        let action = format!("{}/{recette}/classer", visite.url(LISTE));
        let bouton =
            |libelle: String| action_post(libelle, &action, visite.jeton()).precision(format!("chez {nom}"));
        let boutons = match &proposition.creance {
            _ if !peut_classer => Vec::new(),
            Some(creance) => vec![bouton("Classer\u{A0}ici".to_owned()).champ("creance", creance.id)],
            None => branches
                .get(&proposition.dossier)
                .into_iter()
                .flatten()
                .map(|branche| {
                    bouton(format!("Classer\u{A0}en\u{A0}{}", en_mots(*branche)))
                        .champ("dossier", proposition.dossier)
                        .champ("branche", branche.code())
                })
                .collect(),
        };
        let confiance = match proposition.score {
            TRES_PROBABLE.. => pastille(Ton::Positif, "Très probable"),
            PROBABLE.. => pastille(Ton::Info, "Probable"),
            _ => pastille(Ton::Neutre, "Possible"),
        };
        Self {
            url: format!("{}/{}", visite.url("/{caisse}/dossiers"), proposition.dossier),
            nom,
            confiance,
            pourquoi: phrase(&proposition),
            boutons,
            proposition,
        }
    }
}

/// Les motifs en une phrase, du plus fort au plus faible.
fn phrase(proposition: &Proposition) -> String {
    let motifs: Vec<String> = proposition.motifs.iter().map(ToString::to_string).collect();
    let texte = motifs.join(", ");
    let mut lettres = texte.chars();
    lettres.next().map_or_else(String::new, |l| {
        l.to_uppercase().chain(lettres).chain(['.']).collect()
    })
}

const fn en_mots(branche: Branche) -> &'static str {
    match branche {
        Branche::Cotisations => "cotisations",
        Branche::Prestations => "prestations",
        Branche::ProfessionnelsSante => "soins",
    }
}

fn gestes<A: Action>(visite: &Visite<A>, id: i64, saisie: &Saisie, erreurs: &[ErreurChamp]) -> Gestes {
    let url = |geste: &str| format!("{}/{id}/{geste}", visite.url(LISTE));
    let formulaire = |titre, geste: &str, bouton, champs: Vec<(&'static str, Champ)>| {
        let ouvert = erreurs
            .iter()
            .any(|e| champs.iter().any(|(nom, _)| e.champ == *nom));
        let champs = champs
            .into_iter()
            .map(|(nom, champ)| saisie.remplir(champ, nom, erreurs))
            .collect();
        Formulaire {
            titre,
            action: url(geste),
            champs,
            bouton,
            ouvert,
        }
    };
    let branches = Branche::TOUS
        .iter()
        .map(|b| Choix::nouveau(b.code(), b.libelle()))
        .collect();
    let toute = "Laissez vide pour tout ce qui attend.";
    let classer = formulaire(
        "Classer sur un dossier",
        "classer",
        "Classer",
        vec![
            (
                "matricule",
                Champ::texte("matricule", "Matricule du débiteur")
                    .obligatoire()
                    .longueur_max(20),
            ),
            ("branche", Champ::liste("branche", "Branche", branches)),
            ("montant", Champ::montant("montant", "Montant").aide(toute)),
            (
                "motif",
                Champ::texte("motif", "Motif").aide("Gardé avec votre nom ; ni nom, ni numéro de personne."),
            ),
        ],
    );
    let ventiler = formulaire(
        "Ventiler : en détacher une part",
        "ventiler",
        "Détacher la part",
        vec![
            (
                "part",
                Champ::montant("part", "Montant de la part")
                    .obligatoire()
                    .aide("Elle se classera à part."),
            ),
            ("motif_part", Champ::texte("motif_part", "Motif")),
        ],
    );
    let rembourser = visite.peut(CodeAction::Rembourser).then(|| {
        formulaire(
            "Rembourser le payeur",
            "rembourser",
            "Rembourser",
            vec![
                ("rendu", Champ::montant("rendu", "Montant rendu").aide(toute)),
                ("motif_rendu", Champ::texte("motif_rendu", "Motif").obligatoire()),
            ],
        )
    });
    Gestes {
        classer: Formulaire {
            ouvert: true,
            ..classer
        },
        ventiler,
        rembourser,
    }
}

/// Ce qui reste d'une recette après un geste, et où aller : à elle s'il en reste, sinon à la suivante.
pub(super) async fn apres<A: Action>(
    visite: &Visite<A>,
    permis: &Permis<A>,
    id: i64,
) -> Result<(Montant, String), web::Erreur> {
    let (db, au) = (visite.db(), visite.aujourdhui());
    let lu: Result<_, Erreur> = lire!(db, |tx| {
        let (recette, _) = lire_recette(db, tx, permis, id, au).await?;
        let voisines = voisines(visite, tx, permis, &recette).await?;
        Ok((recette.rac, voisines))
    });
    let (reste, voisines) = lu?;
    let suivante = voisines
        .suivante
        .or(voisines.precedente)
        .unwrap_or_else(|| visite.url(LISTE));
    let url = if reste.est_nul() {
        suivante
    } else {
        format!("{}/{id}", visite.url(LISTE))
    };
    Ok((reste, url))
}
