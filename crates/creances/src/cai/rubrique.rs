use std::fmt;

use releves::ModePaiement;
use serde::{Serialize, Serializer};

use crate::encaissements::code_mode;
use crate::grand_livre::NatureMouvement;

/// Le côté du compte où une ligne se lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sens {
    /// Ce qui augmente la dette.
    Debit,
    /// Ce qui la diminue.
    Credit,
}

impl Sens {
    /// Mot de l'écran.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Debit => "débit",
            Self::Credit => "crédit",
        }
    }
}

/// Ce qu'une ligne du compte est, pour qui la lit.
///
/// Ce qui défait une ligne garde sa rubrique et change de sens : une rubrique dit toujours son net.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rubrique {
    /// Première créance d'une période et d'une famille.
    Emission,
    /// Créance suivante de la même période et de la même famille.
    Regularisation,
    /// Majorations de retard.
    Majoration,
    /// Pénalités.
    Penalite,
    /// Frais de justice.
    Frais,
    /// Prélèvement revenu impayé.
    Rejet,
    /// Argent rendu au payeur.
    Remboursement,
    /// Paiement, par ce moyen.
    Encaissement(ModePaiement),
    /// Paiement reçu que rien ne place encore (RAC), ou sa sortie d'attente.
    EnAttente,
    /// Annulation, totale ou partielle.
    Annulation,
    /// Remise gracieuse.
    Remise,
    /// Admission en non-valeur.
    NonValeur,
    /// Transfert à une autre caisse.
    Transfert,
}

impl Rubrique {
    /// La rubrique d'une écriture : `nature` est celle de son mouvement, ou de celui qu'il contrepasse.
    pub(super) fn de(
        nature: NatureMouvement,
        en_rac: bool,
        suivante: bool,
        mode: Option<ModePaiement>,
    ) -> Self {
        match (nature, mode) {
            (NatureMouvement::Remboursement, _) => Self::Remboursement,
            (NatureMouvement::Rejet, _) => Self::Rejet,
            _ if en_rac => Self::EnAttente,
            (NatureMouvement::Emission, _) if suivante => Self::Regularisation,
            (NatureMouvement::Emission, _) => Self::Emission,
            (NatureMouvement::Majoration, _) => Self::Majoration,
            (NatureMouvement::Penalite, _) => Self::Penalite,
            (NatureMouvement::Frais, _) => Self::Frais,
            (NatureMouvement::Remise, _) => Self::Remise,
            (NatureMouvement::NonValeur, _) => Self::NonValeur,
            (NatureMouvement::Transfert, _) => Self::Transfert,
            (_, Some(mode)) => Self::Encaissement(mode),
            (
                NatureMouvement::Annulation
                | NatureMouvement::Encaissement
                | NatureMouvement::Classement
                | NatureMouvement::Ventilation
                | NatureMouvement::Contrepassation,
                None,
            ) => Self::Annulation,
        }
    }

    /// Code stable des exports : `emission`, `encaissement:virement`…
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::Encaissement(mode) => format!("encaissement:{}", code_mode(mode)),
            Self::Emission => "emission".to_owned(),
            Self::Regularisation => "regularisation".to_owned(),
            Self::Majoration => "majoration".to_owned(),
            Self::Penalite => "penalite".to_owned(),
            Self::Frais => "frais".to_owned(),
            Self::Rejet => "rejet".to_owned(),
            Self::Remboursement => "remboursement".to_owned(),
            Self::EnAttente => "en_attente".to_owned(),
            Self::Annulation => "annulation".to_owned(),
            Self::Remise => "remise".to_owned(),
            Self::NonValeur => "non_valeur".to_owned(),
            Self::Transfert => "transfert".to_owned(),
        }
    }

    /// L'ordre de lecture : ce qui est dû, ce qui le réduit, les paiements, ce qui attend.
    pub(super) fn rang(self) -> (u8, String) {
        let rang = match self {
            Self::Emission => 0,
            Self::Regularisation => 1,
            Self::Majoration => 2,
            Self::Penalite => 3,
            Self::Frais => 4,
            Self::Rejet => 5,
            Self::Remboursement => 6,
            Self::Annulation => 7,
            Self::Remise => 8,
            Self::NonValeur => 9,
            Self::Transfert => 10,
            Self::Encaissement(_) => 11,
            Self::EnAttente => 12,
        };
        (rang, self.code())
    }
}

impl fmt::Display for Rubrique {
    /// Mots de l'écran.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Emission => "Émission",
            Self::Regularisation => "Régularisation",
            Self::Majoration => "Majorations de retard",
            Self::Penalite => "Pénalités",
            Self::Frais => "Frais de justice",
            Self::Rejet => "Prélèvement rejeté",
            Self::Remboursement => "Remboursement",
            Self::Encaissement(mode) => return write!(f, "Paiement par {}", mode_de_paiement(*mode)),
            Self::EnAttente => "En attente de classement",
            Self::Annulation => "Annulation",
            Self::Remise => "Remise gracieuse",
            Self::NonValeur => "Admission en non-valeur",
            Self::Transfert => "Transfert à une autre caisse",
        })
    }
}

fn mode_de_paiement(mode: ModePaiement) -> &'static str {
    match mode {
        ModePaiement::AutreEtablissement => "un autre établissement",
        ModePaiement::Autre => "un autre moyen",
        mode => mode.libelle(),
    }
}

impl Serialize for Rubrique {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.code())
    }
}
