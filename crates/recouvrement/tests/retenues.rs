//! Ce qu'un mois laisse prendre à un débiteur, par le vrai routeur, sur les deux moteurs ; les sommes sont celles des cas
//! comptés à la main (docs/cas/retenues.md).
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod scene;

use acces::Role;
use axum::http::StatusCode;
use scene::{AUJOURDHUI, Scene, maintenant};
use storage::{lire, sql};

#[tokio::test]
async fn un_indu_se_retient_sur_des_prestations_et_dit_ce_que_le_foyer_garde() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let page = format!("/DMSA33/creances/{}/retenue", scene.indu);
        let vide = agent.get(&page).await;
        assert_eq!(vide.etat, StatusCode::OK);
        for dit in ["444,44", &AUJOURDHUI.to_string(), "Part saisissable du revenu"] {
            assert!(vide.corps.contains(dit), "{dit}\n{}", vide.corps);
        }
        // Le cas P2 : un ménage, deux enfants, les tranches de l'article.
        let p2 = |tranches, a_echoir| {
            [
                ("jour", "2026-02-01"),
                ("assiette", "familiale"),
                ("revenus", "1 400,00"),
                ("prestations", "300,00"),
                ("logement", "500,00"),
                ("menage", "oui"),
                ("enfants", "2"),
                ("a_echoir", a_echoir),
                ("reste_du", "2 000,00"),
                ("tranches", tranches),
            ]
        };
        let url = format!("{page}/prestations");
        let calcul = agent.post(&url, &p2("article", "300,00")).await;
        assert_eq!(calcul.etat, StatusCode::OK, "{}", calcul.corps);
        for dit in [
            "92,65",
            "207,35",
            "1\u{202f}107,35",
            "CSS art. D553-1",
            "logement payé",
            "D553-1@article",
        ] {
            assert!(calcul.corps.contains(dit), "{dit}\n{}", calcul.corps);
        }
        for (champs, dit) in [
            (p2("article", "beaucoup"), "caractère interdit"),
            (p2("article", ""), "Écrivez un montant, 0,00"),
            (p2("annee", "300,00"), "01/02/2026"),
            (p2("donnees", "300,00"), "Écrivez un montant, 0,00"),
        ] {
            let refus = agent.post(&url, &champs).await;
            assert_eq!(refus.etat, StatusCode::UNPROCESSABLE_ENTITY, "{champs:?}");
            assert!(refus.corps.contains(dit), "{dit}\n{}", refus.corps);
            assert!(!refus.corps.contains("207,35"));
        }
        // Les tranches de 2025, recopiées : 56 + 99 × 25 % (24,75) = 80,75.
        let recopiees: Vec<(&str, &str)> = p2("donnees", "300,00")
            .into_iter()
            .chain([
                ("tranche_25", "301,00"),
                ("tranche_35", "451,00"),
                ("tranche_45", "673,00"),
                ("tranche_60", "899,00"),
                ("forfait", "56,00"),
                ("repute", "1 345,00"),
            ])
            .collect();
        let calcul = agent.post(&url, &recopiees).await;
        assert!(calcul.corps.contains("80,75"), "{}", calcul.corps);
    }
}

#[tokio::test]
async fn d_un_revenu_se_dit_la_part_saisissable_et_d_une_cotisation_elle_seule() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let page = format!("/DMSA33/creances/{}/retenue", scene.cotisation);
        let vide = agent.get(&page).await;
        assert!(
            !vide.corps.contains("Retenue sur les prestations"),
            "{}",
            vide.corps
        );
        // Le cas R1.
        let r1 = |net| [("versement", "2026-02-15"), ("genre", "salaire"), ("net", net)];
        let url = format!("{page}/revenu");
        let calcul = agent.post(&url, &r1("1 500,00")).await;
        assert_eq!(calcul.etat, StatusCode::OK, "{}", calcul.corps);
        for dit in [
            "234,76",
            "1\u{202f}265,24",
            "Code du travail art. R3252-2",
            "R3252-2@2026-01-01",
        ] {
            assert!(calcul.corps.contains(dit), "{dit}\n{}", calcul.corps);
        }
        let refus = agent.post(&url, &r1("-3,00")).await;
        assert_eq!(refus.etat, StatusCode::UNPROCESSABLE_ENTITY, "{}", refus.corps);
        // Rien n'est gardé, sinon l'accès au dossier.
        let acces: Result<i64, storage::Erreur> = lire!(scene.banc.db, |tx| sql!(
            "SELECT COUNT(*) FROM acces_journal WHERE dossier_id = $1 AND quand_ms >= $2"
        )
        .bind(scene.dossier)
        .bind(maintenant().as_millisecond())
        .scalaire(tx)
        .await);
        assert_eq!(acces.unwrap(), 3);
        scene.prouver().await;
    }
}
