//! Le compte adhérent individuel.
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]

mod commun;

use acces::actions::{ConsulterCai, ExporterCai};
use acces::{Action, Horloge, Objet, Permis};
use commun::{
    IBANS, SIRETS, caisses, cotisation, csv, emettre_une, employeur, importer_texte, inscrire_un, jour,
    maintenant, nombre, verifiee,
};
use creances::Erreur;
use creances::cai::{Cai, Sens, compte, csv as en_csv, xlsx};
use creances::creances::{Extinction, eteindre, notifier};
use creances::encaissements::{declasser, rembourser};
use droit::Poste;
use jiff::civil::Date;
use proptest::prelude::*;
use storage::essais::Banc;
use storage::{ecrire, lire};
use valeurs::{DossierId, Montant};

async fn permis<A: Action>(banc: &Banc, objet: Objet) -> Permis<A> {
    Permis::operateur(&banc.db, &Horloge::fixe(maintenant()), "essai", objet)
        .await
        .unwrap()
}

async fn lire_compte(banc: &Banc, dossier: DossierId, au: Date) -> Cai {
    let permis = permis::<ConsulterCai>(banc, Objet::Dossier(dossier)).await;
    let cai: Result<Cai, Erreur> = lire!(banc.db, |tx| compte(tx, &permis, dossier, au).await);
    cai.unwrap()
}

/// Deux mois, une régularisation, des majorations, un paiement en trop rendu en partie, une annulation.
async fn histoire(banc: &Banc) -> DossierId {
    let mut debiteur = employeur(0);
    debiteur.nom = "=EARL Brûlé & Fils".into();
    let d = inscrire_un(banc, debiteur).await;
    let janvier = emettre_une(banc, cotisation(d, 1, 30_000, 70_000)).await.unwrap();
    let fevrier = emettre_une(banc, cotisation(d, 2, 10_000, 20_000)).await.unwrap();
    let mut suite = cotisation(d, 2, 1_000, 0);
    suite.reference = "=COT+1".into();
    suite.emise_le = jour("2026-03-10");
    emettre_une(banc, suite).await.unwrap();
    let r: Result<(), Erreur> = ecrire!(banc.db, |tx| {
        let partielle = Extinction::AnnulationPartielle(Montant::de_centimes(3_000));
        eteindre(
            tx,
            fevrier,
            partielle,
            jour("2026-03-05"),
            "agent",
            "salarié compté deux fois",
            maintenant(),
        )
        .await?;
        notifier(tx, &[janvier], jour("2026-03-20"), "agent", maintenant()).await?;
        Ok(())
    });
    r.unwrap();
    let paiements = csv(&[
        ("10032026", SIRETS[0], "2026-01", "250.00", IBANS[1]),
        ("25032026", SIRETS[0], "2026-02", "1500.00", IBANS[1]),
    ]);
    importer_texte(banc, "p.csv", &paiements).await.unwrap();
    let r: Result<Montant, Erreur> = ecrire!(banc.db, |tx| rembourser(
        tx,
        2,
        Some(Montant::de_centimes(10_000)),
        jour("2026-03-30"),
        "agent",
        "trop-perçu; rendu",
        maintenant()
    )
    .await);
    r.unwrap();
    d
}

#[tokio::test]
async fn le_compte_se_lit_en_csv_par_periode_et_famille() {
    for banc in caisses().await {
        let d = histoire(&banc).await;
        let cai = lire_compte(&banc, d, jour("2026-12-31")).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(en_csv(&cai).replace('\r', "").replace('\u{FEFF}', "<BOM>"));
        }
        verifiee(&banc).await;
    }
}

#[tokio::test]
async fn le_compte_se_lit_en_json_un_objet_par_ligne() {
    for banc in caisses().await {
        let d = histoire(&banc).await;
        let cai = lire_compte(&banc, d, jour("2026-03-10")).await;
        let json: String = cai
            .objets()
            .map(|o| format!("{}\n", serde_json::to_string(&o).unwrap()))
            .collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(json);
        }
    }
}

#[tokio::test]
async fn le_classeur_est_le_meme_aux_memes_donnees() {
    let mut octets = Vec::new();
    for banc in caisses().await {
        let d = histoire(&banc).await;
        let au = jour("2026-12-31");
        octets.push(xlsx(&lire_compte(&banc, d, au).await).unwrap());
        octets.push(xlsx(&lire_compte(&banc, d, au).await).unwrap());
        let vide = inscrire_un(&banc, employeur(1)).await;
        assert!(
            xlsx(&lire_compte(&banc, vide, au).await)
                .unwrap()
                .starts_with(b"PK")
        );
    }
    assert!(octets[0].starts_with(b"PK"));
    assert!(octets.iter().all(|o| *o == octets[0]));
}

#[tokio::test]
async fn un_permis_donne_pour_un_dossier_n_en_ouvre_pas_un_autre() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        let autre = inscrire_un(&banc, employeur(1)).await;
        let permis = permis::<ExporterCai>(&banc, Objet::Dossier(d)).await;
        let refus: Result<Cai, Erreur> =
            lire!(banc.db, |tx| compte(tx, &permis, autre, jour("2026-12-31")).await);
        assert!(matches!(refus, Err(Erreur::DossierInconnu)));
    }
}

#[derive(Clone, Debug)]
enum Geste {
    Emettre(i8, i64, i64),
    Payer(i8, i8, i64),
    Annuler(i64),
    Reduire(i64, i64),
    Majorer(i64, i8),
    Rembourser(i64, i64),
    Declasser(i64),
}

