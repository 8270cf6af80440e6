//! Les périodes d'emploi et de cotisation.

use std::{fmt, str::FromStr};

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{ErreurPeriode, texte::par_texte};

const MOIS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// Le nom français d'un mois de 1 à 12, sans majuscule.
pub(crate) fn nom_du_mois(mois: i8) -> &'static str {
    usize::try_from(mois)
        .ok()
        .and_then(|mois| MOIS.get(mois.checked_sub(1)?))
        .expect("jiff et Periode ne portent que des mois de 1 à 12")
}

/// Un mois, un trimestre ou une année civils, du premier au dernier jour inclus.
///
/// L'ordre est celui du début, puis de la fin : janvier précède le premier trimestre, qui précède l'année.
/// S'écrit `2026-01`, `2026-T1` ou `2026`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Periode {
    debut: Date,
    fin: Date,
}

/// Ce qu'est une période, pour qui doit les distinguer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GenrePeriode {
    /// Un mois civil.
    Mois {
        /// Année, de 1900 à 2999.
        annee: i16,
        /// Mois, de 1 à 12.
        mois: i8,
    },
    /// Un trimestre civil.
    Trimestre {
        /// Année, de 1900 à 2999.
        annee: i16,
        /// Rang du trimestre, de 1 à 4.
        n: i8,
    },
    /// Une année civile.
    Annee {
        /// Année, de 1900 à 2999.
        annee: i16,
    },
}

impl Periode {
    /// Le mois `mois` (1 à 12) de l'année.
    ///
    /// # Errors
    /// Mois hors de 1 à 12, année hors de 1900 à 2999.
    pub fn mois(annee: i16, mois: i8) -> Result<Self, ErreurPeriode> {
        Self::de_mois_a_mois(annee, mois, mois, ErreurPeriode::Mois)
    }

    /// Le mois où tombe ce jour.
    ///
    /// # Errors
    /// Année hors de 1900 à 2999.
    pub fn mois_du(jour: Date) -> Result<Self, ErreurPeriode> {
        Self::mois(jour.year(), jour.month())
    }

    /// Le mois qui vient tant de mois avant le premier de la période.
    ///
    /// # Errors
    /// Année hors de 1900 à 2999.
    pub fn mois_avant(self, combien: u16) -> Result<Self, ErreurPeriode> {
        Self::mois_du(self.debut.saturating_sub(i64::from(combien).months()))
    }

    /// Le trimestre `n` (1 à 4) de l'année.
    ///
    /// # Errors
    /// Trimestre hors de 1 à 4, année hors de 1900 à 2999.
    pub fn trimestre(annee: i16, n: i8) -> Result<Self, ErreurPeriode> {
        let (premier, dernier) = match n {
            1 => (1, 3),
            2 => (4, 6),
            3 => (7, 9),
            4 => (10, 12),
            _ => return Err(ErreurPeriode::Trimestre),
        };
        Self::de_mois_a_mois(annee, premier, dernier, ErreurPeriode::Trimestre)
    }

    /// L'année civile entière.
    ///
    /// # Errors
    /// Année hors de 1900 à 2999.
    pub fn annee(annee: i16) -> Result<Self, ErreurPeriode> {
        Self::de_mois_a_mois(annee, 1, 12, ErreurPeriode::Annee)
    }

    fn de_mois_a_mois(
        annee: i16,
        premier: i8,
        dernier: i8,
        sinon: ErreurPeriode,
    ) -> Result<Self, ErreurPeriode> {
        if !(1900..=2999).contains(&annee) {
            return Err(ErreurPeriode::Annee);
        }
        let debut = Date::new(annee, premier, 1).map_err(|_| sinon)?;
        let fin = Date::new(annee, dernier, 1).map_err(|_| sinon)?.last_of_month();
        Ok(Self { debut, fin })
    }

    /// Le premier jour.
    #[must_use]
    pub const fn debut(self) -> Date {
        self.debut
    }

    /// Le dernier jour, compris dans la période.
    #[must_use]
    pub const fn fin(self) -> Date {
        self.fin
    }

    /// La date tombe-t-elle dans la période, premier et dernier jours compris ?
    #[must_use]
    pub fn contient(self, date: Date) -> bool {
        (self.debut..=self.fin).contains(&date)
    }

    /// Mois, trimestre ou année.
    #[must_use]
    pub fn genre(self) -> GenrePeriode {
        let annee = self.debut.year();
        match (self.debut.month(), self.fin.month()) {
            (1, 12) => GenrePeriode::Annee { annee },
            (mois, fin) if mois == fin => GenrePeriode::Mois { annee, mois },
            (_, fin) => GenrePeriode::Trimestre { annee, n: fin / 3 },
        }
    }

    /// En toutes lettres : « janvier 2026 », « 1er trimestre 2026 », « année 2026 ».
    #[must_use]
    pub fn libelle(self) -> String {
        match self.genre() {
            GenrePeriode::Mois { annee, mois } => format!("{} {annee}", nom_du_mois(mois)),
            GenrePeriode::Trimestre { annee, n: 1 } => format!("1er trimestre {annee}"),
            GenrePeriode::Trimestre { annee, n } => format!("{n}e trimestre {annee}"),
            GenrePeriode::Annee { annee } => format!("année {annee}"),
        }
    }
}

