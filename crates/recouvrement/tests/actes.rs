//! Les actes, de ce qui leur manque à ce que la poste répond, par le vrai routeur, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod scene;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use acces::essais::Navigateur;
use acces::{Action, Horloge, Objet, Permis, Role, actions};
use axum::http::StatusCode;
use droit::{Droit, ModeEnvoi};
use recouvrement::actes::{
    Atelier, Demande, Modeles, Reglages, apercu, dossier, ecrire_les_lots, emettre, expedier,
    importer_adresses, importer_retours, noter_adresse, noter_versements, remettre, verifier,
};
use scene::{AUJOURDHUI, Scene, maintenant};
use sha2::{Digest as _, Sha256};
use storage::{ecrire, lire, sql};
use valeurs::DossierId;

const ADRESSE: &str = "12, route du Ried\n67600 Sélestat";

/// Le dossier des actes de la caisse d'essai, avec ses réglages.
fn reglee(scene: &Scene) -> PathBuf {
    let dossier = dossier(scene.banc.dossier.path(), scene.banc.db.caisse());
    Reglages::ecrire_un_exemple(&dossier, "MSA d’Essai").unwrap();
    dossier
}

fn composer(creance: i64) -> String {
    format!("/DMSA33/creances/{creance}/acte")
}

async fn permis<A: Action>(scene: &Scene) -> Permis<A> {
    Permis::operateur(
        &scene.banc.db,
        &Horloge::fixe(maintenant()),
        "essai",
        Objet::Caisse,
    )
    .await
    .unwrap()
}

async fn adresser(agent: &mut Navigateur, creance: i64) {
    let reponse = agent
        .post(
            &format!("{}/adresse", composer(creance)),
            &[("acte", "mise-en-demeure-cotisations"), ("adresse", ADRESSE)],
        )
        .await;
    assert_eq!(reponse.etat, StatusCode::SEE_OTHER, "{}", reponse.corps);
}

async fn emettre_par_la_page(agent: &mut Navigateur, creance: i64) -> (StatusCode, String) {
    let reponse = agent
        .post(
            &composer(creance),
            &[
                ("acte", "mise-en-demeure-cotisations"),
                ("creances", &creance.to_string()),
                ("signataire", "Dominique Exemple"),
                ("envoi", "recommande"),
            ],
        )
        .await;
    (reponse.etat, reponse.corps)
}

async fn nombre(scene: &Scene, texte: &'static str) -> i64 {
    let lu: Result<i64, storage::Erreur> = lire!(scene.banc.db, |tx| sql!(texte).scalaire(tx).await);
    lu.unwrap()
}

