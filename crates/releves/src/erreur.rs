//! Les erreurs de lecture d'un relevé : leur règle, leur message et leur remède, en un seul endroit.

use std::{borrow::Cow, io};

use thiserror::Error;
use valeurs::Montant;

/// Un fichier inutilisable : où, quelle règle, et quoi faire.
///
/// S'affiche « releve.xml, ligne 12, champ Ntry/Amt : … Remède : … ». Ne cite jamais la valeur fautive :
/// elle peut être un nom ou un IBAN.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{fichier}, ligne {ligne}, champ {champ} : {regle}. Remède : {}.", regle.remede())]
pub struct Erreur {
    /// Le nom du fichier, tel qu'il a été donné à [`crate::Releve::ouvrir`].
    pub fichier: String,
    /// La ligne du fichier, comptée à partir de 1.
    pub ligne: u64,
    /// Le champ : chemin de balises, zone CFONB ou colonne.
    pub champ: Cow<'static, str>,
    /// La règle enfreinte.
    pub regle: Regle,
}

impl Erreur {
    /// Ce qu'il faut faire, en français, sans majuscule ni point.
    #[must_use]
    pub fn remede(&self) -> Cow<'static, str> {
        self.regle.remede()
    }
}

/// Une règle qu'un relevé doit respecter. `Display` en dit l'infraction, sans majuscule ni point.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Regle {
    /// Pas un octet.
    #[error("le fichier est vide")]
    FichierVide,
    /// Aucun des formats connus.
    #[error("ce n’est ni un camt.053, ni un camt.054, ni un relevé CFONB 120, ni un CSV de paiements")]
    FormatInconnu,
    /// Du XML, mais pas un message attendu.
    #[error("ce document XML n’est pas un camt.053 ou un camt.054 d’une version allant de 02 à 13")]
    MessageRefuse,
    /// La lecture elle-même a échoué.
    #[error("la lecture du fichier a échoué ({0})")]
    Lecture(io::ErrorKind),
    /// Encodage annoncé ou constaté autre que celui du format.
    #[error("le texte n’est pas encodé en {0}")]
    Encodage(&'static str),
    /// Une ligne dépasse la limite, ou ne finit jamais.
    #[error("la ligne dépasse {0} octets")]
    LigneTropLongue(usize),
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
    #[error("le fichier est tronqué : il s’arrête avant la fin du relevé")]
    Tronque,
    /// Déclaration de type de document.
    #[error("une déclaration DOCTYPE est présente, ce qu’un relevé n’a jamais")]
    Doctype,
    /// Entité autre que les cinq de XML.
    #[error("une entité XML autre que les cinq habituelles est présente")]
    Entite,
    /// Contenu après la fin du document.
    #[error("il reste du contenu après la fin du relevé")]
    ContenuApresLaFin,
    /// Aucun relevé dans le message.
    #[error("le message ne contient aucun relevé")]
    AucunReleve,
    /// Première ligne d'un CSV.
    #[error("la première ligne n’est pas l’en-tête attendu")]
    EnTete,
    /// Nombre de colonnes d'un CSV.
    #[error("la ligne a {0} colonnes au lieu de 7")]
    Colonnes(usize),
    /// Longueur d'un enregistrement CFONB.
    #[error("l’enregistrement compte {0} caractères au lieu de 120")]
    Longueur(usize),
    /// Suite d'enregistrements CFONB.
    #[error(
        "cet enregistrement n’est pas à sa place : un relevé est fait d’un 01, de 04 suivis de leurs 05, puis d’un 07"
    )]
    Ordre,
    /// Champ obligatoire absent ou vide.
    #[error("le champ est absent ou vide")]
    Absent,
    /// Balise unique présente deux fois.
    #[error("la balise est présente deux fois")]
    BaliseEnDouble,
    /// Montant illisible.
    #[error("le montant est illisible : {0}")]
    MontantIllisible(&'static str),
    /// Montant CFONB mal codé.
    #[error("le montant n’est pas fait de treize chiffres et d’un caractère de signe")]
    MontantCode,
    /// Plus de deux décimales.
    #[error("le montant a plus de deux décimales")]
    TropDeDecimales,
    /// Montant négatif là où le sens est donné à part, ou nul là où il faut un paiement.
    #[error("le montant doit être supérieur à zéro")]
    MontantNonPositif,
    /// Montant ou somme au-delà de ce qui se compte.
    #[error("le montant ou la somme dépasse ce qui peut être compté")]
    MontantTropGrand,
    /// Une autre devise que l'euro.
    #[error("la devise n’est pas l’euro (EUR)")]
    Devise,
    /// Date illisible ou absente du calendrier ; la forme attendue.
    #[error("la date n’existe pas ou n’est pas de la forme {0}")]
    Date(&'static str),
    /// Code hors de la liste ; la liste.
    #[error("le code n’est pas l’un de ceux attendus ({0})")]
    Code(&'static str),
    /// SIRET faux.
    #[error("le SIRET n’a pas 14 chiffres ou sa clé de contrôle est fausse")]
    Siret,
    /// IBAN faux.
    #[error("l’IBAN est mal formé ou sa clé de contrôle est fausse")]
    Iban,
    /// Période illisible.
    #[error("la période n’est ni un mois (2026-01), ni un trimestre (2026-T1), ni une année (2026)")]
    Periode,
    /// Caisse hors de la table de la norme DSN.
    #[error("ce code ne désigne aucune caisse de MSA")]
    Caisse,
    /// Deux écritures de même référence bancaire.
    #[error("référence en double : la ligne {premiere} porte déjà cette référence bancaire")]
    ReferenceEnDouble {
        /// La ligne de la première écriture.
        premiere: u64,
    },
    /// Un montant annoncé ne se retrouve pas.
    #[error("le total est faux : le fichier annonce {annonce}, ses écritures font {calcule}")]
    TotalFaux {
        /// Ce que le fichier annonce.
        annonce: Montant,
        /// Ce que font ses lignes.
        calcule: Montant,
    },
    /// Un nombre annoncé ne se retrouve pas.
    #[error("le nombre est faux : le fichier annonce {annonce}, on y trouve {calcule}")]
    NombreFaux {
        /// Ce que le fichier annonce.
        annonce: u64,
        /// Ce qu'il contient.
        calcule: u64,
    },
    /// Solde d'ouverture ou de clôture absent.
    #[error("le solde d’ouverture ou le solde de clôture manque")]
    SoldeAbsent,
    /// Ancien solde plus écritures ne font pas le nouveau solde.
    #[error(
        "le total est faux : l’ancien solde et les écritures font {calcule}, le nouveau solde annonce {annonce}"
    )]
    SoldeFaux {
        /// Le nouveau solde annoncé.
        annonce: Montant,
        /// L'ancien solde augmenté des écritures.
        calcule: Montant,
    },
    /// Deux relevés d'un compte ne se suivent pas.
    #[error("ce relevé ne part pas du solde où finit le relevé précédent du même compte")]
    ReleveManquant,
    /// Enregistrement d'un autre compte que celui du relevé.
    #[error("le compte n’est pas celui du relevé en cours")]
    CompteDifferent,
}

