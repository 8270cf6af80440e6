//! `sillon delais` : une échéance, et comment elle est trouvée.

use anyhow::{Context as _, Result};
use droit::{Droit, Echeance, Lieu, RegleDelai, citer};
use jiff::civil::Date;
use serde::Serialize;
use valeurs::{date_fr, date_longue};

use super::Fin;
use crate::arguments::{Delais, Format};
use crate::configuration::Configuration;
use crate::sortie::{self, Table};

pub(super) fn lancer(configuration: &Configuration, arguments: &Delais) -> Result<Fin> {
    if arguments.liste {
        return lister(configuration.format);
    }
    let regle = Droit::charger()
        .regle_de_delai(arguments.regle.as_deref().context("donnez --regle")?)
        .context("valeur refusée pour --regle")?;
    let depuis = arguments.depuis.context("donnez --depuis")?;
    let lieu = Lieu {
        zone: arguments.zone,
        residence: arguments.residence.unwrap_or_else(|| arguments.zone.into()),
    };
    let echeance = regle.echeance(depuis, lieu)?;
    match configuration.format {
        Format::Json => sortie::json(&EcheanceJson::de(regle, depuis, lieu, &echeance))?,
        Format::Texte | Format::Csv => imprimer(regle, &echeance)?,
    }
    Ok(Fin::Bien)
}

#[derive(Serialize)]
struct EcheanceJson<'a> {
    regle: &'a str,
    libelle: &'a str,
    depuis: Date,
    zone: &'static str,
    residence: &'static str,
    echeance: Date,
    version: &'a str,
    etapes: Vec<EtapeJson<'a>>,
}

#[derive(Serialize)]
struct EtapeJson<'a> {
    jour: Date,
    phrase: &'a str,
    articles: Vec<String>,
}

impl<'a> EcheanceJson<'a> {
    fn de(regle: &'a RegleDelai, depuis: Date, lieu: Lieu, echeance: &'a Echeance) -> Self {
        let etapes = echeance.etapes.iter().map(|etape| EtapeJson {
            jour: etape.jour,
            phrase: &etape.phrase,
            articles: etape.articles.iter().map(ToString::to_string).collect(),
        });
        Self {
            regle: regle.code(),
            libelle: regle.libelle(),
            depuis,
            zone: lieu.zone.code(),
            residence: lieu.residence.code(),
            echeance: echeance.jour,
            version: &echeance.version,
            etapes: etapes.collect(),
        }
    }
}

fn imprimer(regle: &RegleDelai, echeance: &Echeance) -> Result<()> {
    sortie::ligne(&format!("{} : {}", regle.libelle(), date_longue(echeance.jour)))?;
    for etape in &echeance.etapes {
        sortie::ligne(&format!("  {}  {}", date_fr(etape.jour), etape.phrase))?;
        if !etape.articles.is_empty() {
            sortie::ligne(&format!(
                "              {}",
                citer(etape.articles.iter().copied())
            ))?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct RegleLigne<'a> {
    regle: &'a str,
    libelle: &'a str,
    declencheur: &'a str,
    duree: String,
    depuis: Date,
    articles: String,
}

const EN_TETE: &str = "règle                                 durée             ce que le délai termine";

fn lister(format: Format) -> Result<Fin> {
    let mut table = Table::ouvrir(format, EN_TETE)?;
    for regle in Droit::charger().regles_de_delai() {
        let ligne = RegleLigne {
            regle: regle.code(),
            libelle: regle.libelle(),
            declencheur: regle.declencheur(),
            duree: regle.duree(),
            depuis: regle.depuis(),
            articles: citer(regle.articles()),
        };
        table.ligne(&ligne, || {
            format!("{:<38}{:<18}{}", ligne.regle, ligne.duree, ligne.libelle)
        })?;
    }
    table.fermer()?;
    Ok(Fin::Bien)
}
