//! L'adresse de courriel.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{ErreurCourriel, texte::par_texte};

/// Limites de la norme (RFC 5321, section 4.5.3.1) : adresse, partie locale ; et d'une étiquette de domaine
/// (RFC 1035, section 2.3.4).
const ADRESSE_MAX: usize = 254;
const LOCAL_MAX: usize = 64;
const ETIQUETTE_MAX: usize = 63;

/// Une adresse de courriel vraisemblable, son domaine en minuscules.
///
/// La forme courante seulement : ASCII, sans guillemets, domaine à deux étiquettes au moins. Donnée
/// personnelle : ni `Display`, ni contenu dans `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Courriel(String);

impl Courriel {
    /// L'adresse.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Courriel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Courriel(••••)")
    }
}

impl FromStr for Courriel {
    type Err = ErreurCourriel;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let texte = texte.trim();
        if texte.len() > ADRESSE_MAX {
            return Err(ErreurCourriel);
        }
        let (local, domaine) = texte.split_once('@').ok_or(ErreurCourriel)?;
        if !local_vraisemblable(local) || !domaine_vraisemblable(domaine) {
            return Err(ErreurCourriel);
        }
        Ok(Self(format!("{local}@{}", domaine.to_ascii_lowercase())))
    }
}

/// Des caractères d'atome (RFC 5322, section 3.2.3), sans point au bord ni deux points de suite.
fn local_vraisemblable(local: &str) -> bool {
    local.len() <= LOCAL_MAX
        && local.split('.').all(|atome| {
            !atome.is_empty()
                && atome
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        })
}

fn domaine_vraisemblable(domaine: &str) -> bool {
    domaine.contains('.')
        && domaine.split('.').all(|etiquette| {
            (1..=ETIQUETTE_MAX).contains(&etiquette.len())
                && etiquette.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !etiquette.starts_with('-')
                && !etiquette.ends_with('-')
        })
}

par_texte!(Courriel, ErreurCourriel, |courriel| courriel.0);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn une_adresse_lue_se_relit(texte in "[a-zA-Z0-9+_]{1,20}([.][a-z0-9]{1,9})?@[a-zA-Z0-9]{1,20}[.][a-zA-Z]{2,6}") {
            let courriel: Courriel = texte.parse().unwrap();
            prop_assert_eq!(courriel.as_str().parse(), Ok(courriel.clone()));
            prop_assert!(courriel.as_str().eq_ignore_ascii_case(&texte));
        }
    }

    #[test]
    fn le_domaine_passe_en_minuscules_et_le_nom_reste() {
        let courriel: Courriel = " Jeanne.D'Arc@Ferme-DU-Lac.FR ".parse().unwrap();
        assert_eq!(courriel.as_str(), "Jeanne.D'Arc@ferme-du-lac.fr");
        assert_eq!(format!("{courriel:?}"), "Courriel(••••)");
    }

    #[test]
    fn ce_qui_n_est_pas_une_adresse_est_refuse() {
        let trop_long = format!("{}@exemple.fr", "a".repeat(65));
        for texte in [
            "",
            "@",
            "a@",
            "@b.fr",
            "a@b",
            "a@b..fr",
            "a@.fr",
            "a@b.fr.",
            "a b@c.fr",
            ".a@b.fr",
            "a..b@c.fr",
            "a@b@c.fr",
            "é@b.fr",
            "a@-b.fr",
            "a@b_c.fr",
            "<a@b.fr>",
            &trop_long,
        ] {
            assert_eq!(texte.parse::<Courriel>(), Err(ErreurCourriel), "{texte}");
        }
    }
}
