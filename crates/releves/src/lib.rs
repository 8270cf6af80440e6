//! La lecture des relevés : ce qu'une banque ou une liste de paiements apporte à une caisse.
//!
//! Quatre formats — camt.053 et camt.054 (ISO 20022), CFONB 120, CSV de paiements — donnent une seule
//! forme, la [`Ligne`]. [`Releve::ouvrir`] reconnaît le format, puis l'itérateur rend les lignes une à
//! une, en mémoire bornée (une écriture à la fois). Les totaux et la complétude se vérifient à la fin :
//! un fichier n'est bon que lorsque l'itérateur est allé au bout sans [`Erreur`]. Qui enregistre lit donc
//! deux fois, d'abord pour valider, ensuite pour écrire.
//!
//! Aucune base de données, aucune horloge. Une [`Erreur`] nomme le fichier, la ligne, le champ, la règle
//! et le remède ; elle ne cite jamais un nom, un IBAN ou un libellé.

mod bilan;
mod camt;
mod cfonb;
mod codes_interbancaires;
mod dates;
mod erreur;
mod ligne;
mod lignes_de_texte;
mod mode_paiement;
mod montants;
mod motif;
mod paiements_csv;
mod references;
mod releve;
mod siret_annonce;
mod soldes;

pub use bilan::Bilan;
pub use erreur::{Erreur, Regle};
pub use ligne::{Ligne, Lot, Operation, OrigineDuRetour, Retour};
pub use mode_paiement::ModePaiement;
pub use motif::{Motif, Nomenclature};
pub use paiements_csv::EN_TETE as EN_TETE_CSV;
pub use releve::{Format, Releve};
