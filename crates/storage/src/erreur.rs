use std::path::PathBuf;

/// Ce que la base peut refuser. Aucun message ne contient une valeur liée.
#[derive(Debug, thiserror::Error)]
pub enum Erreur {
    /// La caisse n'a ni fichier ni schéma à l'endroit indiqué.
    #[error(
        "la caisse {caisse} n'existe pas dans {ou_} : créez-la avec « sillon caisse creer --caisse {caisse} »"
    )]
    CaisseInconnue {
        /// Code de la caisse.
        caisse: String,
        /// Où elle a été cherchée.
        ou_: String,
    },
    /// La caisse existe déjà : on ne la recrée pas.
    #[error("la caisse {0} existe déjà : rien n'a été changé")]
    CaisseExistante(String),
    /// L'adresse de base n'est ni `sqlite:DOSSIER` ni `postgres://…`.
    #[error("SILLON_BASE doit être « sqlite:DOSSIER » ou « postgres://… »")]
    AdresseInvalide,
    /// La base a été écrite par une version plus récente du programme.
    #[error(
        "la base connaît la migration « {0} » que ce programme n'a pas : installez la version qui l'a écrite"
    )]
    MigrationInconnue(String),
    /// Le moteur a refusé une requête.
    #[error("la base a refusé une opération : {0}")]
    Moteur(#[from] sqlx::Error),
    /// Les écritures concurrentes se sont gênées trop longtemps.
    #[error("la base est restée occupée après {0} essais : recommencez dans un instant")]
    Occupee(u32),
    /// Le coffre des clés manque ou ne s'ouvre pas.
    #[error("le coffre des clés {chemin} ne s'ouvre pas ({raison}) : rétablissez le fichier de la sauvegarde des clés", chemin = .chemin.display())]
    Coffre {
        /// Fichier en cause.
        chemin: PathBuf,
        /// Ce qui ne va pas.
        raison: String,
    },
    /// Une valeur scellée n'a pas pu être ouverte : clé détruite ou donnée altérée.
    #[error("une valeur scellée du dossier {0} ne s'ouvre pas : sa clé a été détruite ou la donnée altérée")]
    Descellement(i64),
    /// Le système de fichiers a refusé.
    #[error("{chemin} : {source}", chemin = .chemin.display())]
    Fichier {
        /// Fichier ou dossier en cause.
        chemin: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// Le générateur aléatoire du système a manqué.
    #[error("le générateur aléatoire du système ne répond pas")]
    Alea,
}

/// Résultat de cette crate.
pub type Resultat<T> = Result<T, Erreur>;

impl Erreur {
    /// Une autre transaction gênait : rejouer la même peut réussir.
    #[must_use]
    pub fn est_conflit(&self) -> bool {
        let Self::Moteur(sqlx::Error::Database(e)) = self else {
            return false;
        };
        // 40001 sérialisation, 40P01 interblocage ; SQLITE_BUSY (5), SQLITE_LOCKED (6) et leurs codes étendus.
        matches!(
            e.code().as_deref(),
            Some("40001" | "40P01" | "5" | "6" | "261" | "517" | "262")
        )
    }

    /// Une contrainte d'unicité a refusé l'écriture.
    #[must_use]
    pub fn est_doublon(&self) -> bool {
        matches!(self, Self::Moteur(sqlx::Error::Database(e)) if e.is_unique_violation())
    }
}
