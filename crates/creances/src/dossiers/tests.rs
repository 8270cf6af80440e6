//! Ce qu'un périmètre restreint laisse voir d'un dossier, sur les deux moteurs.
#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "en centimes, 12_34 se lit 12,34 €"
)]

use acces::Perimetre;
use droit::{FamilleCotisation, Nature, Prestation, Regime};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use storage::essais::{Banc, bancs};
use storage::{Db, Migration, ecrire, lire};
use valeurs::{DossierId, Montant};

use super::commenter::lire_commentaires;
use super::lire::lire_debiteur;
use super::rechercher::chercher;
use super::resumer::lire_resume;
use super::{Critere, NouveauDebiteur, NouvelEvenement, inscrire, noter_evenement};
use crate::Erreur;
use crate::creances::{CreanceAEmettre, Parts, Tri, emettre, lire_creances};

const COTISATIONS: Perimetre = Perimetre {
    branches: Perimetre::COTISATIONS,
    identification: true,
    nir: false,
    bancaire: false,
    commentaires: false,
};
const TOUT: Perimetre = Perimetre {
    branches: 7,
    identification: true,
    nir: true,
    bancaire: true,
    commentaires: true,
};
const RIEN: Perimetre = Perimetre {
    identification: false,
    ..TOUT
};

fn maintenant() -> Timestamp {
    "2026-03-15T08:00:00Z".parse().unwrap()
}

fn debiteur(matricule: &str, nom: &str) -> NouveauDebiteur {
    NouveauDebiteur {
        matricule: matricule.parse().unwrap(),
        regime: Regime::NonSalarie,
        nom: nom.to_owned(),
        prenom: String::new(),
        siret: None,
        nir: Some("2550814168025".parse().unwrap()),
        commune: "Bazas".to_owned(),
        code_commune: Some("33036".parse().unwrap()),
        code_agent: String::new(),
        code_tiers: String::new(),
        mode_paiement: "virement".to_owned(),
        contacts: Vec::new(),
        ibans: vec!["FR7630006000011234567890189".parse().unwrap()],
    }
}

fn creance(
    reference: &str,
    dossier: DossierId,
    nature: Nature,
    regime: Regime,
    centimes: i64,
) -> CreanceAEmettre {
    CreanceAEmettre {
        reference: reference.to_owned(),
        dossier,
        nature,
        regime,
        periode: (date(2026, 1, 1), date(2026, 1, 31)),
        emise_le: date(2026, 2, 1),
        exigible_le: date(2026, 2, 15),
        libelle: "Créance d’essai".to_owned(),
        cause: Some("Changement de situation".to_owned()),
        parts: Parts::Principal(Montant::de_centimes(centimes)),
    }
}

/// Trois dossiers : cotisations et indu, indu seul, aucune créance.
async fn peupler(db: &Db) -> Vec<DossierId> {
    let debiteurs = [
        debiteur("1", "MIXTE"),
        debiteur("2", "INDU"),
        debiteur("3", "NEUF"),
    ];
    let dossiers: Result<Vec<DossierId>, Erreur> = ecrire!(db, |tx| {
        let ids = inscrire(db, tx, &debiteurs, date(2026, 1, 1)).await?;
        let rsa = Nature::Indu(Prestation::Rsa);
        let amexa = Nature::Cotisation(FamilleCotisation::Amexa);
        let creances = [
            creance("C1", ids[0], amexa, Regime::NonSalarie, 100_00),
            creance("I1", ids[0], rsa, Regime::Assure, 30_00),
            creance("I2", ids[1], rsa, Regime::Assure, 50_00),
        ];
        emettre(tx, &creances, "essai", maintenant()).await?;
        for (branche, procedure) in [(None, false), (Some(rsa.branche()), true)] {
            let e = NouvelEvenement {
                jour: date(2026, 3, 1),
                nature: "essai",
                libelle: "Événement d’essai",
                branche,
                procedure,
            };
            noter_evenement(tx, ids[0], &e, "essai", maintenant()).await?;
        }
        Ok(ids)
    });
    dossiers.unwrap()
}

async fn bases() -> Vec<(Banc, Vec<DossierId>)> {
    let migrations: Vec<Migration> = [acces::MIGRATIONS, crate::MIGRATIONS].concat();
    let mut bases = Vec::new();
    for banc in bancs(&migrations).await {
        let dossiers = peupler(&banc.db).await;
        bases.push((banc, dossiers));
    }
    bases
}

