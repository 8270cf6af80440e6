use std::io;

use thiserror::Error;
use valeurs::{Depassement, ErreurPeriode};

/// Pourquoi un dépôt ou un rapprochement n'a pas pu se faire.
#[derive(Debug, Error)]
pub enum Erreur {
    /// La base refuse.
    #[error(transparent)]
    Base(#[from] storage::Erreur),
    /// Le compte refuse.
    #[error(transparent)]
    Creances(#[from] creances::Erreur),
    /// Le fichier n'est pas une DSN entière et lisible.
    #[error(transparent)]
    Dsn(#[from] dsn::Erreur),
    /// Une déclaration ne se situe pas : elle ne peut pas être gardée.
    #[error(
        "{fichier}, ligne {ligne} : {regle}. Remède : « sillon dsn controler » montre toutes les anomalies ; redemandez le fichier à son émetteur."
    )]
    Declaration {
        /// Nom du fichier.
        fichier: String,
        /// Ligne où la déclaration commence.
        ligne: u64,
        /// La règle enfreinte.
        regle: &'static str,
    },
    /// Le fichier ne se lit pas.
    #[error("{fichier} : la lecture a échoué ({}) ; vérifiez que le fichier est lisible et recommencez", .source.kind())]
    Lecture {
        /// Nom du fichier.
        fichier: String,
        /// L'erreur du système.
        source: io::Error,
    },
    /// Aucun écart n'a ce numéro.
    #[error("cet écart n'existe pas")]
    EcartInconnu,
    /// L'écart est clos, ou les faits ne le montrent plus.
    #[error(
        "cet écart n'est plus ouvert : un autre agent l'a clos, ou les faits ne le montrent plus ; rechargez la page"
    )]
    EcartFerme,
    /// L'écart n'est pas clos.
    #[error("cet écart n'est pas clos : rechargez la page")]
    EcartOuvert,
    /// « Autre motif » sans commentaire.
    #[error("dites le motif en commentaire")]
    MotifADire,
    /// Un commentaire vide ou trop long.
    #[error("un commentaire a de 1 à 4 000 caractères")]
    Commentaire,
    /// Un commentaire se scelle par la clé d'un dossier, et l'établissement n'en a pas.
    #[error(
        "cet établissement n'a pas encore de dossier où garder un commentaire : inscrivez d'abord l'employeur"
    )]
    EmployeurInconnu,
    /// Une valeur de la base n'est pas de celles que le programme écrit.
    #[error("la base contient une valeur inattendue ({0}) ; lancez « sillon verifier »")]
    Illisible(&'static str),
    /// Un classeur ne tient pas tout ce qu'on y écrit.
    #[error("le classeur ne peut être composé : {0}")]
    Classeur(#[from] rust_xlsxwriter::XlsxError),
    /// Un mois sort de ceux qu'une période couvre.
    #[error(transparent)]
    Periode(#[from] ErreurPeriode),
    /// Un total sort de ce qui se compte.
    #[error(transparent)]
    Depassement(#[from] Depassement),
}
