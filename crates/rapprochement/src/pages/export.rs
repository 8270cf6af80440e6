//! Le mois d'une caisse en classeur : ses établissements, puis ses écarts.

use acces::{Objet, Permis, Route, Visite, actions};
use axum::response::Response;
use creances::classeur::{Formats, euros, titrer};
use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, Workbook, Worksheet};
use storage::lire;
use valeurs::Periode;
use web::{Adresse, Genre, telecharger};

use super::EXPORT;
use super::tableau::{mois_courant, mois_demande};
use crate::Erreur;
use crate::ecarts::{EtablissementConstate, FiltreEtablissements, combien, etablissements};

/// Établissements lus d'un mouvement.
const LOT: u32 = 5_000;
const ETABLISSEMENTS: [(&str, u32); 8] = [
    ("SIRET", 120),
    ("Employeur", 260),
    ("Échéance", 80),
    ("Déclaré", 100),
    ("Ordonné", 100),
    ("Encaissé", 100),
    ("Solde", 100),
    ("Écarts", 260),
];
const ECARTS: [(&str, u32); 5] = [
    ("SIRET", 120),
    ("Employeur", 260),
    ("Écart", 220),
    ("Somme en cause", 110),
    ("État", 140),
];

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get::<actions::ConsulterDsn, _, _>(EXPORT, exporter)]
}

async fn exporter(visite: Visite<actions::ConsulterDsn>, adresse: Adresse) -> Result<Response, web::Erreur> {
    let mois = match mois_demande(&adresse) {
        Some(mois) => mois,
        None => mois_courant(visite.aujourdhui())?,
    };
    let nombre: Result<u64, Erreur> = lire!(visite.db(), |tx| combien(tx, mois).await);
    let permis = visite.permis(Objet::Liste { nombre: nombre? }, None).await?;
    let lignes = tous(&visite, &permis, mois).await?;
    let au = visite.aujourdhui();
    let classeur = tokio::task::spawn_blocking(move || composer(&lignes, mois, au))
        .await
        .map_err(|e| web::Erreur::interne(&e))??;
    Ok(telecharger(&format!("dsn-{mois}-au-{au}"), Genre::Xlsx, classeur))
}

async fn tous(
    visite: &Visite<actions::ConsulterDsn>,
    permis: &Permis<actions::ConsulterDsn>,
    mois: Periode,
) -> Result<Vec<EtablissementConstate>, Erreur> {
    let mut lignes = Vec::new();
    loop {
        let decalage = u64::try_from(lignes.len()).unwrap_or(u64::MAX);
        let lot: Result<_, Erreur> = lire!(visite.db(), |tx| {
            etablissements(tx, permis, mois, FiltreEtablissements::Tous, decalage, LOT).await
        });
        let (lot, _) = lot?;
        if lot.is_empty() {
            return Ok(lignes);
        }
        lignes.extend(lot);
    }
}

fn composer(lignes: &[EtablissementConstate], mois: Periode, au: Date) -> Result<Vec<u8>, Erreur> {
    let formats = Formats::nouveaux();
    let titre = format!("DSN, {}", mois.libelle());
    let mut classeur = Workbook::new();
    classeur.set_properties(&DocProperties::new().set_title(&titre).set_creation_datetime(&au));
    let impression = format!("&L{titre}&R{}", valeurs::date_fr(au));
    let feuille = classeur.add_worksheet().set_name("Établissements")?;
    feuille.set_landscape().set_header(&impression);
    etablissements_du_mois(feuille, lignes, &formats)?;
    let feuille = classeur.add_worksheet().set_name("Écarts")?;
    feuille.set_landscape().set_header(&impression);
    ecarts_du_mois(feuille, lignes, &formats)?;
    Ok(classeur.save_to_buffer()?)
}

fn nom(etablissement: &EtablissementConstate) -> &str {
    etablissement
        .employeur
        .as_ref()
        .map(|(_, nom)| nom.as_str())
        .unwrap_or_default()
}

fn etablissements_du_mois(
    feuille: &mut Worksheet,
    lignes: &[EtablissementConstate],
    formats: &Formats,
) -> Result<(), Erreur> {
    let derniere = titrer(feuille, ETABLISSEMENTS, formats)?;
    let mut ligne = 0;
    for e in lignes {
        ligne += 1;
        feuille.write_string(ligne, 0, e.siret.as_str())?;
        feuille.write_string(ligne, 1, nom(e))?;
        if let Some(echeance) = e.echeance {
            feuille.write_datetime_with_format(ligne, 2, echeance, &formats.jour)?;
        }
        for (colonne, montant) in [(3, e.declare), (4, e.ordonne), (5, e.encaisse), (6, e.solde)] {
            feuille.write_number_with_format(ligne, colonne, euros(montant), &formats.euros)?;
        }
        let ecarts: Vec<&str> = e.ecarts.iter().map(|(_, classe, ..)| classe.libelle()).collect();
        feuille.write_string(ligne, 7, ecarts.join(", "))?;
    }
    if ligne > 0 {
        feuille.autofilter(0, 0, ligne, derniere)?;
    }
    Ok(())
}

fn ecarts_du_mois(
    feuille: &mut Worksheet,
    lignes: &[EtablissementConstate],
    formats: &Formats,
) -> Result<(), Erreur> {
    let derniere = titrer(feuille, ECARTS, formats)?;
    let mut ligne = 0;
    for e in lignes {
        for (_, classe, montant, etat) in &e.ecarts {
            ligne += 1;
            feuille.write_string(ligne, 0, e.siret.as_str())?;
            feuille.write_string(ligne, 1, nom(e))?;
            feuille.write_string(ligne, 2, classe.libelle())?;
            feuille.write_number_with_format(ligne, 3, euros(*montant), &formats.euros)?;
            feuille.write_string(ligne, 4, etat.libelle())?;
        }
    }
    if ligne > 0 {
        feuille.autofilter(0, 0, ligne, derniere)?;
    }
    Ok(())
}
