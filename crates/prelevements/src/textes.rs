//! Les textes d'un prélèvement : noms, libellé, adresse.

use std::fmt;

use crate::{ErreurAdresse, ErreurTexte, alphabet::translitterer};

/// Un nom (`Nm`) : 70 caractères, alors qu'ISO en permet 140 (EPC130-08).
const TAILLE_NOM: usize = 70;
/// Un libellé (`RmtInf/Ustrd`) : `Max140Text`, une seule fois (EPC130-08).
const TAILLE_LIBELLE: usize = 140;
/// `StrtNm` : `Max70Text`.
const TAILLE_RUE: usize = 70;
/// `PstCd` : `Max16Text`.
const TAILLE_CODE_POSTAL: usize = 16;
/// `TwnNm` : `Max35Text`.
const TAILLE_VILLE: usize = 35;

/// Le nom d'un débiteur ou d'un créancier, en lettres des messages SEPA, 70 caractères au plus.
///
/// Le texte donné est translittéré et coupé : « Élise Nœud » devient « Elise Noeud ». `Debug` le masque.
#[derive(Clone, PartialEq, Eq)]
pub struct Nom(String);

/// Le libellé que le débiteur lira sur son relevé, en lettres des messages SEPA, 140 caractères au plus.
///
/// Le texte donné est translittéré et coupé. `Debug` le masque.
#[derive(Clone, PartialEq, Eq)]
pub struct Libelle(String);

/// L'adresse d'un débiteur, demandée quand sa banque est hors de l'Espace économique européen.
///
/// Structurée, car l'adresse en lignes libres n'est plus admise à partir de novembre 2026 (EPC153-22). `Debug` la
/// masque.
#[derive(Clone, PartialEq, Eq)]
pub struct Adresse {
    pub(crate) rue: Option<String>,
    pub(crate) code_postal: Option<String>,
    pub(crate) ville: String,
    pub(crate) pays: String,
}

impl Nom {
    /// Translittère et coupe.
    ///
    /// # Errors
    /// Il n'en reste ni lettre ni chiffre.
    pub fn new(texte: &str) -> Result<Self, ErreurTexte> {
        lisible(texte, TAILLE_NOM).map(Self).ok_or(ErreurTexte)
    }

    /// Le nom, tel qu'il part.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Libelle {
    /// Translittère et coupe.
    ///
    /// # Errors
    /// Il n'en reste ni lettre ni chiffre.
    pub fn new(texte: &str) -> Result<Self, ErreurTexte> {
        lisible(texte, TAILLE_LIBELLE).map(Self).ok_or(ErreurTexte)
    }

    /// Le libellé, tel qu'il part.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Adresse {
    /// Translittère et coupe chaque partie (rue 70, code postal 16, ville 35) ; une rue ou un code postal dont
    /// il ne reste rien sont omis. Le pays est un code de deux lettres capitales (ISO 3166-1).
    ///
    /// # Errors
    /// Il ne reste rien de la ville, ou le pays n'est pas un code.
    pub fn new(rue: &str, code_postal: &str, ville: &str, pays: &str) -> Result<Self, ErreurAdresse> {
        if pays.len() != 2 || !pays.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(ErreurAdresse::Pays);
        }
        Ok(Self {
            rue: lisible(rue, TAILLE_RUE),
            code_postal: lisible(code_postal, TAILLE_CODE_POSTAL),
            ville: lisible(ville, TAILLE_VILLE).ok_or(ErreurAdresse::Ville)?,
            pays: pays.to_owned(),
        })
    }
}

/// Le texte translittéré, s'il y reste de quoi lire.
fn lisible(texte: &str, taille: usize) -> Option<String> {
    let plat = translitterer(texte, taille);
    plat.contains(|c: char| c.is_ascii_alphanumeric()).then_some(plat)
}

impl fmt::Debug for Nom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nom(••••)")
    }
}

impl fmt::Debug for Libelle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Libelle(••••)")
    }
}

impl fmt::Debug for Adresse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Adresse(••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_nom_se_coupe_a_70_caracteres_et_un_libelle_a_140() {
        assert_eq!(Nom::new(&"é".repeat(200)).unwrap().as_str(), "e".repeat(70));
        assert_eq!(Libelle::new(&"ç".repeat(200)).unwrap().as_str(), "c".repeat(140));
    }

    #[test]
    fn un_texte_dont_il_ne_reste_rien_est_refuse() {
        for texte in ["", "   ", "日本", "--", "’"] {
            assert_eq!(Nom::new(texte), Err(ErreurTexte), "{texte}");
            assert_eq!(Libelle::new(texte), Err(ErreurTexte), "{texte}");
        }
    }

    #[test]
    fn une_adresse_a_une_ville_et_un_pays() {
        let adresse = Adresse::new("", "1200", "Genève", "CH").unwrap();
        assert_eq!((adresse.rue, adresse.ville), (None, "Geneve".to_owned()));
        assert_eq!(Adresse::new("", "", " ", "CH"), Err(ErreurAdresse::Ville));
        for pays in ["", "ch", "CHE", "C1", "é"] {
            assert_eq!(
                Adresse::new("", "", "Bâle", pays),
                Err(ErreurAdresse::Pays),
                "{pays}"
            );
        }
    }

    #[test]
    fn debug_ne_montre_aucun_texte() {
        let montre = format!(
            "{:?} {:?} {:?}",
            Nom::new("Dupont").unwrap(),
            Libelle::new("Cotisations Dupont").unwrap(),
            Adresse::new("1 rue Dupont", "1200", "Dupont", "CH").unwrap()
        );
        assert!(!montre.contains("Dupont"), "{montre}");
    }
}
