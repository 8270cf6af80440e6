//! Le pilotage : ce que deviennent les créances émises. Des comptes seulement, dans les branches de l'agent.

mod dessins;

use acces::{Objet, Visite, actions, instant_fr};
use askama::Template;
use axum::response::Response;
use droit::Branche;
use valeurs::{Montant, date_longue};
use web::fragments::{
    self, Anciennete, Champ, Chiffre, Chiffres, Choix, EntetePage, Filtres, Html, Ton, milliers,
};
use web::{Adresse, Genre, telecharger};

use super::{PILOTAGE, PILOTAGE_XLSX};
use crate::Erreur;
use crate::actes::{FICHIER_REGLAGES, Reglages, dossier};
use crate::pilotage::{
    Age, Cohorte, Comptes, DELAIS, Depense, Etape, FiltrePilotage, Pilotage, Taux, depense, lire, xlsx,
};

const FILTRES: [&str; 3] = ["annee", "branche", "nature"];

type Consultation = Visite<actions::ConsulterDossier>;

/// Une cohorte, telle qu'une table la montre.
struct Ligne {
    libelle: String,
    nombre: String,
    sommes: Vec<(&'static str, Montant)>,
    /// Ce qui est éteint autrement que par un paiement.
    autrement: Vec<(&'static str, Montant)>,
    taux: String,
}

impl Ligne {
    fn rien_autrement(&self) -> bool {
        self.autrement.iter().all(|(_, somme)| somme.est_nul())
    }
}

/// L'encaissé d'une année d'émission, mois après mois de l'échéance.
struct Courbe {
    annee: i64,
    points: Vec<(String, Montant, String)>,
}

struct Retard {
    libelle: &'static str,
    nombre: String,
    reste: Montant,
}

/// Les actes et leur coût, ou ce qu'il faut écrire pour l'avoir.
enum Cout {
    ParNature,
    AEcrire { fichier: String },
    Fait(Depense),
}

#[derive(Template)]
#[template(path = "pilotage.html")]
struct Vue {
    entete: EntetePage,
    filtres: Filtres,
    chiffres: Chiffres,
    annees: Vec<Ligne>,
    natures: Vec<Ligne>,
    total: Ligne,
    dessin_annees: Html,
    courbes: Vec<Courbe>,
    dessin_courbes: Html,
    etapes: Vec<Etape>,
    ancien: Anciennete,
    retards: Vec<Retard>,
    cout: Cout,
}

pub(super) async fn montrer(visite: Consultation, adresse: Adresse) -> Result<Response, web::Erreur> {
    let filtre = lire_filtre(&adresse);
    let permis = visite.permis(Objet::Caisse, None).await?;
    let comptes = lire(visite.db(), &permis, visite.maintenant()).await?;
    let pilotage = Pilotage::ranger(&comptes, filtre)?;
    let cout = cout(&visite, &pilotage)?;
    let mut sous_titre = format!(
        "Créances émises, situation au {}",
        date_longue(visite.aujourdhui())
    );
    if comptes.compte_le != visite.maintenant() {
        sous_titre.push_str(&format!(" ; comptées le {}", instant_fr(comptes.compte_le)));
    }
    let export = export(visite.url(PILOTAGE_XLSX), filtre);
    let vue = Vue {
        entete: EntetePage::nouveau("Pilotage")
            .sous_titre(sous_titre)
            .lien("Exporter (XLSX)", export),
        filtres: filtres(&visite, &adresse, &comptes, permis.perimetre().branches),
        chiffres: chiffres(&pilotage, &cout)?,
        annees: lignes(pilotage.annees.iter().map(|(annee, c)| (annee.to_string(), c)))?,
        natures: lignes(pilotage.natures.iter().map(|(nature, c)| (nature.to_string(), c)))?,
        total: ligne("Ensemble".to_owned(), &pilotage.total)?,
        dessin_annees: dessins::annees(&pilotage)?,
        courbes: courbes(&pilotage)?,
        dessin_courbes: dessins::courbes(&pilotage)?,
        ancien: dessins::ancien(&pilotage),
        retards: Age::TOUS
            .into_iter()
            .zip(pilotage.ages)
            .map(|(age, (nombre, reste))| Retard {
                libelle: age.libelle(),
                nombre: milliers(nombre),
                reste,
            })
            .collect(),
        etapes: pilotage.etapes,
        cout,
    };
    Ok(web::page(&visite.cadre("Pilotage"), vue))
}

pub(super) async fn exporter(visite: Consultation, adresse: Adresse) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let comptes = lire(visite.db(), &permis, visite.maintenant()).await?;
    let pilotage = Pilotage::ranger(&comptes, lire_filtre(&adresse))?;
    let au = visite.aujourdhui();
    let depense = match cout(&visite, &pilotage)? {
        Cout::Fait(depense) => Some(depense),
        Cout::ParNature | Cout::AEcrire { .. } => None,
    };
    let classeur = tokio::task::spawn_blocking(move || xlsx(&pilotage, depense.as_ref(), au))
        .await
        .map_err(|e| web::Erreur::interne(&e))??;
    Ok(telecharger(&format!("pilotage-au-{au}"), Genre::Xlsx, classeur))
}

/// Le filtre que porte l'adresse ; ce qui ne s'y lit pas est comme absent.
fn lire_filtre(adresse: &Adresse) -> FiltrePilotage {
    FiltrePilotage {
        annee: adresse.parametre("annee").and_then(|texte| texte.parse().ok()),
        branche: adresse.parametre("branche").and_then(|texte| texte.parse().ok()),
        nature: adresse.parametre("nature").and_then(|texte| texte.parse().ok()),
    }
}

/// L'adresse du classeur, aux mêmes filtres : un code n'a rien à échapper.
fn export(chemin: String, filtre: FiltrePilotage) -> String {
    let parametres = [
        filtre.annee.map(|annee| format!("annee={annee}")),
        filtre
            .branche
            .map(|branche| format!("branche={}", branche.code())),
        filtre.nature.map(|nature| format!("nature={}", nature.code())),
    ];
    let parametres: Vec<String> = parametres.into_iter().flatten().collect();
    match parametres.as_slice() {
        [] => chemin,
        parametres => format!("{chemin}?{}", parametres.join("&")),
    }
}

fn filtres(visite: &Consultation, adresse: &Adresse, comptes: &Comptes, branches: i64) -> Filtres {
    let valeur = |nom| adresse.parametre(nom).unwrap_or_default();
    let (annees, natures) = comptes.choix();
    let toutes = || std::iter::once(Choix::nouveau("", "Toutes"));
    let annees = annees.into_iter().rev().map(|annee| Choix::nouveau(annee, annee));
    let branches = Branche::TOUS
        .iter()
        .filter(|b| branches & i64::from(b.bit()) != 0)
        .map(|b| Choix::nouveau(b.code(), b.libelle()));
    let natures = natures
        .into_iter()
        .map(|nature| Choix::nouveau(nature.code(), nature));
    let champs = vec![
        Champ::liste("annee", "Émises en", toutes().chain(annees).collect()).valeur(valeur("annee")),
        Champ::liste("branche", "Branche", toutes().chain(branches).collect()).valeur(valeur("branche")),
        Champ::liste("nature", "Nature", toutes().chain(natures).collect()).valeur(valeur("nature")),
    ];
    adresse.filtres(&visite.url(PILOTAGE), &FILTRES, champs)
}

fn chiffres(pilotage: &Pilotage, cout: &Cout) -> Result<Chiffres, Erreur> {
    let c = &pilotage.total;
    let mut chiffres = vec![
        Chiffre::nouveau("Émis", fragments::montant(c.emis)).precision(format!(
            "{} créances, dont {} annulés",
            milliers(c.nombre),
            c.annule
        )),
        Chiffre::nouveau("Taux de recouvrement", dire(c.taux()?))
            .precision(format!("{} encaissés", c.encaisse()?))
            .ton(Ton::Info),
        Chiffre::nouveau("Reste dû", fragments::montant(c.reste))
            .precision(format!("dont {} de majorations et frais posés", c.majorations)),
        Chiffre::nouveau("Admis en non-valeur", fragments::montant(c.non_valeur))
            .precision(format!("remis : {}", c.remis)),
    ];
    if let Cout::Fait(depense) = cout
        && let Some(montant) = depense.pour_cent_euros()
    {
        chiffres.push(
            Chiffre::nouveau("Coût de 100 € encaissés", fragments::montant(montant))
                .precision("en actes expédiés"),
        );
    }
    Ok(fragments::chiffres(chiffres))
}

fn dire(taux: Option<Taux>) -> String {
    taux.map_or_else(|| "–".to_owned(), |taux| taux.to_string())
}

fn lignes<'a>(cohortes: impl Iterator<Item = (String, &'a Cohorte)>) -> Result<Vec<Ligne>, Erreur> {
    cohortes
        .map(|(libelle, cohorte)| ligne(libelle, cohorte))
        .collect()
}

