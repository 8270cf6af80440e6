//! La fiche de synthèse d'un adhérent, par le vrai routeur, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod commun;

use std::io::Cursor;

use acces::Role;
use acces::journal::{FiltreJournal, consulter_journal};
use acces::{Objet, Permis};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use calamine::{Data, Reader as _, Xlsx};
use commun::{Dsn, SIRETS, agent, caisses, deposer_dsn, fichier, horloge, jour, passer, payer, routeur};
use creances::dossiers::{NouveauDebiteur, inscrire};
use storage::essais::Banc;
use storage::{ecrire, lire, sql};
use tower::ServiceExt as _;
use valeurs::DossierId;

/// Un employeur qui déclare janvier et février 2026 : le premier payé en partie, le second en retard.
struct Scene {
    banc: Banc,
    routeur: Router,
    dossier: i64,
    declarations: Vec<Dsn>,
}

impl Scene {
    async fn sur(banc: Banc) -> Self {
        let declarations = vec![
            Dsn::janvier(SIRETS[0]),
            Dsn {
                mois: "01022026",
                ordre: 2,
                echeance: "15032026",
                ..Dsn::janvier(SIRETS[0])
            },
        ];
        deposer_dsn(&banc, "hiver.dsn", &declarations).await;
        let payes = [
            ("15022026", SIRETS[0], "2026-01", "699.99"),
            ("20032026", SIRETS[0], "2026-02", "750.00"),
        ];
        payer(&banc, "paiements.csv", &payes).await;
        passer(&banc).await;
        Self {
            routeur: routeur(&banc),
            dossier: dossier(&banc, SIRETS[0]).await,
            banc,
            declarations,
        }
    }

    fn url(&self, suite: &str) -> String {
        format!("/DMSA33/dossiers/{}/synthese{suite}", self.dossier)
    }

    async fn page(&self, role: Role, url: &str) -> (StatusCode, String) {
        let reponse = agent(&self.banc, &self.routeur, role).await.get(url).await;
        (reponse.etat, reponse.corps)
    }

    /// Un fichier : son nom annoncé, son genre, ses octets.
    async fn telecharger(&self, url: &str) -> (String, String, Vec<u8>) {
        let navigateur = agent(&self.banc, &self.routeur, Role::Cotisations).await;
        let demande = navigateur.demande("GET", url).body(Body::empty()).unwrap();
        let reponse = self.routeur.clone().oneshot(demande).await.unwrap();
        assert_eq!(reponse.status(), StatusCode::OK);
        let lu = |nom| {
            let valeur = reponse.headers().get(nom).unwrap();
            valeur.to_str().unwrap().to_owned()
        };
        let (nom, genre) = (lu(header::CONTENT_DISPOSITION), lu(header::CONTENT_TYPE));
        let octets = to_bytes(reponse.into_body(), 8 << 20).await.unwrap();
        (nom, genre, octets.to_vec())
    }
}

async fn dossier(banc: &Banc, siret: &str) -> i64 {
    let lu: Result<i64, storage::Erreur> = lire!(banc.db, |tx| {
        sql!("SELECT id FROM debiteur WHERE siret = $1")
            .bind(siret)
            .scalaire(tx)
            .await
    });
    lu.unwrap()
}

/// Le texte d'une page, sans ses balises ni ses espaces insécables.
fn texte(page: &str) -> String {
    let debut = page.find("<main").unwrap_or(0);
    let (mut texte, mut dans_balise) = (String::new(), false);
    for c in page[debut..].chars() {
        match c {
            '<' => {
                dans_balise = true;
                texte.push(' ');
            }
            '>' => dans_balise = false,
            c if !dans_balise => texte.push(c),
            _ => {}
        }
    }
    let texte = texte.replace(['\u{a0}', '\u{202f}'], " ").replace("&#39;", "'");
    texte.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn liens<'a>(page: &'a str, debut: &str) -> Vec<&'a str> {
    page.split("href=\"")
        .skip(1)
        .filter_map(|suite| suite.split('"').next())
        .filter(|url| url.starts_with(debut))
        .collect()
}

