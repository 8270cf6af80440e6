//! Les pays de l'espace SEPA.

use valeurs::Iban;

/// Où est tenu un compte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// Dans l'Espace économique européen : l'IBAN suffit.
    Eee,
    /// Dans l'espace SEPA, mais hors de l'EEE : la norme veut en plus le BIC et l'adresse du débiteur.
    HorsEee,
    /// Hors de l'espace SEPA : rien ne s'y prélève.
    HorsSepa,
}

impl Zone {
    /// La zone du pays d'un IBAN (deux lettres capitales). Source : EPC409-09, *List of SEPA scheme
    /// countries*, 2025 ; les territoires français et britanniques ont des IBAN « FR » et « GB ».
    pub(super) fn de(pays: &str) -> Self {
        match pays {
            "AT" | "BE" | "BG" | "CY" | "CZ" | "DE" | "DK" | "EE" | "ES" | "FI" | "FR" | "GR" | "HR"
            | "HU" | "IE" | "IS" | "IT" | "LI" | "LT" | "LU" | "LV" | "MT" | "NL" | "NO" | "PL" | "PT"
            | "RO" | "SE" | "SI" | "SK" => Self::Eee,
            "AD" | "AL" | "CH" | "GB" | "GI" | "MC" | "MD" | "ME" | "MK" | "RS" | "SM" | "VA" => {
                Self::HorsEee
            }
            _ => Self::HorsSepa,
        }
    }
}

/// Ce compte est-il tenu dans l'Espace économique européen, où il se prélève sans BIC ni adresse du débiteur ?
#[must_use]
pub fn est_de_l_eee(iban: &Iban) -> bool {
    Zone::de(iban.pays()) == Zone::Eee
}
