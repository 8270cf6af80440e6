//! La procédure d'une créance et le radar, par le vrai routeur, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod scene;

use acces::Role;
use acces::essais::Navigateur;
use axum::http::StatusCode;
use droit::{Droit, Nature, Prestation};
use jiff::civil::date;
use recouvrement::procedure::{FaitRepris, constater, reprendre, verifier};
use scene::{AUJOURDHUI, Scene, maintenant};
use storage::{ecrire, lire, sql};

fn url(creance: i64) -> String {
    format!("/DMSA33/creances/{creance}/procedure")
}

async fn avancer(agent: &mut Navigateur, creance: i64, etape: &str, jour: &str) -> (StatusCode, String) {
    let reponse = agent
        .post(&url(creance), &[("etape", etape), ("jour", jour)])
        .await;
    (reponse.etat, reponse.corps)
}

#[tokio::test]
async fn une_cotisation_avance_et_ses_delais_se_montrent_s_expliquent_et_s_exportent() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let due = agent.get(&url(scene.cotisation)).await;
        assert!(due.corps.contains("à vérifier : aucun texte ne dit la relance"));
        for (etape, jour) in [
            ("relance", "2026-03-02"),
            ("mise_en_demeure", "2026-03-16"),
            ("mise_en_demeure_recue", "2026-03-20"),
        ] {
            let (etat, texte) = avancer(&mut agent, scene.cotisation, etape, jour).await;
            assert_eq!(etat, StatusCode::SEE_OTHER, "{etape} : {texte}");
        }
        let page = agent.get(&url(scene.cotisation)).await;
        assert_eq!(page.etat, StatusCode::OK);
        for montre in [
            "Mise en demeure reçue",
            "Payer ce que réclame une mise en demeure",
            "lundi 20 avril 2026",
            "CRPM art. R725-6",
            "CPC art. 641, à vérifier",
            "possible à partir du 21 avril 2026",
            "20/04/2029",
        ] {
            assert!(page.corps.contains(montre), "{montre}");
        }
        let radar = agent.get("/DMSA33/radar?jours=30").await;
        assert_eq!(radar.etat, StatusCode::OK);
        assert!(radar.corps.contains("dans 19 jours") && radar.corps.contains("EARL du Ried"));
        // Du radar, de l'histoire et du portefeuille, un clic mène à la manière dont le délai est trouvé.
        let ancre = format!("delai-mise-en-demeure-{}", scene.cotisation);
        assert!(
            radar
                .corps
                .contains(&format!("{}#{ancre}", url(scene.cotisation)))
        );
        assert!(page.corps.contains(&format!("id=\"{ancre}\"")));
        let histoire = format!("/DMSA33/dossiers/{}/histoire", scene.dossier);
        let echoit = agent.get(&histoire).await.corps;
        for montre in [
            "Ce qui échoit",
            &ancre,
            "lundi 20 avril 2026",
            "CPC art. 641, à vérifier",
        ] {
            assert!(echoit.contains(montre), "{montre}\n{echoit}");
        }
        let portefeuille = agent.get("/DMSA33/oscar?suivi=tous").await.corps;
        assert!(
            portefeuille.contains(&format!("{histoire}#delais")),
            "{portefeuille}"
        );
        let vide = agent.get("/DMSA33/radar?jours=7").await;
        assert!(vide.corps.contains("Rien n’échoit"));
        // Le mois pour payer finit le 20 avril, les deux mois du recours le 20 mai : la même créance de 300 €.
        for (jours, nombre, reste) in [(7, 0, "0,00"), (30, 1, "300,00"), (90, 2, "600,00")] {
            let compte = format!(
                "<dt>Dans {jours} jours</dt><dd><a href=\"/DMSA33/radar?jours={jours}\">{nombre}</a>\
                 <span class=\"precision\">{reste}\u{a0}€ à recouvrer</span></dd>"
            );
            assert!(vide.corps.contains(&compte), "{compte}\n{}", vide.corps);
        }
        let contre_la_caisse = agent.get("/DMSA33/radar?jours=90&contre=caisse").await;
        assert!(contre_la_caisse.corps.contains("Rien n’échoit"));
        let calendrier = agent.get("/DMSA33/radar.ics").await;
        assert!(calendrier.corps.contains("DTSTART;VALUE=DATE:20260420"));
        assert!(!calendrier.corps.contains("Ried"));
        let dossier = agent.get(&format!("/DMSA33/creances/{}", scene.cotisation)).await;
        assert!(dossier.corps.contains(&url(scene.cotisation)));
        scene.prouver().await;
    }
}

