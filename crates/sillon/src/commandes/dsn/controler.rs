//! `sillon dsn controler`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use dsn::{Anomalie, Gravite, Rapport};
use serde::Serialize;

use super::super::Fin;
use super::sources::Source;
use crate::arguments::{ControlerDsn, Format};
use crate::sortie::Table;

/// Une anomalie.
#[derive(Serialize)]
struct LigneAnomalie<'a> {
    fichier: &'a str,
    ligne: u64,
    rubrique: Option<String>,
    controle: &'static str,
    gravite: &'static str,
    message: &'a str,
}

pub(super) fn lancer(format: Format, arguments: &ControlerDsn) -> Result<Fin> {
    let sources = arguments
        .fichiers
        .iter()
        .map(|chemin| Source::ouvrir(chemin))
        .collect::<Result<Vec<_>>>()?;
    let mut table = Table::ouvrir(format, "fichier, ligne : gravité, contrôle : ce qui ne va pas")?;
    let mut bilans = Vec::new();
    for source in &sources {
        source.relire(|lecture, nom| {
            let mut rapport = Rapport::default();
            let mut refus = None;
            let bilan = dsn::controler(lecture, nom, |anomalie| {
                if refus.is_none() {
                    refus = imprimer(&mut table, nom, &anomalie).err();
                }
                if arguments.html.is_some() {
                    rapport.ajouter(anomalie);
                }
            })?;
            refus.map_or(Ok(()), Err)?;
            if let Some(page) = &arguments.html {
                let page = numeroter(page, bilans.len());
                fs::write(&page, dsn::rapport_html(nom, &bilan, &rapport))
                    .with_context(|| format!("{} ne peut être écrit", page.display()))?;
            }
            bilans.push((nom.to_owned(), bilan));
            Ok(())
        })?;
    }
    table.fermer()?;
    for (nom, b) in &bilans {
        eprintln!(
            "{nom} : {} lignes, {} déclarations ; {} anomalies bloquantes, {} signalements",
            b.lignes, b.declarations, b.bloquants, b.signalements
        );
    }
    let bloque = bilans.iter().any(|(_, b)| !b.accepte());
    Ok(if bloque { Fin::Constat } else { Fin::Bien })
}

/// La page du premier fichier, puis « page-2.html », « page-3.html »…
fn numeroter(page: &Path, precedents: usize) -> PathBuf {
    if precedents == 0 {
        return page.to_owned();
    }
    let nom = page.file_stem().unwrap_or_default().to_string_lossy();
    let suite = page.extension().map(|e| format!(".{}", e.to_string_lossy()));
    page.with_file_name(format!("{nom}-{}{}", precedents + 1, suite.unwrap_or_default()))
}

fn imprimer(table: &mut Table, fichier: &str, a: &Anomalie) -> Result<()> {
    let ligne = LigneAnomalie {
        fichier,
        ligne: a.ligne,
        rubrique: a.rubrique.map(|r| r.to_string()),
        controle: a.controle,
        gravite: Gravite::mot(a.gravite),
        message: &a.message,
    };
    table.ligne(&ligne, || {
        format!(
            "{fichier}, ligne {} : {}, {} : {}",
            a.ligne,
            a.gravite.mot(),
            a.controle,
            a.message
        )
    })
}
