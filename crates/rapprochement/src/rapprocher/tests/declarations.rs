//! Quelles déclarations comptent, et ce qui se voit de leurs dépôts.

use super::scenario::*;
use crate::rapprocher::TypeDeclaration::{Annule, AnnuleEtRemplace, AnnuleEtRemplaceNeant, Neant};
use crate::rapprocher::*;

/// Déclaré de janvier 2026, une fois retenu ce qui compte.
fn declare(declarations: &[DeclarationGardee]) -> Option<i64> {
    let effectives = effectives(declarations).remove(&mois("2026-01")).unwrap();
    let comptent = !effectives.declarations.is_empty();
    comptent.then(|| effectives.declarations.iter().map(|d| d.declare.centimes()).sum())
}

#[test]
fn seule_la_premiere_normale_est_acceptee() {
    assert_eq!(
        declare(&[dsn("2026-01", 200_00).no(2), dsn("2026-01", 100_00).no(1)]),
        Some(100_00)
    );
    assert_eq!(
        declare(&[dsn("2026-01", 0).genre(Neant).no(1), dsn("2026-01", 100_00).no(2)]),
        Some(0)
    );
    let scenario = Scenario::nouveau()
        .declare(dsn("2026-01", 100_00))
        .declare(dsn("2026-01", 200_00).no(2))
        .recoit(recette("2026-02-15", 100_00, "2026-01"));
    scenario.donne(&[]);
}

#[test]
fn le_dernier_remplacement_compte_quel_que_soit_l_ordre_d_arrivee() {
    let mut declarations = vec![
        dsn("2026-01", 300_00).genre(AnnuleEtRemplace).no(3),
        dsn("2026-01", 100_00).no(1),
        dsn("2026-01", 200_00).genre(AnnuleEtRemplace).no(2),
    ];
    assert_eq!(declare(&declarations), Some(300_00));
    declarations.reverse();
    assert_eq!(declare(&declarations), Some(300_00));
    declarations.push(dsn("2026-01", 0).genre(AnnuleEtRemplaceNeant).no(4));
    assert_eq!(declare(&declarations), Some(0));
    declarations.push(dsn("2026-01", 0).genre(Annule).no(5));
    assert_eq!(declare(&declarations), None);
}

#[test]
fn un_numero_d_ordre_se_compare_apres_la_date_de_constitution() {
    let mut tard = dsn("2026-01", 300_00).genre(AnnuleEtRemplace).no(1);
    tard.identifiant.constituee_le = jour("2026-02-10");
    assert_eq!(
        declare(&[tard, dsn("2026-01", 200_00).genre(AnnuleEtRemplace).no(9)]),
        Some(300_00)
    );
}

#[test]
fn un_remplacement_sans_original_connu_compte_tel_quel() {
    let seul = Scenario::nouveau()
        .declare(dsn("2026-01", 100_00).genre(AnnuleEtRemplace))
        .recoit(recette("2026-02-15", 100_00, "2026-01"));
    seul.donne(&[]);
}

#[test]
fn entre_mensuelle_et_substitution_la_derniere_non_annulee_compte() {
    let mensuelle = dsn("2026-01", 100_00).no(1);
    let substitution = dsn("2026-01", 150_00).substitution().no(2);
    let annulation = dsn("2026-01", 0).substitution().genre(Annule).no(3);
    assert_eq!(declare(&[mensuelle.clone(), substitution.clone()]), Some(150_00));
    assert_eq!(
        declare(&[substitution.clone(), mensuelle.clone().no(4)]),
        Some(100_00)
    );
    assert_eq!(declare(&[mensuelle, substitution, annulation]), Some(100_00));
}

#[test]
fn la_declaration_effective_d_une_chaine_est_la_derniere_qui_remplace() {
    let chaine = [
        dsn("2026-01", 200_00).genre(AnnuleEtRemplace).no(2),
        dsn("2026-01", 100_00),
    ];
    assert_eq!(declaration_effective(&chaine), Some(&chaine[0]));
    assert_eq!(declaration_effective(&[dsn("2026-01", 0).genre(Annule)]), None);
    assert_eq!(declaration_effective([]), None);
}

#[test]
fn une_declaration_remplacee_montre_les_deux() {
    let scenario = Scenario::nouveau()
        .declare(dsn("2026-01", 100_00))
        .declare(dsn("2026-01", 120_00).genre(AnnuleEtRemplace).no(2))
        .recoit(recette("2026-02-15", 120_00, "2026-01"));
    scenario.donne(&["1 2026-01 remplace 0"]);
    let preuves = &scenario.ligne(1, "2026-01").ecarts[0].preuves;
    let declarations: Vec<i64> = preuves
        .iter()
        .map(|p| match p {
            Preuve::Lignes { declaration, .. } => *declaration,
            autre => panic!("{autre:?}"),
        })
        .collect();
    assert_eq!(declarations, [1, 2]);
}

