//! `doublon` : deux fois le même paiement pour la même période, depuis le même compte.
//!
//! Une copie n'est de trop que si l'argent dépasse d'autant ce qui est attendu : deux moitiés égales d'un même ordre n'en
//! sont pas, et retirer une copie ne fait jamais manquer d'argent.

use std::collections::BTreeMap;

use valeurs::Montant;

use super::mois::{Etablissement, Mois};
use super::{Classe, Preuve, preuves};
use crate::Erreur;

/// Des paiements, ou des ordres, que rien ne distingue.
pub(super) struct Pareils {
    pub(super) montant: Montant,
    pub(super) preuves: Vec<Preuve>,
}

/// Les copies que rien n'explique, du plus grand montant au plus petit, dans la limite de l'excédent : leur somme, et où
/// se voient les groupes en cause.
pub(super) fn copies_de_trop(
    groupes: &[Pareils],
    excedent: Montant,
) -> Result<(Montant, Vec<Preuve>), Erreur> {
    let mut tries: Vec<&Pareils> = groupes.iter().filter(|g| g.preuves.len() > 1).collect();
    tries.sort_by(|a, b| b.montant.cmp(&a.montant).then_with(|| a.preuves.cmp(&b.preuves)));
    let mut reste = excedent;
    let mut lieux = Vec::new();
    for groupe in tries {
        let avant = reste;
        for _copie in groupe.preuves.iter().skip(1) {
            if groupe.montant <= reste {
                reste = reste.checked_sub(groupe.montant)?;
            }
        }
        if reste != avant {
            lieux.extend(groupe.preuves.iter().cloned());
        }
    }
    Ok((excedent.checked_sub(reste)?, lieux))
}

/// Retire de l'encaissé d'un mois les paiements en double. `pour_autrui` : ce que d'autres établissements attendent de
/// celui-ci, et qui explique aussi son argent.
pub(super) fn retirer(
    etablissement: &Etablissement<'_>,
    m: &Mois<'_>,
    pour_autrui: Montant,
) -> Result<Retrait, Erreur> {
    let mut groupes: BTreeMap<_, Vec<Preuve>> = BTreeMap::new();
    for recette in etablissement.paiements(m) {
        let pareilles = groupes
            .entry((recette.montant, recette.compte.as_deref()))
            .or_default();
        pareilles.push(preuves::recette(recette));
    }
    let groupes: Vec<Pareils> = groupes
        .into_iter()
        .map(|((montant, _), preuves)| Pareils { montant, preuves })
        .collect();
    let excedent = m.encaisse.checked_sub(m.attendu)?.checked_sub(pour_autrui)?;
    let (copies, preuves) = copies_de_trop(&groupes, excedent)?;
    Ok(Retrait { copies, preuves })
}

/// Ce qu'il faut retirer de l'encaissé d'un mois.
pub(super) struct Retrait {
    copies: Montant,
    preuves: Vec<Preuve>,
}

impl Retrait {
    /// Retire les copies et note l'écart, s'il y en a. Un ordre en double que la banque a payé deux fois reste un seul
    /// doublon.
    pub(super) fn appliquer(self, m: &mut Mois<'_>) -> Result<(), Erreur> {
        if self.copies.est_nul() {
            return Ok(());
        }
        m.encaisse_net = m.encaisse.checked_sub(self.copies)?;
        let ordonnees = m.ordonne.checked_sub(m.ordonne_net)?;
        m.ecarts
            .noter(Classe::Doublon, ordonnees.max(self.copies), self.preuves);
        Ok(())
    }
}