#[tokio::test]
async fn une_etape_reprise_se_dit_au_dossier_comme_une_etape_enregistree_ici() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let (etat, texte) = avancer(&mut agent, scene.cotisation, "relance", "2026-03-02").await;
        assert_eq!(etat, StatusCode::SEE_OTHER, "{texte}");
        let nature = Nature::Indu(Prestation::Rsa);
        let fait = FaitRepris {
            creance: scene.indu,
            dossier: scene.dossier,
            nature,
            etape: Droit::charger()
                .procedure(nature)
                .etape("notification_recue")
                .unwrap(),
            jour: date(2026, 2, 3),
            auteur: "recouvrement",
        };
        let db = &scene.banc.db;
        let repris: Result<(), recouvrement::Erreur> =
            ecrire!(db, |tx| reprendre(db, tx, &[fait], maintenant(), AUJOURDHUI)
                .await);
        repris.unwrap();
        let dits: Result<Vec<(String,)>, storage::Erreur> = lire!(db, |tx| {
            sql!("SELECT libelle FROM evenement_dossier WHERE nature IN ('relance', 'notification_recue') ORDER BY id")
                .toutes(tx)
                .await
        });
        assert_eq!(
            dits.unwrap(),
            [
                ("Relance amiable (Assurances sociales des salariés)".to_owned(),),
                ("Réception de la notification (Indu : Revenu de solidarité active (RSA))".to_owned(),),
            ]
        );
        scene.prouver().await;
    }
}

#[tokio::test]
async fn une_etape_refusee_dit_l_article_et_n_ecrit_rien() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        for (etape, jour, dit) in [
            (
                "mise_en_demeure",
                "2026-03-15",
                "possible à partir du 16 mars 2026",
            ),
            ("contrainte", "2026-04-01", "ne vient pas après « Due »"),
            ("relance", "2026-04-02", "date est à venir"),
            ("relance", "2026-01-30", "est avant « Émission »"),
            ("solde", "2026-04-01", "se fait au compte"),
            ("emission", "2026-04-01", "se fait au compte"),
            ("danser", "2026-04-01", "se fait au compte"),
            ("relance", "2026-02-30", "Cette date n’existe pas"),
        ] {
            let (etat, texte) = avancer(&mut agent, scene.cotisation, etape, jour).await;
            assert_eq!(etat, StatusCode::UNPROCESSABLE_ENTITY, "{etape} {jour}");
            assert!(texte.contains(dit), "{etape} {jour} : {dit}");
        }
        let faits: Result<i64, storage::Erreur> =
            lire!(scene.banc.db, |tx| sql!("SELECT COUNT(*) FROM fait_procedure")
                .scalaire(tx)
                .await);
        assert_eq!(faits.unwrap(), 0);
        scene.prouver().await;
    }
}

