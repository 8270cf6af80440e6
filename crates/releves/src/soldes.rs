//! L'enchaînement des soldes de plusieurs relevés d'un même compte dans un fichier.

use valeurs::Montant;

use crate::{Regle, erreur::Faute};

/// Relevés par fichier : un an de relevés quotidiens d'une trentaine de comptes.
pub(crate) const LIMITE_RELEVES: usize = 10_000;

/// Les comptes vus, chacun avec son dernier solde de clôture.
#[derive(Default)]
pub(crate) struct Enchainement {
    clotures: Vec<(String, Montant)>,
    releves: usize,
}

impl Enchainement {
    /// Vérifie que ce relevé part d'où finit le précédent du même compte, puis retient sa clôture.
    ///
    /// # Errors
    /// Un relevé manque entre les deux, ou ils sont en désordre ; trop de relevés.
    pub(crate) fn relier(
        &mut self,
        compte: &str,
        ouverture: Montant,
        cloture: Montant,
        ligne: u64,
        champ: &'static str,
    ) -> Result<(), Faute> {
        self.releves = self.releves.saturating_add(1);
        if self.releves > LIMITE_RELEVES {
            return Err(Faute::new(ligne, champ, Regle::TropDElements(LIMITE_RELEVES)));
        }
        match self.clotures.iter_mut().find(|(connu, _)| connu == compte) {
            Some((_, precedente)) if *precedente != ouverture => {
                return Err(Faute::new(ligne, champ, Regle::ReleveManquant));
            }
            Some((_, precedente)) => *precedente = cloture,
            None => self.clotures.push((compte.to_owned(), cloture)),
        }
        Ok(())
    }
}
