//! Où siège la juridiction, où demeure la personne : les jours fériés et le délai de distance en dépendent.

use valeurs::CodeCaisse;

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

impl Zone {
    /// La zone où siège une caisse : celle du tribunal quand le débiteur demeure hors de toute zone.
    #[must_use]
    pub fn du_siege(caisse: CodeCaisse) -> Self {
        match caisse.code() {
            "DMSA68" => Self::AlsaceMoselle,
            "DMSA77" => Self::SaintBarthelemy,
            _ => Self::Metropole,
        }
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
    /// La demeure d’après le code INSEE de la commune (cinq caractères) : le département, ou 99 pour l’étranger. Un code
    /// qui n’en dit rien est en métropole.
    #[must_use]
    pub fn de_la_commune(code_insee: &str) -> Self {
        match code_insee.get(..3).unwrap_or_default() {
            "971" => Self::Guadeloupe,
            "972" => Self::Martinique,
            "973" => Self::Guyane,
            "974" => Self::LaReunion,
            "975" => Self::SaintPierreEtMiquelon,
            "976" => Self::Mayotte,
            "977" => Self::SaintBarthelemy,
            "978" => Self::SaintMartin,
            "984" => Self::TerresAustrales,
            "986" => Self::WallisEtFutuna,
            "987" => Self::PolynesieFrancaise,
            "988" => Self::NouvelleCaledonie,
            trois if trois.starts_with("99") => Self::Etranger,
            trois
                if ["57", "67", "68"]
                    .iter()
                    .any(|departement| trois.starts_with(departement)) =>
            {
                Self::AlsaceMoselle
            }
            _ => Self::Metropole,
        }
    }

    /// La zone où demeure la personne, si elle en est une.
    fn zone(self) -> Option<Zone> {
        Zone::TOUS.iter().copied().find(|zone| Self::from(*zone) == self)
    }

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

    /// Le tribunal est celui de la demeure du débiteur ; celui du siège de la caisse s’il demeure ailleurs qu’en une zone
    /// (CSS R142-10, CRPM R725-9).
    #[must_use]
    pub fn du_debiteur(residence: Residence, caisse: Zone) -> Self {
        Self {
            zone: residence.zone().unwrap_or(caisse),
            residence,
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
    fn seules_les_caisses_d_alsace_et_de_saint_barthelemy_siegent_ailleurs_qu_en_metropole() {
        let ailleurs: Vec<_> = CodeCaisse::toutes()
            .map(|caisse| (caisse.nom(), Zone::du_siege(caisse)))
            .filter(|(_, zone)| *zone != Zone::Metropole)
            .collect();
        let attendues = [
            ("MSA ALSACE", Zone::AlsaceMoselle),
            ("MSA SAINT-BARTHELEMY", Zone::SaintBarthelemy),
        ];
        assert_eq!(ailleurs, attendues);
    }

    #[test]
    fn demeurer_sur_place_n_allonge_aucun_delai() {
        for zone in Zone::TOUS {
            assert_eq!(Lieu::sur_place(*zone).mois_de_distance(), 0, "{zone}");
            assert_eq!(Residence::from(*zone).code(), zone.code());
        }
    }

    #[test]
    fn la_commune_dit_la_demeure_et_le_tribunal() {
        for (commune, residence, zone) in [
            ("33063", Residence::Metropole, Zone::Metropole),
            ("67482", Residence::AlsaceMoselle, Zone::AlsaceMoselle),
            ("57463", Residence::AlsaceMoselle, Zone::AlsaceMoselle),
            ("97411", Residence::LaReunion, Zone::LaReunion),
            ("98735", Residence::PolynesieFrancaise, Zone::Metropole),
            ("99131", Residence::Etranger, Zone::Metropole),
            ("2A004", Residence::Metropole, Zone::Metropole),
            ("", Residence::Metropole, Zone::Metropole),
        ] {
            assert_eq!(Residence::de_la_commune(commune), residence, "{commune}");
            assert_eq!(
                Lieu::du_debiteur(residence, Zone::Metropole).zone,
                zone,
                "{commune}"
            );
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
