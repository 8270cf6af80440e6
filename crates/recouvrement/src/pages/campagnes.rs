//! Les campagnes : les préparer, voir qui les recevra et qui en est écarté, les approuver, les suivre.

use acces::{Action, CodeAction, Objet, Permis, Visite, actions, instant_fr};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use droit::{Droit, ModeEnvoi};
use serde::Deserialize;
use storage::{ecrire, lire};
use valeurs::Montant;
use web::fragments::{
    self, ActionPost, Champ, ChampJeton, Chiffre, Chiffres, Choix, EntetePage, Lien, Onglet, Onglets,
    Pastille, ResumeErreurs, Ton, action_post, pastille,
};
use web::{Adresse, Avis, ErreurChamp, Formulaire, Numero, Rien};

use super::actes::liste::{court, intitule};
use super::erreur::du_champ;
use super::{ACTES, CAMPAGNES};
use crate::Erreur;
use crate::actes::{Atelier, ErreurActes, numero};
use crate::campagnes::{
    self, Campagne, DossierDeCampagne, EtatCampagne, EtatDossier, NouvelleCampagne, Recapitulatif, campagne,
    dossiers, ouvrir,
};

/// Dossiers montrés d'une campagne à la fois.
const MONTRES: u32 = 50;

struct Ligne {
    url: String,
    titre: String,
    etat: Pastille,
    envoi: &'static str,
    minimum: Montant,
    preparee: String,
    decidee_par: String,
}

#[derive(Template)]
#[template(path = "campagnes.html")]
struct Liste {
    entete: EntetePage,
    resume: ResumeErreurs,
    refus: Option<String>,
    jeton: ChampJeton,
    action: String,
    champs: Vec<Champ>,
    ouvert: bool,
    lignes: Vec<Ligne>,
}

struct LigneDossier {
    url: String,
    nom: String,
    creances: i64,
    montant: Montant,
    raison: String,
    acte: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "campagne.html")]
struct Fiche {
    entete: EntetePage,
    chiffres: Chiffres,
    arret: Option<String>,
    decision: Option<String>,
    decisions: Vec<ActionPost>,
    raisons: Vec<(String, u64)>,
    titre: &'static str,
    vues: Onglets,
    lignes: Vec<LigneDossier>,
    suite: Option<String>,
}

#[derive(Deserialize, Default)]
pub(super) struct Saisie {
    #[serde(default)]
    acte: String,
    #[serde(default)]
    minimum: String,
    #[serde(default)]
    envoi: String,
    #[serde(default)]
    signataire: String,
}

pub(super) async fn lister(visite: Visite<actions::PreparerCampagne>) -> Result<Response, web::Erreur> {
    liste(&visite, &Saisie::default(), &[]).await
}

/// Ouvre une campagne ; le serveur en réunit les dossiers.
pub(super) async fn preparer(
    visite: Visite<actions::PreparerCampagne>,
    Formulaire(f): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let essai = match lire_saisie(&f) {
        Ok(nouvelle) => ouvrir_celle(&visite, &nouvelle).await,
        Err(refus) => return liste(&visite, &f, &[refus]).await,
    };
    match essai {
        Ok(id) => {
            let avis = "La campagne se prépare : rechargez la page pour voir qui la recevra.";
            visite
                .rediriger(
                    &visite.url(&format!("{CAMPAGNES}/{id}")),
                    Avis::Succes(avis.to_owned()),
                )
                .await
        }
        Err(refus) => liste(&visite, &f, &[du_champ(refus)?]).await,
    }
}

async fn ouvrir_celle(
    visite: &Visite<actions::PreparerCampagne>,
    nouvelle: &NouvelleCampagne,
) -> Result<i64, Erreur> {
    let atelier = Atelier::ouvrir(&visite.caisse().donnees, visite.caisse().code)?;
    let permis = visite
        .permis(Objet::Caisse, None)
        .await
        .map_err(|_| Erreur::Illisible("permis"))?;
    let au = visite.aujourdhui();
    ecrire!(visite.db(), |tx| ouvrir(tx, &permis, &atelier, nouvelle, au)
        .await)
}

