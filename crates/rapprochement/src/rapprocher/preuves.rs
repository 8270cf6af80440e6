//! Où se voit un écart : ses preuves, rassemblées par mois, triées et sans double.

use std::collections::{BTreeMap, BTreeSet};

use valeurs::Montant;

use super::faits::{CreanceEmise, DeclarationGardee, RecetteLue};
use super::{Classe, Ecart, Preuve};

/// Les écarts d'un mois pendant qu'on les trouve : un par classe.
#[derive(Clone, Debug, Default)]
pub(super) struct Ecarts(BTreeMap<Classe, (Montant, BTreeSet<Preuve>)>);

impl Ecarts {
    /// Note un écart ; une classe n'est notée qu'une fois par mois.
    pub(super) fn noter(
        &mut self,
        classe: Classe,
        montant: Montant,
        preuves: impl IntoIterator<Item = Preuve>,
    ) {
        let (note, deja) = self.0.entry(classe).or_default();
        *note = montant;
        deja.extend(preuves);
    }

    pub(super) fn contient(&self, classe: Classe) -> bool {
        self.0.contains_key(&classe)
    }

    /// Les écarts, dans l'ordre des classes.
    pub(super) fn rendre(self) -> Vec<Ecart> {
        let ecarts = self.0.into_iter().map(|(classe, (montant, preuves))| Ecart {
            classe,
            montant_centimes: montant.centimes(),
            preuves: preuves.into_iter().collect(),
        });
        ecarts.collect()
    }
}

/// Toutes les lignes d'une déclaration.
pub(super) fn declaration(d: &DeclarationGardee) -> Preuve {
    Preuve::Lignes {
        declaration: d.id,
        fichier: d.fichier.clone(),
        debut: d.lignes.0,
        fin: d.lignes.1,
    }
}

/// Une ligne d'une déclaration.
pub(super) fn ligne(d: &DeclarationGardee, ligne: u64) -> Preuve {
    Preuve::Lignes {
        declaration: d.id,
        fichier: d.fichier.clone(),
        debut: ligne,
        fin: ligne,
    }
}

pub(super) const fn recette(r: &RecetteLue) -> Preuve {
    Preuve::Recette { encaissement: r.id }
}

pub(super) fn creance(c: &CreanceEmise) -> Preuve {
    Preuve::Creance {
        creance: c.id,
        reference: c.reference.clone(),
    }
}
