//! Comment le mois d'un employeur se passe.

/// Comment un mois se passe.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Situation {
    EnOrdre,
    Retard,
    Partiel,
    Impaye,
    TropPercu,
    Doublon,
    MauvaisePeriode,
    OrdreDifferent,
    Remplacee,
    DepotTardif,
    FractionManquante,
    Rejetee,
    MauvaiseCaisse,
    PayeeParAutre,
    Regularisee,
    NonDeclaree,
}

/// Sur mille mois dont le compte ne sait rien encore.
pub(super) const SITUATIONS: &[(u32, Situation)] = &[
    (740, Situation::EnOrdre),
    (45, Situation::Retard),
    (35, Situation::Partiel),
    (40, Situation::Impaye),
    (15, Situation::TropPercu),
    (10, Situation::Doublon),
    (10, Situation::MauvaisePeriode),
    (15, Situation::OrdreDifferent),
    (20, Situation::Remplacee),
    (15, Situation::DepotTardif),
    (10, Situation::FractionManquante),
    (15, Situation::Rejetee),
    (5, Situation::MauvaiseCaisse),
    (5, Situation::PayeeParAutre),
    (10, Situation::Regularisee),
    (10, Situation::NonDeclaree),
];
