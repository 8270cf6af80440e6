//! L'encaissé contre l'attendu : `impaye`, `partiel`, `trop_percu`, `paye_non_declare`, `retard`, `rejet`.

use jiff::civil::Date;
use valeurs::Montant;

use super::mois::{Etablissement, Mois, est_retour};
use super::{Classe, Preuve, Regles, preuves};
use crate::Erreur;

/// Un écart trouvé, pas encore noté.
type Trouve = (Classe, Montant, Vec<Preuve>);

/// Note ce que les paiements de chaque mois ont d'anormal.
pub(super) fn juger(etablissement: &mut Etablissement<'_>, regles: Regles) -> Result<(), Erreur> {
    let mut trouves = Vec::new();
    for (&mois, m) in &etablissement.mois {
        let rejet = rejet(etablissement, m)?;
        let manque = manque(m, regles);
        let retard = retard(etablissement, m)?;
        let du_mois = [rejet, manque, surplus(etablissement, m), retard];
        trouves.extend(du_mois.into_iter().flatten().map(|t| (mois, t)));
    }
    for (mois, (classe, montant, preuves)) in trouves {
        if let Some(m) = etablissement.mois.get_mut(&mois) {
            m.ecarts.noter(classe, montant, preuves);
        }
    }
    Ok(())
}

/// `impaye` ou `partiel`. Un manque égal à ce qui est revenu impayé n'est qu'un rejet.
fn manque(m: &Mois<'_>, regles: Regles) -> Option<Trouve> {
    if m.manque.est_nul() || !m.echu(regles.au) || revenu(m) {
        return None;
    }
    let rien = m.encaisse_net <= Montant::ZERO && m.paye_par_autre.est_nul();
    if rien {
        return (m.declare > Montant::ZERO).then(|| (Classe::Impaye, m.manque, m.preuves_ordre()));
    }
    let lieux = m
        .preuves_ordre()
        .into_iter()
        .chain(m.preuves_recettes())
        .collect();
    Some((Classe::Partiel, m.manque, lieux))
}

/// Le manque est-il juste ce que les retours, ou l'un d'eux, ont repris ?
fn revenu(m: &Mois<'_>) -> bool {
    let retours = || {
        m.recettes
            .iter()
            .filter(|r| est_retour(r))
            .map(|r| r.montant.oppose())
    };
    retours().any(|r| r == m.manque) || Montant::somme(retours()).is_ok_and(|total| total == m.manque)
}

/// `trop_percu`, ou `paye_non_declare` si rien n'est ni déclaré ni ordonné.
fn surplus(etablissement: &Etablissement<'_>, m: &Mois<'_>) -> Option<Trouve> {
    if m.surplus.est_nul() {
        return None;
    }
    let recettes = etablissement.paiements(m).map(preuves::recette);
    if m.declaree().is_none() || (m.declare.est_nul() && m.ordonne.est_nul()) {
        return Some((Classe::PayeNonDeclare, m.surplus, recettes.collect()));
    }
    Some((
        Classe::TropPercu,
        m.surplus,
        recettes.chain(m.preuves_ordre()).collect(),
    ))
}

/// `retard` : le paiement, entier ou non, ne s'est achevé qu'après l'échéance. Un paiement défait par un retour n'est
/// achevé que par celui qui le refait ; ce qui vient au-delà de l'attendu n'est pas un retard.
fn retard(etablissement: &Etablissement<'_>, m: &Mois<'_>) -> Result<Option<Trouve>, Erreur> {
    let Some(limite) = m
        .limite
        .filter(|_| !m.attendu.est_nul() && !m.ecarts.contient(Classe::MauvaisePeriode))
    else {
        return Ok(None);
    };
    let Some(acheve) = acheve_le(etablissement, m)?.filter(|jour| *jour > limite) else {
        return Ok(None);
    };
    let tardives = || {
        etablissement
            .paiements(m)
            .filter(move |r| r.jour > limite && r.jour <= acheve)
    };
    let montant = Montant::somme(tardives().map(|r| r.montant))?;
    let lieux = tardives()
        .map(preuves::recette)
        .chain(m.preuves_ordre())
        .collect();
    Ok(Some((Classe::Retard, montant.min(m.attendu), lieux)))
}

/// Le jour où l'attendu a été atteint pour de bon, sinon celui du dernier paiement ; aucun si rien n'est encaissé.
fn acheve_le(etablissement: &Etablissement<'_>, m: &Mois<'_>) -> Result<Option<Date>, Erreur> {
    if m.encaisse <= Montant::ZERO {
        return Ok(None);
    }
    let mut cumul = Montant::ZERO;
    let mut atteint = None;
    for recette in &m.recettes {
        cumul = cumul.checked_add(recette.montant)?;
        if cumul < m.attendu {
            atteint = None;
        } else {
            atteint = atteint.or(Some(recette.jour));
        }
    }
    Ok(atteint.or_else(|| etablissement.paiements(m).map(|r| r.jour).max()))
}

/// `rejet` : un prélèvement est revenu impayé, même si un autre paiement l'a remplacé depuis.
fn rejet(etablissement: &Etablissement<'_>, m: &Mois<'_>) -> Result<Option<Trouve>, Erreur> {
    let retours: Vec<_> = m.recettes.iter().copied().filter(|r| est_retour(r)).collect();
    if retours.is_empty() {
        return Ok(None);
    }
    let montant = Montant::somme(retours.iter().map(|r| r.montant.oppose()))?;
    let origines = retours
        .iter()
        .filter_map(|r| etablissement.recettes.get(&r.retour_de?).copied());
    let lieux = origines
        .chain(retours.iter().copied())
        .map(preuves::recette)
        .collect();
    Ok(Some((Classe::Rejet, montant, lieux)))
}
