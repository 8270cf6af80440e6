use jiff::ToSpan as _;
use jiff::civil::Date;

/// Depuis quand une créance attend d'être payée.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// Son échéance n'est pas passée.
    NonEchue,
    /// 30 jours au plus.
    Jusqua30,
    /// De 31 à 90 jours.
    De31A90,
    /// De 91 à 180 jours.
    De91A180,
    /// De 181 à 365 jours.
    De181A365,
    /// Plus d'un an, deux ans au plus.
    PlusDUnAn,
    /// Plus de deux ans (730 jours).
    PlusDeDeuxAns,
}

impl Age {
    /// Tous, du plus frais au plus ancien.
    pub const TOUS: [Self; 7] = [
        Self::NonEchue,
        Self::Jusqua30,
        Self::De31A90,
        Self::De91A180,
        Self::De181A365,
        Self::PlusDUnAn,
        Self::PlusDeDeuxAns,
    ];

    /// Les mots de l'écran.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::NonEchue => "Non échue",
            Self::Jusqua30 => "30 jours au plus",
            Self::De31A90 => "31 à 90 jours",
            Self::De91A180 => "91 à 180 jours",
            Self::De181A365 => "181 à 365 jours",
            Self::PlusDUnAn => "Plus d’un an",
            Self::PlusDeDeuxAns => "Plus de deux ans",
        }
    }

    /// La première échéance de chaque âge, vue de `au`, sauf le dernier : échue le jour même n'est pas en retard.
    pub(super) fn premieres(au: Date) -> Result<[Date; 6], jiff::Error> {
        let mut jours = [au; 6];
        for (jour, recul) in jours.iter_mut().zip([0, 30, 90, 180, 365, 730]) {
            *jour = au.checked_sub(recul.days())?;
        }
        Ok(jours)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn un_age_commence_le_lendemain_de_la_fin_du_precedent() {
        let premieres = Age::premieres(date(2026, 4, 1)).unwrap();
        assert_eq!(premieres[0], date(2026, 4, 1));
        assert_eq!(premieres[1], date(2026, 3, 2));
        assert_eq!(premieres[5], date(2024, 4, 1));
    }
}
