//! Ce que les classeurs ont en commun : de vrais nombres, de vraies dates, des titres figés.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};
use valeurs::Montant;

const EUROS: &str = "#,##0.00;[Red]-#,##0.00";
const JOUR: &str = "dd/mm/yyyy";

/// Les formats des cellules.
pub struct Formats {
    titre: Format,
    /// Une somme en euros.
    pub euros: Format,
    /// Un jour.
    pub jour: Format,
    /// Le mot d'un total.
    pub total: Format,
    /// La somme d'un total.
    pub total_euros: Format,
}

impl Formats {
    /// Ceux de tout classeur.
    #[must_use]
    pub fn nouveaux() -> Self {
        Self {
            titre: Format::new().set_bold().set_text_wrap(),
            euros: Format::new().set_num_format(EUROS),
            jour: Format::new().set_num_format(JOUR),
            total: Format::new().set_bold(),
            total_euros: Format::new().set_bold().set_num_format(EUROS),
        }
    }
}

/// Écrit et fige la ligne des titres, chacun avec sa largeur en pixels ; rend la dernière colonne.
///
/// # Errors
/// Plus de colonnes, ou de plus longs titres, qu'un classeur n'en tient.
pub fn titrer(
    feuille: &mut Worksheet,
    titres: impl IntoIterator<Item = (impl Into<String>, u32)>,
    formats: &Formats,
) -> Result<u16, XlsxError> {
    let mut derniere = 0;
    for (colonne, (titre, largeur)) in (0_u16..).zip(titres) {
        feuille.write_string_with_format(0, colonne, titre, &formats.titre)?;
        feuille.set_column_width_pixels(colonne, largeur)?;
        derniere = colonne;
    }
    feuille.set_freeze_panes(1, 0)?;
    Ok(derniere)
}

/// Le nombre qu'un tableur relit au centime : le flottant le plus proche du texte décimal.
#[must_use]
pub fn euros(montant: Montant) -> f64 {
    montant.en_point().parse().unwrap_or(f64::NAN)
}
