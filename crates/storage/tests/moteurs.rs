//! Les deux moteurs tiennent les mêmes promesses.

use storage::essais::bancs;
use storage::{Db, Erreur, Lot, Migration, Resultat, ecrire, lire, sql};

const SCHEMA: &[Migration] = &[Migration {
    nom: "essai/0001",
    texte: "
-- @sequence piece
CREATE TABLE debiteur (id INTEGER NOT NULL PRIMARY KEY) STRICT;
CREATE TABLE piece (
  id INTEGER NOT NULL PRIMARY KEY,
  texte TEXT,
  octets BLOB,
  n INTEGER
) STRICT;
-- @ajout_seul piece
CREATE TABLE total (n INTEGER NOT NULL) STRICT;
INSERT INTO total (n) VALUES (0);",
}];

#[derive(sqlx::FromRow, Debug, PartialEq)]
struct Piece {
    id: i64,
    texte: Option<String>,
    octets: Option<Vec<u8>>,
    n: Option<i64>,
}

#[tokio::test]
async fn un_lot_s_ecrit_et_se_relit_a_l_identique() {
    for banc in bancs(SCHEMA).await {
        let attendu: Vec<Piece> = (1..=777)
            .map(|i| Piece {
                id: i,
                texte: (i % 3 != 0).then(|| format!("pièce «{i}» '\"\\")),
                octets: (i % 4 != 0).then(|| vec![0, 255, u8::try_from(i % 256).unwrap()]),
                n: (i % 5 != 0).then_some(-i),
            })
            .collect();
        let lues: Resultat<Vec<Piece>> = ecrire!(banc.db, |tx| {
            let ids = tx.reserver("piece", attendu.len()).await?;
            Lot::nouveau()
                .entiers("id", ids.clone())
                .textes_opt("texte", attendu.iter().map(|p| p.texte.clone()))
                .octets("octets", attendu.iter().map(|p| p.octets.clone()))
                .entiers_opt("n", attendu.iter().map(|p| p.n))
                .executer(
                    tx,
                    "INSERT INTO piece (id, texte, octets, n) SELECT id, texte, octets, n FROM v",
                )
                .await?;
            Lot::nouveau()
                .entiers("id", ids)
                .toutes(
                    tx,
                    "SELECT piece.* FROM v CROSS JOIN piece WHERE piece.id = v.id ORDER BY piece.id",
                )
                .await
        });
        assert_eq!(lues.unwrap(), attendu, "{}", banc.db.moteur());
    }
}

#[tokio::test]
async fn une_table_en_ajout_seul_refuse_changement_et_effacement() {
    for banc in bancs(SCHEMA).await {
        let ajout: Resultat<u64> = ecrire!(banc.db, |tx| sql!("INSERT INTO piece (id) VALUES (1)")
            .executer(tx)
            .await);
        assert_eq!(ajout.unwrap(), 1);
        for texte in ["UPDATE piece SET n = 1", "DELETE FROM piece"] {
            let refus: Resultat<u64> = ecrire!(banc.db, |tx| sql!(texte).executer(tx).await);
            assert!(
                refus.unwrap_err().to_string().contains("ajout seul"),
                "{} : {texte}",
                banc.db.moteur()
            );
        }
    }
}

#[tokio::test]
async fn une_erreur_du_metier_n_ecrit_rien() {
    for banc in bancs(SCHEMA).await {
        let r: Resultat<()> = ecrire!(banc.db, |tx| {
            sql!("INSERT INTO piece (id) VALUES (1)").executer(tx).await?;
            Err(Erreur::AdresseInvalide)
        });
        assert!(matches!(r, Err(Erreur::AdresseInvalide)));
        assert_eq!(compter(&banc.db).await, 0);
    }
}

