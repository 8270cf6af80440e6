//! La connexion d'un agent : compte local et second facteur, ou fournisseur d'identité de la caisse.

mod configuration;
mod frein;
mod locale;
mod oidc;

pub use configuration::{Connexion, Fournisseur, fichier_de_la_caisse};
pub(crate) use locale::{Verdict, a_enroler, choisir_mot_de_passe, donner_code, donner_mot_de_passe};
pub(crate) use oidc::{depart, effacer_aller, retour};

#[cfg(test)]
mod tests;
