//! L'histoire d'un dossier sur les deux ans qui précèdent le jour de la démonstration.

mod employeur;
mod fiche;
mod indus;
mod non_salarie;
mod reglements;
mod soins;

use droit::Regime;
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use valeurs::{Matricule, Montant, Periode};

pub(crate) use employeur::{DEPOT_MAX, FAMILLES, dernier_mois_declare};
pub(crate) use reglements::nom_de_banque;

use crate::{
    debiteur::{Creance, Debiteur},
    identite::Habitant,
    tirage::Tirage,
};

/// Jusqu'où remonte l'histoire.
const MOIS: i64 = 24;

/// Des créances exigibles le même jour, pour la même période : ce qu'un payeur règle d'un coup.
pub(crate) struct Echeance {
    /// Ce que le payeur désigne, s'il désigne quelque chose.
    pub(crate) periode: Option<Periode>,
    pub(crate) exigible_le: Date,
    pub(crate) creances: Vec<Creance>,
}

impl Echeance {
    pub(crate) fn total(&self) -> Montant {
        Montant::somme(self.creances.iter().map(Creance::montant))
            .expect("une échéance de démonstration est loin du plus grand montant")
    }
}

/// Les références des créances d'un dossier, dans l'ordre.
struct References<'a> {
    matricule: &'a Matricule,
    donnees: u32,
}

impl References<'_> {
    fn suivante(&mut self) -> String {
        self.donnees += 1;
        format!("{}-{:03}", self.matricule.as_str(), self.donnees)
    }
}

/// Le dossier d'un habitant, tel qu'il est ce jour-là.
pub(crate) fn dossier(habitant: Habitant, aujourdhui: Date, tirage: &mut Tirage) -> Debiteur {
    let echeances = echeances(&habitant, aujourdhui, tirage);
    let encaissements = reglements::paiements(&habitant.identite, &echeances, aujourdhui, tirage);
    let (commentaires, evenements) = fiche::fiche(&echeances, aujourdhui, tirage);
    Debiteur {
        identite: habitant.identite,
        contacts: habitant.contacts,
        creances: echeances
            .into_iter()
            .flat_map(|echeance| echeance.creances)
            .collect(),
        encaissements,
        commentaires,
        evenements,
    }
}

/// Les échéances du dossier, par date d'exigibilité.
fn echeances(habitant: &Habitant, aujourdhui: Date, tirage: &mut Tirage) -> Vec<Echeance> {
    let mut references = References {
        matricule: &habitant.identite.matricule,
        donnees: 0,
    };
    match habitant.identite.regime {
        Regime::Employeur => employeur::echeances(aujourdhui, &mut references, tirage),
        Regime::NonSalarie => non_salarie::appels_fractionnes(aujourdhui, &mut references, tirage),
        Regime::Solidarite => non_salarie::appels_uniques(aujourdhui, &mut references, tirage),
        Regime::Assure => indus::echeances(habitant.tranche, aujourdhui, &mut references, tirage),
        Regime::ProfessionnelSante => soins::echeances(aujourdhui, &mut references, tirage),
    }
}

/// Des rangs croissants et différents dans `0..parmi`, au plus `combien` : un par tranche égale.
fn rangs_repartis(combien: i64, parmi: i64, tirage: &mut Tirage) -> Vec<i64> {
    let combien = combien.min(parmi);
    (0..combien)
        .map(|n| tirage.entre(n * parmi / combien, (n + 1) * parmi / combien - 1))
        .collect()
}

/// Des jours passés, du plus ancien au plus récent, chacun entre `min` et `max` jours avant aujourd'hui.
fn jours_passes(combien: i64, (min, max): (i64, i64), aujourdhui: Date, tirage: &mut Tirage) -> Vec<Date> {
    let rangs = rangs_repartis(combien, max - min + 1, tirage);
    rangs
        .into_iter()
        .map(|rang| plus_jours(aujourdhui, rang - max))
        .collect()
}

/// La date, tant de jours plus tard.
pub(crate) fn plus_jours(date: Date, jours: i64) -> Date {
    date.saturating_add(jours.days())
}

/// La date, ou le lundi qui suit si elle tombe en fin de semaine : ni banque ni agent n'y travaille.
pub(crate) fn jour_ouvre(date: Date) -> Date {
    match date.weekday() {
        Weekday::Saturday => plus_jours(date, 2),
        Weekday::Sunday => plus_jours(date, 1),
        _ => date,
    }
}

/// La date, tant de mois plus tard.
pub(crate) fn plus_mois(date: Date, mois: i64) -> Date {
    date.saturating_add(mois.months())
}

/// Des éléments qui se suivent dans la liste, tenue pour un cercle, à partir d'un rang tiré.
fn suite_circulaire<T: Copy>(liste: &[T], combien: i64, tirage: &mut Tirage) -> Vec<T> {
    let longueur = i64::try_from(liste.len()).unwrap_or(1);
    let debut = usize::try_from(tirage.entre(0, longueur - 1)).unwrap_or_default();
    let combien = usize::try_from(combien).unwrap_or_default().min(liste.len());
    liste.iter().copied().cycle().skip(debut).take(combien).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn les_rangs_repartis_croissent_et_restent_dans_la_liste(
            graine: [u8; 32], combien in 1_i64..30, parmi in 1_i64..60,
        ) {
            let rangs = rangs_repartis(combien, parmi, &mut Tirage::nouveau(graine, 0));
            prop_assert_eq!(i64::try_from(rangs.len()).unwrap(), combien.min(parmi));
            prop_assert!(rangs.windows(2).all(|deux| deux[0] < deux[1]));
            prop_assert!(rangs.iter().all(|rang| (0..parmi).contains(rang)));
        }
    }
}
