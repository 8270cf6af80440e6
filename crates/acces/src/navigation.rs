use web::{Entree, Recherche};

use crate::{Caisse, CodeAction, Exigence, Role, Route};

/// Les rubriques et le champ de recherche, tirés de la table des routes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Navigation {
    rubriques: Vec<(&'static str, &'static str, CodeAction)>,
    recherche: Option<(&'static str, &'static str, CodeAction)>,
}

impl Navigation {
    pub(crate) fn des_routes(routes: &[Route]) -> Self {
        let entree = |route: &Route, libelle: Option<&'static str>| match route.exige() {
            Exigence::Action(action) => libelle.map(|l| (l, route.chemin(), action)),
            Exigence::Public | Exigence::Session => None,
        };
        Self {
            rubriques: routes
                .iter()
                .filter_map(|r| entree(r, r.libelle_de_rubrique()))
                .collect(),
            recherche: routes.iter().find_map(|r| entree(r, r.libelle_de_recherche())),
        }
    }

    /// Les rubriques ouvertes à ce rôle, dans l'ordre de la table des routes.
    pub(crate) fn entrees(&self, caisse: &Caisse, role: Role, chemin: &str) -> Vec<Entree> {
        let contient = |url: &String| {
            let reste = chemin.strip_prefix(url.as_str());
            !url.ends_with('/') && reste.is_some_and(|r| r.is_empty() || r.starts_with('/'))
        };
        let urls = || {
            self.ouvertes(caisse, role)
                .map(|(_, gabarit)| adresse(gabarit, caisse))
        };
        // « Créances » ne contient pas « Importer des créances », qui est une rubrique à elle.
        let active = urls().filter(contient).max_by_key(String::len);
        self.ouvertes(caisse, role)
            .zip(urls())
            .map(|((libelle, _), url)| Entree {
                libelle: libelle.to_owned(),
                active: active.as_ref() == Some(&url),
                url,
                compte: None,
            })
            .collect()
    }

    /// La première rubrique ouverte à ce rôle : là où il arrive.
    pub(crate) fn accueil(&self, caisse: &Caisse, role: Role) -> String {
        let premiere = self.ouvertes(caisse, role).next();
        premiere.map_or_else(
            || format!("/{}/connexion", caisse.code),
            |(_, gabarit)| adresse(gabarit, caisse),
        )
    }

    pub(crate) fn recherche(&self, caisse: &Caisse, role: Role) -> Option<Recherche> {
        let (libelle, gabarit, action) = self.recherche?;
        caisse.habilitations.accorde(role, action).then(|| Recherche {
            action: adresse(gabarit, caisse),
            libelle: libelle.to_owned(),
        })
    }

    fn ouvertes(&self, caisse: &Caisse, role: Role) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.rubriques
            .iter()
            .filter(move |(_, _, action)| caisse.habilitations.accorde(role, *action))
            .map(|(libelle, gabarit, _)| (*libelle, *gabarit))
    }
}

/// Un chemin de route, dans la caisse.
pub(crate) fn adresse(gabarit: &str, caisse: &Caisse) -> String {
    gabarit.replacen("{caisse}", caisse.code.code(), 1)
}