#[tokio::test]
async fn un_agent_habilite_passe_outre_et_son_motif_reste_scelle() {
    for scene in Scene::toutes().await {
        let outre = format!("{}/outre", url(scene.cotisation));
        let motif = "Prescription imminente, accord du directeur du 10 mars.";
        let champs = |motif| {
            [
                ("etape_outre", "mise_en_demeure"),
                ("jour_outre", "2026-03-10"),
                ("motif", motif),
            ]
        };
        let mut cotisations = scene.agent(Role::Cotisations).await;
        let refuse = cotisations.post(&outre, &champs(motif)).await;
        assert_eq!(refuse.etat, StatusCode::FORBIDDEN);
        let mut agent = scene.agent(Role::Recouvrement).await;
        let court = agent.post(&outre, &champs("urgent")).await;
        assert_eq!(court.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(court.corps.contains("Dites pourquoi, en 10 à 1 000 caractères"));
        let fait = agent.post(&outre, &champs(motif)).await;
        assert_eq!(fait.etat, StatusCode::SEE_OTHER, "{}", fait.corps);
        let page = agent.get(&url(scene.cotisation)).await;
        assert!(page.corps.contains(motif) && page.corps.contains("possible à partir du 16 mars 2026"));
        let garde: Result<(Vec<u8>, String), storage::Erreur> = lire!(scene.banc.db, |tx| {
            sql!(
                "SELECT f.motif_scelle, e.libelle FROM fait_procedure f \
                 JOIN evenement_dossier e ON e.nature = f.etape"
            )
            .une(tx)
            .await
        });
        let (garde, dit) = garde.unwrap();
        assert_eq!(
            dit,
            "Mise en demeure, malgré un refus (Assurances sociales des salariés)"
        );
        assert!(!garde.windows(12).any(|octets| octets == &motif.as_bytes()[..12]));
        let permis = agent
            .post(
                &format!("{}/outre", url(scene.indu)),
                &[
                    ("etape_outre", "notification_recue"),
                    ("jour_outre", "2026-02-03"),
                    ("motif", "rien ne s’y oppose pourtant"),
                ],
            )
            .await;
        assert_eq!(permis.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(permis.corps.contains("sans passer outre"));
        scene.prouver().await;
    }
}

#[tokio::test]
async fn un_recours_suspend_le_recouvrement_du_rsa_et_sa_prescription() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Prestations).await;
        let radar = "/DMSA33/radar?du=2028-01-01&jours=60&contre=caisse";
        assert!(
            agent
                .get(radar)
                .await
                .corps
                .contains("Prescription d’un indu de RSA")
        );
        for (etape, jour) in [
            ("notification_recue", "2026-02-03"),
            ("recours_forme", "2026-03-03"),
        ] {
            let (etat, texte) = avancer(&mut agent, scene.indu, etape, jour).await;
            assert_eq!(etat, StatusCode::SEE_OTHER, "{etape} : {texte}");
        }
        let (etat, texte) = avancer(&mut agent, scene.indu, "relance", "2026-04-01").await;
        assert_eq!(etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(texte.contains("CASF art. L262-46, à vérifier"), "{texte}");
        let page = agent.get(&url(scene.indu)).await;
        assert!(page.corps.contains("Suspendue"));
        assert!(agent.get(radar).await.corps.contains("Rien n’échoit"));
        scene.prouver().await;
    }
}

#[tokio::test]
async fn une_creance_d_une_autre_branche_n_a_pas_de_procedure_a_montrer() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Prestations).await;
        assert_eq!(
            agent.get(&url(scene.cotisation)).await.etat,
            StatusCode::NOT_FOUND
        );
        let (etat, _) = avancer(&mut agent, scene.cotisation, "relance", "2026-03-02").await;
        assert_eq!(etat, StatusCode::NOT_FOUND);
        let radar = agent.get("/DMSA33/radar?du=2026-01-01&jours=3660").await;
        assert!(
            !radar
                .corps
                .contains("Prescription des cotisations, avant toute mise en demeure</span>")
        );
        assert!(!radar.corps.contains(&url(scene.cotisation)));
    }
}

#[tokio::test]
async fn deux_agents_a_la_fois_n_enregistrent_la_meme_etape_qu_une_fois() {
    for scene in Scene::toutes().await {
        let mut premier = scene.agent(Role::Recouvrement).await;
        let mut second = scene.agent(Role::Cotisations).await;
        let (a, b) = tokio::join!(
            avancer(&mut premier, scene.cotisation, "mise_en_demeure", "2026-03-17"),
            avancer(&mut second, scene.cotisation, "mise_en_demeure", "2026-03-17"),
        );
        let mut etats = [a.0, b.0];
        etats.sort_unstable();
        assert_eq!(etats, [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY]);
        scene.prouver().await;
    }
}

#[tokio::test]
async fn le_serveur_qui_situe_n_oublie_pas_ce_qu_un_agent_fait_pendant_ce_temps() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        for jour in 2..=9 {
            let oublie: Result<(), storage::Erreur> = ecrire!(scene.banc.db, |tx| {
                sql!("DELETE FROM limite_procedure").executer(tx).await?;
                sql!("DELETE FROM situation_procedure").executer(tx).await?;
                Ok(())
            });
            oublie.unwrap();
            let date = format!("2026-03-0{jour}");
            let (situees, avance) = tokio::join!(
                constater(&scene.banc.db, AUJOURDHUI),
                avancer(&mut agent, scene.cotisation, "relance", &date),
            );
            assert!((1..=2).contains(&situees.unwrap()));
            assert_eq!(avance.0, StatusCode::SEE_OTHER, "{}", avance.1);
            scene.prouver().await;
        }
    }
}