fn un_geste() -> impl Strategy<Value = Geste> {
    prop_oneof![
        3 => (1..=6_i8, 0..50_000_i64, 1..50_000_i64).prop_map(|(m, o, p)| Geste::Emettre(m, o, p)),
        4 => (1..=9_i8, 1..=6_i8, 1..90_000_i64).prop_map(|(m, p, n)| Geste::Payer(m, p, n)),
        1 => (1..6_i64).prop_map(Geste::Annuler),
        1 => (1..6_i64, 1..20_000_i64).prop_map(|(c, n)| Geste::Reduire(c, n)),
        1 => (1..6_i64, 3..=9_i8).prop_map(|(c, m)| Geste::Majorer(c, m)),
        1 => (1..6_i64, 1..20_000_i64).prop_map(|(r, n)| Geste::Rembourser(r, n)),
        1 => (1..6_i64).prop_map(Geste::Declasser),
    ]
}

/// Fait un geste ; ce que les règles refusent n'a pas lieu.
async fn agir(banc: &Banc, d: DossierId, rang: usize, geste: &Geste) {
    let quand = jour("2026-10-01");
    let fait: Result<(), Erreur> = match geste {
        Geste::Emettre(mois, o, p) => {
            let mut creance = cotisation(d, *mois, *o, *p);
            creance.reference = format!("C{rang}");
            emettre_une(banc, creance).await.map(|_| ())
        }
        Geste::Payer(mois, periode, n) => {
            let montant = Montant::de_centimes(*n).en_point();
            let (le, periode) = (format!("200{mois}2026"), format!("2026-0{periode}"));
            let texte = csv(&[(&le, SIRETS[0], &periode, &montant, "")]);
            importer_texte(banc, &format!("p{rang}.csv"), &texte)
                .await
                .map(|_| ())
        }
        Geste::Annuler(c) => ecrire!(banc.db, |tx| {
            eteindre(
                tx,
                *c,
                Extinction::AnnulationTotale,
                quand,
                "agent",
                "essai",
                maintenant(),
            )
            .await?;
            Ok(())
        }),
        Geste::Reduire(c, n) => ecrire!(banc.db, |tx| {
            let remise = Extinction::Remise(Poste::Majoration, Montant::de_centimes(*n / 100));
            let partielle = Extinction::AnnulationPartielle(Montant::de_centimes(*n));
            let extinction = if n % 2 == 0 { remise } else { partielle };
            eteindre(tx, *c, extinction, quand, "agent", "essai", maintenant()).await?;
            Ok(())
        }),
        Geste::Majorer(c, mois) => ecrire!(banc.db, |tx| {
            notifier(
                tx,
                &[*c],
                Date::new(2026, *mois, 25).unwrap(),
                "agent",
                maintenant(),
            )
            .await?;
            Ok(())
        }),
        Geste::Rembourser(r, n) => ecrire!(banc.db, |tx| {
            rembourser(
                tx,
                *r,
                Some(Montant::de_centimes(*n)),
                quand,
                "agent",
                "essai",
                maintenant(),
            )
            .await?;
            Ok(())
        }),
        Geste::Declasser(r) => ecrire!(banc.db, |tx| {
            declasser(tx, *r, quand, "agent", "essai", maintenant()).await?;
            Ok(())
        }),
    };
    assert!(
        !matches!(fait, Err(Erreur::Base(_) | Erreur::Desequilibre { .. })),
        "{geste:?} : {fait:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 30, ..ProptestConfig::default() })]

    #[test]
    fn le_solde_est_ce_qui_est_du_moins_ce_qui_attend(gestes in prop::collection::vec(un_geste(), 4..18)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut comptes = Vec::new();
            for banc in caisses().await {
                let d = inscrire_un(&banc, employeur(0)).await;
                for (rang, geste) in gestes.iter().enumerate() {
                    agir(&banc, d, rang, geste).await;
                }
                verifiee(&banc).await;
                let cai = lire_compte(&banc, d, jour("2027-01-01")).await;
                let du = nombre(&banc, "SELECT CAST(COALESCE(SUM(solde_centimes), 0) AS BIGINT) FROM debiteur").await;
                let attend = nombre(
                    &banc,
                    "SELECT CAST(COALESCE(SUM(rac_centimes), 0) AS BIGINT) FROM encaissement WHERE dossier_id = 1",
                )
                .await;
                assert_eq!(cai.en_tete.du.centimes(), du);
                assert_eq!(cai.en_tete.en_attente.unwrap().centimes(), attend);
                assert_eq!(cai.en_tete.solde.centimes(), du - attend);
                for au in ["2026-02-28", "2026-05-31", "2027-01-01"] {
                    let cai = lire_compte(&banc, d, jour(au)).await;
                    let e = &cai.en_tete;
                    let soldes = Montant::somme(cai.totaux.iter().map(|t| t.solde)).unwrap();
                    let lignes = Montant::somme(cai.lignes.iter().map(|l| match l.sens {
                        Sens::Debit => l.montant,
                        Sens::Credit => l.montant.oppose(),
                    }))
                    .unwrap();
                    assert_eq!((soldes, lignes), (e.solde, e.solde));
                    for t in &cai.totaux {
                        let debit = Montant::somme(t.rubriques.iter().map(|r| r.debit)).unwrap();
                        let credit = Montant::somme(t.rubriques.iter().map(|r| r.credit)).unwrap();
                        assert_eq!((debit, credit), (t.debit, t.credit));
                    }
                }
                comptes.push(cai);
            }
            assert_eq!(&comptes[0], &comptes[1], "les deux moteurs disent le même compte");
        });
    }
}
