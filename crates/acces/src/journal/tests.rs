//! Le journal sur les deux moteurs, et ce que voit la vérification quand on y touche.

use jiff::{SignedDuration, Timestamp};
use storage::essais::{Banc, bancs};
use storage::{Requete, ecrire};
use valeurs::DossierId;

use super::*;
use crate::actions::{ConsulterDossier, ConsulterJournal};
use crate::essais::{LUNDI, horloge};
use crate::{Erreur, MIGRATIONS, Objet, Permis};

fn lundi() -> Timestamp {
    LUNDI.parse().unwrap()
}

async fn acceder(banc: &Banc, n: i64) {
    for dossier in 1..=n {
        let objet = Objet::Dossier(DossierId::new(dossier));
        Permis::<ConsulterDossier>::operateur(&banc.db, &horloge(), "root", objet)
            .await
            .unwrap();
    }
}

async fn sceller(banc: &Banc, instant: Timestamp) -> u64 {
    sceller_journal(&banc.db, banc.dossier.path(), instant)
        .await
        .unwrap()
}

async fn verifier(banc: &Banc) -> Vec<Anomalie> {
    verifier_journal(&banc.db, banc.dossier.path()).await.unwrap()
}

async fn lancer(banc: &Banc, texte: &'static str) -> u64 {
    let r: Result<u64, storage::Erreur> = ecrire!(banc.db, |tx| Requete::nouvelle(texte).executer(tx).await);
    r.unwrap()
}

/// Ce que ferait qui tient le serveur : retirer les interdits, puis toucher aux lignes.
async fn forcer(banc: &Banc, texte: &'static str) {
    let interdits: &[&'static str] = if banc.db.moteur() == "sqlite" {
        &[
            "DROP TRIGGER IF EXISTS acces_journal_ajout_seul_maj",
            "DROP TRIGGER IF EXISTS acces_journal_ajout_seul_sup",
            "DROP TRIGGER IF EXISTS acces_scellement_ajout_seul_maj",
            "DROP TRIGGER IF EXISTS acces_scellement_ajout_seul_sup",
        ]
    } else {
        &[
            "DROP TRIGGER IF EXISTS acces_journal_ajout_seul ON acces_journal",
            "DROP TRIGGER IF EXISTS acces_scellement_ajout_seul ON acces_scellement",
        ]
    };
    for interdit in interdits {
        lancer(banc, interdit).await;
    }
    assert!(lancer(banc, texte).await > 0, "{texte}");
}

const INSERER_3: &str = "INSERT INTO acces_journal (id, quand_ms, acteur, role, action, dossier_id, nombre, resultat, motif, repere)
     VALUES (3, 0, 'a', 'b', 'c', NULL, 0, 'accorde', NULL, 'd')";

#[tokio::test]
async fn la_base_refuse_elle_meme_de_changer_le_journal() {
    for banc in bancs(MIGRATIONS).await {
        acceder(&banc, 1).await;
        sceller(&banc, lundi()).await;
        for texte in [
            "UPDATE acces_journal SET acteur = 'x'",
            "DELETE FROM acces_journal",
            "UPDATE acces_scellement SET nombre = 0",
            "DELETE FROM acces_scellement",
        ] {
            let r: Result<u64, storage::Erreur> =
                ecrire!(banc.db, |tx| Requete::nouvelle(texte).executer(tx).await);
            assert!(r.unwrap_err().to_string().contains("ajout seul"), "{texte}");
        }
    }
}

#[tokio::test]
async fn un_journal_intact_se_prouve_segment_apres_segment() {
    for banc in bancs(MIGRATIONS).await {
        assert_eq!(sceller(&banc, lundi()).await, 0);
        acceder(&banc, 3).await;
        assert_eq!(sceller(&banc, lundi()).await, 3);
        assert_eq!(sceller(&banc, lundi()).await, 0);
        acceder(&banc, 2).await;
        assert_eq!(sceller(&banc, lundi()).await, 2);
        assert_eq!(verifier(&banc).await, []);
        let tetes =
            std::fs::read_to_string(fichier_des_tetes(banc.dossier.path(), banc.db.caisse())).unwrap();
        assert_eq!(
            tetes
                .lines()
                .map(|l| l.split(' ').next().unwrap())
                .collect::<Vec<_>>(),
            ["1", "2"]
        );
    }
}

