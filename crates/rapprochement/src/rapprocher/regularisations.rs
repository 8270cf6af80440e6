//! `regularisation_excedentaire` : on retire à un individu plus qu'il n'a cotisé pour la période.

use std::collections::{BTreeMap, BTreeSet};

use dsn::Code;
use valeurs::{Montant, Periode};

use super::effectives::place;
use super::faits::{DeclarationGardee, Regularisation};
use super::mois::{Etablissement, Mois};
use super::{Classe, Preuve, preuves};
use crate::Erreur;

/// Ce qui se régularise : un individu, un code, un mois.
type Cle<'a> = (&'a [u8], Code<3>, Periode);

/// Note l'excédent de chaque régularisation sur le mois de la dernière déclaration qui la porte. Une période dont aucune
/// déclaration ne compte n'est pas jugée : on ne sait pas ce qu'elle porte.
pub(super) fn juger(etablissement: &mut Etablissement<'_>) -> Result<(), Erreur> {
    let mut retires: BTreeMap<Cle<'_>, Vec<(&DeclarationGardee, &Regularisation)>> = BTreeMap::new();
    for d in etablissement.mois.values().flat_map(Mois::declarations) {
        for r in d.regularisations.iter().filter(|r| r.montant.est_negatif()) {
            retires
                .entry((&r.individu, r.code, r.periode))
                .or_default()
                .push((d, r));
        }
    }
    retires.retain(|(_, _, periode), _| {
        etablissement
            .mois
            .get(periode)
            .is_some_and(|m| m.declaree().is_some())
    });
    if retires.is_empty() {
        return Ok(());
    }
    let cotises = cotises(etablissement);
    let mut par_mois: BTreeMap<Periode, (Vec<Montant>, Vec<Preuve>)> = BTreeMap::new();
    for (cle, retires) in retires {
        let retire = Montant::somme(retires.iter().map(|(_, r)| r.montant.oppose()))?;
        let cotise = Montant::somme(cotises.get(&cle).into_iter().flatten().copied())?;
        let excedent = retire.checked_sub(cotise.max(Montant::ZERO))?;
        let derniere = retires
            .iter()
            .map(|(d, _)| d)
            .max_by(|a, b| (a.mois, place(a)).cmp(&(b.mois, place(b))));
        if let Some(derniere) = derniere
            && excedent > Montant::ZERO
        {
            let (excedents, lieux) = par_mois.entry(derniere.mois).or_default();
            excedents.push(excedent);
            lieux.extend(retires.iter().map(|(d, r)| preuves::ligne(d, r.ligne)));
        }
    }
    for (mois, (excedents, lieux)) in par_mois {
        let excedent = Montant::somme(excedents)?;
        etablissement.mois.entry(mois).or_default().ecarts.noter(
            Classe::RegularisationExcedentaire,
            excedent,
            lieux,
        );
    }
    Ok(())
}

/// Ce que les déclarations qui comptent portent, par individu, code et mois.
fn cotises<'a>(etablissement: &Etablissement<'a>) -> BTreeMap<Cle<'a>, Vec<Montant>> {
    let comptent = etablissement.mois.values().flat_map(Mois::declarations);
    let comptent: BTreeSet<i64> = comptent.map(|d| d.id).collect();
    let mut cotises: BTreeMap<Cle<'a>, Vec<Montant>> = BTreeMap::new();
    for c in etablissement
        .faits
        .cotises
        .iter()
        .filter(|c| comptent.contains(&c.declaration))
    {
        cotises
            .entry((&c.individu, c.code, c.periode))
            .or_default()
            .push(c.montant);
    }
    cotises
}
