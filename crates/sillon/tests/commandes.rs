//! La ligne de commande telle qu'une personne, ou un programme, la rencontre.
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]

#[expect(dead_code, reason = "il n’en prend qu’une part")]
mod programme;

use std::io::Write as _;
use std::time::{Duration, Instant};

use programme::{CAISSE, Lieu, Reponse, pareils, sillon};
use storage::{ecrire, lire, sql};

/// Le plus long qu'un fichier inutilisable puisse occuper la caisse : il se refuse sans être lu en entier.
const PATIENCE: Duration = Duration::from_secs(20);
const EN_TETE: &str = "date;caisse;siret;periode;montant;mode;iban\n";

/// Un message où les chemins jetables sont remplacés.
fn message(lieu: &Lieu, texte: &str) -> String {
    texte.replace(lieu.chemin().to_str().unwrap(), "DONNEES")
}

async fn siret_connu(lieu: &Lieu) -> String {
    let db = lieu.ouvrir().await;
    let siret: Result<String, storage::Erreur> = lire!(db, |tx| sql!(
        "SELECT d.siret FROM debiteur d JOIN creance c ON c.dossier_id = d.id \
         WHERE d.siret IS NOT NULL AND c.branche = 1 AND c.reste_centimes > 10000 ORDER BY d.siret LIMIT 1"
    )
    .scalaire(tx)
    .await);
    db.fermer().await;
    siret.unwrap()
}

#[tokio::test]
async fn la_meme_graine_fait_la_meme_caisse_sur_les_deux_moteurs() {
    let mut contenus = Vec::new();
    for lieu in Lieu::tous().await.into_iter().chain([Lieu::sqlite()]) {
        let annonces = lieu.faire_une_demo(30).objets();
        let [annonce] = annonces.as_slice() else {
            panic!("{annonces:?}")
        };
        assert_eq!(
            (&annonce["caisse"], &annonce["debiteurs"]),
            (&CAISSE.into(), &30.into())
        );
        let comptes = annonce["comptes"].as_array().unwrap();
        assert_eq!(comptes.len(), 6);
        for compte in comptes {
            for cle in ["service", "identifiant", "mot_de_passe", "secret_totp", "code"] {
                assert!(compte[cle].as_str().is_some_and(|t| !t.is_empty()), "{cle}");
            }
        }
        lieu.lancer(&["verifier"]).bien();
        contenus.push(lieu.contenu().await);
        lieu.effacer().await;
    }
    assert!(contenus[0].len() > 300, "{}", contenus[0].len());
    pareils(&contenus[1], &contenus[0], "PostgreSQL");
    pareils(&contenus[2], &contenus[0], "une seconde fois");
    let autre = Lieu::sqlite();
    autre
        .lancer(&[
            "demo",
            "--sans-serveur",
            "--graine",
            "2",
            "--debiteurs",
            "30",
            "--au",
            "2026-06-30",
        ])
        .bien();
    assert_ne!(autre.contenu().await, contenus[0], "une autre graine");
}

#[tokio::test]
async fn une_caisse_se_cree_une_fois() {
    for lieu in Lieu::tous().await {
        let creer = ["caisse", "creer", "--caisse", CAISSE, "--format", "json"];
        let creee = lieu.lancer(&creer).objets().remove(0);
        assert_eq!(
            (&creee["caisse"], &creee["administrateur"]),
            (&CAISSE.into(), &"administrateur".into())
        );
        assert!(creee["mot_de_passe_provisoire"].as_str().unwrap().len() >= 12);
        insta::allow_duplicates! {
            insta::assert_snapshot!(lieu.lancer(&creer).refus(), @"sillon : la caisse DMSA33 existe déjà : rien n'a été changé");
        }
        let bilan = lieu.lancer(&["verifier", "--format", "json"]).objets().remove(0);
        let mut cles: Vec<&String> = bilan.as_object().unwrap().keys().collect();
        cles.sort();
        let attendues = [
            "anomalies",
            "caisse",
            "encaisse_centimes",
            "impute_centimes",
            "mouvements",
            "nombre_anomalies",
            "rac_centimes",
            "rembourse_centimes",
        ];
        assert_eq!(cles, attendues);
        lieu.effacer().await;
    }
}

