//! Les mois d'un même établissement entre eux, l'ordre contre le déclaré, les régularisations, le compte.

use super::scenario::*;
use crate::rapprocher::*;

#[test]
fn ce_qui_manque_a_un_mois_et_depasse_sous_un_autre_est_une_mauvaise_periode() {
    let decale = Scenario::nouveau()
        .declare(dsn("2026-01", 100_00))
        .recoit(recette("2026-02-15", 100_00, "2026-02"));
    decale.donne(&["1 2026-01 mauvaise_periode 10000"]);
    decale
        .clone()
        .au("2026-02-15")
        .donne(&["1 2026-01 mauvaise_periode 10000"]);
    assert_eq!(decale.ligne(1, "2026-01").solde, c(100_00));
    let preuves = decale.ligne(1, "2026-01").ecarts.remove(0).preuves;
    assert!(preuves.contains(&Preuve::Recette { encaissement: 1 }));
}

#[test]
fn un_centime_d_ecart_et_rien_ne_se_compense() {
    Scenario::nouveau()
        .declare(dsn("2026-01", 100_00))
        .recoit(recette("2026-02-15", 100_01, "2026-02"))
        .donne(&["1 2026-01 impaye 10000", "1 2026-02 paye_non_declare 10001"]);
}

#[test]
fn un_reste_se_compense_comme_un_mois_entier() {
    Scenario::nouveau()
        .declare(dsn("2026-01", 100_00))
        .declare(dsn("2026-02", 100_00))
        .recoit(recette("2026-02-15", 70_00, "2026-01"))
        .recoit(recette("2026-03-15", 130_00, "2026-02"))
        .donne(&["1 2026-01 mauvaise_periode 3000"]);
}

#[test]
fn les_mois_les_plus_proches_se_compensent_d_abord() {
    Scenario::nouveau()
        .declare(dsn("2025-10", 100_00))
        .declare(dsn("2026-01", 100_00))
        .recoit(recette("2026-02-15", 100_00, "2026-02"))
        .donne(&["1 2025-10 impaye 10000", "1 2026-01 mauvaise_periode 10000"]);
}

#[test]
fn plusieurs_mois_ne_se_compensent_que_si_tout_est_balance() {
    let deux_mois = || {
        Scenario::nouveau()
            .declare(dsn("2026-01", 100_00))
            .declare(dsn("2026-02", 70_00))
    };
    deux_mois()
        .recoit(recette("2026-04-10", 170_00, "2026-03"))
        .donne(&[
            "1 2026-01 mauvaise_periode 10000",
            "1 2026-02 mauvaise_periode 7000",
        ]);
    deux_mois()
        .recoit(recette("2026-04-10", 160_00, "2026-03"))
        .donne(&[
            "1 2026-01 impaye 10000",
            "1 2026-02 impaye 7000",
            "1 2026-03 paye_non_declare 16000",
        ]);
    Scenario::nouveau()
        .declare(dsn("2026-01", 100_00))
        .recoit(recette("2026-03-10", 60_00, "2026-02"))
        .recoit(recette("2026-04-10", 40_00, "2026-03"))
        .donne(&["1 2026-01 mauvaise_periode 10000"]);
}

#[test]
fn deux_etablissements_ne_se_compensent_pas() {
    Scenario::nouveau()
        .declare(dsn("2026-01", 100_00))
        .etablissement(2)
        .recoit(recette("2026-02-15", 100_00, "2026-02"))
        .donne(&["1 2026-01 impaye 10000", "2 2026-02 paye_non_declare 10000"]);
}

#[test]
fn un_doublon_est_retire_avant_de_compenser() {
    let payer = || recette("2026-02-15", 100_00, "2026-01");
    Scenario::nouveau()
        .declare(dsn("2026-01", 100_00))
        .declare(dsn("2026-02", 100_00))
        .recoit(payer())
        .recoit(payer())
        .donne(&["1 2026-01 doublon 10000", "1 2026-02 impaye 10000"]);
}

#[test]
fn l_ordre_differe_du_declare_avec_comme_sans_les_codes_trimestriels() {
    let ordonne = |montant: i64| {
        Scenario::nouveau()
            .declare(dsn("2026-01", 100_00).trimestriel(30_00).ordonne(&[montant]))
            .recoit(recette("2026-02-15", montant, "2026-01"))
    };
    ordonne(100_00).donne(&[]);
    ordonne(70_00).donne(&[]);
    ordonne(80_00).donne(&["1 2026-01 ordre_different -2000"]);
    ordonne(100_01).donne(&["1 2026-01 ordre_different 1"]);
}

#[test]
fn le_dernier_mois_du_trimestre_peut_ordonner_les_codes_differes() {
    let trimestre = |ordre_de_mars: i64| {
        let mois = |periode: &str| dsn(periode, 100_00).trimestriel(30_00).deposee("2026-01-31");
        Scenario::nouveau()
            .au("2026-02-01")
            .declare(mois("2026-01").ordonne(&[70_00]))
            .declare(mois("2026-02").ordonne(&[70_00]))
            .declare(mois("2026-03").ordonne(&[ordre_de_mars]))
    };
    trimestre(160_00).donne(&[]);
    trimestre(130_00).donne(&["1 2026-03 ordre_different 3000"]);
}

#[test]
fn un_mois_negatif_n_ordonne_rien() {
    Scenario::nouveau().declare(dsn("2026-01", -50_00)).donne(&[]);
}

