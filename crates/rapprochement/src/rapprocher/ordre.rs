//! L'ordre de paiement contre le déclaré : `ordre_different`, `mauvaise_caisse`, les ordres SEPA en double, et ce à quoi
//! l'encaissé se comparera.

use std::collections::{BTreeMap, BTreeSet};

use dsn::{Code, CodeMsa};
use valeurs::{Montant, Periode};

use super::doublons::{self, Pareils};
use super::mois::{Etablissement, Mois};
use super::payeurs;
use super::{Classe, preuves};
use crate::Erreur;

const SEPA: Code<2> = Code::de(b"05");

/// Note les mois qu'un ordre trimestriel d'un autre mois paie : ils n'ordonnent rien, et la période de rattachement de
/// cet ordre, longue de plusieurs mois, les contient.
pub(super) fn relier_trimestres(etablissement: &mut Etablissement<'_>) {
    let mut ordres = Vec::new();
    for (&mois, m) in &etablissement.mois {
        for (debut, fin) in m
            .versements()
            .filter(|(_, v)| v.montant > Montant::ZERO)
            .filter_map(|(_, v)| v.periode)
        {
            if debut.first_of_month() < fin.first_of_month() {
                ordres.push((mois, debut.first_of_month(), fin.last_of_month()));
            }
        }
    }
    for (&mois, m) in &mut etablissement.mois {
        let contient = |o: &&(Periode, _, _)| o.0 != mois && o.1 <= mois.debut() && mois.fin() <= o.2;
        m.paye_avec = ordres
            .iter()
            .find(contient)
            .filter(|_| m.ordonne.est_nul() && m.versements().all(|(_, v)| v.payeur.is_none()))
            .map(|o| o.0);
    }
}

/// Juge l'ordre de chaque mois. `pour_autrui` : le déclaré des établissements qui laissent celui-ci ordonner pour eux.
pub(super) fn juger(
    etablissement: &mut Etablissement<'_>,
    pour_autrui: impl Fn(Periode) -> Montant,
) -> Result<(), Erreur> {
    let mut voisins = voisins(etablissement)?;
    for (mois, m) in &mut etablissement.mois {
        let cibles = cibles(m, &voisins.remove(mois).unwrap_or_default(), pour_autrui(*mois))?;
        retirer_ordres_en_double(m, &cibles)?;
        let mauvaise_caisse = mauvaise_caisse(m)?;
        if !mauvaise_caisse && ordre_different(m, &cibles) {
            let montant = m.ordonne_net.checked_sub(m.declare)?;
            let ordre = m.preuves_ordre().into_iter();
            let lieux: Vec<_> = ordre.chain(m.preuves_declarations()).collect();
            m.ecarts.noter(Classe::OrdreDifferent, montant, lieux);
        }
        m.attendu = if m.ordonne_net > Montant::ZERO {
            m.ordonne_net
        } else if m.paye_avec.is_some() {
            Montant::ZERO
        } else {
            m.declare.max(Montant::ZERO)
        };
        m.manque = if manque_ailleurs(m) {
            Montant::ZERO
        } else {
            let encaisse = m.encaisse.max(Montant::ZERO);
            m.attendu.checked_sub(encaisse)?.max(Montant::ZERO)
        };
    }
    Ok(())
}

/// Ce que l'ordre d'un mois peut payer de mois voisins.
#[derive(Default)]
struct Voisins {
    /// Déclaré des mois payés avec celui-ci.
    declares: Vec<Montant>,
    /// La part trimestrielle de ce déclaré.
    trimestriels: Vec<Montant>,
    /// Codes trimestriels que les mois précédents du trimestre ont laissés de côté.
    differes: Vec<Montant>,
}

fn voisins(etablissement: &Etablissement<'_>) -> Result<BTreeMap<Periode, Voisins>, Erreur> {
    let mut voisins: BTreeMap<Periode, Voisins> = BTreeMap::new();
    for (&mois, m) in &etablissement.mois {
        let sans_trimestriel = m.declare.checked_sub(m.declare_trimestriel)?.max(Montant::ZERO);
        if let Some(ordre) = m.paye_avec {
            let voisins = voisins.entry(ordre).or_default();
            voisins.declares.push(m.declare);
            voisins.trimestriels.push(m.declare_trimestriel);
        } else if m.declare_trimestriel > Montant::ZERO
            && m.ordonne == sans_trimestriel
            && let Some(dernier) = dernier_du_trimestre(mois).filter(|d| *d != mois)
        {
            voisins
                .entry(dernier)
                .or_default()
                .differes
                .push(m.declare_trimestriel);
        }
    }
    Ok(voisins)
}

/// Le dernier mois du trimestre civil d'un mois.
fn dernier_du_trimestre(mois: Periode) -> Option<Periode> {
    let debut = mois.debut();
    Periode::mois(debut.year(), (debut.month() + 2) / 3 * 3).ok()
}

