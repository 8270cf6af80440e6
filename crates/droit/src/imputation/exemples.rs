//! Des imputations faites à la main.

use jiff::civil::{Date, date};
use valeurs::Montant;

use super::{Contexte, CreanceOuverte, Imputation, imputer};
use crate::{Erreur, FamilleCotisation, MotifSoins, Nature, Poste, Prestation, Regime};

const FEVRIER: Date = date(2026, 2, 15);
const MAI: Date = date(2026, 5, 15);
const NOVEMBRE_2025: Date = date(2025, 11, 15);

fn c(centimes: i64) -> Montant {
    Montant::de_centimes(centimes)
}

/// Une créance de l’année de son échéance, sans rien dû encore.
fn creance(cle: i64, regime: Regime, nature: Nature, exigible_le: Date) -> CreanceOuverte {
    let annee = exigible_le.year();
    CreanceOuverte {
        cle,
        nature,
        regime,
        periode: (date(annee, 1, 1), date(annee, 12, 31)),
        exigible_le,
        restes: [Montant::ZERO; Poste::NOMBRE],
        designee: false,
        majorations_calculees: Montant::ZERO,
    }
}

fn due(mut creance: CreanceOuverte, poste: Poste, centimes: i64) -> CreanceOuverte {
    creance.restes[poste.index()] = c(centimes);
    creance
}

fn non_salarie(cle: i64, famille: FamilleCotisation, exigible_le: Date, centimes: i64) -> CreanceOuverte {
    let nature = Nature::Cotisation(famille);
    due(
        creance(cle, Regime::NonSalarie, nature, exigible_le),
        Poste::Principal,
        centimes,
    )
}

fn employeur(cle: i64, exigible_le: Date, ouvriere: i64, patronale: i64) -> CreanceOuverte {
    let nature = Nature::Cotisation(FamilleCotisation::AssurancesSociales);
    let creance = creance(cle, Regime::Employeur, nature, exigible_le);
    due(
        due(creance, Poste::PartOuvriere, ouvriere),
        Poste::PartPatronale,
        patronale,
    )
}

fn indu(cle: i64, exigible_le: Date, centimes: i64) -> CreanceOuverte {
    let nature = Nature::Indu(Prestation::Rsa);
    due(
        creance(cle, Regime::Assure, nature, exigible_le),
        Poste::Principal,
        centimes,
    )
}

fn payer(centimes: i64, le: Date, ouvertes: &[CreanceOuverte]) -> Imputation {
    imputer(c(centimes), &Contexte { date_paiement: le }, ouvertes).unwrap()
}

/// Les parts, en (clé, poste, centimes), dans l’ordre.
fn parts(imputation: &Imputation) -> Vec<(i64, Poste, i64)> {
    imputation
        .parts
        .iter()
        .map(|part| (part.cle, part.poste, part.montant.centimes()))
        .collect()
}

fn codes(imputation: &Imputation) -> Vec<String> {
    imputation.parts.iter().map(|part| part.raison.code()).collect()
}

#[test]
fn les_neuf_rangs_du_non_salarie_sont_servis_dans_l_ordre_du_decret() {
    // Rangs de D725-4-3, I, présentés à l’envers, 10 € chacun ; 85 € paient huit rangs et la moitié du neuvième.
    let familles = [
        FamilleCotisation::CsgCrds,
        FamilleCotisation::Amexa,
        FamilleCotisation::IjAmexa,
        FamilleCotisation::VieillesseBase,
        FamilleCotisation::Invalidite,
        FamilleCotisation::Rco,
        FamilleCotisation::Atexa,
        FamilleCotisation::AllocationsFamiliales,
        FamilleCotisation::Formation,
    ];
    let mut ouvertes: Vec<CreanceOuverte> = (1..)
        .zip(familles)
        .map(|(cle, famille)| non_salarie(cle, famille, FEVRIER, 10_00))
        .collect();
    ouvertes.reverse();
    let imputation = payer(85_00, FEVRIER, &ouvertes);
    let attendues: Vec<_> = (1..=9)
        .map(|cle| (cle, Poste::Principal, if cle == 9 { 5_00 } else { 10_00 }))
        .collect();
    assert_eq!(parts(&imputation), attendues);
    let attendus: Vec<_> = (1..=9)
        .map(|rang| format!("D725-4-3:I:{rang}/echeance/2026-02-15"))
        .collect();
    assert_eq!(codes(&imputation), attendus);
}

