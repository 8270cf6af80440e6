//! Le SIRET qu'un payeur écrit dans son libellé.

use valeurs::Siret;

/// Le SIRET écrit derrière le mot « SIRET », si sa clé est juste.
///
/// Quatorze chiffres sans ce mot ne suffisent pas : un numéro quelconque sur dix passe la clé de Luhn.
pub(crate) fn chercher(texte: &str) -> Option<Siret> {
    let capitales = texte.to_ascii_uppercase();
    capitales.match_indices("SIRET").find_map(|(debut, mot)| {
        let reste = capitales.get(debut.checked_add(mot.len())?..)?;
        let reste = reste.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let reste = reste
            .strip_prefix("NO")
            .or_else(|| reste.strip_prefix('N'))
            .unwrap_or(reste);
        let reste = reste.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let numero = reste.split(|c: char| !c.is_ascii_digit() && c != ' ').next()?;
        let mut chiffres = String::new();
        for groupe in numero.split(' ') {
            chiffres.push_str(groupe);
            if chiffres.len() >= 14 {
                break;
            }
        }
        chiffres.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_siret_annonce_se_trouve_dans_le_libelle() {
        let attendu: Siret = "73282932000074".parse().unwrap();
        for texte in [
            "COTISATIONS SIRET 73282932000074",
            "siret:732 829 320 00074 janvier",
            "SIRET N° 73282932000074 02/2026",
            "Siret no 73282932000074",
            "SIRET ? SIRET 73282932000074 12",
        ] {
            assert_eq!(chercher(texte), Some(attendu.clone()), "{texte}");
        }
    }

    #[test]
    fn un_numero_sans_le_mot_ou_de_cle_fausse_n_est_pas_un_siret() {
        for texte in [
            "73282932000074",
            "SIRET 73282932000075",
            "SIRET",
            "SIRET 732829320000741",
            "é SIRET é",
        ] {
            assert_eq!(chercher(texte), None, "{texte}");
        }
    }
}
