//! Les campagnes, de la préparation à la fin, arrêtées et reprises, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod scene;

use acces::essais::maison;
use acces::{Action, Horloge, Objet, Permis, Role, actions};
use axum::http::StatusCode;
use creances::creances::{CreanceAEmettre, Parts, emettre};
use creances::dossiers::{NouveauDebiteur, inscrire};
use droit::{Droit, FamilleCotisation, ModeEnvoi, Nature, Regime};
use jiff::civil::date;
use recouvrement::actes::{Atelier, Reglages, dossier, reprendre_adresses, verifier};
use recouvrement::campagnes::{
    Avancee, EtatCampagne, EtatDossier, NouvelleCampagne, approuver, avancer, campagne, en_cours, ouvrir,
    reunir,
};
use recouvrement::procedure::constater;
use scene::{AUJOURDHUI, Scene, maintenant};
use storage::{ecrire, lire, sql};
use valeurs::{DossierId, Montant};

/// Débiteurs de plus que la scène : de quoi faire deux lots, ou un seul.
const DEUX_LOTS: u32 = 600;
const UN_LOT: u32 = 60;

async fn permis<A: Action>(scene: &Scene, agent: &str) -> Permis<A> {
    let horloge = Horloge::fixe(maintenant());
    Permis::operateur(&scene.banc.db, &horloge, agent, Objet::Caisse)
        .await
        .unwrap()
}

/// Des débiteurs qui doivent chacun une cotisation exigible depuis plus d'un mois ; un sur dix n'a pas d'adresse, un sur
/// trois doit peu.
async fn peupler(scene: &Scene, combien: u32) {
    let db = &scene.banc.db;
    let debiteurs: Vec<NouveauDebiteur> = (0..combien).map(debiteur).collect();
    let peuple: Result<(), recouvrement::Erreur> = ecrire!(db, |tx| {
        let dossiers = inscrire(db, tx, &debiteurs, date(2026, 1, 1)).await?;
        let dues: Vec<CreanceAEmettre> = dossiers.iter().enumerate().map(|(n, d)| due(*d, n)).collect();
        emettre(tx, &dues, "essai", maintenant()).await?;
        let adresses: Vec<_> = dossiers
            .iter()
            .enumerate()
            .filter(|(n, _)| n % 10 != 0)
            .map(|(n, d)| (*d, format!("{n}, rue du Ried\n67600 Sélestat").parse().unwrap()))
            .collect();
        reprendre_adresses(db, tx, &adresses, "essai", date(2026, 1, 1)).await
    });
    peuple.unwrap();
    constater(db, AUJOURDHUI).await.unwrap();
    let dossier = dossier(scene.banc.dossier.path(), db.caisse());
    Reglages::ecrire_un_exemple(&dossier, "MSA d’Essai").unwrap();
}

fn debiteur(n: u32) -> NouveauDebiteur {
    NouveauDebiteur {
        matricule: format!("CAMP{n:04}").parse().unwrap(),
        regime: Regime::NonSalarie,
        nom: format!("Débiteur {n}"),
        prenom: String::new(),
        siret: None,
        nir: None,
        commune: "Sélestat".into(),
        code_commune: Some("67462".parse().unwrap()),
        code_agent: "A01".into(),
        code_tiers: "T01".into(),
        mode_paiement: "virement".into(),
        contacts: Vec::new(),
        ibans: Vec::new(),
    }
}

fn due(dossier: DossierId, n: usize) -> CreanceAEmettre {
    CreanceAEmettre {
        reference: format!("CAMP-{n}"),
        dossier,
        nature: Nature::Cotisation(FamilleCotisation::VieillesseBase),
        regime: Regime::NonSalarie,
        periode: (date(2026, 1, 1), date(2026, 1, 31)),
        emise_le: date(2026, 1, 31),
        exigible_le: date(2026, 2, 15),
        libelle: "Cotisations".into(),
        cause: None,
        parts: Parts::Principal(Montant::de_centimes(if n.is_multiple_of(3) {
            1_000
        } else {
            50_000
        })),
    }
}

fn atelier(scene: &Scene) -> Atelier {
    Atelier::ouvrir(scene.banc.dossier.path(), scene.banc.db.caisse()).unwrap()
}

fn nouvelle() -> NouvelleCampagne {
    NouvelleCampagne {
        acte: Droit::charger().acte("mise-en-demeure-cotisations").unwrap(),
        minimum: Montant::de_centimes(10_000),
        envoi: ModeEnvoi::Recommande,
        signataire: "Camille Exemple".to_owned(),
    }
}

