//! Plusieurs agents et plusieurs imports sur les mêmes dossiers au même instant, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]
#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "les centimes se lisent à part des euros"
)]

mod commun;
#[expect(dead_code, reason = "il n’en prend qu’une part")]
mod preuve;

use std::future::Future;

use commun::{
    IBANS, SIRETS, caisses, cotisation, csv, emettre_une, employeur, importer_texte, inscrire_un, jour,
    maintenant, nombre, restes,
};
use creances::Erreur;
use creances::creances::{Extinction, MajorationDue, emettre, eteindre, notifier};
use creances::dossiers::inscrire;
use creances::encaissements::{
    BilanFichier, Importateur, Placement, autre_paiement, classer, declasser, importer, rembourser, retenter,
    ventiler,
};
use droit::{Branche, Poste};
use jiff::civil::date;
use preuve::{Avis, admis, camt054, encaisse, ids, prouvee};
use storage::essais::Banc;
use storage::{Db, ecrire};
use valeurs::{DossierId, Montant};

/// Tâches lancées ensemble.
const TACHES: usize = 8;
/// Reprises des essais de course : une seule passe en trouve rarement une.
const PASSES: i64 = 12;

fn c(n: i64) -> Montant {
    Montant::de_centimes(n)
}

/// Lance toutes les tâches ensemble et rend leurs résultats, dans l'ordre.
async fn ensemble<F>(taches: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let lancees: Vec<_> = taches.into_iter().map(tokio::spawn).collect();
    let mut resultats = Vec::new();
    for tache in lancees {
        resultats.push(tache.await.unwrap());
    }
    resultats
}

/// Écrit un fichier dans le dossier du banc, et l'importe dans une tâche à part.
fn import(
    banc: &Banc,
    nom: &str,
    texte: &str,
) -> impl Future<Output = Result<BilanFichier, Erreur>> + Send + use<> {
    let chemin = banc.dossier.path().join(nom);
    std::fs::write(&chemin, texte).unwrap();
    let db = banc.db.clone();
    async move {
        importer(
            &Importateur {
                db: &db,
                auteur: "essai",
                maintenant: maintenant(),
            },
            &chemin,
        )
        .await
    }
}

async fn rembourser_une(db: Db, recette: i64, part: Option<i64>) -> Result<i64, Erreur> {
    let r: Result<Montant, Erreur> = ecrire!(db, |tx| {
        rembourser(
            tx,
            recette,
            part.map(c),
            date(2026, 7, 1),
            "essai",
            "trop-perçu",
            maintenant(),
        )
        .await
    });
    r.map(Montant::centimes)
}

async fn classer_une(db: Db, recette: i64, dossier: DossierId, part: Option<i64>) -> Result<i64, Erreur> {
    let r: Result<Montant, Erreur> = ecrire!(db, |tx| {
        let ou_ = Placement::Dossier(dossier, Branche::Cotisations);
        classer(tx, recette, ou_, part.map(c), "essai", None, maintenant()).await
    });
    r.map(Montant::centimes)
}

async fn declasser_une(db: Db, recette: i64) -> Result<i64, Erreur> {
    let r: Result<Montant, Erreur> = ecrire!(db, |tx| {
        declasser(
            tx,
            recette,
            date(2026, 7, 1),
            "essai",
            "mauvais dossier",
            maintenant(),
        )
        .await
    });
    r.map(Montant::centimes)
}

async fn eteindre_une(db: Db, creance: i64, extinction: Extinction) -> Result<i64, Erreur> {
    let r: Result<Montant, Erreur> = ecrire!(db, |tx| {
        eteindre(
            tx,
            creance,
            extinction,
            date(2026, 7, 1),
            "essai",
            "décision",
            maintenant(),
        )
        .await
    });
    r.map(Montant::centimes)
}

