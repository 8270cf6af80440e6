//! Le tableau, les imports, la RAC et le compte adhérent, par le vrai routeur.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod commun;

use std::io::Cursor;

use acces::essais::{Navigateur, Reponse, maison};
use acces::journal::{FiltreJournal, consulter_journal};
use acces::{Horloge, Objet, Permis, Role};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use calamine::{Data, Reader as _, Xlsx};
use commun::{
    IBANS, SIRETS, assure, caisses, cotisation, csv, emettre_une, employeur, importer_texte, indu,
    inscrire_un, maintenant, nombre, restes, verifiee,
};
use storage::essais::Banc;
use tower::ServiceExt as _;
use valeurs::DossierId;

struct Scene {
    banc: Banc,
    routeur: Router,
}

impl Scene {
    fn sur(banc: Banc) -> Self {
        let routes = [acces::routes(), creances::pages::routes()]
            .into_iter()
            .flatten()
            .collect();
        let routeur = acces::routeur(routes, maison(&banc, Horloge::fixe(maintenant())));
        Self { banc, routeur }
    }

    async fn sqlite() -> Self {
        Self::sur(caisses().await.remove(0))
    }

    async fn agent(&self, role: Role) -> Navigateur {
        Navigateur::connecte(&self.routeur, &self.banc.db, &Horloge::fixe(maintenant()), role).await
    }

    async fn lire(&self, role: Role, chemin: &str) -> Reponse {
        self.agent(role).await.get(chemin).await
    }

    async fn journal(&self) -> Vec<String> {
        let horloge = Horloge::fixe(maintenant());
        let permis = Permis::operateur(&self.banc.db, &horloge, "essai", Objet::Caisse)
            .await
            .unwrap();
        let filtre = FiltreJournal::default();
        let lignes = consulter_journal(&self.banc.db, &permis, &filtre, None, 50)
            .await
            .unwrap();
        let issue = |accorde| if accorde { "accordé" } else { "refusé" };
        lignes
            .iter()
            .map(|l| {
                format!(
                    "{}, {} {:?}",
                    l.repere,
                    issue(l.accorde),
                    l.dossier.map(DossierId::get)
                )
            })
            .collect()
    }
}

/// Dépose des fichiers, dans un formulaire d'envoi dont le jeton est le premier champ.
async fn deposer(agent: &mut Navigateur, jeton: &str, fichiers: &[(&str, &str)]) -> Reponse {
    let mut corps = format!("--LIMITE\r\nContent-Disposition: form-data; name=\"jeton\"\r\n\r\n{jeton}\r\n");
    for (nom, texte) in fichiers {
        corps.push_str(&format!(
            "--LIMITE\r\nContent-Disposition: form-data; name=\"fichiers\"; filename=\"{nom}\"\r\n\
             Content-Type: text/plain\r\n\r\n{texte}\r\n"
        ));
    }
    corps.push_str("--LIMITE--\r\n");
    let demande = agent
        .demande("POST", "/DMSA33/encaissements/importer")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=LIMITE")
        .body(Body::from(corps))
        .unwrap();
    agent.envoyer(demande).await
}

/// Ce qu'on lit dans la page, une ligne par bloc.
fn texte(reponse: &Reponse) -> String {
    let (_, suite) = reponse.corps.split_once("<main").unwrap();
    let (main, _) = suite.split_once("</main>").unwrap();
    let mut lu = String::new();
    let mut dans_balise = true;
    for c in main.chars() {
        match c {
            '<' => dans_balise = true,
            '>' => {
                dans_balise = false;
                lu.push('\n');
            }
            c if !dans_balise => lu.push(c),
            _ => {}
        }
    }
    let lu = lu.replace("&#38;", "&").replace("&#39;", "'");
    let lignes: Vec<&str> = lu.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    lignes.join("\n")
}

