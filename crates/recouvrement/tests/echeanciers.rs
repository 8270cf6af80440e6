//! Simuler, accorder, suivre et rompre un échéancier, par le vrai routeur, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

#[path = "scene/plan.rs"]
mod plan;
mod scene;

use std::path::{Path, PathBuf};

use acces::essais::Navigateur;
use acces::{Horloge, Role};
use axum::http::StatusCode;
use jiff::civil::Date;
use plan::{accorder, agent_du};
use recouvrement::procedure::verifier;
use scene::{AUJOURDHUI, Scene};
use storage::{ecrire, lire, sql};

fn simuler(creance: i64) -> String {
    format!("/DMSA33/creances/{creance}/echeancier")
}

/// Un paiement de la créance, tel que le grand livre le garde.
async fn payer(scene: &Scene, creance: i64, jour: &'static str, centimes: i64) {
    let dossier = scene.dossier.get();
    let paye: Result<(), storage::Erreur> = ecrire!(scene.banc.db, |tx| {
        let id = tx.reserver("mouvement", 1).await?[0];
        sql!(
            "INSERT INTO mouvement (id, nature, jour, enregistre_le, auteur) \
             VALUES ($1, 'encaissement', $2, '2026-04-20T08:00:00Z', 'essai')"
        )
        .bind(id)
        .bind(jour)
        .executer(tx)
        .await?;
        sql!(
            "INSERT INTO ecriture (mouvement_id, rang, jour, compte, montant_centimes, dossier_id, creance_id, poste, \
             encaissement_id) VALUES ($1, 0, $2, 'creance', $3, $4, $5, 'principal', $1)"
        )
        .bind(id)
        .bind(jour)
        .bind(-centimes)
        .bind(dossier)
        .bind(creance)
        .executer(tx)
        .await?;
        sql!("UPDATE creance SET reste_principal = reste_principal - $2 WHERE id = $1")
            .bind(creance)
            .bind(centimes)
            .executer(tx)
            .await?;
        Ok(())
    });
    paye.unwrap();
}

#[tokio::test]
async fn une_simulation_montre_ses_mensualites_au_centime_et_n_ecrit_rien() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let page = agent.get(&simuler(scene.indu)).await;
        assert_eq!(page.etat, StatusCode::OK);
        for montre in ["444,44", "37,03", "37,11", "échéancier pour le RSA"] {
            assert!(page.corps.contains(montre), "{montre}\n{}", page.corps);
        }
        let creance = scene.indu.to_string();
        let simulation = format!("{}/simulation", simuler(scene.indu));
        let longue = agent
            .post(
                &simulation,
                &[
                    ("creances", creance.as_str()),
                    ("mensualites", "14"),
                    ("premiere", "2026-04-15"),
                ],
            )
            .await;
        assert_eq!(longue.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(longue.corps.contains("12 mois"), "{}", longue.corps);
        let par_mois = agent
            .post(
                &simulation,
                &[
                    ("creances", creance.as_str()),
                    ("par_mois", "100"),
                    ("premiere", "2026-04-15"),
                ],
            )
            .await;
        assert_eq!(par_mois.etat, StatusCode::OK);
        assert!(par_mois.corps.contains("44,44"));
        let ni_l_un = agent
            .post(
                &simulation,
                &[("creances", creance.as_str()), ("premiere", "2026-04-15")],
            )
            .await;
        assert!(ni_l_un.corps.contains("combien par mois"));
        let ecrits: Result<i64, storage::Erreur> =
            lire!(scene.banc.db, |tx| sql!("SELECT COUNT(*) FROM echeancier")
                .scalaire(tx)
                .await);
        assert_eq!(ecrits.unwrap(), 0);
    }
}

#[tokio::test]
async fn des_cotisations_patronales_ne_s_echelonnent_pas_avant_la_part_ouvriere() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let creance = scene.cotisation.to_string();
        let champs = [
            ("creances", creance.as_str()),
            ("mensualites", "6"),
            ("premiere", "2026-05-04"),
        ];
        let refuse = agent.post(&simuler(scene.cotisation), &champs).await;
        assert_eq!(refuse.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refuse.corps.contains("CRPM art. R726-1, alinéa 6"),
            "{}",
            refuse.corps
        );
        let mut cotisations = scene.agent(Role::Cotisations).await;
        let interdit = cotisations.post(&simuler(scene.cotisation), &champs).await;
        assert_eq!(interdit.etat, StatusCode::FORBIDDEN);
        scene.prouver().await;
    }
}

