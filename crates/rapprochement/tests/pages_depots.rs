//! La page des dépôts, par le vrai routeur, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

use std::fs;
use std::path::PathBuf;

use acces::essais::{Navigateur, Reponse, horloge, maison};
use acces::journal::{FiltreJournal, consulter_journal};
use acces::{Horloge, Objet, Permis, Role};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use storage::essais::{Banc, bancs};
use storage::{Migration, Resultat, ecrire, sql};
use tower::ServiceExt as _;

const DEPOTS: &str = "/DMSA33/dsn/depots";
const REFUS: &str = "/DMSA33/dsn/depots/refus";

struct Scene {
    banc: Banc,
    routeur: Router,
    horloge: Horloge,
}

impl Scene {
    async fn toutes() -> Vec<Self> {
        let migrations: Vec<Migration> = acces::MIGRATIONS
            .iter()
            .chain(creances::MIGRATIONS)
            .chain(rapprochement::MIGRATIONS)
            .copied()
            .collect();
        let scene = |banc: Banc| {
            let horloge = horloge();
            let routes = [acces::routes(), rapprochement::pages::routes()];
            let routeur = acces::routeur(
                routes.into_iter().flatten().collect(),
                maison(&banc, horloge.clone()),
            );
            Self {
                banc,
                routeur,
                horloge,
            }
        };
        bancs(&migrations).await.into_iter().map(scene).collect()
    }

    async fn agent(&self, role: Role) -> Navigateur {
        Navigateur::connecte(&self.routeur, &self.banc.db, &self.horloge, role).await
    }

    fn dossier(&self, nom: &str) -> PathBuf {
        self.banc.dossier.path().join("dsn/DMSA33").join(nom)
    }

    /// Inscrit un dépôt comme un autre processus l'aurait laissé.
    async fn depot(&self, id: i64, nom: &str, termine: bool, avance_le: Option<&str>) {
        let inscrit: Resultat<u64> = ecrire!(self.banc.db, |tx| {
            tx.reserver("dsn_depot", 1).await?;
            sql!(
                "INSERT INTO dsn_depot (id, empreinte, nom, depose_le, auteur, lues, autres_caisses, sans_effet, \
                 signalements, termine, octets, octets_lus, avance_le) \
                 VALUES ($1, $2, $3, '2026-03-02T07:00:00Z', 'cotisations.essai', 10, 3, 2, 1, $4, 1000, 437, $5)"
            )
            .bind(id)
            .bind(id.to_be_bytes().to_vec())
            .bind(nom)
            .bind(termine)
            .bind(avance_le)
            .executer(tx)
            .await
        });
        inscrit.unwrap();
    }
}

/// Envoie un fichier, dans un formulaire dont le jeton est le premier champ.
async fn envoyer(agent: &mut Navigateur, jeton: &str, fichier: Option<(&str, &str)>) -> Reponse {
    let mut corps = format!("--LIMITE\r\nContent-Disposition: form-data; name=\"jeton\"\r\n\r\n{jeton}\r\n");
    if let Some((nom, texte)) = fichier {
        corps.push_str(&format!(
            "--LIMITE\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"{nom}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{texte}\r\n"
        ));
    }
    corps.push_str("--LIMITE--\r\n");
    let demande = agent
        .demande("POST", DEPOTS)
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

#[tokio::test]
async fn un_fichier_envoye_est_pose_entier_au_nom_de_l_agent_et_attend_dans_la_liste() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Cotisations).await;
        let jeton = agent.jeton();
        for nom in [
            "../73282932000074 janvier.dsn",
            "73282932000074 janvier.dsn",
            ".part",
        ] {
            let r = envoyer(&mut agent, &jeton, Some((nom, "S10.G00.00.001,'PAIE'"))).await;
            assert_eq!(
                (r.etat, r.vers.as_deref()),
                (StatusCode::SEE_OTHER, Some(DEPOTS)),
                "{nom}"
            );
        }
        let mien = scene.dossier("arrivees/agent-cotisations.essai");
        let mut noms: Vec<String> = fs::read_dir(&mien)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        noms.sort();
        assert_eq!(
            noms,
            [
                "73282932000074 janvier-2.dsn",
                "73282932000074 janvier.dsn",
                "part"
            ]
        );
        assert_eq!(
            fs::read_to_string(mien.join(&noms[0])).unwrap(),
            "S10.G00.00.001,'PAIE'"
        );
        let page = agent.get(DEPOTS).await;
        let lu = texte(&page);
        assert!(lu.contains("Fichier reçu : il sera lu"), "{lu}");
        assert!(lu.contains("73282932000074 janvier-2.dsn"), "{lu}");
        assert_eq!(lu.matches("cotisations.essai\nEn attente").count(), 3, "{lu}");
        // L'envoi est au journal, sans le nom du fichier.
        let permis = Permis::operateur(&scene.banc.db, &scene.horloge, "essai", Objet::Caisse)
            .await
            .unwrap();
        let journal = consulter_journal(&scene.banc.db, &permis, &FiltreJournal::default(), None, 50)
            .await
            .unwrap();
        let envois = journal.iter().filter(|l| l.repere == "POST /{caisse}/dsn/depots");
        assert_eq!(
            envois
                .filter(|l| l.accorde && l.acteur == "cotisations.essai")
                .count(),
            3
        );
    }
}

