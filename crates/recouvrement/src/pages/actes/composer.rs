//! Composer un acte : ce qu'il dira, ce qui lui manque, l'aperçu, l'émission.

use std::collections::BTreeMap;

use acces::{Permis, Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use creances::pages::permis_de_la_creance;
use droit::{Acte, Branche, Donnee, Droit, Mention, citer};
use serde::Deserialize;
use storage::{ecrire, lire};
use valeurs::{DossierId, Montant, date_fr};
use web::fragments::{
    self, Champ, ChampJeton, Chiffre, Chiffres, Choix, EntetePage, Lien, ResumeErreurs, Ton,
};
use web::{Adresse, Avis, ErreurChamp, Formulaire, Genre, Numero, lire_date, telecharger};

use super::super::erreur::du_champ;
use super::super::{ACTES, COMPOSER};
use crate::Erreur;
use crate::actes::{
    self, Atelier, Composition, Consentement, Demande, ErreurActes, Manque, Projet, candidates,
    noter_adresse, noter_consentement, noter_versements, preparer, qualifie,
};
use crate::procedure::{Suivie, charger};

/// Ce qu'un agent saisit ; les champs vides sont comme absents.
#[derive(Deserialize, Default)]
pub(in crate::pages) struct Saisie {
    #[serde(default)]
    acte: String,
    #[serde(default)]
    creances: Vec<i64>,
    #[serde(default)]
    signataire: String,
    #[serde(default)]
    envoi: String,
    #[serde(default)]
    motif_decision: String,
    #[serde(default)]
    mandataire: String,
    #[serde(default)]
    jugement: String,
    #[serde(default)]
    privilege: String,
    #[serde(default)]
    adresse: String,
    #[serde(default)]
    versements: String,
    #[serde(default)]
    accepte: String,
    #[serde(default)]
    dit_le: String,
}

/// Une mention, et si l'acte pourra la dire.
struct LigneMention {
    libelle: String,
    texte: String,
    manque: Option<String>,
    nullite: bool,
    articles: String,
}

struct LigneCreance {
    id: i64,
    url: String,
    nature: String,
    reference: String,
    periode: String,
    precision: String,
    du: Montant,
    cochee: bool,
}

struct Versements {
    url: String,
    champ: Champ,
    creance: i64,
}

#[derive(Template)]
#[template(path = "acte_composer.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    /// Pourquoi l'acte ne se compose pas du tout : procédure, réglages ou modèles.
    refus: Option<String>,
    chiffres: Option<Chiffres>,
    manques: Vec<String>,
    mentions: Vec<LigneMention>,
    creances: Vec<LigneCreance>,
    jeton: ChampJeton,
    acte: String,
    url: String,
    champs: Vec<Champ>,
    adresse: Champ,
    adresse_repliee: bool,
    consentement: Vec<Champ>,
    dit: Option<String>,
    consentement_replie: bool,
    versements: Vec<Versements>,
}

pub(in crate::pages) async fn montrer(
    visite: Visite<actions::ComposerActe>,
    Numero(id): Numero<i64>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = permis_de_la_creance(&visite, id).await?;
    let saisie = Saisie {
        acte: adresse.parametre("acte").unwrap_or_default().to_owned(),
        ..Saisie::default()
    };
    page(&visite, &permis, (id, dossier), &saisie, &[]).await
}

/// Le document tel qu'il serait, « PROJET » en travers.
pub(in crate::pages) async fn apercu(
    visite: Visite<actions::ComposerActe>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = permis_de_la_creance(&visite, id).await?;
    let essai = match demande(&visite, &f) {
        Ok((atelier, demande)) => {
            actes::apercu(visite.db(), &permis, &atelier, &demande, visite.aujourdhui()).await
        }
        Err(refus) => Err(refus),
    };
    match essai {
        Ok(octets) => Ok(telecharger("projet", Genre::Pdf, octets)),
        Err(refus) => page(&visite, &permis, (id, dossier), &f, &[du_champ(refus)?]).await,
    }
}

pub(in crate::pages) async fn emettre(
    visite: Visite<actions::ComposerActe>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = permis_de_la_creance(&visite, id).await?;
    let essai = match demande(&visite, &f) {
        Ok((atelier, demande)) => {
            actes::emettre(visite.db(), &permis, &atelier, &demande, visite.aujourdhui()).await
        }
        Err(refus) => Err(refus),
    };
    match essai {
        Ok(emission) => {
            let avis = format!(
                "L’acte {} est émis ; il attend de partir.",
                actes::numero(emission.acte)
            );
            visite
                .rediriger(
                    &visite.url(&format!("{ACTES}/{}", emission.acte)),
                    Avis::Succes(avis),
                )
                .await
        }
        Err(refus) => page(&visite, &permis, (id, dossier), &f, &[du_champ(refus)?]).await,
    }
}

