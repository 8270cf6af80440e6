//! Un établissement paie pour d'autres.

use super::scenario::*;

/// L'établissement 1 déclare cent euros que le 2 doit payer.
fn dependant(ordre: i64) -> Scenario {
    let declaration = dsn("2026-01", 100_00).ordonne(&[]).verse(par_autrui(ordre, 2));
    Scenario::nouveau().declare(declaration)
}

#[test]
fn l_excedent_du_payeur_couvre_celui_qui_le_nomme() {
    dependant(100_00)
        .etablissement(2)
        .recoit(recette("2026-02-15", 100_00, "2026-01"))
        .donne(&["1 2026-01 paye_par_autre 10000"]);
    let ligne = dependant(100_00).ligne(1, "2026-01");
    assert_eq!(ligne.encaisse, c(0), "l'argent reste sur la ligne du payeur");
}

#[test]
fn un_payeur_absent_ou_qui_ne_verse_rien_laisse_l_impaye() {
    let attendu = ["1 2026-01 impaye 10000", "1 2026-01 paye_par_autre 10000"];
    dependant(100_00).donne(&attendu);
    dependant(100_00).etablissement(2).donne(&attendu);
    dependant(100_00)
        .au("2026-02-15")
        .donne(&["1 2026-01 paye_par_autre 10000"]);
    dependant(100_00)
        .etablissement(2)
        .recoit(recette("2026-03-15", 100_00, "2026-02"))
        .donne(&[
            "1 2026-01 impaye 10000",
            "1 2026-01 paye_par_autre 10000",
            "2 2026-02 paye_non_declare 10000",
        ]);
}

#[test]
fn un_payeur_qui_verse_moins_laisse_un_partiel_et_garde_ce_qui_depasse() {
    dependant(100_00)
        .etablissement(2)
        .recoit(recette("2026-02-15", 60_00, "2026-01"))
        .donne(&["1 2026-01 partiel 4000", "1 2026-01 paye_par_autre 10000"]);
    dependant(100_00)
        .etablissement(2)
        .recoit(recette("2026-02-15", 130_00, "2026-01"))
        .donne(&[
            "1 2026-01 paye_par_autre 10000",
            "2 2026-01 paye_non_declare 3000",
        ]);
}

#[test]
fn plusieurs_dependants_se_partagent_un_payeur_dans_l_ordre_des_siret() {
    let ordre = || dsn("2026-01", 100_00).ordonne(&[]).verse(par_autrui(100_00, 2));
    Scenario::nouveau()
        .declare(ordre())
        .etablissement(3)
        .declare(ordre())
        .etablissement(2)
        .declare(dsn("2026-01", 50_00))
        .recoit(recette("2026-02-15", 180_00, "2026-01"))
        .donne(&[
            "1 2026-01 paye_par_autre 10000",
            "3 2026-01 partiel 7000",
            "3 2026-01 paye_par_autre 10000",
        ]);
}

#[test]
fn deux_virements_egaux_pour_deux_dependants_ne_sont_pas_un_doublon() {
    let ordre = || dsn("2026-01", 100_00).ordonne(&[]).verse(par_autrui(100_00, 2));
    let payer = || recette("2026-02-15", 100_00, "2026-01");
    let scenario = Scenario::nouveau()
        .declare(ordre())
        .etablissement(3)
        .declare(ordre())
        .etablissement(2)
        .recoit(payer())
        .recoit(payer());
    scenario.donne(&["1 2026-01 paye_par_autre 10000", "3 2026-01 paye_par_autre 10000"]);
    scenario.recoit(payer()).donne(&[
        "1 2026-01 paye_par_autre 10000",
        "2 2026-01 doublon 10000",
        "3 2026-01 paye_par_autre 10000",
    ]);
}

#[test]
fn un_payeur_peut_ordonner_lui_meme_pour_un_ordre_a_zero() {
    let payeur = |verse: i64| {
        dependant(0)
            .etablissement(2)
            .declare(dsn("2026-01", 50_00).ordonne(&[150_00]))
            .recoit(recette("2026-02-15", verse, "2026-01"))
    };
    payeur(150_00).donne(&["1 2026-01 paye_par_autre 0"]);
    payeur(50_00).donne(&[
        "1 2026-01 impaye 10000",
        "1 2026-01 paye_par_autre 0",
        "2 2026-01 partiel 10000",
    ]);
}

#[test]
fn l_excedent_d_un_payeur_ne_couvre_pas_plus_que_l_ordre() {
    let declaration = dsn("2026-01", 100_00)
        .ordonne(&[60_00])
        .verse(par_autrui(40_00, 2));
    Scenario::nouveau()
        .declare(declaration)
        .etablissement(2)
        .recoit(recette("2026-02-15", 100_00, "2026-01"))
        .donne(&[
            "1 2026-01 partiel 6000",
            "1 2026-01 paye_par_autre 4000",
            "2 2026-01 paye_non_declare 6000",
        ]);
}