#[tokio::test]
async fn une_mise_en_demeure_nomme_ce_qui_lui_manque_puis_s_emet_part_et_fait_courir_le_delai() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let page = format!("{}?acte=mise-en-demeure-cotisations", composer(scene.cotisation));
        let sans_reglages = agent.get(&page).await;
        assert!(
            sans_reglages.corps.contains("sillon actes modeles"),
            "{}",
            sans_reglages.corps
        );
        let dossier = reglee(&scene);
        let incomplete = agent.get(&page).await;
        assert_eq!(incomplete.etat, StatusCode::OK);
        assert!(
            incomplete.corps.contains("L’adresse du débiteur"),
            "{}",
            incomplete.corps
        );
        let (etat, corps) = emettre_par_la_page(&mut agent, scene.cotisation).await;
        assert_eq!(etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(corps.contains("Il manque de quoi écrire cet acte"), "{corps}");
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 0);

        adresser(&mut agent, scene.cotisation).await;
        let complete = agent.get(&page).await;
        for dit in [
            "Complètes",
            "à peine de nullité",
            "CRPM art. R725-6",
            "Tribunal judiciaire, pôle social",
            "dont 16,20\u{a0}€ de majorations, mises au débit à l’émission",
        ] {
            assert!(complete.corps.contains(dit), "{dit}\n{}", complete.corps);
        }
        let projet = agent
            .post(
                &format!("{}/apercu", composer(scene.cotisation)),
                &[
                    ("acte", "mise-en-demeure-cotisations"),
                    ("creances", &scene.cotisation.to_string()),
                    ("envoi", "recommande"),
                ],
            )
            .await;
        assert_eq!(projet.etat, StatusCode::OK, "{}", projet.corps);
        assert!(projet.corps.starts_with("%PDF-1.7"));
        let (etat, corps) = emettre_par_la_page(&mut agent, scene.cotisation).await;
        assert_eq!(etat, StatusCode::SEE_OTHER, "{corps}");
        let (etat, corps) = emettre_par_la_page(&mut agent, scene.cotisation).await;
        assert_eq!(etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(corps.contains("ne vient pas après"), "{corps}");
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 1);
        // 300 € : 5 % et deux mois commencés à 0,2 %.
        assert_eq!(nombre(&scene, "SELECT montant_centimes FROM acte").await, 31_620);
        assert_eq!(
            nombre(&scene, "SELECT MAX(reste_majoration) FROM creance").await,
            1_620
        );
        scene.prouver().await;

        let acte = nombre(&scene, "SELECT id FROM acte").await;
        let trop_tot = agent
            .post(
                &format!("/DMSA33/actes/{acte}/retour"),
                &[("retour", "recu"), ("jour", "2026-04-01")],
            )
            .await;
        assert!(
            trop_tot.corps.contains("n’est pas encore parti"),
            "{}",
            trop_tot.corps
        );
        let expediee = agent.post("/DMSA33/actes/expedier", &[]).await;
        assert_eq!(expediee.etat, StatusCode::SEE_OTHER, "{}", expediee.corps);
        let bilan = ecrire_les_lots(&scene.banc.db, &dossier).await.unwrap();
        assert_eq!(bilan.actes, 1);
        let lot = seul_lot(&dossier.join("expeditions"));
        let bordereau = fs::read_to_string(lot.join("bordereau.csv")).unwrap();
        let document = fs::read(lot.join(format!("recommande/A{acte:08}.pdf"))).unwrap();
        let empreinte: String = Sha256::digest(&document)
            .iter()
            .map(|o| format!("{o:02x}"))
            .collect();
        assert!(bordereau.contains(&empreinte), "{bordereau}");
        assert!(!bordereau.contains("Ried"));

        let recu = agent
            .post(
                &format!("/DMSA33/actes/{acte}/retour"),
                &[("retour", "recu"), ("jour", "2026-04-01")],
            )
            .await;
        assert_eq!(recu.etat, StatusCode::SEE_OTHER, "{}", recu.corps);
        let procedure = agent
            .get(&format!("/DMSA33/creances/{}/procedure", scene.cotisation))
            .await;
        for dit in [
            "Mise en demeure reçue",
            "Payer ce que réclame une mise en demeure",
            "04/05/2026",
        ] {
            assert!(procedure.corps.contains(dit), "{dit}\n{}", procedure.corps);
        }
        let fiche = agent.get(&format!("/DMSA33/actes/{acte}")).await.corps;
        for dit in [
            "Délais ouverts de ses créances",
            "04/05/2026",
            "CPC art. 641, à vérifier",
        ] {
            assert!(fiche.contains(dit), "{dit}\n{fiche}");
        }
        let liste = agent.get("/DMSA33/actes?etat=recu").await;
        assert!(liste.corps.contains(&format!("A{acte:08}")) && liste.corps.contains("EARL du Ried"));
        assert!(
            agent
                .get("/DMSA33/actes?etat=remis")
                .await
                .corps
                .contains("Aucun acte")
        );
        let pdf = agent.get(&format!("/DMSA33/actes/{acte}/acte.pdf")).await;
        assert!(pdf.corps.starts_with("%PDF-1.7"));
        assert_eq!(verifier(&scene.banc.db).await.unwrap(), []);
        scene.prouver().await;
    }
}

fn seul_lot(expeditions: &Path) -> PathBuf {
    let mut lots: Vec<PathBuf> = fs::read_dir(expeditions)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(lots.len(), 1, "{lots:?}");
    lots.remove(0)
}

fn demande(scene: &Scene) -> Demande {
    Demande {
        acte: Droit::charger().acte("mise-en-demeure-cotisations").unwrap(),
        creances: vec![scene.cotisation],
        signataire: None,
        envoi: ModeEnvoi::Recommande,
        saisies: BTreeMap::new(),
    }
}

/// Une mise en demeure émise, prête à partir.
async fn emise(scene: &Scene) -> i64 {
    reglee(scene);
    let mut agent = scene.agent(Role::Recouvrement).await;
    adresser(&mut agent, scene.cotisation).await;
    let atelier = Atelier::ouvrir(scene.banc.dossier.path(), scene.banc.db.caisse()).unwrap();
    let permis: Permis<actions::ComposerActe> = permis(scene).await;
    emettre(&scene.banc.db, &permis, &atelier, &demande(scene), AUJOURDHUI)
        .await
        .unwrap()
        .acte
}

