//! La fiche en classeur : par mois, par famille, les écarts et ce que l'agent peut en faire.

use creances::classeur::{Formats, euros, titrer};
use rust_xlsxwriter::{DocProperties, Format, Workbook, Worksheet};
use valeurs::date_fr;

use super::{Fiche, Totaux};
use crate::Erreur;
use crate::rapprocher::Preuve;

const MOIS: [(&str, u32); 9] = [
    ("Mois", 120),
    ("Échéance", 80),
    ("Déclaré", 100),
    ("Ordonné", 100),
    ("Encaissé", 100),
    ("Solde", 100),
    ("Émis au compte", 100),
    ("Imputé", 100),
    ("Écarts", 240),
];
const FAMILLES: [(&str, u32); 7] = [
    ("Période", 120),
    ("Famille", 280),
    ("Déclaré", 100),
    ("Émis au compte", 100),
    ("Différence", 100),
    ("Imputé", 100),
    ("Reste dû", 100),
];
const ECARTS: [(&str, u32); 6] = [
    ("Mois", 120),
    ("Écart", 170),
    ("Somme", 100),
    ("Ce qui s’est passé", 420),
    ("Que faire", 340),
    ("Où il se voit", 260),
];

/// Le classeur d'une fiche : trois feuilles, de vrais nombres et de vraies dates.
///
/// # Errors
/// [`Erreur::Classeur`] : de plus longues cellules qu'un classeur n'en tient.
pub fn classeur(fiche: &Fiche) -> Result<Vec<u8>, Erreur> {
    let e = &fiche.en_tete;
    let titre = format!("Fiche de synthèse {} au {}", e.matricule, date_fr(e.au));
    // Dans un en-tête d'impression, « & » introduit une commande.
    let impression = format!("&L{}&R{titre}", e.nom.replace('&', "&&"));
    let formats = Formats::nouveaux();
    let mut classeur = Workbook::new();
    let proprietes = DocProperties::new().set_title(&titre);
    classeur.set_properties(&proprietes.set_creation_datetime(&e.au));
    type Remplir = fn(&mut Worksheet, &Fiche, &Formats) -> Result<(), Erreur>;
    let feuilles: [(&str, Remplir); 3] = [
        ("Par mois", par_mois),
        ("Par famille", par_famille),
        ("Écarts", ecarts),
    ];
    for (nom, remplir) in feuilles {
        let feuille = classeur.add_worksheet().set_name(nom)?;
        feuille.set_landscape().set_header(&impression);
        remplir(feuille, fiche, &formats)?;
    }
    Ok(classeur.save_to_buffer()?)
}

fn par_mois(feuille: &mut Worksheet, fiche: &Fiche, formats: &Formats) -> Result<(), Erreur> {
    titrer(feuille, MOIS, formats)?;
    let sommes = |t: &Totaux| [t.declare, t.ordonne, t.encaisse, t.solde, t.emis, t.impute];
    let mut ligne = 0;
    for m in &fiche.mois {
        ligne += 1;
        feuille.write_string(ligne, 0, m.mois.libelle())?;
        if let Some(echeance) = m.echeance {
            feuille.write_datetime_with_format(ligne, 1, echeance, &formats.jour)?;
        }
        for (colonne, montant) in (2_u16..).zip(sommes(&m.totaux)) {
            feuille.write_number_with_format(ligne, colonne, euros(montant), &formats.euros)?;
        }
        let ecarts: Vec<&str> = m.ecarts.iter().map(|e| e.classe.libelle()).collect();
        feuille.write_string_with_format(ligne, 8, ecarts.join(", "), &phrase())?;
    }
    ligne += 1;
    feuille.write_string_with_format(ligne, 0, "Total", &formats.total)?;
    for (colonne, montant) in (2_u16..).zip(sommes(&fiche.totaux)) {
        feuille.write_number_with_format(ligne, colonne, euros(montant), &formats.total_euros)?;
    }
    Ok(())
}

fn par_famille(feuille: &mut Worksheet, fiche: &Fiche, formats: &Formats) -> Result<(), Erreur> {
    let derniere = titrer(feuille, FAMILLES, formats)?;
    let des_mois = fiche.mois.iter().flat_map(|m| {
        m.familles.iter().map(|f| {
            let montants = [Some(f.declare), Some(f.emis), Some(f.difference)];
            (m.mois.libelle(), f.famille, montants, [f.impute, f.reste])
        })
    });
    let autres = fiche.autres_periodes.iter().map(|a| {
        let montants = [None, Some(a.emis), None];
        (a.libelle.clone(), a.famille, montants, [a.impute, a.reste])
    });
    let mut ligne = 0;
    for (periode, famille, montants, reglements) in des_mois.chain(autres) {
        ligne += 1;
        feuille.write_string(ligne, 0, periode)?;
        feuille.write_string(ligne, 1, famille.libelle())?;
        let cellules = montants.into_iter().chain(reglements.map(Some));
        for (colonne, montant) in (2_u16..).zip(cellules) {
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

fn ecarts(feuille: &mut Worksheet, fiche: &Fiche, formats: &Formats) -> Result<(), Erreur> {
    let derniere = titrer(feuille, ECARTS, formats)?;
    let mut ligne = 0;
    for (mois, e) in fiche.ecarts() {
        ligne += 1;
        feuille.write_string(ligne, 0, mois.libelle())?;
        feuille.write_string(ligne, 1, e.classe.libelle())?;
        if !e.montant.est_nul() {
            feuille.write_number_with_format(ligne, 2, euros(e.montant), &formats.euros)?;
        }
        let preuves: Vec<String> = e.preuves.iter().map(Preuve::to_string).collect();
        let textes = [e.phrase.clone(), e.classe.suite().to_owned(), preuves.join(", ")];
        for (colonne, texte) in (3_u16..).zip(textes) {
            feuille.write_string_with_format(ligne, colonne, texte, &phrase())?;
        }
    }
    if ligne > 0 {
        feuille.autofilter(0, 0, ligne, derniere)?;
    }
    Ok(())
}

/// Une phrase, sur autant de lignes qu'il faut.
fn phrase() -> Format {
    Format::new().set_text_wrap()
}