#[test]
fn un_mois_annule_n_a_ni_declare_ni_echeance() {
    let scenario = Scenario::nouveau()
        .declare(dsn("2026-01", 100_00).substitution())
        .declare(dsn("2026-01", 0).substitution().genre(Annule).no(2));
    scenario.donne(&["1 2026-01 remplace 0"]);
    let ligne = scenario.ligne(1, "2026-01");
    assert_eq!((ligne.declare, ligne.ordonne, ligne.echeance), (c(0), c(0), None));
}

#[test]
fn un_mois_additionne_ses_fractions() {
    let scenario = Scenario::nouveau()
        .declare(dsn("2026-01", 100_00).fraction(1, 2))
        .declare(dsn("2026-01", 50_00).fraction(2, 2).no(2))
        .recoit(recette("2026-02-15", 150_00, "2026-01"));
    scenario.donne(&[]);
    assert_eq!(scenario.ligne(1, "2026-01").declare, c(150_00));
}

#[test]
fn une_fraction_manque_une_fois_l_echeance_passee() {
    let scenario = Scenario::nouveau()
        .declare(dsn("2026-01", 50_00).fraction(2, 2))
        .recoit(recette("2026-02-15", 50_00, "2026-01"));
    scenario.donne(&["1 2026-01 fraction_manquante 0"]);
    scenario.clone().au("2026-02-15").donne(&[]);
    scenario.au("2026-02-20").tolerance(5).donne(&[]);
}

#[test]
fn le_decoupage_de_la_plus_recente_l_emporte() {
    let entiere = dsn("2026-01", 100_00).no(1);
    let moities = |genre| {
        let un = dsn("2026-01", 70_00).genre(genre).fraction(1, 2).no(2);
        [un, dsn("2026-01", 40_00).genre(genre).fraction(2, 2).no(3)]
    };
    let [un, deux] = moities(AnnuleEtRemplace);
    assert_eq!(
        declare(&[un.clone(), entiere.clone(), deux.clone()]),
        Some(110_00)
    );
    let scenario = Scenario::nouveau()
        .declare(entiere.clone())
        .declare(un)
        .declare(deux)
        .recoit(recette("2026-02-15", 110_00, "2026-01"));
    scenario.donne(&["1 2026-01 remplace 0"]);
    let [un, deux] = moities(TypeDeclaration::Normale);
    assert_eq!(declare(&[un, entiere, deux]), Some(110_00));
}

#[test]
fn un_depot_est_tardif_apres_l_echeance_et_la_tolerance() {
    let depose = |le| {
        Scenario::nouveau()
            .declare(dsn("2026-01", 100_00).deposee(le))
            .recoit(recette("2026-02-15", 100_00, "2026-01"))
    };
    depose("2026-02-15").donne(&[]);
    depose("2026-02-16").donne(&["1 2026-01 depot_tardif 0"]);
    depose("2026-02-16").tolerance(1).donne(&[]);
}

#[test]
fn le_premier_depot_du_mois_fait_foi_meme_remplace() {
    Scenario::nouveau()
        .declare(dsn("2026-01", 100_00).deposee("2026-02-14"))
        .declare(
            dsn("2026-01", 100_00)
                .genre(AnnuleEtRemplace)
                .no(2)
                .deposee("2026-02-20"),
        )
        .recoit(recette("2026-02-15", 100_00, "2026-01"))
        .donne(&["1 2026-01 remplace 0"]);
}

#[test]
fn l_echeance_est_le_cinq_a_partir_de_cinquante_individus_sinon_le_quinze() {
    for (individus, attendue) in [
        (0, "2026-02-15"),
        (49, "2026-02-15"),
        (50, "2026-02-05"),
        (900, "2026-02-05"),
    ] {
        let mut declaration = dsn("2026-01", 100_00);
        declaration.individus = individus;
        let ligne = Scenario::nouveau().declare(declaration).ligne(1, "2026-01");
        assert_eq!(ligne.echeance, Some(jour(attendue)), "{individus}");
    }
}

#[test]
fn la_date_ordonnee_la_plus_proche_prime_sur_l_echeance_legale() {
    let mut declaration = dsn("2026-01", 100_00).ordonne(&[60_00, 40_00]);
    declaration.versements[0].echeance = Some(jour("2026-03-05"));
    declaration.versements[1].echeance = Some(jour("2026-03-04"));
    let scenario = Scenario::nouveau()
        .declare(declaration.deposee("2026-03-04"))
        .recoit(recette("2026-03-04", 100_00, "2026-01"));
    assert_eq!(scenario.ligne(1, "2026-01").echeance, Some(jour("2026-03-04")));
    scenario.donne(&[]);
}