/// Tout ce qui attend part.
async fn partir(scene: &Scene) {
    let permis: Permis<actions::ExpedierActes> = permis(scene).await;
    let actes = dossier(scene.banc.dossier.path(), scene.banc.db.caisse());
    expedier(&scene.banc.db, &permis, &actes, None, AUJOURDHUI)
        .await
        .unwrap();
}

#[tokio::test]
async fn deux_agents_qui_emettent_a_la_fois_ne_font_qu_un_acte() {
    for scene in Scene::toutes().await {
        reglee(&scene);
        let mut agent = scene.agent(Role::Recouvrement).await;
        adresser(&mut agent, scene.cotisation).await;
        let atelier = Atelier::ouvrir(scene.banc.dossier.path(), scene.banc.db.caisse()).unwrap();
        let permis: Permis<actions::ComposerActe> = permis(&scene).await;
        let (db, demande) = (&scene.banc.db, demande(&scene));
        let emettre = || emettre(db, &permis, &atelier, &demande, AUJOURDHUI);
        let essais = tokio::join!(emettre(), emettre(), emettre());
        let emis = [essais.0, essais.1, essais.2]
            .into_iter()
            .filter(Result::is_ok)
            .count();
        assert_eq!(emis, 1);
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 1);
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM fait_procedure").await, 1);
        scene.prouver().await;
    }
}

#[tokio::test]
async fn le_meme_apercu_a_les_memes_octets_et_ne_garde_rien() {
    for scene in Scene::toutes().await {
        reglee(&scene);
        let mut agent = scene.agent(Role::Recouvrement).await;
        adresser(&mut agent, scene.cotisation).await;
        let atelier = Atelier::ouvrir(scene.banc.dossier.path(), scene.banc.db.caisse()).unwrap();
        let permis: Permis<actions::ComposerActe> = permis(&scene).await;
        let demande = demande(&scene);
        let essai = || apercu(&scene.banc.db, &permis, &atelier, &demande, AUJOURDHUI);
        let (un, deux) = (essai().await.unwrap(), essai().await.unwrap());
        assert!(un == deux);
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 0);
        assert_eq!(
            nombre(&scene, "SELECT MAX(reste_majoration) FROM creance").await,
            0
        );
    }
}

/// Ce qu'un autre programme lit d'un document.
fn lu_par(programme: &str, options: &[&str], document: &Path) -> String {
    let sortie = Command::new(programme)
        .args(options)
        .arg(document)
        .args(if programme == "pdftotext" { &["-"][..] } else { &[] })
        .output()
        .unwrap_or_else(|e| panic!("{programme} ({e}) : installez poppler-utils"));
    assert!(
        sortie.status.success(),
        "{}",
        String::from_utf8_lossy(&sortie.stderr)
    );
    String::from_utf8(sortie.stdout).unwrap()
}

#[tokio::test]
async fn un_lecteur_independant_lit_le_texte_et_les_balises_d_un_acte() {
    for scene in Scene::toutes().await {
        reglee(&scene);
        let mut agent = scene.agent(Role::Recouvrement).await;
        adresser(&mut agent, scene.cotisation).await;
        let atelier = Atelier::ouvrir(scene.banc.dossier.path(), scene.banc.db.caisse()).unwrap();
        let permis: Permis<actions::ComposerActe> = permis(&scene).await;
        let octets = apercu(&scene.banc.db, &permis, &atelier, &demande(&scene), AUJOURDHUI)
            .await
            .unwrap();
        let document = scene.banc.dossier.path().join("acte.pdf");
        fs::write(&document, octets).unwrap();
        let texte = lu_par("pdftotext", &["-layout"], &document);
        for dit in [
            "EARL du Ried",
            "12, route du Ried",
            "67600 Sélestat",
            "316,20",
            "COT-1 : majoration de 5 %",
            "dans un délai d’un mois à compter de la réception",
            "Camille Exemple, directrice générale",
        ] {
            assert!(texte.contains(dit), "{dit}\n{texte}");
        }
        assert!(!texte.contains("à vérifier"), "{texte}");
        let balises = lu_par("pdfinfo", &["-struct-text"], &document);
        for balise in [
            "H1 \"Mise en demeure\"",
            "THead",
            "TH ",
            "TD",
            "/Scope /Column",
            "L (block)",
        ] {
            assert!(balises.contains(balise), "{balise}\n{balises}");
        }
        let carte = lu_par("pdfinfo", &[], &document);
        assert!(
            carte.contains("Tagged:          yes") && carte.contains("Title:           Mise en demeure"),
            "{carte}"
        );
    }
}