#[tokio::test]
async fn la_fiche_dit_au_centime_ce_qui_est_declare_ordonne_encaisse_et_au_compte() {
    for banc in caisses().await {
        let scene = Scene::sur(banc).await;
        let (etat, page) = scene.page(Role::Cotisations, &scene.url("")).await;
        assert_eq!(etat, StatusCode::OK);
        let lu = texte(&page);
        for attendu in [
            "de mars 2025 à mars 2026, situation au 1er avril 2026",
            "Déclaré 1 500,00 € Ordonné 1 500,00 € Encaissé 1 449,99 € Solde 50,01 €",
            "janvier 2026 15/02/2026 750,00 € 750,00 € 699,99 € 50,01 € Paiement partiel",
            "Le 15/02/2026, 750,00 € ordonnés ; 699,99 € reçus le 15/02/2026 : il manque 50,01 €.",
            "Demandez à l'employeur le reste dû.",
            "Le 15/03/2026, 750,00 € ordonnés ; 750,00 € reçus le 20/03/2026, 5 jours après l’échéance.",
            "février 2026 CSG et CRDS des salariés 200,00 € 200,00 € 0,00 € 200,00 € 0,00 €",
            "février 2026 Ensemble 750,00 € 750,00 € 0,00 € 750,00 € 0,00 €",
            "Total 1 500,00 € 1 500,00 € 0,00 € 1 449,99 € 50,01 €",
        ] {
            assert!(
                lu.contains(attendu),
                "{} : « {attendu} » manque dans\n{lu}",
                scene.banc.db.moteur()
            );
        }
        assert!(page.contains(r#"aria-describedby="par-mois""#) && page.contains(r#"<table id="par-mois">"#));
    }
}

#[tokio::test]
async fn chaque_ecart_mene_a_sa_ligne_a_sa_recette_au_compte_et_a_son_suivi() {
    for banc in caisses().await {
        let scene = Scene::sur(banc).await;
        let (_, page) = scene.page(Role::Recouvrement, &scene.url("")).await;
        let octets = fichier(&scene.declarations);
        let lignes: Vec<&[u8]> = octets.split(|o| *o == b'\n').collect();
        let vers_lignes = liens(&page, "/DMSA33/dsn/declarations/");
        assert_eq!(vers_lignes.len(), 2, "{vers_lignes:?}");
        for lien in vers_lignes {
            let numero: usize = lien.split("#ligne-").nth(1).unwrap().parse().unwrap();
            assert!(lignes[numero - 1].starts_with(b"S21.G00.20.001"), "{lien}");
            let mut recouvrement = agent(&scene.banc, &scene.routeur, Role::Recouvrement).await;
            let declaration = recouvrement.get(lien.split('#').next().unwrap()).await;
            assert_eq!(declaration.etat, StatusCode::OK);
            let ancre = format!("id=\"ligne-{numero}\"");
            assert!(declaration.corps.contains(&ancre), "{ancre}");
        }
        let mut recouvrement = agent(&scene.banc, &scene.routeur, Role::Recouvrement).await;
        let dossier = format!("/DMSA33/dossiers/{}", scene.dossier);
        let au_compte = format!("{dossier}/cai?periode=2026-01-01_2026-01-31#mouvements");
        for debut in [
            "/DMSA33/encaissements/",
            "/DMSA33/dsn/ecarts/",
            &au_compte,
            &dossier,
        ] {
            let trouves = liens(&page, debut);
            assert!(!trouves.is_empty(), "{debut}");
            for url in trouves {
                let url = url.split('#').next().unwrap().replace("&#38;", "&");
                assert_eq!(recouvrement.get(&url).await.etat, StatusCode::OK, "{url}");
            }
        }
        for ancre in liens(&page, "#ecart-") {
            assert!(page.contains(&format!("id=\"{}\"", &ancre[1..])), "{ancre}");
        }
    }
}

#[tokio::test]
async fn l_adresse_choisit_les_mois() {
    let scene = Scene::sur(caisses().await.remove(0)).await;
    let (_, page) = scene
        .page(Role::Cotisations, &scene.url("?du=2026-02&au=2026-02"))
        .await;
    let lu = texte(&page);
    assert!(lu.contains("Encaissé 750,00 € Solde 0,00 €"), "{lu}");
    assert!(!lu.contains("Paiement partiel"));
    for abimee in ["?du=2026-T1", "?du=hier&au=", "?au=2026-13"] {
        let (etat, page) = scene.page(Role::Cotisations, &scene.url(abimee)).await;
        assert_eq!(etat, StatusCode::OK);
        assert!(texte(&page).contains("de mars 2025 à mars 2026"), "{abimee}");
    }
}

#[tokio::test]
async fn le_pdf_tient_sur_une_page_et_son_nom_ne_dit_personne() {
    for banc in caisses().await {
        let scene = Scene::sur(banc).await;
        let (nom, genre, octets) = scene.telecharger(&scene.url(".pdf")).await;
        assert_eq!(genre, "application/pdf");
        assert_eq!(
            nom,
            format!("attachment; filename=\"synthese-{}.pdf\"", scene.dossier)
        );
        assert!(octets.starts_with(b"%PDF-1.7"));
        let texte = String::from_utf8_lossy(&octets);
        assert!(texte.contains("/Count 1"), "une page");
        assert!(texte.contains("<pdfaid:part>2</pdfaid:part>"));
        let (_, _, encore) = scene.telecharger(&scene.url(".pdf")).await;
        assert!(octets == encore, "les mêmes faits font les mêmes octets");
    }
}

#[tokio::test]
async fn le_classeur_se_relit_au_centime() {
    for banc in caisses().await {
        let scene = Scene::sur(banc).await;
        let (nom, _, octets) = scene.telecharger(&scene.url(".xlsx?du=2026-01&au=2026-02")).await;
        assert_eq!(
            nom,
            format!("attachment; filename=\"synthese-{}.xlsx\"", scene.dossier)
        );
        let mut classeur: Xlsx<_> = Xlsx::new(Cursor::new(octets)).unwrap();
        assert_eq!(classeur.sheet_names(), ["Par mois", "Par famille", "Écarts"]);
        let mois = classeur.worksheet_range("Par mois").unwrap();
        let sommes = |ligne: u32| -> Vec<f64> {
            (2..8)
                .map(|c| match mois.get_value((ligne, c)) {
                    Some(Data::Float(n)) => *n,
                    autre => panic!("{autre:?}"),
                })
                .collect()
        };
        assert_eq!(sommes(1), [750.0, 750.0, 699.99, 50.01, 750.0, 699.99]);
        assert_eq!(sommes(3), [1500.0, 1500.0, 1449.99, 50.01, 1500.0, 1449.99]);
        let familles = classeur.worksheet_range("Par famille").unwrap();
        assert_eq!(familles.height(), 5);
        let ecarts = classeur.worksheet_range("Écarts").unwrap();
        let cellule = |colonne| ecarts.get_value((1, colonne)).unwrap().to_string();
        assert_eq!(cellule(1), "Paiement partiel");
        assert!(cellule(3).ends_with("il manque 50,01\u{a0}€."), "{}", cellule(3));
        assert!(cellule(5).contains("hiver.dsn, ligne "));
    }
}

#[tokio::test]
async fn les_prestations_n_y_ont_pas_droit_et_chaque_lecture_est_au_journal() {
    for banc in caisses().await {
        let scene = Scene::sur(banc).await;
        for suite in ["", ".pdf", ".xlsx"] {
            for role in [Role::Prestations, Role::Dpo, Role::Administrateur] {
                let (etat, page) = scene.page(role, &scene.url(suite)).await;
                assert_eq!(etat, StatusCode::FORBIDDEN, "{role} {suite}");
                assert!(!page.contains(SIRETS[0]) && !page.contains("750,00"));
            }
            for role in [Role::Cotisations, Role::Recouvrement, Role::AgenceComptable] {
                let (etat, _) = scene.page(role, &scene.url(suite)).await;
                assert_eq!(etat, StatusCode::OK, "{role} {suite}");
            }
            let inconnu = format!("/DMSA33/dossiers/{}/synthese{suite}", scene.dossier + 1_000);
            let (etat, _) = scene.page(Role::Cotisations, &inconnu).await;
            assert_eq!(etat, StatusCode::NOT_FOUND);
        }
        let permis = Permis::operateur(&scene.banc.db, &horloge(), "essai", Objet::Caisse)
            .await
            .unwrap();
        let filtre = FiltreJournal {
            action: Some("consulter_dsn".to_owned()),
            ..FiltreJournal::default()
        };
        let lignes = consulter_journal(&scene.banc.db, &permis, &filtre, None, 100)
            .await
            .unwrap();
        let lues = |accorde: bool| lignes.iter().filter(move |l| l.accorde == accorde);
        assert_eq!((lues(true).count(), lues(false).count()), (9, 12));
        let dossier = Some(DossierId::new(scene.dossier));
        assert!(lues(true).all(|l| l.dossier == dossier));
    }
}

#[tokio::test]
async fn un_employeur_qui_n_a_rien_declare_a_une_page_qui_le_dit() {
    for banc in caisses().await {
        let debiteur = |matricule: &str, siret: Option<&str>| NouveauDebiteur {
            matricule: matricule.parse().unwrap(),
            regime: droit::Regime::Employeur,
            nom: "EARL Le Clos".into(),
            prenom: String::new(),
            siret: siret.map(|s| s.parse().unwrap()),
            nir: None,
            commune: "Libourne".into(),
            code_commune: None,
            code_agent: "A01".into(),
            code_tiers: "T01".into(),
            mode_paiement: "prelevement".into(),
            contacts: Vec::new(),
            ibans: Vec::new(),
        };
        let nouveaux = [debiteur("EMP001", Some(SIRETS[1])), debiteur("EMP002", None)];
        let ids: Result<Vec<DossierId>, creances::Erreur> = ecrire!(banc.db, |tx| {
            inscrire(&banc.db, tx, &nouveaux, jour("2026-01-01")).await
        });
        let routeur = routeur(&banc);
        let mut cotisations = agent(&banc, &routeur, Role::Cotisations).await;
        for (id, dit) in ids
            .unwrap()
            .into_iter()
            .zip(["n’a rien déclaré par DSN", "n’a pas de SIRET"])
        {
            let url = format!("/DMSA33/dossiers/{id}/synthese");
            let page = cotisations.get(&url).await;
            assert_eq!(page.etat, StatusCode::OK);
            let lu = texte(&page.corps);
            assert!(lu.contains("Rien à rapprocher") && lu.contains(dit), "{lu}");
            assert!(!page.corps.contains("<svg xmlns"), "aucun graphique vide");
            assert_eq!(cotisations.get(&format!("{url}.pdf")).await.etat, StatusCode::OK);
        }
    }
}
