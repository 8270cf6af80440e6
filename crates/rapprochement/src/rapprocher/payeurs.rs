//! `paye_par_autre` : un versement en mode 06 nomme un autre établissement, dont l'excédent du même mois paie celui-ci.
//!
//! Un payeur sert ceux qui le nomment dans l'ordre des SIRET. Il peut verser sans ordonner (son excédent les couvre), ou
//! ordonner lui-même pour ceux dont l'ordre est à zéro (ce qu'il a ordonné au-delà de son déclaré les couvre).

use std::collections::BTreeMap;

use dsn::Code;
use valeurs::{Montant, Periode, Siret};

use super::mois::{Etablissement, Mois};
use super::{Classe, preuves};
use crate::Erreur;

/// Le mode de paiement « réalisé par un autre établissement ».
pub(super) const PAR_AUTRUI: Code<2> = Code::de(b"06");

/// Qui paie pour qui : les dépendants de chaque payeur et mois, dans l'ordre des SIRET.
pub(super) type Liens = BTreeMap<(usize, Periode), Vec<Lien>>;

/// Un établissement qu'un autre paie pour un mois.
pub(super) struct Lien {
    dependant: usize,
    /// Ce que le payeur doit verser, si l'ordre le dit ; sinon, c'est lui qui ordonne.
    ordonne: Option<Montant>,
}

/// Les liens entre établissements, triés par SIRET.
pub(super) fn liens(etablissements: &[Etablissement<'_>]) -> Result<Liens, Erreur> {
    let mut liens = Liens::new();
    for (dependant, etablissement) in etablissements.iter().enumerate() {
        for (&mois, m) in &etablissement.mois {
            for (payeur, ordres) in payeurs(m) {
                let ordonne = Montant::somme(ordres)?;
                let Ok(rang) = etablissements.binary_search_by(|e| e.faits.siret.cmp(payeur)) else {
                    continue;
                };
                let ordonne = Some(ordonne).filter(|o| !o.est_nul());
                liens
                    .entry((rang, mois))
                    .or_default()
                    .push(Lien { dependant, ordonne });
            }
        }
    }
    Ok(liens)
}

fn payeurs<'a>(m: &Mois<'a>) -> BTreeMap<&'a Siret, Vec<Montant>> {
    let mut payeurs: BTreeMap<&Siret, Vec<Montant>> = BTreeMap::new();
    for (_, v) in m.versements().filter(|(_, v)| v.mode == Some(PAR_AUTRUI)) {
        if let Some(payeur) = &v.payeur {
            payeurs.entry(payeur).or_default().push(v.montant);
        }
    }
    payeurs
}

/// Ce que chaque payeur peut ordonner en plus de son déclaré : celui des établissements qui le laissent ordonner.
pub(super) fn ordonne_pour_autrui(
    etablissements: &[Etablissement<'_>],
    liens: &Liens,
) -> Result<BTreeMap<(usize, Periode), Montant>, Erreur> {
    let sommes = liens.iter().map(|(&(payeur, mois), dependants)| {
        let declares = dependants
            .iter()
            .filter(|l| l.ordonne.is_none())
            .filter_map(|l| etablissements.get(l.dependant)?.mois.get(&mois))
            .map(|m| m.declare.max(Montant::ZERO));
        Ok(((payeur, mois), Montant::somme(declares)?))
    });
    sommes.collect()
}

impl Lien {
    /// Ce qui manque au dépendant et que le payeur lui doit.
    fn du(&self, etablissements: &[Etablissement<'_>], mois: Periode) -> Montant {
        let manque = etablissements
            .get(self.dependant)
            .and_then(|e| e.mois.get(&mois))
            .map(|m| m.manque);
        let manque = manque.unwrap_or_default();
        self.ordonne
            .map_or(manque, |ordonne| ordonne.max(Montant::ZERO).min(manque))
    }
}

/// Ce qu'un payeur a versé, de ce qu'il a ordonné au-delà de son déclaré.
fn ordonne_en_plus(m: &Mois<'_>) -> Result<Montant, Erreur> {
    let verse = m.encaisse_net.min(m.ordonne_net);
    Ok(verse
        .checked_sub(m.declare.max(Montant::ZERO))?
        .max(Montant::ZERO))
}

/// Ce que les dépendants d'un payeur attendent de son excédent pour un mois.
pub(super) fn attendu_du_payeur(
    etablissements: &[Etablissement<'_>],
    m: &Mois<'_>,
    mois: Periode,
    dependants: &[Lien],
) -> Result<Montant, Erreur> {
    let du = |sans_ordre: bool| {
        let lies = dependants
            .iter()
            .filter(move |l| l.ordonne.is_none() == sans_ordre);
        Montant::somme(lies.map(|l| l.du(etablissements, mois)))
    };
    let par_ordre = du(true)?.checked_sub(ordonne_en_plus(m)?)?.max(Montant::ZERO);
    Ok(par_ordre.checked_add(du(false)?)?)
}

/// Couvre le manque des dépendants par l'excédent de leurs payeurs.
pub(super) fn couvrir(etablissements: &mut [Etablissement<'_>], liens: &Liens) -> Result<(), Erreur> {
    for (&(payeur, mois), dependants) in liens {
        let Some(m) = etablissements.get(payeur).and_then(|e| e.mois.get(&mois)) else {
            continue;
        };
        let mut en_plus = ordonne_en_plus(m)?;
        let mut surplus = m.surplus;
        let recettes: Vec<_> = m.preuves_recettes().collect();
        for lien in dependants {
            let mut reste = lien.du(etablissements, mois);
            let du = reste;
            let sources = [
                Some(&mut en_plus).filter(|_| lien.ordonne.is_none()),
                Some(&mut surplus),
            ];
            for source in sources.into_iter().flatten() {
                let pris = reste.min(*source);
                *source = source.checked_sub(pris)?;
                reste = reste.checked_sub(pris)?;
            }
            let couvert = du.checked_sub(reste)?;
            if let Some(m) = etablissements
                .get_mut(lien.dependant)
                .and_then(|e| e.mois.get_mut(&mois))
                && !couvert.est_nul()
            {
                m.manque = m.manque.checked_sub(couvert)?;
                m.paye_par_autre = m.paye_par_autre.checked_add(couvert)?;
                m.ecarts
                    .noter(Classe::PayeParAutre, Montant::ZERO, recettes.iter().cloned());
            }
        }
        if let Some(m) = etablissements.get_mut(payeur).and_then(|e| e.mois.get_mut(&mois)) {
            m.surplus = surplus;
        }
    }
    Ok(())
}

/// Note `paye_par_autre` sur chaque mois qui le demande, que le payeur ait versé ou non.
pub(super) fn noter(m: &mut Mois<'_>) -> Result<(), Erreur> {
    let montant = Montant::somme(payeurs(m).into_values().flatten())?;
    let lignes = m
        .versements()
        .filter(|(_, v)| v.mode == Some(PAR_AUTRUI) && v.payeur.is_some());
    let lignes: Vec<_> = lignes.map(|(d, v)| preuves::ligne(d, v.ligne)).collect();
    if !lignes.is_empty() {
        m.ecarts.noter(Classe::PayeParAutre, montant, lignes);
    }
    Ok(())
}