#[test]
fn les_quatre_rangs_du_cotisant_de_solidarite_sont_les_siens() {
    let ouvertes: Vec<CreanceOuverte> = [
        (1, FamilleCotisation::Formation),
        (2, FamilleCotisation::Atexa),
        (3, FamilleCotisation::Solidarite),
        (4, FamilleCotisation::CsgCrds),
    ]
    .into_iter()
    .map(|(cle, famille)| {
        due(
            creance(cle, Regime::Solidarite, Nature::Cotisation(famille), FEVRIER),
            Poste::Principal,
            10_00,
        )
    })
    .collect();
    let imputation = payer(35_00, FEVRIER, &ouvertes);
    let principal = |cle, centimes| (cle, Poste::Principal, centimes);
    assert_eq!(
        parts(&imputation),
        [
            principal(4, 10_00),
            principal(3, 10_00),
            principal(2, 10_00),
            principal(1, 5_00)
        ]
    );
    assert_eq!(codes(&imputation)[1], "D725-4-3:II:2/echeance/2026-02-15");
}

#[test]
fn la_csg_et_la_crds_se_partagent_en_proportions_identiques() {
    // 92 € de CSG et 5 € de CRDS, 48,50 € payés : la moitié de chacune, 46,00 et 2,50.
    let ouvertes = [
        non_salarie(1, FamilleCotisation::CsgCrds, FEVRIER, 92_00),
        non_salarie(2, FamilleCotisation::CsgCrds, FEVRIER, 5_00),
        non_salarie(3, FamilleCotisation::Amexa, FEVRIER, 50_00),
    ];
    let imputation = payer(48_50, FEVRIER, &ouvertes);
    assert_eq!(
        parts(&imputation),
        [(1, Poste::Principal, 46_00), (2, Poste::Principal, 2_50)]
    );
}

#[test]
fn l_echeance_du_jour_passe_avant_la_plus_ancienne_puis_le_reliquat_remonte() {
    // Payé le 15/02/2026 : février d’abord (30 €), puis l’impayé de novembre 2025 (40 €), puis mai, non échu (30 €).
    let ouvertes = [
        non_salarie(1, FamilleCotisation::Amexa, NOVEMBRE_2025, 40_00),
        non_salarie(2, FamilleCotisation::Amexa, FEVRIER, 30_00),
        non_salarie(3, FamilleCotisation::CsgCrds, MAI, 50_00),
    ];
    let imputation = payer(100_00, FEVRIER, &ouvertes);
    assert_eq!(
        parts(&imputation),
        [
            (2, Poste::Principal, 30_00),
            (1, Poste::Principal, 40_00),
            (3, Poste::Principal, 30_00)
        ]
    );
    assert_eq!(
        codes(&imputation),
        [
            "D725-4-3:I:2/echeance/2026-02-15",
            "D725-4-3:I:2/anciennete/2025-11-15",
            "D725-4-3:I:1/anticipe/2026-05-15",
        ]
    );
    // Payé la veille de février, qui n’est donc pas échu : novembre d’abord.
    let imputation = payer(50_00, date(2026, 2, 14), &ouvertes);
    assert_eq!(
        parts(&imputation),
        [(1, Poste::Principal, 40_00), (2, Poste::Principal, 10_00)]
    );
}

#[test]
fn un_non_salarie_ne_choisit_pas_la_cotisation_qu_il_paie() {
    let designee = CreanceOuverte {
        designee: true,
        ..non_salarie(1, FamilleCotisation::Formation, FEVRIER, 10_00)
    };
    let ouvertes = [
        designee,
        non_salarie(2, FamilleCotisation::CsgCrds, FEVRIER, 10_00),
    ];
    assert_eq!(
        parts(&payer(10_00, FEVRIER, &ouvertes)),
        [(2, Poste::Principal, 10_00)]
    );
}

#[test]
fn une_periode_anterieure_au_decret_suit_le_meme_ordre_par_analogie() {
    let ancienne = |cle, famille| non_salarie(cle, famille, date(2023, 11, 30), 10_00);
    let ouvertes = [
        ancienne(1, FamilleCotisation::Amexa),
        ancienne(2, FamilleCotisation::CsgCrds),
    ];
    let imputation = payer(15_00, FEVRIER, &ouvertes);
    assert_eq!(
        codes(&imputation),
        [
            "D725-4-3:I:1*/anciennete/2023-11-30",
            "D725-4-3:I:2*/anciennete/2023-11-30"
        ]
    );
}

#[test]
fn la_part_ouvriere_de_l_employeur_est_servie_d_abord_en_proportions_identiques() {
    // Parts ouvrières 60 et 30, patronales 100 et 50. 120 € : les 90 € ouvriers, puis 30 € sur 150 €, soit 20 et 10.
    let ouvertes = [
        employeur(1, FEVRIER, 60_00, 100_00),
        employeur(2, FEVRIER, 30_00, 50_00),
    ];
    let imputation = payer(120_00, MAI, &ouvertes);
    assert_eq!(
        parts(&imputation),
        [
            (1, Poste::PartOuvriere, 60_00),
            (2, Poste::PartOuvriere, 30_00),
            (1, Poste::PartPatronale, 20_00),
            (2, Poste::PartPatronale, 10_00),
        ]
    );
    // 45 € : la moitié de chaque part ouvrière, 30 et 15, et rien pour l’employeur.
    let imputation = payer(45_00, MAI, &ouvertes);
    assert_eq!(
        parts(&imputation),
        [(1, Poste::PartOuvriere, 30_00), (2, Poste::PartOuvriere, 15_00)]
    );
}