#[tokio::test]
async fn un_echeancier_accorde_arrete_la_poursuite_et_suit_les_paiements_du_compte() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let plan = accorder(&scene, &mut agent).await;
        let procedure = agent
            .get(&format!("/DMSA33/creances/{}/procedure", scene.indu))
            .await;
        assert!(procedure.corps.contains("Échéancier accordé") && procedure.corps.contains(&plan));
        let encore = agent.get(&simuler(scene.indu)).await;
        assert!(!encore.corps.contains("Accorder l’échéancier"));
        scene.prouver().await;
        payer(&scene, scene.indu, "2026-04-14", 40_00).await;
        let mut ensuite = agent_du(&scene, "2026-05-04").await;
        let suivi = ensuite.get(&plan).await;
        assert_eq!(suivi.etat, StatusCode::OK);
        // 40 € paient la première mensualité de 37,03 €, et 2,97 € de la deuxième.
        for montre in ["Payée le 14/04/2026", "2,97", "34,06", "404,44", "En cours"] {
            assert!(suivi.corps.contains(montre), "{montre}\n{}", suivi.corps);
        }
        let refuse = ensuite.post(&format!("{plan}/rupture"), &[]).await;
        assert_eq!(refuse.etat, StatusCode::SEE_OTHER);
        let page = ensuite.get(&plan).await;
        assert!(page.corps.contains("ni rompu ni expiré"), "{}", page.corps);
    }
}

#[tokio::test]
async fn deux_echeances_manquees_rompent_par_la_clause_et_la_poursuite_reprend() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let plan = accorder(&scene, &mut agent).await;
        let db = &scene.banc.db;
        let au = jiff::civil::date(2026, 5, 20);
        let (tous, a_constater) = ("/DMSA33/echeanciers", "/DMSA33/echeanciers?voir=a_constater");
        let lien = format!("href=\"{plan}\"");
        assert!(agent.get(tous).await.corps.contains(&lien));
        assert!(agent.get(a_constater).await.corps.contains("Aucun échéancier"));
        let mut ensuite = agent_du(&scene, "2026-05-20").await;
        let finis = ensuite.get(a_constater).await.corps;
        assert!(
            finis.contains(&lien) && finis.contains("Rompu depuis le 16 mai 2026, à constater"),
            "{finis}"
        );
        // Un agent des cotisations ne voit pas le plan d'un indu.
        let mut cotisations = scene.agent(Role::Cotisations).await;
        assert!(cotisations.get(tous).await.corps.contains("Aucun échéancier"));
        let rompu = ensuite.get(&plan).await;
        for montre in ["à constater", "Manquée", "Code civil art. 1103"] {
            assert!(rompu.corps.contains(montre), "{montre}\n{}", rompu.corps);
        }
        let constate = ensuite.post(&format!("{plan}/rupture"), &[]).await;
        assert_eq!(constate.etat, StatusCode::SEE_OTHER, "{}", constate.corps);
        let page = ensuite.get(&plan).await;
        assert!(
            page.corps.contains("Rompu depuis le 16 mai 2026"),
            "{}",
            page.corps
        );
        let procedure = ensuite
            .get(&format!("/DMSA33/creances/{}/procedure", scene.indu))
            .await;
        assert!(
            procedure.corps.contains("Échéancier rompu"),
            "{}",
            procedure.corps
        );
        assert_eq!(verifier(db, au).await.unwrap(), []);
        assert!(ensuite.get(a_constater).await.corps.contains("Aucun échéancier"));
    }
}