/// Une campagne dont tous les dossiers sont réunis, préparée par « a ».
async fn preparee(scene: &Scene) -> i64 {
    let (db, atelier) = (&scene.banc.db, atelier(scene));
    let permis: Permis<actions::PreparerCampagne> = permis(scene, "a").await;
    let ouverte: Result<i64, recouvrement::Erreur> =
        ecrire!(db, |tx| ouvrir(tx, &permis, &atelier, &nouvelle(), AUJOURDHUI)
            .await);
    let id = ouverte.unwrap();
    while reunir(db, &permis, &atelier, id, AUJOURDHUI).await.unwrap() {}
    id
}

async fn decider(scene: &Scene, agent: &str, id: i64) -> Result<(), recouvrement::Erreur> {
    let permis: Permis<actions::ApprouverCampagne> = permis(scene, agent).await;
    ecrire!(scene.banc.db, |tx| approuver(tx, &permis, id).await)
}

/// Où en est la campagne ; ses dossiers à faire, émis, écartés ; pourquoi ils le sont.
async fn comptes(scene: &Scene, id: i64) -> (EtatCampagne, [u64; 3], Vec<(String, u64)>) {
    let permis: Permis<actions::PreparerCampagne> = permis(scene, "a").await;
    let lue: Result<_, recouvrement::Erreur> = lire!(scene.banc.db, |tx| campagne(tx, &permis, id).await);
    let (campagne, comptes, raisons) = lue.unwrap().unwrap();
    let de = |voulu| {
        comptes
            .iter()
            .find(|(etat, _)| *etat == voulu)
            .unwrap()
            .1
            .dossiers
    };
    let nombres = [EtatDossier::AFaire, EtatDossier::Emis, EtatDossier::Ecarte].map(de);
    (campagne.etat, nombres, raisons)
}

async fn nombre(scene: &Scene, texte: &'static str) -> i64 {
    let lu: Result<i64, storage::Erreur> = lire!(scene.banc.db, |tx| sql!(texte).scalaire(tx).await);
    lu.unwrap()
}

#[tokio::test]
async fn une_campagne_dit_qui_la_recoit_qui_en_est_ecarte_et_pourquoi_puis_s_emet_une_fois() {
    for scene in Scene::toutes().await {
        peupler(&scene, DEUX_LOTS).await;
        let id = preparee(&scene).await;
        // 400 dossiers doivent assez, dont 40 sans adresse ; parmi les 200 autres, 20 ; et celui de la scène.
        let (etat, nombres, raisons) = comptes(&scene, id).await;
        assert_eq!((etat, nombres), (EtatCampagne::Preparee, [360, 0, 241]));
        assert_eq!(
            raisons,
            [
                ("montant sous le minimum de la campagne".to_owned(), 180),
                ("il manque l’adresse du débiteur".to_owned(), 61),
            ]
        );
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 0);
        let refus = decider(&scene, "a", id).await.unwrap_err();
        assert!(refus.to_string().contains("par un autre"), "{refus}");
        let compose: Permis<actions::ComposerActe> = permis(&scene, "b").await;
        let (db, atelier) = (&scene.banc.db, atelier(&scene));
        let refus = avancer(db, &compose, &atelier, id, AUJOURDHUI).await.unwrap_err();
        assert!(refus.to_string().contains("n’est pas approuvée"), "{refus}");
        decider(&scene, "b", id).await.unwrap();
        assert_eq!(en_cours(db).await.unwrap()[0].0, id);
        let premier = avancer(db, &compose, &atelier, id, AUJOURDHUI).await.unwrap();
        assert_eq!((premier.emis, premier.ecartes, premier.finie), (256, 0, false));
        while !avancer(db, &compose, &atelier, id, AUJOURDHUI)
            .await
            .unwrap()
            .finie
        {}
        let (etat, nombres, _) = comptes(&scene, id).await;
        assert_eq!((etat, nombres), (EtatCampagne::Finie, [0, 360, 241]));
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 360);
        assert_eq!(
            nombre(&scene, "SELECT COUNT(DISTINCT creance_id) FROM acte_creance").await,
            360
        );
        assert_eq!(
            nombre(
                &scene,
                "SELECT COUNT(*) FROM avancement_acte WHERE etat = 'a_expedier'"
            )
            .await,
            360
        );
        assert_eq!(verifier(db).await.unwrap(), []);
        // Celui qui n'a pas d'adresse n'a rien reçu.
        let faits: Result<i64, storage::Erreur> = lire!(db, |tx| sql!(
            "SELECT COUNT(*) FROM fait_procedure WHERE creance_id = $1 OR creance_id = $2"
        )
        .bind(scene.cotisation)
        .bind(scene.indu)
        .scalaire(tx)
        .await);
        assert_eq!(faits.unwrap(), 0);
        scene.prouver().await;

        // Une seconde campagne ne retrouve personne de la première.
        let seconde = preparee(&scene).await;
        let (_, [a_faire, ..], raisons) = comptes(&scene, seconde).await;
        assert_eq!(a_faire, 0);
        let deja = ("étape déjà faite, ou pas encore possible".to_owned(), 360);
        assert!(raisons.contains(&deja), "{raisons:?}");
    }
}

