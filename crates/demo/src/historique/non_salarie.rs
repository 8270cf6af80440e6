//! Les cotisations des non-salariés et des cotisants de solidarité : par année, appelées par fractions.

use droit::{FamilleCotisation, Nature};
use jiff::civil::Date;
use valeurs::{Montant, Periode};

use super::{Echeance, MOIS, References, plus_jours, plus_mois, rangs_repartis, suite_circulaire};
use crate::{
    debiteur::{Creance, Principal},
    tirage::Tirage,
};

/// Famille, taux pour dix mille du revenu annuel, forfait annuel en centimes : des ordres de grandeur.
type Bareme = (FamilleCotisation, i64, i64);

const NON_SALARIE: [Bareme; 9] = [
    (FamilleCotisation::CsgCrds, 970, 0),
    (FamilleCotisation::Amexa, 650, 0),
    (FamilleCotisation::IjAmexa, 0, 20_000),
    (FamilleCotisation::VieillesseBase, 1_487, 0),
    (FamilleCotisation::Invalidite, 130, 0),
    (FamilleCotisation::Rco, 400, 0),
    (FamilleCotisation::Atexa, 0, 48_012),
    (FamilleCotisation::AllocationsFamiliales, 280, 0),
    (FamilleCotisation::Formation, 61, 1_200),
];

const SOLIDARITE: [Bareme; 4] = [
    (FamilleCotisation::CsgCrds, 970, 0),
    (FamilleCotisation::Solidarite, 1_600, 0),
    (FamilleCotisation::Atexa, 0, 7_245),
    (FamilleCotisation::Formation, 61, 1_200),
];

/// Mois et jour d'exigibilité des appels. La caisse les fixe : le premier au plus tard le 31 mai, le dernier au
/// plus tard le 30 novembre (CRPM R731-59) ; la solidarité est appelée en une fois (CRPM R731-58).
const FRACTIONS: [(i8, i8); 3] = [(3, 31), (7, 15), (11, 15)];
const APPEL_UNIQUE: [(i8, i8); 1] = [(11, 15)];

/// Jours entre l'émission de l'appel et son exigibilité.
const PREAVIS: i64 = 25;

/// Les appels d'un non-salarié : de un à trois, quelques familles ou toutes.
pub(super) fn appels_fractionnes(
    aujourdhui: Date,
    references: &mut References<'_>,
    tirage: &mut Tirage,
) -> Vec<Echeance> {
    let combien = tirage.pondere(&[(55, 1), (35, 2), (10, 3)]);
    let revenu = tirage.pondere(&[
        (30, (300_000, 900_000)),
        (50, (900_000, 2_600_000)),
        (20, (2_600_000, 7_000_000)),
    ]);
    appels(&FRACTIONS, combien, aujourdhui, tirage)
        .into_iter()
        .map(|appel| {
            let familles = tirage.pondere(&[(35, 2), (25, 3), (12, 4), (13, 6), (15, 9)]);
            let familles = suite_circulaire(&NON_SALARIE, familles, tirage);
            let revenu = tirage.entre(revenu.0, revenu.1);
            appel.echeance(&familles, revenu, references)
        })
        .collect()
}

/// Les appels d'un cotisant de solidarité : un ou deux, un par an.
pub(super) fn appels_uniques(
    aujourdhui: Date,
    references: &mut References<'_>,
    tirage: &mut Tirage,
) -> Vec<Echeance> {
    let combien = tirage.pondere(&[(70, 1), (30, 2)]);
    appels(&APPEL_UNIQUE, combien, aujourdhui, tirage)
        .into_iter()
        .map(|appel| {
            let familles = tirage.pondere(&[(25, 1), (25, 2), (50, 4)]);
            let familles = suite_circulaire(&SOLIDARITE, familles, tirage);
            let revenu = tirage.entre(80_000, 600_000);
            appel.echeance(&familles, revenu, references)
        })
        .collect()
}

/// Une fraction de l'année.
#[derive(Clone, Copy)]
struct Appel {
    exigible_le: Date,
    /// De 1 à `fractions`.
    rang: i64,
    fractions: i64,
}

/// Quelques-uns des appels émis dans les deux ans.
fn appels(dates: &[(i8, i8)], combien: i64, aujourdhui: Date, tirage: &mut Tirage) -> Vec<Appel> {
    let debut = plus_mois(aujourdhui, -MOIS);
    let fractions = i64::try_from(dates.len()).unwrap_or(1);
    let mut emis = Vec::new();
    for annee in debut.year()..=aujourdhui.year().saturating_add(1) {
        for (rang, (mois, jour)) in (1..).zip(dates) {
            let exigible_le = Date::new(annee, *mois, *jour).unwrap_or(debut);
            if exigible_le > debut && plus_jours(exigible_le, -PREAVIS) <= aujourdhui {
                emis.push(Appel {
                    exigible_le,
                    rang,
                    fractions,
                });
            }
        }
    }
    let retenus = rangs_repartis(combien, i64::try_from(emis.len()).unwrap_or(0), tirage);
    retenus
        .into_iter()
        .filter_map(|rang| emis.get(usize::try_from(rang).ok()?).copied())
        .collect()
}

impl Appel {
    fn echeance(self, familles: &[Bareme], revenu: i64, references: &mut References<'_>) -> Echeance {
        let annee = self.exigible_le.year();
        let periode = Periode::annee(annee)
            .expect("le jour de la démonstration est borné à la construction de la population");
        let nom = match (self.fractions, self.rang) {
            (1, _) => "Appel unique".to_owned(),
            (_, 1) => "1er appel".to_owned(),
            (_, rang) => format!("{rang}e appel"),
        };
        let creances = familles
            .iter()
            .map(|(famille, taux, forfait)| Creance {
                reference: references.suivante(),
                nature: Nature::Cotisation(*famille),
                periode_debut: periode.debut(),
                periode_fin: periode.fin(),
                emise_le: plus_jours(self.exigible_le, -PREAVIS),
                exigible_le: self.exigible_le,
                libelle: format!("{nom} {annee}, {}", famille.libelle()),
                cause: None,
                principal: Principal::Entier(Montant::de_centimes(
                    (revenu * taux / 10_000 + forfait) / self.fractions,
                )),
            })
            .collect();
        Echeance {
            periode: Some(periode),
            exigible_le: self.exigible_le,
            creances,
        }
    }
}