const TEXTE_DE_PAIEMENTS: [(&str, &str, &str, &str, &str); 3] = [
    ("28032026", SIRETS[0], "2026-01", "100.00", IBANS[1]),
    ("28032026", SIRETS[0], "2026-01", "1000.00", IBANS[1]),
    ("16032026", SIRETS[1], "2026-01", "40.00", ""),
];

#[tokio::test]
async fn une_recette_importee_par_envoi_se_classe_se_defait_et_se_reclasse() {
    for banc in caisses().await {
        let scene = Scene::sur(banc);
        let d = inscrire_un(&scene.banc, employeur(0)).await;
        let creance = emettre_une(&scene.banc, cotisation(d, 1, 400_00, 600_00))
            .await
            .unwrap();
        let autre = inscrire_un(&scene.banc, commun_debiteur("GAEC001")).await;
        let due = emettre_une(&scene.banc, cotisation(autre, 1, 10_00, 30_00))
            .await
            .unwrap();
        let mut agent = scene.agent(Role::AgenceComptable).await;
        let jeton = agent.jeton();

        let r = deposer(
            &mut agent,
            &jeton,
            &[
                ("mars.csv", &csv(&TEXTE_DE_PAIEMENTS)),
                ("faux.csv", "nom;prenom\r\n"),
            ],
        )
        .await;
        assert_eq!(
            r.etat,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            scene.banc.db.moteur()
        );
        let lu = texte(&r);
        assert!(lu.contains("faux.csv n’a pas été importé"), "{lu}");
        assert!(lu.contains("Remède :"), "{lu}");
        assert!(lu.contains("mars.csv\n3\n1\n2\n0\n0\n1\u{202F}140,00"), "{lu}");
        assert_eq!(restes(&scene.banc, creance).await, [0, 0, 0, 0]);

        let recette = nombre(
            &scene.banc,
            "SELECT id FROM encaissement WHERE montant_centimes = 4000",
        )
        .await;
        let page = agent.get(&format!("/DMSA33/rac/{recette}")).await;
        assert!(
            texte(&page).contains("Le montant est exactement celui d’une de ses créances"),
            "{}",
            texte(&page)
        );
        let url = format!("/DMSA33/rac/{recette}/classer");
        let r = agent.post(&url, &[("creance", &due.to_string())]).await;
        assert_eq!(r.etat, StatusCode::SEE_OTHER, "{}", r.corps);
        assert_eq!(restes(&scene.banc, due).await, [0, 0, 0, 0]);
        let suivante = r.vers.unwrap();
        assert!(
            suivante.starts_with("/DMSA33/rac/"),
            "la suivante en attente : {suivante}"
        );
        assert!(texte(&agent.get(&suivante).await).contains("40,00\u{A0}€ classés"));

        let fiche = format!("/DMSA33/encaissements/{recette}");
        let page = texte(&agent.get(&fiche).await);
        assert!(page.contains("CSS art."), "chaque euro dit pourquoi : {page}");
        let r = agent.post(&format!("{fiche}/defaire"), &[("motif", " ")]).await;
        assert_eq!(r.etat, StatusCode::UNPROCESSABLE_ENTITY);
        let r = agent
            .post(&format!("{fiche}/defaire"), &[("motif", "mauvais dossier")])
            .await;
        assert_eq!(r.vers.as_deref(), Some(format!("/DMSA33/rac/{recette}").as_str()));
        assert_eq!(restes(&scene.banc, due).await, [10_00, 30_00, 0, 0]);
        let lu = texte(&agent.get(&fiche).await);
        assert!(
            lu.contains("−30,00\u{A0}€\nImputation défaite : mauvais dossier"),
            "la part défaite se lit : {lu}"
        );

        let champs = [
            ("matricule", "gaec001"),
            ("branche", "cotisations"),
            ("montant", "25,00"),
        ];
        let r = agent.post(&url, &champs).await;
        assert_eq!(
            r.vers.as_deref(),
            Some(format!("/DMSA33/rac/{recette}").as_str()),
            "il en attend encore"
        );
        assert_eq!(restes(&scene.banc, due).await, [0, 15_00, 0, 0]);
        assert_eq!(verifiee(&scene.banc).await.rac_centimes, 15_00 + 46_00);
    }
}

