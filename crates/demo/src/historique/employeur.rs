//! Les cotisations d'un employeur de main-d'œuvre : par mois, par famille, parts ouvrière et patronale.

use droit::{FamilleCotisation, Nature};
use jiff::civil::Date;
use valeurs::{Montant, Periode};

use super::{Echeance, MOIS, References, plus_mois, rangs_repartis, suite_circulaire};
use crate::{
    debiteur::{Creance, Principal},
    tirage::Tirage,
};

/// Famille, puis parts ouvrière et patronale pour dix mille de salaire brut : des ordres de grandeur.
pub(crate) const FAMILLES: [(FamilleCotisation, i64, i64); 8] = [
    (FamilleCotisation::AssurancesSociales, 730, 1_757),
    (FamilleCotisation::AccidentsTravail, 0, 300),
    (FamilleCotisation::AllocationsFamilialesSalaries, 0, 345),
    (FamilleCotisation::CsgCrdsSalaries, 953, 0),
    (FamilleCotisation::RetraiteComplementaire, 401, 601),
    (FamilleCotisation::AssuranceChomage, 0, 420),
    (FamilleCotisation::FormationProfessionnelle, 0, 123),
    (FamilleCotisation::AutresCotisations, 0, 85),
];

/// La masse salariale d'un mois, en centimes, de la ferme à un salarié à la coopérative.
#[derive(Clone, Copy)]
struct Effectif {
    brut: (i64, i64),
    /// Jour d'exigibilité dans le mois qui suit : le 5 à partir de cinquante salariés payés dans le mois, le
    /// 15 autrement (CSS R243-6, II).
    jour: i8,
}

const EFFECTIFS: &[(u32, Effectif)] = &[
    (
        600,
        Effectif {
            brut: (120_000, 900_000),
            jour: 15,
        },
    ),
    (
        300,
        Effectif {
            brut: (900_000, 4_000_000),
            jour: 15,
        },
    ),
    (
        85,
        Effectif {
            brut: (4_000_000, 11_000_000),
            jour: 15,
        },
    ),
    (
        15,
        Effectif {
            brut: (11_000_000, 45_000_000),
            jour: 5,
        },
    ),
];

/// Dernier jour où la déclaration d'un mois est déposée, dans le mois qui suit.
pub(crate) const DEPOT_MAX: i8 = 4;

/// Combien de mois en souffrance, et si toutes les familles le sont.
const AMPLEURS: &[(u32, (i64, bool))] = &[
    (490, (1, false)),
    (360, (2, false)),
    (135, (3, false)),
    (15, (12, true)),
];

pub(super) fn echeances(
    aujourdhui: Date,
    references: &mut References<'_>,
    tirage: &mut Tirage,
) -> Vec<Echeance> {
    let effectif = tirage.pondere(EFFECTIFS);
    let (combien, entieres) = tirage.pondere(AMPLEURS);
    rangs_repartis(combien, MOIS, tirage)
        .into_iter()
        .map(|rang| plus_mois(dernier_mois_declare(aujourdhui), rang - (MOIS - 1)))
        .map(|mois| echeance(mois, effectif, entieres, references, tirage))
        .collect()
}

/// Le premier jour du dernier mois déclaré : le précédent, sauf dans les premiers jours où l'on déclare encore.
pub(crate) fn dernier_mois_declare(aujourdhui: Date) -> Date {
    let recul = if aujourdhui.day() > DEPOT_MAX { 1 } else { 2 };
    plus_mois(aujourdhui.first_of_month(), -recul)
}

fn echeance(
    mois: Date,
    effectif: Effectif,
    entiere: bool,
    references: &mut References<'_>,
    tirage: &mut Tirage,
) -> Echeance {
    let periode = Periode::mois(mois.year(), mois.month())
        .expect("le jour de la démonstration est borné à la construction de la population");
    let suivant = plus_mois(mois, 1);
    let jour = |jour: i8| Date::new(suivant.year(), suivant.month(), jour).unwrap_or(suivant);
    let depot = i8::try_from(tirage.entre(1, DEPOT_MAX.into())).unwrap_or(1);
    let brut = tirage.entre(effectif.brut.0, effectif.brut.1);

    let familles = if entiere {
        FAMILLES.to_vec()
    } else {
        let combien = tirage.pondere(&[(30, 2), (45, 3), (25, 4)]);
        suite_circulaire(&FAMILLES, combien, tirage)
    };
    let nom_du_mois = periode.libelle();
    let creances = familles
        .into_iter()
        .map(|(famille, ouvriere, patronale)| Creance {
            reference: references.suivante(),
            nature: Nature::Cotisation(famille),
            periode_debut: periode.debut(),
            periode_fin: periode.fin(),
            emise_le: jour(depot),
            exigible_le: jour(effectif.jour),
            libelle: format!("{}, {}", famille.libelle(), nom_du_mois),
            cause: None,
            principal: Principal::Parts {
                ouvriere: Montant::de_centimes(brut * ouvriere / 10_000),
                patronale: Montant::de_centimes(brut * patronale / 10_000),
            },
        })
        .collect();
    Echeance {
        periode: Some(periode),
        exigible_le: jour(effectif.jour),
        creances,
    }
}
