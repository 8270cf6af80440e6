//! Les phrases de chaque classe, et une fiche entière, du rapprochement au papier.

use std::collections::{BTreeMap, BTreeSet};

use creances::cai::{Cai, EnTete as EnTeteCai, LigneCai, Rubrique, Sens};
use droit::{FamilleCotisation, Nature, Poste};
use jiff::Timestamp;
use valeurs::{DossierId, Montant, Periode};

use super::assembler::{Matiere, assembler};
use super::phrases::Recit;
use super::*;
use crate::rapprocher::tests::scenario::*;
use crate::rapprocher::*;

/// Les phrases du premier établissement d'un scénario.
fn phrases(scenario: &Scenario) -> Vec<(Classe, String)> {
    let faits = scenario.faits.first().unwrap();
    let recit = Recit::nouveau(faits);
    let effectives = effectives(&faits.declarations);
    let mut phrases = Vec::new();
    for mois in scenario.lignes().iter().filter(|m| m.siret == faits.siret) {
        for ecart in &mois.ecarts {
            let phrase = recit.phrase(mois, effectives.get(&mois.mois), ecart).unwrap();
            phrases.push((ecart.classe, phrase));
        }
    }
    phrases
}

fn payee(declaration: DeclarationGardee) -> Scenario {
    Scenario::nouveau()
        .declare(declaration)
        .recoit(recette("2026-02-15", 100_00, "2026-01"))
}

fn scenarios() -> Vec<Scenario> {
    let janvier = || dsn("2026-01", 1_234_56);
    let cent = || dsn("2026-01", 100_00);
    let echue = |le: &str, montant| {
        Scenario::nouveau()
            .declare(janvier())
            .recoit(recette(le, montant, "2026-01"))
    };
    vec![
        Scenario::nouveau().declare(janvier()),
        Scenario::nouveau().declare(janvier().ordonne(&[])),
        echue("2026-02-15", 1_000_00),
        // Cinq versements : la phrase les résume.
        (1..=5).fold(Scenario::nouveau().declare(janvier()), |s, jour| {
            s.recoit(recette(&format!("2026-02-0{jour}"), 1_00 * jour, "2026-01"))
        }),
        // Une part réglée par un autre établissement, dont le paiement ne se dit pas.
        Scenario::nouveau()
            .declare(cent().ordonne(&[]).verse(par_autrui(100_00, 2)))
            .etablissement(2)
            .recoit(recette("2026-02-15", 60_00, "2026-01")),
        echue("2026-02-15", 1_300_00),
        Scenario::nouveau().recoit(recette("2026-02-15", 1_00, "2026-01")),
        payee(cent()).recoit(recette("2026-02-16", 100_00, "2026-01")),
        payee(cent().ordonne(&[100_00, 100_00])),
        Scenario::nouveau()
            .declare(cent())
            .recoit(recette("2026-02-15", 100_00, "2026-02")),
        payee(dsn("2026-01", 120_00).ordonne(&[100_00])),
        Scenario::nouveau().declare(cent().ordonne(&[]).ailleurs(0, 100_00)),
        payee(dsn("2026-01", 0).ordonne(&[100_00]).ailleurs(100_00, 0)),
        payee(cent()).declare(
            dsn("2026-01", 130_00)
                .genre(TypeDeclaration::AnnuleEtRemplace)
                .no(2)
                .deposee("2026-02-10"),
        ),
        payee(cent()).declare(
            dsn("2026-01", 0)
                .genre(TypeDeclaration::Annule)
                .no(2)
                .deposee("2026-02-10"),
        ),
        payee(cent().fraction(2, 3)),
        payee(cent().deposee("2026-02-20")),
        Scenario::nouveau()
            .declare(cent())
            .recoit(recette("2026-02-16", 100_00, "2026-01")),
        payee(cent())
            .declare(dsn("2026-02", 100_00).retire("2026-01", 40_01))
            .recoit(recette("2026-03-15", 100_00, "2026-02"))
            .cotise(1, "2026-01", 40_00),
        payee(cent()).emis(("2026-01-01", "2026-01-31"), 90_00),
        payee(cent()).rejette("2026-02-20", 1, 100_00),
    ]
}

#[test]
fn chaque_classe_s_explique_par_ses_montants_et_ses_dates() {
    let dites: Vec<(Classe, String)> = scenarios().iter().flat_map(phrases).collect();
    let classes: BTreeSet<Classe> = dites.iter().map(|(classe, _)| *classe).collect();
    assert_eq!(classes.len(), Classe::TOUTES.len(), "{classes:?}");
    for (classe, phrase) in &dites {
        assert!(
            phrase.ends_with('.') && !phrase.contains("  "),
            "{classe:?} : {phrase}"
        );
        assert!(
            phrase.chars().next().is_some_and(|c| !c.is_lowercase()),
            "{phrase}"
        );
    }
    let lignes: BTreeSet<String> = dites
        .into_iter()
        .map(|(classe, phrase)| {
            format!(
                "{:02} {} : {phrase}",
                Classe::TOUTES.iter().position(|c| *c == classe).unwrap() + 1,
                classe.slug()
            )
        })
        .collect();
    insta::assert_snapshot!(lignes.into_iter().collect::<Vec<_>>().join("\n"));
}