const JOUR: Date = date(2026, 3, 15);

#[tokio::test]
async fn un_agent_des_cotisations_ne_voit_rien_des_prestations() {
    for (banc, ids) in bases().await {
        let db = &banc.db;
        let vu: Result<(), Erreur> = lire!(db, |tx| {
            let mixte = lire_debiteur(db, tx, &COTISATIONS, ids[0]).await?.unwrap();
            assert_eq!(mixte.branches, [droit::Branche::Cotisations]);
            assert!(mixte.nir.is_none() && mixte.comptes.is_empty());
            assert!(lire_debiteur(db, tx, &COTISATIONS, ids[1]).await?.is_none());
            assert!(lire_debiteur(db, tx, &COTISATIONS, ids[2]).await?.is_some());

            let resume = lire_resume(tx, &COTISATIONS, ids[0], JOUR).await?;
            assert_eq!((resume.solde.centimes(), resume.ouvertes), (100_00, 1));
            assert_eq!(resume.derniere_procedure, None);
            let invisible = lire_resume(tx, &COTISATIONS, ids[1], JOUR).await?;
            assert_eq!((invisible.solde.centimes(), invisible.ouvertes), (0, 0));

            let creances = lire_creances(tx, 1, ids[0], JOUR, Tri::Exigibilite, false).await?;
            assert_eq!(
                creances.iter().map(|c| c.reference.as_str()).collect::<Vec<_>>(),
                ["C1"]
            );
            assert!(
                lire_creances(tx, 1, ids[1], JOUR, Tri::Exigibilite, false)
                    .await?
                    .is_empty()
            );
            assert!(lire_commentaires(db, tx, &COTISATIONS, ids[0]).await?.is_empty());
            Ok(())
        });
        vu.unwrap();
    }
}

#[tokio::test]
async fn un_agent_de_toutes_les_branches_voit_tout() {
    for (banc, ids) in bases().await {
        let db = &banc.db;
        let vu: Result<(), Erreur> = lire!(db, |tx| {
            let mixte = lire_debiteur(db, tx, &TOUT, ids[0]).await?.unwrap();
            assert_eq!(mixte.branches.len(), 2);
            assert_eq!(mixte.nir.unwrap().as_str(), "2550814168025");
            assert_eq!(mixte.comptes[0].iban.as_str(), "FR7630006000011234567890189");
            let resume = lire_resume(tx, &TOUT, ids[0], JOUR).await?;
            assert_eq!((resume.solde.centimes(), resume.ouvertes), (130_00, 2));
            assert!(resume.derniere_procedure.unwrap().procedure);
            assert_eq!(
                lire_resume(tx, &TOUT, ids[0], date(2026, 2, 28))
                    .await?
                    .derniere_procedure,
                None
            );
            Ok(())
        });
        vu.unwrap();
    }
}

#[tokio::test]
async fn la_recherche_ne_montre_que_le_perimetre() {
    for (banc, ids) in bases().await {
        let db = &banc.db;
        let vu: Result<(), Erreur> = lire!(db, |tx| {
            for (texte, perimetre, attendus) in [
                ("bazas", COTISATIONS, vec![ids[0], ids[2]]),
                ("bazas", TOUT, vec![ids[1], ids[0], ids[2]]),
                ("bazas", RIEN, vec![]),
                ("2", COTISATIONS, vec![]),
                ("2 55 08 14 168 025 38", COTISATIONS, vec![]),
                (
                    "2 55 08 14 168 025 38",
                    Perimetre {
                        nir: true,
                        ..COTISATIONS
                    },
                    vec![ids[0], ids[2]],
                ),
            ] {
                let critere = Critere::lire(texte)?;
                let trouves = chercher(db, tx, &perimetre, &critere, None, 10).await?.trouves;
                assert_eq!(
                    trouves.iter().map(|t| t.id).collect::<Vec<_>>(),
                    attendus,
                    "{texte} {perimetre:?}"
                );
                if let Some(mixte) = trouves.iter().find(|t| t.id == ids[0]) {
                    let attendu = if perimetre.branches == 7 {
                        (130_00, 2)
                    } else {
                        (100_00, 1)
                    };
                    assert_eq!((mixte.solde.centimes(), mixte.ouvertes), attendu);
                }
            }
            Ok(())
        });
        vu.unwrap();
    }
}