async fn compter(db: &Db) -> i64 {
    let n: Resultat<i64> = lire!(db, |tx| sql!("SELECT COUNT(*) FROM piece").scalaire(tx).await);
    n.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn des_ecrivains_concurrents_ne_se_perdent_pas() {
    for banc in bancs(SCHEMA).await {
        let taches: Vec<_> = (0..8)
            .map(|_| {
                let db = banc.db.clone();
                tokio::spawn(async move {
                    for _ in 0..25 {
                        let r: Resultat<u64> = ecrire!(db, |tx| {
                            tx.verrouiller_travail("total").await?;
                            let n: i64 = sql!("SELECT n FROM total").scalaire(tx).await?;
                            sql!("UPDATE total SET n = $1").bind(n + 1).executer(tx).await
                        });
                        r.unwrap();
                    }
                })
            })
            .collect();
        for t in taches {
            t.await.unwrap();
        }
        let n: Resultat<i64> = lire!(banc.db, |tx| sql!("SELECT n FROM total").scalaire(tx).await);
        assert_eq!(n.unwrap(), 200, "{}", banc.db.moteur());
    }
}

#[tokio::test]
async fn une_lecture_ne_peut_rien_ecrire() {
    for banc in bancs(SCHEMA).await {
        let r: Resultat<u64> = lire!(banc.db, |tx| sql!("INSERT INTO piece (id) VALUES (1)")
            .executer(tx)
            .await);
        assert!(r.is_err(), "{}", banc.db.moteur());
    }
}

#[tokio::test]
async fn une_caisse_s_ouvre_se_liste_et_ne_se_recree_pas() {
    for banc in bancs(SCHEMA).await {
        let cles = banc.dossier.path().join("cles");
        let caisse = banc.db.caisse();
        assert_eq!(banc.lieu.caisses().await.unwrap(), vec![caisse]);
        assert!(matches!(
            Db::creer(&banc.lieu, &cles, caisse, SCHEMA).await,
            Err(Erreur::CaisseExistante(_))
        ));
        assert!(Db::ouvrir(&banc.lieu, &cles, caisse, SCHEMA).await.is_ok());
        assert!(matches!(
            Db::ouvrir(&banc.lieu, &cles, "DMSA35".parse().unwrap(), SCHEMA).await,
            Err(Erreur::CaisseInconnue { .. })
        ));
        assert!(matches!(
            Db::ouvrir(&banc.lieu, &cles, caisse, &[]).await,
            Err(Erreur::MigrationInconnue(_))
        ));
    }
}

#[tokio::test]
async fn le_role_de_connexion_ne_lit_aucune_caisse_de_lui_meme() {
    let banc = bancs(SCHEMA).await.pop().unwrap();
    let pool = sqlx::PgPool::connect(&banc.adresse).await.unwrap();
    let refus = sqlx::query("SELECT * FROM caisse_dmsa33.piece")
        .fetch_all(&pool)
        .await;
    assert!(refus.unwrap_err().to_string().contains("permission denied"));
}

#[tokio::test]
async fn le_coffre_scelle_ouvre_et_detruit() {
    let banc = bancs(SCHEMA).await.swap_remove(0);
    let coffre = banc.db.coffre();
    let cle = coffre.cle(7).await.unwrap();
    let scelle = cle.sceller("debiteur.nir", "1850233063123").unwrap();
    assert_ne!(
        scelle,
        cle.sceller("debiteur.nir", "1850233063123").unwrap(),
        "le nonce change"
    );
    assert_eq!(
        coffre
            .cle(7)
            .await
            .unwrap()
            .desceller("debiteur.nir", &scelle)
            .unwrap(),
        "1850233063123"
    );
    assert!(
        cle.desceller("debiteur.iban", &scelle).is_err(),
        "une autre colonne"
    );
    assert!(
        coffre
            .cle(8)
            .await
            .unwrap()
            .desceller("debiteur.nir", &scelle)
            .is_err(),
        "un autre dossier"
    );
    coffre.detruire(7).await.unwrap();
    assert!(
        coffre
            .cle(7)
            .await
            .unwrap()
            .desceller("debiteur.nir", &scelle)
            .is_err(),
        "la clé est détruite"
    );
    assert_eq!(coffre.hacher("nir", "x"), coffre.hacher("nir", "x"));
    assert_ne!(coffre.hacher("nir", "x"), coffre.hacher("iban", "x"));
}

/// Un futur de `Db::ecrire` doit pouvoir vivre dans un serveur : ce test est à la compilation.
#[test]
fn une_ecriture_vit_dans_un_gestionnaire_axum() {
    async fn gestionnaire(axum::extract::State(db): axum::extract::State<Db>) -> String {
        let nom = String::from("emprunté");
        let r: Resultat<u64> = ecrire!(db, |tx| sql!("INSERT INTO piece (id, texte) VALUES (9, $1)")
            .bind(&nom)
            .executer(tx)
            .await);
        format!("{r:?}")
    }
    let _: axum::Router<Db> = axum::Router::new().route("/", axum::routing::get(gestionnaire));
}