#[tokio::test]
async fn une_situation_falsifiee_se_voit_a_la_verification() {
    for scene in Scene::toutes().await {
        let faux: Result<u64, storage::Erreur> = ecrire!(scene.banc.db, |tx| {
            sql!("UPDATE limite_procedure SET echeance = '2030-01-01' WHERE creance_id = $1")
                .bind(scene.indu)
                .executer(tx)
                .await
        });
        faux.unwrap();
        let divergences = verifier(&scene.banc.db, AUJOURDHUI).await.unwrap();
        assert_eq!(divergences.len(), 1);
        assert_eq!(divergences[0].creance, scene.indu);
    }
}

#[tokio::test]
async fn un_delai_se_calcule_hors_de_tout_dossier_et_dit_ce_qui_ne_va_pas() {
    let scene = Scene::toutes().await.remove(0);
    let mut agent = scene.agent(Role::Cotisations).await;
    for (suite, dit) in [
        ("", "Choisissez un délai et un jour"),
        (
            "?regle=opposition-contrainte&depuis=2026-04-10&residence=guadeloupe",
            "26 mai 2026",
        ),
        ("?regle=appel&depuis=2026-02-30", "Cette date n’existe pas"),
        ("?regle=appels&depuis=2026-02-28", "Code inconnu"),
        ("?regle=rectification-indu&depuis=2020-01-01", "version connue"),
    ] {
        let page = agent.get(&format!("/DMSA33/delais{suite}")).await;
        assert_eq!(page.etat, StatusCode::OK, "{suite}");
        assert!(page.corps.contains(dit), "{suite}");
    }
    let mut dpo = scene.agent(Role::Dpo).await;
    assert_eq!(dpo.get("/DMSA33/delais").await.etat, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn une_fraude_retenue_allonge_la_prescription_et_son_motif_reste_scelle() {
    for scene in Scene::toutes().await {
        let page = url(scene.cotisation);
        let mut cotisations = scene.agent(Role::Cotisations).await;
        let sans_droit = cotisations.get(&page).await.corps;
        assert!(!sans_droit.contains("Retenir une fraude"));
        let mut agent = scene.agent(Role::Recouvrement).await;
        let prescription = async |agent: &mut Navigateur| {
            let corps = agent.get(&page).await.corps;
            let (_, apres) = corps.split_once("<dt>Prescription</dt>").unwrap();
            apres.split_once("</dd>").unwrap().0.to_owned()
        };
        let avant = prescription(&mut agent).await;
        let motif = "Travail dissimulé, procès-verbal du 3 mars";
        let dire = |fraude, motif| [("fraude", fraude), ("motif_fraude", motif)];
        let envoi = format!("{page}/fraude");
        let court = agent.post(&envoi, &dire("retenue", "fraude")).await;
        assert_eq!(court.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(court.corps.contains("Dites pourquoi, en 10 à 1 000 caractères"));
        let deja = agent.post(&envoi, &dire("ecartee", motif)).await;
        assert!(deja.corps.contains("déjà ce qui est dit"), "{}", deja.corps);
        let retenue = agent.post(&envoi, &dire("retenue", motif)).await;
        assert_eq!(retenue.etat, StatusCode::SEE_OTHER, "{}", retenue.corps);
        let apres = prescription(&mut agent).await;
        assert!(
            avant.contains("2029") && apres.contains("2031"),
            "{avant} {apres}"
        );
        assert!(agent.get(&page).await.corps.contains("Écarter la fraude retenue"));
        scene.prouver().await;
        let scelles: Result<Vec<(Vec<u8>,)>, storage::Erreur> = lire!(scene.banc.db, |tx| sql!(
            "SELECT motif_scelle FROM fraude_creance"
        )
        .toutes(tx)
        .await);
        assert!(!scelles.unwrap()[0].0.windows(7).any(|o| o == b"Travail"));
        let ecartee = agent.post(&envoi, &dire("ecartee", motif)).await;
        assert_eq!(ecartee.etat, StatusCode::SEE_OTHER);
        assert_eq!(prescription(&mut agent).await, avant);
        scene.prouver().await;
    }
}
