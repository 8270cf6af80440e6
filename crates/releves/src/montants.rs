//! La lecture des montants décimaux, où le sens est donné à part.

use valeurs::{ErreurMontant, Montant};

use crate::{Regle, erreur::Faute};

/// Lit `1234.56`, `1234.5` ou `1234`, zéro compris.
///
/// # Errors
/// Signe, virgule, lettre, plus de deux décimales, trop grand.
pub(crate) fn lire(texte: &str, ligne: u64, champ: &'static str) -> Result<Montant, Faute> {
    let regle = match Montant::lire_point(texte) {
        Ok(montant) if montant.est_negatif() => Regle::MontantNonPositif,
        Ok(montant) => return Ok(montant),
        Err(ErreurMontant::Vide { .. }) => Regle::Absent,
        Err(ErreurMontant::TropDeDecimales) => Regle::TropDeDecimales,
        Err(ErreurMontant::TropGrand) => Regle::MontantTropGrand,
        Err(ErreurMontant::Incomplet) => {
            Regle::MontantIllisible("il manque un chiffre près du point décimal")
        }
        Err(ErreurMontant::Caractere { .. } | ErreurMontant::EspaceMalPlacee) => {
            Regle::MontantIllisible("il contient autre chose que des chiffres et un point")
        }
    };
    Err(Faute::new(ligne, champ, regle))
}

/// La somme de deux montants.
///
/// # Errors
/// Le total ne se compte pas.
pub(crate) fn ajouter(a: Montant, b: Montant, ligne: u64, champ: &'static str) -> Result<Montant, Faute> {
    a.checked_add(b)
        .map_err(|_| Faute::new(ligne, champ, Regle::MontantTropGrand))
}
