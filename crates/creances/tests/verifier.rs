//! La preuve : chaque altération de la base est trouvée et nommée.
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]

mod commun;

use commun::{
    SIRETS, caisses, cotisation, csv, emettre_une, employeur, importer_texte, inscrire_un, jour, maintenant,
    nombre, verifiee,
};
use creances::creances::emettre;
use creances::encaissements::rembourser;
use creances::grand_livre::{Compte, Contrepartie, Ecriture, LotComptable, Mouvement};
use creances::{Bilan, Erreur, verifier};
use droit::Poste;
use storage::essais::Banc;
use storage::{ecrire, sql};
use valeurs::{DossierId, Montant};

/// Un employeur, deux créances, un paiement imputé, un qui excède et qu'on rembourse en partie, une contrepassation.
async fn histoire(banc: &Banc) -> DossierId {
    let d = inscrire_un(banc, employeur(0)).await;
    let janvier = emettre_une(banc, cotisation(d, 1, 30_000, 70_000)).await.unwrap();
    emettre_une(banc, cotisation(d, 2, 10_000, 20_000)).await.unwrap();
    let paiements = csv(&[
        ("10022026", SIRETS[0], "2026-01", "250.00", ""),
        ("12022026", SIRETS[0], "2026-01", "2000.00", ""),
    ]);
    importer_texte(banc, "p.csv", &paiements).await.unwrap();
    let r: Result<(), Erreur> = ecrire!(banc.db, |tx| {
        rembourser(
            tx,
            2,
            Some(Montant::de_centimes(5_000)),
            jour("2026-03-01"),
            "essai",
            "trop-perçu",
            maintenant(),
        )
        .await?;
        let frais = Mouvement::nouveau(
            creances::grand_livre::NatureMouvement::Frais,
            jour("2026-03-02"),
            "essai",
            None,
        )
        .debit(
            Compte::Creance {
                dossier: d,
                creance: janvier,
                poste: Poste::Frais,
                encaissement: None,
            },
            Montant::de_centimes(1_500),
        )
        .credit(
            Compte::Contrepartie {
                nature: Contrepartie::Emission,
                dossier: d,
            },
            Montant::de_centimes(1_500),
        );
        let ecritures = [
            Ecriture {
                compte: Compte::Creance {
                    dossier: d,
                    creance: janvier,
                    poste: Poste::Frais,
                    encaissement: None,
                },
                montant: Montant::de_centimes(1_500),
                raison: None,
            },
            Ecriture {
                compte: Compte::Contrepartie {
                    nature: Contrepartie::Emission,
                    dossier: d,
                },
                montant: Montant::de_centimes(-1_500),
                raison: None,
            },
        ];
        let lot = LotComptable {
            mouvements: vec![frais],
            ..LotComptable::default()
        };
        let id = lot.passer(tx, maintenant()).await?[0];
        let defait = Mouvement::contraire(id, &ecritures, jour("2026-03-03"), "essai", Some("erreur"));
        LotComptable {
            mouvements: vec![defait],
            ..LotComptable::default()
        }
        .passer(tx, maintenant())
        .await?;
        Ok(())
    });
    r.unwrap();
    d
}

async fn executer(banc: &Banc, textes: &[&'static str]) {
    let r: Result<(), storage::Erreur> = ecrire!(banc.db, |tx| {
        for texte in textes {
            sql!(*texte).executer(tx).await?;
        }
        Ok(())
    });
    r.unwrap();
}

async fn ouvrir_le_grand_livre(banc: &Banc) {
    if banc.db.moteur() == "sqlite" {
        let triggers = [
            "DROP TRIGGER ecriture_ajout_seul_maj",
            "DROP TRIGGER ecriture_ajout_seul_sup",
            "DROP TRIGGER mouvement_ajout_seul_maj",
        ];
        executer(banc, &triggers).await;
    } else {
        let triggers = [
            "DROP TRIGGER ecriture_ajout_seul ON ecriture",
            "DROP TRIGGER mouvement_ajout_seul ON mouvement",
        ];
        executer(banc, &triggers).await;
    }
}

fn lire(bilan: &Bilan) -> String {
    bilan
        .anomalies
        .iter()
        .map(|a| format!("{} {} : {}\n", a.code, a.objet, a.message))
        .collect()
}

#[tokio::test]
async fn une_caisse_saine_n_a_aucune_anomalie_et_l_argent_s_y_conserve() {
    for banc in caisses().await {
        assert_eq!(verifiee(&banc).await.mouvements, 0);
        histoire(&banc).await;
        let bilan = verifiee(&banc).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(serde_json::to_string(&bilan).unwrap());
        }
    }
}

