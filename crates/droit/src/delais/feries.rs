//! Les jours fériés ou chômés d’une zone (`regles/jours_feries.toml`).

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use serde::Deserialize;

use super::Zone;
use crate::{Article, Droit, Erreur, ErreurDonnees, article::Extrait};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    jour: Vec<JourLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JourLu {
    nom: String,
    mois: Option<i8>,
    jour: Option<i8>,
    paques: Option<i32>,
    zones: Option<Vec<Zone>>,
    depuis: Option<Date>,
    articles: Vec<String>,
    #[serde(default)]
    a_verifier: bool,
}

#[derive(Debug)]
enum Place {
    Fixe { mois: i8, jour: i8 },
    Paques { apres: i32 },
}

/// Un jour férié et les textes qui le font tel.
#[derive(Debug)]
pub struct JourFerie {
    nom: String,
    place: Place,
    zones: Vec<Zone>,
    depuis: Option<Date>,
    articles: Vec<Article>,
}

impl JourFerie {
    /// Le nom, tel qu’il se lit dans une phrase : « lundi de Pâques ».
    #[must_use]
    pub fn nom(&self) -> &str {
        &self.nom
    }

    /// Les articles qui le font férié.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    fn tombe(&self, zone: Zone, date: Date) -> Result<bool, Erreur> {
        if !self.zones.contains(&zone) || self.depuis.is_some_and(|depuis| date < depuis) {
            return Ok(false);
        }
        Ok(match self.place {
            Place::Fixe { mois, jour } => (mois, jour) == (date.month(), date.day()),
            Place::Paques { apres } => paques(date.year())?.checked_add(apres.days())? == date,
        })
    }
}

/// Tous les jours fériés connus.
#[derive(Debug)]
pub(crate) struct Feries(Vec<JourFerie>);

impl Feries {
    pub(crate) fn lire(texte: &str, extrait: &Extrait) -> Result<Self, ErreurDonnees> {
        let fichier: Fichier =
            toml::from_str(texte).map_err(|source| ErreurDonnees::illisible("jours_feries", &source))?;
        fichier
            .jour
            .into_iter()
            .map(|lu| lu.fonder(extrait))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl JourLu {
    fn fonder(self, extrait: &Extrait) -> Result<JourFerie, ErreurDonnees> {
        let mut articles = extrait.citer_tous(&self.articles)?;
        if self.a_verifier {
            articles.iter_mut().for_each(|article| article.verifie = false);
        }
        let place = match (self.mois, self.jour, self.paques) {
            (Some(mois), Some(jour), None) if Date::new(2024, mois, jour).is_ok() => {
                Place::Fixe { mois, jour }
            }
            (None, None, Some(apres)) => Place::Paques { apres },
            _ => {
                return Err(ErreurDonnees::valeur_fausse(
                    &self.nom,
                    "écrire `mois` et `jour`, ou `paques`",
                ));
            }
        };
        Ok(JourFerie {
            nom: self.nom,
            place,
            zones: self.zones.unwrap_or_else(|| Zone::TOUS.to_vec()),
            depuis: self.depuis,
            articles,
        })
    }
}

/// Pourquoi un jour n’est pas ouvré.
#[derive(Clone, Copy, Debug)]
pub enum NonOuvre {
    /// Samedi ou dimanche.
    FinDeSemaine(Weekday),
    /// Jour férié ou chômé.
    Ferie(&'static JourFerie),
}

impl Droit {
    /// Le jour férié de cette date dans cette zone, s’il y en a un (CT L3133-1, L3134-13, L3422-2).
    ///
    /// Deux qui tombent ensemble (l’Ascension et le 1er mai) : le premier dans l’ordre des règles.
    ///
    /// # Errors
    /// Date hors du calendrier.
    pub fn jour_ferie(&'static self, zone: Zone, date: Date) -> Result<Option<&'static JourFerie>, Erreur> {
        for ferie in &self.feries.0 {
            if ferie.tombe(zone, date)? {
                return Ok(Some(ferie));
            }
        }
        Ok(None)
    }

    /// Pourquoi ce jour n’est pas ouvré, ou `None` s’il l’est.
    ///
    /// # Errors
    /// Date hors du calendrier.
    pub fn non_ouvre(&'static self, zone: Zone, date: Date) -> Result<Option<NonOuvre>, Erreur> {
        match date.weekday() {
            fin @ (Weekday::Saturday | Weekday::Sunday) => Ok(Some(NonOuvre::FinDeSemaine(fin))),
            _ => Ok(self.jour_ferie(zone, date)?.map(NonOuvre::Ferie)),
        }
    }

    /// Ce jour s’il est ouvré, sinon le premier qui l’est après lui.
    ///
    /// # Errors
    /// Date hors du calendrier.
    pub(crate) fn premier_jour_ouvre(&'static self, zone: Zone, mut jour: Date) -> Result<Date, Erreur> {
        while self.non_ouvre(zone, jour)?.is_some() {
            jour = jour.tomorrow()?;
        }
        Ok(jour)
    }
}

/// Le dimanche de Pâques, du calendrier grégorien (comput de Meeus, Jones et Butcher).
fn paques(annee: i16) -> Result<Date, Erreur> {
    let a = i32::from(annee);
    let (cycle, siecle, rang) = (a % 19, a / 100, a % 100);
    let correction = (siecle - (siecle + 8) / 25 + 1) / 3;
    let epacte = (19 * cycle + siecle - siecle / 4 - correction + 15) % 30;
    let semaine = (32 + 2 * (siecle % 4) + 2 * (rang / 4) - epacte - rang % 4) % 7;
    let recul = (cycle + 11 * epacte + 22 * semaine) / 451;
    let somme = epacte + semaine - 7 * recul + 114;
    let (mois, jour) = (somme / 31, somme % 31 + 1);
    let hors_calendrier = |_| Erreur::HorsCalendrier;
    Ok(Date::new(
        annee,
        i8::try_from(mois).map_err(hors_calendrier)?,
        i8::try_from(jour).map_err(hors_calendrier)?,
    )?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn paques_tombe_aux_dates_connues() {
        for (jour, annee) in [
            (date(1970, 3, 29), 1970),
            (date(2000, 4, 23), 2000),
            (date(2008, 3, 23), 2008),
            (date(2011, 4, 24), 2011),
            (date(2026, 4, 5), 2026),
            (date(2038, 4, 25), 2038),
            (date(2100, 3, 28), 2100),
        ] {
            assert_eq!(paques(annee).unwrap(), jour);
        }
    }

    #[test]
    fn le_8_mai_n_etait_pas_ferie_avant_1982() {
        let ferie = |annee| {
            Droit::charger()
                .jour_ferie(Zone::Metropole, date(annee, 5, 8))
                .unwrap()
        };
        assert!(ferie(1981).is_none());
        assert_eq!(ferie(1982).unwrap().nom(), "8 mai");
    }

    #[test]
    fn le_vendredi_saint_n_arrete_que_l_alsace_et_reste_a_verifier() {
        let vendredi = date(2026, 4, 3);
        let droit = Droit::charger();
        assert!(droit.non_ouvre(Zone::Metropole, vendredi).unwrap().is_none());
        let ferie = droit.jour_ferie(Zone::AlsaceMoselle, vendredi).unwrap().unwrap();
        assert!(ferie.articles().iter().all(|article| !article.verifie));
    }
}