#[tokio::test]
async fn une_expedition_empechee_se_reprend_sans_remettre_deux_fois() {
    for scene in Scene::toutes().await {
        emise(&scene).await;
        let permis: Permis<actions::ExpedierActes> = permis(&scene).await;
        let occupee = scene.banc.dossier.path().join("un-fichier");
        fs::write(&occupee, "pas un dossier").unwrap();
        let actes = dossier(scene.banc.dossier.path(), scene.banc.db.caisse());
        let refus = expedier(&scene.banc.db, &permis, &actes, Some(&occupee), AUJOURDHUI)
            .await
            .unwrap_err();
        assert!(refus.to_string().contains("ne s’écrit pas"), "{refus}");
        let sortie = scene.banc.dossier.path().join("sortie");
        let bilan = expedier(&scene.banc.db, &permis, &actes, Some(&sortie), AUJOURDHUI)
            .await
            .unwrap();
        assert_eq!((bilan.actes, bilan.lots.len()), (1, 1));
        let bilan = expedier(&scene.banc.db, &permis, &actes, Some(&sortie), AUJOURDHUI)
            .await
            .unwrap();
        assert_eq!((bilan.actes, bilan.lots.len()), (0, 0));
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM suivi_acte").await, 1);
        assert!(seul_lot(&sortie).join("bordereau.csv").exists());
    }
}

#[tokio::test]
async fn une_seule_expedition_a_la_fois_ecrit_les_lots_d_une_caisse() {
    for scene in Scene::toutes().await {
        emise(&scene).await;
        let permis: Permis<actions::ExpedierActes> = permis(&scene).await;
        let actes = dossier(scene.banc.dossier.path(), scene.banc.db.caisse());
        let occupe = fs::File::open(&actes).unwrap();
        occupe.try_lock().unwrap();
        let refus = expedier(&scene.banc.db, &permis, &actes, None, AUJOURDHUI)
            .await
            .unwrap_err();
        assert!(refus.to_string().contains("déjà en cours"), "{refus}");
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM suivi_acte").await, 0);
        assert_eq!(remettre(&scene.banc.db, &permis, AUJOURDHUI).await.unwrap(), 1);
        let mut agent = scene.agent(Role::Recouvrement).await;
        let page = agent.get("/DMSA33/actes").await;
        assert!(page.corps.contains("Lots que le serveur écrit"), "{}", page.corps);
        let rien = ecrire_les_lots(&scene.banc.db, &actes).await.unwrap();
        assert_eq!(rien.actes, 0);
        drop(occupe);
        let bilan = ecrire_les_lots(&scene.banc.db, &actes).await.unwrap();
        assert_eq!((bilan.actes, bilan.lots.len()), (1, 1));
    }
}

