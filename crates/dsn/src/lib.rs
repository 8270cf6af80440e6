//! La déclaration sociale nominative (DSN), norme NEODeS P22V01 et suivantes : lecture au fil de l'eau, sans copie.
//!
//! | on veut | on appelle |
//! | --- | --- |
//! | les déclarations d'un fichier et leurs totaux par caisse | [`lire`] avec un [`Recepteur`] |
//! | les lignes, et rien d'autre | [`Lecteur`] puis [`Lignes`] |
//! | les fichiers d'un texte, d'un gzip ou d'un zip | [`fichiers`], ou [`Flux`] pour l'entrée standard |
//! | toutes les anomalies d'un fichier, et une page qui les montre | [`controler`], [`rapport_html`] |
//! | écrire un fichier | [`Ecrivain`] |
//! | ce que la norme dit d'une rubrique, d'un bloc, d'un code | [`norme`], [`libelle_rubrique`], [`libelle_code`] |
//!
//! Une ligne s'écrit `S21.G00.30.002,'O'CONNOR'` en ISO-8859-1 ; aucun échappement n'existe, la valeur va du seizième
//! octet à la dernière apostrophe de la ligne (cahier technique CT2025.1.3, « Constitution du fichier »). Un fichier
//! reçu du portail national entoure ses messages d'une enveloppe (S05, S06, S96, S95) : elle se lit aussi.
//!
//! Aucune erreur ne cite une valeur : elle peut être un NIR, un nom ou un compte.

mod archive;
mod controle;
mod declaration;
mod ecrire;
mod en_cours;
mod erreur;
mod lecteur;
mod ligne;
mod morceaux;
pub mod norme;
mod pliage;
mod recepteur;
mod reperes;
mod rubrique;
mod valeur;

pub use archive::{Contenu, DEPLOIEMENT_LIBRE, DEPLOIEMENT_MAXIMAL, FICHIERS_MAXIMUM, Flux, fichiers};
pub use controle::{
    Anomalie, BilanControle, CONTROLES, Controle, DETAILS_PAR_CONTROLE, Gravite, Rapport, controler,
    controler_octets, rapport_html,
};
pub use declaration::{
    Caisse, CodeMsa, CotisationEtablissement, CotisationIndividuelle, Declaration, Envoi, Identifiant,
    SousLot, Versement,
};
pub use ecrire::{Ecrivain, ErreurEcriture, FinDeLigne, Lot};
pub use erreur::{Erreur, ErreurRubrique, Faute};
pub use lecteur::Lecteur;
pub use ligne::{LONGUEUR_MAXIMALE, Ligne, Lignes};
pub use morceaux::lire_en_parallele;
pub use norme::{
    Nature, Norme, libelle_bloc, libelle_caisse, libelle_code, libelle_rubrique, message_controle,
};
pub use pliage::{Lecture, lire, lire_octets};
pub use recepteur::Recepteur;
pub use rubrique::{Bloc, Rubrique};
pub use valeur::{Code, date, mois, montant, texte};
