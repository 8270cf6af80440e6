//! Les déclarations déposées et rapprochées par le vrai programme, dans tous les ordres, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]

#[expect(dead_code, reason = "il n’en prend qu’une part")]
mod programme;

use std::process::Stdio;
use std::time::{Duration, Instant};

use acces::essais::{Navigateur, Reponse};
use acces::{Caisse, Horloge, Maison, Role};
use axum::body::Body;
use axum::http::{StatusCode, header};
use dsn::{Ecrivain, Rubrique};
use programme::{CAISSE, Lieu, pareils};
use serde_json::Value;
use storage::{Resultat, lire, sql};

const SIRET: &str = "73282932000074";
const AUTRE: &str = "55210055400013";
/// Le plus long que le serveur puisse mettre à prendre un fichier arrivé.
const PATIENCE: Duration = Duration::from_secs(60);

/// Une déclaration à écrire.
#[derive(Clone)]
struct Dsn {
    siret: &'static str,
    genre: &'static str,
    ordre: u32,
    /// Cotisations de chaque individu : code, centimes.
    cotisations: Vec<(&'static str, i64)>,
    individus: u32,
    ordonne: i64,
}

impl Dsn {
    fn nouvelle(siret: &'static str) -> Self {
        Self {
            siret,
            genre: "01",
            ordre: 1,
            cotisations: vec![("075", 70_000), ("072", 20_000), ("018", -15_000)],
            individus: 1,
            ordonne: 75_000,
        }
    }

