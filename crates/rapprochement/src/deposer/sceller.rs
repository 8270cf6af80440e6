//! Les individus d'un lot, scellés dans un fil à eux pendant que la transaction écrit le reste.

use std::collections::BTreeMap;
use std::sync::Arc;

use storage::{Cle, Coffre, Scelle};
use tokio::task::JoinHandle;

use super::garde::Individu;
use crate::Erreur;

/// Contexte de scellement d'un individu.
pub(crate) const INDIVIDU: &str = "dsn_individu.individu";

/// Les individus d'une déclaration, et la clé de son dossier.
pub(super) struct ASceller {
    pub(super) declaration: i64,
    pub(super) cle: Cle,
    pub(super) individus: Arc<[Individu]>,
}

/// Un individu, tel que la base le garde.
pub(super) struct IndividuScelle {
    pub(super) hache: Vec<u8>,
    pub(super) scelle: Scelle,
}

/// Les individus de chaque déclaration, dans l'ordre du fichier.
pub(super) type Scelles = BTreeMap<i64, Vec<IndividuScelle>>;

/// Un scellement en cours.
pub(super) struct Scellement(JoinHandle<storage::Resultat<Scelles>>);

impl Scellement {
    pub(super) fn commencer(coffre: &Coffre, a_sceller: Vec<ASceller>) -> Self {
        let coffre = coffre.clone();
        Self(tokio::task::spawn_blocking(move || {
            a_sceller
                .iter()
                .map(|a| Ok((a.declaration, sceller(&coffre, a)?)))
                .collect()
        }))
    }

    /// # Errors
    /// Le refus du coffre.
    pub(super) async fn finir(self) -> Result<Scelles, Erreur> {
        let fait = self.0.await;
        Ok(fait.map_err(|_| Erreur::Illisible("scellement interrompu"))??)
    }
}

fn sceller(coffre: &Coffre, a: &ASceller) -> storage::Resultat<Vec<IndividuScelle>> {
    let individus = a.individus.iter().map(|i| {
        Ok(IndividuScelle {
            hache: coffre.hacher("nir", &i.numero),
            scelle: a.cle.sceller(INDIVIDU, &i.rubriques)?,
        })
    });
    individus.collect()
}
