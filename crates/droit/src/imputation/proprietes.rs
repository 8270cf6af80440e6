//! Ce qui est vrai de toute imputation.

use std::collections::HashMap;

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::{prelude::*, sample::select};
use valeurs::Montant;

use super::{Contexte, CreanceOuverte, Imputation, Moment, imputer, moment};
use crate::{Nature, Poste, Regime};

fn c(centimes: i64) -> Montant {
    Montant::de_centimes(centimes)
}

fn un_reste() -> impl Strategy<Value = Montant> {
    prop_oneof![2 => Just(0), 3 => 1..100_000_i64].prop_map(c)
}

/// Peu d’échéances différentes, pour que les égalités soient fréquentes.
fn une_creance() -> impl Strategy<Value = CreanceOuverte> {
    let couples: Vec<(Regime, Nature)> = Regime::TOUS
        .iter()
        .flat_map(|&regime| Nature::toutes().map(move |nature| (regime, nature)))
        .filter(|(regime, nature)| regime.admet(*nature))
        .collect();
    (
        select(couples),
        0..8_i32,
        0..4_i32,
        prop::array::uniform6(un_reste()),
        any::<bool>(),
        un_reste(),
    )
        .prop_map(
            |((regime, nature), echeance, annees, restes, designee, majorations_calculees)| {
                let exigible_le = date(2025, 11, 15) + (echeance * 3 - annees * 12).months();
                CreanceOuverte {
                    cle: 0,
                    nature,
                    regime,
                    periode: (exigible_le - 3.months(), exigible_le),
                    exigible_le,
                    restes,
                    designee,
                    majorations_calculees,
                }
            },
        )
}

/// Des créances aux clés distinctes, et le rang de chacune dans une autre présentation des mêmes.
fn des_creances() -> impl Strategy<Value = (Vec<CreanceOuverte>, Vec<CreanceOuverte>)> {
    prop::collection::vec(une_creance(), 0..30)
        .prop_map(|creances| {
            (0..)
                .zip(creances)
                .map(|(cle, creance)| CreanceOuverte { cle, ..creance })
                .collect::<Vec<_>>()
        })
        .prop_flat_map(|creances| {
            let melangees = Just(creances.clone()).prop_shuffle();
            (Just(creances), melangees)
        })
}

const JOUR: Date = date(2026, 2, 15);

fn payer(montant: i64, ouvertes: &[CreanceOuverte]) -> Imputation {
    imputer(c(montant), &Contexte { date_paiement: JOUR }, ouvertes).unwrap()
}

/// Ce qui est payé, par clé et poste ; la liquidation à part, sous `None`.
fn paye(imputation: &Imputation) -> HashMap<(i64, Option<Poste>), i64> {
    let mut paye = HashMap::new();
    for part in &imputation.parts {
        let liquidee = part.raison.code().contains("a-liquider");
        let cle = (part.cle, (!liquidee).then_some(part.poste));
        *paye.entry(cle).or_insert(0) += part.montant.centimes();
    }
    paye
}

/// Ce qui est dû, de la même façon.
fn du(ouvertes: &[CreanceOuverte]) -> HashMap<(i64, Option<Poste>), i64> {
    let mut du = HashMap::new();
    for creance in ouvertes {
        for &poste in Poste::TOUS {
            du.insert(
                (creance.cle, Some(poste)),
                creance.restes[poste.index()].centimes(),
            );
        }
        du.insert((creance.cle, None), creance.majorations_calculees.centimes());
    }
    du
}

