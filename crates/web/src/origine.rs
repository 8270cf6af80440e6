//! Le refus des actions lancées depuis un autre site.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::Erreur;

const SITE_DE_PROVENANCE: &str = "sec-fetch-site";

/// Laisse passer une lecture ; une action doit venir de notre origine.
pub(crate) async fn filtrer(requete: Request, suite: Next) -> Response {
    let lecture = matches!(*requete.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if lecture || de_chez_nous(requete.headers()) {
        suite.run(requete).await
    } else {
        Erreur::Interdit {
            motif: "Cette action vient d’un autre site que Sillon.".into(),
        }
        .into_response()
    }
}

/// `Sec-Fetch-Site` tranche quand le navigateur l'envoie, car sans référent `Origin` vaut « null » ; sinon
/// `Origin` doit nommer notre hôte. Un programme qui n'envoie ni l'un ni l'autre n'a pas de cookie qu'un
/// autre site ferait voyager, et le jeton du formulaire le garde.
fn de_chez_nous(entetes: &HeaderMap) -> bool {
    if let Some(provenance) = entetes.get(SITE_DE_PROVENANCE) {
        return provenance == "same-origin";
    }
    let Some(origine) = entetes.get(header::ORIGIN) else {
        return true;
    };
    let hote = entetes.get(header::HOST).and_then(|hote| hote.to_str().ok());
    let origine = origine.to_str().ok().and_then(|origine| {
        origine
            .strip_prefix("https://")
            .or_else(|| origine.strip_prefix("http://"))
    });
    origine.is_some() && origine == hote
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn juge(paires: &[(&'static str, &'static str)]) -> bool {
        de_chez_nous(
            &paires
                .iter()
                .map(|(n, v)| (n.parse().unwrap(), HeaderValue::from_static(v)))
                .collect(),
        )
    }

    #[test]
    fn la_provenance_dite_par_le_navigateur_tranche() {
        assert!(juge(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "null"),
            ("host", "a.fr")
        ]));
        for autre in ["cross-site", "same-site", "none", ""] {
            assert!(!juge(&[
                ("sec-fetch-site", autre),
                ("origin", "https://a.fr"),
                ("host", "a.fr")
            ]));
        }
    }

    #[test]
    fn sans_elle_l_origine_doit_etre_notre_hote() {
        assert!(juge(&[("origin", "https://a.fr"), ("host", "a.fr")]));
        assert!(juge(&[
            ("origin", "http://localhost:8080"),
            ("host", "localhost:8080")
        ]));
        for origine in [
            "null",
            "https://b.fr",
            "https://a.fr.b.fr",
            "https://a.fr:444",
            "a.fr",
            "",
        ] {
            assert!(!juge(&[("origin", origine), ("host", "a.fr")]), "{origine}");
        }
        assert!(!juge(&[("origin", "https://a.fr")]));
    }

    #[test]
    fn un_programme_sans_navigateur_passe_a_la_garde_du_jeton() {
        assert!(juge(&[("host", "a.fr")]));
    }
}
