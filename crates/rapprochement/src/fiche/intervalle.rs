//! Les mois d'une fiche.

use jiff::ToSpan as _;
use jiff::civil::Date;
use valeurs::Periode;

use crate::Erreur;

/// Une fiche tient sur trois ans au plus : au-delà, ni la page ni le graphique ne se lisent.
pub const MOIS_MAX: u16 = 36;

/// Les mois montrés sans autre demande : le dernier qui soit fini, et les douze d'avant.
const MOIS_PAR_DEFAUT: u16 = 13;

/// Des mois qui se suivent, de un à [`MOIS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intervalle {
    du: Periode,
    au: Periode,
}

impl Intervalle {
    /// Du premier au dernier mois, inclus, tels qu'une adresse les demande. Ce qui manque vient de ce qu'on montre
    /// d'ordinaire ; des mois à l'envers sont remis à l'endroit, trop de mois sont coupés aux plus récents.
    ///
    /// # Errors
    /// `aujourdhui` est hors de ce qu'une période couvre.
    pub fn demande(du: Option<Periode>, au: Option<Periode>, aujourdhui: Date) -> Result<Self, Erreur> {
        let dernier = Periode::mois_du(aujourdhui)?.mois_avant(1)?;
        let au = au.unwrap_or_else(|| du.map_or(dernier, |du| du.max(dernier)));
        let du = match du {
            Some(du) => du,
            None => au.mois_avant(MOIS_PAR_DEFAUT - 1)?,
        };
        let (du, au) = (du.min(au), du.max(au));
        Ok(Self {
            du: du.max(au.mois_avant(MOIS_MAX - 1)?),
            au,
        })
    }

    /// Le premier mois.
    #[must_use]
    pub const fn du(self) -> Periode {
        self.du
    }

    /// Le dernier mois, inclus.
    #[must_use]
    pub const fn au(self) -> Periode {
        self.au
    }

    /// Les mois, du plus ancien au plus récent.
    ///
    /// # Errors
    /// Jamais, pour un intervalle formé.
    pub fn mois(self) -> Result<Vec<Periode>, Erreur> {
        let mut mois = Vec::new();
        let mut debut = self.du.debut();
        while debut <= self.au.debut() {
            mois.push(Periode::mois_du(debut)?);
            debut = debut.saturating_add(1.month());
        }
        Ok(mois)
    }

    /// Ces jours, inclus, touchent-ils l'intervalle ?
    #[must_use]
    pub fn touche(self, (debut, fin): (Date, Date)) -> bool {
        debut <= self.au.fin() && fin >= self.du.debut()
    }

    /// « de janvier 2025 à janvier 2026 », « janvier 2026 ».
    #[must_use]
    pub fn libelle(self) -> String {
        if self.du == self.au {
            return self.au.libelle();
        }
        let du = self.du.libelle();
        let de = if du.starts_with(['a', 'o']) { "d’" } else { "de " };
        format!("{de}{du} à {}", self.au.libelle())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lire_mois(texte: &str) -> Option<Periode> {
        texte.parse().ok()
    }

    fn intervalle(du: &str, au: &str) -> String {
        let jour = "2026-04-01".parse().unwrap();
        let i = Intervalle::demande(lire_mois(du), lire_mois(au), jour).unwrap();
        format!("{} {} {}", i.du(), i.au(), i.mois().unwrap().len())
    }

    #[test]
    fn sans_demande_ce_sont_les_treize_derniers_mois_finis() {
        assert_eq!(intervalle("", ""), "2025-03 2026-03 13");
    }

    #[test]
    fn une_demande_se_lit_d_un_cote_ou_des_deux() {
        assert_eq!(intervalle("2025-01", "2026-01"), "2025-01 2026-01 13");
        assert_eq!(intervalle("", "2025-12"), "2024-12 2025-12 13");
        assert_eq!(intervalle("2026-01", ""), "2026-01 2026-03 3");
        assert_eq!(intervalle("2026-06", ""), "2026-06 2026-06 1");
    }

    #[test]
    fn a_l_envers_ou_trop_long_l_intervalle_se_redresse() {
        assert_eq!(intervalle("2026-01", "2025-01"), "2025-01 2026-01 13");
        assert_eq!(intervalle("2000-01", "2026-01"), "2023-02 2026-01 36");
    }

    #[test]
    fn un_intervalle_se_lit_en_francais() {
        let i = |du, au| {
            Intervalle::demande(lire_mois(du), lire_mois(au), "2026-04-01".parse().unwrap())
                .unwrap()
                .libelle()
        };
        assert_eq!(i("2025-04", "2026-04"), "d’avril 2025 à avril 2026");
        assert_eq!(i("2025-01", "2026-01"), "de janvier 2025 à janvier 2026");
        assert_eq!(i("2026-01", "2026-01"), "janvier 2026");
    }
}
