//! Le second facteur : codes à six chiffres liés au temps (RFC 6238, HMAC-SHA-1, pas de 30 secondes), que
//! toute application d'authentification sait donner.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use crate::{Erreur, alea};

/// Durée d'un pas, en secondes (RFC 6238, section 4.1).
const PAS: i64 = 30;
/// Pas admis de part et d'autre : les horloges ne sont pas d'accord à la seconde (RFC 6238, section 5.2).
const TOLERANCE: i64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Le secret partagé avec l'application de l'agent : 160 bits. Son `Debug` le masque.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 20]);

impl Secret {
    /// Un secret au hasard.
    ///
    /// # Errors
    /// Le générateur du système.
    pub fn neuf() -> Result<Self, Erreur> {
        Ok(Self(alea::octets()?))
    }

    /// Un secret donné (la démonstration les tire de sa graine).
    #[must_use]
    pub const fn de(octets: [u8; 20]) -> Self {
        Self(octets)
    }

    /// Lit la forme que donne [`Secret::base32`].
    #[must_use]
    pub fn depuis_base32(texte: &str) -> Option<Self> {
        let mut octets = [0_u8; 20];
        if texte.len() != 32 {
            return None;
        }
        for (groupe, sortie) in texte.as_bytes().chunks_exact(8).zip(octets.chunks_exact_mut(5)) {
            let mut bits = 0_u64;
            for lettre in groupe {
                let rang = BASE32.iter().position(|l| l == lettre)?;
                bits = (bits << 5) | u64::try_from(rang).ok()?;
            }
            sortie.copy_from_slice(&bits.to_be_bytes()[3..]);
        }
        Some(Self(octets))
    }

    /// Le secret en base 32 (RFC 4648), à taper dans l'application : 32 lettres et chiffres.
    #[must_use]
    pub fn base32(&self) -> String {
        let mut texte = String::with_capacity(32);
        for groupe in self.0.chunks_exact(5) {
            let bits = groupe.iter().fold(0_u64, |bits, o| (bits << 8) | u64::from(*o));
            for rang in (0..8).rev() {
                let cinq = usize::try_from((bits >> (5 * rang)) & 31).unwrap_or_default();
                texte.push(char::from(BASE32[cinq]));
            }
        }
        texte
    }

    /// L'adresse `otpauth:` que lit l'application, pour ce compte de cette caisse.
    #[must_use]
    pub fn otpauth(&self, caisse: &str, identifiant: &str) -> String {
        let compte = identifiant.replace('@', "%40");
        format!(
            "otpauth://totp/Sillon%20{caisse}:{compte}?secret={}&issuer=Sillon%20{caisse}",
            self.base32()
        )
    }

    /// Le code à six chiffres de cet instant.
    #[must_use]
    pub fn code(&self, instant: Timestamp) -> String {
        self.code_du_pas(pas(instant))
    }

    /// Le pas de temps du code donné, s'il est bon à cet instant et d'un pas postérieur à `dernier_pas` (un
    /// code ne sert qu'une fois).
    pub(crate) fn verifier(&self, code: &str, instant: Timestamp, dernier_pas: i64) -> Option<i64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let present = pas(instant);
        let mut trouve = None;
        for essai in present - TOLERANCE..=present + TOLERANCE {
            let bon = bool::from(self.code_du_pas(essai).as_bytes().ct_eq(code.as_bytes()));
            if bon && essai > dernier_pas {
                trouve = Some(essai);
            }
        }
        trouve
    }

    fn code_du_pas(&self, pas: i64) -> String {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else {
            unreachable!("HMAC prend une clé de toute longueur")
        };
        mac.update(&pas.to_be_bytes());
        let empreinte = mac.finalize().into_bytes();
        // Troncature de la RFC 4226, section 5.3 : quatre octets, à la place que dit le dernier demi-octet.
        let place = empreinte.last().map_or(0, |o| usize::from(o & 15));
        let quatre = empreinte
            .iter()
            .skip(place)
            .take(4)
            .fold(0_u32, |n, o| (n << 8) | u32::from(*o));
        format!("{:06}", (quatre & 0x7fff_ffff) % 1_000_000)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

fn pas(instant: Timestamp) -> i64 {
    instant.as_second().div_euclid(PAS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RFC: Secret = Secret(*b"12345678901234567890");

    fn a(seconde: i64) -> Timestamp {
        Timestamp::from_second(seconde).unwrap()
    }

    #[test]
    fn les_codes_sont_ceux_de_la_rfc_6238() {
        // Annexe B, colonne SHA1, six derniers chiffres.
        for (seconde, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(RFC.code(a(seconde)), code);
        }
        assert_eq!(RFC.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn un_code_sert_une_fois_et_peu_de_temps() {
        let pas = RFC.verifier("287 082", a(59), 0);
        assert_eq!(pas, Some(1));
        assert_eq!(RFC.verifier("287082", a(59), 1), None);
        assert_eq!(RFC.verifier("287082", a(89), 0), Some(1));
        assert_eq!(RFC.verifier("287082", a(90), 0), None);
        assert_eq!(RFC.verifier("287083", a(59), 0), None);
        assert_eq!(RFC.verifier("", a(59), 0), None);
    }

    #[test]
    fn un_secret_ne_se_montre_pas() {
        assert_eq!(format!("{RFC:?}"), "Secret(…)");
        assert_eq!(
            RFC.otpauth("DMSA33", "a@b.fr"),
            "otpauth://totp/Sillon%20DMSA33:a%40b.fr?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Sillon%20DMSA33"
        );
    }

    proptest! {
        #[test]
        fn un_secret_se_relit(octets: [u8; 20]) {
            let secret = Secret::de(octets);
            prop_assert_eq!(Secret::depuis_base32(&secret.base32()), Some(secret));
        }
    }
}