#[tokio::test]
async fn deux_processus_qui_emettent_la_meme_campagne_ne_font_jamais_deux_actes() {
    for scene in Scene::toutes().await {
        peupler(&scene, UN_LOT).await;
        let id = preparee(&scene).await;
        decider(&scene, "b", id).await.unwrap();
        let compose: Permis<actions::ComposerActe> = permis(&scene, "b").await;
        let (db, atelier) = (&scene.banc.db, atelier(&scene));
        let mener = async || {
            while let Ok(Avancee { finie: false, .. }) = avancer(db, &compose, &atelier, id, AUJOURDHUI).await
            {
            }
        };
        tokio::join!(mener(), mener());
        mener().await;
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 36);
        assert_eq!(comptes(&scene, id).await.1, [0, 36, 25]);
        scene.prouver().await;
    }
}

#[tokio::test]
async fn un_modele_devenu_faux_arrete_la_campagne_qui_reprend_une_fois_corrige() {
    for scene in Scene::toutes().await {
        peupler(&scene, UN_LOT).await;
        let id = preparee(&scene).await;
        decider(&scene, "b", id).await.unwrap();
        let modeles = dossier(scene.banc.dossier.path(), scene.banc.db.caisse()).join("modeles");
        std::fs::create_dir_all(&modeles).unwrap();
        let modele = modeles.join("mise_en_demeure.typ");
        std::fs::write(&modele, "#import \"sillon.typ\": *\n#somes()").unwrap();
        let compose: Permis<actions::ComposerActe> = permis(&scene, "b").await;
        let db = &scene.banc.db;
        let refus = avancer(db, &compose, &atelier(&scene), id, AUJOURDHUI)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            refus.contains("mise_en_demeure.typ") && refus.contains("ligne 2"),
            "{refus}"
        );
        assert_eq!(
            nombre(&scene, "SELECT COUNT(*) FROM campagne WHERE arret IS NOT NULL").await,
            1
        );
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 0);
        std::fs::remove_file(&modele).unwrap();
        while !avancer(db, &compose, &atelier(&scene), id, AUJOURDHUI)
            .await
            .unwrap()
            .finie
        {}
        assert_eq!(comptes(&scene, id).await.1, [0, 36, 25]);
        assert_eq!(
            nombre(&scene, "SELECT COUNT(*) FROM campagne WHERE arret IS NOT NULL").await,
            0
        );
    }
}