#[tokio::test]
async fn une_caisse_inconnue_sort_2_partout() {
    for lieu in Lieu::tous().await {
        let fichier = lieu.ecrire("p.csv", EN_TETE);
        let fichier = fichier.as_str();
        for arguments in [
            &["encaissements", "importer", "--caisse", "DMSA35", fichier][..],
            &["creances", "importer", "--caisse", "DMSA35", fichier],
            &["compte", "--caisse", "DMSA35", "--debiteur", "3300000000"],
            &["verifier", "--caisse", "DMSA35"],
            &["pilotage", "--caisse", "DMSA35"],
            &["agents", "lister", "--caisse", "DMSA35"],
            &[
                "agents",
                "creer",
                "--caisse",
                "DMSA35",
                "--nom",
                "Essai",
                "--service",
                "dpo",
                "essai",
            ],
            &["agents", "desactiver", "--caisse", "DMSA35", "essai"],
            &["agents", "reinitialiser", "--caisse", "DMSA35", "essai"],
        ] {
            let refus = lieu.lancer(arguments).refus();
            assert!(
                refus.contains("la caisse DMSA35 n'existe pas dans"),
                "{arguments:?} : {refus}"
            );
            assert!(
                refus.contains("sillon caisse creer --caisse DMSA35"),
                "{arguments:?} : {refus}"
            );
        }
        for arguments in [&["verifier"][..], &["servir", "--port", "0"]] {
            let refus = lieu.lancer(arguments).refus();
            assert!(refus.contains("aucune caisse"), "{arguments:?} : {refus}");
        }
        lieu.effacer().await;
    }
}