/// Garde l'adresse du débiteur.
pub(in crate::pages) async fn adresse(
    visite: Visite<actions::ComposerActe>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = permis_de_la_creance(&visite, id).await?;
    let lue: Result<actes::AdressePostale, ErreurActes> = f.adresse.parse();
    match lue {
        Ok(adresse) => {
            let jour = visite.aujourdhui();
            let gardee: Result<(), Erreur> = ecrire!(visite.db(), |tx| noter_adresse(
                visite.db(),
                tx,
                &permis,
                dossier,
                &adresse,
                jour
            )
            .await);
            gardee?;
            revenir(&visite, id, &f.acte, "L’adresse est gardée.").await
        }
        Err(refus) => {
            let refus = du_champ(refus.into())?;
            page(&visite, &permis, (id, dossier), &f, &[refus]).await
        }
    }
}

/// Garde ce que le débiteur dit du recommandé électronique.
pub(in crate::pages) async fn consentement(
    visite: Visite<actions::ComposerActe>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = permis_de_la_creance(&visite, id).await?;
    let aujourdhui = visite.aujourdhui();
    let refus = match lire_date("dit_le", &f.dit_le) {
        Err(refus) => refus,
        Ok(le) => {
            let dit = Consentement {
                accepte: f.accepte == "oui",
                le,
            };
            let note: Result<(), Erreur> = ecrire!(visite.db(), |tx| noter_consentement(
                tx, &permis, dossier, dit, aujourdhui
            )
            .await);
            match note {
                Ok(()) => {
                    return revenir(&visite, id, &f.acte, "Ce que le débiteur a dit est gardé.").await;
                }
                Err(refus) => ErreurChamp {
                    champ: "dit_le".into(),
                    ..du_champ(refus)?
                },
            }
        }
    };
    page(&visite, &permis, (id, dossier), &f, &[refus]).await
}

/// Garde les jours des versements indus de la créance.
pub(in crate::pages) async fn versements(
    visite: Visite<actions::ComposerActe>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = permis_de_la_creance(&visite, id).await?;
    let jour = visite.aujourdhui();
    let gardes: Result<(), Erreur> = ecrire!(visite.db(), |tx| noter_versements(
        tx,
        &permis,
        id,
        &f.versements,
        jour
    )
    .await);
    match gardes {
        Ok(()) => revenir(&visite, id, &f.acte, "Les versements sont gardés.").await,
        Err(refus) => page(&visite, &permis, (id, dossier), &f, &[du_champ(refus)?]).await,
    }
}

async fn revenir(
    visite: &Visite<actions::ComposerActe>,
    id: i64,
    acte: &str,
    avis: &str,
) -> Result<Response, web::Erreur> {
    // Seul un code connu va dans l'adresse.
    let code = Droit::charger().acte(acte).map_or("", Acte::code);
    let url = visite.url(&format!(
        "{}?acte={code}",
        COMPOSER.replace("{creance}", &id.to_string())
    ));
    visite.rediriger(&url, Avis::Succes(avis.to_owned())).await
}

fn atelier(visite: &Visite<actions::ComposerActe>) -> Result<Atelier, ErreurActes> {
    Atelier::ouvrir(&visite.caisse().donnees, visite.caisse().code)
}

/// Ce que l'agent demande, avec l'atelier de la caisse.
fn demande(visite: &Visite<actions::ComposerActe>, f: &Saisie) -> Result<(Atelier, Demande), Erreur> {
    let acte = Droit::charger().acte(&f.acte).ok_or(ErreurActes::Inconnu)?;
    let envoi = f.envoi.parse().map_err(|_| ErreurActes::Envoi)?;
    let demande = Demande {
        acte,
        creances: f.creances.clone(),
        signataire: Some(f.signataire.clone()).filter(|nom| !nom.is_empty()),
        envoi,
        saisies: saisies(f)?,
    };
    Ok((atelier(visite)?, demande))
}

