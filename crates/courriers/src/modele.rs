//! Le modèle d'un document.

use std::{collections::BTreeMap, fmt};

/// Le nom sous lequel un modèle lit ses données : `#let d = json("donnees.json")`.
pub const DONNEES: &str = "donnees.json";
/// Le nom sous lequel un modèle importe sa bibliothèque : `#import "sillon.typ": *`.
pub const BIBLIOTHEQUE: &str = "sillon.typ";
/// L'étiquette d'un repère : `#metadata("recours") <repere>`.
pub const REPERE: &str = "repere";
/// Longueur d'un nom d'image, en octets.
const NOM_IMAGE_MAX: usize = 64;

/// Un modèle de document : du texte typst, et les images qu'il montre.
#[derive(Clone)]
pub struct Modele {
    nom: String,
    source: String,
    bibliotheque: Option<&'static str>,
    images: BTreeMap<String, String>,
}

impl Modele {
    /// Un modèle sans image. Le nom sert aux messages d'erreur : « relance », « fiche de synthèse ».
    #[must_use]
    pub fn new(nom: impl Into<String>, source: impl Into<String>) -> Self {
        Self {
            nom: nom.into(),
            source: source.into(),
            bibliotheque: None,
            images: BTreeMap::new(),
        }
    }

    /// Le même, qui peut importer cette bibliothèque de fonctions sous le nom [`BIBLIOTHEQUE`].
    ///
    /// Une erreur qui y survient est dite à la ligne du modèle qui l'appelle : elle seule est à la caisse.
    #[must_use]
    pub fn avec_bibliotheque(mut self, source: &'static str) -> Self {
        self.bibliotheque = Some(source);
        self
    }

    /// Le même, avec une image SVG que le modèle montre par `#image("tendance.svg", alt: "…")`.
    ///
    /// Le nom est celui que le modèle écrit (minuscules, chiffres et tirets, puis `.svg`), donc le même
    /// d'un document à l'autre ; le moteur retient tous les noms qu'il a vus. Un nom déjà donné remplace.
    /// Les polices du SVG sont celles du document ; il ne peut rien charger d'ailleurs.
    #[must_use]
    pub fn avec_svg(mut self, nom: impl Into<String>, svg: impl Into<String>) -> Self {
        self.images.insert(nom.into(), svg.into());
        self
    }

    /// Le nom donné à la construction.
    #[must_use]
    pub fn nom(&self) -> &str {
        &self.nom
    }

    /// Le texte typst.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn bibliotheque(&self) -> Option<&'static str> {
        self.bibliotheque
    }

    /// Le modèle ou sa bibliothèque écrit-il cette clé, comme un mot entier ?
    pub(crate) fn ecrit(&self, cle: &str) -> bool {
        est_un_mot_de(&self.source, cle) || self.bibliotheque.is_some_and(|texte| est_un_mot_de(texte, cle))
    }

    pub(crate) fn images(&self) -> impl Iterator<Item = (&str, &str)> {
        self.images.iter().map(|(nom, svg)| (nom.as_str(), svg.as_str()))
    }

    pub(crate) fn noms_d_images_permis(&self) -> bool {
        self.images.keys().all(|nom| nom_d_image_permis(nom))
    }
}

/// Les images sont peut-être tracées d'après des données : `Debug` n'en dit que le nombre.
impl fmt::Debug for Modele {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Modele")
            .field("nom", &self.nom)
            .field("images", &self.images.len())
            .finish_non_exhaustive()
    }
}

/// Ce texte écrit-il cette clé, comme un mot entier ?
fn est_un_mot_de(source: &str, cle: &str) -> bool {
    let dans_un_mot = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    !cle.is_empty()
        && source.match_indices(cle).any(|(debut, _)| {
            let avant = source[..debut].chars().next_back();
            let apres = source[debut + cle.len()..].chars().next();
            !avant.is_some_and(dans_un_mot) && !apres.is_some_and(dans_un_mot)
        })
}

fn nom_d_image_permis(nom: &str) -> bool {
    nom.len() <= NOM_IMAGE_MAX
        && nom.strip_suffix(".svg").is_some_and(|radical| {
            !radical.is_empty()
                && radical
                    .bytes()
                    .all(|o| o.is_ascii_lowercase() || o.is_ascii_digit() || o == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_nom_d_image_n_est_pas_un_chemin() {
        assert!(nom_d_image_permis("tendance-12.svg"));
        for refuse in [
            "", ".svg", "a.png", "../a.svg", "/a.svg", "a/b.svg", "A.svg", "é.svg", "a b.svg",
        ] {
            assert!(!nom_d_image_permis(refuse), "{refuse}");
        }
        let juste = format!("{}.svg", "a".repeat(NOM_IMAGE_MAX - 4));
        assert!(nom_d_image_permis(&juste));
        assert!(!nom_d_image_permis(&format!("a{juste}")));
    }
}
