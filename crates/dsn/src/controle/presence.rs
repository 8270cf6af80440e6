//! Les rubriques sans lesquelles un bloc ne se lit pas.
//!
//! Les tables ne donnent pas les usages (obligatoire, conditionnel, facultatif) : on n'exige que ce que la norme dit
//! elle-même nécessaire, et qui identifie le bloc ou porte ce qu'il déclare.

use std::sync::LazyLock;

use crate::norme::{BLOCS, rang_bloc};
use crate::rubrique::Rubrique;

/// Les rubriques exigées, et ce qui permet de l'exiger.
pub(super) const EXIGEES: [(Rubrique, &str); 19] = [
    (
        Rubrique::de("S10.G00.00.005"),
        "dit si l'envoi est réel ou d'essai",
    ),
    (
        Rubrique::de("S10.G00.00.006"),
        "dit la version de la norme, sans laquelle rien ne se contrôle",
    ),
    (
        Rubrique::de("S10.G00.01.001"),
        "forme le SIRET de l'émetteur (S10.G00.01.002/CCH-11)",
    ),
    (
        Rubrique::de("S20.G00.05.001"),
        "S20.G00.05.002/CCH-13 à 15 : la nature décide des types permis",
    ),
    (
        Rubrique::de("S20.G00.05.002"),
        "S20.G00.05.002/CCH-16 : le type décide de la présence d'individus",
    ),
    (
        Rubrique::de("S20.G00.05.003"),
        "S20.G00.05.003/CCH-11 : « le caractère obligatoire de la rubrique »",
    ),
    (
        Rubrique::de("S20.G00.05.004"),
        "partie de l'identifiant de la déclaration (S20.G00.05.006)",
    ),
    (
        Rubrique::de("S20.G00.05.007"),
        "partie de l'identifiant de la déclaration (S20.G00.05.006)",
    ),
    (
        Rubrique::de("S21.G00.06.001"),
        "une déclaration porte un SIRET et un seul (CT2025.1.3)",
    ),
    (
        Rubrique::de("S21.G00.11.001"),
        "une déclaration porte un SIRET et un seul (CT2025.1.3)",
    ),
    (
        Rubrique::de("S21.G00.20.001"),
        "S21.G00.20.001/CRE-11 : l'organisme que le versement paie",
    ),
    (Rubrique::de("S21.G00.20.005"), "le montant du versement"),
    (Rubrique::de("S21.G00.30.002"), "l'identité de l'individu"),
    (Rubrique::de("S21.G00.30.004"), "l'identité de l'individu"),
    (
        Rubrique::de("S21.G00.78.001"),
        "le code dont dépendent les contrôles de la base",
    ),
    (
        Rubrique::de("S21.G00.81.001"),
        "le code dont dépendent les contrôles de la cotisation",
    ),
    (
        Rubrique::de("S21.G00.82.002"),
        "le code dont dépendent les contrôles de la cotisation",
    ),
    (
        Rubrique::de("S90.G00.90.001"),
        "compte toutes les rubriques (CT2025.1.3)",
    ),
    (
        Rubrique::de("S90.G00.90.002"),
        "compte les déclarations (CT2025.1.3)",
    ),
];

/// Par bloc, les rubriques exigées : leurs places dans le bloc.
pub(super) static MASQUES: LazyLock<[u128; BLOCS.len()]> = LazyLock::new(|| {
    let mut masques = [0; BLOCS.len()];
    for (rubrique, _) in EXIGEES {
        let Some(bloc) = rang_bloc(rubrique.bloc()).map(usize::from) else {
            continue;
        };
        if let Some(place) = BLOCS[bloc]
            .rubriques()
            .iter()
            .position(|r| r.rubrique == rubrique)
        {
            masques[bloc] |= 1 << place;
        }
    }
    masques
});