/// Une écriture du compte, au débit si elle est positive.
fn ecriture(mois: &str, famille: FamilleCotisation, rubrique: Rubrique, centimes: i64) -> LigneCai {
    let mois: Periode = mois.parse().unwrap();
    LigneCai {
        jour: mois.fin(),
        periode: Some((mois.debut(), mois.fin())),
        periode_libelle: mois.libelle(),
        famille: Some(Nature::Cotisation(famille)),
        poste: Some(Poste::PartPatronale),
        sens: if centimes < 0 { Sens::Credit } else { Sens::Debit },
        rubrique,
        montant: c(centimes).abs(),
        reference: "C-1".into(),
        exigible_le: None,
        paye_le: None,
        auteur: "essai".into(),
        motif: None,
        mouvement: 1,
        recette: None,
    }
}

fn cai(lignes: Vec<LigneCai>) -> Cai {
    Cai {
        en_tete: EnTeteCai {
            dossier: DossierId::new(12),
            matricule: "EMP012".into(),
            nom: "EARL Le Clos & Fils".into(),
            prenom: String::new(),
            au: jour("2026-04-01"),
            debit: c(0),
            credit: c(0),
            du: c(0),
            en_attente: None,
            solde: c(0),
        },
        lignes,
        totaux: Vec::new(),
    }
}

fn fiche(scenario: &Scenario, cai: &Cai) -> Fiche {
    let faits = scenario.faits.first().unwrap();
    let rapproches = scenario.lignes();
    let matiere = Matiere {
        faits: Some(faits),
        rapproches: &rapproches,
        cai,
        constates: &BTreeMap::new(),
    };
    let en_tete = EnTete {
        dossier: cai.en_tete.dossier,
        nom: cai.en_tete.nom.clone(),
        matricule: cai.en_tete.matricule.clone(),
        siret: Some(faits.siret.clone()),
        intervalle: Intervalle::demande(None, None, jour("2026-04-01")).unwrap(),
        au: jour("2026-04-01"),
    };
    assembler(en_tete, &matiere).unwrap()
}

/// Un rejet défait est de l'argent imputé ; les modes de paiement sont d'une crate que celle-ci ne connaît pas.
const IMPUTE: Rubrique = Rubrique::Rejet;

const FAMILLES: [FamilleCotisation; 6] = [
    FamilleCotisation::AssurancesSociales,
    FamilleCotisation::AccidentsTravail,
    FamilleCotisation::AllocationsFamilialesSalaries,
    FamilleCotisation::CsgCrdsSalaries,
    FamilleCotisation::RetraiteComplementaire,
    FamilleCotisation::FormationProfessionnelle,
];

/// Treize mois d'un employeur ordinaire : un partiel, un retard, un trop-perçu ; le compte dit ce qui est déclaré, sauf
/// une famille d'un mois.
fn treize_mois() -> Fiche {
    let mut scenario = Scenario::nouveau().au("2026-04-01");
    let mut lignes = Vec::new();
    let intervalle = Intervalle::demande(None, None, jour("2026-04-01")).unwrap();
    for (rang, mois) in (0_i64..).zip(intervalle.mois().unwrap()) {
        let familles: Vec<_> = FAMILLES
            .iter()
            .zip(1_i64..)
            .map(|(famille, part)| (*famille, c(part * 211_37 + rang * 17_03)))
            .collect();
        let declare: i64 = familles.iter().map(|f| f.1.centimes()).sum();
        let texte = mois.to_string();
        for (famille, montant) in &familles {
            let emis = montant.centimes()
                - if rang == 4 && *famille == FAMILLES[1] {
                    10_00
                } else {
                    0
                };
            lignes.push(ecriture(&texte, *famille, Rubrique::Emission, emis));
            if rang < 11 {
                lignes.push(ecriture(&texte, *famille, IMPUTE, -emis));
            }
        }
        scenario = scenario.declare(DeclarationGardee {
            familles,
            ..dsn(&texte, declare)
        });
        let echeance = mois.fin().tomorrow().unwrap();
        let le = |jour: i8| echeance.with().day(jour).build().unwrap().to_string();
        scenario = match rang {
            3 => scenario.recoit(recette(&le(15), declare - 234_56, &texte)),
            7 => scenario.recoit(recette(&le(27), declare, &texte)),
            9 => scenario.recoit(recette(&le(15), declare + 50_00, &texte)),
            12 => scenario,
            _ => scenario.recoit(recette(&le(15), declare, &texte)),
        };
    }
    fiche(&scenario, &cai(lignes))
}

