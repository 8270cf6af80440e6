//! Ce qui arrête l'écriture d'un fichier : où, quelle règle, et quoi faire.

use std::{fmt, io};

use thiserror::Error;
use valeurs::Montant;

use super::ordre::Remise;

/// Un fichier qui ne peut pas s'écrire.
///
/// S'affiche « ordre n° 12, champ Dbtr/PstlAdr : … Remède : … ». Ne cite ni nom, ni compte, ni référence. Ce qui
/// a déjà été écrit ne vaut rien : le fichier se jette.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}champ {champ} : {regle}. Remède : {}.", Lieu(*.ordre), .regle.remede())]
pub struct ErreurEmission {
    /// Le rang de l'ordre en cause, à partir de 1 dans tout le fichier ; `None` si c'est le fichier.
    pub ordre: Option<u64>,
    /// Le champ, en balises de la norme.
    pub champ: &'static str,
    /// La règle enfreinte.
    pub regle: RegleEmission,
}

struct Lieu(Option<u64>);

impl fmt::Display for Lieu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(rang) => write!(f, "ordre n° {rang}, "),
            None => f.write_str("fichier, "),
        }
    }
}

impl ErreurEmission {
    pub(super) const fn fichier(champ: &'static str, regle: RegleEmission) -> Self {
        Self {
            ordre: None,
            champ,
            regle,
        }
    }

    pub(super) fn panne(erreur: &io::Error) -> Self {
        Self::fichier("fichier", RegleEmission::Ecriture(erreur.kind()))
    }

    /// Ce qu'il faut faire, en français, sans majuscule ni point.
    #[must_use]
    pub const fn remede(&self) -> &'static str {
        self.regle.remede()
    }
}

/// Une règle qu'un fichier de prélèvements doit respecter. `Display` en dit l'infraction, sans majuscule ni
/// point.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegleEmission {
    /// Rien à prélever.
    #[error("il n’y a aucun ordre à écrire")]
    AucunOrdre,
    /// Un ajout au plan sans ordre, ou d'une somme nulle ou négative.
    #[error("la remise du {0} est prévue sans ordre, ou pour une somme qui n’est pas supérieure à zéro")]
    RemiseVide(Remise),
    /// Plus de remises que la norme des références n'en numérote ici.
    #[error("il y a plus de {0} remises (une par échéance et par séquence)")]
    TropDeRemises(usize),
    /// Plus de quinze chiffres, pour le nombre d'ordres ou pour les euros de leur somme.
    #[error("le nombre d’ordres ou leur somme dépasse ce que la norme peut écrire")]
    TotalTropGrand,
    /// La banque du débiteur doit l'avoir la veille au plus tard.
    #[error("l’échéance de la remise du {0} n’est pas après le jour où le fichier est fait")]
    EcheancePassee(Remise),
    /// Une année que la norme ne sait pas écrire, ou d'avant tout mandat.
    #[error("la date n’est pas entre les années 1900 et 9999")]
    Annee,
    /// Un mandat se signe avant de servir.
    #[error("le mandat est signé après l’échéance")]
    SignatureApresEcheance,
    /// Un compte hors de l'espace SEPA.
    #[error("le compte est tenu hors de l’espace SEPA")]
    HorsSepa,
    /// Le BIC manque hors de l'EEE.
    #[error("la banque est hors de l’Espace économique européen, et le BIC manque")]
    BicAbsent,
    /// L'adresse manque hors de l'EEE.
    #[error("la banque est hors de l’Espace économique européen, et l’adresse du débiteur manque")]
    AdresseAbsente,
    /// Un ordre d'une remise qui n'est pas celle que le plan veut là.
    #[error("l’ordre est de la remise du {recue}, le plan attend {}", Attendue(*.attendue))]
    RemiseInattendue {
        /// La remise de l'ordre.
        recue: Remise,
        /// La suivante du plan ; `None` s'il n'y en a plus.
        attendue: Option<Remise>,
    },
    /// Une remise finie n'a pas ce que le plan avait compté.
    #[error(
        "la remise du {remise} est prévue à {somme_prevue} (nombre d’ordres : {nombre_prevu}), elle fait {somme} (nombre : {nombre})"
    )]
    TotalFaux {
        /// La remise.
        remise: Remise,
        /// Le nombre du plan.
        nombre_prevu: u64,
        /// La somme du plan.
        somme_prevue: Montant,
        /// Le nombre d'ordres écrits.
        nombre: u64,
        /// Leur somme.
        somme: Montant,
    },
    /// Le fichier est fini avant le plan.
    #[error("la remise du {0} est prévue, et aucun de ses ordres n’est venu")]
    RemiseManquante(Remise),
    /// Une erreur a déjà arrêté ce fichier.
    #[error("une erreur a déjà arrêté l’écriture de ce fichier")]
    DejaArrete,
    /// L'écriture elle-même a échoué.
    #[error("l’écriture du fichier a échoué ({0})")]
    Ecriture(io::ErrorKind),
}

struct Attendue(Option<Remise>);

impl fmt::Display for Attendue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(remise) => write!(f, "celle du {remise}"),
            None => f.write_str("la fin du fichier"),
        }
    }
}

impl RegleEmission {
    /// Ce qu'il faut faire, sans majuscule ni point.
    #[must_use]
    pub const fn remede(&self) -> &'static str {
        match self {
            Self::AucunOrdre => "ne faites un fichier que s’il y a quelque chose à prélever",
            Self::RemiseVide(_) => "ne comptez que des remises d’un ordre au moins",
            Self::TropDeRemises(_) | Self::TotalTropGrand => "partagez les ordres en plusieurs fichiers",
            Self::EcheancePassee(_) => {
                "choisissez une échéance à venir, d’au moins un jour ouvré ; vérifiez le délai de la banque"
            }
            Self::Annee => "corrigez la date",
            Self::SignatureApresEcheance => "corrigez la date de signature, ou attendez le mandat signé",
            Self::HorsSepa => "demandez au débiteur un compte de l’espace SEPA, ou un autre mode de paiement",
            Self::BicAbsent => "ajoutez le BIC, qui est sur le relevé d’identité bancaire",
            Self::AdresseAbsente => "ajoutez l’adresse du débiteur, avec sa ville et son pays",
            Self::RemiseInattendue { .. } | Self::TotalFaux { .. } | Self::RemiseManquante(_) => {
                "recommencez le fichier : comptez et écrivez les mêmes ordres, rangés par échéance puis par séquence, d’une même vue de la base"
            }
            Self::DejaArrete => "jetez ce fichier et recommencez-le",
            Self::Ecriture(_) => "vérifiez la place et les droits du dossier, puis recommencez le fichier",
        }
    }
}
