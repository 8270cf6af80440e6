//! La connexion par un vrai fournisseur d'identité : le paquet npm `oidc-provider`, sur la boucle locale.
#![expect(
    clippy::unwrap_used,
    reason = "un essai qui ne s’installe pas échoue là où il en est"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use acces::agents::{NouvelAgent, creer_agent, desactiver, lister};
use acces::essais::{Navigateur, Reponse, horloge, maison};
use acces::{MIGRATIONS, Objet, Permis, Role, routes, routeur};
use axum::Router;
use axum::http::StatusCode;
use openidconnect::reqwest::{self, Client, header, redirect};
use storage::essais::{Banc, bancs};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const DEPART: &str = "/DMSA33/connexion/fournisseur";
const RETOUR: &str = "https://sillon.essai/DMSA33/connexion/retour";
const REFUS: &str = "Le fournisseur d’identité n’a pas permis cette connexion";

struct Fournisseur {
    _processus: Child,
    // Fermée, sa sortie arrêterait le fournisseur au premier mot qu'il y écrit.
    _sortie: Lines<BufReader<ChildStdout>>,
    emetteur: String,
}

/// Lance le fournisseur d'essai ; son absence est un échec, pas un essai sauté.
async fn lancer() -> Fournisseur {
    let dossier = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e");
    assert!(
        dossier.join("node_modules/oidc-provider").exists(),
        "oidc-provider manque : lancez les essais par « cargo xtask test », ou « npm ci » dans e2e"
    );
    let reglage = r#"{"retour": "https://sillon.essai/DMSA33/connexion/retour", "client_id": "sillon",
        "secret": "secret d'essai", "comptes": {"m.etcheverry": ["autre", "calimero-recouvrement"],
        "inconnu": ["calimero-recouvrement"], "sans.groupe": ["autre"], "ferme": ["calimero-recouvrement"]}}"#;
    let mut processus = Command::new("node")
        .arg(dossier.join("oidc/fournisseur.mjs"))
        .arg(reglage)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("node manque : lancez les essais par « cargo xtask test »");
    let sortie = processus.stdout.take().unwrap();
    let mut sortie = BufReader::new(sortie).lines();
    let ligne = sortie
        .next_line()
        .await
        .unwrap()
        .expect("le fournisseur s'est arrêté");
    let emetteur = ligne.split('"').nth(3).unwrap().to_owned();
    Fournisseur {
        _processus: processus,
        _sortie: sortie,
        emetteur,
    }
}

async fn installer(banc: &Banc, emetteur: &str) -> Router {
    let dossier = banc.dossier.path().join("connexion");
    std::fs::create_dir_all(&dossier).unwrap();
    std::fs::write(dossier.join("secret"), "secret d'essai\n").unwrap();
    let texte = format!(
        "emetteur = \"{emetteur}\"\nclient_id = \"sillon\"\nfichier_secret = \"secret\"\n\
         revendication_role = \"groupes\"\nportees = [\"groupes\"]\n\
         [roles]\n\"calimero-recouvrement\" = \"recouvrement\"\n"
    );
    std::fs::write(dossier.join("DMSA33.toml"), texte).unwrap();
    let permis = Permis::operateur(&banc.db, &horloge(), "root", Objet::Caisse)
        .await
        .unwrap();
    for (identifiant, role) in [
        ("m.etcheverry", Role::Cotisations),
        ("sans.groupe", Role::Recouvrement),
        ("ferme", Role::Recouvrement),
    ] {
        let nouveau = NouvelAgent::lire(identifiant, "Agent", role).unwrap();
        creer_agent(&banc.db, &permis, &nouveau).await.unwrap();
    }
    desactiver(&banc.db, &permis, &"ferme".parse().unwrap())
        .await
        .unwrap();
    routeur(routes(), maison(banc, horloge()))
}

/// Le navigateur de l'agent chez le fournisseur : suit ses pages jusqu'au retour vers nous.
async fn passer_chez_le_fournisseur(depart: &str, compte: &str) -> String {
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .build()
        .unwrap();
    let mut cookies: BTreeMap<String, String> = BTreeMap::new();
    let mut adresse = reqwest::Url::parse(depart).unwrap();
    let mut formulaire: Option<String> = None;
    for _ in 0..12 {
        let requete = match formulaire.take() {
            Some(corps) => client
                .post(adresse.clone())
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(corps),
            None => client.get(adresse.clone()),
        };
        let cookie: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let reponse = requete
            .header(header::COOKIE, cookie.join("; "))
            .send()
            .await
            .unwrap();
        for pose in reponse.headers().get_all(header::SET_COOKIE) {
            let (nom, suite) = pose.to_str().unwrap().split_once('=').unwrap();
            cookies.insert(nom.to_owned(), suite.split(';').next().unwrap().to_owned());
        }
        if let Some(vers) = reponse.headers().get(header::LOCATION) {
            adresse = adresse.join(vers.to_str().unwrap()).unwrap();
            if adresse.as_str().starts_with(RETOUR) {
                return format!("{}?{}", adresse.path(), adresse.query().unwrap_or_default());
            }
        } else {
            let page = reponse.text().await.unwrap();
            formulaire = Some(if page.contains("name=\"login\"") {
                format!("prompt=login&login={compte}&password=x")
            } else {
                "prompt=consent".to_owned()
            });
        }
    }
    panic!("le fournisseur ne revient pas");
}