impl fmt::Display for Periode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texte = match self.genre() {
            GenrePeriode::Mois { annee, mois } => format!("{annee}-{mois:02}"),
            GenrePeriode::Trimestre { annee, n } => format!("{annee}-T{n}"),
            GenrePeriode::Annee { annee } => annee.to_string(),
        };
        f.pad(&texte)
    }
}

impl fmt::Debug for Periode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Periode({self})")
    }
}

impl FromStr for Periode {
    type Err = ErreurPeriode;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let (annee, reste) = match texte.split_once('-') {
            Some((annee, reste)) => (annee, Some(reste)),
            None => (texte, None),
        };
        let annee = nombre(annee, 4).ok_or(ErreurPeriode::Forme)?;
        let Some(reste) = reste else {
            return Self::annee(annee);
        };
        let petit = |texte, taille| {
            nombre(texte, taille)
                .and_then(|n| i8::try_from(n).ok())
                .ok_or(ErreurPeriode::Forme)
        };
        match reste.strip_prefix('T') {
            Some(n) => Self::trimestre(annee, petit(n, 1)?),
            None => Self::mois(annee, petit(reste, 2)?),
        }
    }
}

/// Un entier écrit avec exactement `taille` chiffres.
fn nombre(texte: &str, taille: usize) -> Option<i16> {
    let bien_ecrit = texte.len() == taille && texte.bytes().all(|b| b.is_ascii_digit());
    bien_ecrit.then(|| texte.parse().ok()).flatten()
}

par_texte!(Periode, ErreurPeriode, |periode| periode.to_string());

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn une_periode() -> impl Strategy<Value = Periode> {
        (1900..=2999_i16, 1..=12_i8, 1..=4_i8, 0..3).prop_map(|(annee, mois, n, genre)| match genre {
            0 => Periode::mois(annee, mois).unwrap(),
            1 => Periode::trimestre(annee, n).unwrap(),
            _ => Periode::annee(annee).unwrap(),
        })
    }

    proptest! {
        #[test]
        fn une_periode_ecrite_se_relit(periode in une_periode()) {
            prop_assert_eq!(periode.to_string().parse(), Ok(periode));
        }

        #[test]
        fn une_periode_contient_ses_bornes_et_rien_au_dela(periode in une_periode()) {
            prop_assert!(periode.contient(periode.debut()) && periode.contient(periode.fin()));
            prop_assert!(!periode.contient(periode.debut().yesterday().unwrap()));
            prop_assert!(!periode.contient(periode.fin().tomorrow().unwrap()));
        }
    }

    #[test]
    fn le_mois_de_fevrier_suit_les_annees_bissextiles() {
        assert_eq!(Periode::mois(2024, 2).unwrap().fin(), date(2024, 2, 29));
        assert_eq!(Periode::mois(2026, 2).unwrap().fin(), date(2026, 2, 28));
    }

    #[test]
    fn l_ordre_est_celui_du_debut_puis_de_la_fin() {
        let ordre: Vec<Periode> = ["2026-01", "2026-T1", "2026", "2026-02", "2026-T2"]
            .iter()
            .map(|p| p.parse().unwrap())
            .collect();
        assert!(ordre.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn les_libelles_se_lisent_en_francais() {
        let libelle = |texte: &str| texte.parse::<Periode>().unwrap().libelle();
        assert_eq!(libelle("2026-01"), "janvier 2026");
        assert_eq!(libelle("2026-12"), "décembre 2026");
        assert_eq!(libelle("2026-T1"), "1er trimestre 2026");
        assert_eq!(libelle("2026-T4"), "4e trimestre 2026");
        assert_eq!(libelle("2026"), "année 2026");
    }

    #[test]
    fn ce_qui_n_est_pas_une_periode_est_refuse() {
        let lire = |texte: &str| texte.parse::<Periode>().unwrap_err();
        for texte in [
            "",
            "26",
            "2026-1",
            "2026-Q1",
            "2026-T",
            "2026-t1",
            "2026-T01",
            "2026-",
            "+026",
            "2026-01-01",
        ] {
            assert_eq!(lire(texte), ErreurPeriode::Forme, "{texte}");
        }
        assert_eq!(lire("2026-00"), ErreurPeriode::Mois);
        assert_eq!(lire("2026-13"), ErreurPeriode::Mois);
        assert_eq!(lire("2026-T0"), ErreurPeriode::Trimestre);
        assert_eq!(lire("2026-T5"), ErreurPeriode::Trimestre);
        assert_eq!(lire("1899"), ErreurPeriode::Annee);
    }

    #[test]
    fn une_periode_se_serialise_comme_elle_s_ecrit() {
        let periode = Periode::trimestre(2026, 1).unwrap();
        assert_eq!(serde_json::to_string(&periode).unwrap(), "\"2026-T1\"");
        assert_eq!(serde_json::from_str::<Periode>("\"2026-T1\"").unwrap(), periode);
    }

    #[test]
    fn on_recule_de_mois_en_mois_au_dela_de_l_annee() {
        let janvier = Periode::mois_du("2026-01-31".parse().unwrap()).unwrap();
        assert_eq!(janvier.to_string(), "2026-01");
        assert_eq!(janvier.mois_avant(1).unwrap().to_string(), "2025-12");
        assert_eq!(janvier.mois_avant(24).unwrap().to_string(), "2024-01");
        assert!(Periode::mois(1900, 1).unwrap().mois_avant(1).is_err());
    }
}
