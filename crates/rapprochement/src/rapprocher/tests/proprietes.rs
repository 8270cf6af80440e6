//! Ce qui est vrai de n'importe quels faits.

use std::collections::BTreeSet;

use dsn::Code;
use jiff::ToSpan;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::scenario::*;
use crate::rapprocher::*;

const MOIS: [&str; 4] = ["2025-12", "2026-01", "2026-02", "2026-03"];

fn un_montant() -> impl Strategy<Value = i64> {
    select(vec![0, 50_00, 50_00, 100_00, 100_00, 100_00, 150_00, 200_00])
}

fn un_versement() -> impl Strategy<Value = VersementGarde> {
    let mode = select(vec!["02", "05", "05", "05", "06"]);
    let payeur = proptest::option::of(1..=3_u32);
    (un_montant(), mode, payeur, 0..5_u8).prop_map(|(montant, mode, payeur, sort)| VersementGarde {
        mode: Code::lire(mode.as_bytes()),
        payeur: payeur.filter(|_| mode == "06").map(siret),
        periode: (sort == 0).then(|| (jour("2026-01-01"), jour("2026-03-31"))),
        ..versement(montant)
    })
}

fn une_declaration() -> impl Strategy<Value = DeclarationGardee> {
    use TypeDeclaration::{Annule, AnnuleEtRemplace, AnnuleEtRemplaceNeant, Neant, Normale};
    let genre = select(vec![
        Normale,
        Normale,
        Normale,
        Normale,
        Neant,
        AnnuleEtRemplace,
        Annule,
        AnnuleEtRemplaceNeant,
    ]);
    let fraction = select(vec![(1, 1), (1, 1), (1, 1), (1, 2), (2, 2)]);
    let situe = (
        select(MOIS.to_vec()),
        genre,
        fraction,
        any::<bool>(),
        1..9_u64,
        0..70_i64,
    );
    (situe, un_montant(), vec(un_versement(), 0..3), any::<bool>()).prop_map(
        |(situe, declare, versements, conforme)| {
            let (mois, genre, fraction, substitution, ordre, jours) = situe;
            let mut d = dsn(mois, declare)
                .genre(genre)
                .fraction(fraction.0, fraction.1)
                .no(ordre);
            d.deposee_le = d.mois.fin().saturating_add(jours.days());
            if substitution && ordre > 6 {
                d = d.substitution();
            }
            d.declare_trimestriel = c(declare.min(jours % 2 * 50_00));
            if !conforme {
                d.versements = versements;
            }
            d
        },
    )
}

/// Une recette, et si elle est revenue impayée.
fn une_recette() -> impl Strategy<Value = (RecetteLue, bool)> {
    let periode = select(["", "2026-T1"].into_iter().chain(MOIS).collect::<Vec<_>>());
    let compte = proptest::option::of(Just(vec![1]));
    (0..150_i64, un_montant(), periode, compte, 0..8_u8).prop_map(
        |(jours, montant, periode, compte, sort)| {
            let mut r = recette("2026-01-01", montant.max(50_00), periode);
            r.jour = r.jour.saturating_add(jours.days());
            r.compte = compte;
            (r, sort == 0)
        },
    )
}

fn un_scenario() -> impl Strategy<Value = Scenario> {
    let etablissement = || (vec(une_declaration(), 0..7), vec(une_recette(), 0..7));
    (vec(etablissement(), 1..4), 0..200_i64, 0..20_u16).prop_map(|(etablissements, au, tolerance)| {
        let mut scenario = Scenario::nouveau().tolerance(tolerance);
        scenario.regles.au = jour("2026-01-01").saturating_add(au.days());
        scenario.faits.clear();
        for (n, (declarations, recettes)) in (1..).zip(etablissements) {
            scenario = scenario.etablissement(n);
            for declaration in declarations {
                scenario = scenario.declare(declaration);
            }
            for (recette, revenue) in recettes {
                let (le, montant) = (recette.jour.saturating_add(4.days()), recette.montant.centimes());
                scenario = scenario.recoit(recette);
                if revenue {
                    let rendue = i64::try_from(scenario.faits.last().unwrap().recettes.len()).unwrap();
                    scenario = scenario.rejette(&le.to_string(), rendue, montant);
                }
            }
        }
        scenario
    })
}

