use droit::RefusEcheancier;
use thiserror::Error;

/// Ce qu'un échéancier refuse. Aucun message ne porte de donnée personnelle.
#[derive(Debug, Error)]
pub enum ErreurEcheancier {
    /// La loi le refuse ; la phrase dit l'article, et ce qui serait admis.
    #[error(transparent)]
    Loi(Box<RefusEcheancier>),
    /// Il n'y a aucune créance.
    #[error("aucune créance n’est choisie : cochez-en une au moins")]
    SansCreance,
    /// Des créances de plusieurs procédures.
    #[error("ces créances suivent des procédures différentes : faites un échéancier pour chacune")]
    Melees,
    /// La procédure n'en connaît pas.
    #[error("cette procédure ne connaît pas d’échéancier")]
    SansEcheancier,
    /// Ni nombre, ni montant, ou les deux.
    #[error("dites combien de mensualités, ou combien par mois : l’un des deux")]
    Rythme,
    /// Il court encore, ou il est payé.
    #[error("cet échéancier n’est ni rompu ni expiré : rien à constater")]
    PasRompu,
    /// La rupture a déjà été constatée.
    #[error("la fin de cet échéancier est déjà constatée")]
    DejaRompu,
}

impl From<RefusEcheancier> for ErreurEcheancier {
    fn from(refus: RefusEcheancier) -> Self {
        Self::Loi(Box::new(refus))
    }
}

impl From<RefusEcheancier> for crate::Erreur {
    fn from(refus: RefusEcheancier) -> Self {
        match refus {
            RefusEcheancier::Calcul(droit) => Self::Droit(droit),
            autre => ErreurEcheancier::from(autre).into(),
        }
    }
}
