//! Le ménage d'un adhérent, ses soins et son quotient familial : inventés, et justes entre eux.

use jiff::ToSpan as _;
use jiff::civil::Date;
use valeurs::Montant;

use super::Adherent;

/// Ce qu'une personne du ménage est à l'adhérent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lien {
    Conjoint,
    Enfant,
}

impl Lien {
    pub(super) const fn libelle(self) -> &'static str {
        match self {
            Self::Conjoint => "conjoint",
            Self::Enfant => "enfant",
        }
    }
}

/// Une personne du ménage.
pub(super) struct Proche {
    pub(super) prenom: &'static str,
    pub(super) lien: Lien,
    pub(super) ne_le: Date,
}

/// Qui vit sous le toit de l'adhérent, et de quoi.
pub(super) struct Menage {
    pub(super) adresse: String,
    pub(super) proches: Vec<Proche>,
    /// Revenus imposables du ménage, l'année d'avant la dernière.
    pub(super) revenus: Montant,
    /// Prestations d'un mois.
    pub(super) prestations: Montant,
}

/// Des soins remboursés.
pub(super) struct Soin {
    pub(super) jour: Date,
    pub(super) acte: &'static str,
    pub(super) pour: String,
    pub(super) paye: Montant,
    pub(super) rembourse: Montant,
}

/// Le quotient familial, et comment il est trouvé.
pub(super) struct Quotient {
    /// Deux parts pour un couple ou une personne seule, une demie par enfant, une de plus au troisième, en demies.
    pub(super) demi_parts: i64,
    pub(super) mensuel: Montant,
    pub(super) quotient: i64,
}

const VOIES: [&str; 8] = [
    "chemin des Vignes",
    "route de la Palombière",
    "rue du Lavoir",
    "impasse des Tilleuls",
    "lieu-dit Les Grands Prés",
    "allée du Moulin",
    "chemin de la Font",
    "rue de la Mairie",
];
const PRENOMS: [&str; 12] = [
    "Lou", "Maé", "Noé", "Inès", "Éden", "Sacha", "Camille", "Andréa", "Alix", "Charlie", "Maxence", "Yaël",
];
/// Acte, tarif et taux de remboursement en pour cent : tarifs ronds, pour la démonstration.
const ACTES: [(&str, i64, i64); 6] = [
    ("Consultation de médecine générale", 30_00, 70),
    ("Consultation de spécialiste", 55_00, 70),
    ("Pharmacie", 18_40, 65),
    ("Analyses de laboratoire", 42_60, 60),
    ("Soins dentaires", 43_38, 60),
    ("Kinésithérapie, une séance", 16_13, 60),
];

impl Menage {
    /// Celui de cet adhérent, vu ce jour.
    pub(super) fn de(adherent: &Adherent, au: Date) -> Self {
        let mut tirage = adherent.tirage("extranet-menage");
        let mut proches = Vec::new();
        if tirage.sur_mille(600) {
            proches.push(Proche {
                prenom: tirage.parmi(&PRENOMS),
                lien: Lien::Conjoint,
                ne_le: naissance(au, tirage.entre(25 * 365, 60 * 365)),
            });
        }
        for _ in 0..tirage.entre(0, 3) {
            proches.push(Proche {
                prenom: tirage.parmi(&PRENOMS),
                lien: Lien::Enfant,
                ne_le: naissance(au, tirage.entre(200, 17 * 365)),
            });
        }
        Self {
            adresse: format!(
                "{}, {}, {}",
                tirage.entre(1, 180),
                tirage.parmi(&VOIES),
                adherent.identite.commune.nom
            ),
            proches,
            revenus: Montant::de_centimes(tirage.entre(9_000, 41_000) * 100),
            prestations: Montant::de_centimes(tirage.entre(0, 620) * 100),
        }
    }

    pub(super) fn a_un_couple(&self) -> bool {
        self.proches.iter().any(|proche| proche.lien == Lien::Conjoint)
    }

    pub(super) fn enfants(&self) -> i64 {
        let enfants = self.proches.iter().filter(|proche| proche.lien == Lien::Enfant);
        i64::try_from(enfants.count()).unwrap_or(i64::MAX)
    }

    /// Le quotient familial : un douzième des revenus et les prestations du mois, par part.
    pub(super) fn quotient(&self) -> Quotient {
        let enfants = self.enfants();
        let demi_parts = 4 + enfants + i64::from(enfants >= 3);
        let centimes = self.revenus.centimes() / 12 + self.prestations.centimes();
        Quotient {
            demi_parts,
            mensuel: Montant::de_centimes(centimes),
            quotient: centimes * 2 / demi_parts / 100,
        }
    }
}

/// Les soins des derniers mois, du plus récent au plus ancien.
pub(super) fn soins(adherent: &Adherent, menage: &Menage, au: Date) -> Vec<Soin> {
    let mut tirage = adherent.tirage("extranet-soins");
    let mut soins: Vec<Soin> = (0..tirage.entre(6, 14))
        .map(|_| {
            let (acte, tarif, taux) = tirage.parmi(&ACTES);
            let paye = tarif + tirage.entre(0, 6) * 50;
            let rang = usize::try_from(tirage.entre(0, 3)).unwrap_or_default();
            let pour = match menage.proches.get(rang) {
                Some(proche) => proche.prenom.to_owned(),
                None => adherent.identite.personne.prenom().to_owned(),
            };
            Soin {
                jour: naissance(au, tirage.entre(3, 180)),
                acte,
                pour,
                paye: Montant::de_centimes(paye),
                // Deux euros restent à la charge de l'assuré.
                rembourse: Montant::de_centimes((tarif * taux / 100 - 200).max(0)),
            }
        })
        .collect();
    soins.sort_by_key(|soin| std::cmp::Reverse(soin.jour));
    soins
}

fn naissance(au: Date, jours: i64) -> Date {
    au.saturating_sub(jours.days())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn menage(enfants: usize, revenus: i64, prestations: i64) -> Menage {
        let enfant = || Proche {
            prenom: "Lou",
            lien: Lien::Enfant,
            ne_le: date(2020, 1, 1),
        };
        Menage {
            adresse: String::new(),
            proches: (0..enfants).map(|_| enfant()).collect(),
            revenus: Montant::de_centimes(revenus),
            prestations: Montant::de_centimes(prestations),
        }
    }

    #[test]
    fn le_quotient_familial_se_compte_par_part_et_le_troisieme_enfant_en_vaut_une() {
        // 24 000 € l'an et 200 € le mois : 2 200 €. Deux parts ; deux et demie ; trois ; quatre.
        for (enfants, attendu) in [(0, 1_100), (1, 880), (2, 733), (3, 550)] {
            assert_eq!(
                menage(enfants, 24_000_00, 200_00).quotient().quotient,
                attendu,
                "{enfants}"
            );
        }
    }
}
