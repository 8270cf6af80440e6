//! Les portefeuilles, les rappels, l'histoire d'un débiteur et l'activité, par le vrai routeur, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod scene;

use acces::Role;
use acces::essais::Navigateur;
use axum::http::StatusCode;
use creances::creances::{CreanceAEmettre, Parts, emettre};
use creances::dossiers::{NouveauDebiteur, inscrire};
use droit::{FamilleCotisation, Nature, Regime};
use jiff::civil::date;
use recouvrement::oscar::verifier;
use recouvrement::procedure::constater;
use scene::{AUJOURDHUI, Scene, maintenant};
use storage::{ecrire, lire, sql};
use valeurs::{DossierId, Montant};

const OSCAR: &str = "/DMSA33/oscar";

/// Un débiteur de plus, qui doit ces euros depuis ce mois de 2025.
async fn debiteur(scene: &Scene, rang: u8, nom: &str, euros: i64, mois: i8) -> DossierId {
    let debiteur = NouveauDebiteur {
        matricule: format!("MIX9{rang:02}").parse().unwrap(),
        regime: Regime::NonSalarie,
        nom: nom.into(),
        prenom: "Anne".into(),
        siret: None,
        nir: None,
        commune: "Bergerac".into(),
        code_commune: Some("24037".parse().unwrap()),
        code_agent: "A01".into(),
        code_tiers: "T01".into(),
        mode_paiement: "prelevement".into(),
        contacts: Vec::new(),
        ibans: Vec::new(),
    };
    let db = &scene.banc.db;
    let inscrit: Result<DossierId, creances::Erreur> = ecrire!(db, |tx| {
        let dossier = inscrire(db, tx, std::slice::from_ref(&debiteur), date(2025, 1, 1)).await?[0];
        let creance = CreanceAEmettre {
            reference: format!("COT-9{rang:02}"),
            dossier,
            nature: Nature::Cotisation(FamilleCotisation::Amexa),
            regime: Regime::NonSalarie,
            periode: (date(2025, mois, 1), date(2025, mois, 28)),
            emise_le: date(2025, mois, 28),
            exigible_le: date(2025, mois, 28),
            libelle: "Cotisations".into(),
            cause: None,
            parts: Parts::Principal(Montant::de_centimes(euros * 100)),
        };
        emettre(tx, &[creance], "essai", maintenant()).await?;
        Ok(dossier)
    });
    let inscrit = inscrit.unwrap();
    constater(db, AUJOURDHUI).await.unwrap();
    inscrit
}

async fn corps(agent: &mut Navigateur, chemin: &str) -> String {
    let page = agent.get(chemin).await;
    assert_eq!(page.etat, StatusCode::OK, "{chemin} : {}", page.corps);
    page.corps
}

/// Envoie un formulaire, et rend la page où il mène.
async fn agir(agent: &mut Navigateur, chemin: &str, champs: &[(&str, &str)]) -> String {
    let fait = agent.post(chemin, champs).await;
    assert_eq!(fait.etat, StatusCode::SEE_OTHER, "{chemin} : {}", fait.corps);
    corps(agent, &fait.vers.unwrap()).await
}

/// Les noms, dans l'ordre de la page.
fn ordre<'a>(page: &str, noms: &[&'a str]) -> Vec<&'a str> {
    let mut vus: Vec<(usize, &str)> = noms
        .iter()
        .filter_map(|nom| Some((page.find(&format!("Choisir le dossier de {nom}"))?, *nom)))
        .collect();
    vus.sort_unstable();
    vus.into_iter().map(|(_, nom)| nom).collect()
}

const NOMS: [&str; 4] = ["EARL du Ried", "Vidal", "Morel", "Lacaze"];