proptest! {
    #[test]
    fn l_argent_est_conserve((ouvertes, _) in des_creances(), montant in 0..5_000_000_i64) {
        let imputation = payer(montant, &ouvertes);
        let parts: i64 = imputation.parts.iter().map(|part| part.montant.centimes()).sum();
        prop_assert_eq!(parts + imputation.reliquat.centimes(), montant);
        prop_assert!(imputation.parts.iter().all(|part| part.montant > Montant::ZERO));
    }

    #[test]
    fn aucune_part_ne_depasse_ce_qui_est_du((ouvertes, _) in des_creances(), montant in 0..5_000_000_i64) {
        let imputation = payer(montant, &ouvertes);
        let (paye, du) = (paye(&imputation), du(&ouvertes));
        for (cle, montant) in &paye {
            prop_assert!(*montant <= du[cle], "{cle:?}");
        }
        let reste_du = du.values().sum::<i64>() - paye.values().sum::<i64>();
        prop_assert!(imputation.reliquat.est_nul() || reste_du == 0);
    }

    #[test]
    fn l_ordre_de_presentation_ne_change_rien((ouvertes, melangees) in des_creances(), montant in 0..5_000_000_i64) {
        prop_assert_eq!(payer(montant, &ouvertes), payer(montant, &melangees));
    }

    #[test]
    fn le_principal_passe_avant_tout_et_ce_qui_est_echu_avant_ce_qui_ne_l_est_pas(
        (ouvertes, _) in des_creances(), montant in 0..5_000_000_i64
    ) {
        let paiement = paye(&payer(montant, &ouvertes));
        let anticipees: Vec<i64> = ouvertes
            .iter()
            .filter(|o| moment(o, JOUR) == Moment::Anticipe)
            .map(|o| o.cle)
            .collect();
        let etage = |cle: i64, poste: Option<Poste>| {
            (anticipees.contains(&cle), !poste.is_some_and(Poste::est_principal))
        };
        let du = du(&ouvertes);
        for &(cle, poste) in paiement.keys() {
            let avant: i64 = du.iter().filter(|((c, p), _)| etage(*c, *p) < etage(cle, poste)).map(|(_, m)| m).sum();
            let paye_avant: i64 =
                paiement.iter().filter(|((c, p), _)| etage(*c, *p) < etage(cle, poste)).map(|(_, m)| m).sum();
            prop_assert_eq!(avant, paye_avant);
        }
    }

    #[test]
    fn les_majorations_a_emettre_sont_celles_qui_sont_payees((ouvertes, _) in des_creances(), montant in 0..5_000_000_i64) {
        let imputation = payer(montant, &ouvertes);
        let liquidees: Vec<(i64, Montant)> = imputation
            .parts
            .iter()
            .filter(|part| part.raison.code().contains("a-liquider"))
            .map(|part| (part.cle, part.montant))
            .collect();
        prop_assert_eq!(&imputation.a_liquider, &liquidees);
    }

    #[test]
    fn payer_plus_ne_retire_rien_a_personne_au_dela_d_un_centime(
        (ouvertes, _) in des_creances(), montant in 0..2_000_000_i64, plus in 0..10_000_i64
    ) {
        let (moins, plus) = (paye(&payer(montant, &ouvertes)), paye(&payer(montant + plus, &ouvertes)));
        for (cle, montant) in moins {
            prop_assert!(plus.get(&cle).copied().unwrap_or(0) + 1 >= montant, "{cle:?}");
        }
    }

    #[test]
    fn les_proportions_sont_identiques_au_centime(
        restes in prop::collection::vec(1..1_000_000_i64, 1..20), pour_mille in 0..=1000_i64
    ) {
        let ouvertes: Vec<CreanceOuverte> = (0..)
            .zip(&restes)
            .map(|(cle, &reste)| {
                let jour = date(2026, 1, 15);
                let mut creance = CreanceOuverte {
                    cle,
                    nature: Nature::toutes().find(|&nature| Regime::Employeur.admet(nature)).unwrap(),
                    regime: Regime::Employeur,
                    periode: (jour, jour),
                    exigible_le: jour,
                    restes: [Montant::ZERO; Poste::NOMBRE],
                    designee: false,
                    majorations_calculees: Montant::ZERO,
                };
                creance.restes[Poste::PartOuvriere.index()] = c(reste);
                creance
            })
            .collect();
        let total: i64 = restes.iter().sum();
        let montant = total * pour_mille / 1000;
        let paye = paye(&payer(montant, &ouvertes));
        for (cle, reste) in (0..).zip(&restes) {
            let part = paye.get(&(cle, Some(Poste::PartOuvriere))).copied().unwrap_or(0);
            // |part − montant × reste / total| < 1 centime
            prop_assert!((part * total - montant * reste).abs() < total, "{part} sur {reste}");
        }
    }
}
