use thiserror::Error;

/// Ce que le recouvrement refuse. Aucun message ne porte de donnée personnelle.
#[derive(Debug, Error)]
pub enum Erreur {
    /// La base refuse.
    #[error(transparent)]
    Base(#[from] storage::Erreur),
    /// Le compte refuse.
    #[error(transparent)]
    Creances(#[from] creances::Erreur),
    /// Une date ne se calcule pas.
    #[error(transparent)]
    Droit(#[from] droit::Erreur),
    /// Un acte ne se compose pas, ne part pas, ou sa suite ne se note pas.
    #[error(transparent)]
    Actes(#[from] crate::actes::ErreurActes),
    /// Un geste sur les portefeuilles, refusé.
    #[error(transparent)]
    Oscar(#[from] crate::oscar::ErreurOscar),
    /// Un échéancier ne se propose pas, ou sa fin ne se constate pas.
    #[error(transparent)]
    Echeancier(#[from] crate::echeanciers::ErreurEcheancier),
    /// Un mandat ne se note pas, un prélèvement ne s'émet pas, un compte rendu ne se lit pas.
    #[error(transparent)]
    Prelevement(#[from] crate::prelevements::ErreurPrelevement),
    /// Un montant sort de son étendue.
    #[error(transparent)]
    Montant(#[from] valeurs::Depassement),
    /// Une campagne ne se décide ou ne s'émet pas ainsi.
    #[error("{0}")]
    Campagne(&'static str),
    /// La procédure refuse l'étape ; la phrase dit l'article et quand elle deviendra possible.
    #[error(transparent)]
    Refus(#[from] droit::Refus),
    /// L'étape n'est pas de celles qui s'enregistrent.
    #[error("cette étape n'est pas de cette procédure, ou se fait au compte : choisissez-en une de la liste")]
    EtapeInconnue,
    /// Ce qu'on enregistre n'est pas encore arrivé.
    #[error("cette date est à venir : corrigez-la")]
    DansLAvenir,
    /// Passer outre à rien.
    #[error("rien ne s'oppose à cette étape : enregistrez-la sans passer outre")]
    RienAPasserOutre,
    /// Aucun motif, ou trop long.
    #[error("dites pourquoi, en 10 à 1 000 caractères : ce motif est gardé")]
    Motif,
    /// Ce qui est dit de la fraude l'est déjà.
    #[error("c'est déjà ce qui est dit de cette créance : rechargez la page")]
    FraudeDejaDite,
    /// Une cohorte dont les écritures et les restes ne s'accordent pas.
    #[error(
        "REC-300 : les créances {} émises en {annee} ont {ecart} de différence entre le grand livre et leurs restes ; lancez « sillon verifier »", nature.code()
    )]
    Cohorte {
        /// L'année d'émission.
        annee: i64,
        /// La nature.
        nature: droit::Nature,
        /// Ce que le grand livre a de plus que les restes.
        ecart: valeurs::Montant,
    },
    /// Un classeur ne se compose pas.
    #[error(transparent)]
    Classeur(#[from] rust_xlsxwriter::XlsxError),
    /// Une valeur de la base n'est pas de celles que le programme écrit.
    #[error("la base contient une valeur inattendue ({0}) ; lancez « sillon verifier »")]
    Illisible(&'static str),
}
