//! L'import d'un fichier de créances : ce qu'il émet, ce qu'il refuse, ce qu'une reprise n'émet pas deux fois.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]
#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "en centimes, 12_34 se lit 12,34 €"
)]

use acces::{Horloge, Objet, Permis, actions};
use creances::Erreur;
use creances::creances::{BilanImport, Tri, importer, relire_fichier};
use creances::dossiers::{debiteur, debiteur_du_matricule, resume};
use creances::encaissements::Importateur;
use droit::Poste;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use storage::essais::{Banc, bancs};
use storage::{Db, Migration, lire, sql};

const AUJOURDHUI: Date = date(2026, 3, 15);
const EN_TETE: &str = "reference;matricule;siret;nir;nom;prenom;commune;code_commune;regime;nature;periode;debut;fin;\
                       emise_le;exigible_le;part_ouvriere;part_patronale;principal;cause;libelle";

fn maintenant() -> Timestamp {
    "2026-03-15T08:00:00Z".parse().unwrap()
}

async fn bases() -> Vec<Banc> {
    let migrations: Vec<Migration> = [acces::MIGRATIONS, creances::MIGRATIONS].concat();
    bancs(&migrations).await
}

async fn importer_octets(db: &Db, nom: &str, contenu: &[u8]) -> Result<BilanImport, Erreur> {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join(nom);
    std::fs::write(&chemin, contenu).unwrap();
    importer(db, &permis(db).await, AUJOURDHUI, &chemin).await
}

async fn permis(db: &Db) -> Permis<actions::ImporterCreances> {
    Permis::operateur(db, &Horloge::fixe(maintenant()), "essai", Objet::Caisse)
        .await
        .unwrap()
}

async fn importer_csv(db: &Db, lignes: &[&str]) -> Result<BilanImport, Erreur> {
    importer_octets(
        db,
        "creances.csv",
        format!("{EN_TETE}\n{}\n", lignes.join("\n")).as_bytes(),
    )
    .await
}

/// Combien la base tient de débiteurs, de créances, de mouvements.
async fn comptes(db: &Db) -> (i64, i64, i64) {
    let n: Result<_, Erreur> = lire!(db, |tx| {
        Ok((
            sql!("SELECT COUNT(*) FROM debiteur").scalaire(tx).await?,
            sql!("SELECT COUNT(*) FROM creance").scalaire(tx).await?,
            sql!("SELECT COUNT(*) FROM mouvement").scalaire(tx).await?,
        ))
    });
    n.unwrap()
}

const EMPLOYEUR: &str = "E-2026-01;3300002;73282932000074;;SCEA du Nœud;;Saint-Émilion;33394;employeur;\
                         cotisation:assurances_sociales;2026-01;;;2026-02-01;2026-02-15;60,00;40.5;;;\"Janvier ; 2026\"";
const INDU: &str = "I-1;3300001;;2 55 08 14 168 025 38;DUPONT;Élise;Bordeaux;33063;assure;indu:rsa;;2025-11-03;2025-12-31;\
                    2026-02-01;2026-03-01;;;1 250,00;Reprise d’activité;";

