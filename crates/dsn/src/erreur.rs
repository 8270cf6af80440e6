//! Ce qui peut ne pas aller dans un fichier : la règle, sa phrase et son remède, en un seul endroit.

use std::io;

use thiserror::Error;

use crate::rubrique::Rubrique;

/// Un nom qui n'est pas celui d'une rubrique ou d'un bloc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("ce nom n'est pas celui d'une rubrique (S21.G00.06.001) ou d'un bloc (S21.G00.06) ; corrigez-le")]
pub struct ErreurRubrique;

/// Un fichier qui ne se lit pas : où, quelle règle, que faire.
///
/// Ne cite jamais la valeur fautive : elle peut être un NIR, un nom ou un compte.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{fichier}{} : {faute}. Remède : {}.", place(*.ligne, *.faute), .faute.remede())]
pub struct Erreur {
    /// Le nom du fichier, tel qu'il a été donné.
    pub fichier: String,
    /// La ligne, comptée à partir de 1 ; 1 si le fichier n'a pas de lignes.
    pub ligne: u64,
    /// Ce qui ne va pas.
    pub faute: Faute,
}

/// Où, dans le fichier ; rien si la faute est celle du fichier entier.
fn place(ligne: u64, faute: Faute) -> String {
    match faute.rubrique() {
        Some(r) => format!(", ligne {ligne}, rubrique {r}"),
        None if faute.est_du_fichier() => String::new(),
        None => format!(", ligne {ligne}"),
    }
}

/// Une erreur d'entrée-sortie, en français.
pub(crate) const fn genre(genre: io::ErrorKind) -> &'static str {
    match genre {
        io::ErrorKind::NotFound => "introuvable",
        io::ErrorKind::PermissionDenied => "accès refusé",
        io::ErrorKind::IsADirectory => "c'est un dossier",
        io::ErrorKind::UnexpectedEof => "la source finit trop tôt",
        io::ErrorKind::BrokenPipe => "plus personne ne reçoit",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "le disque est plein",
        io::ErrorKind::TimedOut => "trop long",
        _ => "erreur du système",
    }
}

/// Une règle de lecture enfreinte. `Display` dit l'infraction, sans majuscule ni point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Faute {
    /// Pas un octet.
    #[error("le fichier est vide")]
    FichierVide,
    /// La première ligne n'est pas celle d'une DSN.
    #[error("ce n'est pas une DSN : la première ligne ne commence ni par S10.G00.00, ni par S05.G51.00")]
    PasUneDsn,
    /// Texte en UTF-8.
    #[error("le texte est encodé en UTF-8, la norme veut ISO-8859-1")]
    Utf8,
    /// La lecture elle-même a échoué.
    #[error("la lecture a échoué ({})", genre(*.0))]
    Lecture(io::ErrorKind),
    /// Rien entre deux fins de ligne.
    #[error("la ligne est vide")]
    LigneVide,
    /// Plus de 256 caractères.
    #[error("la ligne dépasse 256 caractères")]
    LigneTropLongue,
    /// Un octet nul.
    #[error("la ligne contient un octet nul")]
    OctetNul,
    /// Un retour chariot que ne suit pas un saut de ligne.
    #[error("la ligne contient un retour chariot sans saut de ligne")]
    RetourSeul,
    /// Un autre caractère de contrôle.
    #[error("la ligne contient un caractère de contrôle")]
    Controle,
    /// Le début de la ligne n'a pas la forme `S00.G00.00.000,'`.
    #[error("la ligne ne commence pas par une rubrique, S00.G00.00.000,'")]
    Rubrique,
    /// Rien ne ferme la valeur.
    #[error("aucune apostrophe ne ferme la valeur")]
    ApostropheFinale(Rubrique),
    /// Deux apostrophes et rien entre elles.
    #[error("la valeur est vide")]
    ValeurVide(Rubrique),
    /// Un montant illisible.
    #[error("le montant n'a pas la forme -?[0-9]+.[0-9][0-9]")]
    Montant(Rubrique),
    /// Une date illisible.
    #[error("la date n'existe pas ou n'a pas la forme JJMMAAAA")]
    Date(Rubrique),
    /// Une somme qui dépasse ce qui se compte.
    #[error("le total des montants dépasse ce qui se compte")]
    Depassement(Rubrique),
    /// Une rubrique hors de tout message ou de toute déclaration.
    #[error("cette rubrique n'est dans aucune déclaration : il manque S20.G00.05.001 devant elle")]
    HorsDeclaration(Rubrique),
    /// Une déclaration sans message autour d'elle.
    #[error("aucun message n'est ouvert : il manque S10.G00.00.006 (version de la norme) devant elle")]
    HorsMessage(Rubrique),
    /// Un code d'une autre longueur que celle de la norme.
    #[error("le code n'a pas la longueur de la norme")]
    Code(Rubrique),
    /// Pas de bloc S90 à la fin d'un message.
    #[error("le fichier est tronqué : le bloc S90.G00.90 ne ferme pas le dernier message")]
    Tronque,
    /// L'enveloppe du portail n'est pas fermée.
    #[error("le fichier est tronqué : le bloc S95.G51.00 ne ferme pas le lot du portail")]
    LotTronque,
    /// Une rubrique d'après le message, qui n'est pas fermé.
    #[error("le bloc S90.G00.90 ne ferme pas le message qui précède")]
    MessageOuvert(Rubrique),
    /// Norme trop ancienne ou inconnue.
    #[error("la norme n'est pas connue : Sillon lit P22V01 et les suivantes")]
    Norme(Rubrique),
    /// Archive illisible.
    #[error("l'archive est illisible ou tronquée")]
    Archive,
    /// L'archive se déploie en trop d'octets.
    #[error("l'archive se déploie plus de {0} fois : elle est refusée")]
    Bombe(u64),
    /// L'archive ne contient rien.
    #[error("l'archive ne contient aucun fichier")]
    ArchiveVide,
    /// Trop de fichiers dans l'archive.
    #[error("l'archive contient plus de {0} fichiers")]
    TropDeFichiers(usize),
    /// Un fichier de l'archive est chiffré.
    #[error("un fichier de l'archive est chiffré")]
    Chiffre,
    /// Une archive dans une archive.
    #[error("c'est une archive dans une archive : seules celles d'un niveau se lisent")]
    ArchiveImbriquee,
    /// Une compression qui n'est pas celle des zip ordinaires.
    #[error("un fichier de l'archive est compressé autrement que par deflate")]
    Compression,
    /// Deux fichiers d'une archive ont le même nom.
    #[error("deux fichiers de l'archive ont le même nom")]
    NomsEnDouble,
    /// Un zip sur une entrée qui ne se rembobine pas.
    #[error("une archive zip ne se lit pas sur l'entrée standard")]
    ZipEnFlux,
}

