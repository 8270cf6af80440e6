//! La coquille derrière un vrai routeur : en-têtes, origine, jeton, erreurs, débit, fichiers embarqués.

use std::io::{Error, Read};

use askama::Template;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode},
    middleware::{Next, from_fn},
    response::Response,
    routing::{get, post},
};
use jiff::Timestamp;
use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt;
use web::{
    AgentAffiche, Cadre, Debit, Erreur, Formulaire, FormulaireFichier, JetonCsrf, TAILLE_MAX_FICHIER,
    TAILLE_MAX_FORMULAIRE, optionnel,
};

#[derive(Template)]
#[template(ext = "html", source = "<h1>Bonjour</h1>")]
struct Bonjour;

#[derive(Deserialize)]
struct Ecrit {
    texte: String,
    #[serde(default)]
    lignes: Vec<u32>,
    #[serde(default, deserialize_with = "optionnel")]
    rang: Option<u32>,
}

async fn ecrire(Formulaire(ecrit): Formulaire<Ecrit>) -> String {
    format!("{} {:?} {:?}", ecrit.texte, ecrit.lignes, ecrit.rang)
}

async fn deposer(depot: FormulaireFichier) -> Result<String, Erreur> {
    let note = depot.champ("note").unwrap_or("rien").to_owned();
    let mut recus = Vec::new();
    for mut fichier in depot.fichiers {
        let mut debut = Vec::new();
        let lus = fichier.contenu.by_ref().take(8).read_to_end(&mut debut);
        lus.map_err(|cause| Erreur::interne(&cause))?;
        let debut = String::from_utf8_lossy(&debut).into_owned();
        recus.push(format!(
            "{}={} {} {debut}",
            fichier.champ, fichier.nom, fichier.taille
        ));
    }
    Ok(format!("{note} : {}", recus.join(" | ")))
}

async fn session(mut requete: Request, suite: Next) -> Response {
    requete.extensions_mut().insert(JetonCsrf("secret".to_owned()));
    let agent = AgentAffiche {
        nom: "Camille".to_owned(),
        roles: vec![],
        deconnexion: "/fin".to_owned(),
        mot_de_passe: None,
    };
    let cadre = Cadre {
        agent: Some(agent),
        ..Cadre::default()
    };
    web::rhabiller(&cadre, suite.run(requete).await)
}

fn application_au_debit(debit: Debit) -> Router {
    let connecte = Router::new()
        .route("/", get(|| async { web::page(&Cadre::default(), Bonjour) }))
        .route("/ecrire", post(ecrire))
        .route("/deposer", post(deposer))
        .route("/absent", get(|| async { Erreur::NonTrouve }))
        .layer(from_fn(session));
    let ouvert = Router::new().route("/sans-session", post(ecrire)).route(
        "/panne",
        get(|| async { Erreur::interne(&Error::other("disque plein, 2 85 07")) }),
    );
    web::proteger(connecte.merge(ouvert).merge(web::assets()), debit, || {
        Timestamp::UNIX_EPOCH
    })
}

fn application() -> Router {
    application_au_debit(Debit::PAGES)
}

async fn demander(requete: Request) -> (StatusCode, HeaderMap, String) {
    let reponse = application()
        .oneshot(requete)
        .await
        .expect("requête et réponse d’essai bien formées");
    let (parties, corps) = reponse.into_parts();
    let corps = to_bytes(corps, usize::MAX)
        .await
        .expect("requête et réponse d’essai bien formées");
    (
        parties.status,
        parties.headers,
        String::from_utf8(corps.to_vec()).expect("requête et réponse d’essai bien formées"),
    )
}

async fn lire(chemin: &str) -> (StatusCode, HeaderMap, String) {
    demander(
        Request::get(chemin)
            .body(Body::empty())
            .expect("requête et réponse d’essai bien formées"),
    )
    .await
}

fn formulaire(chemin: &str, corps: impl Into<Body>) -> Request {
    Request::post(chemin)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(corps.into())
        .expect("requête et réponse d’essai bien formées")
}

fn depot(parties: &[(&str, &str)]) -> Request {
    let mut corps = String::new();
    for (disposition, contenu) in parties {
        corps.push_str(&format!(
            "--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{contenu}\r\n"
        ));
    }
    corps.push_str("--b--\r\n");
    Request::post("/deposer")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(corps.into())
        .expect("requête et réponse d’essai bien formées")
}

