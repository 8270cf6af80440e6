//! Une déclaration lue à l'écran : son arbre, ses salariés, ce qui a changé ; sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod commun;

use acces::Role;
use axum::http::StatusCode;
use commun::{Dsn, IBAN, SIRETS, agent, caisses, deposer_dsn, routeur};
use storage::essais::Banc;
use storage::{lire, sql};

/// Une déclaration de deux salariés, puis celle qui la remplace : un salarié part, un autre arrive, le troisième gagne
/// moins.
async fn remplacee(banc: &Banc) -> (i64, i64) {
    let mut premiere = Dsn::janvier(SIRETS[0]);
    premiere.individus.push(("1850233063002", "BÉGUÉ", "Noël"));
    premiere.ordonne = 150_000;
    let mut seconde = Dsn {
        genre: "03",
        ordre: 2,
        remplace: Some(1),
        cotisations: vec![("075", 60_000), ("072", 20_000), ("018", -15_000)],
        ordonne: 130_000,
        ..Dsn::janvier(SIRETS[0])
    };
    seconde.individus.push(("1850233063003", "CAZES", "Zoé"));
    deposer_dsn(banc, "premiere.dsn", &[premiere]).await;
    deposer_dsn(banc, "seconde.dsn", &[seconde]).await;
    let ids: Result<Vec<(i64,)>, storage::Erreur> = lire!(banc.db, |tx| {
        sql!("SELECT id FROM dsn_declaration ORDER BY ordre")
            .toutes(tx)
            .await
    });
    let ids = ids.unwrap();
    (ids[0].0, ids[1].0)
}

#[tokio::test]
async fn une_declaration_se_lit_en_mots_avec_ses_lignes() {
    for banc in caisses().await {
        let (premiere, seconde) = remplacee(&banc).await;
        let routeur = routeur(&banc);
        let mut nav = agent(&banc, &routeur, Role::AgenceComptable).await;
        let page = nav.get(&format!("/DMSA33/dsn/declarations/{seconde}")).await;
        assert_eq!(page.etat, StatusCode::OK);
        for attendu in [
            "Déclaration, janvier 2026",
            "Compte pour le mois",
            "prélèvement SEPA",
            "CAZES",
            "1850233063003",
            IBAN,
            "seconde.dsn",
            &format!("/DMSA33/dsn/declarations/{premiere}"),
            "1\u{202f}300,00",
        ] {
            assert!(page.corps.contains(attendu), "{attendu} manque");
        }
        let ordre = page.corps.find("S21.G00.20.005").unwrap();
        let avant = &page.corps[..ordre];
        let ancre = avant.rfind("id=\"ligne-").unwrap();
        assert!(ordre - ancre < 200, "chaque rubrique porte l’ancre de sa ligne");
        let ancienne = nav.get(&format!("/DMSA33/dsn/declarations/{premiere}")).await;
        assert!(ancienne.corps.contains("Ne compte plus"));
        assert!(ancienne.corps.contains("Remplacée par"));
    }
}

#[tokio::test]
async fn ce_qui_a_change_se_dit_salarie_par_salarie() {
    for banc in caisses().await {
        let (premiere, seconde) = remplacee(&banc).await;
        let routeur = routeur(&banc);
        let mut nav = agent(&banc, &routeur, Role::Cotisations).await;
        let page = nav
            .get(&format!("/DMSA33/dsn/declarations/{seconde}/differences"))
            .await;
        assert_eq!(page.etat, StatusCode::OK);
        for attendu in [
            "Salariés ajoutés",
            "CAZES",
            "Salariés retirés",
            "BÉGUÉ",
            "Salariés dont la déclaration change",
            "avant : </span>700.00</del>",
            "après : </span>600.00</ins>",
            "−200,00",
            "avant : </span>1500.00</del>",
            "après : </span>1300.00</ins>",
        ] {
            assert!(page.corps.contains(attendu), "{attendu} manque");
        }
        let seule = nav
            .get(&format!("/DMSA33/dsn/declarations/{premiere}/differences"))
            .await;
        assert!(seule.corps.contains("Rien à comparer"));
    }
}

