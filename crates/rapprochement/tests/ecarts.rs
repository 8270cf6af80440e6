//! Les écarts constatés, suivis par les agents et par les faits, à travers les pages, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod commun;

use acces::Role;
use axum::Router;
use axum::http::StatusCode;
use commun::{Dsn, SIRETS, agent, caisses, deposer_dsn, jour, maintenant, passer, payer, routeur};
use rapprochement::ecarts::{Constat, constater, verifier};
use storage::essais::Banc;
use storage::{lire, sql};

/// Un employeur qui n'a rien payé, un qui a payé une part, un qui a tout payé à temps.
async fn caisse_du_matin(banc: &Banc) -> Router {
    deposer_dsn(banc, "janvier.dsn", &SIRETS.map(Dsn::janvier)).await;
    let payes = [
        ("15022026", SIRETS[1], "2026-01", "700.00"),
        ("15022026", SIRETS[2], "2026-01", "750.00"),
    ];
    payer(banc, "paiements.csv", &payes).await;
    passer(banc).await;
    routeur(banc)
}

/// Les écarts de la base : classe, centimes, état, agent.
async fn en_base(banc: &Banc) -> Vec<(String, i64, String, Option<String>)> {
    let lus: Result<_, storage::Erreur> = lire!(banc.db, |tx| {
        sql!("SELECT classe, montant_centimes, etat, agent FROM ecart ORDER BY siret, classe")
            .toutes(tx)
            .await
    });
    lus.unwrap()
}

/// Le numéro de l'écart de cette classe.
async fn numero(banc: &Banc, classe: &str) -> i64 {
    let lu: Result<i64, storage::Erreur> = lire!(banc.db, |tx| {
        sql!("SELECT id FROM ecart WHERE classe = $1")
            .bind(classe)
            .scalaire(tx)
            .await
    });
    lu.unwrap()
}

fn resume(lignes: &[(String, i64, String, Option<String>)]) -> Vec<(&str, i64, &str)> {
    lignes
        .iter()
        .map(|(classe, montant, etat, _)| (classe.as_str(), *montant, etat.as_str()))
        .collect()
}

#[tokio::test]
async fn une_passe_ne_refait_que_ce_que_les_faits_touchent() {
    for banc in caisses().await {
        deposer_dsn(&banc, "janvier.dsn", &SIRETS.map(Dsn::janvier)).await;
        let premiere = passer(&banc).await.unwrap();
        assert_eq!((premiere.etablissements, premiere.nouveaux), (3, 3));
        assert_eq!(passer(&banc).await, None, "rien n’est arrivé");
        payer(&banc, "p.csv", &[("15022026", SIRETS[2], "2026-01", "750.00")]).await;
        let suivante = passer(&banc).await.unwrap();
        assert_eq!((suivante.etablissements, suivante.disparus), (1, 1));
        let revue = passer(&banc).await.unwrap();
        assert_eq!(
            revue,
            Constat {
                etablissements: 1,
                ..Constat::default()
            },
            "ce qu’une transaction lente aurait caché est revu une fois"
        );
        assert_eq!(passer(&banc).await, None);
        let demain = constater(&banc.db, jour("2026-04-02"), maintenant())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(demain.etablissements, 3, "un jour de plus : tous");
        assert_eq!(verifier(&banc.db).await.unwrap(), []);
    }
}

#[tokio::test]
async fn un_constat_fausse_se_voit_a_la_verification() {
    for banc in caisses().await {
        let _ = caisse_du_matin(&banc).await;
        assert_eq!(verifier(&banc.db).await.unwrap(), []);
        let fausse: Result<(), storage::Erreur> = storage::ecrire!(banc.db, |tx| {
            sql!("UPDATE mois_constate SET encaisse_centimes = 1 WHERE siret = $1")
                .bind(SIRETS[2])
                .executer(tx)
                .await?;
            Ok(())
        });
        fausse.unwrap();
        passer(&banc).await;
        assert_eq!(passer(&banc).await, None);
        let divergences = verifier(&banc.db).await.unwrap();
        assert_eq!(divergences.len(), 1);
        assert!(divergences.first().unwrap().dossier.is_some());
    }
}

