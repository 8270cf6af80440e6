//! Les erreurs de lecture d'un compte rendu : leur règle, leur message et leur remède, en un seul endroit.

use std::{borrow::Cow, io};

use thiserror::Error;

/// Un compte rendu inutilisable : où, quelle règle, et quoi faire.
///
/// S'affiche « rejets.xml, ligne 12, champ TxInfAndSts/TxSts : … Remède : … ». Ne cite jamais la valeur
/// fautive : elle peut être un nom ou une référence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{fichier}, ligne {ligne}, champ {champ} : {regle}. Remède : {}.", .regle.remede())]
pub struct ErreurLecture {
    /// Le nom du fichier, tel qu'il a été donné à [`crate::CompteRendu::ouvrir`].
    pub fichier: String,
    /// La ligne du fichier, comptée à partir de 1.
    pub ligne: u64,
    /// Le champ : chemin de balises.
    pub champ: Cow<'static, str>,
    /// La règle enfreinte.
    pub regle: RegleLecture,
}

impl ErreurLecture {
    /// Ce qu'il faut faire, en français, sans majuscule ni point.
    #[must_use]
    pub const fn remede(&self) -> &'static str {
        self.regle.remede()
    }
}

/// Une règle qu'un compte rendu doit respecter. `Display` en dit l'infraction, sans majuscule ni point.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegleLecture {
    /// Pas un octet.
    #[error("le fichier est vide")]
    FichierVide,
    /// Autre chose qu'un pain.002 d'une version lue.
    #[error("ce fichier n’est pas un compte rendu pain.002 d’une version allant de 03 à 10")]
    MessageRefuse,
    /// Un compte rendu, mais de virements ou d'un autre message.
    #[error("ce compte rendu ne parle pas d’un ordre de prélèvement (pain.008)")]
    AutreMessage,
    /// La lecture elle-même a échoué.
    #[error("la lecture du fichier a échoué ({0})")]
    Lecture(io::ErrorKind),
    /// Encodage annoncé ou constaté autre que celui du format.
    #[error("le texte n’est pas encodé en {0}")]
    Encodage(&'static str),
    /// Un texte, une balise ou un commentaire XML dépasse la limite.
    #[error("un texte ou une balise dépasse {0} octets")]
    TexteTropLong(usize),
    /// Trop de balises imbriquées.
    #[error("plus de {0} balises sont imbriquées")]
    TropProfond(usize),
    /// Trop d'éléments dans un même ensemble.
    #[error("il y a plus de {0} éléments")]
    TropDElements(usize),
    /// XML illisible.
    #[error("le XML est mal formé")]
    XmlMalForme,
    /// Le fichier s'arrête avant sa fin.
    #[error("le fichier est tronqué : il s’arrête avant la fin du compte rendu")]
    Tronque,
    /// Déclaration de type de document.
    #[error("une déclaration DOCTYPE est présente, ce qu’un compte rendu n’a jamais")]
    Doctype,
    /// Entité autre que les cinq de XML.
    #[error("une entité XML autre que les cinq habituelles est présente")]
    Entite,
    /// Contenu après la fin du document.
    #[error("il reste du contenu après la fin du compte rendu")]
    ContenuApresLaFin,
    /// Ni message, ni remise, ni opération n'a de statut.
    #[error("le compte rendu ne donne aucun statut")]
    AucunAvis,
    /// Une balise n'est pas où le schéma la met.
    #[error("la balise n’est pas à sa place")]
    Ordre,
    /// Champ obligatoire absent ou vide.
    #[error("le champ est absent ou vide")]
    Absent,
    /// Balise unique présente deux fois.
    #[error("la balise est présente deux fois")]
    BaliseEnDouble,
    /// Un identifiant de plus de 35 caractères.
    #[error("la référence dépasse {0} caractères")]
    ReferenceTropLongue(usize),
    /// Montant illisible, négatif ou nul, à plus de deux décimales.
    #[error("le montant n’est pas un nombre supérieur à zéro, de deux décimales au plus, avec un point")]
    Montant,
    /// Une autre devise que l'euro.
    #[error("la devise n’est pas l’euro (EUR)")]
    Devise,
    /// Date illisible ou absente du calendrier.
    #[error("la date n’existe pas ou n’est pas de la forme AAAA-MM-JJ")]
    Date,
    /// Code hors de la liste ; la liste.
    #[error("le code n’est pas l’un de ceux attendus ({0})")]
    Code(&'static str),
    /// Un nombre annoncé ne se retrouve pas.
    #[error(
        "le nombre est faux : la remise annonce {annonce} opérations de ce statut, on en trouve {trouve}"
    )]
    NombreFaux {
        /// Ce que la remise annonce.
        annonce: u64,
        /// Ce qu'elle contient.
        trouve: u64,
    },
}

