//! De quoi une créance est faite : sa famille de cotisation ou la prestation indue.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{CodeInconnu, enumeration::enumeration};

enumeration! {
    /// Une famille de cotisations ou de contributions : ce que l’ordre légal d’imputation distingue.
    ///
    /// Les dix premières sont celles des non-salariés et des cotisants de solidarité (CRPM D725-4-3), les
    /// suivantes celles des employeurs.
    pub enum FamilleCotisation ("la famille de cotisation") {
        CsgCrds = "csg_crds", "CSG et CRDS";
        Amexa = "amexa", "Assurance maladie et maternité (AMEXA)";
        IjAmexa = "ij_amexa", "Indemnités journalières (IJ AMEXA)";
        VieillesseBase = "vieillesse_base", "Assurance vieillesse de base (AVI, AVA)";
        Invalidite = "invalidite", "Assurance invalidité";
        Rco = "rco", "Retraite complémentaire obligatoire (RCO)";
        Atexa = "atexa", "Accidents du travail et maladies professionnelles (ATEXA)";
        AllocationsFamiliales = "allocations_familiales", "Allocations familiales";
        Formation = "formation", "Formation professionnelle (VIVEA)";
        Solidarite = "solidarite", "Cotisation de solidarité";
        AssurancesSociales = "assurances_sociales", "Assurances sociales des salariés";
        AccidentsTravail = "accidents_travail", "Accidents du travail des salariés";
        AllocationsFamilialesSalaries = "allocations_familiales_salaries", "Allocations familiales des salariés";
        CsgCrdsSalaries = "csg_crds_salaries", "CSG et CRDS des salariés";
        RetraiteComplementaire = "retraite_complementaire", "Retraite complémentaire des salariés";
        AssuranceChomage = "assurance_chomage", "Assurance chômage et garantie des salaires";
        FormationProfessionnelle = "formation_professionnelle", "Formation professionnelle et apprentissage";
        AutresCotisations = "autres_cotisations", "Autres cotisations des employeurs";
    }
}

impl FamilleCotisation {
    /// Est-ce une famille due par un employeur pour ses salariés ?
    #[must_use]
    pub const fn est_employeur(self) -> bool {
        match self {
            Self::AssurancesSociales
            | Self::AccidentsTravail
            | Self::AllocationsFamilialesSalaries
            | Self::CsgCrdsSalaries
            | Self::RetraiteComplementaire
            | Self::AssuranceChomage
            | Self::FormationProfessionnelle
            | Self::AutresCotisations => true,
            Self::CsgCrds
            | Self::Amexa
            | Self::IjAmexa
            | Self::VieillesseBase
            | Self::Invalidite
            | Self::Rco
            | Self::Atexa
            | Self::AllocationsFamiliales
            | Self::Formation
            | Self::Solidarite => false,
        }
    }
}

enumeration! {
    /// La prestation versée à tort (PIAR).
    pub enum Prestation ("la prestation") {
        Rsa = "rsa", "Revenu de solidarité active (RSA)";
        PrimeActivite = "prime_activite", "Prime d’activité";
        PrestationsFamiliales = "prestations_familiales", "Prestations familiales";
        AidesLogement = "aides_logement", "Aides au logement";
        Sante = "sante", "Santé (prestations en nature)";
        IndemnitesJournalieres = "indemnites_journalieres", "Indemnités journalières";
        Retraite = "retraite", "Retraite et réversion";
        Aspa = "aspa", "Allocation de solidarité aux personnes âgées (ASPA)";
        Invalidite = "invalidite", "Pension d’invalidité";
        AccidentTravail = "accident_travail", "Accident du travail et maladie professionnelle";
        Aah = "aah", "Allocation aux adultes handicapés (AAH)";
        ActionSociale = "action_sociale", "Action sanitaire et sociale";
        Autres = "autres", "Autres prestations";
    }
}

enumeration! {
    /// Ce qui est reproché à un professionnel, un établissement ou un distributeur de santé (CSS L133-4, I).
    pub enum MotifSoins ("le motif de l’indu de soins") {
        Facturation = "facturation", "Règles de facturation inobservées";
        Tarification = "tarification", "Règles de tarification inobservées";
        Distribution = "distribution", "Règles de distribution inobservées";
        NonRealise = "non_realise", "Acte non effectué ou produit non délivré";
    }
}

enumeration! {
    /// Le métier dont relève une créance, donc les agents qui la traitent.
    pub enum Branche ("la branche") {
        Cotisations = "cotisations", "Cotisations";
        Prestations = "prestations", "Prestations indues (PIAR)";
        ProfessionnelsSante = "professionnels_sante", "Professionnels de santé";
    }
}

impl Branche {
    /// Le bit de la branche dans un ensemble de branches : 1, 2 ou 4. Stable : il est gardé en base.
    #[must_use]
    pub const fn bit(self) -> u8 {
        match self {
            Self::Cotisations => 1,
            Self::Prestations => 2,
            Self::ProfessionnelsSante => 4,
        }
    }