fn ligne(libelle: String, c: &Cohorte) -> Result<Ligne, Erreur> {
    Ok(Ligne {
        libelle,
        nombre: milliers(c.nombre),
        sommes: vec![
            ("Émis", c.emis),
            ("Majorations et frais", c.majorations),
            ("Encaissé", c.encaisse()?),
            ("Reste dû", c.reste),
        ],
        autrement: vec![
            ("Annulé", c.annule),
            ("Remis", c.remis),
            ("Non-valeur", c.non_valeur),
            ("Transféré", c.transfere),
        ],
        taux: dire(c.taux()?),
    })
}

fn courbes(pilotage: &Pilotage) -> Result<Vec<Courbe>, Erreur> {
    let mut courbes = Vec::new();
    for (annee, cohorte) in &pilotage.annees {
        let mut points = Vec::new();
        for (rang, mois) in DELAIS.iter().enumerate() {
            let encaisse = cohorte.encaisse_dans(rang)?;
            let taux = Taux::nouveau(encaisse, cohorte.du()?);
            points.push((format!("{mois} mois"), encaisse, dire(taux)));
        }
        courbes.push(Courbe {
            annee: *annee,
            points,
        });
    }
    Ok(courbes)
}

/// Le coût des actes ; sans réglages, ou sans `[cout]`, ce qu'il faut écrire.
fn cout(visite: &Consultation, pilotage: &Pilotage) -> Result<Cout, web::Erreur> {
    let Some(actes) = &pilotage.actes else {
        return Ok(Cout::ParNature);
    };
    let caisse = visite.caisse();
    let dossier = dossier(&caisse.donnees, caisse.code);
    // Des réglages faux se disent à la composition des actes, pas ici.
    match Reglages::lire(&dossier).ok().as_ref().and_then(Reglages::couts) {
        Some(couts) => Ok(Cout::Fait(
            depense(couts, actes, pilotage.recettes).map_err(Erreur::from)?,
        )),
        None => Ok(Cout::AEcrire {
            fichier: format!("actes/{}/{FICHIER_REGLAGES}", caisse.code.code()),
        }),
    }
}
