//! Le programme : ligne de commande, configuration, et composition de toutes les tranches de la maison.
//!
//! [`routes`] et [`migrations`] sont les deux seules listes globales : l'ordre des migrations y est l'ordre
//! d'application, et rien n'est servi qui ne soit dans la table des routes.

pub mod arguments;
pub mod commandes;
pub mod configuration;
mod serveur;
mod sortie;
mod surveiller;

use acces::Route;
use storage::Migration;

/// Toutes les pages du programme.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = serveur::routes();
    routes.extend(creances::pages::routes());
    routes.extend(recouvrement::pages::routes());
    routes.extend(rapprochement::pages::routes());
    routes.extend(acces::routes());
    routes
}

/// Toutes les migrations, dans l'ordre où une base les reçoit.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    acces::MIGRATIONS
        .iter()
        .chain(creances::MIGRATIONS)
        .chain(rapprochement::MIGRATIONS)
        .chain(recouvrement::MIGRATIONS)
        .copied()
        .collect()
}
