//! La feuille de style, le module et l'icône : embarqués, servis sous une adresse qui porte leur empreinte.

use std::sync::LazyLock;

use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    routing::get,
};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../assets/style.css");
const MODULE: &str = include_str!("../assets/sillon.js");
const ICONE: &str = include_str!("../assets/favicon.svg");

/// Un an : l'adresse change avec le contenu, rien n'est à revalider.
const CACHE_IMMUABLE: &str = "public, max-age=31536000, immutable";

/// L'adresse de la feuille de style.
pub static URL_STYLE: LazyLock<String> = LazyLock::new(|| adresse("style", STYLE, "css"));
/// L'adresse du module d'aides au clavier.
pub static URL_MODULE: LazyLock<String> = LazyLock::new(|| adresse("sillon", MODULE, "js"));
/// L'adresse de l'icône.
pub static URL_ICONE: LazyLock<String> = LazyLock::new(|| adresse("favicon", ICONE, "svg"));

/// Soixante-quatre bits d'empreinte suffisent à distinguer deux versions d'un même fichier.
fn adresse(nom: &str, contenu: &str, extension: &str) -> String {
    let empreinte: String = Sha256::digest(contenu)
        .iter()
        .take(8)
        .map(|octet| format!("{octet:02x}"))
        .collect();
    format!("/assets/{nom}-{empreinte}.{extension}")
}

/// Les routes des trois fichiers, hors connexion, gardées un an par le navigateur.
pub fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let fichiers = [
        (&URL_STYLE, STYLE, "text/css; charset=utf-8"),
        (&URL_MODULE, MODULE, "text/javascript; charset=utf-8"),
        (&URL_ICONE, ICONE, "image/svg+xml"),
    ];
    fichiers
        .into_iter()
        .fold(Router::new(), |routeur, (url, contenu, genre)| {
            let reponse = ([(CONTENT_TYPE, genre), (CACHE_CONTROL, CACHE_IMMUABLE)], contenu);
            routeur.route(url, get(move || async move { reponse }))
        })
}
