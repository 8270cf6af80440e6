//! Pourquoi un échéancier ne peut pas être proposé.

use jiff::civil::Date;
use thiserror::Error;
use valeurs::{Montant, date_longue};

use super::MENSUALITES_MAX;
use crate::{Article, Erreur, citer};

/// Un échéancier est refusé ; la phrase dit l’article, et ce qui serait admis.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum RefusEcheancier {
    /// Il n’y a rien à échelonner.
    #[error("la dette est nulle : rien à échelonner")]
    RienDu,
    /// La part ouvrière n’est pas réglée.
    #[error("{du} de cotisations salariales ou de retenue à la source restent dus : les régler avant d’échelonner les cotisations patronales ({})", citer(*articles))]
    PartOuvriereDue {
        /// Ce qui en reste dû.
        du: Montant,
        /// Les articles qui l’exigent.
        articles: &'static [Article],
    },
    /// Seul un employeur doit une part ouvrière.
    #[error("une part ouvrière n’est due que d’un employeur : corriger la dette ou la procédure")]
    PartOuvriereEtrangere,
    /// L’échéancier dure plus que le texte ne le permet.
    #[error("la dernière échéance, le {}, passe les {mois} mois qu’un échéancier conclu le {} peut durer : {} ({})", date_longue(*derniere), date_longue(*conclu_le), au_plus(*mensualites, *jusqua), citer(*articles))]
    TropLong {
        /// Le jour de la conclusion.
        conclu_le: Date,
        /// La durée admise.
        mois: u8,
        /// La dernière échéance demandée.
        derniere: Date,
        /// Le dernier jour admis.
        jusqua: Date,
        /// Combien de mensualités y tiennent, depuis la première demandée.
        mensualites: usize,
        /// Les articles qui bornent la durée.
        articles: &'static [Article],
    },
    /// La première échéance précède l’échéancier.
    #[error("la première échéance, le {}, est avant la conclusion de l’échéancier, le {} : corriger l’une ou l’autre", date_longue(*premiere), date_longue(*conclu_le))]
    PremiereAvantConclusion {
        /// La première échéance demandée.
        premiere: Date,
        /// Le jour de la conclusion.
        conclu_le: Date,
    },
    /// Le rythme ne donne aucune mensualité, ou des mensualités de rien.
    #[error(
        "chaque mensualité doit être d’un centime au moins : demander moins de mensualités, ou plus par mois"
    )]
    MensualiteNulle,
    /// Trop de mensualités pour être une proposition sérieuse.
    #[error("plus de {MENSUALITES_MAX} mensualités : demander plus par mois")]
    TropDeMensualites,
    /// Un montant ou une date ne se calcule pas.
    #[error(transparent)]
    Calcul(#[from] Erreur),
}

impl RefusEcheancier {
    /// Les articles qui refusent ; aucun quand c’est la demande qui n’a pas de sens.
    #[must_use]
    pub const fn articles(&self) -> &'static [Article] {
        match self {
            Self::PartOuvriereDue { articles, .. } | Self::TropLong { articles, .. } => articles,
            Self::RienDu
            | Self::PartOuvriereEtrangere
            | Self::PremiereAvantConclusion { .. }
            | Self::MensualiteNulle
            | Self::TropDeMensualites
            | Self::Calcul(_) => &[],
        }
    }
}

impl From<valeurs::Depassement> for RefusEcheancier {
    fn from(depassement: valeurs::Depassement) -> Self {
        Self::Calcul(depassement.into())
    }
}

impl From<jiff::Error> for RefusEcheancier {
    fn from(faute: jiff::Error) -> Self {
        Self::Calcul(faute.into())
    }
}

/// « 11 mensualités au plus, jusqu’au 15 février 2027 ».
fn au_plus(mensualites: usize, jusqua: Date) -> String {
    let jusqua = date_longue(jusqua);
    match mensualites {
        0 => format!("la première doit tomber le {jusqua} au plus tard"),
        1 => format!("une seule échéance, le {jusqua} au plus tard"),
        _ => format!("{mensualites} mensualités au plus, jusqu’au {jusqua}"),
    }
}
