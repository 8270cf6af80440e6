//! La procédure d'une créance : où elle en est, ce qui peut suivre, ses délais et sa prescription expliqués.

use acces::{Action, CodeAction, Permis, Visite, actions, instant_fr};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use creances::pages::permis_de_la_creance;
use droit::{Acte, Auteur, Droit, EtapeProcedure, Parcours, Prescription, Quand, citer};
use jiff::civil::Date;
use serde::Deserialize;
use storage::{ecrire, lire};
use web::fragments::{
    self, Champ, ChampJeton, Chiffre, Chiffres, Choix, Chronologie, EntetePage, Evenement, Lien,
    ResumeErreurs, Ton, chronologie,
};
use web::{Avis, ErreurChamp, Formulaire, Numero, lire_date};

use super::delais_ouverts::{DelaiOuvert, ancre, d_une_creance};
use super::echeanciers::{ECHEANCIER, SIMULER};
use super::erreur::du_champ;
use super::retenues::RETENUE;
use super::{ACTES, COMPOSER, Pas, dans, expliquer};
use crate::Erreur;
use crate::echeanciers::echeanciers_de_la_creance;
use crate::procedure::{self, Suivi};

/// Jours avant la prescription où elle se montre en danger.
const BIENTOT: i32 = 90;
/// Ce que dit le formulaire d'une fraude retenue.
const RETENUE_FRAUDE: &str = "retenue";

/// Ce qui arrête des étapes.
struct Arret {
    phrase: String,
    articles: String,
    arrete: bool,
}

/// Une étape qui peut suivre.
struct LigneSuite {
    libelle: String,
    auteur: Auteur,
    quand: String,
    pourquoi: Option<String>,
    conditions: Vec<String>,
    articles: String,
    reserve: Option<&'static str>,
    /// Où composer l'acte qui la fait.
    composer: Option<String>,
}

/// Un formulaire de la page.
struct FormulaireEtape {
    titre: &'static str,
    effet: &'static str,
    url: String,
    bouton: &'static str,
    champs: Vec<Champ>,
    ouvert: bool,
}

#[derive(Template)]
#[template(path = "procedure.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    chiffres: Chiffres,
    suite: String,
    arrets: Vec<Arret>,
    suites: Vec<LigneSuite>,
    limites: Vec<DelaiOuvert>,
    /// L'ancre de la prescription.
    ancre: String,
    prescription: Vec<Pas>,
    jeton: ChampJeton,
    formulaires: Vec<FormulaireEtape>,
    histoire: Chronologie,
}

