//! La garde de la table des routes : une page dont l'auteur oublie tout reste fermée.

use acces::actions::{ConsulterDossier, ConsulterTableau};
use acces::essais::{Navigateur, Reponse, horloge, maison};
use acces::journal::{FiltreJournal, consulter_journal};
use acces::{CodeAction, Exigence, Habilitations, MIGRATIONS, Methode, Objet, Permis, Role, Route, Visite};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use storage::essais::{Banc, bancs};
use valeurs::DossierId;
use web::{Avis, Formulaire};

async fn distraite() -> &'static str {
    "des données"
}

async fn dossier(
    visite: Visite<ConsulterDossier>,
    Path((_, id)): Path<(String, DossierId)>,
) -> Result<String, web::Erreur> {
    if id.get() == 404 {
        return Err(visite.refuser(Objet::Dossier(id), "dossier hors branche").await);
    }
    let permis = visite.permis(Objet::Dossier(id), Some("suivi")).await?;
    Ok(format!(
        "branches {} nir {}",
        permis.perimetre().branches,
        permis.perimetre().nir
    ))
}

#[derive(serde::Deserialize)]
struct Rien {}

async fn agir(
    visite: Visite<ConsulterTableau>,
    _: Formulaire<Rien>,
) -> Result<axum::response::Response, web::Erreur> {
    visite
        .rediriger(
            &visite.url("/{caisse}/tableau"),
            Avis::Succes("C’est enregistré.".into()),
        )
        .await
}

async fn tableau(visite: Visite<ConsulterTableau>) -> axum::response::Response {
    #[derive(askama::Template)]
    #[template(ext = "html", source = "<h1>Tableau</h1>")]
    struct Vue;
    web::page(&visite.cadre("Tableau"), Vue)
}

fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get::<ConsulterTableau, _, _>("/{caisse}/tableau", tableau).rubrique("Tableau de bord"),
        Route::post::<ConsulterTableau, _, _>("/{caisse}/tableau", agir),
        Route::get::<ConsulterDossier, _, _>("/{caisse}/dossiers/{dossier}", dossier),
        Route::get::<ConsulterDossier, _, _>("/{caisse}/distraite", distraite),
        Route::get_session("/{caisse}/session", distraite),
        Route::get_public("/public", distraite),
    ];
    routes.extend(acces::routes());
    routes
}

fn serveur(banc: &Banc) -> Router {
    acces::routeur(routes(), maison(banc, horloge()))
}

async fn get(routeur: &Router, banc: &Banc, role: Role, chemin: &str) -> Reponse {
    Navigateur::connecte(routeur, &banc.db, &horloge(), role)
        .await
        .get(chemin)
        .await
}

