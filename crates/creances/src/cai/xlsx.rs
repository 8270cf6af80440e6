use rust_xlsxwriter::{DocProperties, Workbook, Worksheet};
use valeurs::{Montant, date_fr};

use super::{Cai, LigneCai, Rubrique, Totaux};
use crate::Erreur;
use crate::classeur::{Formats, euros, titrer};

const MOUVEMENTS: [(&str, u32); 12] = [
    ("Date", 80),
    ("Période", 130),
    ("Famille", 240),
    ("Poste", 110),
    ("Rubrique", 170),
    ("Débit", 90),
    ("Crédit", 90),
    ("Référence", 130),
    ("Exigible le", 80),
    ("Payé le", 80),
    ("Auteur", 120),
    ("Motif", 240),
];

/// Le compte en classeur : une feuille par période et famille, une feuille des mouvements ; de vrais nombres et de
/// vraies dates. Les mêmes données donnent les mêmes octets.
///
/// # Errors
/// [`Erreur::Classeur`] : plus de lignes, ou de plus longues cellules, qu'un classeur n'en tient.
pub fn xlsx(cai: &Cai) -> Result<Vec<u8>, Erreur> {
    let e = &cai.en_tete;
    let titre = format!("Compte adhérent individuel {} au {}", e.matricule, date_fr(e.au));
    // Dans un en-tête d'impression, « & » introduit une commande.
    let nom = format!("{} {}", e.nom, e.prenom).trim_end().replace('&', "&&");
    let impression = format!("&L{nom}&R{titre}");
    let formats = Formats::nouveaux();
    let mut classeur = Workbook::new();
    classeur.set_properties(
        &DocProperties::new()
            .set_title(&titre)
            .set_creation_datetime(&e.au),
    );
    let feuille = classeur.add_worksheet().set_name("Par période")?;
    feuille.set_landscape().set_header(&impression);
    par_periode(feuille, cai, &formats)?;
    let feuille = classeur.add_worksheet().set_name("Mouvements")?;
    feuille.set_landscape().set_header(&impression);
    mouvements(feuille, &cai.lignes, &formats)?;
    Ok(classeur.save_to_buffer()?)
}

/// Période, famille, une colonne par rubrique présente (débit moins crédit), débit, crédit, solde ; puis le total.
fn par_periode(feuille: &mut Worksheet, cai: &Cai, formats: &Formats) -> Result<(), Erreur> {
    let mut rubriques: Vec<Rubrique> = Vec::new();
    for r in cai.totaux.iter().flat_map(|t| &t.rubriques) {
        if !rubriques.contains(&r.rubrique) {
            rubriques.push(r.rubrique);
        }
    }
    rubriques.sort_by_key(|r| r.rang());
    let titres = ["Période".to_owned(), "Famille".to_owned()]
        .into_iter()
        .chain(rubriques.iter().map(Rubrique::to_string))
        .chain(["Débit", "Crédit", "Solde"].map(str::to_owned));
    let largeurs = [130, 240].into_iter().chain(std::iter::repeat(100));
    let derniere = titrer(feuille, titres.zip(largeurs), formats)?;
    let mut ligne = 0;
    for t in &cai.totaux {
        ligne += 1;
        feuille.write_string(ligne, 0, t.periode_libelle.as_str())?;
        feuille.write_string(ligne, 1, t.famille.map(|f| f.to_string()).unwrap_or_default())?;
        for (colonne, montant) in (2_u16..).zip(cellules(t, &rubriques)?) {
            if let Some(montant) = montant {
                feuille.write_number_with_format(ligne, colonne, euros(montant), &formats.euros)?;
            }
        }
    }
    if ligne > 0 {
        feuille.autofilter(0, 0, ligne, derniere)?;
    }
    ligne += 1;
    feuille.write_string_with_format(ligne, 0, "Total", &formats.total)?;
    let e = &cai.en_tete;
    for (recul, montant) in [(2, e.debit), (1, e.credit), (0, e.solde)] {
        feuille.write_number_with_format(ligne, derniere - recul, euros(montant), &formats.total_euros)?;
    }
    Ok(())
}

fn cellules(t: &Totaux, rubriques: &[Rubrique]) -> Result<Vec<Option<Montant>>, Erreur> {
    let mut cellules = Vec::with_capacity(rubriques.len() + 3);
    for rubrique in rubriques {
        let total = t.rubriques.iter().find(|r| r.rubrique == *rubrique);
        cellules.push(total.map(|r| r.debit.checked_sub(r.credit)).transpose()?);
    }
    cellules.extend([t.debit, t.credit, t.solde].map(Some));
    Ok(cellules)
}

fn mouvements(feuille: &mut Worksheet, lignes: &[LigneCai], formats: &Formats) -> Result<(), Erreur> {
    let derniere = titrer(feuille, MOUVEMENTS, formats)?;
    let mut ligne = 0;
    for l in lignes {
        ligne += 1;
        let textes = [
            (1, l.periode_libelle.clone()),
            (2, l.famille.map(|f| f.to_string()).unwrap_or_default()),
            (3, l.poste.map(|p| p.libelle().to_owned()).unwrap_or_default()),
            (4, l.rubrique.to_string()),
            (7, l.reference.clone()),
            (10, l.auteur.clone()),
            (11, l.motif.clone().unwrap_or_default()),
        ];
        for (colonne, texte) in textes {
            feuille.write_string(ligne, colonne, texte)?;
        }
        for (colonne, date) in [(0, Some(l.jour)), (8, l.exigible_le), (9, l.paye_le)] {
            if let Some(date) = date {
                feuille.write_datetime_with_format(ligne, colonne, date, &formats.jour)?;
            }
        }
        for (colonne, montant) in [(5, l.debit()), (6, l.credit())] {
            if let Some(montant) = montant {
                feuille.write_number_with_format(ligne, colonne, euros(montant), &formats.euros)?;
            }
        }
    }
    if ligne > 0 {
        feuille.autofilter(0, 0, ligne, derniere)?;
    }
    Ok(())
}
