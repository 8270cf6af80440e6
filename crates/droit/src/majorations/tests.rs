//! Des majorations calculées à la main, et ce qui est vrai de toutes.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;
use valeurs::Montant;

use super::{Majoration, Tranche, majoration_professionnel_sante, majorations_de_retard, mois_commences};
use crate::{Erreur, Regime, article::citer};

const ECHEANCE: Date = date(2026, 2, 15);

fn c(centimes: i64) -> Montant {
    Montant::de_centimes(centimes)
}

fn tranche(centimes: i64, paye_le: Option<Date>) -> Tranche {
    Tranche {
        montant: c(centimes),
        paye_le,
    }
}

fn calculer(au: Date, dettes: &[Tranche]) -> Majoration {
    majorations_de_retard(Regime::NonSalarie, ECHEANCE, au, dettes).unwrap()
}

fn deux(majoration: &Majoration) -> (i64, i64) {
    (
        majoration.initiale.centimes(),
        majoration.complementaire.centimes(),
    )
}

#[test]
fn cinq_pour_cent_puis_deux_pour_mille_par_mois_commence() {
    // 1 000 € impayés : 50 €, plus 2 € par mois commencé.
    for (au, attendu) in [
        (date(2026, 2, 15), (0, 0)),
        (date(2026, 2, 16), (50_00, 2_00)),
        (date(2026, 3, 15), (50_00, 2_00)),
        (date(2026, 3, 16), (50_00, 4_00)),
        (date(2027, 2, 15), (50_00, 24_00)),
        (date(2027, 2, 16), (50_00, 26_00)),
    ] {
        assert_eq!(deux(&calculer(au, &[tranche(1_000_00, None)])), attendu, "{au}");
    }
}

#[test]
fn chaque_tranche_court_jusqu_a_son_paiement() {
    // 400 € payés à l’heure ; 300 € le 10/03 (1 mois : 0,60 €) ; 300 € encore dus au 20/05 (4 mois : 2,40 €).
    // 5 % de 600 € = 30 € ; 0,60 + 2,40 = 3 €.
    let dettes = [
        tranche(400_00, Some(date(2026, 2, 15))),
        tranche(300_00, Some(date(2026, 3, 10))),
        tranche(300_00, None),
    ];
    assert_eq!(deux(&calculer(date(2026, 5, 20), &dettes)), (30_00, 3_00));
    // Au 01/03, le paiement du 10/03 n’a pas encore eu lieu : 600 € dus, 1 mois, 1,20 €.
    assert_eq!(deux(&calculer(date(2026, 3, 1), &dettes)), (30_00, 1_20));
}

#[test]
fn l_arrondi_est_fait_une_fois_sur_chaque_majoration() {
    // Trois tranches de 1,10 € : 5 % de 3,30 € = 0,165 € → 0,17 € (et non 3 × 0,06 = 0,18 €) ;
    // 0,2 % de 3,30 € = 0,0066 € → 0,01 €.
    let dettes = [
        tranche(1_10, None),
        tranche(1_10, None),
        tranche(1_10, Some(date(2026, 2, 20))),
    ];
    assert_eq!(deux(&calculer(date(2026, 3, 1), &dettes)), (17, 1));
}

#[test]
fn un_mois_va_de_quantieme_a_quantieme() {
    for (depuis, au, mois) in [
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 3, 1), 2),
        (date(2026, 1, 31), date(2026, 3, 31), 2),
        (date(2026, 2, 28), date(2026, 3, 28), 1),
        (date(2026, 2, 28), date(2026, 3, 31), 2),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2025, 12, 31), date(2026, 1, 1), 1),
        (date(2026, 2, 15), date(2026, 2, 15), 0),
    ] {
        assert_eq!(mois_commences(depuis, au).unwrap(), mois, "{depuis} → {au}");
    }
}

