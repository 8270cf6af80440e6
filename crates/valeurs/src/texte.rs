//! Ce que partagent les valeurs qui se lisent et s'écrivent comme du texte.

/// Le texte sans aucune espace, insécables et fines comprises : on les tape ou les colle partout.
pub(crate) fn sans_espaces(texte: &str) -> String {
    texte.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Le texte compte-t-il exactement `taille` chiffres, et rien d'autre ?
pub(crate) fn est_en_chiffres(texte: &str, taille: usize) -> bool {
    texte.len() == taille && texte.bytes().all(|b| b.is_ascii_digit())
}

/// Le texte (ASCII) coupé en groupes de ces tailles, séparés par une espace ; le reste suit s'il en est.
pub(crate) fn en_groupes(texte: &str, tailles: impl IntoIterator<Item = usize>) -> String {
    let mut groupes = Vec::new();
    let mut reste = texte;
    for taille in tailles {
        match reste.split_at_checked(taille) {
            Some((groupe, suite)) if !suite.is_empty() => {
                groupes.push(groupe);
                reste = suite;
            }
            _ => break,
        }
    }
    groupes.push(reste);
    groupes.join(" ")
}

/// Donne à un type lu par `FromStr` les conversions dont serde a besoin ; `$ecrire` rend la forme stockée.
macro_rules! par_texte {
    ($type:ty, $erreur:ty, $ecrire:expr) => {
        impl TryFrom<String> for $type {
            type Error = $erreur;

            fn try_from(texte: String) -> Result<Self, Self::Error> {
                texte.parse()
            }
        }

        impl From<$type> for String {
            fn from(valeur: $type) -> String {
                let ecrire: fn($type) -> String = $ecrire;
                ecrire(valeur)
            }
        }
    };
}
pub(crate) use par_texte;