fn lire_saisie(f: &Saisie) -> Result<NouvelleCampagne, ErreurChamp> {
    let acte = Droit::charger()
        .acte(&f.acte)
        .ok_or_else(|| ErreurChamp::nouvelle("acte", "Choisissez l’acte de la campagne."))?;
    let minimum = if f.minimum.trim().is_empty() {
        Montant::ZERO
    } else {
        Montant::lire_francais(&f.minimum)
            .ok()
            .filter(|minimum| !minimum.est_negatif())
            .ok_or_else(|| ErreurChamp::nouvelle("minimum", "Écrivez un montant, par exemple 50,00."))?
    };
    let envoi: ModeEnvoi = f
        .envoi
        .parse()
        .map_err(|_| ErreurChamp::nouvelle("envoi", "Choisissez un mode d’envoi."))?;
    Ok(NouvelleCampagne {
        acte,
        minimum,
        envoi,
        signataire: f.signataire.clone(),
    })
}

async fn liste(
    visite: &Visite<actions::PreparerCampagne>,
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let lues: Result<Vec<Campagne>, Erreur> =
        lire!(visite.db(), |tx| campagnes::campagnes(tx, &permis).await);
    let atelier = Atelier::ouvrir(&visite.caisse().donnees, visite.caisse().code);
    let vue = Liste {
        entete: EntetePage::nouveau("Campagnes").sous_titre(
            "Un acte pour tous ceux qui remplissent les conditions, approuvé par un second agent",
        ),
        resume: fragments::resume_erreurs(erreurs),
        refus: atelier
            .as_ref()
            .err()
            .map(|refus: &ErreurActes| web::phrase(refus)),
        jeton: fragments::champ_jeton(visite.jeton()),
        action: visite.url(CAMPAGNES),
        champs: atelier
            .as_ref()
            .map(|atelier| champs(atelier, saisie, erreurs))
            .unwrap_or_default(),
        ouvert: !erreurs.is_empty(),
        lignes: lues?
            .into_iter()
            .map(|campagne| Ligne::de(visite, &campagne))
            .collect(),
    };
    let page = web::page(&visite.cadre("Campagnes"), vue);
    if erreurs.is_empty() {
        Ok(page)
    } else {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }
}

fn champs(atelier: &Atelier, saisie: &Saisie, erreurs: &[ErreurChamp]) -> Vec<Champ> {
    let choisissez = || std::iter::once(Choix::nouveau("", "Choisissez"));
    let actes = Droit::charger()
        .actes()
        .iter()
        .filter(|acte| acte.se_compose_seul());
    let actes = choisissez().chain(actes.map(|acte| Choix::nouveau(acte.code(), intitule(acte))));
    let envois = choisissez().chain(
        ModeEnvoi::TOUS
            .iter()
            .map(|mode| Choix::nouveau(mode.code(), mode.libelle())),
    );
    let signataires = atelier.reglages.tous_les_signataires();
    let signataires =
        choisissez().chain(signataires.map(|s| Choix::nouveau(&s.nom, format!("{}, {}", s.nom, s.qualite))));
    vec![
        Champ::liste("acte", "Acte", actes.collect())
            .valeur(&saisie.acte)
            .obligatoire()
            .parmi(erreurs),
        Champ::montant("minimum", "Montant minimum, par débiteur")
            .valeur(&saisie.minimum)
            .parmi(erreurs),
        Champ::liste("envoi", "Envoi", envois.collect())
            .valeur(&saisie.envoi)
            .obligatoire()
            .parmi(erreurs),
        Champ::liste("signataire", "Signataire", signataires.collect())
            .valeur(&saisie.signataire)
            .aide("Ceux que sa délégation ne couvre pas sont écartés de la campagne.")
            .obligatoire()
            .parmi(erreurs),
    ]
}

fn etat(etat: EtatCampagne) -> Pastille {
    let ton = match etat {
        EtatCampagne::EnPreparation | EtatCampagne::Approuvee => Ton::Info,
        EtatCampagne::Preparee => Ton::Attention,
        EtatCampagne::Refusee => Ton::Neutre,
        EtatCampagne::Finie => Ton::Positif,
    };
    pastille(ton, etat.libelle())
}

