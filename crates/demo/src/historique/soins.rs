//! Les indus des professionnels de santé : des factures inobservantes (CSS L133-4).

use droit::{MotifSoins, Nature};
use jiff::civil::Date;
use valeurs::Montant;

use super::{Echeance, MOIS, References, jours_passes, plus_jours, plus_mois};
use crate::{
    debiteur::{Creance, Principal},
    tirage::Tirage,
};

/// Mois laissés par la notification pour payer (CSS R133-9-1).
const DELAI_MOIS: i64 = 2;

const CAUSES_FACTURATION: &[&str] = &[
    "Acte facturé deux fois",
    "Cumul d’actes non prévu par la nomenclature",
    "Majoration de nuit sans justification",
    "Prescription absente ou périmée",
];
const CAUSES_TARIFICATION: &[&str] = &[
    "Cotation supérieure à l’acte réalisé",
    "Indemnités kilométriques surévaluées",
];
const CAUSES_DISTRIBUTION: &[&str] = &[
    "Délivrance au-delà de la durée prescrite",
    "Transport sans prescription médicale",
];
const CAUSES_NON_REALISE: &[&str] = &[
    "Acte facturé pendant une hospitalisation",
    "Produit facturé et non délivré",
];

pub(super) fn echeances(
    aujourdhui: Date,
    references: &mut References<'_>,
    tirage: &mut Tirage,
) -> Vec<Echeance> {
    let combien = tirage.pondere(&[(45, 1), (35, 2), (20, 3)]);
    jours_passes(combien, (3, MOIS * 30), aujourdhui, tirage)
        .into_iter()
        .map(|emise_le| echeance(emise_le, references, tirage))
        .collect()
}

fn echeance(emise_le: Date, references: &mut References<'_>, tirage: &mut Tirage) -> Echeance {
    let motif = tirage.pondere(&[
        (50, MotifSoins::Facturation),
        (25, MotifSoins::Tarification),
        (15, MotifSoins::Distribution),
        (10, MotifSoins::NonRealise),
    ]);
    let causes = match motif {
        MotifSoins::Facturation => CAUSES_FACTURATION,
        MotifSoins::Tarification => CAUSES_TARIFICATION,
        MotifSoins::Distribution => CAUSES_DISTRIBUTION,
        MotifSoins::NonRealise => CAUSES_NON_REALISE,
    };
    let (min, max) = tirage.pondere(&[
        (60, (2_300, 40_000)),
        (32, (40_000, 350_000)),
        (8, (350_000, 2_800_000)),
    ]);
    let periode_fin = plus_jours(emise_le, -tirage.entre(15, 200));
    let exigible_le = plus_mois(emise_le, DELAI_MOIS);
    let lot = tirage.entre(1, 999);
    let creance = Creance {
        reference: references.suivante(),
        nature: Nature::Soins(motif),
        periode_debut: plus_jours(periode_fin, -tirage.entre(0, 180)),
        periode_fin,
        emise_le,
        exigible_le,
        libelle: format!("{}, lot {}-{lot:03}", motif.libelle(), periode_fin.year()),
        cause: Some(tirage.parmi(causes)),
        principal: Principal::Entier(Montant::de_centimes(tirage.entre(min, max))),
    };
    Echeance {
        periode: None,
        exigible_le,
        creances: vec![creance],
    }
}
