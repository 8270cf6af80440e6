use crate::agents::ErreurAgent;
use crate::habilitations::ErreurHabilitations;

/// Ce que la gestion des accès peut refuser hors d'une page. Aucun message ne contient de secret.
#[derive(Debug, thiserror::Error)]
pub enum Erreur {
    /// La base.
    #[error(transparent)]
    Base(#[from] storage::Erreur),
    /// La table des habilitations.
    #[error(transparent)]
    Habilitations(#[from] ErreurHabilitations),
    /// Un compte d'agent.
    #[error(transparent)]
    Agent(#[from] ErreurAgent),
    /// Le fichier de connexion de la caisse.
    #[error("{fichier} : {raison}")]
    Connexion {
        /// Fichier en cause.
        fichier: String,
        /// Ce qui ne va pas et quoi écrire.
        raison: String,
    },
    /// Le système de fichiers a refusé.
    #[error("{fichier} : {source}")]
    Fichier {
        /// Fichier en cause.
        fichier: String,
        /// Cause.
        source: std::io::Error,
    },
    /// La chaîne du journal est rompue : on ne scelle pas par-dessus.
    #[error("le journal des accès n’a pas été scellé : {0} ; lancez « sillon verifier » et prévenez le DPO")]
    ChaineRompue(Box<crate::journal::Anomalie>),
    /// Le générateur aléatoire du système a manqué.
    #[error("le générateur aléatoire du système ne répond pas : relancez le service")]
    Alea,
    /// Un calcul (hachage, tâche) s'est interrompu.
    #[error("un calcul de sécurité a été interrompu : recommencez")]
    Calcul,
}

impl From<Erreur> for web::Erreur {
    fn from(e: Erreur) -> Self {
        Self::interne(&e)
    }
}