/// Ce qu'un agent avait saisi, à remontrer avec ses erreurs.
#[derive(Default)]
struct Saisie {
    etape: String,
    jour: String,
    motif: String,
    outre: bool,
    /// Le motif d'une fraude, si c'est d'elle qu'il s'agissait.
    motif_fraude: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct FraudeSaisie {
    #[serde(default)]
    fraude: String,
    #[serde(default)]
    motif_fraude: String,
}

#[derive(Deserialize)]
pub(super) struct EtapeSaisie {
    #[serde(default)]
    etape: String,
    #[serde(default)]
    jour: String,
}

/// Les champs d'une page ont chacun leur nom : ceux-ci se distinguent de ceux de l'étape permise.
#[derive(Deserialize)]
pub(super) struct OutreSaisie {
    #[serde(default)]
    etape_outre: String,
    #[serde(default)]
    jour_outre: String,
    #[serde(default)]
    motif: String,
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    Numero(id): Numero<i64>,
) -> Result<Response, web::Erreur> {
    let (permis, _) = permis_de_la_creance(&visite, id).await?;
    page(&visite, &permis, id, &Saisie::default(), &[]).await
}

pub(super) async fn avancer(
    visite: Visite<actions::AvancerProcedure>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<EtapeSaisie>,
) -> Result<Response, web::Erreur> {
    let (permis, _) = permis_de_la_creance(&visite, id).await?;
    let aujourdhui = visite.aujourdhui();
    let refus = match lire_date("jour", &f.jour) {
        Err(refus) => refus,
        Ok(jour) => {
            let fait: Result<(), Erreur> = ecrire!(visite.db(), |tx| {
                procedure::avancer(tx, &permis, id, &f.etape, jour, aujourdhui).await
            });
            match fait {
                Ok(()) => return enregistree(&visite, id).await,
                Err(refus) => du_champ(refus)?,
            }
        }
    };
    let saisie = Saisie {
        etape: f.etape,
        jour: f.jour,
        ..Saisie::default()
    };
    page(&visite, &permis, id, &saisie, &[refus]).await
}

pub(super) async fn passer_outre(
    visite: Visite<actions::PasserOutre>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<OutreSaisie>,
) -> Result<Response, web::Erreur> {
    let (permis, _) = permis_de_la_creance(&visite, id).await?;
    let aujourdhui = visite.aujourdhui();
    let refus = match lire_date("jour", &f.jour_outre) {
        Err(refus) => refus,
        Ok(jour) => {
            let fait: Result<(), Erreur> = ecrire!(visite.db(), |tx| {
                procedure::passer_outre(
                    visite.db(),
                    tx,
                    &permis,
                    id,
                    &f.etape_outre,
                    jour,
                    &f.motif,
                    aujourdhui,
                )
                .await
            });
            match fait {
                Ok(()) => return enregistree(&visite, id).await,
                Err(refus) => du_champ(refus)?,
            }
        }
    };
    let champ = match &*refus.champ {
        "motif" => refus.champ,
        autre => format!("{autre}_outre").into(),
    };
    let saisie = Saisie {
        etape: f.etape_outre,
        jour: f.jour_outre,
        motif: f.motif,
        outre: true,
        ..Saisie::default()
    };
    page(&visite, &permis, id, &saisie, &[ErreurChamp { champ, ..refus }]).await
}

/// Retient une fraude de la créance, ou l'écarte.
pub(super) async fn dire_la_fraude(
    visite: Visite<actions::PasserOutre>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<FraudeSaisie>,
) -> Result<Response, web::Erreur> {
    let (permis, _) = permis_de_la_creance(&visite, id).await?;
    let (retenue, aujourdhui) = (f.fraude == RETENUE_FRAUDE, visite.aujourdhui());
    let note: Result<(), Erreur> = ecrire!(visite.db(), |tx| procedure::noter_fraude(
        visite.db(),
        tx,
        &permis,
        id,
        retenue,
        &f.motif_fraude,
        aujourdhui
    )
    .await);
    match note {
        Ok(()) => {
            let url = visite.url(&format!("/{{caisse}}/creances/{id}/procedure"));
            let avis = "C’est noté : les délais de la créance sont recomptés.";
            visite.rediriger(&url, Avis::Succes(avis.to_owned())).await
        }
        Err(refus) => {
            let refus = ErreurChamp {
                champ: "motif_fraude".into(),
                ..du_champ(refus)?
            };
            let saisie = Saisie {
                motif_fraude: Some(f.motif_fraude),
                ..Saisie::default()
            };
            page(&visite, &permis, id, &saisie, &[refus]).await
        }
    }
}

async fn enregistree<A: Action>(visite: &Visite<A>, id: i64) -> Result<Response, web::Erreur> {
    let url = visite.url(&format!("/{{caisse}}/creances/{id}/procedure"));
    visite
        .rediriger(&url, Avis::Succes("L’étape est enregistrée.".to_owned()))
        .await
}

async fn page<A: Action>(
    visite: &Visite<A>,
    permis: &Permis<A>,
    id: i64,
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
) -> Result<Response, web::Erreur> {
    let au = visite.aujourdhui();
    let lu: Result<(Option<Suivi>, Vec<i64>, bool), Erreur> = lire!(visite.db(), |tx| {
        let suivi = procedure::suivi(visite.db(), tx, permis, id, au).await?;
        let fraude = procedure::fraude_retenue(tx, id).await?;
        Ok((suivi, echeanciers_de_la_creance(tx, id).await?, fraude))
    });
    let (suivi, echeanciers, fraude) = lu?;
    let suivi = suivi.ok_or(web::Erreur::NonTrouve)?;
    let parcours = &suivi.parcours;
    let prescription = parcours.prescription(au).map_err(Erreur::from)?;
    let eteinte = !suivi.creance.est_ouverte();
    let suites = if eteinte {
        Vec::new()
    } else {
        parcours.suites(au).map_err(Erreur::from)?
    };
    let vue = Vue {
        entete: entete(visite, &suivi, &echeanciers),
        resume: fragments::resume_erreurs(erreurs),
        chiffres: chiffres(&suivi, &prescription, au),
        suite: if eteinte {
            "Rien : la créance est éteinte au compte.".to_owned()
        } else {
            format!("{}.", parcours.position().suite())
        },
        arrets: arrets(parcours),
        limites: d_une_creance(id, parcours, au),
        ancre: ancre(id, prescription.regle),
        prescription: expliquer(&prescription.etapes),
        jeton: fragments::champ_jeton(visite.jeton()),
        formulaires: if eteinte {
            Vec::new()
        } else {
            let mut formulaires = formulaires(visite, parcours, &suites, saisie, erreurs, id);
            if visite.peut(CodeAction::PasserOutre) {
                formulaires.push(formulaire_de_la_fraude(visite, fraude, saisie, erreurs, id));
            }
            formulaires
        },
        histoire: chronologie(raconter(&suivi)),
        suites: suites
            .iter()
            .filter(|suite| !suite.etape.se_fait_au_compte())
            .map(|suite| LigneSuite {
                composer: composer(visite, parcours, suite, id),
                ..LigneSuite::de(suite)
            })
            .collect(),
    };
    let page = web::page(&visite.cadre("Procédure"), vue);
    if erreurs.is_empty() {
        Ok(page)
    } else {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }
}

/// Où composer l'acte qui fait cette étape, si elle en a un et si l'agent le peut ce jour.
fn composer<A: Action>(
    visite: &Visite<A>,
    parcours: &Parcours,
    suite: &droit::Suite,
    id: i64,
) -> Option<String> {
    let possible = suite.quand == Quand::Maintenant && visite.peut(CodeAction::ComposerActe);
    possible.then_some(())?;
    let acte = Droit::charger().acte_de(parcours.procedure(), suite.etape)?;
    (!acte.constate(parcours.procedure())).then(|| url_de_l_acte(visite, acte, id))
}

fn url_de_l_acte<A: Action>(visite: &Visite<A>, acte: &Acte, id: i64) -> String {
    let page = visite.url(&COMPOSER.replace("{creance}", &id.to_string()));
    format!("{page}?acte={}", acte.code())
}

/// L'acte qui dit la dernière étape, faite autrement que par lui : la notification d'un indu, un échéancier accordé. Tant
/// que rien ne l'a suivie, il se compose d'ici ; rend son libellé et où.
fn constater<A: Action>(visite: &Visite<A>, suivi: &Suivi) -> Option<(String, String)> {
    let parcours = &suivi.parcours;
    let possible = suivi.creance.est_ouverte() && visite.peut(CodeAction::ComposerActe);
    possible.then_some(())?;
    let dernier = parcours.faits().last()?;
    let acte = Droit::charger().acte_de(parcours.procedure(), dernier.etape)?;
    acte.constate(parcours.procedure()).then_some(())?;
    Some((
        format!("Composer : {}", acte.libelle()),
        url_de_l_acte(visite, acte, suivi.creance.id),
    ))
}

fn entete<A: Action>(visite: &Visite<A>, suivi: &Suivi, echeanciers: &[i64]) -> EntetePage {
    let c = &suivi.creance;
    let entete = EntetePage::nouveau("Procédure");
    let entete = match constater(visite, suivi) {
        Some((libelle, url)) => entete.lien(libelle, url),
        None => entete,
    };
    let entete = match echeanciers.first() {
        Some(echeancier) => entete.lien(
            "Échéancier",
            visite.url(&ECHEANCIER.replace("{echeancier}", &echeancier.to_string())),
        ),
        None => entete,
    };
    let accordable = suivi.creance.est_ouverte() && visite.peut(CodeAction::AccorderEcheancier);
    let entete = if accordable {
        let page = SIMULER.replace("{creance}", &c.id.to_string());
        entete.lien("Simuler un échéancier", visite.url(&page))
    } else {
        entete
    };
    let entete = if c.est_ouverte() {
        let page = RETENUE.replace("{creance}", &c.id.to_string());
        entete.lien("Retenue et saisie", visite.url(&page))
    } else {
        entete
    };
    entete
        .lien(
            "Actes du dossier",
            visite.url(&format!("{ACTES}?dossier={}", c.dossier)),
        )
        .fil(vec![
            Lien::nouveau(
                "Dossier",
                visite.url(&format!("/{{caisse}}/dossiers/{}", c.dossier)),
            ),
            Lien::nouveau(
                format!("Créance {}", c.id),
                visite.url(&format!("/{{caisse}}/creances/{}", c.id)),
            ),
        ])
        .sous_titre(format!("{}, {}", c.nature, suivi.parcours.procedure().juge()))
}

fn chiffres(suivi: &Suivi, prescription: &Prescription, au: Date) -> Chiffres {
    let jour = fragments::date(prescription.jour);
    let reste = (prescription.jour - au).get_days();
    let prescrite = if !suivi.creance.est_ouverte() {
        Chiffre::nouveau("Prescription", "Sans objet")
    } else if !prescription.court {
        Chiffre::nouveau("Prescription", "Suspendue").ton(Ton::Info)
    } else if reste < 0 {
        Chiffre::nouveau("Prescrite", jour)
            .precision("au soir")
            .ton(Ton::Danger)
    } else {
        let chiffre = Chiffre::nouveau("Prescription", jour).precision(dans(prescription.jour, au));
        if reste <= BIENTOT {
            chiffre.ton(Ton::Danger)
        } else {
            chiffre
        }
    };
    fragments::chiffres(vec![
        Chiffre::nouveau("Où elle en est", suivi.parcours.position().libelle()),
        Chiffre::nouveau("Reste dû", fragments::montant(suivi.creance.reste)),
        prescrite,
    ])
}

fn arrets(parcours: &Parcours) -> Vec<Arret> {
    parcours
        .empechements()
        .map(|(quoi, depuis)| Arret {
            phrase: format!(
                "{} depuis le {}.",
                web::majuscule(quoi.libelle()),
                valeurs::date_longue(depuis)
            ),
            articles: citer(quoi.articles()),
            arrete: quoi.arrete(),
        })
        .collect()
}

impl LigneSuite {
    fn de(suite: &droit::Suite) -> Self {
        let (quand, pourquoi) = match &suite.quand {
            Quand::Maintenant => ("maintenant".to_owned(), None),
            Quand::DesLe(jour, refus) => (
                format!("dès le {}", valeurs::date_fr(*jour)),
                Some(web::phrase(refus.as_ref())),
            ),
        };
        Self {
            libelle: suite.etape.libelle().to_owned(),
            auteur: suite.etape.auteur(),
            quand,
            pourquoi,
            conditions: suite.etape.conditions().to_vec(),
            articles: citer(suite.etape.articles()),
            reserve: suite.etape.reserve(),
            composer: None,
        }
    }
}

fn formulaires<A: Action>(
    visite: &Visite<A>,
    parcours: &Parcours,
    suites: &[droit::Suite],
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
    id: i64,
) -> Vec<FormulaireEtape> {
    let url = visite.url(&format!("/{{caisse}}/creances/{id}/procedure"));
    let aujourdhui = visite.aujourdhui().to_string();
    let offrir = |action: CodeAction, outre: bool| {
        let choix = visite
            .peut(action)
            .then(|| offertes(parcours, suites, saisie, outre, visite.aujourdhui()))?;
        // Le premier dit de choisir.
        (choix.len() > 1).then_some(choix)
    };
    let champs = |choix: Vec<Choix>, outre: bool| {
        let jour = if saisie.jour.is_empty() || saisie.outre != outre {
            &aujourdhui
        } else {
            &saisie.jour
        };
        let erreurs = if saisie.outre == outre { erreurs } else { &[] };
        let (etape, date) = if outre {
            ("etape_outre", "jour_outre")
        } else {
            ("etape", "jour")
        };
        let mut champs = vec![
            Champ::liste(etape, "Étape", choix)
                .valeur(&saisie.etape)
                .obligatoire()
                .parmi(erreurs),
            Champ::date(date, "Arrivée le")
                .valeur(jour)
                .obligatoire()
                .parmi(erreurs),
        ];
        if outre {
            champs.push(
                Champ::zone("motif", "Pourquoi passer outre", 3)
                    .valeur(&saisie.motif)
                    .obligatoire()
                    .aide("Ce motif est gardé au dossier, avec votre nom.")
                    .parmi(erreurs),
            );
        }
        champs
    };
    let mut formulaires = Vec::new();
    if let Some(choix) = offrir(CodeAction::AvancerProcedure, false) {
        formulaires.push(FormulaireEtape {
            titre: "Enregistrer une étape",
            effet: "Les délais se comptent du jour où l’étape est arrivée, pas de celui où vous l’enregistrez.",
            url: url.clone(),
            bouton: "Enregistrer cette étape",
            champs: champs(choix, false),
            ouvert: !saisie.outre,
        });
    }
    if let Some(choix) = offrir(CodeAction::PasserOutre, true) {
        formulaires.push(FormulaireEtape {
            titre: "Passer outre à un refus",
            effet: "L’étape est enregistrée malgré ce qui s’y oppose ; l’acte peut être nul.",
            url: format!("{url}/outre"),
            bouton: "Passer outre",
            champs: champs(choix, true),
            ouvert: saisie.outre,
        });
    }
    formulaires
}

/// Ce qu'un agent habilité peut dire de la fraude : le contraire de ce qui est dit.
fn formulaire_de_la_fraude<A: Action>(
    visite: &Visite<A>,
    fraude: bool,
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
    id: i64,
) -> FormulaireEtape {
    let (titre, bouton, choix) = if fraude {
        (
            "Écarter la fraude retenue",
            "Écarter la fraude",
            Choix::nouveau("ecartee", "N’est plus retenue"),
        )
    } else {
        (
            "Retenir une fraude ou une fausse déclaration",
            "Retenir la fraude",
            Choix::nouveau(RETENUE_FRAUDE, "Est retenue"),
        )
    };
    FormulaireEtape {
        titre,
        effet: "La prescription de la créance se recompte aussitôt (CRPM L725-12, CSS L133-4-1).",
        url: visite.url(&format!("/{{caisse}}/creances/{id}/procedure/fraude")),
        bouton,
        champs: vec![
            Champ::liste("fraude", "Fraude ou fausse déclaration", vec![choix]),
            Champ::zone("motif_fraude", "Pourquoi", 3)
                .valeur(saisie.motif_fraude.as_deref().unwrap_or_default())
                .obligatoire()
                .aide("Ce motif est gardé au dossier, avec votre nom.")
                .parmi(erreurs),
        ],
        ouvert: saisie.motif_fraude.is_some(),
    }
}

/// Les étapes qu'un formulaire offre, aucune d'abord : celles que la procédure permet, ou celles auxquelles on peut passer
/// outre. Un autre jour peut changer la réponse : celle que l'agent a choisie y reste.
fn offertes(
    parcours: &Parcours,
    suites: &[droit::Suite],
    saisie: &Saisie,
    outre: bool,
    aujourdhui: Date,
) -> Vec<Choix> {
    let permise = |etape: &EtapeProcedure| {
        suites
            .iter()
            .any(|suite| suite.etape == etape && suite.quand == Quand::Maintenant)
    };
    let surmontable = |etape: &'static EtapeProcedure| {
        let refus = parcours.verifier(etape, aujourdhui).err();
        refus.is_some_and(|refus| refus.est_surmontable())
    };
    let etapes = parcours.procedure().etapes().iter();
    let siennes = etapes
        .filter(|etape| !etape.se_fait_au_compte() && *etape != parcours.procedure().depart())
        .filter(|etape| {
            let choisie = etape.code() == saisie.etape && saisie.outre == outre;
            choisie || if outre { surmontable(etape) } else { permise(etape) }
        })
        .map(|etape| Choix::nouveau(etape.code(), etape.libelle()));
    std::iter::once(Choix::nouveau("", "Choisissez"))
        .chain(siennes)
        .collect()
}

