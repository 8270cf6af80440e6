//! Ce que le contrôle demande aux tables à chaque ligne : sans parcours, sans allocation.

use crate::rubrique::{Bloc, Rubrique};

use super::RUBRIQUES;
use super::tables::{BLOCS, CLASSES, DECALAGE, ETATS, HACHAGE, MULTIPLICATEUR, NUMEROS, PREMIER_FINAL};

/// Le rang d'un bloc dans l'arbre : un hachage parfait, cherché par le générateur.
#[must_use]
#[inline]
pub(crate) fn rang_bloc(bloc: Bloc) -> Option<u8> {
    let place = bloc.chiffres().wrapping_mul(MULTIPLICATEUR) >> DECALAGE;
    let rang = *HACHAGE.get(usize::try_from(place).ok()?)?;
    (BLOCS.get(usize::from(rang))?.bloc == bloc).then_some(rang)
}

/// La place d'une rubrique dans l'ordre de la norme.
#[must_use]
#[inline]
pub(crate) fn rang_rubrique(rubrique: Rubrique) -> Option<u16> {
    rang_dans_bloc(rang_bloc(rubrique.bloc())?, rubrique)
}

/// La place d'une rubrique dont on connaît déjà le rang du bloc.
#[must_use]
#[inline]
pub(crate) fn rang_dans_bloc(bloc: u8, rubrique: Rubrique) -> Option<u16> {
    let bloc = BLOCS.get(usize::from(bloc))?;
    let numero = u16::try_from(rubrique.numero()).ok()?;
    if numero < bloc.numeros.1 {
        // Zéro : aucune rubrique de ce numéro ; sinon sa place dans le bloc, plus un.
        let dans_le_bloc = *NUMEROS.get(usize::from(bloc.numeros.0 + numero))?;
        let dans_le_bloc = u16::from(dans_le_bloc).checked_sub(1)?;
        return Some(bloc.rubriques.0 + dans_le_bloc);
    }
    // Les numéros 900 et plus, qu'ajoute le portail : à la fin du bloc.
    (bloc.rubriques.0..bloc.rubriques.1)
        .rev()
        .take_while(|i| RUBRIQUES[usize::from(*i)].rubrique >= rubrique)
        .find(|i| RUBRIQUES[usize::from(*i)].rubrique == rubrique)
}

/// Un code de huit octets au plus, tenu dans un entier qui se compare comme lui.
#[must_use]
#[inline]
pub(crate) const fn cle(code: &[u8]) -> Option<u64> {
    if code.len() > 8 {
        return None;
    }
    let mut octets = [0; 8];
    let mut i = 0;
    while i < code.len() {
        octets[i] = code[i];
        i += 1;
    }
    Some(u64::from_be_bytes(octets))
}

/// L'automate des expressions régulières de la norme, à partir de cet état, accepte-t-il toute la valeur ?
#[inline]
pub(crate) fn accepte(depart: u16, valeur: &[u8]) -> bool {
    let mut etat = depart;
    for octet in valeur {
        etat = ETATS[usize::from(etat)][usize::from(CLASSES[usize::from(*octet)])];
    }
    etat >= PREMIER_FINAL
}
