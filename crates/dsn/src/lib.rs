//! La déclaration sociale nominative (DSN), norme NEODeS P22V01 et suivantes : lecture au fil de l'eau, sans copie.
//!
//! | on veut | on appelle |
//! | --- | --- |
//! | les déclarations d'un fichier et leurs totaux par caisse | [`lire`] avec un [`Recepteur`] |
//! | les lignes, et rien d'autre | [`Lecteur`] puis [`Lignes`] |
//! | les fichiers d'un texte, d'un gzip ou d'un zip | [`fichiers`], ou [`Flux`] pour l'entrée standard |
//! | écrire un fichier | [`Ecrivain`] |
//!
//! Une ligne s'écrit `S21.G00.30.002,'O'CONNOR'` en ISO-8859-1 ; aucun échappement n'existe, la valeur va du seizième
//! octet à la dernière apostrophe de la ligne (cahier technique CT2025.1.3, « Constitution du fichier »). Un fichier
//! reçu du portail national entoure ses messages d'une enveloppe (S05, S06, S96, S95) : elle se lit aussi.
//!
//! Aucune erreur ne cite une valeur : elle peut être un NIR, un nom ou un compte.

mod archive;
mod declaration;
mod ecrire;
mod erreur;
mod lecteur;
mod ligne;
mod morceaux;
mod pliage;
mod rubrique;
mod valeur;

pub use archive::{Contenu, DEPLOIEMENT_LIBRE, DEPLOIEMENT_MAXIMAL, FICHIERS_MAXIMUM, Flux, fichiers};
pub use declaration::{
    Caisse, CodeMsa, CotisationEtablissement, CotisationIndividuelle, Declaration, Envoi, Identifiant,
    SousLot, Versement,
};
pub use ecrire::{Ecrivain, ErreurEcriture, FinDeLigne, Lot};
pub use erreur::{Erreur, ErreurRubrique, Faute};
pub use lecteur::Lecteur;
pub use ligne::{LONGUEUR_MAXIMALE, Ligne, Lignes};
pub use morceaux::lire_en_parallele;
pub use pliage::{Recepteur, lire, lire_octets};
pub use rubrique::{Bloc, Rubrique};
pub use valeur::{Code, date, mois, montant, texte};
