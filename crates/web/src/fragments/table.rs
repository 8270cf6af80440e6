//! L'en-tête d'une table triable.

use std::fmt::Display;

use askama::Template;

use super::html::fragment;
use crate::{ColonneTriable, LienTable, Pagination, Sens, Tri};

/// Une colonne : son intitulé, et par quoi elle se trie.
#[derive(Clone, Debug)]
pub struct Colonne<C> {
    libelle: String,
    tri: Option<C>,
    nombre: bool,
    muette: bool,
}

impl<C> Colonne<C> {
    /// Une colonne qui ne se trie pas.
    #[must_use]
    pub fn nouvelle(libelle: impl Display) -> Self {
        Self {
            libelle: libelle.to_string(),
            tri: None,
            nombre: false,
            muette: false,
        }
    }

    /// Se trie par cette colonne.
    #[must_use]
    pub fn triable(self, colonne: C) -> Self {
        Self {
            tri: Some(colonne),
            ..self
        }
    }

    /// Porte des nombres ou des montants : alignée à droite.
    #[must_use]
    pub fn nombre(self) -> Self {
        Self { nombre: true, ..self }
    }

    /// L'intitulé n'est que pour les lecteurs d'écran (une colonne d'actions).
    #[must_use]
    pub fn muette(self) -> Self {
        Self { muette: true, ..self }
    }
}

#[derive(Clone, Debug)]
struct Intitule {
    libelle: String,
    nombre: bool,
    muette: bool,
    /// L'adresse qui trie par cette colonne.
    url: Option<String>,
    /// Le sens présent, si c'est par elle que la table est triée.
    sens: Option<Sens>,
}

impl Intitule {
    fn aria(&self) -> Option<&'static str> {
        self.sens.map(|sens| match sens {
            Sens::Croissant => "ascending",
            Sens::Decroissant => "descending",
        })
    }

    fn fleche(&self) -> &'static str {
        match self.sens {
            Some(Sens::Croissant) => "↑",
            Some(Sens::Decroissant) => "↓",
            None => "↕",
        }
    }

    fn suite(&self) -> &'static str {
        match self.sens {
            Some(Sens::Croissant) => "trier en ordre décroissant",
            Some(Sens::Decroissant) => "trier en ordre croissant",
            None => "trier",
        }
    }
}

/// Le `<thead>` d'une table.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/entetes.html")]
pub struct Entetes {
    formulaire: Option<String>,
    intitules: Vec<Intitule>,
}

/// Les intitulés des colonnes ; chaque colonne triable mène à la première page triée par elle, ou dans
/// l'autre sens si elle l'est déjà.
#[must_use]
pub fn entetes<C: ColonneTriable>(
    lien: &LienTable,
    tri: Tri<C>,
    pagination: &Pagination,
    colonnes: Vec<Colonne<C>>,
) -> Entetes {
    let intitules = colonnes
        .into_iter()
        .map(|colonne| {
            let sens = colonne.tri.filter(|c| *c == tri.colonne).map(|_| tri.sens);
            let url = colonne.tri.map(|c| {
                let defaut = if c == C::DEFAUT.colonne {
                    C::DEFAUT.sens
                } else {
                    Sens::Croissant
                };
                let suivant = Tri {
                    colonne: c,
                    sens: sens.map_or(defaut, Sens::inverse),
                };
                lien.url_triee(suivant, pagination)
            });
            Intitule {
                libelle: colonne.libelle,
                nombre: colonne.nombre,
                muette: colonne.muette,
                url,
                sens,
            }
        })
        .collect();
    Entetes {
        formulaire: lien.formulaire().map(str::to_owned),
        intitules,
    }
}

fragment!(Entetes);
