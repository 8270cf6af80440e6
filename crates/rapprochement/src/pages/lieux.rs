//! Où un écart se voit, et la page où cela mène.

use acces::{Action, Visite};

use crate::rapprocher::Preuve;

/// Une preuve, et sa page.
pub(super) struct Lieu {
    pub(super) texte: String,
    pub(super) url: String,
}

/// La page de chaque preuve : la ligne de la déclaration, la recette, la créance.
pub(super) fn lieux<A: Action>(visite: &Visite<A>, preuves: &[Preuve]) -> Vec<Lieu> {
    let lieux = preuves.iter().map(|preuve| Lieu {
        texte: preuve.to_string(),
        url: match preuve {
            Preuve::Lignes {
                declaration, debut, ..
            } => visite.url(&format!(
                "/{{caisse}}/dsn/declarations/{declaration}?ligne={debut}#ligne-{debut}"
            )),
            Preuve::Recette { encaissement } => {
                visite.url(&format!("/{{caisse}}/encaissements/{encaissement}"))
            }
            Preuve::Creance { creance, .. } => visite.url(&format!("/{{caisse}}/creances/{creance}")),
        },
    });
    lieux.collect()
}