#[tokio::test]
async fn la_liste_se_filtre_se_range_et_se_suit_page_a_page() {
    for scene in Scene::toutes().await {
        debiteur(&scene, 1, "Vidal", 1_200, 3).await;
        debiteur(&scene, 2, "Morel", 80, 12).await;
        debiteur(&scene, 3, "Lacaze", 80, 6).await;
        let mut agent = scene.agent(Role::Recouvrement).await;
        let mien = corps(&mut agent, OSCAR).await;
        assert!(
            mien.contains("Aucun débiteur ne répond"),
            "rien ne lui est confié"
        );
        for (filtre, attendus) in [
            ("suivi=tous", &["Vidal", "EARL du Ried", "Morel", "Lacaze"][..]),
            ("suivi=libres", &["Vidal", "EARL du Ried", "Morel", "Lacaze"]),
            (
                "suivi=tous&tri=montant&sens=asc",
                &["Lacaze", "Morel", "EARL du Ried", "Vidal"],
            ),
            ("suivi=tous&montant=300", &["Vidal", "EARL du Ried"]),
            ("suivi=tous&montant=300,01", &["Vidal"]),
            ("suivi=tous&age=180", &["Vidal", "Lacaze"]),
            (
                "suivi=tous&nature=cotisation:assurances_sociales",
                &["EARL du Ried"],
            ),
            (
                "suivi=tous&position=due",
                &["Vidal", "EARL du Ried", "Morel", "Lacaze"],
            ),
            ("suivi=tous&position=contrainte", &[]),
            (
                "suivi=tous&paiement=30",
                &["Vidal", "EARL du Ried", "Morel", "Lacaze"],
            ),
            ("suivi=tous&limite=7", &[]),
        ] {
            let page = corps(&mut agent, &format!("{OSCAR}?{filtre}")).await;
            assert_eq!(ordre(&page, &NOMS), attendus, "{filtre}");
        }
        // Le RSA indu du même débiteur n'est pas de ce module : seule sa cotisation de 300 € se montre.
        let page = corps(&mut agent, &format!("{OSCAR}?suivi=tous")).await;
        assert!(page.contains("300,00\u{a0}€") && !page.contains("744,44"));
        for tri in [
            "montant&sens=desc",
            "montant&sens=asc",
            "limite&sens=asc",
            "limite&sens=desc",
        ] {
            let mut chemin = format!("{OSCAR}?suivi=tous&tri={tri}&taille=1");
            let entiere = corps(&mut agent, &chemin.replace("&taille=1", "")).await;
            let mut vus = Vec::new();
            loop {
                let page = corps(&mut agent, &chemin).await;
                vus.extend(ordre(&page, &NOMS));
                let Some((avant, _)) = page.split_once("\">Page suivante</a>") else {
                    break;
                };
                let (_, suivante) = avant.rsplit_once("href=\"").unwrap();
                chemin = suivante.replace("&amp;", "&").replace("&#38;", "&");
            }
            assert_eq!(vus, ordre(&entiere, &NOMS), "{tri}");
        }
    }
}

