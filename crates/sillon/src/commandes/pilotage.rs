//! `sillon pilotage`.

use acces::{Objet, Permis, actions};
use anyhow::{Result, bail};
use recouvrement::actes::{Reglages, dossier};
use recouvrement::pilotage::{Cohorte, Etape, FiltrePilotage, Pilotage, Taux, depense, lire};
use serde::Serialize;
use valeurs::{CodeCaisse, Montant};

use super::Fin;
use crate::arguments::{self, Par};
use crate::configuration::{Configuration, operateur};
use crate::sortie::Table;

/// Les colonnes d'une cohorte, en texte ; la première ligne est leur titre.
fn colonnes(
    [
        caisse,
        selon,
        creances,
        emis,
        encaisse,
        autrement,
        reste,
        taux,
        cout,
    ]: [&str; 9],
) -> String {
    format!(
        "{caisse:<6}  {selon:<58} {creances:>9} {emis:>16} {encaisse:>16} {autrement:>16} {reste:>16} {taux:>9} \
         {cout:>14}"
    )
}

/// Celles d'une étape.
fn colonnes_d_etape([caisse, etape, creances, reste]: [&str; 4]) -> String {
    format!("{caisse:<6}  {etape:<58} {creances:>9} {reste:>16}")
}

pub(super) async fn lancer(configuration: &Configuration, arguments: arguments::Pilotage) -> Result<Fin> {
    let caisses = if arguments.caisse.is_empty() {
        configuration.lieu.caisses().await?
    } else {
        arguments.caisse
    };
    if caisses.is_empty() {
        bail!("aucune caisse à compter : créez-en une avec « sillon caisse creer » ou « sillon demo »");
    }
    let mut bases = Vec::with_capacity(caisses.len());
    for caisse in caisses {
        bases.push(configuration.ouvrir(caisse).await?);
    }
    let en_tete = if arguments.par == Par::Etape {
        colonnes_d_etape(["caisse", "étape", "créances", "reste dû"])
    } else {
        colonnes([
            "caisse",
            "selon",
            "créances",
            "émis",
            "encaissé",
            "éteint autrement",
            "reste dû",
            "taux",
            "coût de 100 €",
        ])
    };
    let mut table = Table::ouvrir(configuration.format, &en_tete)?;
    for db in bases {
        let caisse = db.caisse();
        let permis = Permis::<actions::ConsulterDossier>::operateur(
            &db,
            &configuration.horloge,
            &operateur(),
            Objet::Caisse,
        )
        .await?;
        let comptes = lire(&db, &permis, configuration.horloge.maintenant()).await?;
        let pilotage = Pilotage::ranger(&comptes, FiltrePilotage::default())?;
        match arguments.par {
            Par::Caisse => {
                let cout = cout(configuration, caisse, &pilotage)?;
                cohorte(&mut table, caisse, "ensemble".to_owned(), &pilotage.total, cout)?;
            }
            Par::Annee => {
                for (annee, c) in &pilotage.annees {
                    cohorte(&mut table, caisse, annee.to_string(), c, None)?;
                }
            }
            Par::Nature => {
                for (nature, c) in &pilotage.natures {
                    cohorte(&mut table, caisse, nature.to_string(), c, None)?;
                }
            }
            Par::Etape => {
                for e in &pilotage.etapes {
                    etape(&mut table, caisse, e)?;
                }
            }
        }
        db.fermer().await;
    }
    table.fermer()?;
    Ok(Fin::Bien)
}

/// Ce que coûtent 100 € encaissés ; rien si la caisse n'a pas dit ce que coûtent ses actes, ou n'a rien encaissé.
fn cout(configuration: &Configuration, caisse: CodeCaisse, pilotage: &Pilotage) -> Result<Option<Montant>> {
    let reglages = Reglages::lire(&dossier(&configuration.donnees, caisse)).ok();
    let couts = reglages.as_ref().and_then(Reglages::couts);
    let (Some(couts), Some(actes)) = (couts, &pilotage.actes) else {
        return Ok(None);
    };
    Ok(depense(couts, actes, pilotage.recettes)?.pour_cent_euros())
}

/// Une cohorte ; montants en centimes, taux en centièmes de pour cent.
#[derive(Serialize)]
struct LigneCohorte {
    caisse: &'static str,
    selon: String,
    creances: u64,
    emis_centimes: i64,
    majorations_centimes: i64,
    encaisse_centimes: i64,
    annule_centimes: i64,
    remis_centimes: i64,
    non_valeur_centimes: i64,
    transfere_centimes: i64,
    reste_centimes: i64,
    taux_centiemes: Option<i64>,
    cout_de_100_euros_centimes: Option<i64>,
}

fn cohorte(
    table: &mut Table,
    caisse: CodeCaisse,
    selon: String,
    c: &Cohorte,
    cout: Option<Montant>,
) -> Result<()> {
    let (encaisse, taux) = (c.encaisse()?, c.taux()?);
    let autrement = Montant::somme([c.annule, c.remis, c.non_valeur, c.transfere])?;
    let ligne = LigneCohorte {
        caisse: caisse.code(),
        selon,
        creances: c.nombre,
        emis_centimes: c.emis.centimes(),
        majorations_centimes: c.majorations.centimes(),
        encaisse_centimes: encaisse.centimes(),
        annule_centimes: c.annule.centimes(),
        remis_centimes: c.remis.centimes(),
        non_valeur_centimes: c.non_valeur.centimes(),
        transfere_centimes: c.transfere.centimes(),
        reste_centimes: c.reste.centimes(),
        taux_centiemes: taux.map(Taux::centiemes),
        cout_de_100_euros_centimes: cout.map(Montant::centimes),
    };
    table.ligne(&ligne, || {
        let absent = || "–".to_owned();
        colonnes([
            ligne.caisse,
            &ligne.selon,
            &ligne.creances.to_string(),
            &c.emis.to_string(),
            &encaisse.to_string(),
            &autrement.to_string(),
            &c.reste.to_string(),
            &taux.map_or_else(absent, |taux| taux.to_string()),
            &cout.map_or_else(absent, |cout| cout.to_string()),
        ])
    })
}

/// Ce qui reste dû à une étape.
#[derive(Serialize)]
struct LigneEtape<'a> {
    caisse: &'static str,
    etape: &'a str,
    creances: u64,
    reste_centimes: i64,
}

fn etape(table: &mut Table, caisse: CodeCaisse, e: &Etape) -> Result<()> {
    let ligne = LigneEtape {
        caisse: caisse.code(),
        etape: &e.libelle,
        creances: e.nombre,
        reste_centimes: e.reste.centimes(),
    };
    table.ligne(&ligne, || {
        colonnes_d_etape([
            ligne.caisse,
            ligne.etape,
            &ligne.creances.to_string(),
            &e.reste.to_string(),
        ])
    })
}
