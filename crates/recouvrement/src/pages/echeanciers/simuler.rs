//! Simuler un échéancier d'une créance et de celles qui suivent la même procédure, puis l'accorder.

use acces::{Permis, Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use creances::creances::Creance;
use creances::pages::permis_de_la_creance;
use droit::Rythme;
use jiff::ToSpan as _;
use serde::Deserialize;
use storage::{ecrire, lire};
use valeurs::{DossierId, Montant};
use web::fragments::{self, Champ, ChampJeton, Chiffre, Chiffres, Choix, EntetePage, Lien, ResumeErreurs};
use web::{Avis, ErreurChamp, Formulaire, Numero, lire_date};

use super::super::Pas;
use super::super::erreur::du_champ;
use super::{ECHEANCIER, LigneMensualite, SIMULER, dire};
use crate::Erreur;
use crate::echeanciers::{ErreurEcheancier, Projet, Souhait, accorder as accorder_echeancier, echelonnables};

/// Les mensualités offertes d'abord : un an, que toute règle admet.
const D_ABORD: u16 = 12;

struct LigneCreance {
    id: i64,
    nature: String,
    reference: String,
    reste: Montant,
    cochee: bool,
}

#[derive(Template)]
#[template(path = "echeancier_simuler.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    chiffres: Option<Chiffres>,
    jeton: ChampJeton,
    url: String,
    creances: Vec<LigneCreance>,
    champs: Vec<Champ>,
    mensualites: Vec<LigneMensualite>,
    explication: Vec<Pas>,
    exigences: Vec<Pas>,
    version: Option<&'static str>,
}

/// Ce qu'un agent a saisi, tel quel.
#[derive(Deserialize, Default)]
pub(in crate::pages) struct Saisie {
    #[serde(default)]
    creances: Vec<i64>,
    #[serde(default)]
    mensualites: String,
    #[serde(default)]
    par_mois: String,
    #[serde(default)]
    premiere: String,
    #[serde(default)]
    clause: String,
}

impl Saisie {
    fn lire(&self) -> Result<Souhait, ErreurChamp> {
        let premiere = lire_date("premiere", &self.premiere)?;
        let rythme = match (self.mensualites.trim(), self.par_mois.trim()) {
            (nombre, "") if !nombre.is_empty() => {
                let nombre = nombre.parse().map_err(|_| {
                    ErreurChamp::nouvelle("mensualites", "Écrivez un nombre entier de mensualités.")
                })?;
                Rythme::Mensualites(nombre)
            }
            ("", montant) if !montant.is_empty() => {
                let montant = Montant::lire_francais(montant)
                    .map_err(|faute| ErreurChamp::nouvelle("par_mois", web::phrase(faute)))?;
                Rythme::ParMois(montant)
            }
            _ => {
                let refus = ErreurEcheancier::Rythme;
                return Err(ErreurChamp::nouvelle("mensualites", web::phrase(&refus)));
            }
        };
        Ok(Souhait {
            creances: self.creances.clone(),
            premiere,
            rythme,
            clause_de_rupture: self.clause == "oui",
        })
    }
}

pub(in crate::pages) async fn montrer(
    visite: Visite<actions::AccorderEcheancier>,
    Numero(id): Numero<i64>,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = permis_de_la_creance(&visite, id).await?;
    let premiere = visite
        .aujourdhui()
        .checked_add(1.month())
        .map_err(|faute| web::Erreur::interne(&faute))?;
    let saisie = Saisie {
        creances: vec![id],
        mensualites: D_ABORD.to_string(),
        premiere: premiere.to_string(),
        ..Saisie::default()
    };
    simulation(&visite, &permis, (id, dossier), &saisie, StatusCode::OK).await
}

