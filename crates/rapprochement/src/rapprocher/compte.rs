//! `cai_different` : ce que le compte a émis par une autre voie diffère de ce que la DSN déclare.

use std::collections::BTreeMap;

use droit::FamilleCotisation;
use valeurs::{Montant, Periode};

use super::faits::{CreanceEmise, Faits};
use super::mois::Mois;
use super::{Classe, Preuve, preuves};
use crate::Erreur;

/// Compare, famille par famille, les créances qui portent juste sur le mois à son déclaré. Une famille que le compte n'a
/// pas émise, ou a toute annulée, n'est pas comparée : la DSN l'émet elle-même.
pub(super) fn juger(faits: &Faits, mois: Periode, m: &mut Mois<'_>) -> Result<(), Erreur> {
    if m.declaree().is_none() {
        return Ok(());
    }
    let mut emises: BTreeMap<FamilleCotisation, Vec<&CreanceEmise>> = BTreeMap::new();
    for creance in faits
        .creances
        .iter()
        .filter(|c| c.periode == (mois.debut(), mois.fin()))
    {
        emises.entry(creance.famille).or_default().push(creance);
    }
    let mut differences = Vec::new();
    let mut lieux: Vec<Preuve> = Vec::new();
    for (famille, creances) in emises {
        let emis = Montant::somme(creances.iter().map(|c| c.montant))?;
        let du_mois = m
            .declarations()
            .flat_map(|d| &d.familles)
            .filter(|(f, _)| *f == famille);
        let declare = Montant::somme(du_mois.map(|(_, montant)| *montant))?;
        if !emis.est_nul() && emis != declare {
            differences.push(emis.checked_sub(declare)?);
            lieux.extend(creances.iter().map(|c| preuves::creance(c)));
        }
    }
    if !differences.is_empty() {
        lieux.extend(m.preuves_declarations());
        m.ecarts
            .noter(Classe::CaiDifferent, Montant::somme(differences)?, lieux);
    }
    Ok(())
}
