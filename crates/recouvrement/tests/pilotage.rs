//! Le pilotage, par le vrai routeur, sur les deux moteurs, au centime.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod scene;

use std::io::Cursor;

use acces::{Horloge, Role};
use axum::http::StatusCode;
use calamine::{Data, Reader as _, Xlsx};
use creances::creances::{Extinction, eteindre};
use jiff::civil::date;
use scene::{AUJOURDHUI, Scene, maintenant};
use storage::{ecrire, sql};
use valeurs::Montant;

/// De la cotisation de 300 €, 40 € sont annulés ; du RSA de 444,44 €, 44,44 € sont remis.
async fn eteindre_en_partie(scene: &Scene) {
    let fait: Result<(), creances::Erreur> = ecrire!(scene.banc.db, |tx| {
        for (creance, extinction) in [
            (
                scene.cotisation,
                Extinction::AnnulationPartielle(Montant::de_centimes(4_000)),
            ),
            (
                scene.indu,
                Extinction::Remise(droit::Poste::Principal, Montant::de_centimes(4_444)),
            ),
        ] {
            eteindre(
                tx,
                creance,
                extinction,
                AUJOURDHUI,
                "essai",
                "essai",
                maintenant(),
            )
            .await?;
        }
        Ok(())
    });
    fait.unwrap();
}

#[tokio::test]
async fn les_cohortes_disent_ce_que_les_creances_sont_devenues_au_centime() {
    for scene in Scene::toutes().await {
        eteindre_en_partie(&scene).await;
        let mut agent = scene.agent(Role::Recouvrement).await;
        let page = agent.get("/DMSA33/pilotage").await;
        assert_eq!(page.etat, StatusCode::OK, "{}", page.corps);
        let texte = sans_balises(&page.corps);
        // Nombre, émis, majorations, encaissé, reste, taux ; puis annulé, remis, non-valeur, transféré.
        for ligne in [
            "2026 2 744,44 € 0,00 € 0,00 € 660,00 € 0,00 %",
            "2026 40,00 € 44,44 € 0,00 € 0,00 €",
            "Assurances sociales des salariés 1 300,00 € 0,00 € 0,00 € 260,00 € 0,00 %",
            "Assurances sociales des salariés 40,00 € 0,00 € 0,00 € 0,00 €",
            "Indu : Revenu de solidarité active (RSA) 1 444,44 € 0,00 € 0,00 € 400,00 €",
            "Indu : Revenu de solidarité active (RSA) 0,00 € 44,44 € 0,00 € 0,00 €",
            "31 à 90 jours 2 660,00 €",
        ] {
            assert!(texte.contains(ligne), "{ligne}\n{texte}");
        }
        assert!(page.corps.contains("actes/DMSA33/reglages.toml"));
        assert!(!page.corps.contains("Ried"), "rien ne nomme personne");
        assert!(!page.corps.contains(&format!("/dossiers/{}", scene.dossier)));
        let une = agent.get("/DMSA33/pilotage?nature=indu:rsa").await;
        let texte = sans_balises(&une.corps);
        assert!(texte.contains("Ensemble 1 444,44 €") && !texte.contains("Ensemble 2"));
        assert!(une.corps.contains("pilotage.xlsx?nature=indu:rsa"));
        let vide = agent.get("/DMSA33/pilotage?annee=2001").await;
        assert!(vide.corps.contains("Aucune créance ne répond"));
    }
}

#[tokio::test]
async fn un_agent_ne_compte_que_ses_branches() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Cotisations).await;
        let texte = sans_balises(&agent.get("/DMSA33/pilotage").await.corps);
        assert!(texte.contains("Ensemble 1 300,00 €"), "{texte}");
        assert!(!texte.contains("RSA"));
        scene.prouver().await;
    }
}

#[tokio::test]
async fn un_reste_qui_n_est_pas_celui_du_grand_livre_arrete_la_page() {
    for scene in Scene::toutes().await {
        let fausse: Result<(), storage::Erreur> = ecrire!(scene.banc.db, |tx| {
            sql!("UPDATE creance SET reste_principal = reste_principal - 1 WHERE id = $1")
                .bind(scene.indu)
                .executer(tx)
                .await?;
            Ok(())
        });
        fausse.unwrap();
        let mut agent = scene.agent(Role::Recouvrement).await;
        let page = agent.get("/DMSA33/pilotage").await;
        assert_eq!(page.etat, StatusCode::INTERNAL_SERVER_ERROR);
    }
}

#[tokio::test]
async fn le_classeur_porte_les_memes_sommes_que_la_page() {
    for scene in Scene::toutes().await {
        eteindre_en_partie(&scene).await;
        let permis = acces::Permis::<acces::actions::ConsulterDossier>::operateur(
            &scene.banc.db,
            &Horloge::fixe(maintenant()),
            "essai",
            acces::Objet::Caisse,
        )
        .await
        .unwrap();
        let comptes = recouvrement::pilotage::lire(&scene.banc.db, &permis, maintenant())
            .await
            .unwrap();
        let pilotage = recouvrement::pilotage::Pilotage::ranger(&comptes, Default::default()).unwrap();
        let octets = recouvrement::pilotage::xlsx(&pilotage, None, date(2026, 4, 1)).unwrap();
        let mut classeur: Xlsx<_> = Xlsx::new(Cursor::new(octets)).unwrap();
        assert_eq!(
            classeur.sheet_names(),
            ["Cohortes", "Étapes", "Ancienneté", "Actes"]
        );
        let lignes: Vec<Vec<String>> = classeur
            .worksheet_range("Cohortes")
            .unwrap()
            .rows()
            .skip(1)
            .map(|l| l.iter().take(12).map(Data::to_string).collect())
            .collect();
        assert_eq!(
            lignes,
            [
                [
                    "2026",
                    "Assurances sociales des salariés",
                    "1",
                    "300",
                    "0",
                    "0",
                    "40",
                    "0",
                    "0",
                    "0",
                    "260",
                    "0,00\u{a0}%"
                ],
                [
                    "2026",
                    "Indu : Revenu de solidarité active (RSA)",
                    "1",
                    "444.44",
                    "0",
                    "0",
                    "0",
                    "44.44",
                    "0",
                    "0",
                    "400",
                    "0,00\u{a0}%"
                ],
            ]
        );
    }
}

/// Le texte d'une page, ses espaces réduits à un.
fn sans_balises(html: &str) -> String {
    let mut texte = String::new();
    let mut dedans = false;
    for lettre in html.chars() {
        match lettre {
            '<' => {
                dedans = true;
                texte.push(' ');
            }
            '>' => dedans = false,
            '\u{a0}' | '\u{202f}' if !dedans => texte.push(' '),
            lettre if !dedans => texte.push(lettre),
            _ => {}
        }
    }
    texte.split_whitespace().collect::<Vec<_>>().join(" ")
}