#[tokio::test]
async fn un_import_repond_par_un_objet_par_fichier_dont_les_nombres_s_ajoutent() {
    for lieu in Lieu::tous().await {
        lieu.faire_une_demo(30).bien();
        let siret = siret_connu(&lieu).await;
        let ligne = |caisse: &str, siret: &str, montant: &str| {
            format!("10062026;{caisse};{siret};2026-05;{montant};05;\n")
        };
        let texte = [
            EN_TETE,
            &ligne(CAISSE, &siret, "10.00"),
            &ligne(CAISSE, &siret, "10.00"),
            &ligne(CAISSE, "73282932000074", "20.50"),
            &ligne("DMSA35", &siret, "30.00"),
        ]
        .concat();
        let premier = lieu.ecrire("premier.csv", &texte);
        let second = lieu.ecrire("second.csv", &(texte + &ligne(CAISSE, &siret, "10.00")));
        let importer = [
            "encaissements",
            "importer",
            "--caisse",
            CAISSE,
            "--format",
            "json",
            &premier,
            &second,
        ];
        let sortie = lieu.lancer(&importer).bien();
        insta::allow_duplicates! {
            insta::assert_snapshot!(sortie, @r#"
            {"fichier":"premier.csv","lus":4,"imputes":2,"en_rac":1,"deja_connus":0,"autre_caisse":1,"montant_centimes":4050}
            {"fichier":"second.csv","lus":5,"imputes":1,"en_rac":0,"deja_connus":3,"autre_caisse":1,"montant_centimes":1000}
            "#);
        }
        for ligne in sortie.lines() {
            let bilan: serde_json::Value = serde_json::from_str(ligne).unwrap();
            let n = |cle: &str| bilan[cle].as_u64().unwrap();
            assert_eq!(
                n("lus"),
                n("imputes") + n("en_rac") + n("deja_connus") + n("autre_caisse")
            );
        }
        let texte = lieu
            .lancer(&["encaissements", "importer", "--caisse", CAISSE, &premier])
            .bien();
        insta::allow_duplicates! {
            insta::assert_snapshot!(
                texte.replace('\u{a0}', " "),
                @"premier.csv : 4 lus ; 0 imputés, 0 en RAC, 3 déjà connus, 1 d'une autre caisse ; 0,00 € nouvellement comptabilisés"
            );
        }
        lieu.effacer().await;
    }
}

/// Chaque fichier inutilisable est refusé avant toute écriture, en disant où, quoi, et que faire.
#[tokio::test]
async fn un_fichier_inutilisable_est_refuse_et_rien_n_est_ecrit() {
    for lieu in Lieu::tous().await {
        lieu.faire_une_demo(5).bien();
        let avant = lieu.contenu().await;
        let bonne = format!("10062026;{CAISSE};73282932000074;2026-05;20.50;05;\n");
        let avec = |mauvaise: &str| format!("{EN_TETE}{}{mauvaise}\n", bonne.repeat(1_500));
        let camt = include_str!("../../releves/tests/fichiers/camt053.xml");
        let fichiers = [
            ("vide.csv", String::new()),
            ("inconnu.txt", "bonjour".to_owned()),
            ("decimales.csv", avec(bonne.replace("20.50", "20.501").trim_end())),
            ("date.csv", avec(bonne.replace("10062026", "31062026").trim_end())),
            ("siret.csv", avec(bonne.replace("000074", "000075").trim_end())),
            ("caisse.csv", avec(bonne.replace(CAISSE, "DMSA99").trim_end())),
            ("colonnes.csv", avec("10062026;DMSA33")),
            ("tronque.xml", camt[..camt.len() * 2 / 3].to_owned()),
            (
                "total_faux.xml",
                camt.replace("<Sum>8408.42</Sum>", "<Sum>8408.43</Sum>"),
            ),
        ];
        let mut dits = String::new();
        for (nom, texte) in &fichiers {
            let chemin = lieu.ecrire(nom, texte);
            dits += &lieu
                .lancer(&["encaissements", "importer", "--caisse", CAISSE, &chemin])
                .refus();
        }
        // Latin-1 : « é » y est un seul octet, que l'UTF-8 ne connaît pas.
        let chemin = lieu.chemin().join("encodage.csv");
        std::fs::write(&chemin, [avec("").as_bytes(), b"10062026;\xe9"].concat()).unwrap();
        dits += &lieu
            .lancer(&[
                "encaissements",
                "importer",
                "--caisse",
                CAISSE,
                chemin.to_str().unwrap(),
            ])
            .refus();
        let absent = lieu.chemin().join("absent.csv");
        dits += &lieu
            .lancer(&[
                "encaissements",
                "importer",
                "--caisse",
                CAISSE,
                absent.to_str().unwrap(),
            ])
            .refus();
        insta::allow_duplicates! {
            insta::assert_snapshot!("un_fichier_inutilisable", message(&lieu, &dits));
        }
        pareils(&lieu.contenu().await, &avant, "rien n'est écrit");
        lieu.effacer().await;
    }
}

/// Un gigaoctet de n'importe quoi : refusé vite, sans prendre la mémoire. Le fichier est creux, il n'occupe rien.
#[tokio::test]
async fn un_gigaoctet_de_n_importe_quoi_est_refuse_aussitot() {
    let lieu = Lieu::sqlite();
    lieu.lancer(&["caisse", "creer", "--caisse", CAISSE]).bien();
    let avant = lieu.contenu().await;
    let camt = include_str!("../../releves/tests/fichiers/camt053.xml");
    let cfonb = include_bytes!("../../releves/tests/fichiers/cfonb120_minimal.txt");
    let premier_enregistrement = std::str::from_utf8(&cfonb[..121]).unwrap();
    let mut dits = String::new();
    for (nom, debut) in [
        ("zeros.bin", ""),
        ("en_tete.csv", EN_TETE),
        ("camt.xml", &camt[..camt.find("<Ntry>").unwrap()]),
        ("texte.xml", &camt[..camt.find("<MsgId>").unwrap() + 7]),
        ("cfonb.txt", premier_enregistrement),
    ] {
        let chemin = lieu.chemin().join(nom);
        let mut fichier = std::fs::File::create(&chemin).unwrap();
        fichier.write_all(debut.as_bytes()).unwrap();
        fichier.set_len(1 << 30).unwrap();
        let depart = Instant::now();
        let mut commande = lieu.commande(&[
            "encaissements",
            "importer",
            "--caisse",
            CAISSE,
            chemin.to_str().unwrap(),
        ]);
        dits += &Reponse::lire(&commande.output().unwrap()).refus();
        assert!(depart.elapsed() < PATIENCE, "{nom} : {:?}", depart.elapsed());
        std::fs::remove_file(&chemin).unwrap();
    }
    insta::assert_snapshot!(message(&lieu, &dits), @r"
    sillon : zeros.bin, ligne 1, champ fichier : ce n’est ni un camt.053, ni un camt.054, ni un relevé CFONB 120, ni un CSV de paiements. Remède : vérifiez le choix du fichier ; déposez-le décompressé et non converti.
    sillon : en_tete.csv, ligne 2, champ ligne : la ligne dépasse 4096 octets. Remède : vérifiez que le fichier n’a été ni converti ni ouvert dans un éditeur, et redemandez-le.
    sillon : camt.xml, ligne 39, champ document XML : un texte ou une balise dépasse 65536 octets. Remède : faites corriger le fichier par son émetteur.
    sillon : texte.xml, ligne 5, champ document XML : un texte ou une balise dépasse 65536 octets. Remède : faites corriger le fichier par son émetteur.
    sillon : cfonb.txt, ligne 2, champ ligne : la ligne dépasse 480 octets. Remède : vérifiez que le fichier n’a été ni converti ni ouvert dans un éditeur, et redemandez-le.
    ");
    pareils(&lieu.contenu().await, &avant, "rien n'est écrit");
}

#[tokio::test]
async fn le_compte_d_un_debiteur_se_lit_a_une_date() {
    for lieu in Lieu::tous().await {
        lieu.faire_une_demo(30).bien();
        let db = lieu.ouvrir().await;
        let debiteur: Result<(String, i64), storage::Erreur> = lire!(db, |tx| {
            sql!(
            "SELECT matricule, solde_centimes FROM debiteur WHERE solde_centimes > 0 ORDER BY matricule LIMIT 1"
        )
        .une(tx)
        .await
        });
        db.fermer().await;
        let (matricule, solde) = debiteur.unwrap();
        let compte = |au: &str| {
            let arguments = [
                "compte",
                "--caisse",
                CAISSE,
                "--debiteur",
                &matricule,
                "--au",
                au,
                "--format",
                "json",
            ];
            lieu.lancer(&arguments).objets()
        };
        let total = |objets: &[serde_json::Value]| {
            objets
                .iter()
                .find(|o| o["objet"] == "compte")
                .map(|o| o["solde_centimes"].as_i64().unwrap())
        };
        let aujourdhui = compte("2026-06-30");
        assert_eq!(total(&aujourdhui), Some(solde), "{aujourdhui:?}");
        let mouvements =
            |objets: &[serde_json::Value]| objets.iter().filter(|o| o["objet"] == "ligne").count();
        assert!(mouvements(&aujourdhui) > 0);
        let jadis = compte("2020-01-01");
        assert_eq!((mouvements(&jadis), total(&jadis)), (0, Some(0)), "{jadis:?}");
        let texte = lieu
            .lancer(&[
                "compte",
                "--caisse",
                CAISSE,
                "--debiteur",
                &matricule,
                "--au",
                "2026-06-30",
            ])
            .bien();
        assert!(
            texte.contains(&matricule) && texte.contains("au 30/06/2026"),
            "{texte}"
        );
        let inconnu = lieu
            .lancer(&["compte", "--caisse", CAISSE, "--debiteur", "9999999999"])
            .refus();
        insta::allow_duplicates! {
            insta::assert_snapshot!(inconnu, @"sillon : CRE-010 : aucun débiteur de ce matricule dans la caisse ; vérifiez-le, ou cherchez par nom");
        }
        lieu.effacer().await;
    }
}

#[tokio::test]
async fn verifier_sort_0_puis_1_quand_la_base_a_ete_alteree() {
    for lieu in Lieu::tous().await {
        lieu.faire_une_demo(10).bien();
        assert!(lieu.lancer(&["verifier"]).bien().contains("aucune anomalie"));
        let db = lieu.ouvrir().await;
        let r: Result<u64, storage::Erreur> = ecrire!(db, |tx| sql!(
            "UPDATE debiteur SET solde_centimes = solde_centimes + 1 WHERE id = 1"
        )
        .executer(tx)
        .await);
        assert_eq!(r.unwrap(), 1);
        db.fermer().await;
        let texte = lieu.lancer(&["verifier"]);
        assert_eq!(texte.code, Some(1), "{}", texte.erreurs);
        assert!(
            texte.sortie.contains("CRE-121 dossier 1 : solde de"),
            "{}",
            texte.sortie
        );
        let json = lieu.lancer(&["verifier", "--caisse", CAISSE, "--format", "json"]);
        assert_eq!(json.code, Some(1));
        let bilan: serde_json::Value = serde_json::from_str(json.sortie.trim()).unwrap();
        assert_eq!(
            (&bilan["nombre_anomalies"], &bilan["anomalies"][0]["code"]),
            (&1.into(), &"CRE-121".into())
        );
        lieu.effacer().await;
    }
}

#[tokio::test]
async fn le_pilotage_compare_les_caisses_et_chaque_table_a_les_memes_totaux() {
    for lieu in Lieu::tous().await {
        for caisse in ["DMSA33", "DMSA35"] {
            lieu.lancer(&[
                "demo",
                "--sans-serveur",
                "--caisse",
                caisse,
                "--debiteurs",
                "40",
                "--au",
                "2026-06-30",
            ])
            .bien();
        }
        let pilotage = |suite: &[&str]| {
            let arguments = [&["pilotage", "--format", "json"][..], suite].concat();
            lieu.lancer(&arguments).objets()
        };
        let somme = |lignes: &[serde_json::Value], champ: &str| -> i64 {
            lignes.iter().map(|ligne| ligne[champ].as_i64().unwrap()).sum()
        };
        let caisses = pilotage(&[]);
        let codes: Vec<&str> = caisses.iter().map(|l| l["caisse"].as_str().unwrap()).collect();
        assert_eq!(codes, ["DMSA33", "DMSA35"]);
        assert_ne!(caisses[0]["emis_centimes"], caisses[1]["emis_centimes"]);
        for ligne in &caisses {
            let du = somme(std::slice::from_ref(ligne), "emis_centimes")
                + ligne["majorations_centimes"].as_i64().unwrap();
            let sorti: i64 = ["encaisse", "annule", "remis", "non_valeur", "transfere", "reste"]
                .map(|champ| ligne[format!("{champ}_centimes")].as_i64().unwrap())
                .iter()
                .sum();
            assert_eq!(du, sorti, "{ligne}");
        }
        for par in ["annee", "nature"] {
            let lignes = pilotage(&["--par", par]);
            assert!(lignes.len() > 2, "{par}");
            for champ in ["creances", "emis_centimes", "encaisse_centimes", "reste_centimes"] {
                assert_eq!(somme(&lignes, champ), somme(&caisses, champ), "{par} {champ}");
            }
        }
        let etapes = pilotage(&["--par", "etape"]);
        assert_eq!(
            somme(&etapes, "reste_centimes"),
            somme(&caisses, "reste_centimes")
        );
        let une = pilotage(&["--caisse", "DMSA35"]);
        assert_eq!(une, caisses[1..]);
        assert!(
            caisses
                .iter()
                .all(|ligne| ligne["cout_de_100_euros_centimes"].is_null())
        );
        let reglages = lieu.chemin().join("actes/DMSA35/reglages.toml");
        let mut ecrits = std::fs::read_to_string(&reglages).unwrap();
        ecrits.push_str(
            "\n[cout]\nsimple = \"1,00\"\nrecommande = \"6,00\"\nlre = \"3,00\"\nsignification = \"60,00\"\n",
        );
        std::fs::write(&reglages, ecrits).unwrap();
        let couts: Vec<bool> = pilotage(&[])
            .iter()
            .map(|ligne| ligne["cout_de_100_euros_centimes"].is_i64())
            .collect();
        assert_eq!(couts, [false, true], "celle qui a dit ce que coûtent ses actes");
        let texte = lieu.lancer(&["pilotage"]).bien();
        assert_eq!(texte.lines().count(), 3, "{texte}");
        let csv = lieu
            .lancer(&["pilotage", "--format", "csv", "--par", "etape"])
            .bien();
        assert_eq!(csv.lines().next(), Some("caisse;etape;creances;reste_centimes"));
        assert_eq!(csv.lines().count(), etapes.len() + 1);
        lieu.effacer().await;
    }
}

const fn creer_un<'a>(nom: &'a str, service: &'a str, identifiant: &'a str) -> [&'a str; 9] {
    [
        "agents",
        "creer",
        "--caisse",
        CAISSE,
        "--nom",
        nom,
        "--service",
        service,
        identifiant,
    ]
}

#[tokio::test]
async fn les_comptes_des_agents_se_creent_se_ferment_et_se_reinitialisent() {
    for lieu in Lieu::tous().await {
        lieu.lancer(&["caisse", "creer", "--caisse", CAISSE]).bien();
        let creer = creer_un("Zoé d’Almeida", "dpo", "zoe.dpo");
        let provisoire = |reponse: Reponse| {
            reponse.objets()[0]["mot_de_passe_provisoire"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let premier = provisoire(lieu.lancer(&[&creer[..], &["--format", "json"]].concat()));
        let second = provisoire(lieu.lancer(&[
            "agents",
            "reinitialiser",
            "--caisse",
            CAISSE,
            "zoe.dpo",
            "--format",
            "json",
        ]));
        assert_ne!(premier, second);
        let liste = lieu.lancer(&["agents", "lister", "--caisse", CAISSE]).bien();
        insta::allow_duplicates! {
            insta::assert_snapshot!(liste, @r"
            administrateur           administrateur     actif     Premier administrateur
            zoe.dpo                  dpo                actif     Zoé d’Almeida
            ");
        }
        lieu.lancer(&["agents", "desactiver", "--caisse", CAISSE, "zoe.dpo"])
            .bien();
        let comptes = lieu
            .lancer(&["agents", "lister", "--caisse", CAISSE, "--format", "json"])
            .objets();
        let zoe = comptes.iter().find(|a| a["identifiant"] == "zoe.dpo").unwrap();
        assert_eq!((&zoe["actif"], &zoe["service"]), (&false.into(), &"dpo".into()));
        let refus = [
            lieu.lancer(&creer).refus(),
            lieu.lancer(&creer_un("A", "roi", "a.b")).refus(),
            lieu.lancer(&creer_un("A", "dpo", "a b")).refus(),
            lieu.lancer(&["agents", "desactiver", "--caisse", CAISSE, "personne"])
                .refus(),
            lieu.lancer(&["agents", "reinitialiser", "--caisse", CAISSE, "personne"])
                .refus(),
        ];
        insta::allow_duplicates! {
            insta::assert_snapshot!(refus.concat(), @r"
            sillon : un compte porte déjà cet identifiant : choisissez-en un autre, ou réactivez ce compte
            sillon : service inconnu : donnez prestations, cotisations, recouvrement, agence_comptable, dpo, administrateur
            sillon : l’identifiant compte de 2 à 64 caractères : lettres sans accent, chiffres, points, tirets, « _ » ou « @ »
            sillon : aucun compte ne porte cet identifiant dans cette caisse : vérifiez-le dans la liste des agents
            sillon : aucun compte ne porte cet identifiant dans cette caisse : vérifiez-le dans la liste des agents
            ");
        }
        assert!(
            !comptes.iter().any(|a| a.to_string().contains(&second)),
            "un mot de passe n'est imprimé qu'une fois"
        );
        lieu.effacer().await;
    }
}

/// Option, sinon environnement, sinon fichier `sillon.toml` du dossier des données.
#[test]
fn une_option_l_emporte_sur_l_environnement_qui_l_emporte_sur_le_fichier() {
    let [option, environnement, fichier] = [(); 3].map(|()| Lieu::sqlite());
    for (lieu, caisse) in [
        (&option, "DMSA33"),
        (&environnement, "DMSA35"),
        (&fichier, "DMSA24"),
    ] {
        lieu.lancer(&["caisse", "creer", "--caisse", caisse]).bien();
    }
    let reglages = tempfile::tempdir().unwrap();
    // Chaque caisse se reconnaît à son code ; les clés suivent le dossier des données.
    for lieu in [&option, &environnement, &fichier] {
        let cles = reglages.path().join("cles");
        std::fs::create_dir_all(&cles).unwrap();
        for entree in std::fs::read_dir(lieu.chemin().join("cles")).unwrap() {
            let entree = entree.unwrap();
            std::fs::copy(entree.path(), cles.join(entree.file_name())).unwrap();
        }
    }
    std::fs::write(
        reglages.path().join("sillon.toml"),
        format!("base = \"{}\"\n", fichier.adresse),
    )
    .unwrap();
    let caisse = |env: Option<&str>, option: Option<&str>| {
        let mut commande = sillon();
        commande.args([
            "verifier",
            "--format",
            "json",
            "--donnees",
            reglages.path().to_str().unwrap(),
        ]);
        commande.env("SILLON_DONNEES", "/nulle/part");
        if let Some(base) = env {
            commande.env("SILLON_BASE", base);
        }
        if let Some(base) = option {
            commande.args(["--base", base]);
        }
        Reponse::lire(&commande.output().unwrap()).objets()[0]["caisse"].clone()
    };
    assert_eq!(caisse(None, None), "DMSA24");
    assert_eq!(caisse(Some(&environnement.adresse), None), "DMSA35");
    assert_eq!(
        caisse(Some(&environnement.adresse), Some(&option.adresse)),
        "DMSA33"
    );
    std::fs::write(reglages.path().join("sillon.toml"), "bases = \"sqlite:x\"\n").unwrap();
    let refus = sillon()
        .args(["verifier", "--donnees", reglages.path().to_str().unwrap()])
        .output()
        .unwrap();
    let refus = Reponse::lire(&refus).refus();
    assert!(refus.contains("sillon.toml : réglage refusé"), "{refus}");
}

#[test]
fn les_arguments_inutilisables_sortent_2_sans_rien_imprimer() {
    let lieu = Lieu::sqlite();
    for arguments in [
        &[][..],
        &["danser"],
        &["verifier", "--format", "xml"],
        &["verifier", "--base", "mysql://ici"],
        &["encaissements", "importer", "--caisse", CAISSE],
        &[
            "compte",
            "--caisse",
            CAISSE,
            "--debiteur",
            "3300000000",
            "--au",
            "2026-02-30",
        ],
        &["demo", "--sans-serveur", "--debiteurs", "0"],
    ] {
        let refus = lieu.lancer(arguments).refus();
        assert!(refus.starts_with("sillon : "), "{arguments:?} : {refus}");
    }
    assert_eq!(
        std::fs::read_dir(lieu.chemin()).unwrap().count(),
        0,
        "rien n'a été créé"
    );
    let aide = lieu.lancer(&["--aide"]);
    assert_eq!((aide.code, aide.erreurs.as_str()), (Some(0), ""));
}

#[test]
fn un_delai_se_calcule_s_explique_et_se_refuse_sans_rien_creer() {
    let lieu = Lieu::sqlite();
    let demande = |suite: &[&str]| {
        let arguments: Vec<&str> = ["delais"].iter().chain(suite).copied().collect();
        lieu.lancer(&arguments)
    };
    let opposition = ["--regle", "opposition-contrainte", "--depuis", "2026-03-02"];
    insta::assert_snapshot!("delais_texte", demande(&opposition).bien());
    let ailleurs = [
        "--zone",
        "guadeloupe",
        "--residence",
        "etranger",
        "--format",
        "json",
    ];
    let [objet] = &demande(&[&opposition[..], &ailleurs[..]].concat()).objets()[..] else {
        panic!("un objet")
    };
    let champs = ["regle", "depuis", "zone", "residence", "echeance", "version"];
    let lus = champs.map(|champ| objet[champ].as_str().unwrap());
    let attendus = [
        "opposition-contrainte",
        "2026-03-02",
        "guadeloupe",
        "etranger",
        "2026-05-18",
        "opposition-contrainte@2020-01-01",
    ];
    assert_eq!(lus, attendus);
    let etapes = objet["etapes"].as_array().unwrap();
    assert!(
        etapes
            .iter()
            .all(|etape| etape["phrase"].is_string() && etape["articles"].is_array())
    );
    let regles = demande(&["--liste", "--format", "json"]).objets();
    for attendue in [
        "mise-en-demeure",
        "opposition-contrainte",
        "recours-cra",
        "recours-tribunal",
        "appel",
        "cassation",
    ] {
        assert!(
            regles.iter().any(|regle| regle["regle"] == attendue),
            "{attendue}"
        );
    }
    let csv = demande(&["--liste", "--format", "csv"]).bien();
    assert_eq!(csv.lines().count(), regles.len() + 1);
    let ancien = ["--regle", "rectification-indu", "--depuis", "2020-01-01"];
    for (refusee, dit) in [
        (&ancien[..], "aucune version connue"),
        (
            &["--regle", "opposition", "--depuis", "2026-03-02"],
            "opposition-contrainte",
        ),
        (
            &["--regle", "appel", "--depuis", "2026-03-02", "--format", "csv"],
            "ne rend pas de table",
        ),
    ] {
        let refus = demande(refusee).refus();
        assert!(refus.contains(dit), "{refus}");
    }
    assert_eq!(std::fs::read_dir(lieu.chemin()).unwrap().count(), 0);
}