#[tokio::test]
async fn le_lien_vers_la_ligne_d_un_salarie_ouvre_sa_page() {
    for banc in caisses().await {
        let (_, seconde) = remplacee(&banc).await;
        let routeur = routeur(&banc);
        let mut nav = agent(&banc, &routeur, Role::Cotisations).await;
        let page = format!("/DMSA33/dsn/declarations/{seconde}?taille=1");
        let seconde_page = nav.get(&format!("{page}&page=2")).await;
        let (_, salarie) = seconde_page
            .corps
            .split_once("<details class=\"carte\">")
            .unwrap();
        let ancres: Vec<&str> = salarie
            .split("id=\"ligne-")
            .skip(1)
            .map(|a| a.split('"').next().unwrap())
            .collect();
        assert!(ancres.len() > 2, "{ancres:?}");
        for ligne in ancres {
            let liee = nav.get(&format!("{page}&ligne={ligne}")).await;
            let (_, ouvert) = liee.corps.split_once("<details class=\"carte\" open>").unwrap();
            assert!(ouvert.contains(&format!("id=\"ligne-{ligne}\"")));
        }
        let etablissement = nav.get(&format!("{page}&ligne=1")).await;
        assert!(!etablissement.corps.contains("<details class=\"carte\" open>"));
    }
}

#[tokio::test]
async fn ni_un_salarie_ni_un_iban_ne_se_montrent_a_qui_ne_les_voit_pas() {
    for banc in caisses().await {
        let (_, seconde) = remplacee(&banc).await;
        let routeur = routeur(&banc);
        let (page, differences) = (
            format!("/DMSA33/dsn/declarations/{seconde}"),
            format!("/DMSA33/dsn/declarations/{seconde}/differences"),
        );
        let mut nav = agent(&banc, &routeur, Role::Recouvrement).await;
        for chemin in [&page, &differences] {
            let lue = nav.get(chemin).await;
            assert_eq!(lue.etat, StatusCode::OK);
            assert!(lue.corps.contains("ne se montrent pas à votre service"));
            for cache in [
                "CAZES",
                "1850233063003",
                IBAN,
                "S21.G00.30",
                "S21.G00.81",
                "700.00</del>",
                "600.00</ins>",
            ] {
                assert!(!lue.corps.contains(cache), "{cache} se montre");
            }
        }
        let mut nav = agent(&banc, &routeur, Role::Cotisations).await;
        let lue = nav.get(&page).await;
        assert!(lue.corps.contains("CAZES") && !lue.corps.contains(IBAN));
        let mut nav = agent(&banc, &routeur, Role::Prestations).await;
        assert_eq!(nav.get(&page).await.etat, StatusCode::FORBIDDEN);
        let mut nav = agent(&banc, &routeur, Role::AgenceComptable).await;
        assert_eq!(
            nav.get("/DMSA33/dsn/declarations/999999").await.etat,
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn les_declarations_d_un_employeur_se_parcourent() {
    for banc in caisses().await {
        let (_, seconde) = remplacee(&banc).await;
        let routeur = routeur(&banc);
        let mut nav = agent(&banc, &routeur, Role::Cotisations).await;
        let page = nav.get(&format!("/DMSA33/dsn/declarations/{seconde}")).await;
        let debut = page.corps.find("/DMSA33/dossiers/").unwrap();
        let chemin: String = page.corps[debut..].chars().take_while(|c| *c != '"').collect();
        assert!(chemin.ends_with("/declarations"), "{chemin}");
        let liste = nav.get(&chemin).await;
        assert_eq!(liste.etat, StatusCode::OK);
        assert_eq!(liste.corps.matches("/DMSA33/dsn/declarations/").count(), 2);
        let mut nav = agent(&banc, &routeur, Role::Prestations).await;
        assert_eq!(nav.get(&chemin).await.etat, StatusCode::FORBIDDEN);
    }
}
