//! Pourquoi une étape ne peut pas être faite.

use jiff::civil::Date;
use thiserror::Error;
use valeurs::date_longue;

use super::etape::{Empechement, EtapeProcedure, Position};
use crate::{Echeance, Erreur, Nature, RegleDelai, citer};

/// Une étape est refusée ; la phrase dit l’article et quand, ou comment, elle deviendra possible.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Refus {
    /// La procédure est finie.
    #[error("la créance est {} : plus aucune étape", position.libelle().to_lowercase())]
    Finie {
        /// La fin atteinte.
        position: &'static Position,
    },
    /// L’étape n’est pas de cette nature de créance.
    #[error("« {} » ne vaut pas pour « {nature} » ({})", etape.libelle(), citer(etape.articles()))]
    HorsNature {
        /// L’étape demandée.
        etape: &'static EtapeProcedure,
        /// La nature de la créance.
        nature: Nature,
    },
    /// L’étape ne part pas d’ici.
    #[error("« {} » ne vient pas après « {} » ({})", etape.libelle(), position.libelle(), citer(etape.articles()))]
    HorsOrdre {
        /// L’étape demandée.
        etape: &'static EtapeProcedure,
        /// Où en est la créance.
        position: &'static Position,
    },
    /// L’étape répond à quelque chose qui n’est pas en cours.
    #[error("« {} » est sans objet : il y faudrait « {} » ({})", etape.libelle(), manque.libelle(), citer(etape.articles()))]
    SansObjet {
        /// L’étape demandée.
        etape: &'static EtapeProcedure,
        /// Ce qui devrait être en cours.
        manque: &'static Empechement,
    },
    /// Quelque chose l’interdit tant qu’il dure.
    #[error("« {} » est interdite depuis le {} : {} ({})", etape.libelle(), date_longue(*depuis), par.libelle(), citer(par.articles()))]
    Suspendue {
        /// L’étape demandée.
        etape: &'static EtapeProcedure,
        /// Ce qui l’interdit.
        par: &'static Empechement,
        /// Depuis quand.
        depuis: Date,
    },
    /// Un délai n’est pas passé.
    #[error("« {} » est possible à partir du {} : {}, jusqu’au {} ({})", etape.libelle(), date_longue(*des_le), minuscule(delai.libelle()), date_longue(echeance.jour), citer(etape.articles()))]
    TropTot {
        /// L’étape demandée.
        etape: &'static EtapeProcedure,
        /// Le premier jour où elle est possible.
        des_le: Date,
        /// Le délai à laisser passer.
        delai: &'static RegleDelai,
        /// Sa fin, expliquée.
        echeance: Box<Echeance>,
    },
    /// Un délai est passé.
    #[error("« {} » n’est plus possible depuis le {} : {} ({})", etape.libelle(), date_longue(echeance.jour), minuscule(delai.libelle()), citer(etape.articles()))]
    TropTard {
        /// L’étape demandée.
        etape: &'static EtapeProcedure,
        /// Le délai manqué.
        delai: &'static RegleDelai,
        /// Sa fin, expliquée.
        echeance: Box<Echeance>,
    },
    /// La prescription est acquise.
    #[error("« {} » est impossible : la créance est prescrite depuis le {} ({})", etape.libelle(), date_longue(*depuis), citer(delai.articles()))]
    Prescrite {
        /// L’étape demandée.
        etape: &'static EtapeProcedure,
        /// Le dernier jour où elle était possible.
        depuis: Date,
        /// Le délai qui l’a éteinte.
        delai: &'static RegleDelai,
    },
    /// La prescription n’est pas acquise.
    #[error("la prescription n’est acquise que le {} au soir ({})", date_longue(*au), citer(delai.articles()))]
    PasPrescrite {
        /// Le dernier jour où la créance peut être poursuivie.
        au: Date,
        /// Le délai qui court.
        delai: &'static RegleDelai,
    },
    /// Le jour est avant ce qui est déjà arrivé.
    #[error("le {} est avant « {} » du {} : corriger la date", date_longue(*jour), derniere.libelle(), date_longue(*arrivee_le))]
    Antidatee {
        /// Le jour demandé.
        jour: Date,
        /// La dernière étape arrivée.
        derniere: &'static EtapeProcedure,
        /// Son jour.
        arrivee_le: Date,
    },
    /// Une date ne se calcule pas.
    #[error(transparent)]
    Calcul(#[from] Erreur),
}

impl Refus {
    /// Un agent habilité peut-il passer outre, en disant pourquoi ?
    ///
    /// Non quand l’étape n’aurait aucun sens : procédure finie, rien à lever, date impossible.
    #[must_use]
    pub const fn est_surmontable(&self) -> bool {
        match self {
            Self::HorsOrdre { .. }
            | Self::Suspendue { .. }
            | Self::TropTot { .. }
            | Self::TropTard { .. }
            | Self::Prescrite { .. } => true,
            Self::Finie { .. }
            | Self::HorsNature { .. }
            | Self::SansObjet { .. }
            | Self::PasPrescrite { .. }
            | Self::Antidatee { .. }
            | Self::Calcul(_) => false,
        }
    }
}

/// La phrase d’une règle, à l’intérieur d’une autre.
fn minuscule(phrase: &str) -> String {
    let mut lettres = phrase.chars();
    lettres
        .next()
        .map(|premiere| premiere.to_lowercase().chain(lettres).collect())
        .unwrap_or_default()
}
