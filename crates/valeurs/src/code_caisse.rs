//! Les caisses de MSA, telles que la norme DSN les code.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{CaisseInconnue, texte::par_texte};

/// La table de la norme DSN : une ligne de titre, puis `code;nom`.
const TABLE: &str = include_str!("../donnees/msa_caisses.csv");

/// Une caisse de MSA, par son code d'organisme destinataire en DSN : `DMSA` et deux chiffres.
///
/// Source : table des organismes de la norme DSN (`donnees/msa_caisses.csv`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeCaisse {
    code: &'static str,
    nom: &'static str,
}

impl CodeCaisse {
    /// Toutes les caisses, dans l'ordre de leurs codes.
    pub fn toutes() -> impl Iterator<Item = Self> {
        TABLE.lines().skip(1).filter_map(|ligne| {
            let (code, nom) = ligne.split_once(';')?;
            Some(Self { code, nom })
        })
    }

    /// Le code, par exemple `DMSA33`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// Le nom de la caisse, en capitales comme dans la norme (`MSA GIRONDE`).
    #[must_use]
    pub const fn nom(self) -> &'static str {
        self.nom
    }
}

impl fmt::Display for CodeCaisse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code)
    }
}

impl fmt::Debug for CodeCaisse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeCaisse({})", self.code)
    }
}

impl FromStr for CodeCaisse {
    type Err = CaisseInconnue;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        Self::toutes()
            .find(|caisse| caisse.code == texte)
            .ok_or(CaisseInconnue)
    }
}

par_texte!(CodeCaisse, CaisseInconnue, |caisse| caisse.code.to_owned());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_table_porte_trente_six_caisses_bien_codees_et_rangees() {
        let toutes: Vec<_> = CodeCaisse::toutes().collect();
        assert_eq!(toutes.len(), 36);
        assert!(toutes.is_sorted_by(|a, b| a < b));
        for caisse in toutes {
            let chiffres = caisse.code().strip_prefix("DMSA").unwrap();
            assert!(
                chiffres.len() == 2 && chiffres.bytes().all(|b| b.is_ascii_digit()),
                "{caisse}"
            );
            assert!(!caisse.nom().is_empty(), "{caisse}");
            assert_eq!(caisse.to_string().parse(), Ok(caisse));
        }
    }

    #[test]
    fn la_gironde_se_nomme() {
        let gironde: CodeCaisse = "DMSA33".parse().unwrap();
        assert_eq!(gironde.nom(), "MSA GIRONDE");
        assert_eq!(serde_json::to_string(&gironde).unwrap(), "\"DMSA33\"");
        assert_eq!(serde_json::from_str::<CodeCaisse>("\"DMSA33\"").unwrap(), gironde);
    }

    #[test]
    fn une_caisse_inconnue_dit_les_codes_possibles() {
        for texte in ["", "DMSA00", "dmsa33", "DMSA33 ", "../DMSA33", "code_dsn"] {
            let message = texte.parse::<CodeCaisse>().unwrap_err().to_string();
            assert!(
                message.contains("DMSA11, DMSA12") && message.ends_with("DMSA87"),
                "{message}"
            );
        }
    }
}