#[tokio::test]
async fn un_ecart_vit_de_son_attribution_a_sa_resolution() {
    for banc in caisses().await {
        let routeur = caisse_du_matin(&banc).await;
        let etats = en_base(&banc).await;
        assert_eq!(
            resume(&etats),
            [("partiel", 5_000, "a_traiter"), ("impaye", 75_000, "a_traiter")]
        );
        let mut nav = agent(&banc, &routeur, Role::Cotisations).await;
        let (impaye, partiel) = (numero(&banc, "impaye").await, numero(&banc, "partiel").await);

        let liste = nav.get("/DMSA33/dsn/ecarts").await;
        assert_eq!(liste.etat, StatusCode::OK);
        assert!(liste.corps.contains("Impayé") && liste.corps.contains("Paiement partiel"));

        let ids = [
            ("agent", "cotisations.essai".to_owned()),
            ("ecart", impaye.to_string()),
            ("ecart", partiel.to_string()),
        ];
        let ids: Vec<(&str, &str)> = ids.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let reponse = nav.post("/DMSA33/dsn/ecarts", &ids).await;
        assert_eq!(reponse.etat, StatusCode::SEE_OTHER);
        let etats = en_base(&banc).await;
        assert!(
            etats
                .iter()
                .all(|e| e.2 == "attribue" && e.3.as_deref() == Some("cotisations.essai"))
        );

        let fiche = nav.get(&format!("/DMSA33/dsn/ecarts/{impaye}")).await;
        assert!(fiche.corps.contains("janvier.dsn, ligne"), "la preuve");
        assert!(
            fiche.corps.contains("Suivant à traiter"),
            "l’écart suivant, du même agent"
        );

        let clore = format!("/DMSA33/dsn/ecarts/{partiel}/clore");
        let sans_motif = nav.post(&clore, &[("motif", "autre"), ("precision", " ")]).await;
        assert_eq!(sans_motif.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sans_motif.corps.contains("Dites le motif en commentaire"));
        let clos = nav
            .post(
                &clore,
                &[
                    ("motif", "autre"),
                    ("precision", "Chèque annoncé par l’employeur"),
                ],
            )
            .await;
        assert_eq!(clos.etat, StatusCode::SEE_OTHER);
        let fiche = nav.get(&format!("/DMSA33/dsn/ecarts/{partiel}")).await;
        assert!(fiche.corps.contains("Chèque annoncé par l’employeur"));
        let encore = nav.post(&clore, &[("motif", "corrige"), ("precision", "")]).await;
        assert_eq!(encore.etat, StatusCode::CONFLICT);

        payer(&banc, "suite.csv", &[("20022026", SIRETS[1], "2026-01", "20.00")]).await;
        assert_eq!(passer(&banc).await.unwrap().rouverts, 1);
        assert_eq!(
            en_base(&banc).await.first().cloned().unwrap(),
            (
                "partiel".to_owned(),
                3_000,
                "attribue".to_owned(),
                Some("cotisations.essai".to_owned())
            )
        );

        payer(&banc, "fin.csv", &[("21022026", SIRETS[0], "2026-01", "750.00")]).await;
        passer(&banc).await;
        let etats = en_base(&banc).await;
        assert!(
            etats.iter().any(|e| e.0 == "impaye" && e.2 == "disparu"),
            "{etats:?}"
        );
        assert!(etats.iter().any(|e| e.0 == "retard"), "payé, mais en retard");
        assert_eq!(verifier(&banc.db).await.unwrap(), []);
    }
}

#[tokio::test]
async fn le_tableau_compte_le_mois_et_mene_a_ses_listes() {
    for banc in caisses().await {
        let routeur = caisse_du_matin(&banc).await;
        let mut nav = agent(&banc, &routeur, Role::Recouvrement).await;
        let tableau = nav.get("/DMSA33/dsn?mois=2026-01").await;
        assert_eq!(tableau.etat, StatusCode::OK);
        for attendu in [
            "DSN, janvier 2026",
            "2\u{202f}250,00",
            "1\u{202f}450,00",
            "Impayé",
            "800,00",
        ] {
            assert!(tableau.corps.contains(attendu), "{attendu} manque");
        }
        let fevrier = nav.get("/DMSA33/dsn?mois=2026-02").await;
        assert!(fevrier.corps.contains("Manquantes"));
        let absents = nav
            .get("/DMSA33/dsn/etablissements?mois=2026-02&filtre=absents")
            .await;
        assert_eq!(absents.corps.matches("SIRET ").count(), 3);
        let impayes = nav
            .get("/DMSA33/dsn/etablissements?mois=2026-01&filtre=impaye")
            .await;
        assert_eq!(impayes.corps.matches("SIRET ").count(), 1);
        let courant = nav.get("/DMSA33/dsn/etablissements").await;
        assert!(courant.corps.contains("Établissements, mars 2026"));
    }
}

#[tokio::test]
async fn un_ecart_ne_s_ouvre_et_ne_se_traite_qu_avec_ses_droits() {
    for banc in caisses().await {
        let routeur = caisse_du_matin(&banc).await;
        let impaye = numero(&banc, "impaye").await;
        let mut nav = agent(&banc, &routeur, Role::Prestations).await;
        for page in ["", "/ecarts", &format!("/ecarts/{impaye}")] {
            let etat = nav.get(&format!("/DMSA33/dsn{page}")).await.etat;
            assert_eq!(etat, StatusCode::FORBIDDEN, "{page}");
        }
        let mut nav = agent(&banc, &routeur, Role::Cotisations).await;
        assert_eq!(
            nav.get("/DMSA33/dsn/ecarts/999999").await.etat,
            StatusCode::NOT_FOUND
        );
        let inconnu = nav
            .post(
                &format!("/DMSA33/dsn/ecarts/{impaye}/attribuer"),
                &[("agent", "prestations.essai")],
            )
            .await;
        assert_eq!(inconnu.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(en_base(&banc).await.iter().filter(|e| e.3.is_some()).count(), 0);
    }
}
