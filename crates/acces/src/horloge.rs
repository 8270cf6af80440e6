use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// L'heure, comme une valeur que l'on passe : celle du système en service, une heure réglée dans les essais.
#[derive(Clone, Debug)]
pub struct Horloge(Source);

#[derive(Clone, Debug)]
enum Source {
    Systeme,
    /// Microsecondes depuis 1970, partagées par tous les clones.
    Fixe(Arc<AtomicI64>),
}

impl Horloge {
    /// L'heure du système.
    #[must_use]
    pub fn systeme() -> Self {
        Self(Source::Systeme)
    }

    /// Une heure qui n'avance que par [`Horloge::avancer`] ; les clones avancent ensemble.
    #[must_use]
    pub fn fixe(instant: Timestamp) -> Self {
        Self(Source::Fixe(Arc::new(AtomicI64::new(instant.as_microsecond()))))
    }

    /// Avance une horloge réglée ; sans effet sur celle du système.
    pub fn avancer(&self, duree: SignedDuration) {
        if let Source::Fixe(instant) = &self.0 {
            let pas = i64::try_from(duree.as_micros()).unwrap_or(i64::MAX);
            instant.fetch_add(pas, Ordering::Relaxed);
        }
    }

    /// L'instant présent.
    #[must_use]
    pub fn maintenant(&self) -> Timestamp {
        match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                reason = "c'est ici, et nulle part ailleurs, que l'heure entre"
            )]
            Source::Systeme => Timestamp::now(),
            Source::Fixe(instant) => {
                Timestamp::from_microsecond(instant.load(Ordering::Relaxed)).unwrap_or(Timestamp::MAX)
            }
        }
    }

    /// La date de Paris à l'instant présent.
    #[must_use]
    pub fn aujourdhui(&self) -> Date {
        date_de_paris(self.maintenant())
    }
}

/// La date civile à Paris d'un instant : celle qui compte pour les délais et les écritures.
#[must_use]
pub fn date_de_paris(instant: Timestamp) -> Date {
    heure_de_paris(instant).date()
}

/// La date et l'heure civiles à Paris d'un instant.
#[must_use]
pub fn heure_de_paris(instant: Timestamp) -> DateTime {
    instant.to_zoned(paris()).datetime()
}

/// Le début d'une journée de Paris.
#[must_use]
pub fn debut_du_jour(date: Date) -> Timestamp {
    date.to_zoned(paris()).map_or(Timestamp::MIN, |z| z.timestamp())
}

/// Un instant comme on le lit : « 02/03/2026 14:05:09 », heure de Paris.
#[must_use]
pub fn instant_fr(instant: Timestamp) -> String {
    instant
        .to_zoned(paris())
        .strftime("%d/%m/%Y %H:%M:%S")
        .to_string()
}

/// L'heure légale française depuis 1996, écrite ici pour ne dépendre d'aucun fichier de la machine
/// (directive 2000/84/CE : dernier dimanche de mars et d'octobre, à 1 h UTC).
fn paris() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn la_date_de_paris_change_a_minuit_de_paris() {
        let date_a = |t: &str| date_de_paris(t.parse().unwrap());
        assert_eq!(date_a("2026-01-31T22:59:59Z"), date(2026, 1, 31));
        assert_eq!(date_a("2026-01-31T23:00:00Z"), date(2026, 2, 1));
        assert_eq!(date_a("2026-07-31T21:59:59Z"), date(2026, 7, 31));
        assert_eq!(date_a("2026-07-31T22:00:00Z"), date(2026, 8, 1));
    }

    #[test]
    fn l_heure_d_ete_suit_les_derniers_dimanches() {
        assert_eq!(
            instant_fr("2026-03-29T00:59:59Z".parse().unwrap()),
            "29/03/2026 01:59:59"
        );
        assert_eq!(
            instant_fr("2026-03-29T01:00:00Z".parse().unwrap()),
            "29/03/2026 03:00:00"
        );
        assert_eq!(
            instant_fr("2026-10-25T01:00:00Z".parse().unwrap()),
            "25/10/2026 02:00:00"
        );
        assert_eq!(
            debut_du_jour(date(2026, 7, 1)),
            "2026-06-30T22:00:00Z".parse().unwrap()
        );
    }

    #[test]
    fn les_clones_d_une_horloge_reglee_avancent_ensemble() {
        let horloge = Horloge::fixe("2026-03-02T08:00:00Z".parse().unwrap());
        let clone = horloge.clone();
        horloge.avancer(SignedDuration::from_mins(61));
        assert_eq!(clone.maintenant(), "2026-03-02T09:01:00Z".parse().unwrap());
        assert_eq!(clone.aujourdhui(), date(2026, 3, 2));
    }
}
