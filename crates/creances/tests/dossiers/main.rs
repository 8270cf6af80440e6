//! Le dossier d'un débiteur : le lire, le trouver, le commenter, connaître son état à toute date.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod fiche;
mod recherche;

use acces::{Horloge, Objet, Permis, actions};
use creances::Erreur;
use creances::creances::{CreanceAEmettre, Extinction, Parts, Tri};
use creances::dossiers::{
    Contact, NouveauDebiteur, NouvelEvenement, commentaires, debiteur, debiteur_du_matricule, evenements,
    inscrire, noter_evenement, resume,
};
use creances::encaissements::Importateur;
use creances::grand_livre::NatureMouvement;
use droit::{Branche, FamilleCotisation, Nature, Poste, Regime};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use storage::essais::{Banc, bancs};
use storage::{Db, Migration, ecrire, lire};
use valeurs::{DossierId, Montant};

const SIRET: &str = "73282932000074";

fn maintenant() -> Timestamp {
    "2026-03-15T08:00:00Z".parse().unwrap()
}

async fn bases() -> Vec<Banc> {
    let migrations: Vec<Migration> = [acces::MIGRATIONS, creances::MIGRATIONS].concat();
    bancs(&migrations).await
}

async fn permis<A: acces::Action>(db: &Db, objet: Objet) -> Permis<A> {
    Permis::operateur(db, &Horloge::fixe(maintenant()), "essai", objet)
        .await
        .unwrap()
}

fn personne(matricule: &str, nom: &str, prenom: &str, commune: &str) -> NouveauDebiteur {
    NouveauDebiteur {
        matricule: matricule.parse().unwrap(),
        regime: Regime::NonSalarie,
        nom: nom.to_owned(),
        prenom: prenom.to_owned(),
        siret: None,
        nir: None,
        commune: commune.to_owned(),
        code_commune: None,
        code_agent: "A12".to_owned(),
        code_tiers: "T7".to_owned(),
        mode_paiement: "prelevement".to_owned(),
        contacts: Vec::new(),
        ibans: Vec::new(),
    }
}

/// Six débiteurs ; le premier a tout, le deuxième est un employeur.
async fn peupler(db: &Db) -> Vec<DossierId> {
    let debiteurs = [
        NouveauDebiteur {
            nir: Some("2550814168025".parse().unwrap()),
            code_commune: Some("33063".parse().unwrap()),
            contacts: vec![
                Contact::Telephone("05 56 12 34 56".parse().unwrap()),
                Contact::Mail("elise.dupont@exemple.fr".parse().unwrap()),
            ],
            ibans: vec!["FR7630006000011234567890189".parse().unwrap()],
            ..personne("3300001", "DUPONT", "Élise", "Bordeaux")
        },
        NouveauDebiteur {
            regime: Regime::Employeur,
            siret: Some(SIRET.parse().unwrap()),
            ..personne("3300002", "SCEA du Nœud", "", "Saint-Émilion")
        },
        NouveauDebiteur {
            nir: Some("185052A004084".parse().unwrap()),
            ..personne("0556123456", "DUPOND", "Jean-Marc", "Bordeaux")
        },
        personne("3300004", "DE LA TOUR D’AUVERGNE", "Anne", "Libourne"),
        personne("3300005", "DUPONT", "Élodie", "Mérignac"),
        personne("3300006", "BORDES", "Élise", "Dax"),
    ];
    let dossiers: Result<_, Erreur> = ecrire!(db, |tx| inscrire(db, tx, &debiteurs, date(2026, 1, 2)).await);
    dossiers.unwrap()
}

/// Une échéance d'employeur : 60 € de part ouvrière, 40 € de part patronale.
fn echeance(reference: &str, dossier: DossierId, mois: i8) -> CreanceAEmettre {
    let debut = date(2026, mois, 1);
    CreanceAEmettre {
        reference: reference.to_owned(),
        dossier,
        nature: Nature::Cotisation(FamilleCotisation::AssurancesSociales),
        regime: Regime::Employeur,
        periode: (debut, debut.last_of_month()),
        emise_le: debut.last_of_month(),
        exigible_le: date(2026, mois + 1, 15),
        libelle: format!("Échéance {mois}"),
        cause: None,
        parts: Parts::Employeur {
            ouvriere: Montant::de_centimes(60_00),
            patronale: Montant::de_centimes(40_00),
        },
    }
}

