//! Les codes d'opération interbancaires français, communs au CFONB 120 et au code propriétaire des camt.
//!
//! Source : CFONB, « Relevé de compte sur support informatique » (juillet 2004) et ses compléments pour
//! les opérations SEPA. Les codes 33 et 34 (effets) et 99 (annulations et régularisations) ne disent pas
//! assez ce qu'ils défont pour défaire une recette : leurs débits restent de simples débits.

use crate::ModePaiement;

/// Le moyen de paiement d'un code d'opération, [`ModePaiement::Autre`] si la liste ne le dit pas.
pub(crate) fn mode(code: &str) -> ModePaiement {
    match code {
        "01" | "02" | "03" | "15" => ModePaiement::Cheque,
        "04" => ModePaiement::Especes,
        "05" | "06" | "12" | "13" | "14" | "18" | "21" | "39" | "44" | "45" | "C1" | "C2" | "C3" | "C4"
        | "C5" => ModePaiement::Virement,
        "08" | "09" | "10" | "27" | "A1" | "A2" | "A3" | "A4" | "A5" | "A6" | "B1" | "B2" | "B3" | "B4"
        | "B5" | "B6" => ModePaiement::Prelevement,
        "22" | "24" | "26" => ModePaiement::TitreInterbancaire,
        "96" | "97" | "98" => ModePaiement::TeleReglement,
        "11" | "28" | "30" | "36" | "38" => ModePaiement::CarteBancaire,
        _ => ModePaiement::Autre,
    }
}

/// Ce code défait-il une opération antérieure (impayé, rejet, retour, reversement) ?
pub(crate) fn est_un_retour(code: &str) -> bool {
    matches!(
        code,
        "03" | "10"
            | "12"
            | "26"
            | "27"
            | "38"
            | "98"
            | "A3"
            | "A4"
            | "B3"
            | "B4"
            | "B5"
            | "B6"
            | "C3"
            | "C4"
            | "C5"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_prelevement_sepa_impaye_est_un_retour_de_prelevement() {
        for code in ["B3", "B4", "10", "27"] {
            assert!(est_un_retour(code), "{code}");
            assert_eq!(mode(code), ModePaiement::Prelevement, "{code}");
        }
    }

    #[test]
    fn un_virement_recu_n_est_pas_un_retour() {
        for code in ["05", "18", "C2"] {
            assert!(!est_un_retour(code), "{code}");
            assert_eq!(mode(code), ModePaiement::Virement, "{code}");
        }
    }
}
