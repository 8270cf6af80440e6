//! Les pages de cette crate : connexion, mot de passe, agents, journal, habilitations.

mod agents;
mod connexion;
mod fournisseur;
mod habilitations;
mod journal;
mod mot_de_passe;
mod second_facteur;
mod visiteur;

use jiff::SignedDuration;

use crate::Route;
use crate::actions::{ConsulterJournal, GererAgents, LireHabilitations};

/// Les routes de ces pages, à joindre à celles des autres crates.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get_public("/{caisse}/connexion", connexion::montrer),
        Route::post_public("/{caisse}/connexion", connexion::envoyer),
        Route::get_public("/{caisse}/connexion/code", second_facteur::montrer),
        Route::post_public("/{caisse}/connexion/code", second_facteur::envoyer),
        Route::get_public("/{caisse}/connexion/fournisseur", fournisseur::partir),
        Route::get_public("/{caisse}/connexion/retour", fournisseur::revenir),
        Route::get_public("/{caisse}/connexion/mot-de-passe", mot_de_passe::montrer),
        Route::post_public("/{caisse}/connexion/mot-de-passe", mot_de_passe::envoyer),
        Route::post_session("/{caisse}/deconnexion", connexion::quitter),
        Route::get::<GererAgents, _, _>("/{caisse}/agents", agents::montrer).rubrique("Agents"),
        Route::post::<GererAgents, _, _>("/{caisse}/agents", agents::creer),
        Route::post::<GererAgents, _, _>("/{caisse}/agents/desactiver", agents::desactiver),
        Route::post::<GererAgents, _, _>("/{caisse}/agents/activer", agents::activer),
        Route::post::<GererAgents, _, _>("/{caisse}/agents/reinitialiser", agents::reinitialiser),
        Route::post::<GererAgents, _, _>("/{caisse}/agents/role", agents::changer_role),
        Route::get::<ConsulterJournal, _, _>("/{caisse}/journal", journal::montrer)
            .rubrique("Journal des accès"),
        Route::post::<ConsulterJournal, _, _>("/{caisse}/journal", journal::filtrer),
        Route::get::<LireHabilitations, _, _>("/{caisse}/habilitations", habilitations::montrer)
            .rubrique("Habilitations"),
    ]
}

/// La phrase d'un essai freiné, la même que le compte existe ou non.
fn attendez(attente: SignedDuration) -> String {
    let secondes = attente.as_secs().max(1);
    if secondes < 60 {
        format!("Trop d’essais : attendez {secondes}\u{A0}s avant de recommencer.")
    } else {
        format!(
            "Trop d’essais : attendez {}\u{A0}min avant de recommencer.",
            (secondes + 59) / 60
        )
    }
}