#[tokio::test]
async fn une_ligne_alteree_retiree_ou_inseree_est_nommee() {
    for banc in bancs(MIGRATIONS).await {
        acceder(&banc, 5).await;
        sceller(&banc, lundi()).await;
        forcer(&banc, "UPDATE acces_journal SET dossier_id = 99 WHERE id = 2").await;
        assert_eq!(verifier(&banc).await, [Anomalie::LigneAlteree { id: 2 }]);
        forcer(&banc, "DELETE FROM acces_journal WHERE id IN (2, 3)").await;
        assert_eq!(
            verifier(&banc).await,
            [Anomalie::LigneRetiree { id: 2 }, Anomalie::LigneRetiree { id: 3 }]
        );
        forcer(&banc, INSERER_3).await;
        assert_eq!(
            verifier(&banc).await,
            [Anomalie::LigneAlteree { id: 3 }, Anomalie::LigneRetiree { id: 2 }]
        );
    }
}

#[tokio::test]
async fn une_ligne_glissee_dans_un_trou_clos_est_inseree() {
    for banc in bancs(MIGRATIONS).await {
        acceder(&banc, 2).await;
        let _: Result<Vec<i64>, storage::Erreur> =
            ecrire!(banc.db, |tx| tx.reserver("acces_journal", 1).await);
        acceder(&banc, 2).await;
        sceller(&banc, lundi()).await;
        let plus_tard = lundi() + SignedDuration::from_hours(2);
        acceder(&banc, 1).await;
        sceller(&banc, plus_tard).await;
        assert_eq!(verifier(&banc).await, []);
        assert_eq!(lancer(&banc, INSERER_3).await, 1);
        assert_eq!(sceller(&banc, plus_tard).await, 0);
        assert_eq!(verifier(&banc).await, [Anomalie::LigneInseree { id: 3 }]);
    }
}

#[tokio::test]
async fn une_ligne_validee_apres_ses_suivantes_est_rattrapee() {
    for banc in bancs(MIGRATIONS).await {
        acceder(&banc, 2).await;
        let _: Result<Vec<i64>, storage::Erreur> =
            ecrire!(banc.db, |tx| tx.reserver("acces_journal", 1).await);
        acceder(&banc, 2).await;
        assert_eq!(sceller(&banc, lundi()).await, 4);
        assert_eq!(lancer(&banc, INSERER_3).await, 1);
        assert_eq!(verifier(&banc).await, [], "le trou est encore ouvert");
        assert_eq!(sceller(&banc, lundi() + SignedDuration::from_mins(1)).await, 1);
        assert_eq!(verifier(&banc).await, []);
        sceller(&banc, lundi() + SignedDuration::from_hours(2)).await;
        assert_eq!(verifier(&banc).await, []);
        forcer(&banc, "UPDATE acces_journal SET motif = 'x' WHERE id = 3").await;
        assert_eq!(verifier(&banc).await, [Anomalie::LigneAlteree { id: 3 }]);
    }
}

#[tokio::test]
async fn une_fin_coupee_se_voit_par_le_fichier_et_arrete_le_scelleur() {
    for banc in bancs(MIGRATIONS).await {
        acceder(&banc, 2).await;
        sceller(&banc, lundi()).await;
        acceder(&banc, 2).await;
        sceller(&banc, lundi()).await;
        forcer(&banc, "DELETE FROM acces_journal WHERE id > 2").await;
        forcer(&banc, "DELETE FROM acces_scellement WHERE rang = 2").await;
        assert_eq!(verifier(&banc).await, [Anomalie::FinTronquee { rang: 2 }]);
        acceder(&banc, 1).await;
        let refus = sceller_journal(&banc.db, banc.dossier.path(), lundi())
            .await
            .unwrap_err();
        assert!(matches!(refus, Erreur::ChaineRompue(a) if *a == Anomalie::FinTronquee { rang: 2 }));
    }
}

#[tokio::test]
async fn un_segment_retire_ou_altere_est_nomme() {
    for banc in bancs(MIGRATIONS).await {
        for _ in 0..3 {
            acceder(&banc, 2).await;
            sceller(&banc, lundi()).await;
        }
        forcer(
            &banc,
            "UPDATE acces_scellement SET scelle_le_ms = 0 WHERE rang = 2",
        )
        .await;
        assert_eq!(verifier(&banc).await, [Anomalie::SegmentAltere { rang: 2 }]);
        forcer(&banc, "DELETE FROM acces_scellement WHERE rang = 2").await;
        assert_eq!(verifier(&banc).await, [Anomalie::SegmentRetire { rang: 2 }]);
    }
}