#[test]
fn le_declare_et_le_compte_s_accordent_ligne_a_ligne_au_centime() {
    let fiche = treize_mois();
    assert_eq!(fiche.mois.len(), 13);
    for m in &fiche.mois {
        let somme = |part: fn(&LigneFamille) -> Montant| Montant::somme(m.familles.iter().map(part)).unwrap();
        assert_eq!(somme(|f| f.declare), m.totaux.declare, "{}", m.mois);
        assert_eq!(somme(|f| f.emis), m.totaux.emis);
        for f in &m.familles {
            assert_eq!(f.emis.checked_sub(f.declare).unwrap(), f.difference);
            assert_eq!(f.emis.checked_sub(f.impute).unwrap(), f.reste);
        }
    }
    let differents: Vec<_> = fiche
        .mois
        .iter()
        .flat_map(|m| m.familles.iter().map(move |f| (m.mois.to_string(), f)))
        .filter(|(_, f)| !f.difference.est_nul())
        .map(|(mois, f)| format!("{mois} {} {}", f.famille.code(), f.difference.centimes()))
        .collect();
    assert_eq!(differents, ["2025-07 accidents_travail -1000"]);
    let t = &fiche.totaux;
    assert_eq!(t.ordonne.checked_sub(t.encaisse).unwrap(), t.solde);
    let classes: Vec<_> = fiche
        .ecarts()
        .map(|(mois, e)| format!("{mois} {}", e.classe.slug()))
        .collect();
    assert_eq!(
        classes,
        ["2025-06 partiel", "2025-10 retard", "2025-12 trop_percu"]
    );
}

#[test]
fn les_majorations_et_les_autres_branches_ne_sont_pas_comparees() {
    let emise = |poste, famille| LigneCai {
        poste: Some(poste),
        famille: Some(famille),
        ..ecriture("2026-01", FAMILLES[0], Rubrique::Emission, 10_00)
    };
    let cotisation = Nature::Cotisation(FAMILLES[0]);
    let trimestre: Periode = "2026-T1".parse().unwrap();
    let lignes = vec![
        emise(Poste::PartPatronale, cotisation),
        emise(Poste::Majoration, cotisation),
        emise(Poste::Principal, Nature::Cotisation(FamilleCotisation::Amexa)),
        LigneCai {
            periode: Some((trimestre.debut(), trimestre.fin())),
            periode_libelle: trimestre.libelle(),
            ..emise(Poste::PartPatronale, cotisation)
        },
    ];
    let fiche = fiche(&Scenario::nouveau(), &cai(lignes));
    assert_eq!(fiche.totaux.emis, c(10_00));
    let autres: Vec<_> = fiche
        .autres_periodes
        .iter()
        .map(|a| (a.libelle.as_str(), a.emis))
        .collect();
    assert_eq!(autres, [("1er trimestre 2026", c(10_00))]);
}

#[test]
fn treize_mois_ordinaires_tiennent_sur_une_page_a4() {
    let fiche = treize_mois();
    let pdf = composer(&fiche, "MSA Gironde", Timestamp::UNIX_EPOCH).unwrap();
    assert!(pdf.octets().starts_with(b"%PDF-1.7"));
    assert_eq!(pdf.pages(), 1);
}

#[test]
fn trois_ans_d_ecarts_font_plusieurs_pages() {
    let mut scenario = Scenario::nouveau();
    for annee in 2023..=2025 {
        for mois in 1..=12 {
            scenario = scenario.declare(dsn(&format!("{annee}-{mois:02}"), 1_234_567_89));
        }
    }
    let mut fiche = fiche(&scenario, &cai(Vec::new()));
    let rapproches = scenario.lignes();
    fiche.en_tete.intervalle =
        Intervalle::demande(Some(mois("2023-01")), Some(mois("2025-12")), jour("2026-04-01")).unwrap();
    let matiere = Matiere {
        faits: scenario.faits.first(),
        rapproches: &rapproches,
        cai: &cai(Vec::new()),
        constates: &BTreeMap::new(),
    };
    let fiche = assembler(fiche.en_tete, &matiere).unwrap();
    assert_eq!(fiche.ecarts().count(), 36);
    let pdf = composer(&fiche, "MSA Gironde", Timestamp::UNIX_EPOCH).unwrap();
    assert!((2..=5).contains(&pdf.pages()), "{}", pdf.pages());
}

#[test]
fn une_fiche_vide_le_dit() {
    let fiche = fiche(&Scenario::nouveau(), &cai(Vec::new()));
    assert!(fiche.est_vide());
    assert_eq!(fiche.mois.len(), 13);
    assert_eq!(fiche.nom_de_fichier(), "synthese-12");
}
