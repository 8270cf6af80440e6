//! Où siège la juridiction, où demeure la personne : les jours fériés et le délai de distance en dépendent.

use crate::enumeration::enumeration;

enumeration! {
    /// Le siège de la juridiction, ou de la caisse quand aucune n’est en cause : il donne les jours fériés.
    pub enum Zone ("la zone") {
        Metropole = "metropole", "France métropolitaine";
        AlsaceMoselle = "alsace-moselle", "Alsace et Moselle";
        Guadeloupe = "guadeloupe", "Guadeloupe";
        Martinique = "martinique", "Martinique";
        Guyane = "guyane", "Guyane";
        LaReunion = "la-reunion", "La Réunion";
        Mayotte = "mayotte", "Mayotte";
        SaintBarthelemy = "saint-barthelemy", "Saint-Barthélemy";
        SaintMartin = "saint-martin", "Saint-Martin";
        SaintPierreEtMiquelon = "saint-pierre-et-miquelon", "Saint-Pierre-et-Miquelon";
        WallisEtFutuna = "wallis-et-futuna", "Wallis-et-Futuna";
    }
}

enumeration! {
    /// Où demeure la personne contre qui court le délai.
    pub enum Residence ("la résidence") {
        Metropole = "metropole", "France métropolitaine";
        AlsaceMoselle = "alsace-moselle", "Alsace et Moselle";
        Guadeloupe = "guadeloupe", "Guadeloupe";
        Martinique = "martinique", "Martinique";
        Guyane = "guyane", "Guyane";
        LaReunion = "la-reunion", "La Réunion";
        Mayotte = "mayotte", "Mayotte";
        SaintBarthelemy = "saint-barthelemy", "Saint-Barthélemy";
        SaintMartin = "saint-martin", "Saint-Martin";
        SaintPierreEtMiquelon = "saint-pierre-et-miquelon", "Saint-Pierre-et-Miquelon";
        WallisEtFutuna = "wallis-et-futuna", "Wallis-et-Futuna";
        PolynesieFrancaise = "polynesie-francaise", "Polynésie française";
        NouvelleCaledonie = "nouvelle-caledonie", "Nouvelle-Calédonie";
        TerresAustrales = "terres-australes", "Terres australes et antarctiques françaises";
        Etranger = "etranger", "Étranger";
    }
}

impl From<Zone> for Residence {
    fn from(zone: Zone) -> Self {
        match zone {
            Zone::Metropole => Self::Metropole,
            Zone::AlsaceMoselle => Self::AlsaceMoselle,
            Zone::Guadeloupe => Self::Guadeloupe,
            Zone::Martinique => Self::Martinique,
            Zone::Guyane => Self::Guyane,
            Zone::LaReunion => Self::LaReunion,
            Zone::Mayotte => Self::Mayotte,
            Zone::SaintBarthelemy => Self::SaintBarthelemy,
            Zone::SaintMartin => Self::SaintMartin,
            Zone::SaintPierreEtMiquelon => Self::SaintPierreEtMiquelon,
            Zone::WallisEtFutuna => Self::WallisEtFutuna,
        }
    }
}

impl Residence {
    /// L’Alsace et la Moselle sont en métropole : seuls leurs jours fériés diffèrent.
    const fn est_en_metropole(self) -> bool {
        matches!(self, Self::Metropole | Self::AlsaceMoselle)
    }
}

/// Le siège et la demeure dont dépend un délai.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Lieu {
    /// Le siège de la juridiction, ou de la caisse.
    pub zone: Zone,
    /// La demeure de la personne contre qui le délai court.
    pub residence: Residence,
}

impl Lieu {
    /// La personne demeure là où siège la juridiction.
    #[must_use]
    pub fn sur_place(zone: Zone) -> Self {
        Self {
            zone,
            residence: zone.into(),
        }
    }

    /// Les mois que la distance ajoute : deux pour qui demeure à l’étranger, un d’outre-mer vers la métropole, de la
    /// métropole vers l’outre-mer et d’un outre-mer à l’autre (CPC 643 et 644).
    pub(crate) fn mois_de_distance(self) -> u8 {
        let siege = Residence::from(self.zone);
        let meme_ressort =
            siege == self.residence || (siege.est_en_metropole() && self.residence.est_en_metropole());
        match self.residence {
            Residence::Etranger => 2,
            _ if meme_ressort => 0,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demeurer_sur_place_n_allonge_aucun_delai() {
        for zone in Zone::TOUS {
            assert_eq!(Lieu::sur_place(*zone).mois_de_distance(), 0, "{zone}");
            assert_eq!(Residence::from(*zone).code(), zone.code());
        }
    }

    #[test]
    fn l_alsace_n_est_pas_loin_de_paris() {
        let vers = |zone, residence| Lieu { zone, residence }.mois_de_distance();
        assert_eq!(vers(Zone::Metropole, Residence::AlsaceMoselle), 0);
        assert_eq!(vers(Zone::AlsaceMoselle, Residence::Metropole), 0);
        assert_eq!(vers(Zone::AlsaceMoselle, Residence::Guyane), 1);
        assert_eq!(vers(Zone::Guyane, Residence::AlsaceMoselle), 1);
    }

    #[test]
    fn un_outre_mer_est_loin_d_un_autre_et_l_etranger_de_tous() {
        for zone in Zone::TOUS {
            for residence in Residence::TOUS {
                let lieu = Lieu {
                    zone: *zone,
                    residence: *residence,
                };
                let mois = lieu.mois_de_distance();
                assert_eq!(mois == 2, *residence == Residence::Etranger);
            }
        }
        let antilles = Lieu {
            zone: Zone::Guadeloupe,
            residence: Residence::Martinique,
        };
        assert_eq!(antilles.mois_de_distance(), 1);
    }
}
