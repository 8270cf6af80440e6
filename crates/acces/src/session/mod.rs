//! La session d'un agent : un jeton dans un cookie, son haché dans la base.

mod jeton;
mod registre;

use jiff::SignedDuration;

use crate::Role;

pub(crate) use jeton::{Jeton, lire_cookie, poser};
pub(crate) use registre::{fermer, fermer_celles_de, laisser_avis, oublier_avis, ouvrir, toucher, trouver};

/// Une session sans requête depuis ce temps est close : un poste quitté se ferme, une réunion ne ferme rien.
pub(crate) const INACTIVITE: SignedDuration = SignedDuration::from_mins(60);
/// Une session ne dépasse pas une journée de travail, même active.
pub(crate) const DUREE_MAX: SignedDuration = SignedDuration::from_hours(10);
/// Temps laissé entre le mot de passe et la fin de la connexion (code, mot de passe à changer).
pub(crate) const DUREE_CONNEXION: SignedDuration = SignedDuration::from_mins(10);
/// La dernière activité n'est récrite qu'à ce pas : une page de plus n'est pas une écriture de plus.
pub(crate) const PAS_D_ACTIVITE: SignedDuration = SignedDuration::from_mins(1);

/// L'agent d'une session ouverte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentConnecte {
    /// Numéro du compte.
    pub id: i64,
    /// Identifiant, celui du journal et des écritures.
    pub identifiant: String,
    /// Nom affiché.
    pub nom: String,
    /// Rôle.
    pub role: Role,
}

/// Où en est une connexion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Etape {
    /// Le mot de passe est bon ; le second facteur manque.
    Code,
    /// Le second facteur est bon ; le mot de passe à usage unique reste à changer.
    MotDePasse,
    /// L'agent travaille.
    Ouverte,
}

impl Etape {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::MotDePasse => "mot_de_passe",
            Self::Ouverte => "ouverte",
        }
    }

    fn depuis_code(code: &str) -> Option<Self> {
        [Self::Code, Self::MotDePasse, Self::Ouverte]
            .into_iter()
            .find(|e| e.code() == code)
    }
}

/// Une session trouvée, encore valable.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) agent: AgentConnecte,
    pub(crate) etape: Etape,
    pub(crate) avis: Option<web::Avis>,
    pub(crate) a_rafraichir: bool,
}

#[cfg(test)]
mod tests;