/// Les lignes sans leurs preuves, ni les classes qu'on veut ignorer.
fn sans_preuves(scenario: &Scenario, sauf: &[Classe]) -> Vec<MoisRapproche> {
    let mut lignes = scenario.lignes();
    for ligne in &mut lignes {
        ligne.ecarts.retain(|e| !sauf.contains(&e.classe));
        for ecart in &mut ligne.ecarts {
            ecart.preuves.clear();
        }
    }
    lignes
}

fn classes(scenario: &Scenario, voulues: &[Classe]) -> BTreeSet<(String, Classe)> {
    let lignes = scenario.lignes().into_iter();
    let toutes = lignes.flat_map(|l| {
        let ou = format!("{} {}", l.siret, l.mois);
        l.ecarts.into_iter().map(move |e| (ou.clone(), e.classe))
    });
    toutes.filter(|(_, classe)| voulues.contains(classe)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn l_ordre_des_faits_ne_change_rien(scenario in un_scenario(), rangs in vec(any::<Index>(), 24)) {
        let mut melange = scenario.clone();
        let mut rangs = rangs.iter().cycle();
        let mut battre = |n: usize| (1..n).map(|i| (i, rangs.next().unwrap().index(i + 1))).collect::<Vec<_>>();
        for (i, j) in battre(melange.faits.len()) {
            melange.faits.swap(i, j);
        }
        for faits in &mut melange.faits {
            for (i, j) in battre(faits.declarations.len()) {
                faits.declarations.swap(i, j);
            }
            for (i, j) in battre(faits.recettes.len()) {
                faits.recettes.swap(i, j);
            }
        }
        prop_assert_eq!(melange.lignes(), scenario.lignes());
    }

    #[test]
    fn tout_l_argent_recu_est_sur_une_ligne(scenario in un_scenario()) {
        let lignes = scenario.lignes();
        for faits in &scenario.faits {
            let recus = faits.recettes.iter().filter(|r| r.jour <= scenario.regles.au);
            let recu: i64 = recus.map(|r| r.montant.centimes()).sum();
            let encaisses = lignes.iter().filter(|l| l.siret == faits.siret);
            prop_assert_eq!(encaisses.map(|l| l.encaisse.centimes()).sum::<i64>(), recu);
        }
        for l in &lignes {
            prop_assert_eq!(l.solde.centimes(), l.ordonne.centimes() - l.encaisse.centimes());
        }
    }

    #[test]
    fn ce_qui_manque_n_est_pas_aussi_en_trop(scenario in un_scenario()) {
        use Classe::{Impaye, MauvaisePeriode, Partiel, PayeNonDeclare, TropPercu};
        for ligne in scenario.lignes() {
            let a = |classe| ligne.ecarts.iter().any(|e| e.classe == classe);
            let exclusives = [Impaye, Partiel, TropPercu, PayeNonDeclare, MauvaisePeriode];
            prop_assert!(exclusives.into_iter().filter(|c| a(*c)).count() <= 1, "{:?}", ligne);
            prop_assert!(!(a(Impaye) && a(Classe::Retard)), "{:?}", ligne);
        }
    }

    #[test]
    fn lignes_ecarts_et_preuves_sont_tries_et_sans_double(scenario in un_scenario()) {
        let lignes = scenario.lignes();
        prop_assert!(lignes.is_sorted_by(|a, b| (&a.siret, a.mois) < (&b.siret, b.mois)));
        for ligne in &lignes {
            prop_assert!(ligne.ecarts.is_sorted_by(|a, b| a.classe < b.classe));
            for ecart in &ligne.ecarts {
                prop_assert!(!ecart.preuves.is_empty(), "{:?}", ecart);
                prop_assert!(ecart.preuves.is_sorted_by(|a, b| a < b));
            }
        }
    }

    #[test]
    fn plus_de_tolerance_n_ajoute_aucun_retard(scenario in un_scenario(), plus in 1..40_u16) {
        use Classe::{DepotTardif, FractionManquante, Impaye, Partiel, Retard};
        let dates = [DepotTardif, FractionManquante, Impaye, Partiel, Retard];
        let tolerance = scenario.regles.tolerance + plus;
        let tolerant = classes(&scenario.clone().tolerance(tolerance), &dates);
        prop_assert!(tolerant.is_subset(&classes(&scenario, &dates)));
    }

    /// Les parts sont d'un montant que nul autre paiement n'a : rien ne devient ni ne cesse d'être un doublon.
    #[test]
    fn payer_en_deux_fois_le_meme_jour_ne_change_rien(scenario in un_scenario(), lequel: Index, part in 1..25_00_i64) {
        let scenario = scenario.recoit(recette("2026-02-10", 120_00, "2026-01"));
        let mut partage = scenario.clone();
        let faits = partage.faits.last_mut().unwrap();
        let rendue = |r: &RecetteLue| faits.recettes.iter().any(|x| x.retour_de == Some(r.id));
        let jumelle = |r: &RecetteLue| faits.recettes.iter().any(|x| x.id != r.id && x.montant == r.montant);
        let seules: Vec<usize> = (0..faits.recettes.len())
            .filter(|i| faits.recettes[*i].retour_de.is_none())
            .filter(|i| !rendue(&faits.recettes[*i]) && !jumelle(&faits.recettes[*i]))
            .collect();
        let entiere = &mut faits.recettes[seules[lequel.index(seules.len())]];
        let mut seconde = entiere.clone();
        seconde.id = 1_000;
        seconde.montant = c(part);
        entiere.montant = c(entiere.montant.centimes() - part);
        faits.recettes.push(seconde);
        prop_assert_eq!(sans_preuves(&partage, &[]), sans_preuves(&scenario, &[]));
    }

    #[test]
    fn payer_a_temps_en_plusieurs_fois_ne_donne_aucun_ecart(parts in vec((1..100_00_i64, 1..=15_i8), 1..6)) {
        let total = parts.iter().map(|p| p.0).sum();
        let mut scenario = Scenario::nouveau().declare(dsn("2026-01", total));
        for (montant, le) in parts {
            scenario = scenario.recoit(recette(&format!("2026-02-{le:02}"), montant, "2026-01"));
        }
        scenario.donne(&[]);
    }

    #[test]
    fn une_declaration_deja_remplacee_ne_change_que_ce_qui_se_voit_des_depots(
        scenario in un_scenario(), remplacee in une_declaration(),
    ) {
        let mut base = scenario.declare(dsn("2026-01", 100_00).genre(TypeDeclaration::AnnuleEtRemplace).no(8));
        let avant = sans_preuves(&base, &[Classe::Remplace, Classe::DepotTardif]);
        let mut ancienne = remplacee.fraction(1, 1).no(0).genre(TypeDeclaration::Normale);
        ancienne.nature = NatureDeclaration::Mensuelle;
        ancienne.mois = mois("2026-01");
        // La constitution de `dsn` suit le mois : celle-ci précède toutes les autres de janvier.
        ancienne.identifiant.constituee_le = mois("2026-01").debut();
        base = base.declare(ancienne);
        prop_assert_eq!(sans_preuves(&base, &[Classe::Remplace, Classe::DepotTardif]), avant);
    }

    #[test]
    fn un_ordre_paye_n_fois_est_un_doublon_des_copies_seulement(montant in 1..100_00_i64, n in 2..6_u16, plus in 0..3_i64) {
        let mut scenario = Scenario::nouveau().declare(dsn("2026-01", montant));
        for _ in 0..n {
            scenario = scenario.recoit(recette("2026-02-10", montant + plus, "2026-01"));
        }
        let doublon = format!("1 2026-01 doublon {}", i64::from(n - 1) * (montant + plus));
        let trop = format!("1 2026-01 trop_percu {plus}");
        let attendus: Vec<&str> = if plus == 0 { vec![&doublon] } else { vec![&trop, &doublon] };
        scenario.donne(&attendus);
    }

    #[test]
    fn un_ordre_paye_en_parts_egales_n_est_jamais_un_doublon(part in 1..100_00_i64, n in 1..6_u16) {
        let mut scenario = Scenario::nouveau().declare(dsn("2026-01", part * i64::from(n)));
        for _ in 0..n {
            scenario = scenario.recoit(recette("2026-02-10", part, "2026-01"));
        }
        scenario.donne(&[]);
    }

    #[test]
    fn une_mauvaise_periode_laisse_l_etablissement_balance(manques in vec(1..100_00_i64, 1..4)) {
        let mut scenario = Scenario::nouveau();
        for (mois, manque) in MOIS.iter().zip(&manques) {
            scenario = scenario.declare(dsn(mois, *manque));
        }
        scenario = scenario.recoit(recette("2026-06-10", manques.iter().sum(), "2026-05"));
        let ecarts = classes(&scenario, Classe::TOUTES);
        prop_assert_eq!(ecarts.len(), manques.len());
        prop_assert!(ecarts.iter().all(|(_, classe)| *classe == Classe::MauvaisePeriode));
    }
}