impl Faute {
    /// Ce que dit une erreur d'entrée-sortie : une faute d'archive qu'elle transporte, sinon son genre.
    #[must_use]
    pub fn de_lecture(erreur: &io::Error) -> Self {
        erreur
            .get_ref()
            .and_then(|e| e.downcast_ref::<Self>())
            .copied()
            .unwrap_or(Self::Lecture(erreur.kind()))
    }

    /// Cette faute, à la première ligne de ce fichier.
    #[must_use]
    pub fn dans(self, fichier: &str) -> Erreur {
        Erreur {
            fichier: fichier.to_owned(),
            ligne: 1,
            faute: self,
        }
    }

    /// La faute est celle du fichier entier : la ligne n'en dit rien.
    const fn est_du_fichier(&self) -> bool {
        matches!(
            self,
            Self::FichierVide
                | Self::PasUneDsn
                | Self::Lecture(_)
                | Self::Archive
                | Self::Bombe(_)
                | Self::ArchiveVide
                | Self::TropDeFichiers(_)
                | Self::Chiffre
                | Self::ArchiveImbriquee
                | Self::Compression
                | Self::NomsEnDouble
                | Self::ZipEnFlux
        )
    }

    /// La rubrique en cause, s'il y en a une.
    #[must_use]
    pub const fn rubrique(&self) -> Option<Rubrique> {
        match self {
            Self::ApostropheFinale(r)
            | Self::ValeurVide(r)
            | Self::Montant(r)
            | Self::Date(r)
            | Self::Depassement(r)
            | Self::HorsDeclaration(r)
            | Self::HorsMessage(r)
            | Self::Code(r)
            | Self::MessageOuvert(r)
            | Self::Norme(r) => Some(*r),
            _ => None,
        }
    }

    /// Ce qu'il faut faire, sans majuscule ni point.
    #[must_use]
    pub const fn remede(&self) -> &'static str {
        match self {
            Self::FichierVide | Self::PasUneDsn | Self::ArchiveVide => {
                "donnez le fichier tel que le portail l'a transmis"
            }
            Self::Utf8 => "reprenez le fichier d'origine, ou convertissez-le en ISO-8859-1",
            Self::Lecture(_) => "vérifiez que le fichier est lisible et recommencez",
            Self::LigneVide
            | Self::OctetNul
            | Self::RetourSeul
            | Self::Controle
            | Self::LigneTropLongue
            | Self::Rubrique
            | Self::ApostropheFinale(_)
            | Self::ValeurVide(_)
            | Self::HorsDeclaration(_)
            | Self::HorsMessage(_) => {
                "« sillon dsn controler » montre toutes les anomalies ; redemandez le fichier à son émetteur"
            }
            Self::Montant(_) | Self::Date(_) | Self::Code(_) | Self::Depassement(_) => {
                "faites corriger la valeur par le déclarant"
            }
            Self::Tronque | Self::LotTronque | Self::MessageOuvert(_) | Self::Archive => {
                "redemandez le fichier entier"
            }
            Self::Norme(_) => "vérifiez S10.G00.00.006, par exemple P26V01",
            Self::Bombe(_)
            | Self::TropDeFichiers(_)
            | Self::Chiffre
            | Self::ArchiveImbriquee
            | Self::Compression
            | Self::NomsEnDouble => "déployez l'archive vous-même et donnez les fichiers",
            Self::ZipEnFlux => "donnez le nom du fichier",
        }
    }
}
