//! Pour les essais des pages (fonction `essais`) : une maison d'une caisse jetable, et un navigateur sans écran.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use jiff::Timestamp;
use storage::Db;
use storage::essais::Banc;
use tower::ServiceExt as _;

use crate::agents::totp::Secret;
use crate::agents::{MotDePasse, NouvelAgent, compte, creer_agent_de_demonstration};
use crate::session::{Etape, Jeton, ouvrir};
use crate::{Caisse, Horloge, Maison, Objet, Permis, Role};

/// Le lundi 2 mars 2026 à 9 h, heure de Paris : l'instant des essais.
pub const LUNDI: &str = "2026-03-02T08:00:00Z";
/// Mot de passe des agents d'essai.
pub const MOT_DE_PASSE: &str = "charrue etang lundi bleu";
/// Secret du second facteur des agents d'essai.
pub const SECRET: Secret = Secret::de(*b"sillon-essais-totp!!");

/// Une horloge réglée sur [`LUNDI`].
///
/// # Panics
/// Jamais.
#[must_use]
pub fn horloge() -> Horloge {
    Horloge::fixe(LUNDI.parse::<Timestamp>().expect("instant d'essai"))
}

/// Une maison qui sert la caisse de ce banc.
///
/// # Panics
/// Si un fichier du banc est faux.
#[must_use]
pub fn maison(banc: &Banc, horloge: Horloge) -> Maison {
    let caisse = Caisse::preparer(banc.db.clone(), banc.dossier.path()).expect("caisse d'essai");
    Maison::nouvelle(vec![caisse], horloge, "https://sillon.essai")
}

/// Crée un agent prêt à se connecter ([`MOT_DE_PASSE`], [`SECRET`]), d'identifiant `ROLE.essai`, et rend
/// l'identifiant.
///
/// # Panics
/// Si la base refuse.
pub async fn agent(db: &Db, horloge: &Horloge, role: Role) -> String {
    let identifiant = format!("{role}.essai");
    let permis = Permis::operateur(db, horloge, "essai", Objet::Caisse)
        .await
        .expect("permis d'essai");
    let nouveau = NouvelAgent::lire(&identifiant, "Agent d’essai", role).expect("agent d'essai");
    creer_agent_de_demonstration(db, &permis, &nouveau, &MotDePasse::tape(MOT_DE_PASSE), &SECRET)
        .await
        .expect("agent d'essai");
    identifiant
}

/// Un navigateur sans écran : il garde les cookies d'une caisse et remplit le jeton des formulaires.
#[derive(Clone)]
pub struct Navigateur {
    routeur: Router,
    db: Db,
    cookies: Vec<(String, String)>,
}

/// Ce que le serveur a répondu.
#[derive(Debug)]
pub struct Reponse {
    /// État HTTP.
    pub etat: StatusCode,
    /// Où il renvoie.
    pub vers: Option<String>,
    /// Les cookies posés, tels quels.
    pub cookies: Vec<String>,
    /// Le corps.
    pub corps: String,
}

impl Navigateur {
    /// Personne.
    #[must_use]
    pub fn anonyme(routeur: &Router, db: &Db) -> Self {
        Self {
            routeur: routeur.clone(),
            db: db.clone(),
            cookies: Vec::new(),
        }
    }

    /// Un agent de ce rôle, session ouverte ; son compte est créé s'il manque.
    ///
    /// # Panics
    /// Si la base refuse.
    pub async fn connecte(routeur: &Router, db: &Db, horloge: &Horloge, role: Role) -> Self {
        let identifiant = format!("{role}.essai");
        if compte(db, &identifiant).await.expect("compte d'essai").is_none() {
            agent(db, horloge, role).await;
        }
        let compte = compte(db, &identifiant)
            .await
            .expect("compte d'essai")
            .expect("compte d'essai");
        let jeton = ouvrir(db, compte.agent.id, Etape::Ouverte, None, horloge.maintenant())
            .await
            .expect("session d'essai");
        let mut navigateur = Self::anonyme(routeur, db);
        navigateur.retenir(jeton.cookie(db.caisse()).to_str().expect("cookie"));
        navigateur
    }