fn somme(resultats: impl IntoIterator<Item = Result<i64, Erreur>>) -> i64 {
    resultats.into_iter().filter_map(admis).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn des_imports_simultanes_qui_se_recouvrent_ne_comptent_rien_deux_fois() {
    for banc in caisses().await {
        for rang in 0..SIRETS.len() {
            let d = inscrire_un(&banc, employeur(rang)).await;
            emettre_une(&banc, cotisation(d, 1, 200_00, 300_00))
                .await
                .unwrap();
        }
        let ligne = |n: usize, iban: &'static str| {
            csv(&[(
                "15022026",
                SIRETS[n % 3],
                "2026-01",
                &format!("{}.00", n + 1),
                iban,
            )])
            .lines()
            .nth(1)
            .unwrap()
            .to_owned()
        };
        // Vingt lignes communes à tous, dix propres à chacun, dans un ordre propre à chacun.
        let fichiers: Vec<String> = (0..TACHES)
            .map(|f| {
                let mut lignes: Vec<String> = (0..20).map(|n| ligne(n, IBANS[1])).collect();
                lignes.extend((0..10).map(|n| ligne(100 + f * 10 + n, "")));
                let tour = f * 7 % lignes.len();
                lignes.rotate_left(tour);
                csv(&[]) + &lignes.join("\r\n") + "\r\n"
            })
            .collect();
        // Chaque fichier deux fois à la fois : un agent a cliqué deux fois.
        let imports = fichiers.iter().enumerate().flat_map(|(f, texte)| {
            [
                import(&banc, &format!("{f}a.csv"), texte),
                import(&banc, &format!("{f}b.csv"), texte),
            ]
        });
        let bilans = ensemble(imports).await;
        let attendu: i64 = (0..20)
            .chain(100..100 + 10 * TACHES)
            .map(|n| i64::try_from(n + 1).unwrap() * 100)
            .sum();
        let mut compte = 0;
        for b in bilans {
            let b = b.unwrap();
            assert_eq!((b.lus, b.imputes + b.en_rac + b.deja_connus), (30, 30));
            compte += b.montant_centimes;
        }
        assert_eq!(
            (compte, encaisse(&banc).await),
            (attendu, attendu),
            "{}",
            banc.db.moteur()
        );
        let tout = 20 + 10 * i64::try_from(TACHES).unwrap();
        assert_eq!(nombre(&banc, "SELECT COUNT(*) FROM encaissement").await, tout);
        assert_eq!(
            nombre(&banc, "SELECT COUNT(*) FROM fichier_importe WHERE termine = 0").await,
            0
        );
        prouvee(&banc).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn une_recette_classee_par_plusieurs_agents_n_est_placee_qu_une_fois() {
    for banc in caisses().await {
        let mut dossiers = Vec::new();
        for rang in 0..2 {
            let d = inscrire_un(&banc, employeur(rang)).await;
            emettre_une(&banc, cotisation(d, 1, 400_00, 600_00))
                .await
                .unwrap();
            dossiers.push(d);
        }
        importer_texte(
            &banc,
            "p.csv",
            &csv(&[("10022026", SIRETS[2], "2026-01", "100.00", "")]),
        )
        .await
        .unwrap();
        let recette = nombre(&banc, "SELECT id FROM encaissement").await;
        let par_trente =
            (0..TACHES).map(|n| classer_une(banc.db.clone(), recette, dossiers[n % 2], Some(30_00)));
        assert_eq!(somme(ensemble(par_trente).await), 90_00, "{}", banc.db.moteur());
        let le_reste = (0..TACHES).map(|n| classer_une(banc.db.clone(), recette, dossiers[n % 2], None));
        assert_eq!(somme(ensemble(le_reste).await), 10_00);
        let defaire = (0..TACHES).map(|_| declasser_une(banc.db.clone(), recette));
        assert_eq!(somme(ensemble(defaire).await), 100_00);
        let rendre = (0..TACHES).map(|_| rembourser_une(banc.db.clone(), recette, Some(40_00)));
        assert_eq!(somme(ensemble(rendre).await), 80_00);
        let bilan = prouvee(&banc).await;
        assert_eq!(
            (
                bilan.impute_centimes,
                bilan.rac_centimes,
                bilan.rembourse_centimes
            ),
            (0, 20_00, 80_00)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn une_creance_eteinte_par_plusieurs_agents_ne_l_est_qu_une_fois() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        let creance = emettre_une(&banc, cotisation(d, 1, 40_00, 60_00)).await.unwrap();
        let remises = (0..TACHES).map(|n| {
            let poste = if n % 2 == 0 {
                Poste::PartOuvriere
            } else {
                Poste::PartPatronale
            };
            let extinction = if n % 3 == 0 {
                Extinction::AnnulationPartielle(c(30_00))
            } else {
                Extinction::Remise(poste, c(30_00))
            };
            eteindre_une(banc.db.clone(), creance, extinction)
        });
        assert_eq!(somme(ensemble(remises).await), 90_00, "{}", banc.db.moteur());
        let totales = (0..TACHES).map(|n| {
            let extinction = if n % 2 == 0 {
                Extinction::AnnulationTotale
            } else {
                Extinction::Transfert
            };
            eteindre_une(banc.db.clone(), creance, extinction)
        });
        assert_eq!(somme(ensemble(totales).await), 10_00);
        assert_eq!(restes(&banc, creance).await, [0; 4]);
        prouvee(&banc).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn une_recette_rendue_pendant_que_son_debiteur_apparait_n_est_pas_aussi_imputee() {
    for banc in caisses().await {
        for passe in 0..PASSES {
            let matricule = format!("NEUF{passe:02}");
            let avis = Avis {
                reference: format!("R{passe}"),
                bout_en_bout: format!("E{passe}"),
                libelle: format!("COTISATIONS {matricule}"),
                centimes: 100_00,
                retour: false,
            };
            importer_texte(&banc, &format!("r{passe}.xml"), &camt054(&[avis]))
                .await
                .unwrap();
            let recette = nombre(&banc, "SELECT MAX(id) FROM encaissement").await;
            let db = banc.db.clone();
            let apparition = tokio::spawn(async move {
                let r: Result<u64, Erreur> = ecrire!(db, |tx| {
                    let mut neuf = employeur(50);
                    neuf.matricule = matricule.parse().unwrap();
                    let d = inscrire(&db, tx, &[neuf], date(2026, 1, 1)).await?[0];
                    emettre(tx, &[cotisation(d, 1, 40_00, 60_00)], "essai", maintenant()).await?;
                    retenter(&db, tx, &[d], "essai", maintenant()).await
                });
                r.unwrap()
            });
            let rendus = ensemble((0..4).map(|_| rembourser_une(banc.db.clone(), recette, None))).await;
            let places = apparition.await.unwrap();
            let rendu = somme(rendus);
            assert!(
                (rendu, places) == (100_00, 0) || (rendu, places) == (0, 1),
                "{rendu} rendu, {places} placée"
            );
            prouvee(&banc).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn un_prelevement_ne_revient_qu_une_fois() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        let creance = emettre_une(&banc, cotisation(d, 1, 4_000_00, 6_000_00))
            .await
            .unwrap();
        for passe in 0..PASSES {
            let avis = |reference: String, retour| Avis {
                reference,
                bout_en_bout: format!("E{passe}"),
                libelle: "PRELEVEMENT EMP000".to_owned(),
                centimes: 100_00,
                retour,
            };
            let paiement = camt054(&[avis(format!("P{passe}"), false)]);
            importer_texte(&banc, &format!("p{passe}.xml"), &paiement)
                .await
                .unwrap();
            let recette = nombre(&banc, "SELECT MAX(id) FROM encaissement").await;
            // Le même rejet dans deux fichiers, un autre rejet de la même opération, et un agent qui défait.
            let retours = ["A", "A", "B"].iter().enumerate().map(|(n, lettre)| {
                let texte = camt054(&[avis(format!("{lettre}{passe}"), true)])
                    .replace("<MsgId>M", &format!("<MsgId>M{n}"));
                import(&banc, &format!("retour{passe}-{n}.xml"), &texte)
            });
            let defaire = tokio::spawn(declasser_une(banc.db.clone(), recette));
            let rendre = tokio::spawn(rembourser_une(banc.db.clone(), recette, Some(1)));
            for bilan in ensemble(retours).await {
                bilan.unwrap();
            }
            admis(defaire.await.unwrap());
            admis(rendre.await.unwrap());
            let bilan = prouvee(&banc).await;
            assert_eq!(
                bilan.encaisse_centimes,
                -100_00 * (passe + 1),
                "{}",
                banc.db.moteur()
            );
        }
        assert_eq!(
            restes(&banc, creance).await,
            [4_000_00, 6_000_00, 0, 0],
            "tout est revenu"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn une_ligne_presumee_n_est_decidee_qu_une_fois() {
    for banc in caisses().await {
        let ligne = ("15022026", SIRETS[0], "2026-01", "100.00", IBANS[1]);
        importer_texte(&banc, "a.csv", &csv(&[ligne])).await.unwrap();
        importer_texte(
            &banc,
            "b.csv",
            &csv(&[ligne, ("16022026", SIRETS[0], "2026-01", "1.00", "")]),
        )
        .await
        .unwrap();
        let fichier = nombre(&banc, "SELECT fichier_id FROM ligne_presumee").await;
        let decisions = ensemble((0..TACHES).map(|_| {
            let db = banc.db.clone();
            async move {
                let r: Result<i64, Erreur> = ecrire!(db, |tx| autre_paiement(
                    &db,
                    tx,
                    "essai",
                    maintenant(),
                    fichier,
                    2
                )
                .await);
                r
            }
        }))
        .await;
        assert_eq!(
            decisions.into_iter().filter_map(admis).count(),
            1,
            "{}",
            banc.db.moteur()
        );
        assert_eq!(prouvee(&banc).await.encaisse_centimes, 201_00);
    }
}

/// Tout à la fois, plusieurs fois : imports, émissions, gestes d'agents sur les mêmes dossiers et les mêmes recettes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn dans_la_melee_rien_ne_se_perd_ni_ne_double() {
    for banc in caisses().await {
        let mut dossiers = Vec::new();
        for rang in 0..SIRETS.len() {
            let d = inscrire_un(&banc, employeur(rang)).await;
            emettre_une(&banc, cotisation(d, 1, 40_00, 60_00)).await.unwrap();
            dossiers.push(d);
        }
        let mut attendu = 0;
        for passe in 0..PASSES {
            let mois = i8::try_from(passe % 3 + 2).unwrap();
            let lignes: Vec<String> = (0..6).map(|n| format!("{}.{n:02}", 20 + passe)).collect();
            let imports: Vec<_> = (0..4_usize)
                .map(|f| {
                    let lignes: Vec<_> = lignes
                        .iter()
                        .enumerate()
                        .map(|(n, montant)| {
                            ("28032026", SIRETS[(n + f) % 3], "2026-01", montant.as_str(), "")
                        })
                        .collect();
                    import(&banc, &format!("m{passe}-{f}.csv"), &csv(&lignes))
                })
                .collect();
            // Le quatrième fichier a les lignes du premier : trois fois six paiements.
            attendu += 3 * (6 * (20 + passe) * 100 + 15);
            let recettes = ids(&banc, "SELECT id FROM encaissement ORDER BY id DESC LIMIT 6").await;
            let creances = ids(&banc, "SELECT id FROM creance ORDER BY id DESC LIMIT 3").await;
            let gestes: Vec<_> = recettes
                .iter()
                .enumerate()
                .map(|(n, &recette)| {
                    let (db, d) = (banc.db.clone(), dossiers[n % 3]);
                    let creance = creances[n % creances.len()];
                    tokio::spawn(async move {
                        admis(declasser_une(db.clone(), recette).await);
                        admis(classer_une(db.clone(), recette, d, Some(700)).await);
                        let part: Result<i64, Erreur> = ecrire!(db, |tx| {
                            ventiler(&db, tx, recette, c(300), "essai", None, maintenant()).await
                        });
                        if let Some(part) = admis(part) {
                            admis(classer_une(db.clone(), part, d, None).await);
                        }
                        admis(rembourser_une(db.clone(), recette, Some(100)).await);
                        let extinction = match n % 3 {
                            0 => Extinction::AnnulationTotale,
                            1 => Extinction::AnnulationPartielle(c(500)),
                            _ => Extinction::Remise(Poste::PartPatronale, c(500)),
                        };
                        admis(eteindre_une(db.clone(), creance, extinction).await);
                    })
                })
                .collect();
            let emissions: Vec<_> = dossiers
                .iter()
                .map(|&d| {
                    let db = banc.db.clone();
                    let mut creance = cotisation(d, mois, 40_00, 60_00);
                    creance.reference = format!("MELEE-{d}-{passe}");
                    tokio::spawn(async move {
                        let r: Result<u64, Erreur> = ecrire!(db, |tx| {
                            tx.verrouiller_dossiers(&[d.get()]).await?;
                            emettre(tx, std::slice::from_ref(&creance), "essai", maintenant()).await?;
                            retenter(&db, tx, &[d], "essai", maintenant()).await
                        });
                        r.unwrap();
                        let r: Result<Vec<MajorationDue>, Erreur> = ecrire!(db, |tx| {
                            tx.verrouiller_dossiers(&[d.get()]).await?;
                            let creances: Vec<(i64,)> =
                                storage::sql!("SELECT id FROM creance WHERE dossier_id = $1")
                                    .bind(d)
                                    .toutes(tx)
                                    .await?;
                            let creances: Vec<i64> = creances.into_iter().map(|c| c.0).collect();
                            notifier(tx, &creances, jour("2026-07-01"), "essai", maintenant()).await
                        });
                        admis(r);
                    })
                })
                .collect();
            for bilan in ensemble(imports).await {
                bilan.unwrap();
            }
            for geste in gestes.into_iter().chain(emissions) {
                geste.await.unwrap();
            }
            let bilan = prouvee(&banc).await;
            assert_eq!(bilan.encaisse_centimes, attendu, "{}", banc.db.moteur());
        }
    }
}
