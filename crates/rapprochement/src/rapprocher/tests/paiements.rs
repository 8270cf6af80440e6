//! L'encaissé contre l'ordonné.

use super::scenario::*;
use crate::rapprocher::*;

fn cent_en_janvier() -> Scenario {
    Scenario::nouveau().declare(dsn("2026-01", 100_00))
}

#[test]
fn un_mois_paye_a_l_echeance_est_sans_ecart() {
    let scenario = cent_en_janvier().recoit(recette("2026-02-15", 100_00, "2026-01"));
    scenario.donne(&[]);
    let ligne = scenario.ligne(1, "2026-01");
    assert_eq!(
        (ligne.ordonne, ligne.encaisse, ligne.solde),
        (c(100_00), c(100_00), c(0))
    );
}

#[test]
fn un_mois_est_impaye_quand_l_echeance_et_la_tolerance_sont_passees() {
    let scenario = cent_en_janvier();
    scenario.donne(&["1 2026-01 impaye 10000"]);
    scenario.clone().au("2026-02-15").donne(&[]);
    scenario
        .clone()
        .au("2026-02-16")
        .donne(&["1 2026-01 impaye 10000"]);
    scenario.clone().au("2026-02-20").tolerance(5).donne(&[]);
    scenario
        .au("2026-02-21")
        .tolerance(5)
        .donne(&["1 2026-01 impaye 10000"]);
}

#[test]
fn une_recette_posterieure_au_jour_ou_l_on_se_place_n_est_pas_la() {
    let scenario = cent_en_janvier().recoit(recette("2026-03-01", 100_00, "2026-01"));
    scenario
        .clone()
        .au("2026-02-28")
        .donne(&["1 2026-01 impaye 10000"]);
    scenario.donne(&["1 2026-01 retard 10000"]);
}

#[test]
fn rien_de_declare_n_est_pas_impaye() {
    Scenario::nouveau()
        .declare(dsn("2026-01", 0).genre(TypeDeclaration::Neant))
        .donne(&[]);
}

#[test]
fn un_mois_paye_en_partie_est_partiel_l_echeance_passee() {
    let scenario = cent_en_janvier().recoit(recette("2026-02-15", 60_00, "2026-01"));
    scenario.donne(&["1 2026-01 partiel 4000"]);
    scenario.au("2026-02-15").donne(&[]);
}

#[test]
fn un_centime_de_trop_est_un_trop_percu_sans_attendre_l_echeance() {
    let scenario = cent_en_janvier().recoit(recette("2026-02-10", 100_01, "2026-01"));
    scenario
        .clone()
        .au("2026-02-10")
        .donne(&["1 2026-01 trop_percu 1"]);
    scenario.donne(&["1 2026-01 trop_percu 1"]);
}

#[test]
fn de_l_argent_sans_declaration_qui_compte_est_paye_non_declare() {
    let paye = |s: Scenario| s.recoit(recette("2026-02-15", 100_00, "2026-01"));
    let attendu = ["1 2026-01 paye_non_declare 10000"];
    paye(Scenario::nouveau()).donne(&attendu);
    let neant = dsn("2026-01", 0).genre(TypeDeclaration::Neant);
    paye(Scenario::nouveau().declare(neant)).donne(&attendu);
    let annulee = dsn("2026-01", 100_00).substitution();
    let annule = dsn("2026-01", 0)
        .substitution()
        .genre(TypeDeclaration::Annule)
        .no(2);
    paye(Scenario::nouveau().declare(annulee).declare(annule))
        .donne(&["1 2026-01 paye_non_declare 10000", "1 2026-01 remplace 0"]);
}

#[test]
fn sans_ordre_l_encaisse_se_compare_au_declare() {
    let sans_ordre = || Scenario::nouveau().declare(dsn("2026-01", 100_00).ordonne(&[]));
    let ordre = "1 2026-01 ordre_different -10000";
    sans_ordre().donne(&["1 2026-01 impaye 10000", ordre]);
    sans_ordre()
        .recoit(recette("2026-02-15", 100_00, "2026-01"))
        .donne(&[ordre]);
    let moitie = sans_ordre().recoit(recette("2026-02-15", 50_00, "2026-01"));
    moitie.donne(&["1 2026-01 partiel 5000", ordre]);
}

#[test]
fn une_recette_sans_periode_paie_le_mois_qui_precede_le_sien() {
    let scenario = cent_en_janvier().recoit(recette("2026-02-03", 100_00, ""));
    scenario.donne(&[]);
    let janvier = cent_en_janvier().recoit(recette("2026-01-31", 100_00, ""));
    assert_eq!(janvier.ligne(1, "2025-12").encaisse, c(100_00));
}

#[test]
fn une_recette_du_trimestre_ou_de_l_annee_paie_son_dernier_mois() {
    for (periode, mois) in [("2026-T1", "2026-03"), ("2025", "2025-12")] {
        let scenario = Scenario::nouveau().recoit(recette("2026-04-10", 100_00, periode));
        assert_eq!(scenario.ligne(1, mois).encaisse, c(100_00));
    }
}

#[test]
fn le_meme_paiement_deux_fois_est_un_doublon_et_rien_d_autre() {
    let payer = || recette("2026-02-15", 100_00, "2026-01");
    let scenario = cent_en_janvier().recoit(payer()).recoit(payer());
    scenario.donne(&["1 2026-01 doublon 10000"]);
    assert_eq!(scenario.ligne(1, "2026-01").solde, c(-100_00));
    scenario.recoit(payer()).donne(&["1 2026-01 doublon 20000"]);
    let autre_compte = RecetteLue {
        compte: Some(vec![1]),
        ..payer()
    };
    cent_en_janvier()
        .recoit(payer())
        .recoit(autre_compte)
        .donne(&["1 2026-01 trop_percu 10000"]);
}

