use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::Erreur;

/// Quand une créance ouverte est due, vu d'un jour donné.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Echeance {
    /// Échue depuis plus d'un an.
    PlusDUnAn,
    /// Échue depuis 91 à 365 jours.
    De91A365,
    /// Échue depuis 31 à 90 jours.
    De31A90,
    /// Échue depuis 30 jours au plus.
    Recente,
    /// Due ce jour ou dans les 7 jours.
    Sous7,
    /// Due dans 8 à 30 jours.
    De8A30,
    /// Due plus tard.
    PlusTard,
}

impl Echeance {
    /// Toutes, de la plus ancienne à la plus lointaine.
    pub(super) const TOUTES: [Self; 7] = [
        Self::PlusDUnAn,
        Self::De91A365,
        Self::De31A90,
        Self::Recente,
        Self::Sous7,
        Self::De8A30,
        Self::PlusTard,
    ];

    /// Rang tenu en base.
    pub(super) const fn rang(self) -> i64 {
        match self {
            Self::PlusDUnAn => 0,
            Self::De91A365 => 1,
            Self::De31A90 => 2,
            Self::Recente => 3,
            Self::Sous7 => 4,
            Self::De8A30 => 5,
            Self::PlusTard => 6,
        }
    }

    /// Mots de l'écran.
    pub(super) const fn libelle(self) -> &'static str {
        match self {
            Self::PlusDUnAn => "Échues depuis plus d’un an",
            Self::De91A365 => "Échues depuis 91 à 365 jours",
            Self::De31A90 => "Échues depuis 31 à 90 jours",
            Self::Recente => "Échues depuis 30 jours au plus",
            Self::Sous7 => "À échoir dans les 7 jours",
            Self::De8A30 => "À échoir dans 8 à 30 jours",
            Self::PlusTard => "À échoir plus tard",
        }
    }

    /// La date limite est-elle passée ?
    pub(super) const fn est_echue(self) -> bool {
        matches!(
            self,
            Self::PlusDUnAn | Self::De91A365 | Self::De31A90 | Self::Recente
        )
    }

    /// Première et dernière dates d'exigibilité de la tranche, incluses, vues du jour `au` ; une borne absente est
    /// sans fin.
    pub(super) fn bornes(self, au: Date) -> Result<(Option<Date>, Option<Date>), Erreur> {
        let (du, fin): (Option<i64>, Option<i64>) = match self {
            Self::PlusDUnAn => (None, Some(-366)),
            Self::De91A365 => (Some(-365), Some(-91)),
            Self::De31A90 => (Some(-90), Some(-31)),
            Self::Recente => (Some(-30), Some(-1)),
            Self::Sous7 => (Some(0), Some(7)),
            Self::De8A30 => (Some(8), Some(30)),
            Self::PlusTard => (Some(31), None),
        };
        let jour = |n: i64| au.checked_add(n.days()).map_err(droit::Erreur::from);
        Ok((du.map(jour).transpose()?, fin.map(jour).transpose()?))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn les_tranches_se_suivent_sans_trou_ni_recouvrement() {
        let au = date(2026, 3, 1);
        let bornes: Vec<_> = Echeance::TOUTES.iter().map(|e| e.bornes(au).unwrap()).collect();
        for suite in bornes.windows(2) {
            assert_eq!(suite[0].1.unwrap().tomorrow().unwrap(), suite[1].0.unwrap());
        }
        assert_eq!((bornes[0].0, bornes[6].1), (None, None));
        assert_eq!(
            bornes[4].0,
            Some(au),
            "une créance due ce jour n'est pas encore en retard"
        );
    }

    #[test]
    fn le_rang_en_base_est_celui_de_la_liste() {
        let rangs: Vec<i64> = Echeance::TOUTES.iter().map(|e| e.rang()).collect();
        assert_eq!(rangs, (0..7).collect::<Vec<_>>());
    }
}
