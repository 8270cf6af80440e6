//! Du HTML déjà sûr.

use std::fmt;

use askama::{
    Template, Values,
    filters::{self, HtmlSafe},
};

/// Du HTML déjà échappé, ou rendu par un gabarit. S'écrit tel quel dans un autre.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Html(String);

impl Html {
    /// Échappe un texte.
    #[must_use]
    pub fn texte(texte: impl fmt::Display) -> Self {
        filters::escape(texte, filters::Html)
            .map_or_else(|jamais| match jamais {}, |html| Self(html.to_string()))
    }

    /// Rend un gabarit.
    ///
    /// # Errors
    /// Celles du gabarit.
    pub fn rendu(gabarit: &impl Template) -> askama::Result<Self> {
        gabarit.render().map(Self)
    }

    /// Rien à écrire ?
    #[must_use]
    pub fn est_vide(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::FastWritable for Html {
    fn write_into(&self, sortie: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(sortie.write_str(&self.0)?)
    }
}

impl HtmlSafe for Html {}

impl From<&str> for Html {
    /// Échappe.
    fn from(texte: &str) -> Self {
        Self::texte(texte)
    }
}

impl From<String> for Html {
    /// Échappe.
    fn from(texte: String) -> Self {
        Self::texte(texte)
    }
}

/// Une valeur qui mène à ce qu'elle compte ou désigne.
#[derive(Template, Clone, Debug)]
#[template(ext = "html", source = r#"<a href="{{ url }}">{{ valeur }}</a>"#)]
pub struct Mene {
    url: String,
    valeur: Html,
}

/// Cette valeur, et la page où elle mène.
#[must_use]
pub fn mene(url: impl fmt::Display, valeur: impl Into<Html>) -> Mene {
    Mene {
        url: url.to_string(),
        valeur: valeur.into(),
    }
}

/// Déclare qu'un fragment s'écrit sans `|safe` et se convertit en [`Html`].
macro_rules! fragment {
    ($($type:ident $(<$vie:lifetime>)?),+ $(,)?) => {$(
        impl $(<$vie>)? ::askama::filters::HtmlSafe for $type $(<$vie>)? {}

        impl $(<$vie>)? From<$type $(<$vie>)?> for $crate::fragments::Html {
            fn from(fragment: $type $(<$vie>)?) -> Self {
                Self::rendu(&fragment)
                    .expect("un fragment n'écrit que des textes dans une chaîne, ce qui n'échoue pas")
            }
        }
    )+};
}
pub(crate) use fragment;

fragment!(Mene);
