//! La forme commune : une ligne d'argent, quel que soit le fichier d'où elle vient.

use std::fmt;

use jiff::civil::Date;
use valeurs::{CodeCaisse, Iban, Montant, Periode, Siret};

use crate::{ModePaiement, Motif};

/// Un mouvement d'argent d'un relevé.
///
/// `Debug` ne montre ni nom, ni IBAN, ni libellé, ni référence de payeur.
#[derive(Clone, PartialEq, Eq)]
pub struct Ligne {
    /// Ligne du fichier, à partir de 1 ; pour un camt, celle où commence l'écriture ou son détail.
    pub numero: u64,
    /// Date de comptabilisation ; pour un CSV, la date du paiement.
    pub date: Date,
    /// Date de valeur, si le fichier la donne.
    pub date_valeur: Option<Date>,
    /// Montant en centimes, toujours supérieur à zéro : le sens est dans `operation`.
    pub montant: Montant,
    /// Ce que ce mouvement fait au compte de la caisse.
    pub operation: Operation,
    /// Moyen de paiement.
    pub mode: ModePaiement,
    /// Caisse destinataire ; dans un CSV seulement.
    pub caisse: Option<CodeCaisse>,
    /// Établissement payeur, de clé juste mais peut-être inconnu de la caisse.
    pub siret: Option<Siret>,
    /// Période payée ; dans un CSV seulement.
    pub periode: Option<Periode>,
    /// Compte du payeur (de l'autre partie, pour un débit).
    pub iban: Option<Iban>,
    /// Nom du payeur (de l'autre partie, pour un débit), tel que la banque le donne.
    pub nom_payeur: Option<String>,
    /// Motif de paiement en clair, ou à défaut le libellé de la banque.
    pub libelle: Option<String>,
    /// Référence structurée du créancier (`RmtInf/Strd/CdtrRefInf/Ref`, CFONB `LCS`).
    pub reference_creancier: Option<String>,
    /// Référence de l'écriture donnée par la banque, la même dans le camt.053 et dans le camt.054. En
    /// CFONB 120, voir [`crate::Format::Cfonb120`].
    pub reference_bancaire: Option<String>,
    /// Référence du détail dans son écriture, suivie de `#` et de son rang parmi les détails de même
    /// référence : unique dans l'écriture, et la même en camt.053 et camt.054 si la banque y donne les
    /// mêmes références. `None` quand l'écriture n'a pas de détail.
    pub reference_detail: Option<String>,
    /// Référence de bout en bout choisie par l'émetteur, sauf `NOTPROVIDED`.
    pub end_to_end: Option<String>,
    /// Compte de la caisse dont c'est le relevé.
    pub compte_caisse: Option<Iban>,
    /// Le lot, quand l'écriture regroupe plusieurs opérations.
    pub lot: Option<Lot>,
}

/// Une écriture qui regroupe plusieurs opérations (remise de prélèvements, de chèques…).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Référence de la remise (`Btch/PmtInfId`, sinon `Btch/MsgId`).
    pub reference: Option<String>,
    /// Montant de toute l'écriture, supérieur à zéro.
    pub montant_total: Montant,
    /// Nombre d'opérations, si le fichier le dit ou le montre.
    pub nombre: Option<u64>,
}

/// Ce qu'une ligne fait au compte de la caisse.
#[derive(Clone, PartialEq, Eq)]
pub enum Operation {
    /// De l'argent reçu.
    Credit,
    /// De l'argent repris : un prélèvement, un chèque ou un virement reçu qui revient impayé ou annulé.
    Retour(Retour),
    /// De l'argent versé ou prélevé, qui ne défait aucune recette : à l'appelant de le laisser.
    Debit,
    /// De l'argent rendu : un versement de la caisse qui lui revient. Ce n'est pas le paiement d'un client.
    DebitAnnule(Retour),
}

/// Ce que la banque dit d'une opération défaite.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Retour {
    /// Pourquoi, si la banque le dit.
    pub motif: Option<Motif>,
    /// Les références de l'opération d'origine.
    pub origine: OrigineDuRetour,
}

/// Les références d'une opération défaite, telles que les porte le mouvement qui la défait.
///
/// En camt, `Refs` d'un retour répète celles d'origine (`EndToEndId`, `TxId`, `MndtId`, `PmtInfId`) ; les
/// banques diffèrent pour `AcctSvcrRef`, qui est tantôt celle d'origine, tantôt celle du retour : elle
/// n'est donc ici qu'un indice.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct OrigineDuRetour {
    /// Référence de bout en bout.
    pub end_to_end: Option<String>,
    /// Référence interbancaire de l'opération (`TxId`).
    pub transaction: Option<String>,
    /// Référence bancaire portée par le détail (`AcctSvcrRef`).
    pub bancaire: Option<String>,
    /// Référence unique du mandat.
    pub mandat: Option<String>,
    /// Référence de la remise d'origine (`PmtInfId`).
    pub remise: Option<String>,
}

impl Operation {
    /// L'argent entre-t-il sur le compte ?
    #[must_use]
    pub const fn entre(&self) -> bool {
        matches!(self, Self::Credit | Self::DebitAnnule(_))
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credit => f.write_str("Credit"),
            Self::Retour(retour) => write!(f, "Retour({retour:?})"),
            Self::Debit => f.write_str("Debit"),
            Self::DebitAnnule(retour) => write!(f, "DebitAnnule({retour:?})"),
        }
    }
}

impl fmt::Debug for Retour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.motif {
            Some(motif) => f.write_str(motif.code()),
            None => f.write_str("sans motif"),
        }
    }
}

impl fmt::Debug for OrigineDuRetour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrigineDuRetour").finish_non_exhaustive()
    }
}

impl fmt::Debug for Ligne {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ligne")
            .field("numero", &self.numero)
            .field("date", &self.date)
            .field("montant", &self.montant)
            .field("operation", &self.operation)
            .field("mode", &self.mode)
            .field("reference_bancaire", &self.reference_bancaire)
            .finish_non_exhaustive()
    }
}
