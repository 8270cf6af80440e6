//! Des codes de cotisation de la norme (81.001, 82.002) aux familles du compte adhérent.

use droit::FamilleCotisation;
use dsn::Code;

/// Le bloc qui porte une cotisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlocCotisation {
    /// S21.G00.81, cotisation individuelle.
    Individuelle,
    /// S21.G00.82, cotisation de l'établissement.
    Etablissement,
}

impl BlocCotisation {
    /// Son numéro, tel que la base le garde.
    #[must_use]
    pub const fn numero(self) -> i64 {
        match self {
            Self::Individuelle => 81,
            Self::Etablissement => 82,
        }
    }

    /// Celui de ce numéro.
    #[must_use]
    pub const fn du_numero(numero: i64) -> Option<Self> {
        match numero {
            81 => Some(Self::Individuelle),
            82 => Some(Self::Etablissement),
            _ => None,
        }
    }
}

/// Codes individuels qui peuvent se payer au trimestre : retraite complémentaire que la MSA recouvre, fonds de formation
/// et de branche (README de la norme : 105, 106, 109, 111, 131, 132, 142, 146, 903 à 906).
const TRIMESTRIELS: [&[u8; 3]; 12] = [
    b"105", b"106", b"109", b"111", b"131", b"132", b"142", b"146", b"903", b"904", b"905", b"906",
];

/// Ce code peut-il se payer au trimestre ?
#[must_use]
pub fn est_trimestriel(bloc: BlocCotisation, code: Code<3>) -> bool {
    bloc == BlocCotisation::Individuelle && TRIMESTRIELS.contains(&code.octets())
}

/// La famille du compte où va un code de cotisation.
///
/// Une réduction ou une exonération suit la famille qu'elle réduit ; la réduction générale (018), qui en réduit
/// plusieurs, suit les assurances sociales, la plus grande. Un code inconnu va aux autres cotisations.
#[must_use]
pub fn famille(bloc: BlocCotisation, code: Code<3>) -> FamilleCotisation {
    match bloc {
        BlocCotisation::Individuelle => individuelle(code.as_str()),
        BlocCotisation::Etablissement => etablissement(code.as_str()),
    }
}

fn individuelle(code: &str) -> FamilleCotisation {
    match code {
        // Maladie, vieillesse, solidarité autonomie, et les exonérations et réductions de sécurité sociale.
        "001" | "002" | "003" | "004" | "006" | "008" | "009" | "010" | "011" | "013" | "014" | "015"
        | "016" | "017" | "018" | "019" | "020" | "021" | "022" | "023" | "025" | "027" | "028" | "068"
        | "075" | "076" | "089" | "090" | "114" | "115" | "907" | "910" | "911" | "914" | "916" => {
            FamilleCotisation::AssurancesSociales
        }
        "045" | "104" | "143" => FamilleCotisation::AccidentsTravail,
        "074" | "094" | "102" => FamilleCotisation::AllocationsFamilialesSalaries,
        "072" | "073" | "079" => FamilleCotisation::CsgCrdsSalaries,
        "063" | "064" | "092" | "105" | "106" | "109" | "111" | "131" | "132" | "142" | "146" => {
            FamilleCotisation::RetraiteComplementaire
        }
        "040" | "041" | "042" | "043" | "044" | "048" | "908" => FamilleCotisation::AssuranceChomage,
        "046" | "047" | "051" | "053" | "054" | "056" | "057" | "058" | "128" | "129" | "130" | "141"
        | "903" | "904" | "905" | "906" => FamilleCotisation::FormationProfessionnelle,
        _ => FamilleCotisation::AutresCotisations,
    }
}

fn etablissement(code: &str) -> FamilleCotisation {
    match code {
        "032" | "033" | "034" | "035" | "049" | "050" => FamilleCotisation::CsgCrdsSalaries,
        "041" | "042" | "043" => FamilleCotisation::AssurancesSociales,
        "074" | "075" | "076" | "077" | "078" | "079" | "080" => FamilleCotisation::FormationProfessionnelle,
        _ => FamilleCotisation::AutresCotisations,
    }
}

/// Le sigle d'une famille dans la référence d'une créance.
#[must_use]
pub(crate) const fn sigle(famille: FamilleCotisation) -> &'static str {
    match famille {
        FamilleCotisation::AssurancesSociales => "AS",
        FamilleCotisation::AccidentsTravail => "AT",
        FamilleCotisation::AllocationsFamilialesSalaries => "AF",
        FamilleCotisation::CsgCrdsSalaries => "CSG",
        FamilleCotisation::RetraiteComplementaire => "RC",
        FamilleCotisation::AssuranceChomage => "AC",
        FamilleCotisation::FormationProfessionnelle => "FP",
        _ => "AU",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Les codes que la norme donne à la MSA.
    const CODES: &str = include_str!("../../dsn/norme/codes_MSA_CT2026.csv");

    #[test]
    fn tout_code_de_la_msa_va_a_une_famille_d_employeur() {
        let mut autres = BTreeSet::new();
        let mut nombre = 0;
        for ligne in CODES.lines().skip(1) {
            let mut champs = ligne.split(';');
            let (rubrique, code) = (champs.next().unwrap(), champs.next().unwrap());
            let bloc = match rubrique {
                "S21.G00.81.001" => BlocCotisation::Individuelle,
                "S21.G00.82.002" => BlocCotisation::Etablissement,
                _ => continue,
            };
            let famille = famille(bloc, Code::lire(code.as_bytes()).unwrap());
            assert!(famille.est_employeur(), "{code}");
            if famille == FamilleCotisation::AutresCotisations {
                autres.insert(format!("{} {code}", bloc.numero()));
            }
            nombre += 1;
        }
        assert!(nombre > 100, "{nombre}");
        insta::assert_snapshot!(autres.into_iter().collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn les_codes_trimestriels_sont_de_retraite_complementaire_ou_de_formation() {
        for code in TRIMESTRIELS {
            let famille = famille(BlocCotisation::Individuelle, Code::de(code));
            assert!(
                matches!(
                    famille,
                    FamilleCotisation::RetraiteComplementaire | FamilleCotisation::FormationProfessionnelle
                ),
                "{code:?}"
            );
        }
        assert!(!est_trimestriel(BlocCotisation::Etablissement, Code::de(b"131")));
    }
}
