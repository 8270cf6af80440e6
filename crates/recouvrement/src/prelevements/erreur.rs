use ::prelevements::{
    ErreurBic, ErreurEmission, ErreurLecture, ErreurMontantPreleve, ErreurReference, ErreurTexte,
};
use thiserror::Error;
use valeurs::ErreurIban;

/// Ce qu'un prélèvement refuse. Aucun message ne porte de donnée personnelle.
#[derive(Debug, Error)]
pub enum ErreurPrelevement {
    /// La référence du mandat.
    #[error(transparent)]
    Rum(ErreurReference),
    /// Cette référence est déjà celle d'un mandat.
    #[error("cette référence est déjà celle d’un mandat : relisez-la, ou choisissez ce mandat dans la liste")]
    RumPrise,
    /// Le compte à prélever.
    #[error(transparent)]
    Iban(#[from] ErreurIban),
    /// Un compte qu'il faudrait prélever avec une adresse structurée.
    #[error(
        "ce compte n’est pas tenu dans l’Espace économique européen : demandez au débiteur un compte qui le soit"
    )]
    HorsEee,
    /// La banque du débiteur.
    #[error(transparent)]
    Bic(#[from] ErreurBic),
    /// Le titulaire du compte.
    #[error(transparent)]
    Titulaire(#[from] ErreurTexte),
    /// La date de signature.
    #[error("un mandat ne se note pas avant d’être signé : corrigez la date de signature")]
    Signature,
    /// La date de révocation.
    #[error("une révocation n’est ni avant la signature du mandat, ni à venir : corrigez la date")]
    Revocation,
    /// Le mandat ne sert plus.
    #[error("ce mandat est révoqué : notez-en un autre, que le débiteur aura signé")]
    Revoque,
    /// Le mandat n'est pas de ce débiteur.
    #[error("ce mandat n’est pas de ce débiteur : choisissez-en un de la liste")]
    MandatInconnu,
    /// Il n'y a rien à révoquer ni à arrêter.
    #[error("cet échéancier ne se paie pas par prélèvement")]
    SansMandat,
    /// Il est rompu, expiré ou soldé.
    #[error("cet échéancier ne court plus : rien ne s’y prélève")]
    PasEnCours,
    /// Le prélèvement n'a pas échoué, ou a déjà été présenté de nouveau.
    #[error(
        "ce prélèvement n’est ni rejeté ni revenu impayé, ou sera déjà présenté de nouveau : rien n’a changé"
    )]
    PasRejete,
    /// La caisse n'a pas dit qui prélève.
    #[error(
        "{fichier} ne dit pas qui prélève : ajoutez [prelevement] avec nom, ics et iban, comme le dit docs/prelevements.md"
    )]
    SansReglages {
        /// Le fichier des réglages.
        fichier: String,
    },
    /// Une somme que la norme n'écrit pas.
    #[error(transparent)]
    Montant(#[from] ErreurMontantPreleve),
    /// Le fichier à remettre ne se fait pas.
    #[error(transparent)]
    Emission(#[from] ErreurEmission),
    /// Le fichier à remettre ne s'écrit pas.
    #[error(
        "{fichier} ne s’écrit pas ({source}) : vérifiez la place et les droits, puis relancez ; rien n’est perdu"
    )]
    Ecriture {
        /// Le fichier ou le dossier.
        fichier: String,
        /// Ce que dit le système.
        source: std::io::Error,
    },
    /// Un autre présente déjà.
    #[error(
        "une émission de prélèvements de cette caisse est déjà en cours : attendez qu’elle finisse, puis relancez"
    )]
    DejaEnCours,
    /// Un compte rendu ne s'ouvre pas.
    #[error("{fichier} ne s’ouvre pas ({source}) : vérifiez son nom et ses droits")]
    Ouverture {
        /// Le fichier.
        fichier: String,
        /// Ce que dit le système.
        source: std::io::Error,
    },
    /// Un compte rendu inutilisable.
    #[error(transparent)]
    CompteRendu(#[from] ErreurLecture),
    /// Un compte rendu juste, mais pas de ce que la caisse a remis.
    #[error("{fichier}, ligne {ligne}, champ {champ} : {regle}. Remède : {remede}. Rien n’en a été noté.")]
    Etranger {
        /// Le fichier.
        fichier: String,
        /// La ligne, à partir de 1.
        ligne: u64,
        /// Le champ.
        champ: &'static str,
        /// Ce qui est enfreint.
        regle: &'static str,
        /// Quoi faire.
        remede: &'static str,
    },
}