#[tokio::test]
async fn un_fichier_cree_les_debiteurs_et_emet_leurs_creances() {
    for banc in bases().await {
        let db = &banc.db;
        let bilan = importer_csv(db, &[EMPLOYEUR, INDU]).await.unwrap();
        assert_eq!(
            bilan,
            BilanImport {
                fichier: "creances.csv".to_owned(),
                lues: 2,
                emises: 2,
                deja_connues: 0,
                debiteurs_crees: 2,
                montant_centimes: 1_350_50,
            }
        );
        let permis = Permis::<actions::ConsulterDossier>::operateur(
            db,
            &Horloge::fixe(maintenant()),
            "essai",
            Objet::Caisse,
        )
        .await
        .unwrap();
        let lu: Result<(), Erreur> = lire!(db, |tx| {
            let id = debiteur_du_matricule(tx, &permis, &"3300001".parse().unwrap())
                .await?
                .unwrap();
            let d = debiteur(db, tx, &permis, id).await?.unwrap();
            assert_eq!(
                (d.nom.as_str(), d.prenom.as_str(), d.commune.as_str()),
                ("DUPONT", "Élise", "Bordeaux")
            );
            assert_eq!(d.nir.unwrap().as_str(), "2550814168025");
            let liste =
                creances::creances::creances(tx, &permis, id, AUJOURDHUI, Tri::default(), false).await?;
            let c = &liste[0];
            assert_eq!((c.reference.as_str(), c.montant.centimes()), ("I-1", 1_250_00));
            assert_eq!(c.periode, (date(2025, 11, 3), date(2025, 12, 31)));
            assert_eq!(c.libelle, "Indu : Revenu de solidarité active (RSA)");
            assert_eq!(c.cause.as_deref(), Some("Reprise d’activité"));
            let id = debiteur_du_matricule(tx, &permis, &"3300002".parse().unwrap())
                .await?
                .unwrap();
            let liste =
                creances::creances::creances(tx, &permis, id, AUJOURDHUI, Tri::default(), false).await?;
            let c = &liste[0];
            assert_eq!(c.libelle, "Janvier ; 2026");
            assert_eq!(c.periode, (date(2026, 1, 1), date(2026, 1, 31)));
            assert_eq!(c.reste_du_poste(Poste::PartOuvriere).centimes(), 60_00);
            assert_eq!(c.reste_du_poste(Poste::PartPatronale).centimes(), 40_50);
            assert_eq!((c.emise_le, c.exigible_le), (date(2026, 2, 1), date(2026, 2, 15)));
            Ok(())
        });
        lu.unwrap();
    }
}

#[tokio::test]
async fn csv_et_json_lines_disent_la_meme_chose() {
    let json = concat!(
        "\u{feff}{\"reference\":\"e-2026-01\",\"matricule\":\"3300002\",\"siret\":\"73282932000074\",\"nom\":\"SCEA du Nœud\",",
        "\"regime\":\"employeur\",\"nature\":\"cotisation:assurances_sociales\",\"periode\":\"2026-01\",",
        "\"emise_le\":\"2026-02-01\",\"exigible_le\":\"2026-02-15\",\"part_ouvriere\":60,\"part_patronale\":40.5,",
        "\"principal\":null,\"libelle\":\"Janvier ; 2026\"}\r\n\r\n",
    );
    for banc in bases().await {
        let db = &banc.db;
        importer_csv(db, &[EMPLOYEUR]).await.unwrap();
        let avant = comptes(db).await;
        let bilan = importer_octets(db, "creances.jsonl", json.as_bytes())
            .await
            .unwrap();
        assert_eq!(
            (
                bilan.lues,
                bilan.emises,
                bilan.deja_connues,
                bilan.debiteurs_crees
            ),
            (1, 0, 1, 0)
        );
        assert_eq!(comptes(db).await, avant);
    }
}

#[tokio::test]
async fn l_ordre_des_colonnes_et_le_bom_ne_comptent_pas() {
    let texte = "\u{feff}libelle;principal;exigible_le;emise_le;periode;nature;regime;nom;matricule;reference\r\n\
                 Atexa;12;2026-02-15;2026-02-01;2026;cotisation:atexa;non_salarie;PETIT;12;A1\r\n";
    for banc in bases().await {
        let bilan = importer_octets(&banc.db, "creances.csv", texte.as_bytes())
            .await
            .unwrap();
        assert_eq!((bilan.emises, bilan.montant_centimes), (1, 12_00));
    }
}

fn atexa(reference: usize, matricule: usize) -> String {
    format!(
        "A{reference};M{matricule};;;NOM {matricule};;Dax;;non_salarie;cotisation:atexa;2026-T1;;;2026-02-01;2026-02-15;;;\
         {}.25;;",
        reference + 1
    )
}

#[tokio::test]
async fn un_import_interrompu_se_reprend_sans_rien_emettre_deux_fois() {
    let lignes: Vec<String> = (0..2_300).map(|i| atexa(i, i % 700)).collect();
    let lignes: Vec<&str> = lignes.iter().map(String::as_str).collect();
    for banc in bases().await {
        let db = &banc.db;
        // Ce qu'un arrêt après le premier lot laisse : les mille premières lignes.
        let debut = importer_csv(db, &lignes[..1_000]).await.unwrap();
        let reprise = importer_csv(db, &lignes).await.unwrap();
        assert_eq!(
            (reprise.lues, reprise.emises, reprise.deja_connues),
            (2_300, 1_300, 1_000)
        );
        assert_eq!((debut.debiteurs_crees, reprise.debiteurs_crees), (700, 0));
        let total: i64 = (1..=2_300).map(|n| n * 100 + 25).sum();
        assert_eq!(debut.montant_centimes + reprise.montant_centimes, total);
        let encore = importer_csv(db, &lignes).await.unwrap();
        assert_eq!(
            (encore.emises, encore.deja_connues, encore.montant_centimes),
            (0, 2_300, 0)
        );
        assert_eq!(comptes(db).await, (700, 2_300, 2_300));
    }
}

