//! Les écarts d'une caisse, constatés puis traités : ce qu'un agent a devant lui le matin.
//!
//! [`constater`](fn@constater) tient à jour, depuis le rapprochement, le mois de chaque établissement et la liste des
//! écarts ; « suivre » les attribue, les commente, les clôt, les rouvre. Les états et leurs passages sont dans [`Etat`].

mod constater;
mod etablissements;
mod etat;
mod lire;
mod situation;
mod suivre;
mod verifier;

pub use constater::{Constat, constater};
pub(crate) use etablissements::{EtablissementConstate, FiltreEtablissements, combien, etablissements};
pub use etat::{Etat, Geste, Motif};
pub(crate) use lire::{
    EcartMontre, FiltreEcarts, GesteMontre, ParEcart, Voisins, ecart, gestes, page, preuves, voisins,
};
pub(crate) use situation::{Situation, TotalClasse, TotauxDuMois, mois_constates, situation};
pub use suivre::{attribuer, clore, commenter, rouvrir};
pub use verifier::{Divergence, verifier};

/// Contexte de scellement des commentaires.
pub(crate) const COMMENTAIRE: &str = "geste_ecart.commentaire";
