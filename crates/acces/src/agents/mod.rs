//! Les comptes des agents, pour les pages comme pour la ligne de commande.

mod identifiant;
mod mot_de_passe;
mod operations;
mod qr;
mod requetes;
pub mod totp;

pub use identifiant::Identifiant;
pub use mot_de_passe::{ErreurMotDePasse, LONGUEUR_MIN, MotDePasse};
pub(crate) use mot_de_passe::{hacher, verifier};
pub(crate) use operations::changer_mot_de_passe;
pub use operations::{
    NouvelAgent, activer, changer_role, creer_agent, creer_agent_de_demonstration, desactiver, reinitialiser,
};
pub(crate) use qr::qr_svg;
pub use requetes::{Agent, Collegue, lister};
pub(crate) use requetes::{COLONNE_TOTP, Compte, cle_de_l_agent, compte, compte_par_id, habilites};

/// Pourquoi une opération sur un compte est refusée.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ErreurAgent {
    /// Identifiant mal formé.
    #[error(
        "l’identifiant compte de 2 à 64 caractères : lettres sans accent, chiffres, points, tirets, « _ » ou « @ »"
    )]
    Identifiant,
    /// Nom affiché vide ou trop long.
    #[error("le nom affiché compte de 1 à 100 caractères")]
    Nom,
    /// Un compte porte déjà cet identifiant.
    #[error("un compte porte déjà cet identifiant : choisissez-en un autre, ou réactivez ce compte")]
    Pris,
    /// Aucun compte de cet identifiant.
    #[error("aucun compte ne porte cet identifiant dans cette caisse : vérifiez-le dans la liste des agents")]
    Introuvable,
    /// La caisse n'aurait plus d'administrateur actif.
    #[error("c’est le dernier administrateur actif de la caisse : nommez-en un autre d’abord")]
    DernierAdministrateur,
    /// Le mot de passe ne convient pas.
    #[error(transparent)]
    MotDePasse(#[from] ErreurMotDePasse),
}

impl ErreurAgent {
    /// Code stable, cité par la documentation.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Identifiant => "ACC-001",
            Self::Nom => "ACC-002",
            Self::Pris => "ACC-003",
            Self::Introuvable => "ACC-004",
            Self::DernierAdministrateur => "ACC-005",
            Self::MotDePasse(_) => "ACC-006",
        }
    }
}

#[cfg(test)]
mod tests;
