//! Les prestations versées à tort (PIAR) : par prestation, avec leur cause et leur période.

use droit::{Nature, Prestation};
use jiff::civil::Date;
use valeurs::{Montant, date_fr};

use super::{Echeance, MOIS, References, jours_passes, plus_jours, plus_mois};
use crate::{
    debiteur::{Creance, Principal},
    numeros::Tranche,
    tirage::Tirage,
};

/// Mois entre la notification et la date retenue pour exigible : ceux du recours amiable (CSS R142-1).
const DELAI_MOIS: i64 = 2;

/// Ce qu'un indu d'une prestation peut être.
struct Profil {
    prestation: Prestation,
    /// Par mois, ou en une fois si `mois_max` est nul, en centimes.
    montant: (i64, i64),
    /// Mois versés à tort, au plus ; 0 : une date de soins.
    mois_max: i64,
    causes: &'static [&'static str],
}

const RESSOURCES: &str = "Ressources déclarées tardivement";
const SITUATION: &str = "Changement de situation non signalé";
const REPRISE: &str = "Reprise d’activité non signalée";
const DEPART: &str = "Départ d’un enfant du foyer non signalé";
const VIE_COMMUNE: &str = "Vie commune non déclarée";
const DECES: &str = "Arrérages versés après le décès du conjoint";
const ERREUR: &str = "Erreur de saisie de la caisse";

const PROFILS: [Profil; 13] = [
    Profil {
        prestation: Prestation::Rsa,
        montant: (9_000, 63_000),
        mois_max: 18,
        causes: &[RESSOURCES, SITUATION, VIE_COMMUNE],
    },
    Profil {
        prestation: Prestation::PrimeActivite,
        montant: (3_000, 29_000),
        mois_max: 12,
        causes: &[RESSOURCES, SITUATION, ERREUR],
    },
    Profil {
        prestation: Prestation::PrestationsFamiliales,
        montant: (7_500, 52_000),
        mois_max: 14,
        causes: &[
            DEPART,
            SITUATION,
            "Enfant parti en apprentissage, salaire non signalé",
        ],
    },
    Profil {
        prestation: Prestation::AidesLogement,
        montant: (8_000, 31_000),
        mois_max: 16,
        causes: &["Déménagement non signalé", RESSOURCES, VIE_COMMUNE],
    },
    Profil {
        prestation: Prestation::Sante,
        montant: (1_650, 96_000),
        mois_max: 0,
        causes: &[
            "Soins remboursés deux fois",
            "Droits fermés à la date des soins",
            ERREUR,
        ],
    },
    Profil {
        prestation: Prestation::IndemnitesJournalieres,
        montant: (12_000, 118_000),
        mois_max: 4,
        causes: &[
            REPRISE,
            "Arrêt de travail réglé deux fois",
            "Maintien de salaire par l’employeur",
        ],
    },
    Profil {
        prestation: Prestation::Retraite,
        montant: (11_000, 105_000),
        mois_max: 5,
        causes: &[
            DECES,
            "Plafond de ressources de la réversion dépassé",
            "Remariage non signalé",
        ],
    },
    Profil {
        prestation: Prestation::Aspa,
        montant: (9_000, 61_000),
        mois_max: 15,
        causes: &[RESSOURCES, "Séjour à l’étranger non signalé", DECES],
    },
    Profil {
        prestation: Prestation::Invalidite,
        montant: (14_000, 92_000),
        mois_max: 8,
        causes: &[REPRISE, RESSOURCES],
    },
    Profil {
        prestation: Prestation::AccidentTravail,
        montant: (9_000, 82_000),
        mois_max: 3,
        causes: &[
            "Accident dont le caractère professionnel n’est pas retenu",
            REPRISE,
        ],
    },
    Profil {
        prestation: Prestation::Aah,
        montant: (10_000, 98_000),
        mois_max: 10,
        causes: &[RESSOURCES, SITUATION, "Hospitalisation de plus de 60 jours"],
    },
    Profil {
        prestation: Prestation::ActionSociale,
        montant: (5_000, 60_000),
        mois_max: 0,
        causes: &["Justificatif non fourni", "Aide versée deux fois"],
    },
    Profil {
        prestation: Prestation::Autres,
        montant: (4_000, 45_000),
        mois_max: 2,
        causes: &[SITUATION, ERREUR],
    },
];

/// Les poids des profils, dans leur ordre, pour qui est jeune, mûr ou retraité.
const JEUNES: [u32; 13] = [190, 220, 190, 210, 60, 60, 0, 0, 10, 15, 20, 15, 10];
const MURS: [u32; 13] = [120, 130, 130, 120, 110, 140, 60, 0, 90, 40, 30, 20, 10];
const RETRAITES: [u32; 13] = [0, 0, 0, 90, 230, 0, 450, 150, 0, 10, 0, 50, 20];

pub(super) fn echeances(
    tranche: Option<Tranche>,
    aujourdhui: Date,
    references: &mut References<'_>,
    tirage: &mut Tirage,
) -> Vec<Echeance> {
    let poids = match tranche {
        Some(Tranche::Centenaire | Tranche::Ancienne) => RETRAITES,
        Some(Tranche::Mure) => MURS,
        Some(Tranche::Adulte | Tranche::Jeune) | None => JEUNES,
    };
    let profils: Vec<(u32, &Profil)> = poids.into_iter().zip(&PROFILS).collect();
    let combien = tirage.pondere(&[(48, 1), (32, 2), (15, 3), (5, 4)]);
    jours_passes(combien, (3, MOIS * 30), aujourdhui, tirage)
        .into_iter()
        .map(|emise_le| {
            let profil = tirage.pondere(&profils);
            echeance(emise_le, profil, references, tirage)
        })
        .collect()
}

fn echeance(
    emise_le: Date,
    profil: &Profil,
    references: &mut References<'_>,
    tirage: &mut Tirage,
) -> Echeance {
    let (periode_debut, periode_fin, mois) = if profil.mois_max == 0 {
        let soins = plus_jours(emise_le, -tirage.entre(20, 300));
        (soins, soins, 1)
    } else {
        let mois = tirage.entre(1, profil.mois_max);
        let debut = plus_mois(emise_le.first_of_month(), -mois - tirage.entre(0, 3));
        (debut, plus_jours(plus_mois(debut, mois), -1), mois)
    };
    let par_mois = tirage.entre(profil.montant.0, profil.montant.1);
    let nom = profil.prestation.libelle();
    let libelle = if periode_debut == periode_fin {
        format!("{nom}, {}", date_fr(periode_debut))
    } else {
        format!("{nom}, du {} au {}", date_fr(periode_debut), date_fr(periode_fin))
    };
    let exigible_le = plus_mois(emise_le, DELAI_MOIS);
    let creance = Creance {
        reference: references.suivante(),
        nature: Nature::Indu(profil.prestation),
        periode_debut,
        periode_fin,
        emise_le,
        exigible_le,
        libelle,
        cause: Some(tirage.parmi(profil.causes)),
        principal: Principal::Entier(Montant::de_centimes(par_mois * mois)),
    };
    Echeance {
        periode: None,
        exigible_le,
        creances: vec![creance],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_prestation_a_un_profil_et_un_seul() {
        for prestation in Prestation::TOUS {
            assert_eq!(
                PROFILS
                    .iter()
                    .filter(|profil| profil.prestation == *prestation)
                    .count(),
                1
            );
        }
    }
}
