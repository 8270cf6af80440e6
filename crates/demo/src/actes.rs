//! De quoi composer des actes : une adresse à presque tous les débiteurs, les jours des versements indus.

use jiff::civil::Date;
use recouvrement::Erreur;
use recouvrement::actes::{AdressePostale, reprendre_adresses, reprendre_versements};
use storage::{Db, ecrire, sql};
use valeurs::DossierId;

use crate::Population;
use crate::historique::plus_jours;
use crate::tirage::Tirage;

/// Dossiers, ou créances, par transaction.
const LOT: i64 = 2_000;
/// Auteur de ce qui n'est signé par personne.
const AUTEUR: &str = "reprise";
/// Débiteurs dont l'adresse manque, sur mille ; indus dont les versements manquent.
const SANS_ADRESSE: u32 = 30;
const SANS_VERSEMENT: u32 = 40;
const VOIES: [&str; 12] = [
    "rue des Lilas",
    "rue de l’Église",
    "chemin du Moulin",
    "route des Vignes",
    "place du Marché",
    "rue du Lavoir",
    "chemin des Prés",
    "impasse des Noyers",
    "rue de la Fontaine",
    "route du Bourg",
    "allée des Tilleuls",
    "lieu-dit Les Granges",
];

/// Donne aux débiteurs de la caisse une adresse inventée, et aux indus les jours où ils ont été versés.
///
/// # Errors
/// Le refus de la base ou du coffre.
pub async fn adresser(db: &Db, population: &Population, aujourdhui: Date) -> Result<(), Erreur> {
    let cle = population.cle("adresses");
    let mut dernier = 0;
    loop {
        let lot: Result<Option<i64>, Erreur> = ecrire!(db, |tx| {
            let lus: Vec<(i64, String, String)> =
                sql!("SELECT id, commune, code_commune FROM debiteur WHERE id > $1 ORDER BY id LIMIT $2")
                    .bind(dernier)
                    .bind(LOT)
                    .toutes(tx)
                    .await?;
            let mut adresses = Vec::with_capacity(lus.len());
            for (id, commune, code) in &lus {
                let mut tirage = Tirage::nouveau(cle, u64::try_from(*id).unwrap_or_default());
                if tirage.sur_mille(SANS_ADRESSE) {
                    continue;
                }
                let voie = format!("{}, {}", tirage.entre(1, 180), tirage.parmi(&VOIES));
                let adresse: Option<AdressePostale> =
                    format!("{voie}\n{} {commune}", code_postal(code)).parse().ok();
                adresses.extend(adresse.map(|adresse| (DossierId::new(*id), adresse)));
            }
            reprendre_adresses(db, tx, &adresses, AUTEUR, aujourdhui).await?;
            Ok(lus.last().map(|(id, ..)| *id))
        });
        match lot? {
            Some(id) => dernier = id,
            None => break,
        }
    }
    dater_les_versements(db, population).await
}

/// Un code postal de la forme du département : inventé, comme la voie.
fn code_postal(code_commune: &str) -> String {
    let departement = if code_commune.starts_with("97") || code_commune.starts_with("98") {
        code_commune.get(..3)
    } else {
        code_commune.get(..2)
    };
    let departement = departement.unwrap_or("33").replace(['A', 'B'], "0");
    format!("{departement:0<5}")
}

async fn dater_les_versements(db: &Db, population: &Population) -> Result<(), Erreur> {
    let cle = population.cle("versements");
    let mut derniere = 0;
    loop {
        let lot: Result<Option<i64>, Erreur> = ecrire!(db, |tx| {
            let lues: Vec<(i64, String, String)> = sql!(
                "SELECT id, periode_debut, periode_fin FROM creance WHERE id > $1 AND +branche <> 1 ORDER BY id LIMIT $2"
            )
            .bind(derniere)
            .bind(LOT)
            .toutes(tx)
            .await?;
            let mut versements = Vec::new();
            for (id, debut, fin) in &lues {
                let mut tirage = Tirage::nouveau(cle, u64::try_from(*id).unwrap_or_default());
                let (Ok(debut), Ok(fin)) = (debut.parse::<Date>(), fin.parse::<Date>()) else {
                    continue;
                };
                if tirage.sur_mille(SANS_VERSEMENT) {
                    continue;
                }
                let mut jour = plus_jours(debut, tirage.entre(0, 5)).min(fin);
                for _ in 0..3 {
                    if jour > fin {
                        break;
                    }
                    versements.push((*id, jour));
                    jour = plus_jours(jour, 30);
                }
            }
            reprendre_versements(tx, &versements).await?;
            Ok(lues.last().map(|(id, ..)| *id))
        });
        match lot? {
            Some(id) => derniere = id,
            None => return Ok(()),
        }
    }
}