impl Ligne {
    fn de<A: Action>(visite: &Visite<A>, campagne: &Campagne) -> Self {
        Self {
            url: visite.url(&format!("{CAMPAGNES}/{}", campagne.id)),
            titre: intitule(campagne.acte),
            etat: etat(campagne.etat),
            envoi: court(campagne.envoi),
            minimum: campagne.minimum,
            preparee: format!(
                "{}, le {}",
                campagne.preparee_par,
                instant_fr(campagne.preparee_le)
            ),
            decidee_par: campagne.decidee_par.clone().unwrap_or_default(),
        }
    }
}

/// La campagne, ses comptes, et les dossiers d'un état : `voir` (a_faire, emis, ecarte), après `apres`.
pub(super) async fn montrer(
    visite: Visite<actions::PreparerCampagne>,
    Numero(id): Numero<i64>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let permis = visite
        .permis(
            Objet::Liste {
                nombre: u64::from(MONTRES),
            },
            None,
        )
        .await?;
    let demande = adresse.parametre("voir").and_then(EtatDossier::du_code);
    let apres = adresse
        .parametre("apres")
        .and_then(lire_place)
        .unwrap_or_default();
    let lu: Result<Option<Vue>, Erreur> = lire!(visite.db(), |tx| {
        let Some((campagne, comptes, raisons)) = campagne(tx, &permis, id).await? else {
            return Ok(None);
        };
        let voir = demande.unwrap_or(match campagne.etat {
            EtatCampagne::Finie => EtatDossier::Emis,
            _ => EtatDossier::AFaire,
        });
        let montres = dossiers(tx, &permis, id, voir, apres, MONTRES + 1).await?;
        Ok(Some(Vue {
            campagne,
            comptes,
            raisons,
            voir,
            montres,
        }))
    });
    let vue = lu?.ok_or(web::Erreur::NonTrouve)?;
    let titre = intitule(vue.campagne.acte);
    Ok(web::page(&visite.cadre(titre), fiche(&visite, vue)))
}

/// Ce que la page d'une campagne lit.
struct Vue {
    campagne: Campagne,
    comptes: [(EtatDossier, Recapitulatif); 3],
    raisons: Vec<(String, u64)>,
    voir: EtatDossier,
    montres: Vec<DossierDeCampagne>,
}

fn lire_place(texte: &str) -> Option<(i64, i64)> {
    let (dossier, branche) = texte.split_once('_')?;
    Some((dossier.parse().ok()?, branche.parse().ok()?))
}

fn fiche(visite: &Visite<actions::PreparerCampagne>, vue: Vue) -> Fiche {
    let Vue {
        campagne,
        comptes,
        raisons,
        voir,
        mut montres,
    } = vue;
    let url = visite.url(&format!("{CAMPAGNES}/{}", campagne.id));
    let reste = montres.len() > usize::try_from(MONTRES).unwrap_or(usize::MAX);
    montres.truncate(usize::try_from(MONTRES).unwrap_or(usize::MAX));
    let suite = montres.last().filter(|_| reste).map(|dernier| {
        format!(
            "{url}?voir={}&apres={}_{}",
            voir.code(),
            dernier.dossier,
            dernier.branche
        )
    });
    let mut sous_titre = format!(
        "{} ; signé par {} ; préparée par {}",
        web::majuscule(court(campagne.envoi)),
        campagne.signataire,
        campagne.preparee_par
    );
    if !campagne.minimum.est_nul() {
        sous_titre = format!("{sous_titre} ; au moins {}", campagne.minimum);
    }
    let peut_decider = campagne.etat == EtatCampagne::Preparee && visite.peut(CodeAction::ApprouverCampagne);
    let sienne = campagne.preparee_par == visite.agent().identifiant;
    Fiche {
        entete: EntetePage::nouveau(intitule(campagne.acte))
            .fil(vec![Lien::nouveau("Campagnes", visite.url(CAMPAGNES))])
            .sous_titre(sous_titre),
        chiffres: chiffres(&campagne, &comptes),
        arret: campagne.arret.clone(),
        decision: (peut_decider && sienne)
            .then(|| "Vous l’avez préparée : un autre agent doit l’approuver.".to_owned()),
        decisions: if peut_decider && !sienne {
            vec![
                action_post("Approuver et émettre", format!("{url}/approuver"), visite.jeton()).principale(),
                action_post("Refuser", format!("{url}/refuser"), visite.jeton()),
            ]
        } else {
            Vec::new()
        },
        raisons: raisons
            .into_iter()
            .map(|(raison, n)| (web::majuscule(&raison), n))
            .collect(),
        titre: intitule_de_vue(voir),
        vues: fragments::onglets(
            "Dossiers de la campagne",
            comptes
                .iter()
                .map(|(etat, recapitulatif)| {
                    Onglet::nouveau(intitule_de_vue(*etat), format!("{url}?voir={}", etat.code()))
                        .actif(*etat == voir)
                        .compte(recapitulatif.dossiers)
                })
                .collect(),
        ),
        lignes: montres
            .into_iter()
            .map(|dossier| LigneDossier::de(visite, dossier))
            .collect(),
        suite,
    }
}

