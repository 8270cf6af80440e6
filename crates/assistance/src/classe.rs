/// Ce qu'une région d'une page tient (décision 14-04, article 2) : la valeur de `data-categorie`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Classe {
    /// Rien de personnel.
    Publique,
    /// L'identification, dont le NIR.
    Identification,
    /// L'adresse.
    Adresse,
    /// La situation familiale.
    Famille,
    /// La situation économique et financière.
    Economique,
    /// La santé.
    Sante,
    /// L'historique de navigation.
    Navigation,
}

impl Classe {
    /// Toutes, dans l'ordre de leurs codes.
    pub const TOUTES: [Self; 7] = [
        Self::Publique,
        Self::Identification,
        Self::Adresse,
        Self::Famille,
        Self::Economique,
        Self::Sante,
        Self::Navigation,
    ];

    /// Son code dans le fil, de 1 à 7.
    #[must_use]
    pub const fn octet(self) -> u8 {
        match self {
            Self::Publique => 1,
            Self::Identification => 2,
            Self::Adresse => 3,
            Self::Famille => 4,
            Self::Economique => 5,
            Self::Sante => 6,
            Self::Navigation => 7,
        }
    }

    /// Son mot dans une page : `data-categorie="sante"`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Publique => "public",
            Self::Identification => "identification",
            Self::Adresse => "adresse",
            Self::Famille => "famille",
            Self::Economique => "economique",
            Self::Sante => "sante",
            Self::Navigation => "navigation",
        }
    }

    /// Celle de ce code du fil ; 0, masquée, n'en est pas une.
    #[must_use]
    pub fn de_l_octet(octet: u8) -> Option<Self> {
        Self::TOUTES.into_iter().find(|classe| classe.octet() == octet)
    }
}

/// Un ensemble de classes : un accord, une habilitation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Classes(u8);

impl Classes {
    /// Aucune.
    pub const AUCUNE: Self = Self(0);

    /// Celle-ci y est-elle ?
    #[must_use]
    pub const fn contient(self, classe: Classe) -> bool {
        self.0 & (1 << classe.octet()) != 0
    }

    /// Les mêmes, et celle-ci.
    #[must_use]
    pub const fn avec(self, classe: Classe) -> Self {
        Self(self.0 | 1 << classe.octet())
    }

    /// Celles qui sont dans les deux : ce qu'un agent voit est ce qui est accordé et ce à quoi il est habilité.
    #[must_use]
    pub const fn et(self, autres: Self) -> Self {
        Self(self.0 & autres.0)
    }
}

impl FromIterator<Classe> for Classes {
    fn from_iter<T: IntoIterator<Item = Classe>>(classes: T) -> Self {
        classes.into_iter().fold(Self::AUCUNE, Self::avec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_codes_du_fil_se_relisent_et_masquee_n_est_pas_une_classe() {
        for classe in Classe::TOUTES {
            assert_eq!(Classe::de_l_octet(classe.octet()), Some(classe));
        }
        assert_eq!(Classe::de_l_octet(0), None);
        assert_eq!(Classe::de_l_octet(8), None);
    }

    #[test]
    fn l_intersection_ne_donne_que_ce_que_les_deux_accordent() {
        let accorde: Classes = [Classe::Publique, Classe::Sante].into_iter().collect();
        let habilite: Classes = [Classe::Publique, Classe::Famille].into_iter().collect();
        for classe in Classe::TOUTES {
            assert_eq!(accorde.et(habilite).contient(classe), classe == Classe::Publique);
        }
    }
}
