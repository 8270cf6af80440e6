//! Qui doit, et sur quels postes d’une créance.

use crate::{FamilleCotisation, Nature, enumeration::enumeration};

enumeration! {
    /// Le titre auquel le débiteur doit la créance : il choisit l’ordre d’imputation et les majorations.
    pub enum Regime ("le régime") {
        Employeur = "employeur", "Employeur de main-d’œuvre";
        NonSalarie = "non_salarie", "Non-salarié agricole";
        Solidarite = "solidarite", "Cotisant de solidarité";
        Assure = "assure", "Assuré ou allocataire";
        ProfessionnelSante = "professionnel_sante", "Professionnel de santé";
    }
}

impl Regime {
    /// Ce régime peut-il devoir une créance de cette nature ?
    ///
    /// Les cotisants de solidarité ne doivent que les quatre familles de CRPM D725-4-3, II.
    #[must_use]
    pub const fn admet(self, nature: Nature) -> bool {
        match (self, nature) {
            (Self::Employeur, Nature::Cotisation(famille)) => famille.est_employeur(),
            (Self::NonSalarie, Nature::Cotisation(famille)) => {
                !famille.est_employeur() && !matches!(famille, FamilleCotisation::Solidarite)
            }
            (Self::Solidarite, Nature::Cotisation(famille)) => matches!(
                famille,
                FamilleCotisation::CsgCrds
                    | FamilleCotisation::Solidarite
                    | FamilleCotisation::Atexa
                    | FamilleCotisation::Formation
            ),
            (Self::Assure, Nature::Indu(_)) | (Self::ProfessionnelSante, Nature::Soins(_)) => true,
            _ => false,
        }
    }

    /// Le paiement dit-il lui-même quelle dette il éteint ?
    ///
    /// Non pour les non-salariés et les cotisants de solidarité, dont l’ordre est fixé par CRPM D725-4-3.
    #[must_use]
    pub const fn suit_la_designation(self) -> bool {
        match self {
            Self::Employeur | Self::Assure | Self::ProfessionnelSante => true,
            Self::NonSalarie | Self::Solidarite => false,
        }
    }
}

enumeration! {
    /// Un compartiment d’une créance.
    ///
    /// Les trois premiers sont du principal : les employeurs ont les deux parts, les autres le seul `Principal`.
    pub enum Poste ("le poste") {
        PartOuvriere = "part_ouvriere", "Part ouvrière";
        PartPatronale = "part_patronale", "Part patronale";
        Principal = "principal", "Principal";
        Majoration = "majoration", "Majorations de retard";
        Penalite = "penalite", "Pénalités";
        Frais = "frais", "Frais de justice";
    }
}

impl Poste {
    /// Le nombre de postes : la taille des tableaux rangés par [`Poste::index`].
    pub const NOMBRE: usize = 6;

    /// La place du poste dans un tableau, de 0 à 5. Stable.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::PartOuvriere => 0,
            Self::PartPatronale => 1,
            Self::Principal => 2,
            Self::Majoration => 3,
            Self::Penalite => 4,
            Self::Frais => 5,
        }
    }

    /// Est-ce du principal ?
    #[must_use]
    pub const fn est_principal(self) -> bool {
        matches!(self, Self::PartOuvriere | Self::PartPatronale | Self::Principal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l_index_d_un_poste_est_sa_place() {
        assert_eq!(Poste::TOUS.len(), Poste::NOMBRE);
        for (place, poste) in Poste::TOUS.iter().enumerate() {
            assert_eq!(poste.index(), place);
        }
    }

    #[test]
    fn toute_nature_a_un_regime() {
        for nature in Nature::toutes() {
            assert!(Regime::TOUS.iter().any(|regime| regime.admet(nature)), "{nature}");
        }
    }

    #[test]
    fn la_csg_des_non_salaries_est_commune_aux_cotisants_de_solidarite() {
        let csg = Nature::Cotisation(FamilleCotisation::CsgCrds);
        assert!(Regime::NonSalarie.admet(csg) && Regime::Solidarite.admet(csg));
        assert!(!Regime::Employeur.admet(csg) && !Regime::Assure.admet(csg));
        assert!(!Regime::Solidarite.admet(Nature::Cotisation(FamilleCotisation::Amexa)));
    }
}
