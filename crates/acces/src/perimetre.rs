use std::collections::BTreeSet;

use crate::Classe;

/// Ce qu'un agent peut voir dans une action : sa portée devient le WHERE des requêtes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Perimetre {
    /// Branches de créances visibles, en masque de bits : [`Perimetre::COTISATIONS`],
    /// [`Perimetre::PRESTATIONS`], [`Perimetre::SANTE`]. `branches & $n <> 0` en SQL.
    pub branches: i64,
    /// Identité et coordonnées des personnes (sans elle, aucune autre donnée de l'article 2).
    pub identification: bool,
    /// Numéro de sécurité sociale.
    pub nir: bool,
    /// Coordonnées bancaires.
    pub bancaire: bool,
    /// Fiche des commentaires.
    pub commentaires: bool,
}

impl Perimetre {
    /// Bit des cotisations.
    pub const COTISATIONS: i64 = 1;
    /// Bit des prestations indues à récupérer.
    pub const PRESTATIONS: i64 = 2;
    /// Bit des indus des professionnels de santé.
    pub const SANTE: i64 = 4;

    /// Tout ce que la caisse détient : la portée d'un opérateur en ligne de commande, qui a déjà le fichier.
    pub(crate) const TOUT: Self = Self {
        branches: Self::COTISATIONS | Self::PRESTATIONS | Self::SANTE,
        identification: true,
        nir: true,
        bancaire: true,
        commentaires: true,
    };

    pub(crate) fn des_classes(classes: &BTreeSet<Classe>) -> Self {
        let bit = |classe, bit| if classes.contains(&classe) { bit } else { 0 };
        Self {
            branches: bit(Classe::EconomiqueCotisations, Self::COTISATIONS)
                | bit(Classe::EconomiquePrestations, Self::PRESTATIONS)
                | bit(Classe::EconomiqueSante, Self::SANTE),
            identification: classes.contains(&Classe::Identification),
            nir: classes.contains(&Classe::Nir),
            bancaire: classes.contains(&Classe::CoordonneesBancaires),
            commentaires: classes.contains(&Classe::Commentaires),
        }
    }
}