async fn connecter(routeur: &Router, banc: &Banc, compte: &str) -> (Navigateur, Reponse, String) {
    let mut n = Navigateur::anonyme(routeur, &banc.db);
    n.get("/DMSA33/connexion").await;
    let depart = n.get(DEPART).await;
    assert_eq!(depart.etat, StatusCode::SEE_OTHER);
    assert!(depart.cookies[0].contains("SameSite=Lax") && depart.cookies[0].contains("HttpOnly"));
    let vers = depart.vers.unwrap();
    assert!(
        vers.contains("code_challenge_method=S256") && vers.contains("nonce=") && vers.contains("state=")
    );
    let retour = passer_chez_le_fournisseur(&vers, compte).await;
    let reponse = n.get(&retour).await;
    (n, reponse, retour)
}

#[tokio::test]
async fn un_agent_connu_entre_avec_le_role_de_son_groupe() {
    let fournisseur = lancer().await;
    for banc in bancs(MIGRATIONS).await {
        let routeur = installer(&banc, &fournisseur.emetteur).await;
        let (mut n, reponse, retour) = connecter(&routeur, &banc, "m.etcheverry").await;
        assert_eq!(reponse.etat, StatusCode::OK, "{}", reponse.corps);
        assert!(reponse.corps.contains("http-equiv=\"refresh\""));
        assert!(
            reponse.cookies[0].starts_with("__Host-sillon-DMSA33=") && reponse.cookies[0].contains("Strict")
        );
        assert_eq!(
            n.post("/DMSA33/deconnexion", &[]).await.etat,
            StatusCode::SEE_OTHER
        );
        let permis = Permis::operateur(&banc.db, &horloge(), "root", Objet::Caisse)
            .await
            .unwrap();
        let agents = lister(&banc.db, &permis).await.unwrap();
        let agent = agents.iter().find(|a| a.identifiant == "m.etcheverry").unwrap();
        assert_eq!(agent.role, Role::Recouvrement, "le fournisseur fait foi");
        assert!(agent.dernier_acces.is_some());
        // Le même retour, rejoué : son aller est effacé.
        let rejoue = n.get(&retour).await;
        assert_eq!(rejoue.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(rejoue.corps.contains(REFUS));
    }
}

#[tokio::test]
async fn inconnu_ferme_sans_groupe_ou_sans_aller_sont_refuses_de_meme() {
    let fournisseur = lancer().await;
    for banc in bancs(MIGRATIONS).await {
        let routeur = installer(&banc, &fournisseur.emetteur).await;
        for compte in ["inconnu", "ferme", "sans.groupe"] {
            let (mut n, reponse, _) = connecter(&routeur, &banc, compte).await;
            assert_eq!(reponse.etat, StatusCode::UNPROCESSABLE_ENTITY, "{compte}");
            assert!(reponse.corps.contains(REFUS), "{compte}");
            assert_eq!(
                n.get("/DMSA33/journal").await.vers.as_deref(),
                Some("/DMSA33/connexion")
            );
        }
        let mut voleur = Navigateur::anonyme(&routeur, &banc.db);
        voleur.get(DEPART).await;
        for retour in ["code=x&state=y", "code=x", "error=access_denied&state=y", ""] {
            let reponse = voleur.get(&format!("/DMSA33/connexion/retour?{retour}")).await;
            assert!(reponse.corps.contains(REFUS), "{retour}");
        }
        // Les mots de passe locaux ne servent plus.
        let page = voleur.get("/DMSA33/connexion").await;
        assert!(page.corps.contains(DEPART) && !page.corps.contains("mot_de_passe"));
        let champs = [("identifiant", "m.etcheverry"), ("mot_de_passe", "x")];
        assert_eq!(
            voleur.post("/DMSA33/connexion", &champs).await.etat,
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn un_fournisseur_muet_donne_une_erreur_et_un_fichier_faux_arrete_le_demarrage() {
    for banc in bancs(MIGRATIONS).await {
        let routeur = installer(&banc, "http://127.0.0.1:9").await;
        let mut n = Navigateur::anonyme(&routeur, &banc.db);
        assert_eq!(n.get(DEPART).await.etat, StatusCode::INTERNAL_SERVER_ERROR);
        let fichier = banc.dossier.path().join("connexion/DMSA33.toml");
        let bon = std::fs::read_to_string(&fichier).unwrap();
        for (texte, raison) in [
            (bon.replace("http://127.0.0.1:9", "http://exemple.fr"), "https"),
            (
                bon.replace("\"recouvrement\"", "\"chef\""),
                "« chef » n’existe pas",
            ),
            (bon.replace("\"secret\"", "\"ailleurs\""), "absent ou vide"),
            (bon.replace("client_id", "client"), "ne se lit pas"),
        ] {
            std::fs::write(&fichier, texte).unwrap();
            let Err(e) = acces::Caisse::preparer(banc.db.clone(), banc.dossier.path()) else {
                panic!("{raison}")
            };
            assert!(
                e.to_string().contains(raison) && e.to_string().contains("DMSA33.toml"),
                "{e}"
            );
        }
    }
}
