//! Les courriers : un modèle de document et des données y deviennent un PDF d'archive.
//!
//! La seule crate qui nomme le moteur (typst). Elle ne connaît ni dossier, ni créance, ni base, ni
//! horloge : elle reçoit un [`Modele`], des données, un titre, une date, et rend un [`Pdf`].
//!
//! # Un modèle
//! Du texte typst, que la caisse change sans programmer. Il lit ses données dans un fichier qui n'existe
//! qu'en mémoire :
//!
//! ```
//! # fn main() -> Result<(), courriers::Erreur> {
//! #[derive(serde::Serialize)]
//! struct Donnees { nom: &'static str, total: &'static str }
//!
//! let modele = courriers::Modele::new(
//!     "relance",
//!     r#"
//!     #let d = json("donnees.json")
//!     = Relance amiable
//!     #d.nom, vous restez devoir #d.total.
//!     "#,
//! );
//! let donnees = Donnees { nom: "Mme Élodie Inventée", total: "1 234,56 €" };
//! let pdf = courriers::composer(&modele, &donnees, "Relance amiable", jiff::Timestamp::UNIX_EPOCH)?;
//! assert_eq!(pdf.pages(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Il n'a ni disque, ni réseau, ni paquet, ni heure : ce qu'il lui faut est dans ses données, ses images
//! sont données par [`Modele::avec_svg`]. Les montants et les dates y sont déjà écrits pour être lus ; un
//! modèle ne calcule pas.
//!
//! Une bibliothèque de fonctions ([`Modele::avec_bibliotheque`]) peut lui être donnée ; les repères que le document
//! porte ([`Pdf::reperes`]) disent ce que le modèle y a vraiment mis.
//!
//! # Ce qui sort
//! PDF/A-2a (archive de long terme, texte extractible) et PDF/UA-1 (accessible) à la fois, polices
//! incluses, en français. Le moteur refuse de rendre un document qui n'y est pas conforme : une image sans
//! texte de remplacement, un caractère qu'aucune police ne porte. Mêmes entrées, mêmes octets.
//!
//! # Ce qui ne sort pas
//! Une [`Erreur`] ne cite jamais une donnée. Le message du moteur le pourrait : il n'est montré que s'il
//! est retrouvé, mot pour mot produit par le moteur, sur des données dont on a effacé les valeurs.

mod composer;
mod efface;
mod erreur;
mod modele;
mod monde;
mod polices;

pub use composer::{Pdf, composer, composer_tous};
pub use erreur::{Erreur, Motif};
pub use modele::{BIBLIOTHEQUE, DONNEES, Modele, REPERE};
pub use polices::FAMILLE;