async fn emettre(db: &Db, creances: &[CreanceAEmettre]) -> Vec<i64> {
    let ids: Result<_, Erreur> = ecrire!(db, |tx| creances::creances::emettre(
        tx,
        creances,
        "essai",
        maintenant()
    )
    .await);
    ids.unwrap()
}

/// Importe un règlement de l'employeur, pour l'échéance du mois précédent.
async fn payer(db: &Db, jour: Date, montant: &str) {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("paiements.csv");
    let (j, m, a, p) = (jour.day(), jour.month(), jour.year(), jour.month() - 1);
    let ligne = format!("{j:02}{m:02}{a};DMSA33;{SIRET};{a}-{p:02};{montant};02;\n");
    std::fs::write(
        &chemin,
        format!("date;caisse;siret;periode;montant;mode;iban\n{ligne}"),
    )
    .unwrap();
    let par = Importateur {
        db,
        auteur: "essai",
        maintenant: maintenant(),
    };
    let bilan = creances::encaissements::importer(&par, &chemin).await.unwrap();
    assert_eq!(bilan.lus, 1);
}

#[tokio::test]
async fn un_dossier_se_lit_en_entier() {
    for banc in bases().await {
        let db = &banc.db;
        let ids = peupler(db).await;
        let un = permis::<actions::ConsulterDossier>(db, Objet::Dossier(ids[0])).await;
        let lu: Result<(), Erreur> = lire!(db, |tx| {
            let d = debiteur(db, tx, &un, ids[0]).await?.unwrap();
            assert_eq!(
                (d.nom.as_str(), d.prenom.as_str(), d.commune.as_str()),
                ("DUPONT", "Élise", "Bordeaux")
            );
            assert_eq!(d.matricule.as_str(), "3300001");
            assert_eq!(d.regime, Regime::NonSalarie);
            assert_eq!(d.nir.unwrap().as_str(), "2550814168025");
            assert_eq!(d.code_commune.unwrap().as_str(), "33063");
            assert_eq!((d.code_agent.as_str(), d.code_tiers.as_str()), ("A12", "T7"));
            assert_eq!(d.mode_paiement, "prelevement");
            let contacts: Vec<_> = d.contacts.iter().map(Contact::en_base).collect();
            assert_eq!(
                contacts,
                [("telephone", "0556123456"), ("mail", "elise.dupont@exemple.fr")]
            );
            assert_eq!(d.comptes.len(), 1);
            assert_eq!(d.comptes[0].iban.as_str(), "FR7630006000011234567890189");
            assert_eq!(d.comptes[0].depuis, date(2026, 1, 2));
            assert!(d.siret.is_none() && d.branches.is_empty());
            assert_eq!(
                debiteur_du_matricule(tx, &un, &"3300004".parse().unwrap()).await?,
                Some(ids[3])
            );
            assert_eq!(
                debiteur_du_matricule(tx, &un, &"999".parse().unwrap()).await?,
                None
            );
            Ok(())
        });
        lu.unwrap();
    }
}

#[tokio::test]
async fn le_permis_d_un_dossier_n_en_ouvre_pas_un_autre() {
    for banc in bases().await {
        let db = &banc.db;
        let ids = peupler(db).await;
        let c = emettre(db, &[echeance("E1", ids[1], 1)]).await[0];
        let un = permis::<actions::ConsulterDossier>(db, Objet::Dossier(ids[0])).await;
        let lu: Result<(), Erreur> = lire!(db, |tx| {
            assert!(debiteur(db, tx, &un, ids[1]).await?.is_none());
            assert!(matches!(
                resume(tx, &un, ids[1], date(2026, 3, 1)).await,
                Err(Erreur::DossierInconnu)
            ));
            assert!(matches!(
                evenements(tx, &un, ids[1]).await,
                Err(Erreur::DossierInconnu)
            ));
            assert!(matches!(
                commentaires(db, tx, &un, ids[1]).await,
                Err(Erreur::DossierInconnu)
            ));
            let au = date(2026, 3, 1);
            let autres = creances::creances::creances(tx, &un, ids[1], au, Tri::default(), false).await;
            assert!(matches!(autres, Err(Erreur::DossierInconnu)));
            assert_eq!(creances::creances::creance(tx, &un, c, au).await?, None);
            assert!(creances::creances::imputations(tx, &un, c).await?.is_empty());
            assert!(creances::creances::mouvements(tx, &un, c).await?.is_empty());
            Ok(())
        });
        lu.unwrap();
    }
}

