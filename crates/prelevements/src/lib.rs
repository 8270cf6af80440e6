//! Le prélèvement SEPA : l'ordre qu'une caisse envoie à sa banque, et ce que la banque en dit.
//!
//! [`Ecrivain`] écrit un `pain.008.001.08` (SDD Core) au fil de l'eau : un [`Plan`] compte d'abord les
//! ordres, remise par remise, puis l'écrivain les reçoit un à un et refuse de finir si les totaux annoncés
//! ne sont pas exacts au centime.
//!
//! [`CompteRendu`] lit un `pain.002` : un itérateur d'[`Avis`], où l'on voit ce que la banque a rejeté, et
//! pourquoi en français. Mémoire bornée par une opération ; tailles et profondeur limitées.
//!
//! Aucune base de données, aucune horloge, aucun réseau. Une valeur construite ([`Ics`], [`Rum`], [`Nom`]…)
//! est juste et s'écrit telle quelle. Une erreur nomme le champ, la règle et le remède ; elle ne cite jamais
//! un nom, un IBAN, une référence ou un libellé.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod alphabet;
mod bic;
mod compte_rendu;
mod emission;
mod erreur;
mod ics;
mod montant_preleve;
mod references;
mod textes;

pub use bic::Bic;
pub use compte_rendu::{
    Avis, CodeMotif, CompteRendu, ErreurLecture, Motif, Objet, Operation, RegleLecture, Statut,
};
pub use emission::{
    Creancier, Ecrivain, ErreurEmission, Ordre, Plan, RegleEmission, Remise, RemisePrevue, Sequence, Totaux,
    est_de_l_eee,
};
pub use erreur::{ErreurAdresse, ErreurBic, ErreurIcs, ErreurMontantPreleve, ErreurReference, ErreurTexte};
pub use ics::Ics;
pub use montant_preleve::MontantPreleve;
pub use references::{ReferenceDeBoutEnBout, ReferenceDeMessage, ReferenceDeRemise, Rum};
pub use textes::{Adresse, Libelle, Nom};