#[tokio::test]
async fn un_envoi_vide_ou_sans_jeton_ne_pose_rien_et_le_dit() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Cotisations).await;
        let jeton = agent.jeton();
        for vide in [None, Some(("vide.dsn", ""))] {
            let r = envoyer(&mut agent, &jeton, vide).await;
            assert_eq!(r.etat, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                texte(&r).contains("Choisissez un fichier qui n’est pas vide."),
                "{}",
                r.corps
            );
            assert!(r.corps.contains(r#"aria-invalid="true""#));
        }
        let r = envoyer(&mut agent, "faux", Some(("x.dsn", "x"))).await;
        assert_eq!(r.etat, StatusCode::FORBIDDEN);
        assert!(!scene.dossier("arrivees/agent-cotisations.essai").exists());
    }
}

#[tokio::test]
async fn qui_ne_peut_que_consulter_voit_la_liste_sans_rien_pouvoir_y_faire() {
    for scene in Scene::toutes().await {
        scene.depot(1, "janvier.dsn", true, None).await;
        refuser(&scene, "photo.dsn", "photo.dsn : ce n'est pas une DSN.");
        let mut lecteur = scene.agent(Role::Recouvrement).await;
        let page = lecteur.get(DEPOTS).await;
        assert_eq!(page.etat, StatusCode::OK);
        let lu = texte(&page);
        assert!(lu.contains("janvier.dsn") && lu.contains("photo.dsn"), "{lu}");
        assert!(!page.corps.contains(r#"type="file""#) && !lu.contains("Effacer\n"));
        let jeton = lecteur.jeton();
        let r = envoyer(&mut lecteur, &jeton, Some(("x.dsn", "x"))).await;
        assert_eq!(r.etat, StatusCode::FORBIDDEN);
        let r = lecteur.post(REFUS, &[("agent", ""), ("nom", "photo.dsn")]).await;
        assert_eq!(r.etat, StatusCode::FORBIDDEN);
        assert!(scene.dossier("refuses/photo.dsn").exists());
        for role in [Role::Prestations, Role::Dpo, Role::Administrateur] {
            let r = scene.agent(role).await.get(DEPOTS).await;
            assert_eq!(r.etat, StatusCode::FORBIDDEN, "{role}");
        }
    }
}

fn refuser(scene: &Scene, nom: &str, pourquoi: &str) {
    let chemin = scene.dossier("refuses").join(nom);
    fs::create_dir_all(chemin.parent().unwrap()).unwrap();
    fs::write(&chemin, "contenu").unwrap();
    fs::write(format!("{}.txt", chemin.display()), format!("{pourquoi}\n")).unwrap();
}

#[tokio::test]
async fn un_fichier_refuse_dit_pourquoi_et_s_efface() {
    for scene in Scene::toutes().await {
        let pourquoi =
            "agent-x.dsn, ligne 12, rubrique S21.G00.06.001 : la valeur est vide. Remède : corrigez-la.";
        refuser(&scene, "agent-cotisations.essai/agent-x.dsn", pourquoi);
        refuser(&scene, "photo.dsn", "photo.dsn : ce n'est pas une DSN.");
        let mut agent = scene.agent(Role::Cotisations).await;
        let lu = texte(&agent.get(DEPOTS).await);
        assert!(
            lu.contains(&format!("cotisations.essai\n{pourquoi}\nEffacer")),
            "{lu}"
        );
        assert!(
            lu.contains("l’opérateur\nphoto.dsn : ce n’est pas une DSN."),
            "{lu}"
        );
        // Un nom qui n'est pas dans la liste n'efface rien.
        fs::create_dir_all(scene.dossier("arrivees")).unwrap();
        fs::write(scene.dossier("arrivees/attend.dsn"), "x").unwrap();
        for nom in [
            "../arrivees/attend.dsn",
            "photo.dsn.txt",
            "agent-cotisations.essai/agent-x.dsn",
        ] {
            let r = agent.post(REFUS, &[("agent", ""), ("nom", nom)]).await;
            assert_eq!(r.vers.as_deref(), Some(DEPOTS));
            assert!(
                texte(&agent.get(DEPOTS).await).contains("n’y était plus"),
                "{nom}"
            );
        }
        assert!(scene.dossier("arrivees/attend.dsn").exists());
        for (de, nom) in [("cotisations.essai", "agent-x.dsn"), ("", "photo.dsn")] {
            let r = agent.post(REFUS, &[("agent", de), ("nom", nom)]).await;
            assert_eq!(r.etat, StatusCode::SEE_OTHER);
        }
        let lu = texte(&agent.get(DEPOTS).await);
        assert!(
            !lu.contains("Fichiers refusés") && lu.contains("Fichier refusé effacé"),
            "{lu}"
        );
        let restes = [
            scene.dossier("refuses/photo.dsn.txt"),
            scene.dossier("refuses/agent-cotisations.essai/agent-x.dsn.txt"),
        ];
        assert!(restes.iter().all(|r| !r.exists()));
    }
}

#[tokio::test]
async fn la_liste_dit_ou_en_est_chaque_depot() {
    for scene in Scene::toutes().await {
        fs::create_dir_all(scene.dossier("arrivees")).unwrap();
        fs::write(scene.dossier("arrivees/lot.zip"), "x").unwrap();
        fs::write(scene.dossier("arrivees/vif.dsn"), "x").unwrap();
        let (vieux, frais) = ("2026-03-02T07:55:00Z", "2026-03-02T07:59:30Z");
        scene.depot(1, "fini.dsn", true, Some(vieux)).await;
        scene.depot(2, "perdu.dsn", false, Some(vieux)).await;
        scene.depot(3, "lot.zip/janvier.dsn", false, Some(vieux)).await;
        scene.depot(4, "vif.dsn", false, Some(frais)).await;
        scene.depot(5, "d_avant.dsn", false, None).await;
        let page = scene.agent(Role::Cotisations).await.get(DEPOTS).await;
        let lu = texte(&page);
        let (_, depots) = lu.split_once("\nDépôts\n").unwrap();
        insta::assert_snapshot!("etats_des_depots", depots);
        for attendu in [
            "cotisations.essai\nTerminé\n10\n0\n4\n3\n2\n1",
            "cotisations.essai\nEn cours : 43\u{A0}%\n–",
            "cotisations.essai\nInterrompu : il reprendra\n",
            "cotisations.essai\nInterrompu : à redéposer\n",
            "l’opérateur\nEn cours",
            "l’opérateur\nEn attente",
        ] {
            assert!(lu.contains(attendu), "{attendu} : {lu}");
        }
    }
}

#[tokio::test]
async fn la_page_ne_se_recharge_que_si_l_agent_le_demande_et_tant_qu_un_fichier_attend() {
    for scene in Scene::toutes().await {
        let agent = scene.agent(Role::Cotisations).await;
        let lire = async |chemin: &str| {
            let demande = agent.demande("GET", chemin).body(Body::empty()).unwrap();
            let reponse = scene.routeur.clone().oneshot(demande).await.unwrap();
            let recharge = reponse.headers().get(header::REFRESH).cloned();
            let corps = to_bytes(reponse.into_body(), 1 << 20).await.unwrap();
            (recharge, String::from_utf8(corps.to_vec()).unwrap())
        };
        let suivre = format!("{DEPOTS}?suivre=oui");
        let (recharge, corps) = lire(&suivre).await;
        assert!(recharge.is_none() && corps.contains("Aucun dépôt") && corps.contains(r#"type="file""#));
        fs::write(scene.dossier("arrivees/x.dsn"), "x").unwrap();
        let (recharge, corps) = lire(DEPOTS).await;
        assert!(recharge.is_none() && corps.contains(&suivre));
        let (recharge, corps) = lire(&suivre).await;
        assert_eq!(recharge.unwrap(), "5");
        assert!(corps.contains("Ne plus la recharger") && !corps.contains(r#"type="file""#));
    }
}

#[tokio::test]
async fn les_depots_se_parcourent_dans_les_deux_sens_du_plus_recent_au_plus_ancien() {
    for scene in Scene::toutes().await {
        for id in 1..=7 {
            scene.depot(id, &format!("depot-{id}.dsn"), true, None).await;
        }
        let mut agent = scene.agent(Role::Cotisations).await;
        let lire = async |agent: &mut Navigateur, suite: &str| {
            let page = agent.get(&format!("{DEPOTS}?taille=3{suite}")).await;
            let lu = texte(&page);
            let ids = lu
                .lines()
                .filter_map(|l| l.strip_prefix("depot-")?.strip_suffix(".dsn"));
            let liens = |mot: &str| page.corps.contains(mot);
            (
                ids.collect::<Vec<_>>().join(" "),
                liens("avant="),
                liens("apres="),
            )
        };
        let attendu = |ids: &str, avant, apres| (ids.to_owned(), avant, apres);
        assert_eq!(lire(&mut agent, "").await, attendu("7 6 5", false, true));
        assert_eq!(lire(&mut agent, "&apres=5").await, attendu("4 3 2", true, true));
        assert_eq!(lire(&mut agent, "&apres=2").await, attendu("1", true, false));
        assert_eq!(lire(&mut agent, "&avant=1").await, attendu("4 3 2", true, true));
        assert_eq!(lire(&mut agent, "&avant=4").await, attendu("7 6 5", false, true));
    }
}
