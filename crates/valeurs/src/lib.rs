//! Les valeurs du métier : montants, identifiants, périodes, textes de recherche.
//!
//! Aucune entrée-sortie. Chaque type se construit par lecture (`FromStr`) et, une fois construit, est
//! juste : rien n'est à revérifier plus loin. Une donnée personnelle (NIR, IBAN, téléphone, courriel)
//! n'a pas de `Display`, et son `Debug` la masque. Les dates sont des [`jiff::civil::Date`].
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod cle;
mod code_caisse;
mod code_commune;
mod courriel;
mod dates;
mod dossier;
mod erreur;
mod iban;
mod matricule;
mod montant;
mod nir;
mod periode;
mod recherche;
mod repartition;
mod siren;
mod siret;
mod taux;
mod telephone;
mod texte;

pub use code_caisse::CodeCaisse;
pub use code_commune::CodeCommune;
pub use courriel::Courriel;
pub use dates::{date_fr, date_longue};
pub use dossier::DossierId;
pub use erreur::{
    CaisseInconnue, Depassement, ErreurCodeCommune, ErreurCourriel, ErreurDossierId, ErreurIban,
    ErreurMatricule, ErreurMontant, ErreurNir, ErreurPeriode, ErreurSiren, ErreurSiret, ErreurTaux,
    ErreurTelephone,
};
pub use iban::Iban;
pub use matricule::Matricule;
pub use montant::Montant;
pub use nir::{NatureNir, Nir};
pub use periode::{GenrePeriode, Periode};
pub use recherche::mots_de_recherche;
pub use siren::Siren;
pub use siret::Siret;
pub use taux::{Arrondi, Taux};
pub use telephone::Telephone;
