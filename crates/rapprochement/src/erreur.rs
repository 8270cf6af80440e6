use std::io;

use thiserror::Error;
use valeurs::Depassement;

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
    /// Une valeur de la base n'est pas de celles que le programme écrit.
    #[error("la base contient une valeur inattendue ({0}) ; lancez « sillon verifier »")]
    Illisible(&'static str),
    /// Un total sort de ce qui se compte.
    #[error(transparent)]
    Depassement(#[from] Depassement),
}
