//! Le haut de la page.

use std::fmt::Display;

use askama::Template;

use super::{
    Html,
    html::fragment,
    navigation::{Fil, Lien, fil},
};

/// Le fil d'Ariane, l'unique `<h1>`, une phrase sous lui, les actions de la page.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/entete.html")]
pub struct EntetePage {
    titre: String,
    sous_titre: Option<Html>,
    fil: Option<Fil>,
    actions: Vec<Html>,
}

impl EntetePage {
    /// Le `<h1>` de la page.
    #[must_use]
    pub fn nouveau(titre: impl Display) -> Self {
        Self {
            titre: titre.to_string(),
            sous_titre: None,
            fil: None,
            actions: Vec::new(),
        }
    }

    /// Une phrase ou des pastilles sous le titre.
    #[must_use]
    pub fn sous_titre(self, html: impl Into<Html>) -> Self {
        Self {
            sous_titre: Some(html.into()),
            ..self
        }
    }

    /// Les pages au-dessus de celle-ci.
    #[must_use]
    pub fn fil(mut self, liens: Vec<Lien>) -> Self {
        self.fil = Some(fil(liens, &self.titre));
        self
    }

    /// Une action de plus : un [`super::ActionPost`], ou un lien par [`Self::lien`].
    #[must_use]
    pub fn action(mut self, html: impl Into<Html>) -> Self {
        self.actions.push(html.into());
        self
    }

    /// Un lien présenté comme un bouton.
    #[must_use]
    pub fn lien(self, libelle: impl Display, url: impl Display) -> Self {
        self.action(LienBouton {
            lien: Lien::nouveau(libelle, url),
        })
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<a class="bouton" href="{{ lien.url }}">{{ lien.libelle }}</a>"#
)]
struct LienBouton {
    lien: Lien,
}

fragment!(EntetePage, LienBouton);
