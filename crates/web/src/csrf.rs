//! Le jeton qui lie un formulaire à la session qui l'a affiché.

use std::fmt;

use axum::http::Extensions;
use subtle::ConstantTimeEq;

use crate::Erreur;

/// Le nom du champ caché qui porte le jeton.
pub const CHAMP_JETON: &str = "jeton";

/// Le jeton attendu, mis dans les extensions de la requête par la couche de connexion.
///
/// Son `Debug` le masque : qui l'a peut agir à la place de l'agent.
#[derive(Clone, PartialEq, Eq)]
pub struct JetonCsrf(pub String);

impl fmt::Debug for JetonCsrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JetonCsrf(…)")
    }
}

impl JetonCsrf {
    /// Le jeton reçu est-il celui-ci ? La durée ne dépend pas de l'endroit où ils diffèrent. Un jeton vide
    /// n'est jamais le bon.
    #[must_use]
    pub fn accepte(&self, recu: &str) -> bool {
        !self.0.is_empty() && bool::from(self.0.as_bytes().ct_eq(recu.as_bytes()))
    }
}

/// Refuse un formulaire dont le jeton n'est pas celui de la session, ou qui n'en attend aucun.
pub(crate) fn verifier(extensions: &Extensions, recu: Option<&str>) -> Result<(), Erreur> {
    match (extensions.get::<JetonCsrf>(), recu) {
        (Some(attendu), Some(recu)) if attendu.accepte(recu) => Ok(()),
        _ => Err(Erreur::Perime),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn seul_le_meme_jeton_est_accepte(attendu in ".{0,8}", recu in ".{0,8}") {
            let jeton = JetonCsrf(attendu.clone());
            prop_assert_eq!(jeton.accepte(&recu), attendu == recu && !attendu.is_empty());
            prop_assert_eq!(jeton.accepte(&attendu), !attendu.is_empty());
        }
    }

    #[test]
    fn le_jeton_ne_s_ecrit_pas() {
        assert_eq!(format!("{:?}", JetonCsrf("secret".to_owned())), "JetonCsrf(…)");
    }
}
