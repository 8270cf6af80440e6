//! Une campagne que le vrai serveur émet, arrêté net à chacune de ses validations : relancé, il finit sans qu'une créance
//! ait deux actes ni qu'un acte manque. Se lance avec `--features failpoints`.
#![cfg(feature = "failpoints")]
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]

#[expect(dead_code, reason = "il n’en prend qu’une part")]
mod programme;

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use acces::essais::agent;
use acces::{Horloge, Objet, Permis, Role, actions};
use creances::creances::{CreanceAEmettre, Parts, emettre};
use creances::dossiers::{NouveauDebiteur, inscrire};
use droit::{Droit, FamilleCotisation, ModeEnvoi, Nature, Regime};
use jiff::ToSpan as _;
use jiff::civil::Date;
use programme::{CAISSE, Lieu};
use recouvrement::actes::{Atelier, Reglages, dossier, remettre, reprendre_adresses};
use recouvrement::campagnes::{NouvelleCampagne, avancer, ouvrir, reunir};
use storage::{Db, ecrire, lire, sql};
use valeurs::{DossierId, Montant};

const DEBITEURS: u32 = 30;
/// Le plus long qu'une campagne puisse mettre à finir, serveur relancé.
const PATIENCE: Duration = Duration::from_secs(120);

fn debiteur(n: u32) -> NouveauDebiteur {
    NouveauDebiteur {
        matricule: format!("CAMP{n:04}").parse().unwrap(),
        regime: Regime::NonSalarie,
        nom: format!("Débiteur {n}"),
        prenom: String::new(),
        siret: None,
        nir: None,
        commune: "Bordeaux".into(),
        code_commune: Some("33063".parse().unwrap()),
        code_agent: "A01".into(),
        code_tiers: "T01".into(),
        mode_paiement: "virement".into(),
        contacts: Vec::new(),
        ibans: Vec::new(),
    }
}

fn due(dossier: DossierId, aujourdhui: Date) -> CreanceAEmettre {
    let exigible_le = aujourdhui.saturating_sub(40.days());
    CreanceAEmettre {
        reference: format!("CAMP-{dossier}"),
        dossier,
        nature: Nature::Cotisation(FamilleCotisation::VieillesseBase),
        regime: Regime::NonSalarie,
        periode: (exigible_le, exigible_le),
        emise_le: exigible_le,
        exigible_le,
        libelle: "Cotisations".into(),
        cause: None,
        parts: Parts::Principal(Montant::de_centimes(50_000)),
    }
}

/// Une caisse dont une campagne de mises en demeure, réunie et approuvée, attend le serveur.
async fn approuvee(lieu: &Lieu) {
    lieu.lancer(&["caisse", "creer", "--caisse", CAISSE]).bien();
    let (db, horloge) = (lieu.ouvrir().await, Horloge::systeme());
    let (aujourdhui, maintenant) = (horloge.aujourdhui(), horloge.maintenant());
    let debiteurs: Vec<NouveauDebiteur> = (0..DEBITEURS).map(debiteur).collect();
    let peuplee: Result<(), recouvrement::Erreur> = ecrire!(db, |tx| {
        let dossiers = inscrire(&db, tx, &debiteurs, aujourdhui).await?;
        let dues: Vec<CreanceAEmettre> = dossiers.iter().map(|d| due(*d, aujourdhui)).collect();
        emettre(tx, &dues, "essai", maintenant).await?;
        let adresse: recouvrement::actes::AdressePostale =
            "1, rue des Lilas\n33000 Bordeaux".parse().unwrap();
        let adresses: Vec<_> = dossiers.iter().map(|d| (*d, adresse.clone())).collect();
        reprendre_adresses(&db, tx, &adresses, "essai", aujourdhui).await
    });
    peuplee.unwrap();
    recouvrement::procedure::constater(&db, aujourdhui).await.unwrap();
    Reglages::ecrire_un_exemple(&dossier(lieu.chemin(), db.caisse()), "MSA d’Essai").unwrap();
    let atelier = Atelier::ouvrir(lieu.chemin(), db.caisse()).unwrap();
    let permis: Permis<actions::PreparerCampagne> = Permis::operateur(&db, &horloge, "essai", Objet::Caisse)
        .await
        .unwrap();
    let nouvelle = NouvelleCampagne {
        acte: Droit::charger().acte("mise-en-demeure-cotisations").unwrap(),
        minimum: Montant::ZERO,
        envoi: ModeEnvoi::Recommande,
        signataire: "Camille Exemple".to_owned(),
    };
    let ouverte: Result<i64, recouvrement::Erreur> =
        ecrire!(db, |tx| ouvrir(tx, &permis, &atelier, &nouvelle, aujourdhui)
            .await);
    let id = ouverte.unwrap();
    while reunir(&db, &permis, &atelier, id, aujourdhui).await.unwrap() {}
    // Un agent l'approuve : c'est en son nom que le serveur émet.
    let approbateur = agent(&db, &horloge, Role::Recouvrement).await;
    let approuvee: Result<u64, storage::Erreur> = ecrire!(db, |tx| sql!(
        "UPDATE campagne SET etat = 'approuvee', decidee_le = $1, decidee_par = $2 WHERE id = $3"
    )
    .bind(maintenant.to_string())
    .bind(approbateur.as_str())
    .bind(id)
    .executer(tx)
    .await);
    assert_eq!(approuvee.unwrap(), 1);
    db.fermer().await;
}