#[tokio::test]
async fn chaque_alteration_d_un_solde_est_nommee_et_sa_reparation_reconnue() {
    for banc in caisses().await {
        histoire(&banc).await;
        let mut dites = String::new();
        for (alterer, reparer) in [
            (
                "UPDATE creance SET reste_part_ouvriere = reste_part_ouvriere + 100 WHERE id = 2",
                "UPDATE creance SET reste_part_ouvriere = reste_part_ouvriere - 100 WHERE id = 2",
            ),
            (
                "UPDATE creance SET montant_centimes = montant_centimes + 1 WHERE id = 1",
                "UPDATE creance SET montant_centimes = montant_centimes - 1 WHERE id = 1",
            ),
            (
                "UPDATE debiteur SET solde_centimes = solde_centimes - 7 WHERE id = 1",
                "UPDATE debiteur SET solde_centimes = solde_centimes + 7 WHERE id = 1",
            ),
            (
                "UPDATE debiteur SET branches = 2 WHERE id = 1",
                "UPDATE debiteur SET branches = 1 WHERE id = 1",
            ),
            (
                "UPDATE encaissement SET rac_centimes = rac_centimes + 5 WHERE id = 2",
                "UPDATE encaissement SET rac_centimes = rac_centimes - 5 WHERE id = 2",
            ),
            (
                "UPDATE encaissement SET montant_centimes = montant_centimes + 5 WHERE id = 1",
                "UPDATE encaissement SET montant_centimes = montant_centimes - 5 WHERE id = 1",
            ),
        ] {
            executer(&banc, &[alterer]).await;
            let bilan = verifier(&banc.db).await.unwrap();
            assert_eq!(bilan.nombre_anomalies, 1, "{alterer}");
            dites.push_str(&lire(&bilan));
            executer(&banc, &[reparer]).await;
            verifiee(&banc).await;
        }
        insta::allow_duplicates! {
            insta::assert_snapshot!(dites);
        }
    }
}

#[tokio::test]
async fn chaque_alteration_du_grand_livre_est_nommee_et_sa_reparation_reconnue() {
    for banc in caisses().await {
        histoire(&banc).await;
        ouvrir_le_grand_livre(&banc).await;
        let mut dites = String::new();
        for (alterer, reparer) in [
            // Un euro de plus sur une imputation.
            (
                "UPDATE ecriture SET montant_centimes = montant_centimes - 100 WHERE mouvement_id = 3 AND rang = 2",
                "UPDATE ecriture SET montant_centimes = montant_centimes + 100 WHERE mouvement_id = 3 AND rang = 2",
            ),
            (
                "UPDATE ecriture SET jour = '2020-01-01' WHERE mouvement_id = 3 AND rang = 1",
                "UPDATE ecriture SET jour = (SELECT jour FROM mouvement WHERE id = 3) WHERE mouvement_id = 3",
            ),
            // Une imputation qui ne dit plus quelle recette l'a payée.
            (
                "UPDATE ecriture SET encaissement_id = NULL WHERE mouvement_id = 3 AND rang = 2",
                "UPDATE ecriture SET encaissement_id = 1 WHERE mouvement_id = 3 AND rang = 2",
            ),
            (
                "UPDATE ecriture SET encaissement_id = 99 WHERE mouvement_id = 3 AND rang = 2",
                "UPDATE ecriture SET encaissement_id = 1 WHERE mouvement_id = 3 AND rang = 2",
            ),
            (
                "UPDATE ecriture SET creance_id = 99 WHERE mouvement_id = 3 AND rang = 2",
                "UPDATE ecriture SET creance_id = 1 WHERE mouvement_id = 3 AND rang = 2",
            ),
            (
                "UPDATE ecriture SET dossier_id = 99 WHERE mouvement_id = 3 AND rang = 2",
                "UPDATE ecriture SET dossier_id = 1 WHERE mouvement_id = 3 AND rang = 2",
            ),
            (
                "UPDATE ecriture SET poste = 'gateau' WHERE mouvement_id = 3 AND rang = 2",
                "UPDATE ecriture SET poste = 'part_ouvriere' WHERE mouvement_id = 3 AND rang = 2",
            ),
            // La contrepassation, équilibrée, ne défait plus le même poste.
            (
                "UPDATE ecriture SET poste = 'penalite' WHERE mouvement_id IN \
                 (SELECT id FROM mouvement WHERE contrepasse IS NOT NULL) AND poste = 'frais'",
                "UPDATE ecriture SET poste = 'frais' WHERE poste = 'penalite'",
            ),
        ] {
            executer(&banc, &[alterer]).await;
            let bilan = verifier(&banc.db).await.unwrap();
            assert!(bilan.nombre_anomalies > 0, "{alterer}");
            dites.push_str(&format!("{alterer}\n{}\n", lire(&bilan)));
            executer(&banc, &[reparer]).await;
            verifiee(&banc).await;
        }
        executer(
            &banc,
            &["DELETE FROM ecriture WHERE mouvement_id = 3 AND rang > 1"],
        )
        .await;
        dites.push_str(&format!(
            "une seule ligne reste\n{}\n",
            lire(&verifier(&banc.db).await.unwrap())
        ));
        executer(
            &banc,
            &["DELETE FROM ecriture WHERE encaissement_id = 1 OR creance_id = 2"],
        )
        .await;
        dites.push_str(&format!(
            "tout est effacé\n{}\n",
            lire(&verifier(&banc.db).await.unwrap())
        ));
        insta::allow_duplicates! {
            insta::assert_snapshot!(dites);
        }
    }
}

#[tokio::test]
async fn au_dela_de_mille_les_anomalies_se_comptent_sans_se_dire() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        let toutes: Vec<_> = (0..1_100)
            .map(|n| creances::creances::CreanceAEmettre {
                reference: format!("R{n}"),
                ..cotisation(d, 1, 100, 100)
            })
            .collect();
        let r: Result<Vec<i64>, Erreur> =
            ecrire!(banc.db, |tx| emettre(tx, &toutes, "essai", maintenant()).await);
        r.unwrap();
        executer(&banc, &["UPDATE creance SET reste_frais = 1"]).await;
        let bilan = verifier(&banc.db).await.unwrap();
        assert_eq!((bilan.nombre_anomalies, bilan.anomalies.len()), (1_100, 1_000));
        assert_eq!(nombre(&banc, "SELECT COUNT(*) FROM creance").await, 1_100);
    }
}
