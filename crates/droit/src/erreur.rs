//! Ce que la crate refuse, et pourquoi.

use jiff::civil::Date;
use thiserror::Error;
use valeurs::date_fr;

use crate::Regime;

/// Un code lu ne désigne aucune valeur connue.
///
/// Le texte lu n’est pas répété : une colonne décalée pourrait y mettre une donnée personnelle.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("code inconnu pour {quoi} : écrire l’un de {admis}")]
pub struct CodeInconnu {
    quoi: &'static str,
    admis: String,
}

impl CodeInconnu {
    pub(crate) fn nouveau(quoi: &'static str, admis: &[&str]) -> Self {
        Self {
            quoi,
            admis: admis.join(", "),
        }
    }
}

/// Une raison d’imputation gardée par le grand livre ne se relit pas.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ErreurRaison {
    /// La forme n’est pas `RANG/MOMENT/AAAA-MM-JJ`.
    #[error("raison d’imputation illisible : la forme attendue est RANG/MOMENT/AAAA-MM-JJ")]
    Forme,
    /// Le rang n’est dans aucune règle connue de ce programme.
    #[error(
        "raison d’imputation d’un rang inconnu : elle vient sans doute d’une version plus récente du programme"
    )]
    Rang,
}

/// Une opération du droit refuse ce qu’on lui demande.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Erreur {
    /// Le paiement, un reste dû ou une tranche est négatif.
    #[error(
        "montant négatif : une somme payée ou due s’écrit sans signe ; un remboursement n’est pas un paiement"
    )]
    MontantNegatif,
    /// Le total dépasse ce qu’un montant peut dire.
    #[error("total trop grand pour être compté : vérifier les montants saisis")]
    Depassement,
    /// La période finit avant de commencer.
    #[error("la créance {cle} porte une période qui finit avant de commencer : corriger ses dates")]
    PeriodeInversee {
        /// La clé donnée par l’appelant.
        cle: i64,
    },
    /// Deux créances ouvertes portent la même clé.
    #[error("la créance {cle} est présentée deux fois au même paiement")]
    CleEnDouble {
        /// La clé donnée par l’appelant.
        cle: i64,
    },
    /// La nature de la créance n’existe pas pour ce régime.
    #[error("la créance {cle} a une nature que son régime ({}) ne connaît pas : corriger l’une ou l’autre", regime.libelle())]
    NatureEtrangereAuRegime {
        /// La clé donnée par l’appelant.
        cle: i64,
        /// Son régime.
        regime: Regime,
    },
    /// Aucune version de la règle n’est connue à cette date.
    #[error(
        "aucune version connue de la règle « {regle} » au {} : la saisir avec sa source avant de traiter ce dossier",
        date_fr(*date)
    )]
    VersionInconnue {
        /// La règle cherchée, en français.
        regle: &'static str,
        /// La date qui choisit la version.
        date: Date,
    },
    /// Le régime n’a pas de majorations de retard.
    #[error("aucune majoration de retard n’est prévue pour le régime « {} »", regime.libelle())]
    SansMajoration {
        /// Le régime demandé.
        regime: Regime,
    },
    /// Une somme qui ne peut pas l’être est négative.
    #[error("{quoi} : montant négatif ; l’écrire sans signe, ou zéro s’il n’y a rien")]
    SommeNegative {
        /// Laquelle, en français.
        quoi: &'static str,
    },
    /// Ce qui est déjà saisi dépasse ce qui est dû ce mois.
    #[error("la somme déjà saisie dépasse la rémunération du mois : corriger l’une ou l’autre")]
    DejaSaisiTropGrand,
    /// Le montant du RSA qu’un débiteur garde toujours n’est pas connu à cette date.
    #[error(
        "montant forfaitaire du RSA inconnu au {} : le donner avec la rémunération, ou l’ajouter aux règles avec sa source",
        date_fr(*date)
    )]
    InsaisissableInconnu {
        /// La date de la rémunération.
        date: Date,
    },
    /// Les tranches du CSS D553-1 ne sont pas connues pour cette année.
    #[error(
        "tranches du CSS D553-1 inconnues au {} : les recopier de l’arrêté de l’année, ou demander une simulation aux montants de l’article",
        date_fr(*date)
    )]
    RetenueNonRevalorisee {
        /// La date de la retenue.
        date: Date,
    },
    /// Les tranches données ne se suivent pas.
    #[error(
        "tranches de retenue en désordre : les recopier de l’arrêté, de la plus basse à la plus haute, la retenue forfaitaire n’excédant pas la première"
    )]
    BaremeEnDesordre,
    /// Un versement précède l’échéancier qu’il paierait.
    #[error(
        "le versement du {} est avant la conclusion de l’échéancier, le {} : il a réduit la dette, pas l’échéancier",
        date_fr(*le),
        date_fr(*conclu_le)
    )]
    VersementAnterieur {
        /// Le jour du versement.
        le: Date,
        /// Le jour de la conclusion.
        conclu_le: Date,
    },
    /// Une date calculée sort du calendrier.
    #[error("date hors du calendrier : vérifier les dates saisies")]
    HorsCalendrier,
}

impl From<valeurs::Depassement> for Erreur {
    fn from(_: valeurs::Depassement) -> Self {
        Self::Depassement
    }
}

impl From<jiff::Error> for Erreur {
    fn from(_: jiff::Error) -> Self {
        Self::HorsCalendrier
    }
}
