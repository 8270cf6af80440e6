//! La famille d’une cotisation déclarée en DSN.

use crate::FamilleCotisation;

impl FamilleCotisation {
    /// La famille d’un code de cotisation individuelle de la DSN (rubrique S21.G00.81.001, trois chiffres,
    /// norme CT2026), dont les réductions qui ne touchent qu’une famille.
    ///
    /// `None` pour un code inconnu et pour les réductions et exonérations qui en touchent plusieurs à la fois
    /// (018 réduction générale, 028 travailleurs occasionnels, 001 à 003 apprentis…). Ne pas l’appeler avec un
    /// code de S21.G00.82.002 : les mêmes chiffres y disent autre chose.
    #[must_use]
    pub fn du_code_dsn(code: &str) -> Option<Self> {
        Some(match code {
            "068" | "075" | "076" | "115" | "907" => Self::AssurancesSociales,
            "045" => Self::AccidentsTravail,
            "074" | "094" | "102" => Self::AllocationsFamilialesSalaries,
            "072" | "073" | "079" => Self::CsgCrdsSalaries,
            "105" | "106" | "109" | "111" | "131" | "132" | "142" | "146" => Self::RetraiteComplementaire,
            "040" | "041" | "042" | "043" | "044" | "048" | "908" => Self::AssuranceChomage,
            "051" | "053" | "054" | "056" | "057" | "058" | "128" | "129" | "130" | "141" => {
                Self::FormationProfessionnelle
            }
            "046" | "047" | "049" | "059" | "069" | "070" | "071" | "081" | "082" | "088" | "091" | "092"
            | "093" | "099" | "100" | "101" | "103" | "104" | "140" | "143" | "903" | "904" | "905"
            | "906" | "909" | "912" | "918" => Self::AutresCotisations,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_cotisations_declarees_trouvent_leur_famille() {
        for (code, famille) in [
            ("075", FamilleCotisation::AssurancesSociales),
            ("076", FamilleCotisation::AssurancesSociales),
            ("045", FamilleCotisation::AccidentsTravail),
            ("102", FamilleCotisation::AllocationsFamilialesSalaries),
            ("079", FamilleCotisation::CsgCrdsSalaries),
            ("131", FamilleCotisation::RetraiteComplementaire),
            ("048", FamilleCotisation::AssuranceChomage),
            ("128", FamilleCotisation::FormationProfessionnelle),
            ("049", FamilleCotisation::AutresCotisations),
        ] {
            assert_eq!(FamilleCotisation::du_code_dsn(code), Some(famille), "{code}");
            assert!(famille.est_employeur());
        }
    }

    #[test]
    fn une_reduction_sur_plusieurs_familles_ou_un_code_inconnu_n_en_a_pas() {
        for code in ["018", "028", "001", "45", "0045", "", "ABC"] {
            assert_eq!(FamilleCotisation::du_code_dsn(code), None, "{code}");
        }
    }
}