fn saisies(f: &Saisie) -> Result<BTreeMap<Donnee, String>, ErreurActes> {
    let mut saisies = BTreeMap::new();
    for (donnee, texte) in [
        (Donnee::MotifDecision, &f.motif_decision),
        (Donnee::Mandataire, &f.mandataire),
        (Donnee::Jugement, &f.jugement),
        (Donnee::Privilege, &f.privilege),
    ] {
        let texte = texte.trim();
        if texte.is_empty() {
            continue;
        }
        if !(3..=1_000).contains(&texte.chars().count()) {
            return Err(ErreurActes::Texte);
        }
        saisies.insert(donnee, texte.to_owned());
    }
    Ok(saisies)
}

/// Ce que la page lit du dossier.
struct Lu {
    acte: &'static Acte,
    choisie: Suivie,
    projet: Option<Projet>,
    adresse: Option<(actes::AdressePostale, bool)>,
    consentement: Option<Consentement>,
}

/// L'acte de ce code, s'il se fait dans la procédure de la créance ; sans code, le premier qui peut suivre, sinon le
/// premier.
fn acte_demande(code: &str, creance: &Suivie, au: jiff::civil::Date) -> Option<&'static Acte> {
    let siens = || {
        let actes = Droit::charger().actes().iter();
        actes.filter(|acte| acte.est_de(creance.parcours.procedure()))
    };
    if code.is_empty() {
        return siens()
            .find(|acte| qualifie(acte, creance, au).is_ok())
            .or_else(|| siens().next());
    }
    siens().find(|acte| acte.code() == code)
}

async fn page(
    visite: &Visite<actions::ComposerActe>,
    permis: &Permis<actions::ComposerActe>,
    (id, dossier): (i64, DossierId),
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
) -> Result<Response, web::Erreur> {
    let au = visite.aujourdhui();
    let atelier = atelier(visite);
    let lu: Result<Option<Lu>, Erreur> = lire!(visite.db(), |tx| {
        let choisie = charger(tx, &[id])
            .await?
            .pop()
            .ok_or(creances::Erreur::CreanceInconnue)?;
        let branche: Branche = choisie.nature.branche();
        let Some(acte) = acte_demande(&saisie.acte, &choisie, au) else {
            return Ok(None);
        };
        let siennes = candidates(tx, permis, acte, dossier, branche, au).await?;
        let projet = match &atelier {
            Ok(atelier) if siennes.iter().any(|s| s.creance == id) => {
                let dites = saisies(saisie).unwrap_or_default();
                let composition = Composition {
                    acte,
                    saisies: &dites,
                    reglages: &atelier.reglages,
                    au,
                };
                preparer(visite.db(), tx, permis, composition, &siennes)
                    .await?
                    .pop()
            }
            _ => None,
        };
        let adresse = actes::adresse(visite.db(), tx, permis, dossier).await?;
        let consentement = actes::consentement(tx, permis, dossier).await?;
        Ok(Some(Lu {
            acte,
            choisie,
            projet,
            adresse,
            consentement,
        }))
    });
    let lu = lu?.ok_or(web::Erreur::NonTrouve)?;
    let acte = lu.acte;
    let refus = match (&atelier, qualifie(acte, &lu.choisie, au)) {
        (_, Err(refus)) => Some(web::phrase(&refus)),
        (Err(refus), _) => Some(web::phrase(refus)),
        (Ok(_), Ok(())) if lu.projet.is_none() => Some(web::phrase(&ErreurActes::DejaEmis)),
        (Ok(_), Ok(())) => None,
    };
    let url = visite.url(&COMPOSER.replace("{creance}", &id.to_string()));
    let champ_adresse = {
        let connue = lu
            .adresse
            .as_ref()
            .map(|(adresse, _)| adresse.texte())
            .unwrap_or_default();
        let valeur = if saisie.adresse.is_empty() {
            &connue
        } else {
            &saisie.adresse
        };
        Champ::zone("adresse", "Adresse, sous le nom", 4)
            .valeur(valeur)
            .aide("De deux à cinq lignes de 38 caractères, dont « 33000 Bordeaux » ; un pays étranger en capitales, en dernier.")
            .obligatoire()
            .parmi(erreurs)
    };
    let adresse_repliee =
        matches!(lu.adresse, Some((_, true))) && !erreurs.iter().any(|erreur| erreur.champ == "adresse");
    let projet = lu.projet;
    let vue = Vue {
        entete: entete(visite, acte, id, dossier),
        resume: fragments::resume_erreurs(erreurs),
        refus,
        chiffres: projet.as_ref().map(chiffres),
        manques: projet.as_ref().map(dire_les_manques).unwrap_or_default(),
        mentions: projet.as_ref().map(mentions).unwrap_or_default(),
        creances: projet
            .as_ref()
            .map(|p| lignes(visite, p, saisie))
            .unwrap_or_default(),
        jeton: fragments::champ_jeton(visite.jeton()),
        champs: match (&atelier, &projet) {
            (Ok(atelier), Some(projet)) => champs(atelier, projet, saisie, erreurs, au),
            _ => Vec::new(),
        },
        versements: projet
            .as_ref()
            .map(|p| a_completer(visite, p, id, saisie, erreurs))
            .unwrap_or_default(),
        acte: acte.code().to_owned(),
        adresse: champ_adresse,
        adresse_repliee,
        consentement: champs_du_consentement(saisie, erreurs, au),
        dit: lu.consentement.map(dire_le_consentement),
        consentement_replie: !erreurs.iter().any(|erreur| erreur.champ == "dit_le"),
        url,
    };
    let page = web::page(&visite.cadre(acte.libelle()), vue);
    if erreurs.is_empty() {
        Ok(page)
    } else {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }
}

