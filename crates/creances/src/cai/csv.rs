use jiff::civil::Date;
use valeurs::{Montant, date_fr};

use super::Cai;

const TITRES: [&str; 13] = [
    "Type",
    "Date",
    "Période",
    "Famille",
    "Poste",
    "Rubrique",
    "Débit",
    "Crédit",
    "Solde",
    "Référence",
    "Exigible le",
    "Auteur",
    "Motif",
];

/// Le compte en CSV pour tableur : point-virgule, virgule décimale, UTF-8 avec sa marque, lignes CRLF.
///
/// Les mouvements de chaque période et famille, puis leur solde ; à la fin, le total. Une cellule de texte ne peut
/// pas devenir une formule.
#[must_use]
pub fn csv(cai: &Cai) -> String {
    let mut sortie = String::from('\u{FEFF}');
    ecrire(&mut sortie, TITRES.map(str::to_owned));
    for t in &cai.totaux {
        for l in cai.lignes.iter().filter(|l| t.comprend(l)) {
            ecrire(
                &mut sortie,
                [
                    "mouvement".to_owned(),
                    date_fr(l.jour),
                    texte(&l.periode_libelle),
                    l.famille.map(|f| texte(&f.to_string())).unwrap_or_default(),
                    l.poste.map(|p| texte(p.libelle())).unwrap_or_default(),
                    texte(&l.rubrique.to_string()),
                    somme(l.debit()),
                    somme(l.credit()),
                    String::new(),
                    texte(&l.reference),
                    jour(l.exigible_le),
                    texte(&l.auteur),
                    texte(l.motif.as_deref().unwrap_or_default()),
                ],
            );
        }
        let famille = t.famille.map(|f| texte(&f.to_string())).unwrap_or_default();
        let montants = [t.debit, t.credit, t.solde];
        ecrire(
            &mut sortie,
            bilan(
                "solde",
                String::new(),
                texte(&t.periode_libelle),
                famille,
                montants,
            ),
        );
    }
    let e = &cai.en_tete;
    let montants = [e.debit, e.credit, e.solde];
    ecrire(
        &mut sortie,
        bilan("total", date_fr(e.au), String::new(), String::new(), montants),
    );
    sortie
}

fn bilan(
    genre: &str,
    jour: String,
    periode: String,
    famille: String,
    montants: [Montant; 3],
) -> [String; 13] {
    let [debit, credit, solde] = montants.map(|m| somme(Some(m)));
    let v = String::new;
    [
        genre.to_owned(),
        jour,
        periode,
        famille,
        v(),
        v(),
        debit,
        credit,
        solde,
        v(),
        v(),
        v(),
        v(),
    ]
}

fn jour(date: Option<Date>) -> String {
    date.map(date_fr).unwrap_or_default()
}

fn somme(montant: Option<Montant>) -> String {
    montant
        .map(|m| m.en_point().replace('.', ","))
        .unwrap_or_default()
}

/// Un tableur exécute ce qui commence par un de ces signes : l'apostrophe en fait un texte.
fn texte(brut: &str) -> String {
    match brut.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{brut}")
        }
        _ => brut.to_owned(),
    }
}

fn ecrire(sortie: &mut String, cellules: [String; 13]) {
    let cellules = cellules.map(|c| {
        if c.contains([';', '"', '\r', '\n']) {
            format!("\"{}\"", c.replace('"', "\"\""))
        } else {
            c
        }
    });
    sortie.push_str(&cellules.join(";"));
    sortie.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn aucune_cellule_de_texte_n_est_une_formule(brut in "[=+@\\-\t\r\na-z;\"]{0,12}") {
            let cellule = texte(&brut);
            prop_assert!(!cellule.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            let mut ligne = String::new();
            let mut cellules = <[String; 13]>::default();
            cellules[0] = cellule.clone();
            ecrire(&mut ligne, cellules);
            let mut lecteur = ::csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(ligne.as_bytes());
            let relue = lecteur.records().next().unwrap().unwrap();
            prop_assert_eq!(relue.get(0), Some(cellule.as_str()));
            prop_assert_eq!(relue.len(), 13);
        }
    }

    #[test]
    fn les_sommes_ont_la_virgule_des_tableurs_francais() {
        assert_eq!(somme(Some(Montant::de_centimes(-123_456))), "-1234,56");
        assert_eq!(somme(Some(Montant::ZERO)), "0,00");
        assert_eq!(somme(None), "");
    }
}
