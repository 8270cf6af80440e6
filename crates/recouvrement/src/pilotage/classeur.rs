use creances::classeur::{Formats, euros, titrer};
use droit::ModeEnvoi;
use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, Workbook, Worksheet};
use valeurs::{Montant, date_fr};

use super::{Age, Depense, Pilotage};
use crate::Erreur;

const COHORTES: [(&str, u32); 16] = [
    ("Émises en", 80),
    ("Nature", 280),
    ("Créances", 80),
    ("Émis", 110),
    ("Majorations et frais", 110),
    ("Encaissé", 110),
    ("Annulé", 110),
    ("Remis", 110),
    ("Non-valeur", 110),
    ("Transféré", 110),
    ("Reste dû", 110),
    ("Taux de recouvrement", 110),
    ("Encaissé en 3 mois", 110),
    ("En 6 mois", 110),
    ("En 12 mois", 110),
    ("En 24 mois", 110),
];

/// Le pilotage en classeur : cohortes, étapes, ancienneté, actes. Les mêmes données donnent les mêmes octets.
///
/// # Errors
/// Plus de lignes qu'un classeur n'en tient ; un dépassement.
pub fn xlsx(pilotage: &Pilotage, depense: Option<&Depense>, au: Date) -> Result<Vec<u8>, Erreur> {
    let formats = Formats::nouveaux();
    let mut classeur = Workbook::new();
    let titre = format!("Pilotage au {}", date_fr(au));
    classeur.set_properties(&DocProperties::new().set_title(&titre).set_creation_datetime(&au));
    let mut feuilles = ["Cohortes", "Étapes", "Ancienneté", "Actes"].into_iter();
    let mut feuille = |classeur: &mut Workbook, ecrire: &dyn Fn(&mut Worksheet) -> Result<(), Erreur>| {
        let feuille = classeur
            .add_worksheet()
            .set_name(feuilles.next().unwrap_or_default())?;
        feuille.set_landscape().set_header(format!("&L{titre}"));
        ecrire(feuille)
    };
    feuille(&mut classeur, &|f| cohortes(f, pilotage, &formats))?;
    feuille(&mut classeur, &|f| {
        let lignes = pilotage
            .etapes
            .iter()
            .map(|e| (e.libelle.as_str(), e.nombre, e.reste));
        comptes(f, "Étape", lignes, &formats)
    })?;
    feuille(&mut classeur, &|f| {
        let ages = Age::TOUS.iter().zip(pilotage.ages);
        comptes(
            f,
            "Retard",
            ages.map(|(age, (n, m))| (age.libelle(), n, m)),
            &formats,
        )
    })?;
    feuille(&mut classeur, &|f| actes(f, pilotage, depense, &formats))?;
    Ok(classeur.save_to_buffer()?)
}

fn cohortes(feuille: &mut Worksheet, pilotage: &Pilotage, formats: &Formats) -> Result<(), Erreur> {
    let derniere = titrer(feuille, COHORTES, formats)?;
    let mut ligne = 0;
    for ((annee, nature), c) in &pilotage.cohortes {
        ligne += 1;
        feuille.write_number(ligne, 0, nombre(annee))?;
        feuille.write_string(ligne, 1, nature.to_string())?;
        feuille.write_number(ligne, 2, nombre(&c.nombre))?;
        let sommes = [
            c.emis,
            c.majorations,
            c.encaisse()?,
            c.annule,
            c.remis,
            c.non_valeur,
            c.transfere,
            c.reste,
        ];
        for (colonne, montant) in (3_u16..).zip(sommes) {
            feuille.write_number_with_format(ligne, colonne, euros(montant), &formats.euros)?;
        }
        feuille.write_string(ligne, 11, c.taux()?.map(|t| t.to_string()).unwrap_or_default())?;
        for (colonne, rang) in (12_u16..).zip(0..4) {
            feuille.write_number_with_format(
                ligne,
                colonne,
                euros(c.encaisse_dans(rang)?),
                &formats.euros,
            )?;
        }
    }
    if ligne > 0 {
        feuille.autofilter(0, 0, ligne, derniere)?;
    }
    Ok(())
}

fn comptes<'a>(
    feuille: &mut Worksheet,
    titre: &str,
    lignes: impl Iterator<Item = (&'a str, u64, Montant)>,
    formats: &Formats,
) -> Result<(), Erreur> {
    titrer(
        feuille,
        [(titre, 280), ("Créances", 80), ("Reste dû", 110)],
        formats,
    )?;
    for (ligne, (libelle, combien, reste)) in (1..).zip(lignes) {
        feuille.write_string(ligne, 0, libelle)?;
        feuille.write_number(ligne, 1, nombre(&combien))?;
        feuille.write_number_with_format(ligne, 2, euros(reste), &formats.euros)?;
    }
    Ok(())
}

fn actes(
    feuille: &mut Worksheet,
    pilotage: &Pilotage,
    depense: Option<&Depense>,
    formats: &Formats,
) -> Result<(), Erreur> {
    let titres = [
        ("Envoi", 200),
        ("Actes", 80),
        ("Coût unitaire", 110),
        ("Coût", 110),
    ];
    titrer(feuille, titres, formats)?;
    for (ligne, envoi) in (1..).zip(ModeEnvoi::TOUS) {
        let combien = pilotage.actes.as_ref().and_then(|actes| actes.get(envoi));
        feuille.write_string(ligne, 0, envoi.libelle())?;
        feuille.write_number(ligne, 1, nombre(combien.unwrap_or(&0)))?;
        let couts = depense.and_then(|d| d.lignes.iter().find(|l| l.envoi == *envoi));
        for (colonne, montant) in (2_u16..).zip(couts.into_iter().flat_map(|l| [l.unitaire, l.total])) {
            feuille.write_number_with_format(ligne, colonne, euros(montant), &formats.euros)?;
        }
    }
    Ok(())
}

/// Un nombre d'écran : une cellule de tableur n'en connaît pas d'autre que flottant.
fn nombre(n: &impl ToString) -> f64 {
    n.to_string().parse().unwrap_or(f64::NAN)
}