    /// La branche de ce bit, s’il en désigne exactement une.
    #[must_use]
    pub const fn du_bit(bit: u8) -> Option<Self> {
        match bit {
            1 => Some(Self::Cotisations),
            2 => Some(Self::Prestations),
            4 => Some(Self::ProfessionnelsSante),
            _ => None,
        }
    }
}

/// La nature d’une créance.
///
/// Son code stable est `cotisation:amexa`, `indu:rsa` ou `soins:facturation` ; c’est lui qui est gardé et lu.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Nature {
    /// Une cotisation ou contribution.
    Cotisation(FamilleCotisation),
    /// Une prestation indue, réclamée à qui l’a reçue.
    Indu(Prestation),
    /// Un indu réclamé à un professionnel, un établissement ou un distributeur de santé (CSS L133-4).
    Soins(MotifSoins),
}

impl Nature {
    /// Toutes les natures : cotisations, prestations indues, indus de soins.
    pub fn toutes() -> impl Iterator<Item = Self> {
        let cotisations = FamilleCotisation::TOUS.iter().copied().map(Self::Cotisation);
        let indus = Prestation::TOUS.iter().copied().map(Self::Indu);
        let soins = MotifSoins::TOUS.iter().copied().map(Self::Soins);
        cotisations.chain(indus).chain(soins)
    }

    /// La branche dont relève la créance.
    #[must_use]
    pub const fn branche(self) -> Branche {
        match self {
            Self::Cotisation(_) => Branche::Cotisations,
            Self::Indu(_) => Branche::Prestations,
            Self::Soins(_) => Branche::ProfessionnelsSante,
        }
    }

    /// Le code stable, relu par `FromStr`.
    #[must_use]
    pub fn code(self) -> String {
        let (genre, precision) = match self {
            Self::Cotisation(famille) => ("cotisation", famille.code()),
            Self::Indu(prestation) => ("indu", prestation.code()),
            Self::Soins(motif) => ("soins", motif.code()),
        };
        format!("{genre}:{precision}")
    }
}

impl fmt::Display for Nature {
    /// Le libellé : « CSG et CRDS », « Indu : Aides au logement », « Indu de soins : Règles de… ».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cotisation(famille) => f.write_str(famille.libelle()),
            Self::Indu(prestation) => write!(f, "Indu : {}", prestation.libelle()),
            Self::Soins(motif) => write!(f, "Indu de soins : {}", motif.libelle()),
        }
    }
}

impl FromStr for Nature {
    type Err = CodeInconnu;

    /// Lit le code `GENRE:PRÉCISION`.
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        match texte.split_once(':') {
            Some(("cotisation", famille)) => famille.parse().map(Self::Cotisation),
            Some(("indu", prestation)) => prestation.parse().map(Self::Indu),
            Some(("soins", motif)) => motif.parse().map(Self::Soins),
            _ => Err(CodeInconnu::nouveau(
                "la nature",
                &["cotisation:…", "indu:…", "soins:…"],
            )),
        }
    }
}

impl From<Nature> for String {
    fn from(nature: Nature) -> Self {
        nature.code()
    }
}

impl TryFrom<String> for Nature {
    type Error = CodeInconnu;

    fn try_from(texte: String) -> Result<Self, Self::Error> {
        texte.parse()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn chaque_nature_se_relit_de_son_code() {
        let mut codes = HashSet::new();
        for nature in Nature::toutes() {
            assert_eq!(nature.code().parse::<Nature>().unwrap(), nature);
            let json = serde_json::to_string(&nature).unwrap();
            assert_eq!(serde_json::from_str::<Nature>(&json).unwrap(), nature);
            assert!(codes.insert(nature.code()));
            assert!(!nature.to_string().is_empty());
        }
        assert_eq!(codes.len(), 18 + 13 + 4);
    }

    #[test]
    fn serde_et_le_code_disent_la_meme_chose() {
        for famille in FamilleCotisation::TOUS {
            assert_eq!(
                serde_json::to_string(famille).unwrap(),
                format!("\"{}\"", famille.code())
            );
        }
    }

    #[test]
    fn une_nature_inconnue_dit_ce_qui_est_admis_sans_repeter_ce_qui_est_lu() {
        let erreur = "indu:2690549588157".parse::<Nature>().unwrap_err().to_string();
        assert!(
            erreur.contains("prime_activite") && !erreur.contains("2690549588157"),
            "{erreur}"
        );
        for faux in [
            "",
            "rsa",
            "indu",
            "indu:",
            "cotisation:rsa",
            "Indu:rsa",
            "indu:rsa ",
        ] {
            assert!(faux.parse::<Nature>().is_err(), "{faux}");
        }
    }

    #[test]
    fn chaque_branche_a_son_bit() {
        for branche in Branche::TOUS {
            assert_eq!(Branche::du_bit(branche.bit()), Some(*branche));
        }
        for bit in [0, 3, 5, 6, 7, 8] {
            assert_eq!(Branche::du_bit(bit), None);
        }
        assert_eq!(Nature::Indu(Prestation::Rsa).branche().bit(), 2);
    }
}