#[tokio::test]
async fn toute_reponse_porte_les_en_tetes_de_securite() {
    for chemin in ["/", "/absent", "/nulle-part", "/panne", &web::URL_STYLE] {
        let (_, entetes, _) = lire(chemin).await;
        assert_eq!(entetes["content-security-policy"], web::CSP, "{chemin}");
        assert!(web::CSP.starts_with("default-src 'none'; ") && !web::CSP.contains("unsafe"));
        assert_eq!(entetes["x-content-type-options"], "nosniff");
        assert_eq!(entetes["referrer-policy"], "no-referrer");
        assert_eq!(entetes["cross-origin-opener-policy"], "same-origin");
        assert_eq!(entetes["cross-origin-resource-policy"], "same-origin");
        assert!(entetes.contains_key("permissions-policy"));
        assert_eq!(entetes["x-request-id"].len(), 9);
    }
}

#[tokio::test]
async fn une_page_n_est_pas_gardee_un_fichier_l_est_un_an() {
    assert_eq!(lire("/").await.1["cache-control"], "no-store");
    assert_eq!(lire("/panne").await.1["cache-control"], "no-store");
    for (url, genre) in [
        (&*web::URL_STYLE, "text/css; charset=utf-8"),
        (&*web::URL_MODULE, "text/javascript; charset=utf-8"),
        (&*web::URL_ICONE, "image/svg+xml"),
    ] {
        let (etat, entetes, corps) = lire(url).await;
        assert_eq!(
            (etat, &entetes["content-type"]),
            (StatusCode::OK, &genre.parse().unwrap())
        );
        assert_eq!(entetes["cache-control"], "public, max-age=31536000, immutable");
        let empreinte = url.rsplit_once('-').unwrap().1.split_once('.').unwrap().0;
        assert!(
            empreinte.len() == 16 && empreinte.bytes().all(|b| b.is_ascii_hexdigit()),
            "{url}"
        );
        assert!(!corps.is_empty());
    }
    assert_eq!(lire("/assets/style.css").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn la_page_relie_la_feuille_et_le_module_sans_rien_en_ligne() {
    let (_, _, page) = lire("/").await;
    for url in [&*web::URL_STYLE, &*web::URL_MODULE, &*web::URL_ICONE] {
        assert!(page.contains(&format!("\"{url}\"")), "{url}");
    }
    assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick"));
    assert!(page.matches("<script").count() == 1 && page.matches("<h1").count() == 1);
}

#[tokio::test]
async fn un_formulaire_avec_son_jeton_est_lu() {
    let (etat, _, corps) = demander(formulaire(
        "/ecrire",
        "jeton=secret&texte=%C3%A9t%C3%A9+2026&lignes=3&lignes=5&rang=",
    ))
    .await;
    assert_eq!((etat, corps.as_str()), (StatusCode::OK, "été 2026 [3, 5] None"));
    let (_, _, corps) = demander(formulaire("/ecrire", "texte=a&rang=+7+&jeton=secret")).await;
    assert_eq!(corps, "a [] Some(7)");
}

#[tokio::test]
async fn un_formulaire_sans_le_bon_jeton_est_refuse() {
    for corps in [
        "texte=a",
        "jeton=&texte=a",
        "jeton=Secret&texte=a",
        "jeton=secre&texte=a",
        "jeton=secrets&texte=a",
    ] {
        let (etat, _, page) = demander(formulaire("/ecrire", corps)).await;
        assert_eq!(etat, StatusCode::FORBIDDEN, "{corps}");
        assert!(page.contains("WEB-003"), "{corps}");
    }
    assert_eq!(
        demander(formulaire("/sans-session", "jeton=&texte=a")).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        demander(formulaire("/sans-session", "texte=a")).await.0,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn la_taille_d_un_formulaire_est_bornee() {
    let rempli = |taille: usize| {
        let tete = "jeton=secret&texte=";
        format!("{tete}{}", "a".repeat(taille - tete.len()))
    };
    assert_eq!(
        demander(formulaire("/ecrire", rempli(TAILLE_MAX_FORMULAIRE)))
            .await
            .0,
        StatusCode::OK
    );
    let (etat, _, page) = demander(formulaire("/ecrire", rempli(TAILLE_MAX_FORMULAIRE + 1))).await;
    assert_eq!(etat, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.contains("256\u{A0}Kio"));
}

#[tokio::test]
async fn une_saisie_illisible_n_est_pas_repetee() {
    let (etat, _, page) = demander(formulaire("/ecrire", "jeton=secret&texte=a&lignes=DUPONT")).await;
    assert_eq!(etat, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.contains("DUPONT"));
    let requete = Request::post("/ecrire")
        .header("content-type", "application/json")
        .body("{}".into())
        .unwrap();
    assert_eq!(demander(requete).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn une_action_venue_d_ailleurs_est_refusee_avant_d_etre_lue() {
    let mut requete = formulaire("/ecrire", "jeton=secret&texte=a");
    requete
        .headers_mut()
        .insert("sec-fetch-site", "cross-site".parse().unwrap());
    let (etat, _, page) = demander(requete).await;
    assert_eq!(etat, StatusCode::FORBIDDEN);
    assert!(page.contains("WEB-002"));
    let requete = Request::get("/")
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .unwrap();
    assert_eq!(demander(requete).await.0, StatusCode::OK);
}

#[tokio::test]
async fn un_depot_rend_ses_champs_et_ses_fichiers() {
    let (etat, _, corps) = demander(depot(&[
        ("name=\"jeton\"", "secret"),
        ("name=\"note\"", "relevé"),
        (
            "name=\"releve\"; filename=\"C:\\\\bank\\\\mars.xml\"",
            "<Document/>",
        ),
        ("name=\"piece\"; filename=\"\"", ""),
        ("name=\"releve\"; filename=\"vide.csv\"", ""),
    ]))
    .await;
    assert_eq!(etat, StatusCode::OK);
    assert_eq!(corps, "relevé : releve=mars.xml 11 <Documen | releve=vide.csv 0 ");
}

#[tokio::test]
async fn un_depot_dont_le_jeton_n_est_pas_en_tete_est_refuse() {
    let fichier = ("name=\"f\"; filename=\"a.csv\"", "x");
    for parties in [
        &[fichier, ("name=\"jeton\"", "secret")][..],
        &[("name=\"jeton\"", "faux"), fichier],
        &[fichier],
        &[],
    ] {
        assert_eq!(
            demander(depot(parties)).await.0,
            StatusCode::FORBIDDEN,
            "{parties:?}"
        );
    }
}

#[tokio::test]
async fn un_depot_trop_gros_est_refuse() {
    let gros = "x".repeat(TAILLE_MAX_FICHIER);
    let fichier = ("name=\"f\"; filename=\"a.csv\"", gros.as_str());
    let (etat, _, page) = demander(depot(&[("name=\"jeton\"", "secret"), fichier])).await;
    assert_eq!(etat, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.contains("64\u{A0}Mio"));
}

#[tokio::test]
async fn le_mauvais_jeton_est_refuse_sans_attendre_le_fichier() {
    let ecoute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let adresse = ecoute.local_addr().unwrap();
    let serveur = tokio::spawn(async move { axum::serve(ecoute, application()).await });
    let mut client = TcpStream::connect(adresse).await.unwrap();
    let debut = "POST /deposer HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\n\
                 Content-Length: 1000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"jeton\"\r\n\r\n\
                 faux\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nabc";
    client.write_all(debut.as_bytes()).await.unwrap();
    let mut etat = [0; 12];
    client.read_exact(&mut etat).await.unwrap();
    assert_eq!(&etat, b"HTTP/1.1 403");
    serveur.abort();
}

#[tokio::test]
async fn un_depot_tronque_est_refuse() {
    let corps = "--b\r\nContent-Disposition: form-data; name=\"jeton\"\r\n\r\nsecret\r\n--b\r\nContent-Disposition: \
                 form-data; name=\"f\"; filename=\"a\"\r\n\r\nabc";
    let requete = Request::post("/deposer")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(corps.into())
        .unwrap();
    assert_eq!(demander(requete).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn une_panne_ne_montre_que_son_numero() {
    let (etat, entetes, page) = lire("/panne").await;
    assert_eq!(etat, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!page.contains("disque plein") && page.contains("WEB-008"));
    assert!(page.contains(entetes["x-request-id"].to_str().unwrap()));
    assert!(!page.contains("Se déconnecter"));
}

#[tokio::test]
async fn une_erreur_se_montre_dans_le_cadre_de_l_agent_connecte() {
    let (etat, entetes, page) = lire("/absent").await;
    assert_eq!(etat, StatusCode::NOT_FOUND);
    assert!(page.contains("Se déconnecter") && page.contains("Page introuvable"));
    assert!(page.contains(entetes["x-request-id"].to_str().unwrap()));
}

#[tokio::test]
async fn au_dela_de_la_rafale_on_attend() {
    let application = application_au_debit(Debit::nouveau(30, 2));
    let demande = || {
        application
            .clone()
            .oneshot(Request::get("/").body(Body::empty()).unwrap())
    };
    assert_eq!(demande().await.unwrap().status(), StatusCode::OK);
    assert_eq!(demande().await.unwrap().status(), StatusCode::OK);
    let reponse = demande().await.unwrap();
    assert_eq!(reponse.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(reponse.headers()["retry-after"], "2");
    assert_eq!(reponse.headers()["content-security-policy"], web::CSP);
}