#[tokio::test]
async fn un_dossier_a_un_etat_a_toute_date() {
    for banc in bases().await {
        let db = &banc.db;
        let ids = peupler(db).await;
        emettre(db, &[echeance("E1", ids[1], 1), echeance("E2", ids[1], 2)]).await;
        payer(db, date(2026, 2, 10), "70.00").await;
        payer(db, date(2026, 3, 10), "150.00").await;
        let etape: Result<(), Erreur> = ecrire!(db, |tx| {
            let e = NouvelEvenement {
                jour: date(2026, 3, 2),
                nature: "mise_en_demeure",
                libelle: "Mise en demeure",
                branche: Some(Branche::Cotisations),
                procedure: true,
            };
            noter_evenement(tx, ids[1], &e, "essai", maintenant()).await
        });
        etape.unwrap();
        let tous = permis::<actions::ConsulterDossier>(db, Objet::Dossier(ids[1])).await;
        let lu: Result<(), Erreur> = lire!(db, |tx| {
            let mut etats = Vec::new();
            for jour in [
                date(2026, 1, 30),
                date(2026, 1, 31),
                date(2026, 2, 9),
                date(2026, 2, 10),
                date(2026, 2, 28),
                date(2026, 3, 9),
                date(2026, 3, 10),
            ] {
                let r = resume(tx, &tous, ids[1], jour).await?;
                let reglement = r
                    .dernier_reglement
                    .map(|r| (r.jour.to_string(), r.montant.centimes(), r.mode));
                etats.push(format!(
                    "{jour} solde {} RAC {} ouvertes {} règlement {reglement:?} procédure {:?}",
                    r.solde.centimes(),
                    r.en_attente.centimes(),
                    r.ouvertes,
                    r.derniere_procedure.map(|e| e.libelle),
                ));
            }
            insta::allow_duplicates! {
                insta::assert_snapshot!(etats.join("\n"), @r#"
                2026-01-30 solde 0 RAC 0 ouvertes 0 règlement None procédure None
                2026-01-31 solde 10000 RAC 0 ouvertes 1 règlement None procédure None
                2026-02-09 solde 10000 RAC 0 ouvertes 1 règlement None procédure None
                2026-02-10 solde 3000 RAC 0 ouvertes 1 règlement Some(("2026-02-10", 7000, "virement")) procédure None
                2026-02-28 solde 13000 RAC 0 ouvertes 2 règlement Some(("2026-02-10", 7000, "virement")) procédure None
                2026-03-09 solde 13000 RAC 0 ouvertes 2 règlement Some(("2026-02-10", 7000, "virement")) procédure Some("Mise en demeure")
                2026-03-10 solde 0 RAC 2000 ouvertes 0 règlement Some(("2026-03-10", 15000, "virement")) procédure Some("Mise en demeure")
                "#);
            }
            Ok(())
        });
        lu.unwrap();
    }
}

#[tokio::test]
async fn chaque_euro_d_une_creance_dit_ou_il_est_alle() {
    for banc in bases().await {
        let db = &banc.db;
        let ids = peupler(db).await;
        let creances = emettre(db, &[echeance("E1", ids[1], 1), echeance("E2", ids[1], 2)]).await;
        payer(db, date(2026, 2, 10), "70.00").await;
        let remise: Result<_, Erreur> = ecrire!(db, |tx| {
            let dix = Extinction::AnnulationPartielle(Montant::de_centimes(10_00));
            creances::creances::eteindre(
                tx,
                creances[0],
                dix,
                date(2026, 2, 20),
                "chef",
                "Erreur d’assiette",
                maintenant(),
            )
            .await
        });
        assert_eq!(remise.unwrap().centimes(), 10_00);
        let tous = permis::<actions::ConsulterDossier>(db, Objet::Dossier(ids[1])).await;
        let lu: Result<(), Erreur> = lire!(db, |tx| {
            let imputations = creances::creances::imputations(tx, &tous, creances[0]).await?;
            let lues: Vec<String> = imputations
                .iter()
                .map(|i| {
                    format!(
                        "{} {} {} {} : {}",
                        i.jour,
                        i.mode,
                        i.poste.code(),
                        i.montant.centimes(),
                        i.raison
                    )
                })
                .collect();
            insta::allow_duplicates! {
                insta::assert_snapshot!(lues.join("\n"), @r"
                2026-02-10 virement part_ouvriere 6000 : Échéance du 15/02/2026, désignée par le paiement : part ouvrière de toutes les cotisations, dans des proportions identiques (CSS art. L133-4-11, alinéa 2 ; Code civil art. 1342-10, à vérifier)
                2026-02-10 virement part_patronale 1000 : Échéance du 15/02/2026, désignée par le paiement : part patronale, une fois la part ouvrière payée, dans des proportions identiques (CSS art. D133-4, I ; Code civil art. 1342-10, à vérifier)
                ");
            }
            let mouvements = creances::creances::mouvements(tx, &tous, creances[0]).await?;
            let lus: Vec<_> = mouvements
                .iter()
                .map(|m| {
                    (
                        m.nature,
                        m.poste,
                        m.montant.centimes(),
                        m.auteur.as_str(),
                        m.motif.as_deref(),
                    )
                })
                .collect();
            assert_eq!(
                lus,
                [
                    (
                        NatureMouvement::Emission,
                        Poste::PartOuvriere,
                        60_00,
                        "essai",
                        None
                    ),
                    (
                        NatureMouvement::Emission,
                        Poste::PartPatronale,
                        40_00,
                        "essai",
                        None
                    ),
                    (
                        NatureMouvement::Annulation,
                        Poste::PartPatronale,
                        -10_00,
                        "chef",
                        Some("Erreur d’assiette")
                    ),
                ]
            );
            let restes = |c: &creances::creances::Creance| {
                (
                    c.reste_du_poste(Poste::PartOuvriere).centimes(),
                    c.reste_du_poste(Poste::PartPatronale).centimes(),
                )
            };
            for (jour, attendu) in [
                (date(2026, 2, 9), (60_00, 40_00)),
                (date(2026, 2, 10), (0, 30_00)),
                (date(2026, 2, 19), (0, 30_00)),
                (date(2026, 2, 20), (0, 20_00)),
            ] {
                let c = creances::creances::creance(tx, &tous, creances[0], jour)
                    .await?
                    .unwrap();
                assert_eq!(restes(&c), attendu, "{jour}");
                assert_eq!(c.reste.centimes(), attendu.0 + attendu.1);
                assert!(c.est_ouverte());
                let liste =
                    creances::creances::creances(tx, &tous, ids[1], jour, Tri::default(), false).await?;
                assert_eq!(liste.iter().map(|c| c.id).collect::<Vec<_>>(), [creances[0]]);
                assert_eq!(liste[0], c);
            }
            assert_eq!(
                creances::creances::creance(tx, &tous, creances[0], date(2026, 1, 30)).await?,
                None
            );
            for (tri, decroissant, attendus) in [
                (Tri::Exigibilite, false, ["E1", "E2"]),
                (Tri::Emission, true, ["E2", "E1"]),
                (Tri::Periode, false, ["E1", "E2"]),
                (Tri::Nature, false, ["E1", "E2"]),
                (Tri::Reference, true, ["E2", "E1"]),
                (Tri::Montant, false, ["E1", "E2"]),
                (Tri::Reste, true, ["E2", "E1"]),
            ] {
                let au = date(2026, 3, 1);
                let liste = creances::creances::creances(tx, &tous, ids[1], au, tri, decroissant).await?;
                assert_eq!(
                    liste.iter().map(|c| c.reference.as_str()).collect::<Vec<_>>(),
                    attendus,
                    "{tri:?}"
                );
            }
            Ok(())
        });
        lu.unwrap();
    }
}
