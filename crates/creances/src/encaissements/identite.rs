use std::collections::HashMap;

use releves::{Ligne, Operation};
use storage::Coffre;
use valeurs::Iban;

/// Ce qui fait d'une ligne de banque une recette et une seule (docs/adr/0006).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identite {
    pub(super) octets: Vec<u8>,
    /// Identité de l'écriture dont la ligne est un détail parmi d'autres.
    pub(super) lot: Option<Vec<u8>>,
    /// La ligne porte une référence de banque : l'identité est sûre, pas présumée.
    pub(super) sure: bool,
}

/// Donne leur identité aux lignes d'un fichier, dans l'ordre.
///
/// Avec une référence de banque : le compte, la référence, et celle du détail si l'écriture en regroupe plusieurs.
/// Sans référence : tout ce que la ligne dit, et son rang parmi les lignes identiques **du même fichier** ; deux
/// lignes identiques d'un fichier sont deux recettes, une ligne revue dans un autre fichier est présumée la même.
#[derive(Default)]
pub(super) struct Identites {
    rangs: HashMap<Vec<u8>, u32>,
}

impl Identites {
    pub(super) fn suivante(&mut self, coffre: &Coffre, ligne: &Ligne) -> Identite {
        if let Some(reference) = &ligne.reference_bancaire {
            let compte = ligne.compte_caisse.as_ref().map_or("", Iban::as_str);
            // Une banque peut donner la même référence à un débit et à un crédit.
            let entre = if ligne.operation.entre() { "entre" } else { "sort" };
            let ecriture = hacher(coffre, &["reference", entre, compte, reference]);
            return match (regroupe(ligne), &ligne.reference_detail) {
                (true, Some(detail)) => Identite {
                    octets: hacher(coffre, &["detail", entre, compte, reference, detail]),
                    lot: Some(ecriture),
                    sure: true,
                },
                _ => Identite {
                    octets: ecriture,
                    lot: None,
                    sure: true,
                },
            };
        }
        let contenu = hacher(
            coffre,
            &[
                "contenu",
                sens(&ligne.operation),
                &ligne.date.to_string(),
                &ligne.montant.centimes().to_string(),
                ligne.mode.libelle(),
                ligne.siret.as_ref().map_or("", |s| s.as_str()),
                &ligne.periode.map(|p| p.to_string()).unwrap_or_default(),
                ligne.iban.as_ref().map_or("", Iban::as_str),
                ligne.nom_payeur.as_deref().unwrap_or(""),
                ligne.libelle.as_deref().unwrap_or(""),
                ligne.end_to_end.as_deref().unwrap_or(""),
                ligne.compte_caisse.as_ref().map_or("", Iban::as_str),
            ],
        );
        let rang = self.rangs.entry(contenu.clone()).or_default();
        *rang += 1;
        let semblables = [&contenu[..], &rang.to_be_bytes()].concat();
        Identite {
            octets: coffre.hacher("recette", semblables),
            lot: None,
            sure: false,
        }
    }
}

/// L'identité d'une ligne présumée connue dont un agent dit que c'est un autre paiement.
pub(super) fn autre(coffre: &Coffre, fichier: i64, ligne: i64) -> Vec<u8> {
    hacher(coffre, &["autre", &fichier.to_string(), &ligne.to_string()])
}

/// L'identité d'une part ventilée d'une recette.
pub(super) fn part(coffre: &Coffre, parent: i64, rang: i64) -> Vec<u8> {
    hacher(coffre, &["part", &parent.to_string(), &rang.to_string()])
}

/// L'écriture de banque regroupe-t-elle plusieurs opérations ?
pub(super) fn regroupe(ligne: &Ligne) -> bool {
    ligne.lot.as_ref().is_some_and(|l| l.nombre != Some(1))
}

fn sens(operation: &Operation) -> &'static str {
    match operation {
        Operation::Credit => "credit",
        Operation::Retour(_) => "retour",
        Operation::Debit => "debit",
        Operation::DebitAnnule(_) => "debit_annule",
    }
}

fn hacher(coffre: &Coffre, champs: &[&str]) -> Vec<u8> {
    coffre.hacher("recette", champs.join("\u{1f}"))
}
