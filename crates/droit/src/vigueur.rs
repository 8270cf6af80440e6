//! Le temps des règles : de quand à quand une version vaut.

use jiff::civil::Date;

use crate::ErreurDonnees;

/// Les dates où une version vaut, bornes incluses ; sans fin connue si `jusqua` est absent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Vigueur {
    pub(crate) depuis: Date,
    pub(crate) jusqua: Option<Date>,
}

impl Vigueur {
    pub(crate) fn contient(self, date: Date) -> bool {
        self.depuis <= date && self.jusqua.is_none_or(|fin| date <= fin)
    }
}

/// Vérifie que des versions se suivent : ni trou, ni chevauchement, seule la dernière peut être sans fin.
///
/// # Errors
/// Aucune version, une version vide ou à l’envers, un trou, un chevauchement.
pub(crate) fn verifier_suite(regle: &str, versions: &mut [Vigueur]) -> Result<(), ErreurDonnees> {
    versions.sort_unstable_by_key(|version| version.depuis);
    let erreur = || ErreurDonnees::VersionsDiscontinues {
        regle: regle.to_owned(),
    };
    if versions.is_empty()
        || versions
            .iter()
            .any(|v| v.jusqua.is_some_and(|fin| fin < v.depuis))
    {
        return Err(erreur());
    }
    for (version, suivante) in versions.iter().zip(versions.iter().skip(1)) {
        let lendemain = version.jusqua.and_then(|fin| fin.tomorrow().ok());
        if lendemain != Some(suivante.depuis) {
            return Err(erreur());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn version(depuis: Date, jusqua: Option<Date>) -> Vigueur {
        Vigueur { depuis, jusqua }
    }

    #[test]
    fn des_versions_qui_se_suivent_sont_admises_dans_tout_ordre() {
        let mut versions = [
            version(date(2024, 1, 1), None),
            version(date(2020, 1, 1), Some(date(2023, 12, 31))),
        ];
        assert!(verifier_suite("essai", &mut versions).is_ok());
    }

    #[test]
    fn un_trou_un_chevauchement_ou_une_fin_avant_le_debut_est_refuse() {
        let debut = date(2020, 1, 1);
        let suite = date(2024, 1, 1);
        for fin in [
            Some(date(2023, 12, 30)),
            Some(suite),
            None,
            Some(date(2019, 1, 1)),
        ] {
            let mut versions = [version(debut, fin), version(suite, None)];
            assert!(verifier_suite("essai", &mut versions).is_err(), "{fin:?}");
        }
        assert!(verifier_suite("essai", &mut []).is_err());
    }

    #[test]
    fn les_bornes_d_une_version_sont_incluses() {
        let v = version(date(2024, 1, 1), Some(date(2024, 12, 31)));
        assert!(v.contient(date(2024, 1, 1)) && v.contient(date(2024, 12, 31)));
        assert!(!v.contient(date(2023, 12, 31)) && !v.contient(date(2025, 1, 1)));
    }
}
