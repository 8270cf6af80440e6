//! Du déclencheur à l’échéance, pas à pas.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use valeurs::date_longue;

use super::{
    Lieu,
    feries::NonOuvre,
    regle::{Duree, GenreDelai, Origine, RegleDelai},
};
use crate::{Article, Droit, Erreur};

/// Un pas du calcul d’une date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PasDelai {
    /// Le jour où ce pas arrive.
    pub jour: Date,
    /// Ce qui est fait, en français.
    pub phrase: String,
    /// Les articles qui le fondent.
    pub articles: Vec<&'static Article>,
}

/// La date qu’un délai donne, et comment elle est trouvée.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Echeance {
    /// Le dernier jour, inclus : le délai expire à minuit.
    pub jour: Date,
    /// Le calcul, du jour zéro à la fin.
    pub etapes: Vec<PasDelai>,
    /// La rédaction appliquée : `opposition-contrainte@2020-01-01`. Stable, à garder avec le dossier.
    pub version: String,
}

impl RegleDelai {
    /// L’échéance du délai que fait courir un fait du jour `declencheur`.
    ///
    /// Le jour du fait ne compte pas. Les mois vont de quantième à quantième, ou au dernier jour du mois (CPC 641) ;
    /// la distance s’ajoute avant les jours (CPC 643 et 644) ; un acte dont le dernier jour n’est pas ouvré se reporte
    /// au premier jour ouvré (CPC 642).
    ///
    /// # Errors
    /// Aucune rédaction connue à cette date ; date hors du calendrier.
    pub fn echeance(&'static self, declencheur: Date, lieu: Lieu) -> Result<Echeance, Erreur> {
        self.compter(declencheur, lieu, Depart::Declencheur)
    }

    /// L’échéance d’une prescription interrompue le jour `interruption` : sa durée repart de ce jour (code civil 2231).
    ///
    /// Ne repart que la dernière période : ni la fin de l’année, ni le mois imparti par une mise en demeure.
    ///
    /// # Errors
    /// Aucune rédaction connue à cette date ; date hors du calendrier.
    pub(crate) fn apres_interruption(
        &'static self,
        interruption: Date,
        lieu: Lieu,
    ) -> Result<Echeance, Erreur> {
        self.compter(interruption, lieu, Depart::Interruption)
    }

    fn compter(&'static self, declencheur: Date, lieu: Lieu, depart: Depart) -> Result<Echeance, Erreur> {
        let droit = Droit::charger();
        let version = self.version(declencheur)?;
        let calcul = &droit.delais.calcul;
        let mut calcul = Calcul {
            jour: declencheur,
            comput: match self.genre() {
                GenreDelai::Prescription => &calcul.prescription,
                GenreDelai::Acte | GenreDelai::Franc | GenreDelai::Terme => &calcul.quantieme,
            },
            etapes: Vec::new(),
        };
        calcul.jour_zero(self, depart)?;
        if version.par_analogie(declencheur) {
            calcul.noter(
                format!(
                    "Rédaction du {} appliquée par analogie à un fait antérieur : à vérifier",
                    date_longue(version.depuis())
                ),
                &version.articles,
            );
        }
        let distance = calcul.distance(self, lieu, droit);
        let periodes = match depart {
            Depart::Declencheur => &version.periodes[..],
            Depart::Interruption => &version.periodes[version.periodes.len() - 1..],
        };
        for (rang, periode) in periodes.iter().enumerate() {
            let distance = if rang == 0 { distance } else { 0 };
            calcul.ajouter(periode, distance, &version.articles)?;
        }
        if self.genre() == GenreDelai::Franc {
            calcul.jour = calcul.jour.tomorrow()?;
            calcul.noter(
                format!("Délai franc : jusqu’au lendemain, {}", jour_dit(calcul.jour)),
                &droit.delais.calcul.franc,
            );
        }
        if self.genre().se_reporte() {
            calcul.reporter(lieu, droit)?;
        }
        calcul.finir(self);
        Ok(Echeance {
            jour: calcul.jour,
            etapes: calcul.etapes,
            version: format!("{}@{}", self.code(), version.depuis()),
        })
    }
}

/// D’où un délai se compte.
#[derive(Clone, Copy)]
enum Depart {
    Declencheur,
    Interruption,
}

struct Calcul {
    jour: Date,
    /// Les articles qui disent comment ce genre de délai se compte.
    comput: &'static [Article],
    etapes: Vec<PasDelai>,
}

impl Calcul {
    fn noter(&mut self, phrase: String, articles: impl IntoIterator<Item = &'static Article>) {
        self.etapes.push(PasDelai {
            jour: self.jour,
            phrase,
            articles: articles.into_iter().collect(),
        });
    }

