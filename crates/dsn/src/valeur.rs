//! Les valeurs de la norme, lues de leurs octets.

use std::borrow::Cow;

use jiff::civil::Date;
use valeurs::{Montant, Periode};

use crate::erreur::Faute;
use crate::rubrique::Rubrique;

/// Un code de `N` caractères ASCII, tel que la norme l'écrit : `01`, `076`, `DMSA33`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code<const N: usize>([u8; N]);

impl<const N: usize> Code<N> {
    /// Le code de ces octets, s'ils sont `N` lettres ou chiffres.
    #[must_use]
    pub fn lire(octets: &[u8]) -> Option<Self> {
        let code: &[u8; N] = octets.try_into().ok()?;
        code.iter().all(u8::is_ascii_alphanumeric).then_some(Self(*code))
    }

    /// Le code de ces caractères, à la compilation.
    #[must_use]
    pub const fn de(octets: &[u8; N]) -> Self {
        Self(*octets)
    }

    /// Les octets du code.
    #[must_use]
    pub const fn octets(&self) -> &[u8; N] {
        &self.0
    }

    /// Le texte du code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const N: usize> std::fmt::Display for Code<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> std::fmt::Debug for Code<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Le texte d'une valeur ISO-8859-1.
///
/// ```
/// assert_eq!(dsn::texte(b"SAINT-\xC9MILION"), "SAINT-ÉMILION");
/// ```
#[must_use]
pub fn texte(valeur: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(valeur) {
        Ok(ascii) if valeur.is_ascii() => Cow::Borrowed(ascii),
        _ => Cow::Owned(valeur.iter().copied().map(char::from).collect()),
    }
}

/// Le plus long montant de la norme a dix-huit caractères, dont le point et deux décimales.
const CHIFFRES_EUROS: usize = 15;

/// Un montant en euros : un `-` ou rien, des chiffres, un point, deux décimales ; rendu en centimes.
#[must_use]
#[inline]
pub fn montant(valeur: &[u8]) -> Option<Montant> {
    let (negatif, chiffres) = match valeur {
        [b'-', reste @ ..] => (true, reste),
        _ => (false, valeur),
    };
    let (euros, decimales) = match chiffres {
        [euros @ .., b'.', dizaine, unite] if !euros.is_empty() && euros.len() <= CHIFFRES_EUROS => {
            (euros, [*dizaine, *unite])
        }
        _ => return None,
    };
    let mut centimes = 0_i64;
    for octet in euros.iter().chain(&decimales) {
        let chiffre = octet.wrapping_sub(b'0');
        if chiffre > 9 {
            return None;
        }
        // Dix-sept chiffres au plus : rien ne déborde.
        centimes = centimes.wrapping_mul(10).wrapping_add(i64::from(chiffre));
    }
    Some(Montant::de_centimes(if negatif { -centimes } else { centimes }))
}

/// Une date `JJMMAAAA`.
#[must_use]
pub fn date(valeur: &[u8]) -> Option<Date> {
    let chiffres: &[u8; 8] = valeur.try_into().ok()?;
    let mut n = [0_i16; 8];
    for (n, octet) in n.iter_mut().zip(chiffres) {
        let chiffre = octet.wrapping_sub(b'0');
        if chiffre > 9 {
            return None;
        }
        *n = i16::from(chiffre);
    }
    let [j1, j2, m1, m2, a1, a2, a3, a4] = n;
    Date::new(
        a1 * 1000 + a2 * 100 + a3 * 10 + a4,
        i8::try_from(m1 * 10 + m2).ok()?,
        i8::try_from(j1 * 10 + j2).ok()?,
    )
    .ok()
}

/// Le mois principal déclaré : `01MMAAAA`.
#[must_use]
pub fn mois(valeur: &[u8]) -> Option<Periode> {
    let jour = date(valeur).filter(|d| d.day() == 1)?;
    Periode::mois(jour.year(), jour.month()).ok()
}

pub(crate) fn lire_montant(rubrique: Rubrique, valeur: &[u8]) -> Result<Montant, Faute> {
    montant(valeur).ok_or(Faute::Montant(rubrique))
}

pub(crate) fn lire_date(rubrique: Rubrique, valeur: &[u8]) -> Result<Date, Faute> {
    date(valeur).ok_or(Faute::Date(rubrique))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn un_montant_a_toujours_un_point_et_deux_decimales() {
        for (lu, centimes) in [
            (&b"0.00"[..], 0),
            (b"12.34", 1234),
            (b"-12.34", -1234),
            (b"0007.50", 750),
            (b"-0.01", -1),
        ] {
            assert_eq!(montant(lu), Some(Montant::de_centimes(centimes)));
        }
        for faux in [
            &b""[..],
            b"12",
            b"12.3",
            b"12,34",
            b"+12.34",
            b".34",
            b"12.345",
            b"1 2.34",
            b"--1.00",
            b"1.0O",
            b"999999999999999999999.00",
        ] {
            assert_eq!(montant(faux), None, "{faux:?}");
        }
    }

    #[test]
    fn une_date_qui_n_existe_pas_est_refusee() {
        assert_eq!(date(b"29022024"), Some(Date::constant(2024, 2, 29)));
        for faux in [
            &b"29022023"[..],
            b"00012026",
            b"01132026",
            b"1012026",
            b"0101202A",
            b"010120266",
        ] {
            assert_eq!(date(faux), None, "{faux:?}");
        }
    }

    #[test]
    fn le_mois_declare_commence_le_premier() {
        assert_eq!(mois(b"01012026").unwrap().to_string(), "2026-01");
        assert_eq!(mois(b"02012026"), None);
    }

    proptest! {
        #[test]
        fn tout_montant_ecrit_se_relit(centimes in -999_999_999_999_i64..=999_999_999_999) {
            let m = Montant::de_centimes(centimes);
            prop_assert_eq!(montant(m.en_point().as_bytes()), Some(m));
        }

        #[test]
        fn le_texte_latin_1_garde_un_caractere_par_octet(octets in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(texte(&octets).chars().count(), octets.len());
        }
    }
}