fn champs_du_consentement(saisie: &Saisie, erreurs: &[ErreurChamp], au: jiff::civil::Date) -> Vec<Champ> {
    let choix = vec![
        Choix::nouveau("", "Le refuse"),
        Choix::nouveau("oui", "L’accepte"),
    ];
    let aujourdhui = au.to_string();
    let dit_le = if saisie.dit_le.is_empty() {
        &aujourdhui
    } else {
        &saisie.dit_le
    };
    vec![
        Champ::liste("accepte", "Ce que le débiteur a dit", choix)
            .valeur(&saisie.accepte)
            .aide(
                "Un professionnel n’a pas à l’accepter ; tout autre, si (code des postes, L100, à vérifier).",
            ),
        Champ::date("dit_le", "Le")
            .valeur(dit_le)
            .obligatoire()
            .parmi(erreurs),
    ]
}

fn dire_le_consentement(dit: Consentement) -> String {
    let quoi = if dit.accepte { "Accepté" } else { "Refusé" };
    format!("{quoi} le {}", date_fr(dit.le))
}

fn entete(visite: &Visite<actions::ComposerActe>, acte: &Acte, id: i64, dossier: DossierId) -> EntetePage {
    EntetePage::nouveau(acte.libelle())
        .fil(vec![
            Lien::nouveau("Dossier", visite.url(&format!("/{{caisse}}/dossiers/{dossier}"))),
            Lien::nouveau(
                format!("Créance {id}"),
                visite.url(&format!("/{{caisse}}/creances/{id}")),
            ),
            Lien::nouveau(
                "Procédure",
                visite.url(&format!("/{{caisse}}/creances/{id}/procedure")),
            ),
        ])
        .sous_titre("Ce que l’acte dira, et ce qui lui manque pour ne pas être nul")
}

fn chiffres(projet: &Projet) -> Chiffres {
    let manques = match projet.manques.len() {
        0 => Chiffre::nouveau("Mentions", "Complètes").ton(Ton::Positif),
        n => Chiffre::nouveau("Ce qui manque", n.to_string()).ton(Ton::Danger),
    };
    fragments::chiffres(vec![
        Chiffre::nouveau("Montant réclamé", fragments::montant(projet.total)),
        Chiffre::nouveau("Créances", projet.lignes.len().to_string()),
        manques,
    ])
}

fn dire_les_manques(projet: &Projet) -> Vec<String> {
    let dire = |manque: &Manque| {
        let creance = manque
            .creance
            .map(|id| format!(" (créance {id})"))
            .unwrap_or_default();
        format!("{}{creance}", web::majuscule(manque.donnee.libelle()))
    };
    projet.manques.iter().map(dire).collect()
}

fn mentions(projet: &Projet) -> Vec<LigneMention> {
    let lignes = projet.acte.mentions().iter().map(|mention| {
        let manque = mention
            .exige()
            .iter()
            .find(|donnee| projet.manques.iter().any(|m| m.donnee == **donnee));
        LigneMention {
            libelle: mention.libelle().to_owned(),
            texte: texte(mention, projet),
            manque: manque.map(|donnee| format!("il manque {}", donnee.libelle())),
            nullite: mention.a_peine_de_nullite(),
            articles: citer(mention.articles()),
        }
    });
    lignes.collect()
}

/// Ce que la mention dira ; ce qui manque y reste en blanc.
fn texte(mention: &Mention, projet: &Projet) -> String {
    let valeur = |donnee| {
        let valeur = match donnee {
            Donnee::Numero => Some("(à l’émission)"),
            autre => projet.valeur(autre),
        };
        Some(valeur.unwrap_or("…").to_owned())
    };
    match mention.dire(valeur) {
        Ok(Some(texte)) => texte,
        _ if mention.exige().contains(&Donnee::Signataire) => "À la signature.".to_owned(),
        _ => "Au tableau des sommes.".to_owned(),
    }
}

