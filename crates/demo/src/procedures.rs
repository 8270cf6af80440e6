//! Les procédures d'une caisse de démonstration : ce qui a été fait pour recouvrer ce qui reste dû.

use droit::{EtapeProcedure, Nature, Parcours, Refus};
use jiff::Timestamp;
use jiff::civil::Date;
use recouvrement::Erreur;
use recouvrement::procedure::{FaitRepris, Suivie, ouvertes, reprendre};
use storage::{Db, ecrire};

use crate::historique::{jour_ouvre, plus_jours};
use crate::tirage::{Cle, Tirage};
use crate::{Population, Service};

/// Créances par transaction.
const LOT: u32 = 2_000;

/// Ce que la caisse fait tant que rien ne vient, et ce qu'elle laisse passer avant, en jours.
const CHEMIN: [(&str, (i64, i64)); 8] = [
    ("notification_recue", (2, 9)),
    ("relance", (12, 40)),
    ("mise_en_demeure", (10, 45)),
    ("mise_en_demeure_recue", (2, 9)),
    ("contrainte", (3, 40)),
    ("contrainte_signifiee", (5, 20)),
    ("titre_definitif", (1, 15)),
    ("opposition_tiers", (5, 40)),
];

/// Poursuit les créances ouvertes de la caisse, de leur émission jusqu'à `aujourdhui`, inclus.
///
/// # Errors
/// Le refus de la base.
pub async fn poursuivre(
    db: &Db,
    population: &Population,
    maintenant: Timestamp,
    aujourdhui: Date,
) -> Result<(), Erreur> {
    let cle = population.cle("procedures");
    let mut derniere = 0;
    loop {
        let lot: Result<Option<i64>, Erreur> = ecrire!(db, |tx| {
            let suivies = ouvertes(tx, derniere, LOT).await?;
            let mut faits = Vec::new();
            for suivie in &suivies {
                faits.extend(inventer(suivie, cle, aujourdhui)?);
            }
            reprendre(db, tx, &faits, maintenant, aujourdhui).await?;
            Ok(suivies.last().map(|suivie| suivie.creance))
        });
        match lot? {
            Some(creance) => derniere = creance,
            None => return Ok(()),
        }
    }
}

fn inventer(suivie: &Suivie, cle: Cle, aujourdhui: Date) -> Result<Vec<FaitRepris>, Erreur> {
    let mut tirage = Tirage::nouveau(cle, u64::try_from(suivie.creance).unwrap_or_default());
    let mut parcours = suivie.parcours.clone();
    let emission = parcours.faits()[0].jour;
    // La relance d'une cotisation ne part pas de son émission, mais de son échéance.
    let mut jour = match suivie.nature {
        Nature::Cotisation(_) => emission.max(parcours.exigible_le()),
        Nature::Indu(_) | Nature::Soins(_) => emission,
    };
    for (code, (min, max)) in CHEMIN {
        let Some(etape) = parcours.procedure().etape(code) else {
            continue;
        };
        let attente = jour_ouvre(plus_jours(jour, tirage.entre(min, max)));
        let Some(le) = possible(&parcours, etape, attente, &mut tirage) else {
            break;
        };
        if le > aujourdhui || tirage.sur_mille(120) {
            break;
        }
        parcours = parcours.avancer(etape, le)?;
        jour = le;
        if ["notification_recue", "mise_en_demeure_recue"].contains(&code) && tirage.sur_mille(70) {
            contester(&mut parcours, jour, aujourdhui, &mut tirage)?;
            break;
        }
    }
    let inventes = parcours.faits().iter().skip(suivie.parcours.faits().len());
    Ok(inventes
        .map(|fait| FaitRepris {
            creance: suivie.creance,
            dossier: suivie.dossier,
            nature: suivie.nature,
            etape: fait.etape,
            jour: fait.jour,
            auteur: Service::Recouvrement.identifiant(),
        })
        .collect())
}

/// Le jour où l'étape se fait : celui-ci, ou peu après celui que la procédure attend.
fn possible(
    parcours: &Parcours,
    etape: &'static EtapeProcedure,
    jour: Date,
    tirage: &mut Tirage,
) -> Option<Date> {
    match parcours.verifier(etape, jour) {
        Ok(()) => Some(jour),
        Err(Refus::TropTot { des_le, .. }) => {
            let jour = jour_ouvre(plus_jours(des_le, tirage.entre(0, 20)));
            parcours.verifier(etape, jour).is_ok().then_some(jour)
        }
        Err(_) => None,
    }
}

/// Le débiteur conteste ; parfois, c'est rejeté.
fn contester(
    parcours: &mut Parcours,
    depuis: Date,
    aujourdhui: Date,
    tirage: &mut Tirage,
) -> Result<(), Erreur> {
    let suites = [("recours_forme", (5, 50)), ("recours_rejete", (35, 70))];
    let mut jour = depuis;
    for (code, (min, max)) in suites {
        jour = jour_ouvre(plus_jours(jour, tirage.entre(min, max)));
        let Some(etape) = parcours.procedure().etape(code) else {
            return Ok(());
        };
        if jour > aujourdhui || parcours.verifier(etape, jour).is_err() {
            return Ok(());
        }
        *parcours = parcours.clone().avancer(etape, jour)?;
        if tirage.sur_mille(400) {
            return Ok(());
        }
    }
    Ok(())
}
