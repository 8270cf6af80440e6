//! Les rubriques gardées d'une déclaration, telles qu'elles sont scellées : « ligne chiffres valeur », une par ligne.

use dsn::{Code, CodeMsa, Rubrique};
use valeurs::{Montant, Periode};

/// Une rubrique gardée.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RubriqueGardee<'a> {
    /// Sa ligne dans le fichier.
    pub ligne: u64,
    /// La rubrique.
    pub rubrique: Rubrique,
    /// Sa valeur.
    pub valeur: &'a str,
}

/// Des rubriques gardées, dans l'ordre du fichier.
pub struct Rubriques<'a>(&'a str);

impl<'a> Rubriques<'a> {
    /// Celles d'un texte descellé.
    #[must_use]
    pub const fn lire(clair: &'a str) -> Self {
        Self(clair)
    }

    /// Une à une.
    pub fn iter(&self) -> impl Iterator<Item = RubriqueGardee<'a>> + use<'a> {
        self.0.lines().filter_map(|texte| {
            let (ligne, suite) = texte.split_once(' ')?;
            let (chiffres, valeur) = suite.split_once(' ')?;
            Some(RubriqueGardee {
                ligne: ligne.parse().ok()?,
                rubrique: Rubrique::des_chiffres(chiffres.parse().ok()?),
                valeur,
            })
        })
    }

    /// Les cotisations individuelles destinées à une caisse, chacune au mois de sa période.
    pub(crate) fn cotisations(&self, caisse: CodeMsa) -> Vec<CotisationGardee> {
        let mut mois = None;
        let mut code = None;
        let mut destinee = false;
        let mut cotisations = Vec::new();
        for r in self.iter() {
            let valeur = r.valeur.as_bytes();
            match r.rubrique {
                BASE => mois = None,
                DEBUT => mois = dsn::date(valeur).and_then(|d| Periode::mois_du(d).ok()),
                CODE => {
                    code = Code::lire(valeur);
                    destinee = false;
                }
                ORGANISME => destinee = valeur == caisse.octets(),
                MONTANT => {
                    if let (Some(code), Some(mois), Some(montant), true) =
                        (code, mois, dsn::montant(valeur), destinee)
                    {
                        cotisations.push(CotisationGardee { code, mois, montant });
                    }
                }
                _ => {}
            }
        }
        cotisations
    }
}

/// Une cotisation d'un individu.
pub(crate) struct CotisationGardee {
    pub(crate) code: Code<3>,
    pub(crate) mois: Periode,
    pub(crate) montant: Montant,
}

const BASE: Rubrique = Rubrique::de("S21.G00.78.001");
const DEBUT: Rubrique = Rubrique::de("S21.G00.78.002");
const CODE: Rubrique = Rubrique::de("S21.G00.81.001");
const ORGANISME: Rubrique = Rubrique::de("S21.G00.81.002");
const MONTANT: Rubrique = Rubrique::de("S21.G00.81.004");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_cotisations_d_une_autre_caisse_n_y_sont_pas() {
        let clair = "10 210078001 03\n11 210078002 01012026\n12 210081001 075\n13 210081002 DMSA33\n14 210081004 12.50\n\
                     15 210081001 076\n16 210081002 DMSA51\n17 210081004 9.00\n18 210081001 018\n19 210081002 DMSA33\n\
                     20 210081004 -3.00\n";
        let lues: Vec<_> = Rubriques::lire(clair)
            .cotisations(Code::de(b"DMSA33"))
            .into_iter()
            .map(|c| (c.code.to_string(), c.mois.to_string(), c.montant.centimes()))
            .collect();
        assert_eq!(
            lues,
            [
                ("075".to_owned(), "2026-01".to_owned(), 1250),
                ("018".to_owned(), "2026-01".to_owned(), -300)
            ]
        );
        assert_eq!(Rubriques::lire(clair).iter().count(), 11);
    }
}
