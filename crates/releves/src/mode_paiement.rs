//! Les moyens par lesquels l'argent est venu.

/// Un moyen de paiement. Ceux de la DSN gardent leur code (rubrique S21.G00.20.010, norme P26V01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModePaiement {
    /// Chèque, code DSN 01.
    Cheque,
    /// Virement, code DSN 02.
    Virement,
    /// Titre interbancaire de paiement, code DSN 04.
    TitreInterbancaire,
    /// Prélèvement SEPA, code DSN 05.
    Prelevement,
    /// Versement réalisé par un autre établissement, code DSN 06.
    AutreEtablissement,
    /// Télérèglement ; pas de code DSN.
    TeleReglement,
    /// Carte bancaire ; pas de code DSN.
    CarteBancaire,
    /// Espèces ; pas de code DSN.
    Especes,
    /// Tout autre moyen, ou un moyen que la banque ne dit pas.
    Autre,
}

/// Les codes que la rubrique S21.G00.20.010 admet.
pub(crate) const CODES_DSN: &str = "01, 02, 04, 05 ou 06";

impl ModePaiement {
    /// Le mode d'un code de la rubrique S21.G00.20.010, `None` si elle ne l'admet pas.
    #[must_use]
    pub fn de_code_dsn(code: &str) -> Option<Self> {
        match code {
            "01" => Some(Self::Cheque),
            "02" => Some(Self::Virement),
            "04" => Some(Self::TitreInterbancaire),
            "05" => Some(Self::Prelevement),
            "06" => Some(Self::AutreEtablissement),
            _ => None,
        }
    }

    /// Le code de la rubrique S21.G00.20.010, `None` pour un mode que la DSN ne connaît pas.
    #[must_use]
    pub const fn code_dsn(self) -> Option<&'static str> {
        match self {
            Self::Cheque => Some("01"),
            Self::Virement => Some("02"),
            Self::TitreInterbancaire => Some("04"),
            Self::Prelevement => Some("05"),
            Self::AutreEtablissement => Some("06"),
            Self::TeleReglement | Self::CarteBancaire | Self::Especes | Self::Autre => None,
        }
    }

    /// Le nom du mode, en français, sans majuscule.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Cheque => "chèque",
            Self::Virement => "virement",
            Self::TitreInterbancaire => "titre interbancaire de paiement",
            Self::Prelevement => "prélèvement SEPA",
            Self::AutreEtablissement => "versement par un autre établissement",
            Self::TeleReglement => "télérèglement",
            Self::CarteBancaire => "carte bancaire",
            Self::Especes => "espèces",
            Self::Autre => "autre",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_codes_de_la_dsn_se_relisent() {
        for code in ["01", "02", "04", "05", "06"] {
            assert_eq!(
                ModePaiement::de_code_dsn(code).and_then(ModePaiement::code_dsn),
                Some(code)
            );
            assert!(CODES_DSN.contains(code));
        }
        for code in ["", "03", "07", "5", "A1"] {
            assert_eq!(ModePaiement::de_code_dsn(code), None, "{code}");
        }
    }
}