/// Expédie l'acte seul de la scène, en lettre simple, et rend ce que son document dit.
async fn texte_expedie(scene: &Scene, actes: &Path, au: Date) -> String {
    let id: Result<i64, storage::Erreur> =
        lire!(scene.banc.db, |tx| sql!("SELECT id FROM acte").scalaire(tx).await);
    let horloge = Horloge::fixe(scene::maintenant());
    let permis: acces::Permis<acces::actions::ExpedierActes> =
        acces::Permis::operateur(&scene.banc.db, &horloge, "essai", acces::Objet::Caisse)
            .await
            .unwrap();
    recouvrement::actes::expedier(&scene.banc.db, &permis, actes, None, au)
        .await
        .unwrap();
    let mut lots = std::fs::read_dir(actes.join("expeditions")).unwrap();
    let lot = lots.next().unwrap().unwrap().path();
    let document = lot.join(format!("simple/A{:08}.pdf", id.unwrap()));
    let lu = std::process::Command::new("pdftotext")
        .args(["-layout", document.to_str().unwrap(), "-"])
        .output()
        .unwrap();
    let texte = String::from_utf8(lu.stdout).unwrap();
    texte.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Écrit les réglages de la caisse et l'adresse du débiteur ; rend le dossier des actes et la page où composer.
async fn preparer_une_lettre(scene: &Scene, agent: &mut Navigateur) -> (PathBuf, String) {
    let actes = recouvrement::actes::dossier(scene.banc.dossier.path(), scene.banc.db.caisse());
    recouvrement::actes::Reglages::ecrire_un_exemple(&actes, "MSA d’Essai").unwrap();
    let composer = format!("/DMSA33/creances/{}/acte", scene.indu);
    let adresse = [("adresse", "12, route du Ried\n67600 Sélestat")];
    let gardee = agent.post(&format!("{composer}/adresse"), &adresse).await;
    assert_eq!(gardee.etat, StatusCode::SEE_OTHER, "{}", gardee.corps);
    (actes, composer)
}

#[tokio::test]
async fn la_fin_d_un_echeancier_s_ecrit_avec_son_motif_une_fois_constatee() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let plan = accorder(&scene, &mut agent).await;
        let mut ensuite = agent_du(&scene, "2026-05-20").await;
        let (actes, composer) = preparer_une_lettre(&scene, &mut ensuite).await;
        let creance = scene.indu.to_string();
        let demande = [
            ("acte", "echeancier-rompu-indu"),
            ("creances", &*creance),
            ("signataire", "Camille Exemple"),
            ("envoi", "simple"),
        ];
        let trop_tot = ensuite.post(&composer, &demande).await;
        assert_eq!(
            trop_tot.etat,
            StatusCode::UNPROCESSABLE_ENTITY,
            "rien n’est constaté"
        );

        let constate = ensuite.post(&format!("{plan}/rupture"), &[]).await;
        assert_eq!(constate.etat, StatusCode::SEE_OTHER, "{}", constate.corps);
        let procedure = ensuite
            .get(&format!("/DMSA33/creances/{creance}/procedure"))
            .await
            .corps;
        assert!(
            procedure.contains("Composer : Fin de l’échéancier de paiement"),
            "{procedure}"
        );
        let emis = ensuite.post(&composer, &demande).await;
        assert_eq!(emis.etat, StatusCode::SEE_OTHER, "{}", emis.corps);
        let texte = texte_expedie(&scene, &actes, jiff::civil::date(2026, 5, 20)).await;
        for dit in [
            "L’échéancier conclu le 1er avril 2026 a pris fin le 16 mai 2026 : 2 échéances successives restent impayées",
            "encore dues le 15 mai 2026 au soir (Code civil art. 1103).",
            "444,44 € restent dus : cette somme est remise en recouvrement",
        ] {
            assert!(texte.contains(dit), "{dit}\n{texte}");
        }
        assert_eq!(recouvrement::actes::verifier(&scene.banc.db).await.unwrap(), []);
        scene.prouver().await;
    }
}

#[tokio::test]
async fn un_echeancier_accorde_s_ecrit_une_fois_avec_ses_mensualites() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let (actes, composer) = preparer_une_lettre(&scene, &mut agent).await;
        let creance = scene.indu.to_string();
        let demande = [
            ("acte", "echeancier-indu"),
            ("creances", &*creance),
            ("signataire", "Camille Exemple"),
            ("envoi", "simple"),
        ];
        let trop_tot = agent.post(&composer, &demande).await;
        assert_eq!(trop_tot.etat, StatusCode::UNPROCESSABLE_ENTITY);
        let procedure = format!("/DMSA33/creances/{}/procedure", scene.indu);
        let avant = agent.get(&procedure).await.corps;
        assert!(
            !avant.contains("acte=echeancier-indu"),
            "accorder se fait par l’échéancier"
        );

        accorder(&scene, &mut agent).await;
        let accordee = agent.get(&procedure).await.corps;
        assert!(
            accordee.contains("Composer : Échéancier de paiement"),
            "{accordee}"
        );
        let projet = agent.post(&format!("{composer}/apercu"), &demande).await;
        assert_eq!(projet.etat, StatusCode::OK, "{}", projet.corps);
        let etapes = |scene: &Scene| {
            let db = scene.banc.db.clone();
            async move {
                let lues: Result<i64, storage::Erreur> =
                    lire!(db, |tx| sql!("SELECT COUNT(*) FROM fait_procedure")
                        .scalaire(tx)
                        .await);
                lues.unwrap()
            }
        };
        let faits = etapes(&scene).await;
        let emis = agent.post(&composer, &demande).await;
        assert_eq!(emis.etat, StatusCode::SEE_OTHER, "{}", emis.corps);
        assert_eq!(etapes(&scene).await, faits, "l’étape était déjà faite");
        let deux_fois = agent.post(&composer, &demande).await;
        assert_eq!(deux_fois.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(deux_fois.corps.contains("déjà son acte"), "{}", deux_fois.corps);

        let texte = texte_expedie(&scene, &actes, AUJOURDHUI).await;
        for dit in [
            "L’échéancier conclu le 1er avril 2026 porte sur 444,44 €, en 12 mensualités : 37,03 € le 15 avril 2026",
            "37,11 € le 15 mars 2027. Deux échéances impayées de suite y mettent fin.",
            "sera remis en recouvrement",
        ] {
            assert!(texte.contains(dit), "{dit}\n{texte}");
        }
        assert_eq!(recouvrement::actes::verifier(&scene.banc.db).await.unwrap(), []);
        scene.prouver().await;
    }
}