/// Les ordres conformes : le déclaré, avec ou sans les codes trimestriels ; avec celui des mois payés ensemble ; avec ou
/// sans les codes différés jusqu'à ce mois et ce qui est ordonné pour d'autres établissements.
fn cibles(m: &Mois<'_>, voisins: &Voisins, autrui: Montant) -> Result<BTreeSet<Montant>, Erreur> {
    let declare = Montant::somme(voisins.declares.iter().copied().chain([m.declare]))?;
    let trimestriel = Montant::somme(
        voisins
            .trimestriels
            .iter()
            .copied()
            .chain([m.declare_trimestriel]),
    )?;
    let differe = Montant::somme(voisins.differes.iter().copied())?;
    let mut cibles = BTreeSet::new();
    for base in [
        declare,
        declare.checked_sub(trimestriel)?,
        declare.checked_add(differe)?,
    ] {
        let base = base.max(Montant::ZERO);
        cibles.insert(base);
        cibles.insert(base.checked_add(autrui)?);
    }
    Ok(cibles)
}

fn ordre_different(m: &Mois<'_>, cibles: &BTreeSet<Montant>) -> bool {
    let le_payeur_ordonne = m.versements().next().is_some()
        && m.versements()
            .all(|(_, v)| v.mode == Some(payeurs::PAR_AUTRUI) && v.montant.est_nul());
    m.declaree().is_some() && !le_payeur_ordonne && m.paye_avec.is_none() && !cibles.contains(&m.ordonne_net)
}

/// Deux ordres SEPA de même montant et de même période : une copie est de trop autant que l'ordre dépasse le déclaré.
fn retirer_ordres_en_double(m: &mut Mois<'_>, cibles: &BTreeSet<Montant>) -> Result<(), Erreur> {
    if cibles.contains(&m.ordonne) {
        return Ok(());
    }
    let mut groupes: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (d, v) in m
        .versements()
        .filter(|(_, v)| v.mode == Some(SEPA) && v.montant > Montant::ZERO)
    {
        groupes
            .entry((v.montant, v.periode))
            .or_default()
            .push(preuves::ligne(d, v.ligne));
    }
    let groupes: Vec<Pareils> = groupes
        .into_iter()
        .map(|((montant, _), preuves)| Pareils { montant, preuves })
        .collect();
    for cible in cibles.iter().rev() {
        let excedent = m.ordonne.checked_sub(*cible)?;
        let (copies, lieux) = doublons::copies_de_trop(&groupes, excedent)?;
        if !copies.est_nul() {
            m.ordonne_net = m.ordonne.checked_sub(copies)?;
            m.ecarts.noter(Classe::Doublon, copies, lieux);
            break;
        }
    }
    Ok(())
}

/// Le déclaré est ici, son versement à une autre caisse : rien n'est dû ici tant que l'erreur n'est pas corrigée.
fn manque_ailleurs(m: &Mois<'_>) -> bool {
    m.ecarts.contient(Classe::MauvaiseCaisse) && m.ordonne.est_nul()
}

/// Cotisations et versement vont-ils à deux caisses ? Note l'écart si oui.
fn mauvaise_caisse(m: &mut Mois<'_>) -> Result<bool, Erreur> {
    let mut ailleurs: BTreeMap<CodeMsa, (Vec<Montant>, Vec<Montant>)> = BTreeMap::new();
    for &(caisse, declare, ordonne) in m.declarations().flat_map(|d| &d.autres_caisses) {
        let (declares, ordonnes) = ailleurs.entry(caisse).or_default();
        declares.push(declare);
        ordonnes.push(ordonne);
    }
    let rien_d_ordonne = m.ordonne.est_nul() && m.versements().all(|(_, v)| v.payeur.is_none());
    for (declares, ordonnes) in ailleurs.into_values() {
        let declare = Montant::somme(declares)?.max(Montant::ZERO);
        let ordonne = Montant::somme(ordonnes)?;
        let de_trop = ordonne.checked_sub(declare)?;
        let montant = if m.declare > Montant::ZERO && rien_d_ordonne && a_tort_la_bas(m, declare, de_trop) {
            m.declare
        } else if m.declare <= Montant::ZERO && m.ordonne > Montant::ZERO && de_trop.est_negatif() {
            m.ordonne
        } else {
            continue;
        };
        let lieux: Vec<_> = m
            .preuves_ordre()
            .into_iter()
            .chain(m.preuves_declarations())
            .collect();
        m.ecarts.noter(Classe::MauvaiseCaisse, montant, lieux);
        return Ok(true);
    }
    Ok(false)
}

/// Le versement à l'autre caisse y est-il en trop : peu ou rien n'y est déclaré (moins de la moitié de l'ordre), ou le
/// trop est juste ce qui manque ici ?
fn a_tort_la_bas(m: &Mois<'_>, declare_la_bas: Montant, de_trop: Montant) -> bool {
    de_trop > Montant::ZERO && (declare_la_bas < de_trop || de_trop == m.declare)
}
