//! `sillon prelevements` : ses réglages, et l'émission arrêtée net à chaque validation, qui se reprend sans présenter deux fois
//! une mensualité. Se lance avec `--features failpoints`.
#![cfg(feature = "failpoints")]
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]

#[expect(dead_code, reason = "il n’en prend qu’une part")]
mod programme;

use std::fs;

use acces::{Horloge, Objet, Permis, actions};
use droit::Rythme;
use jiff::ToSpan as _;
use programme::{CAISSE, Lieu, Reponse};
use recouvrement::echeanciers::{Souhait, accorder};
use recouvrement::prelevements::{CompteAPrelever, NouveauMandat, noter_mandat};
use storage::{Db, ecrire, lire, sql};

const REGLAGES: &str = "\n[prelevement]\nnom = \"MSA d’Essai\"\nics = \"FR72ZZZ123456\"\n\
    iban = \"FR7630006000011234567890189\"\n";

/// Combien d'échéanciers se prélèvent.
const PLANS: usize = 3;

/// Des échéanciers d'une créance, payés chacun par son mandat.
async fn accorder_des_plans(db: &Db, horloge: &Horloge) {
    let permis = Permis::<actions::AccorderEcheancier>::operateur(db, horloge, "essai", Objet::Caisse)
        .await
        .unwrap();
    let mandataire = Permis::<actions::TenirMandat>::operateur(db, horloge, "essai", Objet::Caisse)
        .await
        .unwrap();
    let ouvertes: Result<Vec<(i64,)>, storage::Erreur> = lire!(db, |tx| sql!(
        "SELECT id FROM creance WHERE ouverte = 1 ORDER BY id"
    )
    .toutes(tx)
    .await);
    let au = horloge.aujourdhui();
    let mut accordes = 0;
    for (creance,) in ouvertes.unwrap() {
        let souhait = Souhait {
            creances: vec![creance],
            premiere: au + 10.days(),
            rythme: Rythme::Mensualites(3),
            clause_de_rupture: false,
        };
        let accorde: Result<i64, recouvrement::Erreur> =
            ecrire!(db, |tx| accorder(db, tx, &permis, &souhait, au).await);
        let Ok(plan) = accorde else { continue };
        let mandat = NouveauMandat {
            rum: format!("ESSAI-{plan}").parse().unwrap(),
            compte: CompteAPrelever::lire("FR1420041010050500013M02606", "", "Zoé d’Almeida").unwrap(),
            signe_le: au,
        };
        let note: Result<Option<()>, recouvrement::Erreur> =
            ecrire!(db, |tx| noter_mandat(db, tx, &mandataire, plan, &mandat, au)
                .await);
        assert!(note.unwrap().is_some());
        accordes += 1;
        if accordes == PLANS {
            return;
        }
    }
    panic!("trop peu de créances s'échelonnent");
}

fn emettre(lieu: &Lieu, jusqu_au: &str, points: &str) -> Reponse {
    let arguments = [
        "prelevements",
        "emettre",
        "--caisse",
        CAISSE,
        "--jusqu-au",
        jusqu_au,
        "--format",
        "json",
    ];
    let mut commande = lieu.commande(&arguments);
    if !points.is_empty() {
        commande.env("FAILPOINTS", points);
    }
    Reponse::lire(&commande.output().unwrap())
}

/// Les références de bout en bout des fichiers de la caisse, et le nombre d'inachevés.
fn remises(lieu: &Lieu) -> (Vec<String>, usize) {
    let (mut references, mut inacheves) = (Vec::new(), 0);
    let Ok(fichiers) = fs::read_dir(lieu.chemin().join("prelevements").join(CAISSE)) else {
        return (references, inacheves);
    };
    for fichier in fichiers {
        let chemin = fichier.unwrap().path();
        if chemin.extension().is_some_and(|e| e == "part") {
            inacheves += 1;
            continue;
        }
        let xml = fs::read_to_string(&chemin).unwrap();
        for suite in xml.split("<EndToEndId>").skip(1) {
            references.push(suite.split('<').next().unwrap().to_owned());
        }
    }
    references.sort();
    (references, inacheves)
}

#[tokio::test]
async fn une_emission_arretee_a_chaque_validation_se_reprend_et_ne_presente_rien_deux_fois() {
    for depart in Lieu::tous().await {
        depart.faire_une_demo(60).bien();
        let horloge = Horloge::systeme();
        let jusqu_au = (horloge.aujourdhui() + 20.days()).to_string();
        let sans_reglages = emettre(&depart, &jusqu_au, "").refus();
        assert!(
            sans_reglages.contains("reglages.toml ne dit pas qui prélève")
                && sans_reglages.contains("docs/prelevements.md"),
            "{sans_reglages}"
        );
        let reglages = depart.chemin().join("actes").join(CAISSE).join("reglages.toml");
        let exemple = fs::read_to_string(&reglages).unwrap();
        fs::write(&reglages, exemple.clone() + &REGLAGES.replace("FR72", "FR73")).unwrap();
        let ligne = exemple.lines().count() + 4;
        let faux = emettre(&depart, &jusqu_au, "").refus();
        assert!(
            faux.contains(&format!("reglages.toml, ligne {ligne} : ")),
            "{faux}"
        );
        fs::write(&reglages, exemple + REGLAGES).unwrap();
        for point in ["avant_commit", "apres_commit"] {
            let mut k = 0;
            loop {
                // Accordés dans la copie : PostgreSQL ne copie pas une base à laquelle on reste connecté.
                let lieu = depart.copier().await;
                let db = lieu.ouvrir().await;
                accorder_des_plans(&db, &horloge).await;
                db.fermer().await;
                let arret = emettre(&lieu, &jusqu_au, &format!("{point}={k}*off->return"));
                let fini = arret.code.is_some();
                if fini {
                    arret.bien();
                } else {
                    emettre(&lieu, &jusqu_au, "").bien();
                }
                let (mut references, inacheves) = remises(&lieu);
                references.dedup();
                assert_eq!((references.len(), inacheves), (PLANS, 0), "{point} {k}");
                assert_eq!(remises(&lieu).0.len(), PLANS, "{point} {k}");
                let [encore] = emettre(&lieu, &jusqu_au, "").objets().try_into().unwrap();
                assert_eq!(encore["prelevements"], 0);
                lieu.lancer(&["verifier"]).bien();
                lieu.effacer().await;
                if fini {
                    break;
                }
                k += 1;
            }
            // Le journal, ce qui est noté, puis le fichier écrit.
            assert!(k >= 3, "{point} : {k} validations seulement");
        }
        depart.effacer().await;
    }
}

#[test]
fn un_compte_rendu_qui_n_est_pas_de_la_caisse_est_refuse_et_dit_pourquoi() {
    let lieu = Lieu::sqlite();
    lieu.faire_une_demo(12).bien();
    let pas_un = lieu.ecrire("autre.xml", "<Document/>");
    let absent = lieu.chemin().join("absent.xml");
    let arguments = ["prelevements", "comptes-rendus", "--caisse", CAISSE];
    for (fichier, dit) in [
        (pas_un.as_str(), "n’est pas un compte rendu pain.002"),
        (absent.to_str().unwrap(), "ne s’ouvre pas"),
    ] {
        let refus = lieu.lancer(&[&arguments[..], &[fichier]].concat()).refus();
        assert!(refus.contains(dit), "{refus}");
    }
}