const fn intitule_de_vue(etat: EtatDossier) -> &'static str {
    match etat {
        EtatDossier::AFaire => "Recevront l’acte",
        EtatDossier::Emis => "Acte émis",
        EtatDossier::Ecarte => "Écartés",
    }
}

fn chiffres(campagne: &Campagne, comptes: &[(EtatDossier, Recapitulatif); 3]) -> Chiffres {
    let de = |voulu: EtatDossier| {
        comptes
            .iter()
            .find(|(etat, _)| *etat == voulu)
            .map_or_else(Recapitulatif::default, |(_, r)| *r)
    };
    let (a_faire, emis, ecartes) = (
        de(EtatDossier::AFaire),
        de(EtatDossier::Emis),
        de(EtatDossier::Ecarte),
    );
    fragments::chiffres(vec![
        Chiffre::nouveau("Où elle en est", etat(campagne.etat)),
        Chiffre::nouveau("Recevront l’acte", fragments::milliers(a_faire.dossiers)).precision(format!(
            "{} créances, {}",
            fragments::milliers(a_faire.creances),
            a_faire.montant
        )),
        Chiffre::nouveau("Actes émis", fragments::milliers(emis.dossiers)).precision(format!(
            "{} créances, {}",
            fragments::milliers(emis.creances),
            emis.montant
        )),
        Chiffre::nouveau("Écartés", fragments::milliers(ecartes.dossiers)),
    ])
}

impl LigneDossier {
    fn de<A: Action>(visite: &Visite<A>, dossier: DossierDeCampagne) -> Self {
        Self {
            url: visite.url(&format!("/{{caisse}}/dossiers/{}", dossier.dossier)),
            nom: dossier.nom,
            creances: dossier.creances,
            montant: dossier.montant,
            raison: web::majuscule(dossier.raison.unwrap_or_default()),
            acte: dossier
                .acte
                .map(|id| (visite.url(&format!("{ACTES}/{id}")), numero(id))),
        }
    }
}

pub(super) async fn approuver(
    visite: Visite<actions::ApprouverCampagne>,
    Numero(id): Numero<i64>,
    Formulaire(Rien {}): Formulaire<Rien>,
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let fait: Result<(), Erreur> = ecrire!(visite.db(), |tx| campagnes::approuver(tx, &permis, id).await);
    decidee(
        &visite,
        &permis,
        id,
        fait,
        "La campagne est approuvée : elle s’émet.",
    )
    .await
}

pub(super) async fn refuser(
    visite: Visite<actions::ApprouverCampagne>,
    Numero(id): Numero<i64>,
    Formulaire(Rien {}): Formulaire<Rien>,
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let fait: Result<(), Erreur> = ecrire!(visite.db(), |tx| campagnes::refuser(tx, &permis, id).await);
    decidee(
        &visite,
        &permis,
        id,
        fait,
        "La campagne est refusée : rien n’en est émis.",
    )
    .await
}

async fn decidee(
    visite: &Visite<actions::ApprouverCampagne>,
    _permis: &Permis<actions::ApprouverCampagne>,
    id: i64,
    fait: Result<(), Erreur>,
    dit: &str,
) -> Result<Response, web::Erreur> {
    let avis = match fait {
        Ok(()) => Avis::Succes(dit.to_owned()),
        Err(refus @ Erreur::Campagne(_)) => Avis::Alerte(web::phrase(&refus)),
        Err(e) => return Err(e.into()),
    };
    visite
        .rediriger(&visite.url(&format!("{CAMPAGNES}/{id}")), avis)
        .await
}
