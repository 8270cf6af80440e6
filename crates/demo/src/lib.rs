//! La caisse synthétique : des débiteurs inventés, leurs créances, leurs paiements, les agents, et l'extranet des adhérents.
//!
//! Tout vient d'une graine. Un débiteur ne dépend que de la graine, de la caisse et de son rang : une
//! grande population commence par une petite, et rien n'est gardé en mémoire. Son identité ne dépend pas
//! de la date du jour ; son histoire, elle, couvre les deux ans qui la précèdent. Les numéros sont justes
//! (clés, Luhn) et jamais deux fois les mêmes dans une caisse : le rang y entre par une bijection.
//!
//! Personnes, entreprises et comptes sont inventés ; les communes sont vraies.

mod actes;
mod agents;
mod charger;
mod debiteur;
pub mod declarations;
pub mod extranet;
mod historique;
mod identite;
mod noms;
mod numeros;
mod orphelines;
mod permutation;
mod population;
mod procedures;
mod territoire;
mod tirage;

pub use actes::adresser;
pub use agents::{Agent, Service, agents};
pub use charger::{charger, encaisser};
pub use debiteur::{
    Commentaire, Commune, Contacts, Creance, Debiteur, Evenement, Identite, Paiement, Personne, Principal,
    Rejet,
};
pub use orphelines::{CauseOrpheline, RecetteOrpheline};
pub use population::{COMBIEN_MAX, Erreur, Population};
pub use procedures::poursuivre;