impl RegleLecture {
    /// Ce qu'il faut faire, sans majuscule ni point.
    #[must_use]
    pub const fn remede(&self) -> &'static str {
        match self {
            Self::FichierVide | Self::Tronque | Self::AucunAvis => {
                "redemandez le fichier complet à la banque"
            }
            Self::MessageRefuse => {
                "vérifiez le choix du fichier ; demandez à la banque un pain.002.001.10, décompressé"
            }
            Self::AutreMessage => "déposez le compte rendu d’un fichier de prélèvements",
            Self::Lecture(_) => "copiez de nouveau le fichier, puis recommencez",
            Self::Encodage(_) => "redemandez à la banque le fichier, dans cet encodage",
            Self::TexteTropLong(_)
            | Self::TropProfond(_)
            | Self::TropDElements(_)
            | Self::XmlMalForme
            | Self::Doctype
            | Self::Entite
            | Self::ContenuApresLaFin
            | Self::Ordre
            | Self::Absent
            | Self::BaliseEnDouble
            | Self::ReferenceTropLongue(_)
            | Self::Montant
            | Self::Devise
            | Self::Date
            | Self::Code(_) => "faites corriger le fichier par la banque",
            Self::NombreFaux { .. } => "redemandez à la banque un compte rendu complet et juste",
        }
    }
}

/// Une erreur sans le nom du fichier, que seul [`crate::CompteRendu`] connaît.
#[derive(Debug, Clone)]
pub(super) struct Faute {
    pub(super) ligne: u64,
    pub(super) champ: Cow<'static, str>,
    pub(super) regle: RegleLecture,
}

impl Faute {
    pub(super) fn new(ligne: u64, champ: impl Into<Cow<'static, str>>, regle: RegleLecture) -> Self {
        Self {
            ligne,
            champ: champ.into(),
            regle,
        }
    }

    pub(super) fn dans(self, fichier: &str) -> ErreurLecture {
        ErreurLecture {
            fichier: fichier.to_owned(),
            ligne: self.ligne,
            champ: self.champ,
            regle: self.regle,
        }
    }
}

impl From<xml::Faute> for Faute {
    fn from(faute: xml::Faute) -> Self {
        let regle = match faute.regle {
            xml::Regle::Lecture(panne) => RegleLecture::Lecture(panne),
            xml::Regle::Encodage(attendu) => RegleLecture::Encodage(attendu),
            xml::Regle::TexteTropLong(limite) => RegleLecture::TexteTropLong(limite),
            xml::Regle::TropProfond(limite) => RegleLecture::TropProfond(limite),
            xml::Regle::TropDElements(limite) => RegleLecture::TropDElements(limite),
            xml::Regle::XmlMalForme => RegleLecture::XmlMalForme,
            xml::Regle::Tronque => RegleLecture::Tronque,
            xml::Regle::Doctype => RegleLecture::Doctype,
            xml::Regle::Entite => RegleLecture::Entite,
            xml::Regle::ContenuApresLaFin => RegleLecture::ContenuApresLaFin,
            xml::Regle::BaliseEnDouble => RegleLecture::BaliseEnDouble,
        };
        Self::new(faute.ligne, faute.champ, regle)
    }
}