#[tokio::test]
async fn l_accord_d_un_debiteur_au_recommande_electronique_se_note_et_se_montre() {
    for scene in Scene::toutes().await {
        reglee(&scene);
        let mut agent = scene.agent(Role::Prestations).await;
        adresser(&mut agent, scene.indu).await;
        let page = format!("{}?acte=notification-rsa", composer(scene.indu));
        let propose = "<option value=\"lre\"";
        assert!(
            !agent.get(&page).await.corps.contains(propose),
            "sans adresse électronique"
        );
        // Celui qui n'a pas de SIRET n'est pas tenu pour un professionnel.
        let connue: Result<(), storage::Erreur> = ecrire!(scene.banc.db, |tx| {
            sql!("INSERT INTO contact (dossier_id, rang, nature, valeur) VALUES ($1, 1, 'mail', 'ried@exemple.fr')")
                .bind(scene.dossier)
                .executer(tx)
                .await?;
            sql!("UPDATE debiteur SET siret = NULL WHERE id = $1")
                .bind(scene.dossier)
                .executer(tx)
                .await?;
            Ok(())
        });
        connue.unwrap();
        assert!(!agent.get(&page).await.corps.contains(propose), "sans accord");
        let dire = format!("{}/consentement", composer(scene.indu));
        let dit = |accepte, le| [("acte", "notification-rsa"), ("accepte", accepte), ("dit_le", le)];
        for (le, refus) in [("2026-04-02", "à venir"), ("hier", "n’existe pas")] {
            let reponse = agent.post(&dire, &dit("oui", le)).await;
            assert_eq!(reponse.etat, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(reponse.corps.contains(refus), "{}", reponse.corps);
        }
        agent.post(&dire, &dit("oui", "2026-03-30")).await;
        let acceptee = agent.get(&page).await.corps;
        assert!(
            acceptee.contains(propose) && acceptee.contains("accepté le 30/03/2026"),
            "{acceptee}"
        );
        agent.post(&dire, &dit("", "2026-04-01")).await;
        let refusee = agent.get(&page).await.corps;
        assert!(!refusee.contains(propose) && refusee.contains("refusé le 01/04/2026"));
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM consentement_lre").await, 2);
    }
}

#[tokio::test]
async fn le_permis_d_un_autre_dossier_ne_compose_rien() {
    for scene in Scene::toutes().await {
        reglee(&scene);
        let (db, horloge) = (&scene.banc.db, Horloge::fixe(maintenant()));
        let autre = DossierId::new(scene.dossier.get() + 1);
        let permis: Permis<actions::ComposerActe> =
            Permis::operateur(db, &horloge, "essai", Objet::Dossier(autre))
                .await
                .unwrap();
        let ecrites: [Result<(), recouvrement::Erreur>; 2] = [
            ecrire!(db, |tx| noter_adresse(
                db,
                tx,
                &permis,
                scene.dossier,
                &ADRESSE.parse().unwrap(),
                AUJOURDHUI
            )
            .await),
            ecrire!(db, |tx| noter_versements(
                tx,
                &permis,
                scene.indu,
                "2026-01-05",
                AUJOURDHUI
            )
            .await),
        ];
        let atelier = Atelier::ouvrir(scene.banc.dossier.path(), db.caisse()).unwrap();
        let compose = apercu(db, &permis, &atelier, &demande(&scene), AUJOURDHUI).await;
        let emise = emettre(db, &permis, &atelier, &demande(&scene), AUJOURDHUI).await;
        let refus = ecrites
            .into_iter()
            .chain([compose.map(|_| ()), emise.map(|_| ())])
            .map(|essai| essai.unwrap_err().to_string());
        for refus in refus {
            assert!(refus.contains("vos habilitations ne vous"), "{refus}");
        }
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM adresse_postale").await, 0);
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM versement_indu").await, 0);
    }
}

#[tokio::test]
async fn des_retours_importes_font_les_etapes_une_fois_et_une_faute_n_en_note_aucun() {
    for scene in Scene::toutes().await {
        let acte = emise(&scene).await;
        let dossier = scene.banc.dossier.path();
        let expedition: Permis<actions::ExpedierActes> = permis(&scene).await;
        partir(&scene).await;
        let fichier = dossier.join("retours.csv");
        for (texte, dit) in [
            (
                "numero;retour\nA00000001;recu\n",
                "retours.csv, ligne 1, champ jour : cette colonne manque",
            ),
            (
                "numero;retour;jour\n12;recu;2026-04-01\n",
                "retours.csv, ligne 2, champ numero",
            ),
            (
                "numero;retour;jour\nA00000001;perdu;2026-04-01\n",
                "retours.csv, ligne 2, champ retour",
            ),
            (
                "numero;retour;jour\nA00000001;recu;1er avril\n",
                "retours.csv, ligne 2, champ jour",
            ),
            (
                "numero;retour;jour\nA00000001;recu;2026-04-01\nA99999999;recu;2026-04-01\n",
                "retours.csv, ligne 3, champ numero : aucun acte",
            ),
            (
                "numero;retour;jour\nA00000001;recu;2026-04-02\n",
                "cette date est à venir",
            ),
            (
                "numero;retour;jour\nA00000001;recu;2026-03-31\n",
                "avant l’émission",
            ),
            (
                "numero;retour;jour\nA00000001;revenu;2026-04-01\nA00000001;recu;2026-04-01\n",
                "retours.csv, ligne 3, champ numero : cet acte a déjà une réponse",
            ),
        ] {
            let texte = texte.replace("A00000001", &format!("A{acte:08}"));
            fs::write(&fichier, texte).unwrap();
            let refus = importer_retours(&scene.banc.db, &expedition, &fichier, AUJOURDHUI)
                .await
                .unwrap_err();
            assert!(refus.to_string().contains(dit), "{refus}");
        }
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM suivi_acte").await, 1);
        fs::write(
            &fichier,
            format!("numero;retour;jour\nA{acte:08};revenu;2026-04-01\n"),
        )
        .unwrap();
        let bilan = importer_retours(&scene.banc.db, &expedition, &fichier, AUJOURDHUI)
            .await
            .unwrap();
        assert_eq!((bilan.lues, bilan.notes, bilan.connus), (1, 1, 0));
        let bilan = importer_retours(&scene.banc.db, &expedition, &fichier, AUJOURDHUI)
            .await
            .unwrap();
        assert_eq!((bilan.lues, bilan.notes, bilan.connus), (1, 0, 1));
        // Revenue : il faut une autre adresse avant d'écrire encore.
        assert_eq!(nombre(&scene, "SELECT sure FROM adresse_postale").await, 0);
        let mut agent = scene.agent(Role::Recouvrement).await;
        let page = agent
            .get(&format!(
                "{}?acte=mise-en-demeure-cotisations",
                composer(scene.cotisation)
            ))
            .await;
        assert!(page.corps.contains("L’adresse du débiteur"), "{}", page.corps);
        assert_eq!(verifier(&scene.banc.db).await.unwrap(), []);
        scene.prouver().await;
    }
}

#[tokio::test]
async fn un_pli_non_reclame_vaut_reception_d_une_mise_en_demeure_au_jour_de_sa_presentation() {
    for scene in Scene::toutes().await {
        let acte = emise(&scene).await;
        partir(&scene).await;
        let mut agent = scene.agent(Role::Recouvrement).await;
        let reponse = agent
            .post(
                &format!("/DMSA33/actes/{acte}/retour"),
                &[("retour", "non_reclame"), ("jour", "2026-04-01")],
            )
            .await;
        assert_eq!(reponse.etat, StatusCode::SEE_OTHER, "{}", reponse.corps);
        let procedure = agent
            .get(&format!("/DMSA33/creances/{}/procedure", scene.cotisation))
            .await;
        assert!(procedure.corps.contains("Mise en demeure reçue"));
        scene.prouver().await;
    }
}

#[tokio::test]
async fn des_adresses_s_importent_toutes_ou_aucune() {
    for scene in Scene::toutes().await {
        let dossier = scene.banc.dossier.path();
        let fichier = dossier.join("adresses.csv");
        let permis: Permis<actions::ComposerActe> = permis(&scene).await;
        for (texte, dit) in [
            (
                "nom;ligne1;ligne2\n",
                "adresses.csv, ligne 1, champ matricule : cette colonne manque",
            ),
            ("matricule;ligne1\n", "adresses.csv, ligne 1, champ ligne2"),
            (
                "matricule;ligne1;ligne2\nMIX001;12, route du Ried;67600 Sélestat\nMIX001;12, route;Sélestat\n",
                "adresses.csv, ligne 3, champ ligne1",
            ),
        ] {
            fs::write(&fichier, texte).unwrap();
            let refus = importer_adresses(&scene.banc.db, &permis, &fichier, AUJOURDHUI)
                .await
                .unwrap_err();
            assert!(refus.to_string().contains(dit), "{refus}");
            assert!(!refus.to_string().contains("Ried"));
        }
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM adresse_postale").await, 0);
        fs::write(
            &fichier,
            "matricule;ligne1;ligne2\nMIX001;12, route du Ried;67600 Sélestat\nINCONNU;1, rue;67000 Strasbourg\n",
        )
        .unwrap();
        let bilan = importer_adresses(&scene.banc.db, &permis, &fichier, AUJOURDHUI)
            .await
            .unwrap();
        assert_eq!((bilan.lues, bilan.gardees, bilan.inconnus), (2, 1, 1));
    }
}

#[tokio::test]
async fn un_document_altere_se_voit() {
    for scene in Scene::toutes().await {
        let acte = emise(&scene).await;
        assert_eq!(verifier(&scene.banc.db).await.unwrap(), []);
        let alteration: Result<u64, storage::Erreur> = ecrire!(scene.banc.db, |tx| sql!(
            "UPDATE avancement_acte SET etat = 'recu' WHERE acte_id = $1"
        )
        .bind(acte)
        .executer(tx)
        .await);
        alteration.unwrap();
        let alteres: Vec<i64> = verifier(&scene.banc.db)
            .await
            .unwrap()
            .iter()
            .map(|a| a.acte)
            .collect();
        assert_eq!(alteres, [acte]);
    }
}

#[tokio::test]
async fn la_notification_d_un_indu_veut_ses_versements_et_ne_s_emet_qu_une_fois() {
    for scene in Scene::toutes().await {
        reglee(&scene);
        let mut agent = scene.agent(Role::Prestations).await;
        adresser(&mut agent, scene.indu).await;
        let page = format!("{}?acte=notification-rsa", composer(scene.indu));
        let incomplete = agent.get(&page).await;
        assert!(
            incomplete
                .corps
                .contains("Les dates des versements indus de chaque créance"),
            "{}",
            incomplete.corps
        );
        let versements = format!("{}/versements", composer(scene.indu));
        for (texte, etat) in [
            ("hier", StatusCode::UNPROCESSABLE_ENTITY),
            ("05/01/2026", StatusCode::SEE_OTHER),
        ] {
            let champs = [("acte", "notification-rsa"), ("versements", texte)];
            assert_eq!(agent.post(&versements, &champs).await.etat, etat, "{texte}");
        }
        let champs = [
            ("acte", "notification-rsa"),
            ("creances", &scene.indu.to_string()),
            ("envoi", "recommande"),
        ];
        let emise = agent.post(&composer(scene.indu), &champs).await;
        assert_eq!(emise.etat, StatusCode::SEE_OTHER, "{}", emise.corps);
        let encore = agent.post(&composer(scene.indu), &champs).await;
        assert_eq!(encore.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(encore.corps.contains("a déjà son acte"), "{}", encore.corps);
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 1);
        let recommandees = "SELECT COUNT(*) FROM fait_procedure WHERE etape = 'lettre_recommandee'";
        assert_eq!(nombre(&scene, recommandees).await, 1);
        let siens = agent
            .get(&format!("/DMSA33/actes?dossier={}", scene.dossier))
            .await;
        assert!(siens.corps.contains("Notification d’un indu de RSA"));
        scene.prouver().await;
    }
}

#[tokio::test]
async fn l_agence_comptable_ne_compose_ni_n_expedie() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::AgenceComptable).await;
        let page = format!("{}?acte=mise-en-demeure-cotisations", composer(scene.cotisation));
        assert_eq!(agent.get(&page).await.etat, StatusCode::FORBIDDEN);
        assert_eq!(
            agent.post("/DMSA33/actes/expedier", &[]).await.etat,
            StatusCode::FORBIDDEN
        );
    }
}