#[test]
fn l_employeur_qui_nomme_une_periode_la_paie_d_abord_meme_non_echue() {
    let designee = CreanceOuverte {
        designee: true,
        ..employeur(1, MAI, 10_00, 20_00)
    };
    let ouvertes = [employeur(2, NOVEMBRE_2025, 10_00, 20_00), designee];
    let imputation = payer(35_00, FEVRIER, &ouvertes);
    assert_eq!(
        parts(&imputation),
        [
            (1, Poste::PartOuvriere, 10_00),
            (1, Poste::PartPatronale, 20_00),
            (2, Poste::PartOuvriere, 5_00)
        ]
    );
    assert_eq!(codes(&imputation)[0], "L133-4-11:ouvriere/designee/2026-05-15");
}

#[test]
fn l_echeance_du_jour_n_est_pas_privilegiee_pour_un_employeur() {
    let ouvertes = [
        employeur(1, FEVRIER, 10_00, 0),
        employeur(2, NOVEMBRE_2025, 10_00, 10_00),
    ];
    let imputation = payer(20_00, FEVRIER, &ouvertes);
    assert_eq!(
        parts(&imputation),
        [(2, Poste::PartOuvriere, 10_00), (2, Poste::PartPatronale, 10_00)]
    );
}

#[test]
fn les_indus_se_paient_du_designe_au_plus_ancien() {
    let designe = CreanceOuverte {
        designee: true,
        ..indu(3, FEVRIER, 10_00)
    };
    let ouvertes = [
        indu(1, date(2026, 1, 10), 10_00),
        designe,
        indu(2, NOVEMBRE_2025, 10_00),
    ];
    let imputation = payer(25_00, MAI, &ouvertes);
    let principal = |cle, centimes| (cle, Poste::Principal, centimes);
    assert_eq!(
        parts(&imputation),
        [principal(3, 10_00), principal(2, 10_00), principal(1, 5_00)]
    );
}

#[test]
fn un_centime_indivisible_va_a_la_plus_petite_cle() {
    let ouvertes = [indu(7, FEVRIER, 5_00), indu(3, FEVRIER, 5_00)];
    let imputation = payer(3, MAI, &ouvertes);
    assert_eq!(
        parts(&imputation),
        [(3, Poste::Principal, 2), (7, Poste::Principal, 1)]
    );
}

#[test]
fn tout_le_principal_passe_avant_les_accessoires_puis_les_frais() {
    // Créance 1 : 100 de principal, 5 de majoration, 3 de pénalité, 2 de frais, 1,60 de majorations calculées.
    // Créance 2, plus récente : 50 de principal. 100 + 50, puis 5 + 3, puis 1,60, puis 2 ; il reste 0,40 sur 162 €.
    let un = non_salarie(1, FamilleCotisation::Amexa, NOVEMBRE_2025, 100_00);
    let un = due(
        due(due(un, Poste::Majoration, 5_00), Poste::Penalite, 3_00),
        Poste::Frais,
        2_00,
    );
    let un = CreanceOuverte {
        majorations_calculees: c(1_60),
        ..un
    };
    let ouvertes = [un, non_salarie(2, FamilleCotisation::Amexa, FEVRIER, 50_00)];
    let imputation = payer(162_00, MAI, &ouvertes);
    assert_eq!(
        parts(&imputation),
        [
            (1, Poste::Principal, 100_00),
            (2, Poste::Principal, 50_00),
            (1, Poste::Majoration, 5_00),
            (1, Poste::Penalite, 3_00),
            (1, Poste::Majoration, 1_60),
            (1, Poste::Frais, 2_00),
        ]
    );
    assert_eq!(imputation.a_liquider, [(1, c(1_60))]);
    assert_eq!(imputation.reliquat, c(40));
    // 159 € : les majorations calculées ne sont émises que pour l’euro qui les paie.
    let imputation = payer(159_00, MAI, &ouvertes);
    assert_eq!(imputation.a_liquider, [(1, c(1_00))]);
    assert_eq!(imputation.parts.last().unwrap().montant, c(1_00));
    // 158 € : rien n’est à émettre.
    assert!(payer(158_00, MAI, &ouvertes).a_liquider.is_empty());
}

