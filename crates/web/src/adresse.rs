//! L'adresse d'une table : ce que ses liens de tri et de page gardent.

use crate::{ColonneTriable, Pagination, Position, TAILLE_PAGE, Tri};

/// Où mènent les liens d'une table.
///
/// Le tri et la page vont toujours dans l'adresse. Les filtres y vont avec [`Self::lire`] s'ils ne disent
/// rien de personne ; sinon [`Self::poster`] fait des boutons qui renvoient un formulaire caché, et les
/// extracteurs `Tri` et `Pagination` lisent la même adresse dans les deux cas.
#[derive(Clone, Debug)]
pub struct LienTable {
    chemin: String,
    parametres: Vec<(String, String)>,
    formulaire: Option<String>,
}

impl LienTable {
    /// Des liens GET vers ce chemin, avec ces filtres (ceux de valeur vide sont omis).
    #[must_use]
    pub fn lire(chemin: impl Into<String>, filtres: &[(&str, &str)]) -> Self {
        let parametres = filtres
            .iter()
            .filter(|(_, valeur)| !valeur.is_empty())
            .map(|(nom, valeur)| ((*nom).to_owned(), (*valeur).to_owned()))
            .collect();
        Self {
            chemin: chemin.into(),
            parametres,
            formulaire: None,
        }
    }

    /// Des boutons qui POSTent à ce chemin le formulaire de cet identifiant
    /// ([`crate::fragments::formulaire_cache`]).
    #[must_use]
    pub fn poster(chemin: impl Into<String>, formulaire: impl Into<String>) -> Self {
        Self {
            chemin: chemin.into(),
            parametres: Vec::new(),
            formulaire: Some(formulaire.into()),
        }
    }

    /// L'identifiant du formulaire à POSTer, s'il y en a un.
    pub(crate) fn formulaire(&self) -> Option<&str> {
        self.formulaire.as_deref()
    }

    /// L'adresse de cette page dans cet ordre ; ce qui est par défaut est omis.
    #[must_use]
    pub fn url<C: ColonneTriable>(&self, tri: Tri<C>, position: &Position, taille: u32) -> String {
        let mut parametres = self.parametres.clone();
        let mut ajoute = |nom: &str, valeur: String| parametres.push((nom.to_owned(), valeur));
        if tri != C::DEFAUT {
            ajoute("tri", tri.colonne.cle().to_owned());
            ajoute("sens", tri.sens.cle().to_owned());
        }
        if taille != TAILLE_PAGE {
            ajoute("taille", taille.to_string());
        }
        if let Some((nom, valeur)) = position.parametre() {
            ajoute(nom, valeur);
        }
        let encodes = serde_html_form::to_string(&parametres).unwrap_or_default();
        if encodes.is_empty() {
            self.chemin.clone()
        } else {
            format!("{}?{encodes}", self.chemin)
        }
    }

    /// L'adresse de la première page dans cet ordre.
    pub(crate) fn url_triee<C: ColonneTriable>(&self, tri: Tri<C>, pagination: &Pagination) -> String {
        self.url(tri, &Position::DEBUT, pagination.taille())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sens, tri::essais::Colonne};

    #[test]
    fn l_adresse_garde_les_filtres_et_tait_les_defauts() {
        let lien = LienTable::lire("/DMSA33/rac", &[("mode", "virement & co"), ("vide", "")]);
        assert_eq!(
            lien.url(Colonne::DEFAUT, &Position::DEBUT, 50),
            "/DMSA33/rac?mode=virement+%26+co"
        );
        let tri = Tri {
            colonne: Colonne::Nom,
            sens: Sens::Croissant,
        };
        assert_eq!(
            lien.url(tri, &Position::Page(2), 100),
            "/DMSA33/rac?mode=virement+%26+co&tri=nom&sens=asc&taille=100&page=2"
        );
    }

    #[test]
    fn ce_que_l_adresse_dit_se_relit() {
        let tri = Tri {
            colonne: Colonne::Nom,
            sens: Sens::Decroissant,
        };
        let url = LienTable::poster("/r", "suite")
            .url(tri, &Position::Page(7), 20)
            .parse()
            .unwrap();
        assert_eq!(Tri::<Colonne>::lire(&url), tri);
        let pagination = Pagination::lire(&url);
        assert_eq!(
            (pagination.taille(), pagination.position()),
            (20, &Position::Page(7))
        );
    }
}
