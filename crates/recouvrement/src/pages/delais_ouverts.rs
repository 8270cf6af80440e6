//! Les délais ouverts, chacun avec la manière dont il est trouvé : la même liste sur chaque page qui en montre.

use std::collections::BTreeMap;

use acces::{Action, Visite};
use droit::{Contre, Parcours, PasDelai, RegleDelai};
use jiff::civil::Date;

use super::{Pas, dans, expliquer};
use crate::Erreur;
use crate::procedure::Suivie;

/// Un délai ouvert et son explication.
pub(super) struct DelaiOuvert {
    pub(super) ancre: String,
    pub(super) libelle: String,
    pub(super) contre: Contre,
    /// Son dernier jour, inclus.
    pub(super) echeance: Date,
    pub(super) dans: String,
    pub(super) pas: Vec<Pas>,
    /// Les créances qu'il tient, et leurs pages ; aucune sur la page d'une créance.
    pub(super) creances: Vec<(i64, String)>,
}

/// L'ancre d'un délai dans la page de la créance.
pub(super) fn ancre(creance: i64, regle: &RegleDelai) -> String {
    format!("delai-{}-{creance}", regle.code())
}

impl DelaiOuvert {
    fn nouveau(creance: i64, regle: &RegleDelai, echeance: Date, etapes: &[PasDelai], au: Date) -> Self {
        Self {
            ancre: ancre(creance, regle),
            libelle: regle.libelle().to_owned(),
            contre: regle.contre(),
            echeance,
            dans: dans(echeance, au),
            pas: expliquer(etapes),
            creances: Vec::new(),
        }
    }
}

/// Les délais d'une créance, sans sa prescription, du plus proche au plus lointain.
pub(super) fn d_une_creance(creance: i64, parcours: &Parcours, au: Date) -> Vec<DelaiOuvert> {
    let mut ouverts: Vec<DelaiOuvert> = parcours
        .limites()
        .iter()
        .map(|l| DelaiOuvert::nouveau(creance, l.regle, l.echeance.jour, &l.echeance.etapes, au))
        .collect();
    ouverts.sort_by_key(|ouvert| ouvert.echeance);
    ouverts
}

/// Les délais et les prescriptions de créances ouvertes, du plus proche au plus lointain ; ce que plusieurs partagent au
/// même jour, trouvé de même, ne se dit qu'une fois.
///
/// # Errors
/// Une date qui ne se calcule pas.
pub(super) fn de_plusieurs<A: Action>(
    visite: &Visite<A>,
    suivies: &[Suivie],
    au: Date,
) -> Result<Vec<DelaiOuvert>, Erreur> {
    let mut ouverts: BTreeMap<(Date, String, Vec<String>), DelaiOuvert> = BTreeMap::new();
    for suivie in suivies.iter().filter(|s| !s.parcours.position().est_fin()) {
        let mut siens = d_une_creance(suivie.creance, &suivie.parcours, au);
        let p = suivie.parcours.prescription(au)?;
        if p.court {
            siens.push(DelaiOuvert::nouveau(
                suivie.creance,
                p.regle,
                p.jour,
                &p.etapes,
                au,
            ));
        }
        for sien in siens {
            let phrases = sien.pas.iter().map(|pas| pas.phrase.clone()).collect();
            let cle = (sien.echeance, sien.libelle.clone(), phrases);
            let url = visite.url(&format!("/{{caisse}}/creances/{}/procedure", suivie.creance));
            ouverts
                .entry(cle)
                .or_insert(sien)
                .creances
                .push((suivie.creance, url));
        }
    }
    Ok(ouverts.into_values().collect())
}