#[tokio::test]
async fn une_chaine_refaite_contredit_le_fichier_des_tetes() {
    for banc in bancs(MIGRATIONS).await {
        acceder(&banc, 2).await;
        sceller(&banc, lundi()).await;
        // Qui aurait aussi la clé de la caisse et rescellerait tout autrement.
        forcer(&banc, "DELETE FROM acces_scellement").await;
        let fichier = fichier_des_tetes(banc.dossier.path(), banc.db.caisse());
        let tetes = std::fs::read(&fichier).unwrap();
        std::fs::remove_file(&fichier).unwrap();
        sceller(&banc, lundi() + SignedDuration::from_secs(1)).await;
        std::fs::write(&fichier, &tetes).unwrap();
        assert_eq!(verifier(&banc).await, [Anomalie::TeteDifferente { rang: 1 }]);
        std::fs::write(&fichier, "1 zz\n").unwrap();
        assert_eq!(verifier(&banc).await, [Anomalie::TetesIllisibles { ligne: 1 }]);
    }
}

#[tokio::test]
async fn une_tete_a_moitie_ecrite_est_reecrite() {
    for banc in bancs(MIGRATIONS).await {
        acceder(&banc, 1).await;
        sceller(&banc, lundi()).await;
        let fichier = fichier_des_tetes(banc.dossier.path(), banc.db.caisse());
        let entier = std::fs::read_to_string(&fichier).unwrap();
        std::fs::write(&fichier, &entier[..20]).unwrap();
        sceller(&banc, lundi()).await;
        assert_eq!(std::fs::read_to_string(&fichier).unwrap(), entier);
        assert_eq!(verifier(&banc).await, []);
    }
}

#[tokio::test]
async fn ecrivains_et_scelleurs_simultanes_ne_perdent_aucune_ligne() {
    for banc in bancs(MIGRATIONS).await {
        let mut taches = tokio::task::JoinSet::new();
        for ecrivain in 0..8_i64 {
            let db = banc.db.clone();
            taches.spawn(async move {
                for n in 0..20 {
                    let objet = Objet::Dossier(DossierId::new(ecrivain * 100 + n + 1));
                    Permis::<ConsulterDossier>::operateur(&db, &horloge(), "root", objet)
                        .await
                        .unwrap();
                }
            });
        }
        for _ in 0..2 {
            let (db, dossier) = (banc.db.clone(), banc.dossier.path().to_owned());
            taches.spawn(async move {
                for _ in 0..10 {
                    sceller_journal(&db, &dossier, lundi()).await.unwrap();
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
            });
        }
        taches.join_all().await;
        sceller(&banc, lundi()).await;
        assert_eq!(verifier(&banc).await, []);
        let scellees: Result<i64, storage::Erreur> = storage::lire!(banc.db, |tx| Requete::nouvelle(
            "SELECT CAST(SUM(nombre) AS BIGINT) FROM acces_scellement"
        )
        .scalaire(tx)
        .await);
        assert_eq!(scellees.unwrap(), 160);
    }
}

#[tokio::test]
async fn le_journal_se_filtre_et_se_parcourt_du_plus_recent() {
    for banc in bancs(MIGRATIONS).await {
        acceder(&banc, 5).await;
        let permis = Permis::<ConsulterJournal>::operateur(&banc.db, &horloge(), "dpo", Objet::Caisse)
            .await
            .unwrap();
        let lire = async |filtre: FiltreJournal, avant, taille| -> Vec<i64> {
            let lignes = consulter_journal(&banc.db, &permis, &filtre, avant, taille)
                .await
                .unwrap();
            lignes.into_iter().map(|l| l.id).collect()
        };
        let tout = FiltreJournal::default;
        assert_eq!(lire(tout(), None, 3).await, [6, 5, 4]);
        assert_eq!(lire(tout(), Some(4), 3).await, [3, 2, 1]);
        let acteur = |a: &str| FiltreJournal {
            acteur: Some(a.into()),
            ..tout()
        };
        assert_eq!(lire(acteur("operateur:root"), None, 2).await, [5, 4]);
        assert_eq!(lire(acteur("operateur:dpo"), None, 9).await, [6]);
        let dossier = FiltreJournal {
            dossier: Some(DossierId::new(2)),
            ..acteur("operateur:root")
        };
        assert_eq!(lire(dossier.clone(), None, 9).await, [2]);
        assert_eq!(
            lire(
                FiltreJournal {
                    acteur: Some("x".into()),
                    ..dossier
                },
                None,
                9
            )
            .await,
            [0_i64; 0]
        );
        let action = FiltreJournal {
            action: Some("consulter_journal".into()),
            ..tout()
        };
        assert_eq!(lire(action, None, 9).await, [6]);
        let jour = |du: &str, au: &str| FiltreJournal {
            du: Some(du.parse().unwrap()),
            au: Some(au.parse().unwrap()),
            ..tout()
        };
        assert_eq!(lire(jour("2026-03-02", "2026-03-02"), None, 9).await.len(), 6);
        assert_eq!(lire(jour("2026-03-03", "2026-03-09"), None, 9).await.len(), 0);
    }
}
