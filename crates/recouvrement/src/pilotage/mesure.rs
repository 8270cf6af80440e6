use creances::grand_livre::NatureMouvement;
use droit::ModeEnvoi;

use super::Age;

/// Ce qu'un compte du pilotage mesure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mesure {
    /// Les créances émises ; le nombre est celui des créances.
    Emis,
    /// Majorations, pénalités et frais posés depuis.
    Majorations,
    /// Encaissé, par rang de délai après l'échéance ([`super::DELAIS`], puis plus tard).
    Encaisse(usize),
    /// Annulé.
    Annule,
    /// Remis.
    Remis,
    /// Admis en non-valeur.
    NonValeur,
    /// Transféré.
    Transfere,
    /// Ce qui reste dû, par étape (vide : pas encore située) et par âge.
    Reste(Age, String),
    /// Ce qu'une année a encaissé, quelle que soit celle de la créance.
    Recette,
    /// Les actes d'un mode d'envoi.
    Actes(ModeEnvoi),
}

impl Mesure {
    pub(super) fn code(&self) -> String {
        match self {
            Self::Emis => "emis".to_owned(),
            Self::Majorations => "majorations".to_owned(),
            Self::Encaisse(rang) => format!("encaisse:{rang}"),
            Self::Annule => "annule".to_owned(),
            Self::Remis => "remis".to_owned(),
            Self::NonValeur => "non_valeur".to_owned(),
            Self::Transfere => "transfere".to_owned(),
            Self::Reste(age, position) => format!("reste:{}:{position}", age.libelle()),
            Self::Recette => "recette".to_owned(),
            Self::Actes(envoi) => format!("actes:{}", envoi.code()),
        }
    }

    pub(super) fn du_code(code: &str) -> Option<Self> {
        let (genre, precision) = code.split_once(':').unwrap_or((code, ""));
        Some(match genre {
            "emis" => Self::Emis,
            "majorations" => Self::Majorations,
            "encaisse" => Self::Encaisse(precision.parse().ok()?),
            "annule" => Self::Annule,
            "remis" => Self::Remis,
            "non_valeur" => Self::NonValeur,
            "transfere" => Self::Transfere,
            "reste" => {
                let (age, position) = precision.split_once(':')?;
                let age = Age::TOUS.into_iter().find(|a| a.libelle() == age)?;
                Self::Reste(age, position.to_owned())
            }
            "recette" => Self::Recette,
            "actes" => Self::Actes(precision.parse().ok()?),
            _ => return None,
        })
    }

    /// Où va une écriture au compte d'une créance qui n'est d'aucune recette ; ce qui se passe d'argent sans recette
    /// n'existe pas.
    pub(super) const fn du_mouvement(nature: NatureMouvement) -> Option<Self> {
        Some(match nature {
            NatureMouvement::Emission => Self::Emis,
            NatureMouvement::Majoration | NatureMouvement::Penalite | NatureMouvement::Frais => {
                Self::Majorations
            }
            NatureMouvement::Annulation => Self::Annule,
            NatureMouvement::Remise => Self::Remis,
            NatureMouvement::NonValeur => Self::NonValeur,
            NatureMouvement::Transfert => Self::Transfere,
            NatureMouvement::Encaissement
            | NatureMouvement::Classement
            | NatureMouvement::Ventilation
            | NatureMouvement::Remboursement
            | NatureMouvement::Rejet
            | NatureMouvement::Contrepassation => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_mesure_se_relit_de_son_code() {
        for mesure in [
            Mesure::Emis,
            Mesure::Majorations,
            Mesure::Encaisse(4),
            Mesure::Annule,
            Mesure::Remis,
            Mesure::NonValeur,
            Mesure::Transfere,
            Mesure::Reste(Age::PlusDUnAn, "due".to_owned()),
            Mesure::Reste(Age::NonEchue, String::new()),
            Mesure::Recette,
            Mesure::Actes(ModeEnvoi::Lre),
        ] {
            assert_eq!(Mesure::du_code(&mesure.code()), Some(mesure));
        }
        assert_eq!(Mesure::du_code("danser"), None);
    }
}
