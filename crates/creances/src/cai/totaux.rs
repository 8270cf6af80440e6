use std::collections::BTreeMap;

use droit::Nature;
use jiff::civil::Date;
use serde::Serialize;
use valeurs::Montant;

use super::compte::{LigneCai, nature_en_base};
use super::{Rubrique, Sens};
use crate::Erreur;

/// Débit et crédit d'une rubrique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TotauxRubrique {
    /// La rubrique.
    pub rubrique: Rubrique,
    /// Somme des débits, en centimes.
    #[serde(rename = "debit_centimes")]
    pub debit: Montant,
    /// Somme des crédits, en centimes.
    #[serde(rename = "credit_centimes")]
    pub credit: Montant,
}

/// Les totaux d'une période et d'une famille ; la part en attente n'a ni l'une ni l'autre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Totaux {
    /// Premier et dernier jours de la période, inclus.
    pub periode: Option<(Date, Date)>,
    /// La période en toutes lettres, ou « sans période ».
    pub periode_libelle: String,
    /// Ce qui est dû.
    #[serde(serialize_with = "nature_en_base")]
    pub famille: Option<Nature>,
    /// Rubriques présentes, dans l'ordre de lecture.
    pub rubriques: Vec<TotauxRubrique>,
    /// Somme des débits, en centimes.
    #[serde(rename = "debit_centimes")]
    pub debit: Montant,
    /// Somme des crédits, en centimes.
    #[serde(rename = "credit_centimes")]
    pub credit: Montant,
    /// Débit moins crédit, en centimes : positif, c'est dû ; négatif, c'est versé en trop ou en attente.
    #[serde(rename = "solde_centimes")]
    pub solde: Montant,
}

impl Totaux {
    /// La ligne est-elle de cette période et de cette famille ?
    #[must_use]
    pub fn comprend(&self, ligne: &LigneCai) -> bool {
        self.periode == ligne.periode && self.famille == ligne.famille
    }
}

/// Totalise des lignes par période et famille : les périodes d'abord, dans l'ordre, ce qui n'en a pas à la fin.
pub(super) fn totaliser(lignes: &[LigneCai]) -> Result<Vec<Totaux>, Erreur> {
    let mut par_cle: BTreeMap<_, Totaux> = BTreeMap::new();
    for l in lignes {
        let t = par_cle
            .entry((l.periode.is_none(), l.periode, l.famille))
            .or_insert_with(|| Totaux {
                periode: l.periode,
                periode_libelle: l.periode_libelle.clone(),
                famille: l.famille,
                rubriques: Vec::new(),
                debit: Montant::ZERO,
                credit: Montant::ZERO,
                solde: Montant::ZERO,
            });
        ajouter(&mut t.debit, &mut t.credit, l)?;
        let place = match t.rubriques.iter().position(|r| r.rubrique == l.rubrique) {
            Some(place) => place,
            None => {
                let vide = TotauxRubrique {
                    rubrique: l.rubrique,
                    debit: Montant::ZERO,
                    credit: Montant::ZERO,
                };
                t.rubriques.push(vide);
                t.rubriques.len() - 1
            }
        };
        let r = &mut t.rubriques[place];
        ajouter(&mut r.debit, &mut r.credit, l)?;
    }
    par_cle
        .into_values()
        .map(|mut t| {
            t.solde = t.debit.checked_sub(t.credit)?;
            t.rubriques.sort_by_key(|r| r.rubrique.rang());
            Ok(t)
        })
        .collect()
}

fn ajouter(debit: &mut Montant, credit: &mut Montant, ligne: &LigneCai) -> Result<(), Erreur> {
    match ligne.sens {
        Sens::Debit => *debit = debit.checked_add(ligne.montant)?,
        Sens::Credit => *credit = credit.checked_add(ligne.montant)?,
    }
    Ok(())
}
