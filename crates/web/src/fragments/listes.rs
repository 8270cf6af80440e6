//! Les listes : définitions, chiffres clés, chronologie, commentaires, et le vide.

use std::fmt::Display;

use askama::Template;
use jiff::civil::Date;

use super::{DateAffichee, Html, Ton, date, html::fragment, navigation::Lien};

/// Un terme et sa valeur.
#[derive(Clone, Debug)]
pub struct Definition {
    terme: String,
    valeur: Html,
}

impl Definition {
    /// Un terme et sa valeur : un texte (échappé) ou un fragment. Une valeur vide s'affiche « non renseigné ».
    #[must_use]
    pub fn nouvelle(terme: impl Display, valeur: impl Into<Html>) -> Self {
        Self {
            terme: terme.to_string(),
            valeur: valeur.into(),
        }
    }
}

/// Une liste de définitions : la carte d'identité d'une fiche.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/definitions.html")]
pub struct Definitions {
    definitions: Vec<Definition>,
}

/// Des termes et leurs valeurs, dans l'ordre.
#[must_use]
pub fn definitions(definitions: Vec<Definition>) -> Definitions {
    Definitions { definitions }
}

/// Un chiffre clé.
#[derive(Clone, Debug)]
pub struct Chiffre {
    libelle: String,
    valeur: Html,
    precision: Option<Html>,
    ton: Ton,
}

impl Chiffre {
    /// Ce qu'on compte et combien.
    #[must_use]
    pub fn nouveau(libelle: impl Display, valeur: impl Into<Html>) -> Self {
        Self {
            libelle: libelle.to_string(),
            valeur: valeur.into(),
            precision: None,
            ton: Ton::Neutre,
        }
    }

    /// Une précision dessous.
    #[must_use]
    pub fn precision(self, precision: impl Into<Html>) -> Self {
        Self {
            precision: Some(precision.into()),
            ..self
        }
    }

    /// Un filet de cette couleur.
    #[must_use]
    pub fn ton(self, ton: Ton) -> Self {
        Self { ton, ..self }
    }
}

/// Les chiffres clés, en ligne.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/chiffres.html")]
pub struct Chiffres {
    chiffres: Vec<Chiffre>,
}

/// Une bande de chiffres clés.
#[must_use]
pub fn chiffres(chiffres: Vec<Chiffre>) -> Chiffres {
    Chiffres { chiffres }
}

/// Ce qui est arrivé un jour.
#[derive(Clone, Debug)]
pub struct Evenement {
    date: DateAffichee,
    titre: String,
    detail: Option<Html>,
    auteur: Option<String>,
    ton: Ton,
}

impl Evenement {
    /// Ce jour-là, ceci.
    #[must_use]
    pub fn nouveau(jour: Date, titre: impl Display) -> Self {
        Self {
            date: date(jour),
            titre: titre.to_string(),
            detail: None,
            auteur: None,
            ton: Ton::Neutre,
        }
    }

    /// Ce qu'il y a à en dire.
    #[must_use]
    pub fn detail(self, detail: impl Into<Html>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }

    /// Qui l'a fait.
    #[must_use]
    pub fn auteur(self, auteur: impl Display) -> Self {
        Self {
            auteur: Some(auteur.to_string()),
            ..self
        }
    }

    /// Une puce de cette couleur.
    #[must_use]
    pub fn ton(self, ton: Ton) -> Self {
        Self { ton, ..self }
    }
}

/// Une suite d'événements datés.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/chronologie.html")]
pub struct Chronologie {
    evenements: Vec<Evenement>,
}

/// Des événements, dans l'ordre où ils sont donnés.
#[must_use]
pub fn chronologie(evenements: Vec<Evenement>) -> Chronologie {
    Chronologie { evenements }
}

/// Un commentaire signé et daté.
#[derive(Clone, Debug)]
pub struct Commentaire {
    auteur: String,
    quand: String,
    texte: String,
}

impl Commentaire {
    /// `quand` est montré tel quel (« 5 mars 2026 à 14 h 02 ») ; les sauts de ligne du texte sont gardés.
    #[must_use]
    pub fn nouveau(auteur: impl Display, quand: impl Display, texte: impl Display) -> Self {
        Self {
            auteur: auteur.to_string(),
            quand: quand.to_string(),
            texte: texte.to_string(),
        }
    }
}

/// La fiche de commentaires.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/commentaires.html")]
pub struct Commentaires {
    commentaires: Vec<Commentaire>,
}

/// Des commentaires, dans l'ordre où ils sont donnés.
#[must_use]
pub fn commentaires(commentaires: Vec<Commentaire>) -> Commentaires {
    Commentaires { commentaires }
}

/// Rien à montrer, et quoi faire.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/vide.html")]
pub struct Vide {
    titre: String,
    texte: String,
    lien: Option<Lien>,
}

/// Une liste vide : ce qui manque, et pourquoi ou comment en avoir.
#[must_use]
pub fn vide(titre: impl Display, texte: impl Display) -> Vide {
    Vide {
        titre: titre.to_string(),
        texte: texte.to_string(),
        lien: None,
    }
}

impl Vide {
    /// Où aller.
    #[must_use]
    pub fn lien(self, libelle: impl Display, url: impl Display) -> Self {
        Self {
            lien: Some(Lien::nouveau(libelle, url)),
            ..self
        }
    }
}

fragment!(Definitions, Chiffres, Chronologie, Commentaires, Vide);