#[tokio::test]
async fn chaque_route_n_ouvre_qu_aux_roles_de_son_action() {
    for banc in bancs(MIGRATIONS).await {
        let routeur = serveur(&banc);
        let table = Habilitations::commune().unwrap();
        for role in Role::TOUS {
            let mut agent = Navigateur::connecte(&routeur, &banc.db, &horloge(), *role).await;
            let mut personne = Navigateur::anonyme(&routeur, &banc.db);
            for route in routes() {
                let chemin = route
                    .chemin()
                    .replace("{caisse}", "DMSA33")
                    .replace("{dossier}", "7");
                let (reponse, anonyme) = match route.methode() {
                    Methode::Get => (agent.get(&chemin).await, personne.get(&chemin).await),
                    Methode::Post => (
                        agent.post_brut(&chemin, &[]).await,
                        personne.post_brut(&chemin, &[]).await,
                    ),
                };
                let refuse = reponse.corps.contains("pas habilité à cette action");
                match route.exige() {
                    Exigence::Action(action) => {
                        assert_eq!(refuse, !table.accorde(*role, action), "{role} {route:?}");
                    }
                    Exigence::Session | Exigence::Public => assert!(!refuse, "{role} {route:?}"),
                }
                if refuse {
                    assert_eq!(reponse.etat, StatusCode::FORBIDDEN, "{role} {route:?}");
                }
                match (route.exige(), route.methode()) {
                    (Exigence::Public, _) => {}
                    (_, Methode::Get) => {
                        assert_eq!(anonyme.vers.as_deref(), Some("/DMSA33/connexion"), "{route:?}");
                    }
                    (_, Methode::Post) => assert_eq!(anonyme.etat, StatusCode::UNAUTHORIZED, "{route:?}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn un_role_sans_aucune_page_se_voit_refuser_l_accueil_sans_tourner_en_rond() {
    for banc in bancs(MIGRATIONS).await {
        let routeur = acces::routeur(acces::routes(), maison(&banc, horloge()));
        let r = get(&routeur, &banc, Role::Cotisations, "/DMSA33/connexion").await;
        assert_eq!((r.etat, r.vers), (StatusCode::FORBIDDEN, None));
        assert!(r.corps.contains("n’ouvre plus aucune page"), "{}", r.corps);
        let r = get(&routeur, &banc, Role::Dpo, "/DMSA33/connexion").await;
        assert_eq!(r.vers.as_deref(), Some("/DMSA33/journal"));
    }
}

#[tokio::test]
async fn un_agent_d_une_autre_caisse_est_un_inconnu() {
    for banc in bancs(MIGRATIONS).await {
        let routeur = serveur(&banc);
        let mut agent = Navigateur::connecte(&routeur, &banc.db, &horloge(), Role::Cotisations).await;
        for chemin in [
            "/DMSA24/tableau",
            "/DMSA24/connexion",
            "/dmsa33/tableau",
            "/zzz/tableau",
            "/DMSA33/rien",
        ] {
            assert_eq!(agent.get(chemin).await.etat, StatusCode::NOT_FOUND, "{chemin}");
        }
        // Son cookie, présenté sous le nom de l'autre caisse, n'y ouvre rien ; ici, il ouvre.
        assert_eq!(agent.get("/DMSA33/tableau").await.etat, StatusCode::OK);
        assert_eq!(agent.get("/public").await.corps, "des données");
    }
}

#[tokio::test]
async fn un_acces_est_au_journal_avant_sa_reponse_et_un_refus_aussi() {
    for banc in bancs(MIGRATIONS).await {
        let routeur = serveur(&banc);
        let r = get(&routeur, &banc, Role::Cotisations, "/DMSA33/dossiers/7").await;
        assert_eq!(r.corps, "branches 1 nir true");
        let r = get(&routeur, &banc, Role::Cotisations, "/DMSA33/dossiers/404").await;
        assert_eq!(r.etat, StatusCode::NOT_FOUND);
        let r = get(&routeur, &banc, Role::Dpo, "/DMSA33/dossiers/8").await;
        assert_eq!(r.etat, StatusCode::FORBIDDEN);
        let permis = Permis::operateur(&banc.db, &horloge(), "root", Objet::Caisse)
            .await
            .unwrap();
        let filtre = FiltreJournal {
            action: Some("consulter_dossier".into()),
            ..FiltreJournal::default()
        };
        let lignes = consulter_journal(&banc.db, &permis, &filtre, None, 10)
            .await
            .unwrap();
        let resume: Vec<String> = lignes
            .iter()
            .map(|l| {
                let issue = if l.accorde { "accordé" } else { "refusé" };
                format!(
                    "{} {:?} {issue} {:?} {}",
                    l.acteur,
                    l.dossier.map(DossierId::get),
                    l.motif,
                    l.repere
                )
            })
            .collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(resume.join("\n"), @r#"
            dpo.essai Some(8) refusé Some("habilitation") GET /{caisse}/dossiers/{dossier}
            cotisations.essai Some(404) refusé Some("dossier hors branche") GET /{caisse}/dossiers/{dossier}
            cotisations.essai Some(7) accordé Some("suivi") GET /{caisse}/dossiers/{dossier}
            "#);
        }
    }
}

#[tokio::test]
async fn la_navigation_ne_montre_que_ce_qui_s_ouvre() {
    for banc in bancs(MIGRATIONS).await {
        let routeur = serveur(&banc);
        let page = get(&routeur, &banc, Role::Dpo, "/DMSA33/habilitations")
            .await
            .corps;
        assert!(page.contains("Journal des accès</span>") && page.contains("Habilitations</span>"));
        assert!(!page.contains("Agents</span>"));
        let page = get(&routeur, &banc, Role::Cotisations, "/DMSA33/tableau")
            .await
            .corps;
        assert!(page.contains("Tableau de bord</span>") && !page.contains("Journal des accès</span>"));
        let refus = get(&routeur, &banc, Role::Cotisations, "/DMSA33/journal")
            .await
            .corps;
        assert!(
            refus.contains("Tableau de bord</span>"),
            "le refus garde le cadre de l'agent"
        );
    }
}

#[tokio::test]
async fn un_avis_se_montre_une_fois() {
    for banc in bancs(MIGRATIONS).await {
        let routeur = serveur(&banc);
        let mut agent = Navigateur::connecte(&routeur, &banc.db, &horloge(), Role::Recouvrement).await;
        let r = agent.post("/DMSA33/tableau", &[]).await;
        assert_eq!(
            (r.etat, r.vers.as_deref()),
            (StatusCode::SEE_OTHER, Some("/DMSA33/tableau"))
        );
        assert!(
            agent
                .get("/DMSA33/tableau")
                .await
                .corps
                .contains("C’est enregistré.")
        );
        assert!(
            !agent
                .get("/DMSA33/tableau")
                .await
                .corps
                .contains("C’est enregistré.")
        );
    }
}

#[tokio::test]
async fn changer_de_role_ou_fermer_le_compte_ferme_la_session_en_cours() {
    for banc in bancs(MIGRATIONS).await {
        let routeur = serveur(&banc);
        let horloge = horloge();
        let mut agent = Navigateur::connecte(&routeur, &banc.db, &horloge, Role::Cotisations).await;
        let mut chef = Navigateur::connecte(&routeur, &banc.db, &horloge, Role::Administrateur).await;
        let qui = ("identifiant", "cotisations.essai");
        assert_eq!(agent.get("/DMSA33/tableau").await.etat, StatusCode::OK);
        let r = chef
            .post("/DMSA33/agents/role", &[qui, ("role", "recouvrement")])
            .await;
        assert_eq!(r.vers.as_deref(), Some("/DMSA33/agents"));
        assert_eq!(
            agent.get("/DMSA33/tableau").await.vers.as_deref(),
            Some("/DMSA33/connexion")
        );
        let mut agent = Navigateur::connecte(&routeur, &banc.db, &horloge, Role::Cotisations).await;
        assert_eq!(agent.get("/DMSA33/dossiers/7").await.corps, "branches 7 nir true");
        chef.post("/DMSA33/agents/desactiver", &[qui]).await;
        assert!(chef.get("/DMSA33/agents").await.corps.contains("est désactivé"));
        assert_eq!(
            agent.get("/DMSA33/tableau").await.vers.as_deref(),
            Some("/DMSA33/connexion")
        );
        let r = chef
            .post(
                "/DMSA33/agents",
                &[
                    ("identifiant", "n.gomez"),
                    ("nom", "Nuria Gómez"),
                    ("role", "dpo"),
                ],
            )
            .await;
        assert!(r.corps.contains("Mot de passe à remettre à n.gomez"));
        let r = chef
            .post(
                "/DMSA33/agents",
                &[("identifiant", "n.gomez"), ("nom", "Nuria"), ("role", "dpo")],
            )
            .await;
        assert!(r.corps.contains("un compte porte déjà cet identifiant"));
        let r = chef
            .post("/DMSA33/agents/reinitialiser", &[("identifiant", "n.gomez")])
            .await;
        assert!(r.corps.contains("Mot de passe à remettre à n.gomez"));
        let r = chef
            .post(
                "/DMSA33/agents/desactiver",
                &[("identifiant", "administrateur.essai")],
            )
            .await;
        assert_eq!(r.etat, StatusCode::SEE_OTHER);
        assert!(
            chef.get("/DMSA33/agents")
                .await
                .corps
                .contains("dernier administrateur actif")
        );
    }
}

#[tokio::test]
async fn le_journal_se_pagine_et_dit_ses_fautes_de_saisie() {
    for banc in bancs(MIGRATIONS).await {
        let routeur = serveur(&banc);
        let mut agent = Navigateur::connecte(&routeur, &banc.db, &horloge(), Role::Cotisations).await;
        for _ in 0..60 {
            agent.get("/DMSA33/dossiers/7").await;
        }
        let mut dpo = Navigateur::connecte(&routeur, &banc.db, &horloge(), Role::Dpo).await;
        let page = dpo.get("/DMSA33/journal").await.corps;
        assert_eq!(page.matches("<tr><th scope=\"row\"").count(), 50);
        let suite = page
            .split("/DMSA33/journal?apres=")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let page = dpo
            .post(&format!("/DMSA33/journal?apres={suite}"), &[])
            .await
            .corps;
        assert!(page.matches("<tr><th scope=\"row\"").count() >= 12);
        let faute = [
            ("du", "2026-02-30"),
            ("dossier", "-4"),
            ("acteur", ""),
            ("action", ""),
            ("au", ""),
        ];
        let page = dpo.post("/DMSA33/journal", &faute).await.corps;
        assert!(page.contains("Cette date n’existe pas") && page.contains("nombre entier positif"));
    }
}

#[test]
#[should_panic(expected = "exige un agent sans dire de quelle caisse")]
fn une_route_gardee_nomme_sa_caisse() {
    let _ = Route::get_session("/sans-caisse", distraite);
}

#[test]
fn la_table_se_parcourt() {
    let consulter = routes()
        .into_iter()
        .find(|r| r.chemin() == "/{caisse}/distraite")
        .unwrap();
    assert_eq!(consulter.exige(), Exigence::Action(CodeAction::ConsulterDossier));
    assert_eq!(
        format!("{consulter:?}"),
        "GET /{caisse}/distraite (Action(ConsulterDossier))"
    );
}