fn commun_debiteur(matricule: &str) -> creances::dossiers::NouveauDebiteur {
    creances::dossiers::NouveauDebiteur {
        matricule: matricule.parse().unwrap(),
        ..employeur(99)
    }
}

/// Une caisse qui a de tout : deux branches, une recette imputée, deux en attente, un doublon présumé.
async fn fournie() -> (Scene, DossierId) {
    let scene = Scene::sqlite().await;
    let d = inscrire_un(&scene.banc, employeur(0)).await;
    emettre_une(&scene.banc, cotisation(d, 1, 400_00, 600_00))
        .await
        .unwrap();
    let gaec = inscrire_un(&scene.banc, commun_debiteur("GAEC001")).await;
    emettre_une(&scene.banc, cotisation(gaec, 3, 111_11, 222_22))
        .await
        .unwrap();
    let zoe = inscrire_un(&scene.banc, assure("ASS001")).await;
    emettre_une(&scene.banc, indu(zoe, "INDU-2026-001", 444_44))
        .await
        .unwrap();
    importer_texte(&scene.banc, "mars.csv", &csv(&TEXTE_DE_PAIEMENTS))
        .await
        .unwrap();
    let deux = csv(&[
        TEXTE_DE_PAIEMENTS[2],
        ("17032026", SIRETS[2], "2026-01", "12.34", ""),
    ]);
    importer_texte(&scene.banc, "mars-bis.csv", &deux).await.unwrap();
    (scene, d)
}

#[tokio::test]
async fn le_tableau_dit_la_situation_et_chaque_service_n_y_voit_que_la_sienne() {
    let (scene, _) = fournie().await;
    let comptable = scene.lire(Role::AgenceComptable, "/DMSA33/").await;
    insta::assert_snapshot!(texte(&comptable));
    let cotisations = texte(&scene.lire(Role::Cotisations, "/DMSA33/").await);
    assert!(
        cotisations.contains("333,33") && !cotisations.contains("444,44"),
        "{cotisations}"
    );
    assert!(!cotisations.contains("Recettes à classer") && !cotisations.contains("mars.csv"));
    let prestations = texte(&scene.lire(Role::Prestations, "/DMSA33/").await);
    assert!(
        prestations.contains("444,44") && !prestations.contains("333,33"),
        "{prestations}"
    );
}

#[tokio::test]
async fn le_dpo_et_l_administrateur_n_ont_au_tableau_que_leurs_pages_de_controle() {
    let (scene, _) = fournie().await;
    for (role, agents) in [(Role::Dpo, false), (Role::Administrateur, true)] {
        let page = scene.lire(role, "/DMSA33/").await;
        assert_eq!(page.etat, StatusCode::OK, "{role}");
        let lu = texte(&page);
        assert!(page.corps.contains("/DMSA33/journal") && page.corps.contains("/DMSA33/habilitations"));
        assert_eq!(lu.contains("Agents"), agents, "{role}");
        assert!(
            !lu.contains('€') && !lu.contains("créance") && !lu.contains("Recettes"),
            "{role} : {lu}"
        );
        for chemin in [
            "/DMSA33/creances",
            "/DMSA33/rac",
            "/DMSA33/encaissements/importer",
            "/DMSA33/encaissements/1",
        ] {
            assert_eq!(
                scene.lire(role, chemin).await.etat,
                StatusCode::FORBIDDEN,
                "{role} {chemin}"
            );
        }
    }
}