#[tokio::test]
async fn une_caisse_change_un_modele_sans_programmer_et_le_voit_a_l_acte_suivant() {
    for scene in Scene::toutes().await {
        let dossier = reglee(&scene);
        let ecrits = Modeles::ecrire(&dossier).unwrap();
        assert_eq!(ecrits.len(), 9);
        assert!(Modeles::ecrire(&dossier).unwrap().is_empty());
        let chemin = dossier.join("modeles/mise_en_demeure.typ");
        let sien = fs::read_to_string(&chemin)
            .unwrap()
            .replace("Madame, Monsieur,", "Cher adhérent,");
        fs::write(&chemin, &sien).unwrap();
        let mut agent = scene.agent(Role::Recouvrement).await;
        adresser(&mut agent, scene.cotisation).await;
        let atelier = Atelier::ouvrir(scene.banc.dossier.path(), scene.banc.db.caisse()).unwrap();
        atelier.modeles.essayer().unwrap();
        let permis: Permis<actions::ComposerActe> = permis(&scene).await;
        let livre = Atelier {
            modeles: Modeles::livres(),
            ..atelier.clone()
        };
        let composer = async |atelier: &Atelier| {
            apercu(&scene.banc.db, &permis, atelier, &demande(&scene), AUJOURDHUI)
                .await
                .unwrap()
        };
        assert!(composer(&atelier).await != composer(&livre).await);
        fs::write(&chemin, sien.replace("#signature()", "")).unwrap();
        let (etat, corps) = emettre_par_la_page(&mut agent, scene.cotisation).await;
        assert_eq!(etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            corps.contains("n’y imprime pas") && corps.contains("D723-161"),
            "{corps}"
        );
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 0);
    }
}