#[tokio::test]
async fn des_dossiers_se_confient_un_portefeuille_se_passe_avec_ses_rappels() {
    for scene in Scene::toutes().await {
        let vidal = debiteur(&scene, 1, "Vidal", 1_200, 3).await.to_string();
        let ried = scene.dossier.to_string();
        let mut agent = scene.agent(Role::Recouvrement).await;
        // Un collègue de l'équipe, un autre qui n'en est pas.
        scene.agent(Role::Cotisations).await;
        collegue(&scene, "marie.durand").await;
        let moi = "recouvrement.essai";
        let vide = agir(&mut agent, "/DMSA33/oscar/confier", &[("agent", moi)]).await;
        assert!(vide.contains("Cochez d’abord"));
        let hors = [("agent", "cotisations.essai"), ("dossier", &*vidal)];
        let hors = agir(&mut agent, "/DMSA33/oscar/confier", &hors).await;
        assert!(hors.contains("Choisissez un agent de la liste"));
        let champs = [
            ("agent", moi),
            ("dossier", &*vidal),
            ("dossier", &*ried),
            ("suivi", "tous"),
        ];
        let confies = agir(&mut agent, "/DMSA33/oscar/confier", &champs).await;
        assert!(confies.contains("2 dossiers sont confiés"), "{confies}");
        assert!(confies.contains("Tous les débiteurs"), "le filtre est gardé");
        let encore = agir(&mut agent, "/DMSA33/oscar/confier", &champs).await;
        assert!(encore.contains("Rien n’a changé"));
        assert_eq!(
            ordre(&corps(&mut agent, OSCAR).await, &NOMS),
            ["Vidal", "EARL du Ried"]
        );
        let libres = corps(&mut agent, &format!("{OSCAR}?suivi=libres")).await;
        assert_eq!(ordre(&libres, &NOMS), [""; 0]);
        // Un autre service suit le même débiteur sans que l'un voie l'autre.
        let mut cotisations = scene.agent(Role::Cotisations).await;
        let libres = corps(&mut cotisations, &format!("{OSCAR}?suivi=libres")).await;
        assert_eq!(ordre(&libres, &NOMS), ["Vidal", "EARL du Ried"]);

        let texte = "Rappeler M. Vidal après la foire";
        for (jour, texte, dit) in [
            ("2026-03-31", texte, "Un rappel se pose pour aujourd’hui"),
            ("2026-04-01", " ", "Dites ce qu’il faudra faire"),
            ("2026-02-30", texte, "Cette date n’existe pas"),
            ("2026-04-01", texte, "1 rappel est posé"),
        ] {
            let champs = [("dossier", &*vidal), ("jour", jour), ("texte", texte)];
            let page = agir(&mut agent, "/DMSA33/oscar/rappels", &champs).await;
            assert!(page.contains(dit), "{dit}");
        }
        assert!(corps(&mut agent, OSCAR).await.contains(texte));
        let scelles: Result<Vec<(Vec<u8>,)>, storage::Erreur> =
            lire!(scene.banc.db, |tx| sql!("SELECT texte_scelle FROM rappel")
                .toutes(tx)
                .await);
        let scelles = scelles.unwrap();
        assert!(scelles.len() == 1 && !scelles[0].0.windows(5).any(|o| o == b"Vidal"));

        let passe = [("de", moi), ("a", "marie.durand")];
        let passe = agir(&mut agent, "/DMSA33/oscar/passer", &passe).await;
        assert!(passe.contains("2 dossiers sont passés"), "{passe}");
        assert!(!passe.contains(texte), "le rappel suit le dossier");
        let siens = corps(&mut agent, &format!("{OSCAR}?suivi=marie.durand")).await;
        assert_eq!(ordre(&siens, &NOMS), ["Vidal", "EARL du Ried"]);
        let rendu = [("agent", ""), ("dossier", &*vidal)];
        let rendu = agir(&mut agent, "/DMSA33/oscar/confier", &rendu).await;
        assert!(rendu.contains("1 dossier est rendu"));
        let repris = [("de", "marie.durand"), ("a", moi)];
        agir(&mut agent, "/DMSA33/oscar/passer", &repris).await;
        assert_eq!(ordre(&corps(&mut agent, OSCAR).await, &NOMS), ["EARL du Ried"]);
        let confie = [("agent", moi), ("dossier", &*vidal)];
        let confie = agir(&mut agent, "/DMSA33/oscar/confier", &confie).await;
        assert!(
            confie.contains(texte),
            "le rappel suit le dossier, même rendu entre-temps"
        );
        assert_eq!(verifier(&scene.banc.db).await.unwrap(), []);
        let triche: Result<u64, storage::Erreur> = ecrire!(scene.banc.db, |tx| {
            sql!("UPDATE portefeuille SET agent = 'personne'")
                .executer(tx)
                .await
        });
        triche.unwrap();
        assert_eq!(verifier(&scene.banc.db).await.unwrap().len(), 2);
    }
}

/// Un second agent du recouvrement.
async fn collegue(scene: &Scene, identifiant: &str) {
    let db = &scene.banc.db;
    let cree: Result<u64, storage::Erreur> = ecrire!(db, |tx| {
        let id = tx.reserver("agent", 1).await?[0];
        sql!(
            "INSERT INTO agent (id, identifiant, nom_affiche, role, actif, cree_le_ms, mot_de_passe, a_changer, \
             totp_confirme, totp_dernier_pas) VALUES ($1, $2, $2, 'recouvrement', 1, 0, '', 0, 0, 0)"
        )
        .bind(id)
        .bind(identifiant)
        .executer(tx)
        .await
    });
    cree.unwrap();
}