#[tokio::test]
async fn la_liste_des_creances_se_filtre_se_trie_et_se_parcourt_dans_les_deux_sens() {
    let scene = Scene::sqlite().await;
    for rang in 0..3 {
        let d = inscrire_un(&scene.banc, employeur(rang)).await;
        for mois in 1..=3 {
            let montant = 1_000 + i64::try_from(rang).unwrap() * 10 + i64::from(mois);
            emettre_une(&scene.banc, cotisation(d, mois, montant, montant))
                .await
                .unwrap();
        }
    }
    let zoe = inscrire_un(&scene.banc, assure("ASS001")).await;
    emettre_une(&scene.banc, indu(zoe, "INDU-2026-001", 444_44))
        .await
        .unwrap();
    let mut agent = scene.agent(Role::Recouvrement).await;
    let lire = async |agent: &mut Navigateur, chemin: &str| -> Vec<String> {
        let corps = agent.get(chemin).await.corps;
        let lignes = corps
            .split("<tr><th scope=\"row\" data-label=\"Débiteur\"")
            .skip(1);
        lignes
            .map(|l| {
                l.split("/DMSA33/creances/")
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    let toutes = lire(&mut agent, "/DMSA33/creances").await;
    assert_eq!(toutes.len(), 10);
    for (tri, attendues) in [
        ("echeance", None),
        ("montant", None),
        ("montant", Some("desc")),
        ("echeance", Some("desc")),
    ] {
        let sens = attendues.unwrap_or("asc");
        let base = format!("/DMSA33/creances?taille=4&tri={tri}&sens={sens}");
        let une = lire(
            &mut agent,
            &format!("/DMSA33/creances?taille=50&tri={tri}&sens={sens}"),
        )
        .await;
        let premiere = lire(&mut agent, &base).await;
        let deuxieme = lire(&mut agent, &format!("{base}&apres={}", premiere[3])).await;
        let derniere = lire(&mut agent, &format!("{base}&apres={}", deuxieme[3])).await;
        assert_eq!(
            [premiere.clone(), deuxieme.clone(), derniere.clone()].concat(),
            une,
            "{tri} {sens}"
        );
        assert_eq!(
            lire(&mut agent, &format!("{base}&avant={}", derniere[0])).await,
            deuxieme,
            "{tri} {sens}"
        );
        assert_eq!(
            lire(&mut agent, &format!("{base}&avant={}", deuxieme[0])).await,
            premiere,
            "{tri} {sens}"
        );
    }
    let filtrees = async |agent: &mut Navigateur, filtre: &str| {
        lire(agent, &format!("/DMSA33/creances?{filtre}")).await.len()
    };
    assert_eq!(filtrees(&mut agent, "branche=prestations").await, 1);
    assert_eq!(
        filtrees(&mut agent, "nature=cotisation:assurances_sociales&au=2026-03-15").await,
        6
    );
    assert_eq!(filtrees(&mut agent, "du=2026-03-16").await, 3);
    assert_eq!(filtrees(&mut agent, "montant=400").await, 1);
    assert_eq!(filtrees(&mut agent, "etat=soldees").await, 0);
    let mut prestations = scene.agent(Role::Prestations).await;
    assert_eq!(
        filtrees(&mut prestations, "branche=cotisations").await,
        0,
        "le périmètre prime le filtre"
    );
    assert_eq!(filtrees(&mut prestations, "").await, 1);
    let fausse = agent.get("/DMSA33/creances?du=2026-02-30&montant=beaucoup").await;
    assert!(
        fausse.corps.contains("Cette date n’existe pas."),
        "{}",
        fausse.corps
    );
}

#[tokio::test]
async fn une_recette_en_attente_montre_ses_propositions_et_ce_qu_on_peut_en_faire() {
    let (scene, _) = fournie().await;
    let liste = scene.lire(Role::AgenceComptable, "/DMSA33/rac").await;
    insta::assert_snapshot!("rac_liste", texte(&liste));
    let recette = nombre(
        &scene.banc,
        "SELECT id FROM encaissement WHERE montant_centimes = 100000",
    )
    .await;
    let fiche = scene
        .lire(Role::AgenceComptable, &format!("/DMSA33/rac/{recette}"))
        .await;
    insta::assert_snapshot!("rac_fiche", texte(&fiche));
    assert_eq!(
        scene.lire(Role::AgenceComptable, "/DMSA33/rac/404").await.etat,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        scene.lire(Role::Recouvrement, "/DMSA33/rac").await.etat,
        StatusCode::FORBIDDEN
    );
    assert!(
        scene
            .journal()
            .await
            .iter()
            .any(|l| l == "GET /{caisse}/rac/{recette}, refusé None"),
        "le refus est au journal"
    );
}

#[tokio::test]
async fn un_geste_refuse_rend_le_formulaire_et_ce_qui_y_etait_tape() {
    let (scene, _) = fournie().await;
    let recette = nombre(
        &scene.banc,
        "SELECT id FROM encaissement WHERE siret = '55210055400013'",
    )
    .await;
    let url = |geste: &str| format!("/DMSA33/rac/{recette}/{geste}");
    let mut agent = scene.agent(Role::AgenceComptable).await;
    for (geste, champs, phrase) in [
        (
            "classer",
            [("matricule", "INCONNU1"), ("branche", "cotisations")],
            "Aucun débiteur de ce matricule",
        ),
        (
            "classer",
            [("matricule", "EMP000"), ("branche", "")],
            "Choisissez la branche",
        ),
        (
            "classer",
            [("matricule", "ASS001"), ("branche", "cotisations")],
            "rien n’a été classé",
        ),
        (
            "ventiler",
            [("part", "40,01"), ("motif_part", "")],
            "il n’attend que 40,00",
        ),
        ("ventiler", [("part", "douze"), ("motif_part", "")], "1 234,56"),
        (
            "rembourser",
            [("rendu", ""), ("motif_rendu", "")],
            "écrivez un motif",
        ),
    ] {
        let r = agent.post(&url(geste), &champs).await;
        assert_eq!(r.etat, StatusCode::UNPROCESSABLE_ENTITY, "{geste} {champs:?}");
        let lu = texte(&r).to_lowercase();
        assert!(lu.contains(&phrase.to_lowercase()), "{geste} {champs:?} : {lu}");
        assert!(
            r.corps.contains(&format!("value=\"{}\"", champs[0].1)),
            "{geste} {champs:?}"
        );
    }
    let r = agent
        .post_brut(&url("rembourser"), &[("motif_rendu", "sans jeton")])
        .await;
    assert_eq!(r.etat, StatusCode::FORBIDDEN);
    let r = scene
        .agent(Role::Cotisations)
        .await
        .post(&url("classer"), &[("creance", "1")])
        .await;
    assert_eq!(
        r.etat,
        StatusCode::FORBIDDEN,
        "classer n'est qu'à l'agence comptable"
    );
    assert_eq!(verifiee(&scene.banc).await.rembourse_centimes, 0);

    let r = agent
        .post(
            &url("ventiler"),
            &[("part", "15,00"), ("motif_part", "deux clients")],
        )
        .await;
    assert_eq!(r.etat, StatusCode::SEE_OTHER, "{}", r.corps);
    let r = agent
        .post(
            &url("rembourser"),
            &[("rendu", ""), ("motif_rendu", "payé deux fois")],
        )
        .await;
    assert_eq!(r.etat, StatusCode::SEE_OTHER, "{}", r.corps);
    let bilan = verifiee(&scene.banc).await;
    assert_eq!(
        (bilan.rembourse_centimes, bilan.rac_centimes),
        (25_00, 15_00 + 12_34 + 46_00)
    );
    let lu = texte(&agent.get(&format!("/DMSA33/encaissements/{recette}")).await);
    assert!(lu.contains("payé deux fois") && lu.contains("Part\n"), "{lu}");
}

#[tokio::test]
async fn un_service_ne_voit_d_une_recette_que_ce_qu_elle_paie_chez_lui() {
    let (scene, d) = fournie().await;
    let recette = nombre(
        &scene.banc,
        "SELECT id FROM encaissement WHERE montant_centimes = 100000",
    )
    .await;
    let url = format!("/DMSA33/encaissements/{recette}");
    let comptable = scene.lire(Role::AgenceComptable, &url).await;
    insta::assert_snapshot!(texte(&comptable));
    let cotisations = texte(&scene.lire(Role::Cotisations, &url).await);
    assert!(
        cotisations.contains("Imputé dans vos attributions\n954,00\u{A0}€"),
        "{cotisations}"
    );
    for absent in [
        "1\u{202F}000,00",
        "46,00",
        "En attente",
        "Payeur",
        "Compte\n",
        "Défaire",
    ] {
        assert!(!cotisations.contains(absent), "{absent} : {cotisations}");
    }
    assert_eq!(
        scene.lire(Role::Prestations, &url).await.etat,
        StatusCode::NOT_FOUND
    );
    assert!(
        scene
            .journal()
            .await
            .iter()
            .any(|l| l == &format!("GET /{{caisse}}/encaissements/{{recette}}, refusé Some({d})"))
    );
    let orpheline = nombre(
        &scene.banc,
        "SELECT id FROM encaissement WHERE siret = '55210055400013'",
    )
    .await;
    let r = scene
        .lire(Role::Recouvrement, &format!("/DMSA33/encaissements/{orpheline}"))
        .await;
    assert_eq!(
        r.etat,
        StatusCode::NOT_FOUND,
        "ce qui attend n'est à personne encore"
    );
}

#[tokio::test]
async fn un_doublon_presume_se_decide_une_fois() {
    let (scene, _) = fournie().await;
    let mut agent = scene.agent(Role::AgenceComptable).await;
    let page = agent.get("/DMSA33/encaissements/presumes").await;
    insta::assert_snapshot!(texte(&page));
    let fichier = nombre(&scene.banc, "SELECT fichier_id FROM ligne_presumee")
        .await
        .to_string();
    let ligne = nombre(&scene.banc, "SELECT ligne FROM ligne_presumee")
        .await
        .to_string();
    let dire = |decision| {
        [
            ("fichier", fichier.as_str()),
            ("ligne", ligne.as_str()),
            ("decision", decision),
        ]
    };
    let r = agent.post("/DMSA33/encaissements/presumes", &dire("autre")).await;
    assert_eq!(r.etat, StatusCode::SEE_OTHER, "{}", r.corps);
    assert_eq!(
        verifiee(&scene.banc).await.rac_centimes,
        40_00 + 40_00 + 12_34 + 46_00
    );
    let r = agent.post("/DMSA33/encaissements/presumes", &dire("meme")).await;
    assert_eq!(r.etat, StatusCode::CONFLICT);
    assert!(texte(&agent.get("/DMSA33/encaissements/presumes?voir=toutes").await).contains("Autre paiement"));
    let r = agent
        .post(
            "/DMSA33/encaissements/presumes",
            &[("fichier", "9"), ("ligne", "9"), ("decision", "meme")],
        )
        .await;
    assert_eq!(r.etat, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn un_envoi_sans_jeton_ou_sans_fichier_n_importe_rien() {
    let scene = Scene::sqlite().await;
    let mut agent = scene.agent(Role::AgenceComptable).await;
    let paiements = csv(&TEXTE_DE_PAIEMENTS);
    let r = deposer(&mut agent, "faux", &[("mars.csv", &paiements)]).await;
    assert_eq!(r.etat, StatusCode::FORBIDDEN);
    let jeton = agent.jeton();
    let r = deposer(&mut agent, &jeton, &[]).await;
    assert_eq!(r.etat, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(r.corps.contains("Choisissez au moins un fichier."));
    assert_eq!(nombre(&scene.banc, "SELECT COUNT(*) FROM encaissement").await, 0);
    let r = deposer(
        &mut agent,
        &jeton,
        &[("mars.csv", &paiements), ("mars-bis.csv", &paiements)],
    )
    .await;
    assert_eq!(r.etat, StatusCode::OK);
    assert!(
        texte(&r).contains("mars-bis.csv\n3\n0\n0\n3\n0\n0,00"),
        "{}",
        texte(&r)
    );
    let lu = texte(&agent.get("/DMSA33/encaissements/importer").await);
    assert!(
        lu.contains("mars.csv\nCSV\n01/04/2026\nagence_comptable.essai\nTerminé"),
        "{lu}"
    );
}

#[tokio::test]
async fn le_compte_adherent_se_lit_se_filtre_et_s_exporte() {
    let (scene, d) = fournie().await;
    let url = format!("/DMSA33/dossiers/{d}/cai");
    let mut agent = scene.agent(Role::Cotisations).await;
    insta::assert_snapshot!(texte(&agent.get(&url).await));
    let janvier = texte(&agent.get(&format!("{url}?periode=2026-01-01_2026-01-31")).await);
    let (_, mouvements) = janvier.split_once("Mouvements : janvier 2026").unwrap();
    assert!(
        mouvements.contains("Majorations de retard") && mouvements.contains("Tous les mouvements"),
        "{mouvements}"
    );
    let autre = texte(&agent.get(&format!("{url}?periode=2025-01-01_2025-01-31")).await);
    assert!(
        !autre
            .split_once("Tous les mouvements")
            .unwrap()
            .1
            .contains("Majorations de retard"),
        "{autre}"
    );
    let avant = texte(&agent.get(&format!("{url}?au=2026-02-28")).await);
    assert!(
        avant.contains("Compte entier\n1\u{202F}000,00\u{A0}€\n0,00\u{A0}€\n1\u{202F}000,00\u{A0}€"),
        "{avant}"
    );

    let r = agent.get(&format!("{url}.csv?au=2026-03-31")).await;
    let mut lecteur = ::csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(r.corps.trim_start_matches('\u{FEFF}').as_bytes());
    let lignes: Vec<::csv::StringRecord> = lecteur.records().map(Result::unwrap).collect();
    let total = lignes.iter().find(|l| &l[0] == "total").unwrap();
    assert_eq!((&total[6], &total[7], &total[8]), ("1054,00", "1054,00", "0,00"));

    let demande = agent
        .demande("GET", &format!("{url}.xlsx?au=2026-03-31"))
        .body(Body::empty())
        .unwrap();
    let r = scene.routeur.clone().oneshot(demande).await.unwrap();
    let nom = r.headers()[header::CONTENT_DISPOSITION]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        nom,
        format!("attachment; filename=\"cai-dossier-{d}-au-2026-03-31.xlsx\"")
    );
    let octets = to_bytes(r.into_body(), 1 << 20).await.unwrap();
    let mut classeur: Xlsx<_> = Xlsx::new(Cursor::new(octets)).unwrap();
    let feuilles = classeur.sheet_names();
    let feuille = classeur.worksheet_range(&feuilles[0]).unwrap();
    let nombres: Vec<f64> = feuille
        .cells()
        .filter_map(|(_, _, c)| if let Data::Float(n) = c { Some(*n) } else { None })
        .collect();
    assert!(
        nombres.contains(&1054.0) && nombres.contains(&54.0),
        "{nombres:?}"
    );

    for (role, etat) in [
        (Role::Prestations, StatusCode::FORBIDDEN),
        (Role::Dpo, StatusCode::FORBIDDEN),
    ] {
        assert_eq!(scene.lire(role, &url).await.etat, etat, "{role}");
        assert_eq!(
            scene.lire(role, &format!("{url}.xlsx")).await.etat,
            etat,
            "{role}"
        );
    }
    let zoe = nombre(&scene.banc, "SELECT id FROM debiteur WHERE matricule = 'ASS001'").await;
    assert_eq!(
        scene
            .lire(Role::Cotisations, &format!("/DMSA33/dossiers/{zoe}/cai"))
            .await
            .etat,
        StatusCode::NOT_FOUND
    );
    assert!(scene.journal().await.contains(&format!(
        "GET /{{caisse}}/dossiers/{{dossier}}/cai, refusé Some({zoe})"
    )));
}