#[tokio::test]
async fn une_recette_qui_attendait_trouve_la_creance_importee() {
    let recette =
        "date;caisse;siret;periode;montant;mode;iban\n10022026;DMSA33;73282932000074;2026-01;70.00;02;\n";
    for banc in bases().await {
        let db = &banc.db;
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("paiements.csv");
        std::fs::write(&chemin, recette).unwrap();
        let par = Importateur {
            db,
            auteur: "essai",
            maintenant: maintenant(),
        };
        assert_eq!(
            creances::encaissements::importer(&par, &chemin)
                .await
                .unwrap()
                .en_rac,
            1
        );
        importer_csv(db, &[EMPLOYEUR]).await.unwrap();
        let permis = Permis::<actions::ConsulterDossier>::operateur(
            db,
            &Horloge::fixe(maintenant()),
            "essai",
            Objet::Caisse,
        )
        .await
        .unwrap();
        let etat: Result<_, Erreur> = lire!(db, |tx| {
            let id = debiteur_du_matricule(tx, &permis, &"3300002".parse().unwrap())
                .await?
                .unwrap();
            resume(tx, &permis, id, AUJOURDHUI).await
        });
        let etat = etat.unwrap();
        assert_eq!((etat.solde.centimes(), etat.en_attente.centimes()), (30_50, 0));
        assert_eq!(etat.dernier_reglement.unwrap().montant.centimes(), 70_00);
    }
}

