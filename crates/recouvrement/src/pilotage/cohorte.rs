use valeurs::{Depassement, Montant};

use super::Taux;

/// Les mois après l'échéance où l'encaissé se mesure.
pub const DELAIS: [i64; 4] = [3, 6, 12, 24];

/// Ce que des créances émises sont devenues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cohorte {
    /// Combien de créances.
    pub nombre: u64,
    /// Émis.
    pub emis: Montant,
    /// Majorations, pénalités et frais posés depuis.
    pub majorations: Montant,
    /// Encaissé, net des rejets : dans les 3, 6, 12 et 24 mois de l'échéance, chacun sans le précédent, puis plus tard.
    pub encaisse: [Montant; DELAIS.len() + 1],
    /// Annulé : n'a jamais été dû.
    pub annule: Montant,
    /// Remis.
    pub remis: Montant,
    /// Admis en non-valeur.
    pub non_valeur: Montant,
    /// Transféré à une autre caisse.
    pub transfere: Montant,
    /// Ce qui reste dû, tel que les créances le gardent.
    pub reste: Montant,
}

impl Cohorte {
    /// Tout l'encaissé.
    ///
    /// # Errors
    /// Dépassement de 64 bits.
    pub fn encaisse(&self) -> Result<Montant, Depassement> {
        Montant::somme(self.encaisse)
    }

    /// L'encaissé dans les mois de ce rang de [`DELAIS`].
    ///
    /// # Errors
    /// Dépassement de 64 bits.
    pub fn encaisse_dans(&self, rang: usize) -> Result<Montant, Depassement> {
        Montant::somme(self.encaisse.into_iter().take(rang.saturating_add(1)))
    }

    /// Ce que le grand livre dit de trop (ou de moins, négatif) que les restes : zéro, ou la base est fausse.
    ///
    /// # Errors
    /// Dépassement de 64 bits.
    pub fn ecart(&self) -> Result<Montant, Depassement> {
        let sorties = [
            self.encaisse()?,
            self.annule,
            self.remis,
            self.non_valeur,
            self.transfere,
            self.reste,
        ];
        self.emis
            .checked_add(self.majorations)?
            .checked_sub(Montant::somme(sorties)?)
    }

    /// Le taux de recouvrement : encaissé sur émis moins annulé.
    ///
    /// # Errors
    /// Dépassement de 64 bits.
    pub fn taux(&self) -> Result<Option<Taux>, Depassement> {
        Ok(Taux::nouveau(self.encaisse()?, self.du()?))
    }

    /// Émis moins annulé.
    ///
    /// # Errors
    /// Dépassement de 64 bits.
    pub fn du(&self) -> Result<Montant, Depassement> {
        self.emis.checked_sub(self.annule)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn l_ecart_est_nul_si_et_seulement_si_tout_est_quelque_part(
            parts in proptest::array::uniform10(0..1_000_000_000_i64), faute in -100..100_i64,
        ) {
            let m = Montant::de_centimes;
            let [a, b, c, d, e, annule, remis, perdu, transfere, reste] = parts;
            let total: i64 = parts.iter().sum();
            let cohorte = Cohorte {
                nombre: 1,
                emis: m(total / 2),
                majorations: m(total - total / 2 + faute),
                encaisse: [a, b, c, d, e].map(m),
                annule: m(annule),
                remis: m(remis),
                non_valeur: m(perdu),
                transfere: m(transfere),
                reste: m(reste),
            };
            prop_assert_eq!(cohorte.ecart().unwrap(), m(faute));
            prop_assert_eq!(cohorte.encaisse_dans(4).unwrap(), cohorte.encaisse().unwrap());
            prop_assert_eq!(cohorte.encaisse_dans(1).unwrap(), m(a + b));
        }
    }
}
