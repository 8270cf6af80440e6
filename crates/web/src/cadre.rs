//! Le cadre : ce que la mise en page montre autour du contenu.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::{Erreur, URL_ICONE, URL_MODULE, URL_STYLE, fragments::Ton};

/// Ce que la mise en page reçoit ; un cadre vide donne une page nue, sans navigation.
#[derive(Clone, Default)]
pub struct Cadre {
    /// Le titre du document. Il passe dans l'historique du navigateur : jamais de nom de personne, ni de NIR.
    pub titre: String,
    /// La caisse où l'on travaille, s'il y en a une.
    pub caisse: Option<CaisseAffichee>,
    /// L'agent connecté ; personne ne l'est sans lui.
    pub agent: Option<AgentAffiche>,
    /// Les entrées de la navigation, dans l'ordre.
    pub navigation: Vec<Entree>,
    /// Le champ de recherche de l'en-tête.
    pub recherche: Option<Recherche>,
    /// Le jeton que portent les formulaires de la mise en page ([`crate::JetonCsrf`]) ; vide hors connexion.
    pub jeton: String,
    /// Le message laissé par l'action précédente.
    pub avis: Option<Avis>,
    /// Le chemin de la page, pour marquer son entrée de `aria-current="page"`.
    pub chemin: String,
    /// La place que prend le contenu.
    pub affichage: Affichage,
}

/// La place que prend le contenu de la page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Affichage {
    /// Toute la largeur : tables et dossiers.
    #[default]
    Large,
    /// Une colonne étroite et centrée : connexion, erreur, formulaire court.
    Etroit,
}

/// La caisse nommée dans l'en-tête.
#[derive(Clone)]
pub struct CaisseAffichee {
    /// Le code, `DMSA33`.
    pub code: String,
    /// Le nom, « MSA Gironde ».
    pub nom: String,
    /// L'adresse de son accueil.
    pub url: String,
}

/// L'agent nommé dans l'en-tête.
#[derive(Clone)]
pub struct AgentAffiche {
    /// Le nom qu'il lit.
    pub nom: String,
    /// Ses rôles en toutes lettres, « recouvrement », « agence comptable ».
    pub roles: Vec<String>,
    /// L'adresse où POSTer la déconnexion.
    pub deconnexion: String,
    /// L'adresse où changer de mot de passe, si la caisse les tient.
    pub mot_de_passe: Option<String>,
}

/// Une entrée de la navigation.
#[derive(Clone)]
pub struct Entree {
    /// Le mot affiché.
    pub libelle: String,
    /// L'adresse, chemin absolu.
    pub url: String,
    /// Est-ce la rubrique de la page ?
    pub active: bool,
    /// Un nombre de choses qui attendent, montré s'il est donné.
    pub compte: Option<u64>,
}

/// Le champ de recherche de l'en-tête : un formulaire POST dont le champ se nomme `q`.
#[derive(Clone)]
pub struct Recherche {
    /// L'adresse où POSTer.
    pub action: String,
    /// L'étiquette, aussi montrée dans le champ vide (« Nom, NIR, SIRET… »).
    pub libelle: String,
}

/// Le message d'une action accomplie, refusée ou à surveiller. Il survit à une redirection dans la session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ton", content = "texte")]
pub enum Avis {
    /// C'est fait.
    Succes(String),
    /// Bon à savoir.
    Info(String),
    /// À surveiller.
    Alerte(String),
    /// Ce n'est pas fait.
    Erreur(String),
}

impl Avis {
    /// La phrase.
    #[must_use]
    pub fn texte(&self) -> &str {
        match self {
            Self::Succes(texte) | Self::Info(texte) | Self::Alerte(texte) | Self::Erreur(texte) => texte,
        }
    }

    /// La couleur.
    #[must_use]
    pub const fn ton(&self) -> Ton {
        match self {
            Self::Succes(_) => Ton::Positif,
            Self::Info(_) => Ton::Info,
            Self::Alerte(_) => Ton::Attention,
            Self::Erreur(_) => Ton::Danger,
        }
    }

    /// Le mot qui dit le genre sans la couleur.
    const fn mot(&self) -> &'static str {
        match self {
            Self::Succes(_) => "C’est fait",
            Self::Info(_) => "À savoir",
            Self::Alerte(_) => "Attention",
            Self::Erreur(_) => "Ce n’est pas fait",
        }
    }

    /// Le rôle ARIA : une erreur interrompt la lecture, le reste attend.
    const fn role(&self) -> &'static str {
        match self {
            Self::Erreur(_) | Self::Alerte(_) => "alert",
            Self::Succes(_) | Self::Info(_) => "status",
        }
    }
}

impl Entree {
    /// La valeur de `aria-current` : la page même, la rubrique qui la contient, ou rien.
    fn courante(&self, chemin: &str) -> Option<&'static str> {
        match (self.url == chemin, self.active) {
            (true, _) => Some("page"),
            (false, true) => Some("true"),
            (false, false) => None,
        }
    }
}

#[derive(Template)]
#[template(path = "cadre.html")]
struct MiseEnPage<'a> {
    cadre: &'a Cadre,
    contenu: &'a str,
    url_style: &'a str,
    url_module: &'a str,
    url_icone: &'a str,
}

/// Entoure de la mise en page un contenu rendu par un autre crate, qui porte le `<h1>`.
///
/// L'état est 200 ; `(StatusCode::…, page(…))` en donne un autre. Un gabarit qui ne s'écrit pas donne
/// [`Erreur::Interne`].
#[must_use]
pub fn page(cadre: &Cadre, contenu: impl Template) -> Response {
    match rendre(cadre, &contenu) {
        Ok(html) => Html(html).into_response(),
        Err(cause) => Erreur::interne(&cause).into_response(),
    }
}

/// Le document entier.
pub(crate) fn rendre(cadre: &Cadre, contenu: &impl Template) -> Result<String, askama::Error> {
    MiseEnPage {
        cadre,
        contenu: &contenu.render()?,
        url_style: &URL_STYLE,
        url_module: &URL_MODULE,
        url_icone: &URL_ICONE,
    }
    .render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_avis_survit_a_la_session() {
        let avis = Avis::Alerte("Deux lignes attendent.".to_owned());
        let garde = r#"{"ton":"alerte","texte":"Deux lignes attendent."}"#;
        assert_eq!(serde_json::to_string(&avis).unwrap(), garde);
        assert_eq!(serde_json::from_str::<Avis>(garde).unwrap(), avis);
    }

    #[test]
    fn la_page_et_sa_rubrique_ne_se_marquent_pas_pareil() {
        let entree = |active| Entree {
            libelle: String::new(),
            url: "/rac".to_owned(),
            active,
            compte: None,
        };
        assert_eq!(entree(false).courante("/rac"), Some("page"));
        assert_eq!(entree(true).courante("/rac/7"), Some("true"));
        assert_eq!(entree(false).courante("/rac/7"), None);
    }
}
