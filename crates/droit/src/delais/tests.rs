//! Les délais, contre des calculs faits à la main et des invariants.

use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

use super::*;
use crate::{Droit, Erreur};

fn regle(code: &str) -> &'static RegleDelai {
    Droit::charger().regle_de_delai(code).unwrap()
}

fn dire(echeance: &Echeance) -> String {
    let mut dit = String::new();
    for etape in &echeance.etapes {
        let articles: Vec<String> = etape.articles.iter().map(ToString::to_string).collect();
        dit += &format!("{} | {} | {}\n", etape.jour, etape.phrase, articles.join(" ; "));
    }
    dit
}

#[test]
fn l_opposition_a_contrainte_s_explique_pas_a_pas() {
    let lieu = Lieu {
        zone: Zone::Metropole,
        residence: Residence::Guadeloupe,
    };
    let echeance = regle("opposition-contrainte")
        .echeance(date(2026, 4, 10), lieu)
        .unwrap();
    assert_eq!(echeance.jour, date(2026, 5, 26));
    insta::assert_snapshot!(dire(&echeance));
}

#[test]
fn une_prescription_en_deux_temps_s_explique_et_ne_se_reporte_pas() {
    let echeance = regle("prescription-action-cotisations")
        .echeance(date(2026, 1, 31), Lieu::sur_place(Zone::Metropole))
        .unwrap();
    assert_eq!(echeance.jour, date(2029, 2, 28));
    assert_eq!(echeance.version, "prescription-action-cotisations@2017-01-01");
    insta::assert_snapshot!(dire(&echeance));
}

#[test]
fn un_fait_trop_ancien_pour_toute_redaction_connue_est_refuse() {
    let refus = regle("rectification-indu")
        .echeance(date(2021, 3, 24), Lieu::sur_place(Zone::Metropole))
        .unwrap_err();
    assert!(matches!(refus, Erreur::VersionInconnue { .. }), "{refus}");
}

#[test]
fn une_regle_inconnue_dit_celles_qui_existent() {
    let refus = Droit::charger()
        .regle_de_delai("opposition")
        .unwrap_err()
        .to_string();
    assert!(
        refus.contains("opposition-contrainte") && refus.contains("cassation"),
        "{refus}"
    );
}

#[test]
fn chaque_regle_dit_sa_duree_son_declencheur_et_ses_articles() {
    let regles = Droit::charger().regles_de_delai();
    let table: Vec<String> = regles
        .iter()
        .map(|regle| {
            assert!(!regle.articles().is_empty() && !regle.declencheur().is_empty());
            format!("{} : {}, {}", regle.code(), regle.libelle(), regle.duree())
        })
        .collect();
    insta::assert_snapshot!(table.join("\n"));
}

fn un_jour() -> impl Strategy<Value = jiff::civil::Date> {
    (0_i32..29_000).prop_map(|jours| date(2022, 1, 1).checked_add(jours.days()).unwrap())
}

fn un_lieu() -> impl Strategy<Value = Lieu> {
    (0..Zone::TOUS.len(), 0..Residence::TOUS.len()).prop_map(|(zone, residence)| Lieu {
        zone: Zone::TOUS[zone],
        residence: Residence::TOUS[residence],
    })
}

fn une_regle() -> impl Strategy<Value = &'static RegleDelai> {
    (0..Droit::charger().regles_de_delai().len()).prop_map(|rang| &Droit::charger().regles_de_delai()[rang])
}

proptest! {
    #[test]
    fn un_acte_ne_finit_jamais_un_jour_non_ouvre(regle in une_regle(), jour in un_jour(), lieu in un_lieu()) {
        let echeance = regle.echeance(jour, lieu).unwrap();
        let ouvre = Droit::charger().non_ouvre(lieu.zone, echeance.jour).unwrap().is_none();
        prop_assert!(ouvre || matches!(regle.genre(), GenreDelai::Terme | GenreDelai::Prescription));
    }

    #[test]
    fn un_jour_de_plus_ne_raccourcit_jamais_un_delai(regle in une_regle(), jour in un_jour(), lieu in un_lieu()) {
        let veille = regle.echeance(jour, lieu).unwrap().jour;
        let lendemain = regle.echeance(jour.tomorrow().unwrap(), lieu).unwrap().jour;
        prop_assert!(veille <= lendemain);
    }

    #[test]
    fn la_distance_ne_raccourcit_jamais_un_delai(regle in une_regle(), jour in un_jour(), lieu in un_lieu()) {
        let ici = regle.echeance(jour, Lieu::sur_place(lieu.zone)).unwrap().jour;
        let loin = regle.echeance(jour, lieu).unwrap().jour;
        prop_assert!(ici <= loin);
        prop_assert!(jour < ici);
    }

    #[test]
    fn le_calcul_finit_au_jour_qu_il_donne_et_ne_recule_pas(regle in une_regle(), jour in un_jour(), lieu in un_lieu()) {
        let echeance = regle.echeance(jour, lieu).unwrap();
        let jours: Vec<_> = echeance.etapes.iter().map(|etape| etape.jour).collect();
        prop_assert!(jours.is_sorted());
        prop_assert_eq!(*jours.last().unwrap(), echeance.jour);
        let fondes = echeance.etapes.iter().filter(|etape| !etape.articles.is_empty()).count();
        prop_assert!(fondes + 2 >= echeance.etapes.len() && fondes >= 2);
    }
}