    fn total(&self) -> i64 {
        self.cotisations.iter().map(|c| c.1).sum::<i64>() * i64::from(self.individus)
    }
}

fn euros(centimes: i64) -> String {
    valeurs::Montant::de_centimes(centimes).en_point()
}

/// Un fichier d'un message, janvier 2026, dû le 15 février.
fn fichier(declarations: &[Dsn]) -> Vec<u8> {
    let mut e = Ecrivain::nouveau(Vec::new());
    let mut ecrire = |nom: &str, valeur: &str| e.rubrique(nom.parse::<Rubrique>().unwrap(), valeur).unwrap();
    for (nom, valeur) in [
        ("S10.G00.00.001", "PAIE"),
        ("S10.G00.00.002", "EDITEUR"),
        ("S10.G00.00.003", "1"),
        ("S10.G00.00.005", "02"),
        ("S10.G00.00.006", "P26V01"),
        ("S10.G00.00.007", "02"),
        ("S10.G00.00.008", "01"),
        ("S10.G00.01.001", "732829320"),
        ("S10.G00.01.002", "00074"),
        ("S10.G00.01.003", "CABINET"),
        ("S10.G00.02.001", "02"),
        ("S10.G00.02.002", "DUPONT"),
        ("S10.G00.02.004", "a@exemple.invalid"),
        ("S10.G00.02.005", "0102030405"),
    ] {
        ecrire(nom, valeur);
    }
    for d in declarations {
        ecrire("S20.G00.05.001", "01");
        ecrire("S20.G00.05.002", d.genre);
        ecrire("S20.G00.05.003", "11");
        ecrire("S20.G00.05.004", &d.ordre.to_string());
        ecrire("S20.G00.05.005", "01012026");
        ecrire("S20.G00.05.007", "10022026");
        ecrire("S20.G00.05.008", "01");
        ecrire("S21.G00.06.001", &d.siret[..9]);
        ecrire("S21.G00.06.002", &d.siret[9..]);
        ecrire("S21.G00.11.001", &d.siret[9..]);
        ecrire("S21.G00.11.005", "LIBOURNE");
        ecrire("S21.G00.20.001", CAISSE);
        ecrire("S21.G00.20.005", &euros(d.ordonne));
        ecrire("S21.G00.20.006", "01012026");
        ecrire("S21.G00.20.007", "31012026");
        ecrire("S21.G00.20.010", "02");
        ecrire("S21.G00.20.011", "15022026");
        for i in 0..d.individus {
            ecrire("S21.G00.30.001", &format!("1850233063{:03}", i % 900 + 1));
            ecrire("S21.G00.30.002", "D'ALMEIDA");
            ecrire("S21.G00.30.004", "Léa");
            ecrire("S21.G00.78.001", "03");
            ecrire("S21.G00.78.002", "01012026");
            ecrire("S21.G00.78.003", "31012026");
            for (code, centimes) in &d.cotisations {
                ecrire("S21.G00.81.001", code);
                ecrire("S21.G00.81.002", CAISSE);
                ecrire("S21.G00.81.004", &euros(*centimes));
            }
        }
    }
    e.fermer_message().unwrap();
    e.finir().unwrap()
}

fn poser(lieu: &Lieu, nom: &str, octets: &[u8]) -> String {
    let chemin = lieu.chemin().join(nom);
    std::fs::write(&chemin, octets).unwrap();
    chemin.to_str().unwrap().to_owned()
}

fn caisse(lieu: &Lieu) {
    lieu.lancer(&["caisse", "creer", "--caisse", CAISSE]).bien();
}

fn deposer(lieu: &Lieu, chemin: &str) -> Value {
    lieu.lancer(&["dsn", "deposer", "--caisse", CAISSE, "--format", "json", chemin])
        .objets()
        .remove(0)
}

/// Le rapprochement, sans les numéros que l'ordre d'arrivée donne aux preuves.
fn rapprocher(lieu: &Lieu, au: &str) -> Vec<Value> {
    let arguments = ["rapprocher", "--caisse", CAISSE, "--au", au, "--format", "json"];
    let mut lignes = lieu.lancer(&arguments).objets();
    for detail in lignes
        .iter_mut()
        .flat_map(|l| l["details"].as_array_mut().unwrap().iter_mut())
    {
        let preuves = detail["preuves"].as_array().unwrap().len();
        detail["preuves"] = preuves.into();
    }
    lignes
}

fn ecarts(lignes: &[Value]) -> Vec<String> {
    lignes
        .iter()
        .map(|l| {
            let slugs: Vec<&str> = l["ecarts"]
                .as_array()
                .unwrap()
                .iter()
                .map(|s| s.as_str().unwrap())
                .collect();
            format!(
                "{} {} {}",
                l["siret"].as_str().unwrap(),
                l["mois"].as_str().unwrap(),
                slugs.join(",")
            )
        })
        .collect()
}

/// Tous les ordres de `n` choses.
fn ordres(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    ordres(n - 1)
        .into_iter()
        .flat_map(|o| {
            (0..n).map(move |place| {
                let mut o = o.clone();
                o.insert(place, n - 1);
                o
            })
        })
        .collect()
}

#[tokio::test]
async fn aucun_ordre_d_arrivee_ne_change_le_resultat_ni_ne_debite_deux_fois() {
    let premiere = Dsn::nouvelle(SIRET);
    let seconde = Dsn {
        genre: "03",
        ordre: 2,
        cotisations: vec![("075", 80_000), ("072", 20_000), ("018", -15_000)],
        ordonne: 85_000,
        ..premiere.clone()
    };
    let original = fichier(&[premiere, Dsn::nouvelle(AUTRE)]);
    let remplacement = fichier(std::slice::from_ref(&seconde));
    let paiements = format!(
        "date;caisse;siret;periode;montant;mode;iban\n15022026;{CAISSE};{SIRET};2026-01;850.00;02;\n\
         15022026;{CAISSE};{AUTRE};2026-01;750.00;02;\n"
    );
    // La CSG de l'un a déjà été émise, autrement que par la DSN, et d'un autre montant.
    let creances = format!(
        "reference;siret;matricule;nom;regime;nature;periode;emise_le;exigible_le;part_ouvriere;part_patronale\n\
         CSG-1;{AUTRE};{AUTRE};Autre;employeur;cotisation:csg_crds_salaries;2026-01;2026-02-10;2026-02-15;190.00;0\n"
    );
    let mut attendu: Option<Vec<Value>> = None;
    for moteur in 0..2 {
        // Toutes les permutations sur SQLite ; quelques-unes sur PostgreSQL, plus lent à préparer.
        let choisies = ordres(4).into_iter().step_by(if moteur == 0 { 1 } else { 7 });
        for ordre in choisies {
            let lieu = if moteur == 0 {
                Lieu::sqlite()
            } else {
                Lieu::postgres().await
            };
            caisse(&lieu);
            let fichiers = [
                poser(&lieu, "original.dsn", &original),
                poser(&lieu, "remplacement.dsn", &remplacement),
                poser(&lieu, "paiements.csv", paiements.as_bytes()),
                poser(&lieu, "creances.csv", creances.as_bytes()),
            ];
            for &quoi in &ordre {
                let geste: &[&str] = match quoi {
                    0 | 1 => &["dsn", "deposer"],
                    2 => &["encaissements", "importer"],
                    _ => &["creances", "importer"],
                };
                let arguments = [geste, &["--caisse", CAISSE, &fichiers[quoi]]].concat();
                lieu.lancer(&arguments).bien();
            }
            let lignes = rapprocher(&lieu, "2026-06-30");
            assert_eq!(
                ecarts(&lignes),
                [
                    format!("{AUTRE} 2026-01 cai_different"),
                    format!("{SIRET} 2026-01 remplace")
                ],
                "{ordre:?}"
            );
            let compte = |matricule: &str| {
                let objets = lieu
                    .lancer(&[
                        "compte",
                        "--caisse",
                        CAISSE,
                        "--debiteur",
                        matricule,
                        "--format",
                        "json",
                    ])
                    .objets();
                (
                    objets[0]["du_centimes"].as_i64().unwrap(),
                    objets[0]["solde_centimes"].as_i64().unwrap(),
                )
            };
            // La DSN de SIRET est payée tout entière ; AUTRE doit sa CSG de 190 € au lieu de 200, et a payé 750 €.
            assert_eq!(compte(SIRET), (0, 0), "{ordre:?}");
            assert_eq!(compte(AUTRE), (0, -1_000), "{ordre:?}");
            lieu.lancer(&["verifier"]).bien();
            match &attendu {
                Some(attendu) => assert_eq!(&lignes, attendu, "{ordre:?}"),
                None => attendu = Some(lignes),
            }
            lieu.effacer().await;
        }
    }
    assert_eq!(seconde.total(), 85_000);
}

#[tokio::test]
async fn le_meme_fichier_ne_change_rien_ni_la_meme_declaration_dans_un_autre() {
    for lieu in Lieu::tous().await {
        caisse(&lieu);
        let un = poser(&lieu, "un.dsn", &fichier(&[Dsn::nouvelle(SIRET)]));
        let deux = poser(
            &lieu,
            "deux.dsn",
            &fichier(&[Dsn::nouvelle(SIRET), Dsn::nouvelle(AUTRE)]),
        );
        let premier = deposer(&lieu, &un);
        assert_eq!(
            (&premier["gardees"], &premier["creances_emises"]),
            (&1.into(), &2.into())
        );
        let avant = lieu.contenu().await;
        assert_eq!(deposer(&lieu, &un)["deja_connues"], 1);
        pareils(&lieu.contenu().await, &avant, "le même fichier");
        let second = deposer(&lieu, &deux);
        assert_eq!(
            (&second["gardees"], &second["deja_connues"]),
            (&1.into(), &1.into())
        );
        // Payé, et la DSN ne remplace plus rien : un néant annule, l'argent attend.
        let neant = Dsn {
            genre: "05",
            ordre: 9,
            individus: 0,
            ordonne: 0,
            ..Dsn::nouvelle(SIRET)
        };
        let neant = poser(&lieu, "neant.dsn", &fichier(&[neant]));
        assert_eq!(deposer(&lieu, &neant)["creances_annulees"], 2);
        assert_eq!(
            ecarts(&rapprocher(&lieu, "2026-02-10")),
            [format!("{AUTRE} 2026-01 "), format!("{SIRET} 2026-01 remplace")]
        );
        lieu.lancer(&["verifier"]).bien();
        lieu.effacer().await;
    }
}

#[tokio::test]
async fn ce_qu_on_ne_peut_pas_garder_est_refuse_sans_rien_ecrire() {
    let lieu = Lieu::sqlite();
    caisse(&lieu);
    let juste = fichier(&[Dsn::nouvelle(SIRET)]);
    let texte = String::from_utf8_lossy(&juste).into_owned();
    let faux = texte.replace("S21.G00.11.001,'00074'", "S21.G00.11.001,'00075'");
    let avant = lieu.contenu().await;
    let refus = [
        poser(&lieu, "photo.dsn", b"\xFF\xD8\xFF\xE0\0\x10JFIF"),
        poser(&lieu, "vide.dsn", b""),
        poser(&lieu, "tronque.dsn", &juste[..juste.len() / 2]),
        poser(
            &lieu,
            "sans_s90.dsn",
            texte.split("S90").next().unwrap().as_bytes(),
        ),
        poser(&lieu, "siret.dsn", faux.as_bytes()),
    ]
    .map(|chemin| {
        lieu.lancer(&["dsn", "deposer", "--caisse", CAISSE, &chemin])
            .refus()
    })
    .join("\n");
    insta::assert_snapshot!(refus);
    pareils(&lieu.contenu().await, &avant, "après des refus");
}

#[tokio::test]
async fn le_serveur_depose_ce_qui_arrive_et_dit_pourquoi_il_refuse() {
    let lieu = Lieu::sqlite();
    caisse(&lieu);
    let dossier = lieu.chemin().join("dsn").join(CAISSE);
    std::fs::create_dir_all(dossier.join("arrivees")).unwrap();
    std::fs::write(
        dossier.join("arrivees/janvier.dsn"),
        fichier(&[Dsn::nouvelle(SIRET)]),
    )
    .unwrap();
    std::fs::write(dossier.join("arrivees/photo.dsn"), b"\xFF\xD8\xFF\xE0").unwrap();
    std::fs::write(dossier.join("arrivees/encore.dsn.part"), b"S10").unwrap();
    let mut serveur = lieu
        .commande(&["servir", "--port", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let debut = Instant::now();
    let fini =
        || !dossier.join("arrivees/janvier.dsn").exists() && dossier.join("refuses/photo.dsn").exists();
    while !fini() && debut.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(100));
    }
    serveur.kill().unwrap();
    serveur.wait().unwrap();
    assert!(fini(), "rien n'a été pris en {PATIENCE:?}");
    assert!(dossier.join("arrivees/encore.dsn.part").exists());
    let pourquoi = std::fs::read_to_string(dossier.join("refuses/photo.dsn.txt")).unwrap();
    assert!(pourquoi.contains("ce n'est pas une DSN"), "{pourquoi}");
    assert_eq!(rapprocher(&lieu, "2026-02-10").len(), 1);
}

/// Envoie un fichier par une page.
async fn envoyer(agent: &mut Navigateur, chemin: &str, nom: &str, octets: &[u8]) -> Reponse {
    let entete = format!(
        "--LIMITE\r\ncontent-disposition: form-data; name=\"jeton\"\r\n\r\n{}\r\n--LIMITE\r\n\
         content-disposition: form-data; name=\"fichier\"; filename=\"{nom}\"\r\n\r\n",
        agent.jeton()
    );
    let corps = [entete.as_bytes(), octets, b"\r\n--LIMITE--\r\n"].concat();
    let demande = agent
        .demande("POST", chemin)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=LIMITE")
        .body(Body::from(corps))
        .unwrap();
    agent.envoyer(demande).await
}

#[tokio::test]
async fn ce_qu_un_agent_envoie_est_depose_sous_son_nom_et_ce_qu_il_importe_s_accorde_aussitot() {
    for lieu in Lieu::tous().await {
        caisse(&lieu);
        let arrivees = lieu.chemin().join("dsn").join(CAISSE).join("arrivees");
        // Le dossier d'un agent que la caisse ne connaît pas.
        std::fs::create_dir_all(arrivees.join("agent-inconnu")).unwrap();
        std::fs::write(
            arrivees.join("agent-inconnu/faux.dsn"),
            fichier(&[Dsn::nouvelle(SIRET)]),
        )
        .unwrap();
        let (db, horloge) = (lieu.ouvrir().await, Horloge::systeme());
        let servie = Caisse::preparer(db.clone(), lieu.chemin()).unwrap();
        let maison = Maison::nouvelle(vec![servie], horloge.clone(), "https://sillon.essai");
        let routeur = acces::routeur(sillon::routes(), maison);
        let mut agent = Navigateur::connecte(&routeur, &db, &horloge, Role::Cotisations).await;
        let mut serveur = lieu
            .commande(&["servir", "--port", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let octets = fichier(&[Dsn::nouvelle(AUTRE)]);
        let r = envoyer(&mut agent, "/DMSA33/dsn/depots", "janvier.dsn", &octets).await;
        assert_eq!(r.etat, StatusCode::SEE_OTHER, "{}", r.corps);
        let attendre = async |quoi: &str, sql: &'static str, attendu: &str| {
            let debut = Instant::now();
            loop {
                let lu: Resultat<Option<(String,)>> = lire!(db, |tx| sql!(sql).au_plus_une(tx).await);
                let lu = lu.unwrap().map(|l| l.0).unwrap_or_default();
                if lu == attendu {
                    return;
                }
                assert!(debut.elapsed() < PATIENCE, "{quoi} : « {lu} »");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        attendre(
            "déposé",
            "SELECT nom || ' ' || auteur || ' ' || CAST(octets_lus - octets AS TEXT) FROM dsn_depot WHERE termine = 1",
            "janvier.dsn cotisations.essai 0",
        )
        .await;
        // Une autre voie émet la CSG que la DSN avait émise, d'un autre montant : elle la remplace.
        let csv = format!(
            "reference;siret;matricule;nom;regime;nature;periode;emise_le;exigible_le;part_ouvriere;part_patronale\n\
             CSG-1;{AUTRE};{AUTRE};Autre;employeur;cotisation:csg_crds_salaries;2026-01;2026-02-10;2026-02-15;190.00;0\n"
        );
        let r = envoyer(&mut agent, "/DMSA33/creances/importer", "csg.csv", csv.as_bytes()).await;
        assert_eq!(r.etat, StatusCode::OK, "{}", r.corps);
        attendre(
            "accordé",
            "SELECT CAST(CAST(SUM(solde_centimes) AS BIGINT) AS TEXT) FROM debiteur",
            "74000",
        )
        .await;
        serveur.kill().unwrap();
        serveur.wait().unwrap();
        assert!(!arrivees.join("agent-cotisations.essai/janvier.dsn").exists());
        let refuse = arrivees.join("../refuses/agent-inconnu/faux.dsn.txt");
        let pourquoi = std::fs::read_to_string(refuse).unwrap();
        assert!(pourquoi.contains("identifiant d'un agent actif"), "{pourquoi}");
        db.fermer().await;
        lieu.lancer(&["verifier"]).bien();
        lieu.effacer().await;
    }
}

#[cfg(feature = "failpoints")]
#[tokio::test]
async fn un_depot_arrete_a_chaque_validation_se_reprend() {
    let grandes: Vec<Dsn> = (0..30)
        .map(|n| Dsn {
            individus: 60,
            ordre: n + 1,
            genre: if n < 2 { "01" } else { "03" },
            ordonne: 75_000 * 60,
            ..Dsn::nouvelle(if n % 2 == 0 { SIRET } else { AUTRE })
        })
        .collect();
    let octets = fichier(&grandes);
    for depart in Lieu::tous().await {
        caisse(&depart);
        let tranquille = depart.copier().await;
        deposer(&tranquille, &poser(&tranquille, "grand.dsn", &octets));
        let attendu = tranquille.contenu().await;
        tranquille.effacer().await;
        for point in ["avant_commit", "apres_commit"] {
            let mut k = 0;
            loop {
                let lieu = depart.copier().await;
                let chemin = poser(&lieu, "grand.dsn", &octets);
                let arret = lieu
                    .commande(&["dsn", "deposer", "--caisse", CAISSE, &chemin])
                    .env("FAILPOINTS", format!("{point}={k}*off->return"))
                    .output()
                    .unwrap();
                let seul = arret.status.code().is_some();
                deposer(&lieu, &chemin);
                lieu.lancer(&["verifier"]).bien();
                pareils(&lieu.contenu().await, &attendu, &format!("{point} {k}"));
                lieu.effacer().await;
                if seul {
                    break;
                }
                k += 1;
            }
            assert!(k >= 4, "{point} : {k} validations seulement");
        }
        depart.effacer().await;
    }
}