#[tokio::test]
async fn un_rappel_se_dit_fait_par_le_sien_seulement() {
    for scene in Scene::toutes().await {
        let ried = scene.dossier.to_string();
        let mut agent = scene.agent(Role::Recouvrement).await;
        let mut autre = scene.agent(Role::Cotisations).await;
        let champs = [("dossier", &*ried), ("jour", "2026-04-01"), ("texte", "Appeler")];
        agir(&mut agent, "/DMSA33/oscar/rappels", &champs).await;
        let refuse = agir(&mut autre, "/DMSA33/oscar/rappels/fait", &[("rappel", "1")]).await;
        assert!(refuse.contains("n’est pas le vôtre"), "{refuse}");
        let fait = agir(&mut agent, "/DMSA33/oscar/rappels/fait", &[("rappel", "1")]).await;
        assert!(fait.contains("Le rappel est fait") && !fait.contains("Appeler"));
        let histoire = corps(&mut agent, &format!("/DMSA33/dossiers/{ried}/histoire")).await;
        assert!(histoire.contains("Rappel fait") && histoire.contains("Rappel posé pour le 01/04/2026"));
    }
}

#[tokio::test]
async fn un_filtre_garde_se_rappelle_par_son_nom() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let champs = [
            ("nom", "Gros retards"),
            ("suivi", "tous"),
            ("montant", "250,50"),
            ("age", "30"),
            ("nature", "cotisation:assurances_sociales"),
            ("position", "due"),
            ("limite", "90"),
            ("paiement", "365"),
        ];
        let garde = agir(&mut agent, "/DMSA33/oscar/filtres", &champs).await;
        let lien = "/DMSA33/oscar?suivi=tous&#38;montant=250%2C50&#38;age=30&#38;nature=cotisation%3Aassurances_sociales\
                    &#38;position=due&#38;limite=90&#38;paiement=365\">Gros retards</a>";
        assert!(garde.contains(lien), "{garde}");
        let sans_nom = agir(&mut agent, "/DMSA33/oscar/filtres", &[("nom", "  ")]).await;
        assert!(sans_nom.contains("Nommez ce filtre"));
        let mut autre = scene.agent(Role::Cotisations).await;
        assert!(!corps(&mut autre, OSCAR).await.contains("Gros retards"));
        let oublie = agir(
            &mut agent,
            "/DMSA33/oscar/filtres/oublier",
            &[("nom", "Gros retards")],
        )
        .await;
        assert!(!oublie.contains("Gros retards"));
    }
}

#[tokio::test]
async fn l_histoire_dit_tout_ce_que_les_attributions_laissent_voir() {
    for scene in Scene::toutes().await {
        let ried = scene.dossier.to_string();
        let url = format!("/DMSA33/dossiers/{ried}/histoire");
        let mut agent = scene.agent(Role::Recouvrement).await;
        agir(
            &mut agent,
            "/DMSA33/oscar/confier",
            &[("agent", "recouvrement.essai"), ("dossier", &ried)],
        )
        .await;
        let etape = format!("/DMSA33/creances/{}/procedure", scene.cotisation);
        agir(
            &mut agent,
            &etape,
            &[("etape", "relance"), ("jour", "2026-03-02")],
        )
        .await;
        let commentaire = "Le gérant propose trois mensualités.";
        agent
            .post(
                &format!("/DMSA33/dossiers/{ried}/commentaires"),
                &[("texte", commentaire)],
            )
            .await;
        let histoire = corps(&mut agent, &url).await;
        let places: Vec<usize> = [
            "Dossier confié à recouvrement.essai",
            "Relance amiable",
            "Créance émise : Assurances sociales",
        ]
        .iter()
        .map(|mot| histoire.find(mot).unwrap_or_else(|| panic!("{mot} : {histoire}")))
        .collect();
        assert!(places.is_sorted(), "du plus récent au plus ancien");
        assert!(histoire.contains(commentaire) && histoire.contains("Indu : Revenu de solidarité active"));
        let mut prestations = scene.agent(Role::Prestations).await;
        let sienne = corps(&mut prestations, &url).await;
        assert!(sienne.contains("Indu : Revenu de solidarité active"));
        assert!(sienne.contains(&format!("/DMSA33/creances/{}\"", scene.indu)));
        for cache in ["Relance amiable", "Assurances sociales", "confié à"] {
            assert!(!sienne.contains(cache), "{cache} n'est pas de ses attributions");
        }
        let dossier = corps(&mut agent, &format!("/DMSA33/dossiers/{ried}")).await;
        assert!(dossier.contains(&url));
        scene.prouver().await;
    }
}

