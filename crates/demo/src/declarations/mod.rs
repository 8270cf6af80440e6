//! Des fichiers DSN inventés, dont on sait la vérité.
//!
//! | on veut | on appelle |
//! | --- | --- |
//! | un fichier d'un mois, de la taille qu'on veut | [`fichier`] |
//! | les fichiers qui font un écart, et les lignes qu'un rapprochement doit en tirer | [`Scenario::de`] |
//! | les déclarations des employeurs d'une caisse de démonstration, et leurs paiements | [`crate::Population::declarations`] |
//!
//! La composition est celle d'une paie agricole ordinaire ; personnes, entreprises et comptes sont inventés. Les calculs
//! sont en centimes entiers.

mod caisse;
mod contenu;
mod fichier;
mod inventer;
mod plume;
mod scenario;

pub use contenu::Verite;
pub use fichier::{Modele, fichier};
pub use scenario::{Attendu, Cas, Piece, Scenario};