#[tokio::test]
async fn une_faute_dit_ou_quoi_et_que_faire_et_rien_n_est_ecrit() {
    let champ = |i: usize, valeur: &str| {
        let mut champs: Vec<String> = atexa(9, 9).split(';').map(str::to_owned).collect();
        champs[i] = valeur.to_owned();
        format!("{EN_TETE}\n{}\n{}\n", atexa(1, 1), champs.join(";")).into_bytes()
    };
    let lignes = |l: &[&str]| format!("{EN_TETE}\n{}\n", l.join("\n")).into_bytes();
    let (un, deux) = (atexa(1, 1), atexa(2, 1));
    let cas: Vec<(&str, Vec<u8>)> = vec![
        ("vide", Vec::new()),
        ("sans en-tête", un.clone().into_bytes()),
        ("colonne deux fois", b"reference;reference".to_vec()),
        (
            "colonne qui manque",
            b"reference;matricule;regime;emise_le;exigible_le".to_vec(),
        ),
        (
            "latin-1",
            lignes(&[&un]).into_iter().chain(*b"A2;M1;;;D\xe9").collect(),
        ),
        ("UTF-16", b"\xff\xfer\0e\0f\0".to_vec()),
        ("tronqué", lignes(&[&un, "A2;M1;;;NOM"])),
        ("guillemet ouvert", lignes(&["\"A2;M1"])),
        ("référence vide", champ(0, "")),
        ("référence longue", champ(0, &"R".repeat(41))),
        ("matricule", champ(1, "12-34")),
        ("personne", champ(1, "")),
        ("siret", champ(2, "73282932000075")),
        ("nir", champ(3, "255081416802539")),
        ("code de commune", champ(7, "3306")),
        ("régime", champ(8, "agricole")),
        ("nature", champ(9, "cotisation:essence")),
        ("nature du régime", champ(9, "indu:rsa")),
        ("période", champ(10, "2026-13")),
        ("sans période", champ(10, "")),
        ("deux périodes", champ(11, "2026-01-01")),
        ("date inexistante", champ(13, "2026-02-30")),
        ("date à la française", champ(14, "15/02/2026")),
        ("émission à venir", champ(13, "2026-03-16")),
        ("part ouvrière", champ(15, "12.00")),
        ("trois décimales", champ(17, "12.345")),
        ("montant nul", champ(17, "0")),
        ("montant négatif", champ(17, "-12,00")),
        ("montant absent", champ(17, "")),
        ("montant immense", champ(17, "99999999999999999999")),
        ("tabulation", champ(19, "a\tb")),
        ("référence répétée", lignes(&[&un, &un])),
        (
            "débiteur inconnu",
            lignes(&[&un, &deux.replace("M1;", "M2;").replace("NOM 1", "")]),
        ),
        ("JSON", b"{\"reference\":\"A1\"\n".to_vec()),
        ("clé JSON", b"{\"montant\":\"12\"}\n".to_vec()),
        ("valeur JSON", b"{\"principal\":[12]}\n".to_vec()),
        ("nombre JSON", b"{\"principal\":12345678901234567.89}\n".to_vec()),
    ];
    for banc in bases().await {
        let db = &banc.db;
        let mut messages = Vec::new();
        for (nom, contenu) in &cas {
            match importer_octets(db, "f.csv", contenu).await {
                Ok(bilan) => panic!("{nom} : {bilan:?}"),
                Err(e) => messages.push(format!("{nom} → {e}")),
            }
        }
        assert_eq!(comptes(db).await, (0, 0, 0));
        insta::allow_duplicates! {
            insta::assert_snapshot!(messages.join("\n"), @r"
            vide → f.csv, ligne 1, champ en-tête : le fichier est vide. Remède : vérifiez l’export qui l’a produit.
            sans en-tête → f.csv, ligne 1, champ en-tête : la colonne n° 1 n’est pas une colonne de créances. Remède : écrivez les noms de colonnes du guide, ou ôtez cette colonne.
            colonne deux fois → f.csv, ligne 1, champ en-tête : la colonne « reference » y est deux fois. Remède : gardez-en une.
            colonne qui manque → f.csv, ligne 1, champ en-tête : la colonne « nature » manque. Remède : ajoutez-la.
            latin-1 → f.csv, ligne 3, champ ligne : elle n’est pas en UTF-8. Remède : enregistrez le fichier en UTF-8.
            UTF-16 → f.csv, ligne 1, champ ligne : elle n’est pas en UTF-8. Remède : enregistrez le fichier en UTF-8.
            tronqué → f.csv, ligne 3, champ ligne : elle compte 5 champs, l’en-tête 20. Remède : vérifiez qu’elle est entière et que ses points-virgules sont entre guillemets.
            guillemet ouvert → f.csv, ligne 2, champ ligne : un guillemet n’est pas fermé. Remède : fermez-le, ou doublez-le s’il est du texte.
            référence vide → f.csv, ligne 3, champ reference : ce champ est obligatoire. Remède : remplissez-le.
            référence longue → f.csv, ligne 3, champ reference : il dépasse 40 caractères. Remède : raccourcissez-le.
            matricule → f.csv, ligne 3, champ matricule : le matricule compte de 1 à 14 chiffres ou lettres sans accent. Remède : recopiez-le sans ponctuation.
            personne → f.csv, ligne 3, champ matricule : ni matricule ni SIRET ne désigne le débiteur. Remède : donnez l’un des deux.
            siret → f.csv, ligne 3, champ siret : le SIRET est faux, sa clé de contrôle ne tombe pas juste. Remède : relisez les 14 chiffres.
            nir → f.csv, ligne 3, champ nir : la clé du NIR ne correspond pas au numéro. Remède : relisez ses 13 ou 15 caractères.
            code de commune → f.csv, ligne 3, champ code_commune : le code de commune est le code INSEE, pas le code postal. Remède : donnez ses 5 caractères, par exemple 33063.
            régime → f.csv, ligne 3, champ regime : code inconnu pour le régime : écrire l’un de employeur, non_salarie, solidarite, assure, professionnel_sante. Remède : écrivez l’un de ces codes.
            nature → f.csv, ligne 3, champ nature : code inconnu pour la famille de cotisation : écrire l’un de csg_crds, amexa, ij_amexa, vieillesse_base, invalidite, rco, atexa, allocations_familiales, formation, solidarite, assurances_sociales, accidents_travail, allocations_familiales_salaries, csg_crds_salaries, retraite_complementaire, assurance_chomage, formation_professionnelle, autres_cotisations. Remède : écrivez l’un de ces codes.
            nature du régime → f.csv, ligne 3, champ nature : une créance de cette nature ne peut pas être due par ce régime. Remède : corrigez l’un ou l’autre.
            période → f.csv, ligne 3, champ periode : le mois de la période doit être compris entre 01 et 12. Remède : écrivez 2026-01, 2026-T1 ou 2026.
            sans période → f.csv, ligne 3, champ periode : la période manque. Remède : donnez « periode », ou « debut » et « fin ».
            deux périodes → f.csv, ligne 3, champ periode : la période est donnée deux fois, par « periode » et par « debut » et « fin ». Remède : gardez l’une ou l’autre.
            date inexistante → f.csv, ligne 3, champ emise_le : cette date n’existe pas ou n’est pas écrite AAAA-MM-JJ. Remède : corrigez-la.
            date à la française → f.csv, ligne 3, champ exigible_le : cette date n’existe pas ou n’est pas écrite AAAA-MM-JJ. Remède : corrigez-la.
            émission à venir → f.csv, ligne 3, champ emise_le : cette date est à venir. Remède : importez la créance le jour de son émission, ou corrigez la date.
            part ouvrière → f.csv, ligne 3, champ part_ouvriere : seul un employeur doit des parts ouvrière et patronale. Remède : donnez « principal ».
            trois décimales → f.csv, ligne 3, champ principal : le montant a plus de deux décimales. Remède : arrondissez-le au centime.
            montant nul → f.csv, ligne 3, champ principal : le principal est nul. Remède : donnez un montant.
            montant négatif → f.csv, ligne 3, champ principal : un montant ne peut pas être négatif. Remède : annulez la créance d’origine.
            montant absent → f.csv, ligne 3, champ principal : le montant manque. Remède : donnez le principal, en euros.
            montant immense → f.csv, ligne 3, champ principal : le montant est trop grand. Remède : écrivez-le en euros, par exemple 1234.56.
            tabulation → f.csv, ligne 3, champ libelle : un caractère de contrôle s’y trouve. Remède : ôtez les tabulations et les sauts de ligne.
            référence répétée → f.csv, ligne 3, champ reference : la ligne 2 porte la même référence. Remède : ôtez l’une des deux lignes, ou changez sa référence.
            débiteur inconnu → f.csv, ligne 3, champ matricule : ce débiteur est inconnu de la caisse. Remède : corrigez-le, ou donnez le matricule et le nom pour que le débiteur soit créé.
            JSON → f.csv, ligne 1, champ ligne : ce n’est pas un objet JSON. Remède : écrivez un objet par ligne, entre accolades.
            clé JSON → f.csv, ligne 1, champ ligne : une de ses clés n’est pas une colonne de créances. Remède : écrivez les noms de colonnes du guide, ou ôtez cette clé.
            valeur JSON → f.csv, ligne 1, champ principal : ce n’est ni un texte ni un nombre. Remède : écrivez la valeur entre guillemets.
            nombre JSON → f.csv, ligne 1, champ principal : ce nombre a trop de chiffres pour être lu sans arrondi. Remède : écrivez-le entre guillemets.
            ");
        }
    }
}

#[tokio::test]
async fn un_fichier_qui_contredit_la_base_est_refuse_en_entier() {
    let employeur = |champs: &[(usize, &str)]| {
        let mut ligne: Vec<&str> = EMPLOYEUR.split(';').collect();
        for (i, valeur) in champs {
            ligne[*i] = valeur;
        }
        ligne.join(";")
    };
    let cas = [
        ("autre part", employeur(&[(15, "60,01")])),
        ("parts échangées", employeur(&[(15, "40.5"), (16, "60,00")])),
        ("autre échéance", employeur(&[(14, "2026-02-16")])),
        (
            "SIRET d'un autre",
            atexa(5, 5).replace(";M5;;", ";M5;73282932000074;"),
        ),
        (
            "deux débiteurs",
            EMPLOYEUR.replace("E-2026-01;3300002", "E-2;3300001"),
        ),
        (
            "SIRET inconnu",
            EMPLOYEUR.replace("E-2026-01;3300002;73282932000074", "E-3;;35600000000048"),
        ),
    ];
    for banc in bases().await {
        let db = &banc.db;
        importer_csv(db, &[EMPLOYEUR, INDU]).await.unwrap();
        let avant = comptes(db).await;
        let mut messages = Vec::new();
        for (nom, ligne) in &cas {
            // La faute est loin derrière un premier lot juste : rien de celui-ci n'est écrit non plus.
            let justes: Vec<String> = (100..1_200).map(|i| atexa(i, i)).collect();
            let lignes: Vec<&str> = justes.iter().chain([ligne]).map(String::as_str).collect();
            match importer_csv(db, &lignes).await {
                Ok(bilan) => panic!("{nom} : {bilan:?}"),
                Err(e) => messages.push(format!("{nom} → {e}")),
            }
            assert_eq!(comptes(db).await, avant, "{nom}");
        }
        insta::allow_duplicates! {
            insta::assert_snapshot!(messages.join("\n"), @r"
            autre part → creances.csv, ligne 1102, champ reference : une autre créance porte déjà cette référence. Remède : changez la référence, ou annulez la créance émise.
            parts échangées → creances.csv, ligne 1102, champ reference : une autre créance porte déjà cette référence. Remède : changez la référence, ou annulez la créance émise.
            autre échéance → creances.csv, ligne 1102, champ reference : une autre créance porte déjà cette référence. Remède : changez la référence, ou annulez la créance émise.
            SIRET d'un autre → creances.csv, ligne 1102, champ matricule : ce SIRET est celui d’un débiteur d’un autre matricule. Remède : corrigez l’un ou l’autre.
            deux débiteurs → creances.csv, ligne 1102, champ siret : le matricule et le SIRET sont ceux de deux débiteurs. Remède : corrigez l’un ou l’autre.
            SIRET inconnu → creances.csv, ligne 1102, champ siret : ce débiteur est inconnu de la caisse. Remède : corrigez-le, ou donnez le matricule et le nom pour que le débiteur soit créé.
            ");
        }
    }
}

#[tokio::test]
async fn le_siret_seul_designe_un_debiteur_connu_ou_que_le_fichier_apporte() {
    let seconde = EMPLOYEUR
        .replace("E-2026-01;3300002;", "E-2;;")
        .replace("SCEA du Nœud", "");
    let troisieme = EMPLOYEUR
        .replace("E-2026-01;3300002;", "E-3;;")
        .replace("SCEA du Nœud", "");
    for banc in bases().await {
        let db = &banc.db;
        let bilan = importer_csv(db, &[EMPLOYEUR, &seconde]).await.unwrap();
        assert_eq!((bilan.emises, bilan.debiteurs_crees), (2, 1));
        let bilan = importer_csv(db, &[&troisieme]).await.unwrap();
        assert_eq!((bilan.emises, bilan.debiteurs_crees), (1, 0));
        assert_eq!(comptes(db).await, (1, 3, 3));
    }
}

#[tokio::test]
async fn un_fichier_absent_le_dit() {
    for banc in bases().await {
        let chemin = banc.dossier.path().join("absent.csv");
        let erreur = importer(&banc.db, &permis(&banc.db).await, AUJOURDHUI, &chemin)
            .await
            .unwrap_err();
        assert!(matches!(erreur, Erreur::Fichier { .. }), "{erreur}");
        assert!(erreur.to_string().starts_with("absent.csv : "), "{erreur}");
    }
}

#[test]
fn une_relecture_sans_base_compte_les_lignes_justes() {
    let juste = format!("{EN_TETE}\n{}\n{}\n", atexa(1, 1), atexa(2, 2));
    assert_eq!(relire_fichier("f.csv", juste.as_bytes(), AUJOURDHUI).unwrap(), 2);
    let faux = juste.replace("non_salarie", "rentier");
    let refus = relire_fichier("f.csv", faux.as_bytes(), AUJOURDHUI).unwrap_err();
    assert!(
        refus.to_string().starts_with("f.csv, ligne 2, champ regime"),
        "{refus}"
    );
}

proptest! {
    #[test]
    fn aucune_rature_d_un_fichier_juste_ne_fait_paniquer_sa_relecture(
        ratures in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let lignes: Vec<String> = (1..4).map(|n| atexa(n, n)).collect();
        let mut octets = format!("{EN_TETE}\n{}\n", lignes.join("\n")).into_bytes();
        for (place, octet) in ratures {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        if let Ok(lues) = relire_fichier("f.csv", octets.as_slice(), AUJOURDHUI) {
            prop_assert!((1..=4).contains(&lues), "{lues}");
        }
    }
}
