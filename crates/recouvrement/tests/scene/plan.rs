//! L'échéancier de l'indu de la scène, et l'agent qui y revient un autre jour.

use acces::essais::{Navigateur, maison};
use acces::{Horloge, Role};
use axum::http::StatusCode;
use jiff::Timestamp;
use storage::{lire, sql};

use crate::scene::Scene;

pub(crate) fn horloge_du(jour: &str) -> Horloge {
    let instant: Timestamp = format!("{jour}T08:00:00Z").parse().unwrap();
    Horloge::fixe(instant)
}

/// Un agent du recouvrement, un autre jour.
pub(crate) async fn agent_du(scene: &Scene, jour: &str) -> Navigateur {
    let horloge = horloge_du(jour);
    let routes = [
        acces::routes(),
        creances::pages::routes(),
        recouvrement::pages::routes(),
    ];
    let routeur = acces::routeur(
        routes.into_iter().flatten().collect(),
        maison(&scene.banc, horloge.clone()),
    );
    Navigateur::connecte(&routeur, &scene.banc.db, &horloge, Role::Recouvrement).await
}

/// L'indu de 444,44 € en douze fois à partir du 15 avril, avec la clause : rend l'adresse du plan.
pub(crate) async fn accorder(scene: &Scene, agent: &mut Navigateur) -> String {
    let creance = scene.indu.to_string();
    let reponse = agent
        .post(
            &format!("/DMSA33/creances/{creance}/echeancier"),
            &[
                ("creances", creance.as_str()),
                ("mensualites", "12"),
                ("premiere", "2026-04-15"),
                ("clause", "oui"),
            ],
        )
        .await;
    assert_eq!(reponse.etat, StatusCode::SEE_OTHER, "{}", reponse.corps);
    let id: Result<i64, storage::Erreur> = lire!(scene.banc.db, |tx| sql!("SELECT id FROM echeancier")
        .scalaire(tx)
        .await);
    format!("/DMSA33/echeanciers/{}", id.unwrap())
}