#[tokio::test]
async fn chacun_voit_son_activite_et_celle_d_un_autre_ne_se_nomme_qu_a_qui_le_peut() {
    for scene in Scene::toutes().await {
        let ried = scene.dossier.to_string();
        let mut agent = scene.agent(Role::Recouvrement).await;
        agir(
            &mut agent,
            "/DMSA33/oscar/confier",
            &[("agent", "recouvrement.essai"), ("dossier", &ried)],
        )
        .await;
        let etape = format!("/DMSA33/creances/{}/procedure", scene.cotisation);
        agir(
            &mut agent,
            &etape,
            &[("etape", "relance"), ("jour", "2026-03-02")],
        )
        .await;
        let activite = "/DMSA33/oscar/activite";
        let sienne = corps(&mut agent, activite).await;
        for dit in [
            "<dt>Étapes enregistrées</dt><dd>1",
            "<dt>Dossiers suivis</dt><dd>1",
            "échus depuis le 15/02/2026",
            "art. L1222-4",
            "Moins de trois agents",
        ] {
            assert!(sienne.contains(dit), "{dit} : {sienne}");
        }
        let avant = corps(&mut agent, &format!("{activite}?du=2026-03-01&au=2026-03-31")).await;
        assert!(
            avant.contains("<dt>Étapes enregistrées</dt><dd>0"),
            "enregistrée le 1er avril"
        );
        collegue(&scene, "marie.durand").await;
        collegue(&scene, "paul.petit").await;
        let equipe = corps(&mut agent, activite).await;
        assert!(!equipe.contains("Moins de trois agents") && !equipe.contains("marie.durand"));

        let nommee = "/DMSA33/oscar/activite/agents";
        assert_eq!(agent.get(nommee).await.etat, StatusCode::FORBIDDEN);
        let mut habilite = scene.agent(Role::Administrateur).await;
        let page = corps(&mut habilite, nommee).await;
        assert!(page.contains("marie.durand") && page.contains("inscrite au journal"));
        assert!(!page.contains("Ried"), "aucun débiteur n'y est nommé");
        let journal: Result<(String, i64, String), storage::Erreur> = lire!(scene.banc.db, |tx| {
            sql!(
                "SELECT acteur, nombre, motif FROM acces_journal WHERE action = 'consulter_activite' \
                 AND resultat = 'accorde'"
            )
            .une(tx)
            .await
        });
        let (acteur, nombre, motif) = journal.unwrap();
        assert_eq!((acteur.as_str(), nombre), ("administrateur.essai", 3));
        assert_eq!(motif, "activité par agent, du 01/04/2026 au 01/04/2026");
    }
}

