//! Les dépôts du mois : `remplace`, `fraction_manquante`, `depot_tardif`.

use valeurs::Montant;

use super::mois::Mois;
use super::{Classe, Regles, echeance, preuves};

/// Note ce que les dépôts d'un mois ont d'anormal.
pub(super) fn juger(m: &mut Mois<'_>, regles: Regles) {
    let Some(effectives) = &m.effectives else { return };
    let remplacements = effectives.remplacements.iter();
    let remplacees: Vec<_> = remplacements
        .flat_map(|r| [preuves::declaration(r.remplacee), preuves::declaration(r.par)])
        .collect();
    let incomplet = m.echu(regles.au) && !effectives.fractions_manquantes().is_empty();
    let tardif = m.declaree().and_then(|e| {
        // Le plus clément : une date de paiement ordonnée plus tard que l'échéance légale repousse aussi le dépôt.
        let echeance = e.echeance().max(e.echeance_legale());
        let limite = echeance::limite(echeance, regles.tolerance);
        e.premier_depot
            .filter(|d| d.deposee_le > limite)
            .map(preuves::declaration)
    });
    if !remplacees.is_empty() {
        m.ecarts.noter(Classe::Remplace, Montant::ZERO, remplacees);
    }
    if incomplet {
        let presentes: Vec<_> = m.preuves_declarations().collect();
        m.ecarts
            .noter(Classe::FractionManquante, Montant::ZERO, presentes);
    }
    if let Some(preuve) = tardif {
        m.ecarts.noter(Classe::DepotTardif, Montant::ZERO, [preuve]);
    }
}