#[test]
fn un_paiement_sans_creance_est_tout_entier_un_reliquat() {
    let imputation = payer(12_34, FEVRIER, &[]);
    assert!(imputation.parts.is_empty());
    assert_eq!(imputation.reliquat, c(12_34));
    assert_eq!(payer(0, FEVRIER, &[indu(1, FEVRIER, 10)]).parts, []);
}

#[test]
fn une_imputation_se_lit_comme_une_lettre() {
    let ouvertes = [
        due(
            non_salarie(1, FamilleCotisation::CsgCrds, NOVEMBRE_2025, 40_00),
            Poste::Majoration,
            2_00,
        ),
        non_salarie(2, FamilleCotisation::IjAmexa, FEVRIER, 30_00),
        employeur(3, date(2026, 1, 15), 10_00, 20_00),
        due(
            creance(
                4,
                Regime::ProfessionnelSante,
                Nature::Soins(MotifSoins::Facturation),
                FEVRIER,
            ),
            Poste::Principal,
            5_00,
        ),
        indu(5, MAI, 5_00),
    ];
    let imputation = payer(112_00, FEVRIER, &ouvertes);
    let lignes: Vec<String> = imputation
        .parts
        .iter()
        .map(|part| format!("{} — {} : {}", part.montant, part.poste, part.raison))
        .collect();
    insta::assert_snapshot!(lignes.join("\n"), @r"
    30,00 € — Principal : Échéance du 15/02/2026, jour du paiement, rang 3 : cotisation d’indemnités journalières (CRPM art. D725-4-3, I, 3°)
    40,00 € — Principal : Échéance du 15/11/2025, la plus ancienne restée impayée, rang 1 : CSG et CRDS, dans des proportions identiques (CRPM art. D725-4-3, I, 1°)
    10,00 € — Part ouvrière : Échéance du 15/01/2026, la plus ancienne restée impayée : part ouvrière de toutes les cotisations, dans des proportions identiques (CSS art. L133-4-11, alinéa 2 ; Code civil art. 1342-10, à vérifier)
    20,00 € — Part patronale : Échéance du 15/01/2026, la plus ancienne restée impayée : part patronale, une fois la part ouvrière payée, dans des proportions identiques (CSS art. D133-4, I ; Code civil art. 1342-10, à vérifier)
    5,00 € — Principal : Créance exigible le 15/02/2026, la plus ancienne restée impayée : remboursement des sommes facturées à tort (Code civil art. 1342-10, à vérifier)
    2,00 € — Majorations de retard : Échéance du 15/11/2025, la plus ancienne restée impayée : majorations de retard et pénalités, une fois le principal payé (CSS art. L133-4-11, alinéa 1 ; Code civil art. 1342-10, à vérifier)
    5,00 € — Principal : Créance exigible le 15/05/2026, payée par anticipation : remboursement des prestations indues (Code civil art. 1342-10, à vérifier)
    ");
}

#[test]
fn ce_qui_n_a_pas_de_sens_est_refuse() {
    let jour = Contexte {
        date_paiement: FEVRIER,
    };
    let base = indu(1, FEVRIER, 10_00);
    let refus = |ouverte: CreanceOuverte| imputer(c(1), &jour, &[ouverte]).unwrap_err();
    assert!(matches!(imputer(c(-1), &jour, &[]), Err(Erreur::MontantNegatif)));
    assert!(matches!(
        refus(due(base.clone(), Poste::Frais, -1)),
        Erreur::MontantNegatif
    ));
    let calculees = CreanceOuverte {
        majorations_calculees: c(-1),
        ..base.clone()
    };
    assert!(matches!(refus(calculees), Erreur::MontantNegatif));
    let inversee = CreanceOuverte {
        periode: (FEVRIER, NOVEMBRE_2025),
        ..base.clone()
    };
    assert!(matches!(refus(inversee), Erreur::PeriodeInversee { cle: 1 }));
    let etrangere = CreanceOuverte {
        regime: Regime::Employeur,
        ..base.clone()
    };
    assert!(matches!(
        refus(etrangere),
        Erreur::NatureEtrangereAuRegime { cle: 1, .. }
    ));
    let antique = CreanceOuverte {
        periode: (date(1899, 12, 31), FEVRIER),
        ..base.clone()
    };
    assert!(matches!(refus(antique), Erreur::VersionInconnue { .. }));
    let deux_fois = imputer(c(1), &jour, &[base.clone(), base.clone()]);
    assert!(matches!(deux_fois, Err(Erreur::CleEnDouble { cle: 1 })));
    let immense = |cle| CreanceOuverte {
        restes: [Montant::MAX; Poste::NOMBRE],
        ..indu(cle, FEVRIER, 1)
    };
    assert!(matches!(
        imputer(c(1), &jour, &[immense(1), immense(2)]),
        Err(Erreur::Depassement)
    ));
}