    fn jour_zero(&mut self, regle: &RegleDelai, depart: Depart) -> Result<(), Erreur> {
        let quoi = match (depart, regle.origine) {
            (Depart::Interruption, _) => "interruption",
            (Depart::Declencheur, Origine::Jour) => regle.declencheur(),
            (Depart::Declencheur, Origine::FinDAnnee) => {
                self.jour = Date::new(self.jour.year(), 12, 31)?;
                "fin de l’année civile"
            }
        };
        self.noter(
            format!("Jour zéro, qui ne compte pas : {}, {quoi}", jour_dit(self.jour)),
            self.comput,
        );
        Ok(())
    }

    /// Les mois que la distance ajoute, et le pas qui le dit.
    fn distance(&mut self, regle: &RegleDelai, lieu: Lieu, droit: &'static Droit) -> i32 {
        let mois = lieu.mois_de_distance();
        let Some(distance) = regle.distance.filter(|_| mois > 0) else {
            return 0;
        };
        let mut phrase = format!(
            "Distance : {mois} mois de plus, siège {}, demeure {}",
            lieu.zone, lieu.residence
        );
        if let Some(reserve) = &regle.reserve_distance {
            phrase = format!("{phrase} ; {reserve} : à vérifier");
        }
        self.noter(phrase, droit.delais.calcul.distance(distance));
        mois.into()
    }

    fn ajouter(
        &mut self,
        periode: &'static Duree,
        distance: i32,
        articles: &'static [Article],
    ) -> Result<(), Erreur> {
        let quoi = periode
            .quoi
            .as_deref()
            .map_or(String::new(), |quoi| format!(", {quoi}"));
        let mois = periode
            .en_mois()
            .checked_add(distance)
            .ok_or(Erreur::HorsCalendrier)?;
        if mois > 0 {
            let depart = self.jour;
            self.jour = depart.checked_add(mois.months())?;
            let duree = duree_en_mois(mois);
            let maniere = if self.jour.day() == depart.day() {
                "de quantième à quantième".to_owned()
            } else {
                format!("jusqu’au dernier jour du mois, qui n’a pas de {}", depart.day())
            };
            // Le texte du délai ne fonde ce pas que s’il parle en mois : pour 15 jours, seule la distance en ajoute.
            let fondement = if periode.en_mois() > 0 { articles } else { &[] };
            self.noter(
                format!("{duree}{quoi}, {maniere} : {}", jour_dit(self.jour)),
                fondement.iter().chain(self.comput),
            );
        }
        if periode.jours > 0 {
            let jours = i32::from(periode.jours);
            self.jour = self.jour.checked_add(jours.days())?;
            let pluriel = if jours == 1 { "jour" } else { "jours" };
            let ordre = if mois > 0 { "Puis " } else { "" };
            self.noter(
                format!("{ordre}{jours} {pluriel}{quoi} : {}", jour_dit(self.jour)),
                articles.iter().chain(self.comput),
            );
        }
        Ok(())
    }

    fn reporter(&mut self, lieu: Lieu, droit: &'static Droit) -> Result<(), Erreur> {
        while let Some(raison) = droit.non_ouvre(lieu.zone, self.jour)? {
            let (pourquoi, feries) = match raison {
                NonOuvre::FinDeSemaine(jour) => (nom_du_jour(jour).to_owned(), &[][..]),
                NonOuvre::Ferie(ferie) => (ferie.nom().to_owned(), ferie.articles()),
            };
            let passe = self.jour;
            self.jour = passe.tomorrow()?;
            self.noter(
                format!(
                    "Le {} n’est pas ouvré ({pourquoi}) : reporté au {}",
                    date_longue(passe),
                    jour_dit(self.jour)
                ),
                droit.delais.calcul.report.iter().chain(feries),
            );
        }
        Ok(())
    }

    fn finir(&mut self, regle: &RegleDelai) {
        let phrase = match regle.genre() {
            GenreDelai::Acte | GenreDelai::Franc => "Dernier jour, jusqu’à minuit",
            GenreDelai::Terme => "Terme, à la fin du jour ; un jour non ouvré ne le reporte pas",
            GenreDelai::Prescription => {
                "Prescription acquise à la fin du jour ; par prudence, un jour non ouvré ne la reporte pas"
            }
        };
        self.noter(format!("{phrase} : {}", jour_dit(self.jour)), []);
        if let Some(reserve) = regle.reserve() {
            self.noter(format!("À vérifier : {reserve}"), []);
        }
    }
}

/// « 3 ans », « 25 mois » : des années quand elles sont entières.
fn duree_en_mois(mois: i32) -> String {
    match (mois / 12, mois % 12) {
        (1, 0) => "1 an".to_owned(),
        (ans, 0) => format!("{ans} ans"),
        _ => format!("{mois} mois"),
    }
}

/// « lundi 2 mars 2026 ».
fn jour_dit(jour: Date) -> String {
    format!("{} {}", nom_du_jour(jour.weekday()), date_longue(jour))
}

const fn nom_du_jour(jour: Weekday) -> &'static str {
    match jour {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    }
}
