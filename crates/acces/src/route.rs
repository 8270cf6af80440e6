use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{self, MethodRouter};

use crate::garde::{Garde, garder};
use crate::navigation::Navigation;
use crate::{Action, CodeAction, Maison};

/// La méthode HTTP d'une route : lire, ou agir.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Methode {
    /// Lire une page (HEAD compris).
    Get,
    /// Envoyer un formulaire.
    Post,
}

impl fmt::Display for Methode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Get => "GET",
            Self::Post => "POST",
        })
    }
}

/// Ce qu'une route exige de qui la demande.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exigence {
    /// Rien.
    Public,
    /// Une session ouverte, quel que soit le rôle.
    Session,
    /// Une session ouverte dont le rôle a cette action.
    Action(CodeAction),
}

/// Une ligne de la table des routes : la seule façon d'ouvrir une page.
///
/// La garde de [`routeur`] vérifie `exige` avant que la page ne reçoive quoi que ce soit.
pub struct Route {
    methode: Methode,
    chemin: &'static str,
    exige: Exigence,
    service: MethodRouter<Maison>,
    rubrique: Option<&'static str>,
    recherche: Option<&'static str>,
}

impl Route {
    /// Une page à lire, pour les rôles qui ont l'action `A`. Le chemin commence par `/{caisse}`.
    #[must_use]
    pub fn get<A: Action, H: Handler<T, Maison>, T: 'static>(chemin: &'static str, page: H) -> Self {
        Self::nouvelle(
            Methode::Get,
            chemin,
            Exigence::Action(A::CODE),
            routing::get(page),
        )
    }

    /// Un formulaire envoyé, pour les rôles qui ont l'action `A`. Le chemin commence par `/{caisse}`.
    #[must_use]
    pub fn post<A: Action, H: Handler<T, Maison>, T: 'static>(chemin: &'static str, page: H) -> Self {
        Self::nouvelle(
            Methode::Post,
            chemin,
            Exigence::Action(A::CODE),
            routing::post(page),
        )
    }

    /// Une page à lire, ouverte à tous.
    #[must_use]
    pub fn get_public<H: Handler<T, Maison>, T: 'static>(chemin: &'static str, page: H) -> Self {
        Self::nouvelle(Methode::Get, chemin, Exigence::Public, routing::get(page))
    }

    /// Un formulaire ouvert à tous (il porte quand même le jeton de son visiteur).
    #[must_use]
    pub fn post_public<H: Handler<T, Maison>, T: 'static>(chemin: &'static str, page: H) -> Self {
        Self::nouvelle(Methode::Post, chemin, Exigence::Public, routing::post(page))
    }

    /// Une page à lire par tout agent connecté.
    #[must_use]
    pub fn get_session<H: Handler<T, Maison>, T: 'static>(chemin: &'static str, page: H) -> Self {
        Self::nouvelle(Methode::Get, chemin, Exigence::Session, routing::get(page))
    }

    /// Un formulaire de tout agent connecté.
    #[must_use]
    pub fn post_session<H: Handler<T, Maison>, T: 'static>(chemin: &'static str, page: H) -> Self {
        Self::nouvelle(Methode::Post, chemin, Exigence::Session, routing::post(page))
    }

    /// Fait de cette page une rubrique de la navigation, pour qui en a l'action.
    #[must_use]
    pub fn rubrique(self, libelle: &'static str) -> Self {
        Self {
            rubrique: Some(libelle),
            ..self
        }
    }

    /// Fait de ce formulaire celui du champ de recherche de l'en-tête (son champ se nomme `q`).
    #[must_use]
    pub fn recherche(self, libelle: &'static str) -> Self {
        Self {
            recherche: Some(libelle),
            ..self
        }
    }

    /// Sa méthode.
    #[must_use]
    pub fn methode(&self) -> Methode {
        self.methode
    }

    /// Son chemin, avec ses paramètres entre accolades.
    #[must_use]
    pub fn chemin(&self) -> &'static str {
        self.chemin
    }

    /// Ce qu'elle exige.
    #[must_use]
    pub fn exige(&self) -> Exigence {
        self.exige
    }

    pub(crate) fn libelle_de_rubrique(&self) -> Option<&'static str> {
        self.rubrique
    }

    pub(crate) fn libelle_de_recherche(&self) -> Option<&'static str> {
        self.recherche
    }

    fn nouvelle(
        methode: Methode,
        chemin: &'static str,
        exige: Exigence,
        service: MethodRouter<Maison>,
    ) -> Self {
        assert!(
            exige == Exigence::Public || chemin.starts_with("/{caisse}/"),
            "{chemin} exige un agent sans dire de quelle caisse : faites-la commencer par « /{{caisse}}/ »"
        );
        Self {
            methode,
            chemin,
            exige,
            service,
            rubrique: None,
            recherche: None,
        }
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({:?})", self.methode, self.chemin, self.exige)
    }
}

/// Le routeur de toutes ces pages, chacune derrière la garde de ce qu'elle exige ; le reste n'existe pas.
///
/// Une page dont l'auteur oublierait l'extracteur reste donc fermée à qui n'a pas l'action de sa route.
pub fn routeur(routes: Vec<Route>, maison: Maison) -> Router {
    let navigation = Arc::new(Navigation::des_routes(&routes));
    let mut routeur = Router::new();
    for route in routes {
        let garde = Garde {
            maison: maison.clone(),
            navigation: Arc::clone(&navigation),
            exige: route.exige,
            chemin: route.chemin,
        };
        routeur = routeur.route(
            route.chemin,
            route.service.route_layer(from_fn_with_state(garde, garder)),
        );
    }
    routeur
        .fallback(async || web::Erreur::NonTrouve)
        .with_state(maison)
}
