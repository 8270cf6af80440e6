//! `mauvaise_periode` : ce qui manque à un mois est en trop sous un autre.
//!
//! D'abord les paires de même montant, des mois les plus proches aux plus lointains ; puis, si tout ce qui manque encore
//! à l'établissement égale tout ce qu'il a en trop, chaque mois qui manque. Les retards n'y changent rien : l'argent est
//! là.

use std::collections::{BTreeMap, BTreeSet};

use valeurs::{Montant, Periode};

use super::mois::Etablissement;
use super::{Classe, Preuve, preuves};
use crate::Erreur;

type ParMois = BTreeMap<Periode, Montant>;

/// Apparie les mois qui se compensent : note l'écart sur le mois déclaré, et rien d'autre ne reste de l'un ni de l'autre.
pub(super) fn compenser(etablissement: &mut Etablissement<'_>) -> Result<(), Erreur> {
    let mois = || etablissement.mois.iter();
    let mut manques: ParMois = mois()
        .map(|(p, m)| (*p, m.manque))
        .filter(|(_, m)| !m.est_nul())
        .collect();
    let mut surplus: ParMois = mois()
        .map(|(p, m)| (*p, m.surplus))
        .filter(|(_, m)| !m.est_nul())
        .collect();
    let mut compenses = paires(&mut manques, &mut surplus);
    let ensemble = !manques.is_empty()
        && !surplus.is_empty()
        && Montant::somme(manques.values().copied())? == Montant::somme(surplus.values().copied())?;
    if ensemble {
        let tous: Vec<Periode> = surplus.into_keys().collect();
        compenses.extend(manques.into_keys().map(|manque| (manque, tous.clone())));
    }
    let payants: BTreeSet<Periode> = compenses
        .iter()
        .flat_map(|(_, payants)| payants.iter().copied())
        .collect();
    for (manque, payants) in compenses {
        let lieux: Vec<Preuve> = payants
            .iter()
            .flat_map(|p| preuves_du_surplus(etablissement, *p))
            .collect();
        if let Some(m) = etablissement.mois.get_mut(&manque) {
            let montant = std::mem::take(&mut m.manque);
            m.ecarts.noter(
                Classe::MauvaisePeriode,
                montant,
                m.preuves_ordre().into_iter().chain(lieux),
            );
        }
    }
    for (_, m) in etablissement
        .mois
        .iter_mut()
        .filter(|(mois, _)| payants.contains(mois))
    {
        m.surplus = Montant::ZERO;
    }
    Ok(())
}

/// Les paires de même montant, retirées des deux côtés, des plus proches aux plus lointaines.
fn paires(manques: &mut ParMois, surplus: &mut ParMois) -> Vec<(Periode, Vec<Periode>)> {
    let mut possibles: Vec<(i32, Periode, Periode)> = Vec::new();
    for (m, manque) in manques.iter() {
        let pareils = surplus.iter().filter(|(_, s)| *s == manque);
        possibles.extend(pareils.map(|(s, _)| (distance(*m, *s), *m, *s)));
    }
    possibles.sort_unstable();
    let mut paires = Vec::new();
    for (_, m, s) in possibles {
        if manques.contains_key(&m) && surplus.contains_key(&s) {
            manques.remove(&m);
            surplus.remove(&s);
            paires.push((m, vec![s]));
        }
    }
    paires
}

/// Nombre de mois entre deux mois.
fn distance(a: Periode, b: Periode) -> i32 {
    let rang = |p: Periode| i32::from(p.debut().year()) * 12 + i32::from(p.debut().month());
    (rang(a) - rang(b)).abs()
}

/// Les recettes qui font à elles seules le surplus d'un mois, sinon toutes celles du mois.
fn preuves_du_surplus(etablissement: &Etablissement<'_>, mois: Periode) -> Vec<Preuve> {
    let Some(m) = etablissement.mois.get(&mois) else {
        return Vec::new();
    };
    let exactes: Vec<Preuve> = etablissement
        .paiements(m)
        .filter(|r| r.montant == m.surplus)
        .map(preuves::recette)
        .collect();
    if exactes.is_empty() {
        return m.preuves_recettes().collect();
    }
    exactes
}
