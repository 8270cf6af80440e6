//! OSCAR (décision 18-07) : le suivi des débiteurs par portefeuilles, et l'activité des agents.
//!
//! Un dossier est suivi par un agent au plus dans chaque service : les cotisations et le contentieux du même débiteur
//! ont chacun le leur. Une attribution est un fait, qui ne s'efface pas ; le portefeuille en est le dernier état.

mod activite;
mod confier;
mod filtres;
mod histoire;
mod lister;
mod rappels;
mod verifier;

pub use activite::{Activite, Bornes, activite};
pub use confier::{confier, passer, suivants};
pub use filtres::{FiltreOscar, Suivi, filtres_gardes, garder_filtre, oublier_filtre};
pub use histoire::{Lieu, Passage, Quoi, raconter};
pub use lister::{ParDossier, Suivable, page};
pub use rappels::{Rappel, cocher, poser, rappels_dus};
pub use verifier::{AttributionDivergente, verifier};

use thiserror::Error;

/// Ce que le suivi des débiteurs refuse. Aucun message ne porte de donnée personnelle.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum ErreurOscar {
    /// Le texte d'un rappel manque, ou est trop long.
    #[error("dites ce qu'il faudra faire, en 500 caractères au plus")]
    TexteDeRappel,
    /// Un rappel dans le passé.
    #[error("un rappel se pose pour aujourd'hui ou un jour à venir : corrigez la date")]
    RappelPasse,
    /// Ce rappel n'est pas de l'agent, ou est déjà fait.
    #[error("ce rappel est déjà fait, ou n'est pas le vôtre")]
    RappelInconnu,
    /// Le nom d'un filtre manque, ou est trop long.
    #[error("nommez ce filtre, en 60 caractères au plus")]
    NomDeFiltre,
    /// Trop de filtres gardés.
    #[error("vous avez déjà 30 filtres : oubliez-en un d'abord")]
    TropDeFiltres,
}