/// L'histoire, du plus récent au plus ancien, jusqu'à l'entrée.
fn raconter(suivi: &Suivi) -> Vec<Evenement> {
    let parcours = &suivi.parcours;
    let entree = parcours
        .faits()
        .first()
        .map(|fait| Evenement::nouveau(fait.jour, fait.etape.libelle()).ton(Ton::Info));
    let gardes = suivi.faits.iter().zip(parcours.faits().iter().skip(1));
    let mut evenements: Vec<Evenement> = entree
        .into_iter()
        .chain(gardes.map(|(garde, fait)| {
            let refus = parcours
                .irregularites()
                .iter()
                .find(|(irregulier, _)| irregulier == fait);
            let evenement = Evenement::nouveau(fait.jour, fait.etape.libelle())
                .auteur(format!(
                    "{}, enregistré le {}",
                    garde.auteur,
                    instant_fr(garde.enregistre_le)
                ))
                .ton(if refus.is_some() { Ton::Danger } else { Ton::Info });
            match (refus, &garde.motif) {
                (Some((_, refus)), Some(motif)) => {
                    evenement.detail(format!("{} Passé outre : {motif}", web::phrase(refus)))
                }
                (Some((_, refus)), None) => {
                    evenement.detail(format!("Malgré un refus. {}", web::phrase(refus)))
                }
                (None, _) => evenement,
            }
        }))
        .collect();
    evenements.reverse();
    evenements
}