#[test]
fn le_calcul_s_explique() {
    let dettes = [tranche(400_00, Some(date(2026, 3, 10))), tranche(1_200_00, None)];
    let majoration = calculer(date(2026, 5, 20), &dettes);
    let texte: Vec<String> = majoration
        .explication
        .iter()
        .map(|pas| {
            let montant = pas
                .montant
                .map(|montant| format!(" = {montant}"))
                .unwrap_or_default();
            format!("{}{montant} ({})", pas.phrase, citer(pas.articles))
        })
        .collect();
    insta::assert_snapshot!(texte.join("\n"), @r"
    majoration de 5 % de 1 600,00 € impayés à l’échéance du 15/02/2026, arrondie au centime (arrondi à vérifier) = 80,00 € (CRPM art. R731-68)
    400,00 € payés le 10/03/2026 : 1 mois commencé à 0,2 % (CRPM art. R731-68 ; CSS art. R243-16)
    1 200,00 € impayés au 20/05/2026 : 4 mois commencés à 0,2 % (CRPM art. R731-68 ; CSS art. R243-16)
    majoration complémentaire de 0,2 % par mois ou fraction de mois, arrondie au centime (arrondi à vérifier) = 10,40 € (CRPM art. R731-68 ; CSS art. R243-16)
    ");
    assert_eq!(majoration.version, "R731-68@2020");
}

#[test]
fn l_employeur_a_les_memes_taux_par_d_autres_articles() {
    let majoration = majorations_de_retard(
        Regime::Employeur,
        ECHEANCE,
        date(2026, 3, 1),
        &[tranche(1_000_00, None)],
    )
    .unwrap();
    assert_eq!(deux(&majoration), (50_00, 2_00));
    assert_eq!(
        citer(majoration.explication[0].articles),
        "CSS art. R243-16 ; CRPM art. R741-1-1"
    );
    assert_eq!(majoration.version, "R243-16@2020");
}

#[test]
fn le_professionnel_de_sante_doit_dix_pour_cent_une_fois() {
    let dettes = [tranche(200_00, Some(date(2026, 2, 10))), tranche(300_00, None)];
    for au in [date(2026, 2, 16), date(2028, 2, 16)] {
        let majoration = majoration_professionnel_sante(ECHEANCE, au, &dettes).unwrap();
        assert_eq!(deux(&majoration), (30_00, 0));
        assert_eq!(majoration.version, "L133-4@2017");
    }
    let a_temps = majoration_professionnel_sante(ECHEANCE, ECHEANCE, &dettes).unwrap();
    assert!(a_temps.total.est_nul() && a_temps.explication.is_empty());
}

#[test]
fn ni_version_inconnue_ni_regime_etranger_ni_montant_negatif() {
    let dettes = [tranche(100, None)];
    let au = date(2026, 3, 1);
    let calcul = |regime, exigible_le| majorations_de_retard(regime, exigible_le, au, &dettes).unwrap_err();
    let inconnue = calcul(Regime::NonSalarie, date(2019, 12, 31));
    insta::assert_snapshot!(inconnue, @"aucune version connue de la règle « majorations de retard » au 31/12/2019 : la saisir avec sa source avant de traiter ce dossier");
    assert!(matches!(inconnue, Erreur::VersionInconnue { .. }));
    for regime in [Regime::Assure, Regime::ProfessionnelSante] {
        assert!(matches!(calcul(regime, ECHEANCE), Erreur::SansMajoration { .. }));
    }
    let soins = majoration_professionnel_sante(date(2017, 10, 27), au, &dettes);
    assert!(matches!(soins, Err(Erreur::VersionInconnue { .. })));
    let negative = majorations_de_retard(Regime::NonSalarie, ECHEANCE, au, &[tranche(-1, None)]);
    assert!(matches!(negative, Err(Erreur::MontantNegatif)));
    let immense = [Tranche {
        montant: Montant::MAX,
        paye_le: None,
    }; 2];
    let immense = majorations_de_retard(Regime::NonSalarie, ECHEANCE, au, &immense);
    assert!(matches!(immense, Err(Erreur::Depassement)));
}

fn des_tranches() -> impl Strategy<Value = Vec<Tranche>> {
    let tranche = (0..10_000_000_i64, prop::option::of(-60..900_i32))
        .prop_map(|(centimes, jour)| tranche(centimes, jour.map(|jour| ECHEANCE + jour.days())));
    prop::collection::vec(tranche, 0..8)
}

proptest! {
    #[test]
    fn le_temps_n_allege_jamais_les_majorations(dettes in des_tranches(), jour in -30..800_i32, plus in 0..400_i32) {
        let avant = calculer(ECHEANCE + jour.days(), &dettes);
        let apres = calculer(ECHEANCE + (jour + plus).days(), &dettes);
        prop_assert!(avant.total <= apres.total);
        prop_assert!(avant.complementaire <= apres.complementaire);
    }

    #[test]
    fn les_etapes_font_le_total(dettes in des_tranches(), jour in -30..800_i32) {
        let majoration = calculer(ECHEANCE + jour.days(), &dettes);
        let etapes = Montant::somme(majoration.explication.iter().filter_map(|etape| etape.montant)).unwrap();
        prop_assert_eq!(etapes, majoration.total);
        prop_assert_eq!(majoration.initiale.checked_add(majoration.complementaire).unwrap(), majoration.total);
    }

    #[test]
    fn decouper_une_dette_ne_change_rien(dettes in des_tranches(), jour in 0..800_i32) {
        let au = ECHEANCE + jour.days();
        let coupees: Vec<Tranche> = dettes
            .iter()
            .flat_map(|t| {
                let petite = t.montant.centimes() / 3;
                [petite, t.montant.centimes() - petite].map(|centimes| tranche(centimes, t.paye_le))
            })
            .collect();
        prop_assert_eq!(calculer(au, &dettes), calculer(au, &coupees));
    }
}
