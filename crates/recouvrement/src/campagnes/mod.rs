//! Les campagnes : un acte pour tous ceux qui remplissent des conditions.
//!
//! L'un l'[`ouvrir`], le serveur y [`reunir`] qui la recevra, pour combien, et qui en est écarté et pourquoi ; un autre
//! l'[`approuver`] ; [`avancer`] l'émet par lots. Réunir et émettre reprennent où un arrêt les a laissés. Un acte émis ne
//! l'est jamais deux fois : la procédure et la base le refusent ([`crate::actes`]).

mod avancer;
mod decider;
mod lire;
mod preparer;

pub use avancer::{Avancee, avancer};
pub use decider::{approuver, refuser};
pub use lire::{
    Campagne, DossierDeCampagne, EtatCampagne, EtatDossier, Recapitulatif, campagne, campagnes, dossiers,
    en_cours,
};
pub use preparer::{NouvelleCampagne, ouvrir, reunir};
