//! L'extranet de démonstration : ce que voit un adhérent de la caisse inventée, sur une autre origine que le back-office.
//!
//! C'est le site qu'un agent aide à remplir. Les créances et les demandes d'échéancier sont celles de la caisse ; le
//! ménage, les remboursements et les messages sont tirés de la graine ; ce qu'un adhérent transmet (messages, déclaration
//! trimestrielle) vit autant que le serveur. Chaque région dit ce qu'elle tient par `data-categorie` : ce site est aussi
//! l'exemple de ceux qui intègrent l'assistance.

mod adherents;
mod menage;
mod pages;
mod rsa;
mod seances;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use acces::Horloge;
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderValue, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use jiff::civil::Date;
use storage::Db;

pub use self::adherents::{Adherent, Profil, adherents};
use self::seances::Seances;

const STYLE: &str = include_str!("../../assets/extranet.css");
/// Rien d'une autre origine.
const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// L'extranet d'une caisse de démonstration.
#[derive(Clone)]
pub struct Extranet(Arc<Interieur>);

struct Interieur {
    db: Db,
    horloge: Horloge,
    adherents: Vec<Adherent>,
    seances: Seances,
    /// Ce que chaque adhérent a transmis, par matricule.
    transmis: Mutex<HashMap<String, Vec<Transmis>>>,
}

/// Ce qu'un adhérent a transmis depuis que le serveur tourne.
#[derive(Clone)]
struct Transmis {
    jour: Date,
    objet: String,
    texte: String,
}

impl Extranet {
    /// L'extranet de ces adhérents.
    #[must_use]
    pub fn nouveau(db: Db, horloge: Horloge, adherents: Vec<Adherent>) -> Self {
        Self(Arc::new(Interieur {
            db,
            horloge,
            adherents,
            seances: Seances::default(),
            transmis: Mutex::default(),
        }))
    }

    /// Ses pages.
    pub fn routeur(self) -> Router {
        Router::new()
            .route("/", get(pages::accueil))
            .route("/connexion", get(pages::connexion).post(pages::se_connecter))
            .route("/deconnexion", post(pages::se_deconnecter))
            .route("/remboursements", get(pages::remboursements))
            .route("/rsa", get(pages::rsa).post(pages::declarer))
            .route("/quotient-familial", get(pages::quotient))
            .route("/cotisations", get(pages::cotisations))
            .route("/cotisations/echeancier", post(pages::demander_un_echeancier))
            .route("/messages", get(pages::messages).post(pages::ecrire_un_message))
            .route(
                "/extranet.css",
                get(|| async { ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE) }),
            )
            .layer(from_fn(fermer))
            .with_state(self)
    }

    fn noter(&self, matricule: &str, transmis: Transmis) {
        let mut tous = self.0.transmis.lock().unwrap_or_else(PoisonError::into_inner);
        tous.entry(matricule.to_owned()).or_default().push(transmis);
    }

    /// Ce que cet adhérent a transmis, du plus récent au plus ancien.
    fn transmis(&self, matricule: &str) -> Vec<Transmis> {
        let tous = self.0.transmis.lock().unwrap_or_else(PoisonError::into_inner);
        let siens = tous.get(matricule).map(Vec::as_slice).unwrap_or_default();
        siens.iter().rev().cloned().collect()
    }
}

async fn fermer(requete: Request<axum::body::Body>, suite: Next) -> Response {
    let mut reponse = suite.run(requete).await;
    let entetes = reponse.headers_mut();
    entetes.insert(CONTENT_SECURITY_POLICY, CSP);
    entetes.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    entetes.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reponse
}