fn lignes(visite: &Visite<actions::ComposerActe>, projet: &Projet, saisie: &Saisie) -> Vec<LigneCreance> {
    let lignes = projet.lignes.iter().map(|ligne| {
        let mut precisions: Vec<String> = ligne.cause.iter().cloned().collect();
        if !ligne.versements.is_empty() {
            let jours: Vec<String> = ligne.versements.iter().map(|jour| date_fr(*jour)).collect();
            precisions.push(format!("versé le {}", jours.join(", ")));
        }
        if !ligne.a_liquider.est_nul() {
            precisions.push(format!(
                "dont {} de majorations, mises au débit à l’émission",
                ligne.a_liquider
            ));
        }
        LigneCreance {
            id: ligne.creance,
            url: visite.url(&format!("/{{caisse}}/creances/{}/procedure", ligne.creance)),
            nature: ligne.nature.clone(),
            reference: ligne.reference.clone(),
            periode: format!("du {} au {}", date_fr(ligne.periode.0), date_fr(ligne.periode.1)),
            precision: precisions.join(" ; "),
            du: ligne.du,
            cochee: saisie.creances.is_empty() || saisie.creances.contains(&ligne.creance),
        }
    });
    lignes.collect()
}

fn champs(
    atelier: &Atelier,
    projet: &Projet,
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
    au: jiff::civil::Date,
) -> Vec<Champ> {
    let acte = projet.acte;
    let signataires = atelier
        .reglages
        .signataires(acte, projet.total, au)
        .map(|s| Choix::nouveau(&s.nom, format!("{}, {}", s.nom, s.qualite)));
    let envois = projet
        .envois()
        .map(|mode| Choix::nouveau(mode.code(), mode.libelle()));
    let mut champs = vec![
        Champ::liste("signataire", "Signataire", signataires.collect())
            .valeur(&saisie.signataire)
            .obligatoire()
            .parmi(erreurs),
        Champ::liste("envoi", "Envoi", envois.collect())
            .valeur(&saisie.envoi)
            .obligatoire()
            .parmi(erreurs),
    ];
    if acte.exige(Donnee::MotifDecision) {
        champs.push(
            Champ::zone("motif_decision", "Motif de la décision", 3)
                .valeur(&saisie.motif_decision)
                .obligatoire()
                .parmi(erreurs),
        );
    }
    if acte.destinataire() == droit::Destinataire::Mandataire {
        champs.push(
            Champ::zone("mandataire", "Mandataire judiciaire : nom, puis adresse", 4)
                .valeur(&saisie.mandataire)
                .obligatoire()
                .parmi(erreurs),
        );
    }
    for (donnee, nom, libelle, aide) in [
        (
            Donnee::Jugement,
            "jugement",
            "Jugement d’ouverture",
            "Par exemple « le tribunal de commerce de Bordeaux, le 3 mars 2026 ».",
        ),
        (
            Donnee::Privilege,
            "privilege",
            "Privilège ou sûreté",
            "Celui de la créance, ou « aucun ».",
        ),
    ] {
        if acte.exige(donnee) {
            let valeur = if donnee == Donnee::Jugement {
                &saisie.jugement
            } else {
                &saisie.privilege
            };
            champs.push(
                Champ::texte(nom, libelle)
                    .valeur(valeur)
                    .aide(aide)
                    .obligatoire()
                    .parmi(erreurs),
            );
        }
    }
    champs
}

/// Les créances dont les versements manquent, avec de quoi les dire.
fn a_completer(
    visite: &Visite<actions::ComposerActe>,
    projet: &Projet,
    id: i64,
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
) -> Vec<Versements> {
    let sans = projet.manques.iter().filter(|m| m.donnee == Donnee::Versements);
    sans.filter_map(|manque| manque.creance)
        .map(|creance| Versements {
            url: visite.url(&format!("/{{caisse}}/creances/{creance}/acte/versements")),
            champ: Champ::zone("versements", format!("Versements de la créance {creance}"), 2)
                .valeur(if creance == id {
                    saisie.versements.as_str()
                } else {
                    ""
                })
                .aide("Une date par ligne, AAAA-MM-JJ ou JJ/MM/AAAA.")
                .obligatoire()
                .parmi(if creance == id { erreurs } else { &[] }),
            creance,
        })
        .collect()
}