#[tokio::test]
async fn une_campagne_se_prepare_et_se_decide_par_les_pages() {
    for scene in Scene::toutes().await {
        peupler(&scene, UN_LOT).await;
        let mut agent = scene.agent(Role::Recouvrement).await;
        let vide = agent.get("/DMSA33/campagnes").await;
        assert!(vide.corps.contains("Aucune campagne"), "{}", vide.corps);
        let demande = |minimum| {
            [
                ("acte", "mise-en-demeure-cotisations"),
                ("minimum", minimum),
                ("envoi", "recommande"),
                ("signataire", "Camille Exemple"),
            ]
        };
        let faute = agent.post("/DMSA33/campagnes", &demande("cent")).await;
        assert_eq!(faute.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(faute.corps.contains("Écrivez un montant"), "{}", faute.corps);
        let ouverte = agent.post("/DMSA33/campagnes", &demande("100,00")).await;
        assert_eq!(ouverte.etat, StatusCode::SEE_OTHER, "{}", ouverte.corps);
        let id = nombre(&scene, "SELECT id FROM campagne").await;
        let prepare: Permis<actions::PreparerCampagne> = permis(&scene, "a").await;
        while reunir(&scene.banc.db, &prepare, &atelier(&scene), id, AUJOURDHUI)
            .await
            .unwrap()
        {}
        let page = agent.get(&format!("/DMSA33/campagnes/{id}")).await;
        for dit in [
            "36",
            "un autre agent doit l’approuver",
            "Montant sous le minimum",
            "Débiteur 1",
        ] {
            assert!(page.corps.contains(dit), "{dit}\n{}", page.corps);
        }
        let ecartes = agent.get(&format!("/DMSA33/campagnes/{id}?voir=ecarte")).await;
        assert!(
            ecartes.corps.contains("Il manque l’adresse du débiteur"),
            "{}",
            ecartes.corps
        );
        agent
            .post(&format!("/DMSA33/campagnes/{id}/approuver"), &[])
            .await;
        assert_eq!(comptes(&scene, id).await.0, EtatCampagne::Preparee);
        let sienne = format!("/DMSA33/dossiers/{}\"", scene.dossier);
        assert!(ecartes.corps.contains(&sienne), "{}", ecartes.corps);
        // La campagne touche des branches qui ne sont pas celles d'un agent des cotisations.
        let mut collegue = scene.agent(Role::Cotisations).await;
        let sienne = collegue.get(&format!("/DMSA33/campagnes/{id}")).await;
        assert_eq!(sienne.etat, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn une_campagne_ne_se_reunit_ni_ne_s_emet_par_qui_n_a_pas_toutes_ses_branches() {
    for scene in Scene::toutes().await {
        peupler(&scene, UN_LOT).await;
        let (db, atelier) = (&scene.banc.db, atelier(&scene));
        let id = preparee(&scene).await;
        decider(&scene, "b", id).await.unwrap();
        scene.agent(Role::Cotisations).await;
        let horloge = Horloge::fixe(maintenant());
        let maison = maison(&scene.banc, horloge.clone());
        let caisse = maison.caisses().next().unwrap();
        let compose: Permis<actions::ComposerActe> =
            Permis::differe(caisse, &horloge, "cotisations.essai", Objet::Caisse)
                .await
                .unwrap()
                .unwrap();
        let refus = avancer(db, &compose, &atelier, id, AUJOURDHUI).await.unwrap_err();
        assert!(refus.to_string().contains("sort de vos attributions"), "{refus}");
        let prepare: Permis<actions::PreparerCampagne> =
            Permis::differe(caisse, &horloge, "cotisations.essai", Objet::Caisse)
                .await
                .unwrap()
                .unwrap();
        let refus = reunir(db, &prepare, &atelier, id, AUJOURDHUI).await.unwrap_err();
        assert!(refus.to_string().contains("sort de vos attributions"), "{refus}");
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM acte").await, 0);
    }
}

#[tokio::test]
async fn ce_qui_passe_sous_le_minimum_apres_la_preparation_est_ecarte() {
    for scene in Scene::toutes().await {
        peupler(&scene, UN_LOT).await;
        let id = preparee(&scene).await;
        decider(&scene, "b", id).await.unwrap();
        let releve: Result<u64, storage::Erreur> = ecrire!(scene.banc.db, |tx| sql!(
            "UPDATE campagne SET minimum_centimes = 100000000 WHERE id = $1"
        )
        .bind(id)
        .executer(tx)
        .await);
        releve.unwrap();
        let compose: Permis<actions::ComposerActe> = permis(&scene, "b").await;
        let avancee = avancer(&scene.banc.db, &compose, &atelier(&scene), id, AUJOURDHUI)
            .await
            .unwrap();
        assert_eq!((avancee.emis, avancee.ecartes, avancee.finie), (0, 36, false));
        let (_, nombres, raisons) = comptes(&scene, id).await;
        assert_eq!(nombres, [0, 0, 61]);
        let sous_le_minimum = "montant sous le minimum de la campagne";
        assert!(
            raisons
                .iter()
                .any(|(raison, n)| raison == sous_le_minimum && *n > 36),
            "{raisons:?}"
        );
    }
}

#[tokio::test]
async fn un_recommande_electronique_laisse_de_cote_qui_n_a_pas_d_adresse_electronique() {
    for scene in Scene::toutes().await {
        peupler(&scene, UN_LOT).await;
        let db = &scene.banc.db;
        let connue: Result<u64, storage::Erreur> = ecrire!(db, |tx| sql!(
            "INSERT INTO contact (dossier_id, rang, nature, valeur) \
             SELECT MAX(id), 1, 'mail', 'debiteur@exemple.fr' FROM debiteur"
        )
        .executer(tx)
        .await);
        connue.unwrap();
        let permis: Permis<actions::PreparerCampagne> = permis(&scene, "a").await;
        let nouvelle = NouvelleCampagne {
            envoi: ModeEnvoi::Lre,
            minimum: Montant::ZERO,
            ..nouvelle()
        };
        let atelier = atelier(&scene);
        let ouverte: Result<i64, recouvrement::Erreur> =
            ecrire!(db, |tx| ouvrir(tx, &permis, &atelier, &nouvelle, AUJOURDHUI)
                .await);
        let id = ouverte.unwrap();
        while reunir(db, &permis, &atelier, id, AUJOURDHUI).await.unwrap() {}
        let (_, [a_faire, ..], raisons) = comptes(&scene, id).await;
        assert_eq!(a_faire, 1);
        let sans = raisons
            .iter()
            .find(|(raison, _)| raison == "aucune adresse électronique");
        assert!(sans.is_some_and(|(_, n)| *n == 53), "{raisons:?}");
    }
}