    /// Demande une page.
    ///
    /// # Panics
    /// Si la réponse ne se lit pas.
    pub async fn get(&mut self, chemin: &str) -> Reponse {
        let demande = self
            .demande("GET", chemin)
            .body(Body::empty())
            .expect("requête d'essai");
        self.envoyer(demande).await
    }

    /// Envoie un formulaire, avec le jeton de sa session.
    ///
    /// # Panics
    /// Si la réponse ne se lit pas.
    pub async fn post(&mut self, chemin: &str, champs: &[(&str, &str)]) -> Reponse {
        let jeton = self.jeton();
        let champs: Vec<(&str, &str)> = champs
            .iter()
            .copied()
            .chain([(web::CHAMP_JETON, jeton.as_str())])
            .collect();
        self.post_brut(chemin, &champs).await
    }

    /// Envoie un formulaire tel quel, sans jeton ajouté.
    ///
    /// # Panics
    /// Si la réponse ne se lit pas.
    pub async fn post_brut(&mut self, chemin: &str, champs: &[(&str, &str)]) -> Reponse {
        let corps: Vec<String> = champs
            .iter()
            .map(|(nom, valeur)| format!("{}={}", pour_cent(nom), pour_cent(valeur)))
            .collect();
        let demande = self
            .demande("POST", chemin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(corps.join("&")))
            .expect("requête d'essai");
        self.envoyer(demande).await
    }

    /// Envoie une requête faite à la main, cookies compris.
    ///
    /// # Panics
    /// Si la réponse ne se lit pas.
    pub async fn envoyer(&mut self, demande: Request<Body>) -> Reponse {
        let reponse = self.routeur.clone().oneshot(demande).await.expect("réponse");
        let (etat, vers, poses) = (reponse.status(), entete(&reponse), cookies(&reponse));
        for pose in &poses {
            self.retenir(pose);
        }
        let corps = to_bytes(reponse.into_body(), 64 << 20).await.expect("corps");
        Reponse {
            etat,
            vers,
            cookies: poses,
            corps: String::from_utf8_lossy(&corps).into_owned(),
        }
    }

    /// Le jeton de formulaire de la session ; vide sans cookie.
    #[must_use]
    pub fn jeton(&self) -> String {
        let mut entetes = axum::http::HeaderMap::new();
        if let Ok(valeur) = self.en_tete_cookie().parse() {
            entetes.insert(header::COOKIE, valeur);
        }
        Jeton::lire(&entetes, self.db.caisse())
            .map(|j| j.csrf(self.db.coffre()))
            .unwrap_or_default()
    }

    /// Une requête commencée, avec les cookies.
    #[must_use]
    pub fn demande(&self, methode: &str, chemin: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(methode)
            .uri(chemin)
            .header(header::COOKIE, self.en_tete_cookie())
    }

    fn en_tete_cookie(&self) -> String {
        self.cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn retenir(&mut self, pose: &str) {
        let Some((nom, suite)) = pose.split_once('=') else {
            return;
        };
        let valeur = suite.split(';').next().unwrap_or_default();
        self.cookies.retain(|(n, _)| n != nom);
        if !valeur.is_empty() {
            self.cookies.push((nom.to_owned(), valeur.to_owned()));
        }
    }
}

fn entete(reponse: &Response<Body>) -> Option<String> {
    reponse
        .headers()
        .get(header::LOCATION)
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned)
}

fn cookies(reponse: &Response<Body>) -> Vec<String> {
    let poses = reponse.headers().get_all(header::SET_COOKIE).iter();
    poses.filter_map(|v| v.to_str().ok()).map(str::to_owned).collect()
}

fn pour_cent(texte: &str) -> String {
    texte
        .bytes()
        .map(|o| match o {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(o).to_string(),
            _ => format!("%{o:02X}"),
        })
        .collect()
}