#[tokio::test]
async fn le_radar_se_limite_a_un_portefeuille_et_un_agenda_le_relit_tant_que_son_adresse_vit() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let procedure = format!("/DMSA33/creances/{}/procedure", scene.cotisation);
        for (etape, jour) in [
            ("mise_en_demeure", "2026-03-16"),
            ("mise_en_demeure_recue", "2026-03-20"),
        ] {
            let reponse = agent.post(&procedure, &[("etape", etape), ("jour", jour)]).await;
            assert_eq!(reponse.etat, StatusCode::SEE_OTHER, "{}", reponse.corps);
        }
        let tout = corps(&mut agent, "/DMSA33/radar?jours=90").await;
        assert!(tout.contains("EARL du Ried"), "{tout}");
        let mien = "/DMSA33/radar?jours=90&suivi=moi";
        assert!(corps(&mut agent, mien).await.contains("Rien n’échoit"));

        let calendrier = "/DMSA33/radar/calendrier";
        assert!(!corps(&mut agent, calendrier).await.contains("Vous en avez une"));
        let adresses = |page: &str| -> Vec<String> {
            let codes = page.split("<code>").skip(1);
            codes
                .map(|suite| suite.split_once("</code>").unwrap().0)
                .map(|adresse| adresse[adresse.find("/DMSA33/").unwrap()..].to_owned())
                .collect()
        };
        let creee = agent.post(calendrier, &[]).await;
        assert_eq!(creee.etat, StatusCode::OK, "{}", creee.corps);
        let [siens, tous] = &adresses(&creee.corps)[..] else {
            panic!("deux adresses : {}", creee.corps)
        };
        let page = corps(&mut agent, calendrier).await;
        assert!(page.contains("Vous en avez une") && !page.contains(tous.as_str()));
        let mut agenda = Navigateur::anonyme(&scene.routeur, &scene.banc.db);
        let lu = agenda.get(tous).await;
        assert_eq!(lu.etat, StatusCode::OK, "{}", lu.corps);
        assert!(lu.corps.starts_with("BEGIN:VCALENDAR") && lu.corps.contains("BEGIN:VEVENT"));
        assert!(!lu.corps.contains("Ried"), "{}", lu.corps);
        let lu = agenda.get(siens).await;
        assert_eq!(lu.etat, StatusCode::OK);
        assert!(!lu.corps.contains("BEGIN:VEVENT"), "{}", lu.corps);
        let ried = scene.dossier.to_string();
        let confie = [("agent", "recouvrement.essai"), ("dossier", &*ried)];
        agir(&mut agent, "/DMSA33/oscar/confier", &confie).await;
        assert!(corps(&mut agent, mien).await.contains("EARL du Ried"));
        assert!(agenda.get(siens).await.corps.contains("BEGIN:VEVENT"));
        // Un autre service ne suit pas ce dossier.
        let mut cotisations = scene.agent(Role::Cotisations).await;
        let d_ailleurs = corps(
            &mut cotisations,
            "/DMSA33/radar?jours=90&suivi=recouvrement.essai",
        )
        .await;
        assert!(d_ailleurs.contains("Rien n’échoit"));

        let faux = tous.replace("/echeances.ics", "a/echeances.ics");
        assert_eq!(agenda.get(&faux).await.etat, StatusCode::NOT_FOUND);
        let remplacee = agent.post(calendrier, &[]).await;
        let neuve = &adresses(&remplacee.corps)[1];
        assert_eq!(agenda.get(tous).await.etat, StatusCode::NOT_FOUND);
        assert_eq!(agenda.get(neuve).await.etat, StatusCode::OK);
        let lectures: Result<i64, storage::Erreur> = lire!(scene.banc.db, |tx| {
            sql!(
            "SELECT COUNT(*) FROM acces_journal WHERE acteur = 'recouvrement.essai' AND action = 'consulter_dossier' \
             AND repere = 'adresse d’abonnement'"
        )
        .scalaire(tx)
        .await
        });
        assert_eq!(lectures.unwrap(), 4, "chaque lecture est au journal");
        for actif in [0, 1] {
            let regle: Result<u64, storage::Erreur> = ecrire!(scene.banc.db, |tx| sql!(
                "UPDATE agent SET actif = $1 WHERE identifiant = 'recouvrement.essai'"
            )
            .bind(actif)
            .executer(tx)
            .await);
            regle.unwrap();
            let attendu = if actif == 1 {
                StatusCode::OK
            } else {
                StatusCode::NOT_FOUND
            };
            assert_eq!(agenda.get(neuve).await.etat, attendu);
        }
        let fermee = agent.post(&format!("{calendrier}/fermer"), &[]).await;
        assert_eq!(fermee.etat, StatusCode::SEE_OTHER);
        assert_eq!(agenda.get(neuve).await.etat, StatusCode::NOT_FOUND);
    }
}