/// Rien n'est écrit : la demande est dans le formulaire, jamais dans l'adresse.
pub(in crate::pages) async fn simuler(
    visite: Visite<actions::AccorderEcheancier>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = permis_de_la_creance(&visite, id).await?;
    simulation(
        &visite,
        &permis,
        (id, dossier),
        &f,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await
}

pub(in crate::pages) async fn accorder(
    visite: Visite<actions::AccorderEcheancier>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = permis_de_la_creance(&visite, id).await?;
    let au = visite.aujourdhui();
    let refus = match f.lire() {
        Err(refus) => refus,
        Ok(souhait) => {
            let fait: Result<i64, Erreur> = ecrire!(visite.db(), |tx| accorder_echeancier(
                visite.db(),
                tx,
                &permis,
                &souhait,
                au
            )
            .await);
            match fait {
                Ok(accorde) => {
                    let url = visite.url(&ECHEANCIER.replace("{echeancier}", &accorde.to_string()));
                    let avis = Avis::Succes("L’échéancier est accordé.".to_owned());
                    return visite.rediriger(&url, avis).await;
                }
                Err(refus) => du_champ(refus)?,
            }
        }
    };
    let refus = Err(refus);
    page(
        &visite,
        &permis,
        (id, dossier),
        &f,
        refus,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await
}

async fn simulation(
    visite: &Visite<actions::AccorderEcheancier>,
    permis: &Permis<actions::AccorderEcheancier>,
    lieu: (i64, DossierId),
    saisie: &Saisie,
    refuse: StatusCode,
) -> Result<Response, web::Erreur> {
    let au = visite.aujourdhui();
    let projet = match saisie.lire() {
        Err(refus) => Err(refus),
        Ok(souhait) => {
            let lu: Result<Projet, Erreur> = lire!(visite.db(), |tx| crate::echeanciers::simuler(
                tx, permis, &souhait, au
            )
            .await);
            match lu {
                Ok(projet) => Ok(projet),
                Err(refus) => Err(du_champ(refus)?),
            }
        }
    };
    page(visite, permis, lieu, saisie, projet, refuse).await
}

async fn page(
    visite: &Visite<actions::AccorderEcheancier>,
    permis: &Permis<actions::AccorderEcheancier>,
    (id, dossier): (i64, DossierId),
    saisie: &Saisie,
    projet: Result<Projet, ErreurChamp>,
    refuse: StatusCode,
) -> Result<Response, web::Erreur> {
    let au = visite.aujourdhui();
    let lu: Result<Vec<Creance>, Erreur> = lire!(visite.db(), |tx| echelonnables(tx, permis, id, au).await);
    let (projet, erreurs) = match projet {
        Ok(projet) => (Some(projet), Vec::new()),
        Err(refus) => (None, vec![refus]),
    };
    let echeancier = projet.as_ref().map(|projet| &projet.echeancier);
    let vue = Vue {
        entete: entete(visite, id, dossier),
        resume: fragments::resume_erreurs(&erreurs),
        chiffres: projet.as_ref().map(chiffres),
        jeton: fragments::champ_jeton(visite.jeton()),
        url: visite.url(&SIMULER.replace("{creance}", &id.to_string())),
        creances: lu?
            .into_iter()
            .map(|creance| LigneCreance {
                id: creance.id,
                nature: creance.nature.to_string(),
                cochee: saisie.creances.contains(&creance.id),
                reste: creance.reste,
                reference: creance.reference,
            })
            .collect(),
        champs: champs(saisie, &erreurs),
        mensualites: echeancier.map_or(Vec::new(), |e| {
            e.mensualites().iter().map(LigneMensualite::de).collect()
        }),
        explication: echeancier.map_or(Vec::new(), |e| {
            e.explication()
                .iter()
                .map(|pas| dire(&pas.phrase, pas.articles))
                .collect()
        }),
        exigences: echeancier.map_or(Vec::new(), |e| {
            e.exigences()
                .iter()
                .map(|x| dire(&x.phrase, &x.articles))
                .collect()
        }),
        version: echeancier.map(droit::Echeancier::version),
    };
    let page = web::page(&visite.cadre("Échéancier"), vue);
    if erreurs.is_empty() {
        Ok(page)
    } else {
        Ok((refuse, page).into_response())
    }
}

fn entete(visite: &Visite<actions::AccorderEcheancier>, id: i64, dossier: DossierId) -> EntetePage {
    EntetePage::nouveau("Échéancier")
        .fil(vec![
            Lien::nouveau("Dossier", visite.url(&format!("/{{caisse}}/dossiers/{dossier}"))),
            Lien::nouveau(
                "Procédure",
                visite.url(&format!("/{{caisse}}/creances/{id}/procedure")),
            ),
        ])
        .sous_titre("Simuler un plan de paiement, puis l’accorder")
}

fn chiffres(projet: &Projet) -> Chiffres {
    let mensualites = projet.echeancier.mensualites();
    let derniere = mensualites.last();
    fragments::chiffres(vec![
        Chiffre::nouveau("À échelonner", fragments::montant(projet.echeancier.total())),
        Chiffre::nouveau("Mensualités", mensualites.len().to_string()),
        match derniere {
            Some(derniere) => Chiffre::nouveau("Dernière", fragments::date(derniere.jour)),
            None => Chiffre::nouveau("Dernière", "–"),
        },
    ])
}

fn champs(saisie: &Saisie, erreurs: &[ErreurChamp]) -> Vec<Champ> {
    vec![
        Champ::chiffres("mensualites", "Nombre de mensualités")
            .valeur(&saisie.mensualites)
            .aide("Égales ; la dernière prend l’arrondi.")
            .parmi(erreurs),
        Champ::montant("par_mois", "Ou montant par mois")
            .valeur(&saisie.par_mois)
            .aide("La dernière est ce qui reste.")
            .parmi(erreurs),
        Champ::date("premiere", "Première échéance")
            .valeur(&saisie.premiere)
            .obligatoire()
            .parmi(erreurs),
        Champ::liste(
            "clause",
            "Le plan signé le dit rompu à deux échéances impayées de suite",
            vec![Choix::nouveau("", "Non"), Choix::nouveau("oui", "Oui")],
        )
        .valeur(&saisie.clause)
        .aide("Sans effet là où un texte rompt déjà l’échéancier.")
        .parmi(erreurs),
    ]
}