/// Émet la campagne et remet ses actes : leur lot attend le serveur.
async fn emise_et_remise(lieu: &Lieu) {
    let db = lieu.ouvrir().await;
    let horloge = Horloge::systeme();
    let aujourdhui = horloge.aujourdhui();
    let atelier = Atelier::ouvrir(lieu.chemin(), db.caisse()).unwrap();
    let permis: Permis<actions::ComposerActe> = Permis::operateur(&db, &horloge, "essai", Objet::Caisse)
        .await
        .unwrap();
    let id = nombre(&db, "SELECT id FROM campagne").await;
    while !avancer(&db, &permis, &atelier, id, aujourdhui)
        .await
        .unwrap()
        .finie
    {}
    let permis: Permis<actions::ExpedierActes> = Permis::operateur(&db, &horloge, "essai", Objet::Caisse)
        .await
        .unwrap();
    assert_eq!(remettre(&db, &permis, aujourdhui).await.unwrap(), 30);
    db.fermer().await;
}

fn servir(lieu: &Lieu, points: Option<&str>) -> Child {
    lieu.commande(&["servir", "--port", "0"])
        .envs(points.map(|points| ("FAILPOINTS", points)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn nombre(db: &Db, texte: &'static str) -> i64 {
    let lu: Result<i64, storage::Erreur> = lire!(db, |tx| sql!(texte).scalaire(tx).await);
    lu.unwrap()
}

/// Attend que le serveur ait fini ou soit mort ; rend vrai s'il vit encore, la chose faite.
async fn attendre(serveur: &mut Child, db: &Db, reste: &'static str) -> bool {
    let debut = Instant::now();
    loop {
        if nombre(db, reste).await == 0 {
            return true;
        }
        if serveur.try_wait().unwrap().is_some() {
            return false;
        }
        assert!(debut.elapsed() < PATIENCE, "{reste}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn arreter(mut serveur: Child) {
    serveur.kill().unwrap();
    serveur.wait().unwrap();
}

const CAMPAGNES: &str = "SELECT COUNT(*) FROM campagne WHERE etat <> 'finie'";
const LOTS: &str = "SELECT COUNT(*) FROM lot_expedition WHERE ecrit = 0";

/// Ce qui doit être vrai quoi qu'il se soit passé : un acte, une étape et une majoration par créance.
async fn prouver(db: &Db) {
    for (texte, attendu) in [
        ("SELECT COUNT(*) FROM acte", 30),
        ("SELECT COUNT(DISTINCT creance_id) FROM acte_creance", 30),
        ("SELECT COUNT(*) FROM campagne_dossier WHERE etat = 'emis'", 30),
        ("SELECT COUNT(DISTINCT acte_id) FROM campagne_dossier", 30),
        (
            "SELECT COUNT(*) FROM fait_procedure WHERE etape = 'mise_en_demeure'",
            30,
        ),
        ("SELECT COUNT(*) FROM creance WHERE reste_majoration > 0", 30),
    ] {
        assert_eq!(nombre(db, texte).await, attendu, "{texte}");
    }
}

#[tokio::test]
async fn une_campagne_arretee_a_chaque_validation_finit_sans_acte_double_ni_manquant() {
    for depart in Lieu::tous().await {
        approuvee(&depart).await;
        for point in ["avant_commit", "apres_commit"] {
            let mut arrets = 0;
            for k in 0.. {
                let lieu = depart.copier().await;
                let db = lieu.ouvrir().await;
                let mut serveur = servir(&lieu, Some(&format!("{point}={k}*off->return")));
                let seul = attendre(&mut serveur, &db, CAMPAGNES).await;
                if !seul {
                    arrets += 1;
                    serveur = servir(&lieu, None);
                    assert!(attendre(&mut serveur, &db, CAMPAGNES).await, "{point} {k}");
                }
                arreter(serveur).await;
                prouver(&db).await;
                db.fermer().await;
                lieu.lancer(&["verifier"]).bien();
                lieu.effacer().await;
                if seul {
                    break;
                }
            }
            // L'habilitation, les numéros, les actes, la fin, au moins.
            assert!(arrets >= 4, "{point} : {arrets} arrêts seulement");
        }
        depart.effacer().await;
    }
}

#[tokio::test]
async fn une_expedition_arretee_a_chaque_validation_ecrit_chaque_acte_une_fois() {
    for depart in Lieu::tous().await {
        approuvee(&depart).await;
        emise_et_remise(&depart).await;
        let mut arrets = 0;
        for k in 0.. {
            let lieu = depart.copier().await;
            let db = lieu.ouvrir().await;
            let mut serveur = servir(&lieu, Some(&format!("avant_commit={k}*off->return")));
            let seul = attendre(&mut serveur, &db, LOTS).await;
            if !seul {
                arrets += 1;
                serveur = servir(&lieu, None);
                assert!(attendre(&mut serveur, &db, LOTS).await, "{k}");
            }
            arreter(serveur).await;
            let expeditions = dossier(lieu.chemin(), db.caisse()).join("expeditions");
            let lots: Vec<_> = std::fs::read_dir(&expeditions)
                .unwrap()
                .map(|e| e.unwrap().path())
                .collect();
            assert_eq!(lots.len(), 1, "{k} : {lots:?}");
            let bordereau = std::fs::read_to_string(lots[0].join("bordereau.csv")).unwrap();
            assert_eq!(bordereau.lines().count(), 31, "{k}");
            let documents = std::fs::read_dir(lots[0].join("recommande")).unwrap().count();
            assert_eq!(documents, 30, "{k}");
            db.fermer().await;
            lieu.effacer().await;
            if seul {
                break;
            }
        }
        assert!(arrets >= 1, "{arrets} arrêt seulement");
        depart.effacer().await;
    }
}