impl Regle {
    /// Ce qu'il faut faire, sans majuscule ni point.
    #[must_use]
    pub fn remede(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::FichierVide | Self::Tronque | Self::AucunReleve => {
                "redemandez le fichier complet à son émetteur"
            }
            Self::FormatInconnu => "vérifiez le choix du fichier ; déposez-le décompressé et non converti",
            Self::MessageRefuse => "demandez à la banque un camt.053 ou un camt.054",
            Self::Lecture(_) => "copiez de nouveau le fichier, puis recommencez",
            Self::Encodage(attendu) => {
                return Cow::Owned(format!(
                    "redemandez le fichier, ou enregistrez-le de nouveau, en {attendu}"
                ));
            }
            Self::LigneTropLongue(_) | Self::Longueur(_) => {
                "vérifiez que le fichier n’a été ni converti ni ouvert dans un éditeur, et redemandez-le"
            }
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
            | Self::MontantCode
            | Self::Code(_)
            | Self::CompteDifferent => "faites corriger le fichier par son émetteur",
            Self::EnTete => {
                return Cow::Owned(format!("écrivez « {} » en première ligne", crate::EN_TETE_CSV));
            }
            Self::Colonnes(_) => "séparez les sept colonnes par des points-virgules",
            Self::MontantIllisible(_) => "écrivez le montant en chiffres, avec un point décimal : 1234.56",
            Self::TropDeDecimales => "arrondissez le montant au centime, à la source",
            Self::MontantNonPositif => "retirez la ligne, ou donnez un montant supérieur à zéro",
            Self::MontantTropGrand => "vérifiez l’ordre de grandeur des montants",
            Self::Devise => "déposez le relevé d’un compte tenu en euros",
            Self::Date(_) => "corrigez la date à la source",
            Self::Siret => "relisez les 14 chiffres du SIRET et corrigez-les",
            Self::Iban => "faites corriger l’IBAN ; dans un CSV, laissez la colonne vide s’il est inconnu",
            Self::Periode => "écrivez la période à laquelle se rapporte le paiement, par exemple 2026-01",
            Self::Caisse => "écrivez le code de la caisse selon la norme DSN, par exemple DMSA33",
            Self::ReferenceEnDouble { .. } => "demandez à la banque un relevé sans doublon",
            Self::TotalFaux { .. } | Self::NombreFaux { .. } | Self::SoldeAbsent | Self::SoldeFaux { .. } => {
                "redemandez à la banque un relevé complet et juste"
            }
            Self::ReleveManquant => "demandez à la banque le relevé manquant, et déposez-les dans l’ordre",
        })
    }
}

/// Une erreur sans le nom du fichier, que seul [`crate::Releve`] connaît.
#[derive(Debug, Clone)]
pub(crate) struct Faute {
    pub(crate) ligne: u64,
    pub(crate) champ: Cow<'static, str>,
    pub(crate) regle: Regle,
}

impl Faute {
    pub(crate) fn new(ligne: u64, champ: impl Into<Cow<'static, str>>, regle: Regle) -> Self {
        Self {
            ligne,
            champ: champ.into(),
            regle,
        }
    }

    pub(crate) fn lecture(ligne: u64, erreur: &io::Error) -> Self {
        Self::new(ligne, "fichier", Regle::Lecture(erreur.kind()))
    }

    pub(crate) fn dans(self, fichier: &str) -> Erreur {
        Erreur {
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
            xml::Regle::Lecture(panne) => Regle::Lecture(panne),
            xml::Regle::Encodage(attendu) => Regle::Encodage(attendu),
            xml::Regle::TexteTropLong(limite) => Regle::TexteTropLong(limite),
            xml::Regle::TropProfond(limite) => Regle::TropProfond(limite),
            xml::Regle::TropDElements(limite) => Regle::TropDElements(limite),
            xml::Regle::XmlMalForme => Regle::XmlMalForme,
            xml::Regle::Tronque => Regle::Tronque,
            xml::Regle::Doctype => Regle::Doctype,
            xml::Regle::Entite => Regle::Entite,
            xml::Regle::ContenuApresLaFin => Regle::ContenuApresLaFin,
            xml::Regle::BaliseEnDouble => Regle::BaliseEnDouble,
        };
        Self::new(faute.ligne, faute.champ, regle)
    }
}