#[test]
fn un_ordre_du_trimestre_paie_les_mois_qui_n_ordonnent_rien() {
    let trimestre = |debut: &str| {
        let mut ordre = versement(300_00);
        ordre.periode = Some((jour(debut), jour("2026-03-31")));
        let mars = dsn("2026-03", 100_00).ordonne(&[]).verse(ordre);
        Scenario::nouveau()
            .declare(dsn("2026-01", 100_00).ordonne(&[]))
            .declare(dsn("2026-02", 100_00).ordonne(&[]))
            .declare(mars)
            .recoit(recette("2026-04-15", 300_00, "2026-T1"))
    };
    trimestre("2026-01-01").donne(&[]);
    let deux_mois = trimestre("2026-02-01").ecarts();
    assert!(
        deux_mois.contains(&"1 2026-01 impaye 10000".to_string()),
        "{deux_mois:?}"
    );
}

#[test]
fn declarer_ici_et_verser_a_une_autre_caisse_n_est_qu_une_caisse_erronee() {
    let ailleurs = |declare, ordonne| {
        Scenario::nouveau().declare(dsn("2026-01", 100_00).ordonne(&[]).ailleurs(declare, ordonne))
    };
    ailleurs(0, 100_00).donne(&["1 2026-01 mauvaise_caisse 10000"]);
    ailleurs(500_00, 600_00).donne(&["1 2026-01 mauvaise_caisse 10000"]);
    let autre_chose = ["1 2026-01 impaye 10000", "1 2026-01 ordre_different -10000"];
    ailleurs(500_00, 500_00).donne(&autre_chose);
    ailleurs(500_00, 510_00).donne(&autre_chose);
}

#[test]
fn verser_ici_ce_qui_est_declare_ailleurs_est_une_caisse_erronee() {
    let ici = |declare_la_bas, ordonne_la_bas| {
        Scenario::nouveau()
            .declare(
                dsn("2026-01", 0)
                    .ordonne(&[100_00])
                    .ailleurs(declare_la_bas, ordonne_la_bas),
            )
            .recoit(recette("2026-02-15", 100_00, "2026-01"))
    };
    ici(100_00, 0).donne(&["1 2026-01 mauvaise_caisse 10000"]);
    ici(100_00, 100_00).donne(&["1 2026-01 ordre_different 10000"]);
}

#[test]
fn une_regularisation_ne_retire_pas_plus_que_la_periode_ne_porte() {
    let retirer = |montant: i64| {
        Scenario::nouveau()
            .au("2026-02-01")
            .declare(dsn("2026-01", 100_00))
            .declare(dsn("2026-02", 100_00).retire("2026-01", montant))
            .cotise(1, "2026-01", 40_00)
    };
    retirer(40_00).donne(&[]);
    retirer(40_01).donne(&["1 2026-02 regularisation_excedentaire 1"]);
    let deux_fois = retirer(30_00).declare(dsn("2026-03", 100_00).retire("2026-01", 30_00));
    deux_fois.donne(&["1 2026-03 regularisation_excedentaire 2000"]);
}

#[test]
fn une_regularisation_d_une_periode_inconnue_n_est_pas_jugee() {
    Scenario::nouveau()
        .au("2026-02-01")
        .declare(dsn("2026-02", 100_00).retire("2026-01", 40_00))
        .donne(&[]);
}

#[test]
fn seul_ce_que_porte_une_declaration_qui_compte_se_retire() {
    Scenario::nouveau()
        .au("2026-02-01")
        .declare(dsn("2026-01", 100_00))
        .declare(
            dsn("2026-01", 100_00)
                .genre(TypeDeclaration::AnnuleEtRemplace)
                .no(2),
        )
        .declare(dsn("2026-02", 100_00).retire("2026-01", 40_00))
        .cotise(1, "2026-01", 40_00)
        .cotise(2, "2026-01", 10_00)
        .donne(&[
            "1 2026-01 remplace 0",
            "1 2026-02 regularisation_excedentaire 3000",
        ]);
}

#[test]
fn le_compte_differe_du_declare_pour_le_mois_juste() {
    let janvier = ("2026-01-01", "2026-01-31");
    let emettre = |periode, montant| {
        Scenario::nouveau()
            .au("2026-02-01")
            .declare(dsn("2026-01", 100_00))
            .emis(periode, montant)
    };
    emettre(janvier, 100_00).donne(&[]);
    emettre(janvier, 90_00).donne(&["1 2026-01 cai_different -1000"]);
    emettre(janvier, 60_00).emis(janvier, 40_00).donne(&[]);
    emettre(janvier, 0).donne(&[]);
    emettre(("2026-01-01", "2026-03-31"), 90_00).donne(&[]);
    Scenario::nouveau().emis(janvier, 90_00).donne(&[]);
}

#[test]
fn les_noms_des_classes_sont_ceux_de_la_norme_et_se_serialisent() {
    let noms: Vec<&str> = Classe::TOUTES.iter().map(|c| c.slug()).collect();
    assert_eq!(
        noms.join(" "),
        "impaye partiel trop_percu paye_non_declare doublon mauvaise_periode ordre_different mauvaise_caisse \
         paye_par_autre remplace fraction_manquante depot_tardif retard regularisation_excedentaire cai_different rejet"
    );
    for classe in Classe::TOUTES {
        assert_eq!(
            serde_json::to_string(classe).unwrap(),
            format!("\"{}\"", classe.slug())
        );
        assert!(!classe.libelle().is_empty());
        assert!(classe.suite().ends_with('.'), "{}", classe.suite());
    }
}

#[test]
fn un_total_hors_de_toute_etendue_est_refuse() {
    let enorme = Scenario::nouveau()
        .recoit(recette("2026-02-15", i64::MAX, "2026-01"))
        .recoit(recette("2026-02-15", i64::MAX, "2026-01"));
    assert!(rapprocher(&enorme.faits, enorme.regles).is_err());
}