#[test]
fn deux_moities_egales_d_un_ordre_ne_sont_pas_un_doublon() {
    let moitie = || recette("2026-02-15", 50_00, "2026-01");
    let scenario = cent_en_janvier().recoit(moitie()).recoit(moitie());
    scenario.donne(&[]);
    scenario
        .clone()
        .recoit(moitie())
        .donne(&["1 2026-01 doublon 5000"]);
    let deux_tiers = || recette("2026-02-15", 75_00, "2026-01");
    cent_en_janvier()
        .recoit(deux_tiers())
        .recoit(deux_tiers())
        .donne(&["1 2026-01 trop_percu 5000"]);
}

#[test]
fn ce_qu_un_doublon_n_explique_pas_reste_un_trop_percu() {
    let payer = || recette("2026-02-15", 110_00, "2026-01");
    cent_en_janvier()
        .recoit(payer())
        .recoit(payer())
        .donne(&["1 2026-01 trop_percu 1000", "1 2026-01 doublon 11000"]);
}

#[test]
fn deux_ordres_sepa_pour_la_meme_chose_sont_un_doublon_paye_ou_non() {
    let double = || Scenario::nouveau().declare(dsn("2026-01", 100_00).ordonne(&[100_00, 100_00]));
    let payer = || recette("2026-02-15", 100_00, "2026-01");
    double().recoit(payer()).donne(&["1 2026-01 doublon 10000"]);
    double()
        .recoit(payer())
        .recoit(payer())
        .donne(&["1 2026-01 doublon 10000"]);
    double().donne(&["1 2026-01 impaye 10000", "1 2026-01 doublon 10000"]);
    let moities = dsn("2026-01", 200_00).ordonne(&[100_00, 100_00]);
    let une_fois = Scenario::nouveau()
        .declare(moities)
        .recoit(recette("2026-02-15", 200_00, "2026-01"));
    une_fois.donne(&[]);
}

#[test]
fn un_paiement_acheve_apres_l_echeance_est_en_retard() {
    let payer = |le, montant| recette(le, montant, "2026-01");
    cent_en_janvier().recoit(payer("2026-02-15", 100_00)).donne(&[]);
    let tard = cent_en_janvier().recoit(payer("2026-02-16", 100_00));
    tard.donne(&["1 2026-01 retard 10000"]);
    tard.tolerance(1).donne(&[]);
    cent_en_janvier()
        .recoit(payer("2026-02-10", 70_00))
        .recoit(payer("2026-02-16", 30_00))
        .donne(&["1 2026-01 retard 3000"]);
    cent_en_janvier()
        .recoit(payer("2026-02-16", 30_00))
        .donne(&["1 2026-01 partiel 7000", "1 2026-01 retard 3000"]);
}

#[test]
fn ce_qui_depasse_apres_coup_n_est_pas_un_retard() {
    let payer = |le, montant| recette(le, montant, "2026-01");
    let paye = || cent_en_janvier().recoit(payer("2026-02-10", 100_00));
    paye()
        .recoit(payer("2026-03-10", 100_00))
        .donne(&["1 2026-01 doublon 10000"]);
    paye()
        .recoit(payer("2026-03-10", 10_00))
        .donne(&["1 2026-01 trop_percu 1000"]);
}

#[test]
fn un_prelevement_revenu_impaye_est_un_rejet_et_pas_un_impaye() {
    let rejete = || {
        cent_en_janvier()
            .recoit(recette("2026-02-15", 100_00, "2026-01"))
            .rejette("2026-02-18", 1, 100_00)
    };
    rejete().donne(&["1 2026-01 rejet 10000"]);
    assert_eq!(rejete().ligne(1, "2026-01").encaisse, c(0));
    rejete()
        .recoit(recette("2026-02-25", 100_00, "2026-01"))
        .donne(&["1 2026-01 retard 10000", "1 2026-01 rejet 10000"]);
    rejete().recoit(recette("2026-02-25", 60_00, "2026-01")).donne(&[
        "1 2026-01 partiel 4000",
        "1 2026-01 retard 6000",
        "1 2026-01 rejet 10000",
    ]);
}

#[test]
fn deux_rejets_de_suite_laissent_un_seul_manque() {
    cent_en_janvier()
        .recoit(recette("2026-02-15", 100_00, "2026-01"))
        .rejette("2026-02-18", 1, 100_00)
        .recoit(recette("2026-02-20", 100_00, "2026-01"))
        .rejette("2026-02-25", 3, 100_00)
        .donne(&["1 2026-01 rejet 20000"]);
}

#[test]
fn une_copie_rendue_n_est_plus_un_doublon() {
    cent_en_janvier()
        .recoit(recette("2026-02-15", 100_00, "2026-01"))
        .recoit(recette("2026-02-15", 100_00, "2026-01"))
        .rejette("2026-02-18", 2, 100_00)
        .donne(&["1 2026-01 rejet 10000"]);
}

#[test]
fn les_preuves_sont_les_lignes_des_ordres_et_les_recettes() {
    let scenario = cent_en_janvier().recoit(recette("2026-02-15", 60_00, "2026-01"));
    let ecart = &scenario.ligne(1, "2026-01").ecarts[0];
    let json = serde_json::to_string_pretty(ecart).unwrap();
    insta::assert_snapshot!(json, @r#"
    {
      "classe": "partiel",
      "montant_centimes": 4000,
      "preuves": [
        {
          "lignes": {
            "declaration": 1,
            "fichier": "janvier.dsn",
            "debut": 20,
            "fin": 20
          }
        },
        {
          "recette": {
            "encaissement": 1
          }
        }
      ]
    }
    "#);
}
