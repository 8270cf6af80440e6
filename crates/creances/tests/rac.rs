//! Les recettes à classer : liste, âges, propositions, lignes présumées connues.
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]

mod commun;

use acces::actions::ConsulterRac;
use acces::{Horloge, Objet, Permis};
use commun::{
    IBANS, SIRETS, assure, caisses, cotisation, csv, emettre_une, employeur, importer_texte, indu,
    inscrire_un, jour, maintenant, nombre, verifiee,
};
use creances::Erreur;
use creances::encaissements::{
    Anciennete, Attente, CurseurRac, FiltreRac, LignePresumee, Motif, Placement, Proposition,
    RecetteEnAttente, TriRac, ages, autre_paiement, classer, confirmer_doublon, en_attente, presumees,
    proposer, recette,
};
use storage::essais::Banc;
use storage::{ecrire, lire, sql};
use valeurs::{DossierId, Montant};

async fn permis(banc: &Banc) -> Permis<ConsulterRac> {
    let horloge = Horloge::fixe(maintenant());
    Permis::operateur(&banc.db, &horloge, "essai", Objet::Liste { nombre: 50 })
        .await
        .unwrap()
}

async fn liste(
    banc: &Banc,
    filtre: &FiltreRac,
    tri: TriRac,
    apres: Option<CurseurRac>,
    limite: u32,
) -> Vec<RecetteEnAttente> {
    let permis = permis(banc).await;
    let au = jour("2026-04-01");
    let r: Result<_, Erreur> = lire!(banc.db, |tx| en_attente(
        &banc.db, tx, &permis, filtre, tri, apres, limite, au
    )
    .await);
    r.unwrap()
}

async fn propositions(banc: &Banc, id: i64) -> Vec<Proposition> {
    let permis = permis(banc).await;
    let r: Result<_, Erreur> = lire!(banc.db, |tx| proposer(tx, &permis, id).await);
    r.unwrap()
}

async fn douteuses(banc: &Banc, a_decider: bool) -> Vec<LignePresumee> {
    let permis = permis(banc).await;
    let r: Result<_, Erreur> = lire!(banc.db, |tx| presumees(tx, &permis, a_decider, None, 50).await);
    r.unwrap()
}

/// Sept recettes d'un SIRET inconnu, d'âges et de sommes différents, et une du débiteur connu, en trop.
async fn sept_et_une(banc: &Banc) -> DossierId {
    let d = inscrire_un(banc, employeur(0)).await;
    let texte = csv(&[
        ("31032026", SIRETS[1], "2026-01", "10.00", IBANS[1]),
        ("01032026", SIRETS[1], "2026-01", "70.00", ""),
        ("28022026", SIRETS[1], "2026-01", "20.00", ""),
        ("28022026", SIRETS[1], "2026-01", "20.00", ""),
        ("01122025", SIRETS[1], "2025-10", "50.00", ""),
        ("01042025", SIRETS[1], "2025-01", "30.00", ""),
        ("31032025", SIRETS[1], "2025-01", "40.00", ""),
        ("20032026", SIRETS[0], "2026-01", "60.00", IBANS[0]),
    ]);
    importer_texte(banc, "rac.csv", &texte).await.unwrap();
    d
}

#[tokio::test]
async fn la_liste_se_trie_se_filtre_et_se_pagine_sans_perte_ni_double() {
    for banc in caisses().await {
        let d = sept_et_une(&banc).await;
        let tout = FiltreRac::default();
        for tri in [
            TriRac::PlusAnciennes,
            TriRac::PlusRecentes,
            TriRac::PlusGrosses,
            TriRac::PlusPetites,
        ] {
            let entiere = liste(&banc, &tout, tri, None, 50).await;
            assert_eq!(entiere.len(), 8);
            let (mut pages, mut apres) = (Vec::new(), None);
            loop {
                let page = liste(&banc, &tout, tri, apres, 3).await;
                let Some(derniere) = page.last() else { break };
                apres = Some(derniere.curseur().to_string().parse().unwrap());
                pages.extend(page);
            }
            assert_eq!(pages, entiere, "{tri:?}");
            let cle = |r: &RecetteEnAttente| match tri {
                TriRac::PlusAnciennes | TriRac::PlusRecentes => (r.jour.to_string(), 0, r.id),
                TriRac::PlusGrosses | TriRac::PlusPetites => (String::new(), r.rac.centimes(), r.id),
            };
            let croissant = matches!(tri, TriRac::PlusAnciennes | TriRac::PlusPetites);
            let ordonnee = entiere.windows(2).all(|p| {
                if croissant {
                    cle(&p[0]) < cle(&p[1])
                } else {
                    cle(&p[0]) > cle(&p[1])
                }
            });
            assert!(ordonnee, "{tri:?}");
        }
        for (age, combien) in Anciennete::TOUTES.into_iter().zip([2, 3, 1, 1, 1]) {
            let filtre = FiltreRac {
                age: Some(age),
                ..FiltreRac::default()
            };
            let trouvees = liste(&banc, &filtre, TriRac::default(), None, 50).await;
            assert_eq!(trouvees.len(), combien, "{age:?}");
        }
        let filtre = FiltreRac {
            attente: Some(Attente::DebiteurInconnu),
            montant_min: Some(Montant::de_centimes(2_000)),
            montant_max: Some(Montant::de_centimes(4_000)),
            ..FiltreRac::default()
        };
        assert_eq!(liste(&banc, &filtre, TriRac::default(), None, 50).await.len(), 4);
        let sienne = FiltreRac {
            dossier: Some(d),
            ..FiltreRac::default()
        };
        let sienne = liste(&banc, &sienne, TriRac::default(), None, 50).await;
        assert_eq!(sienne.len(), 1);
        assert_eq!(sienne[0].attente, Some(Attente::AucuneCreance));
        assert_eq!(
            sienne[0].iban.as_deref(),
            Some("FR14 •••• … 606"),
            "scellé par la clé du dossier"
        );
        let recente = liste(&banc, &tout, TriRac::PlusRecentes, None, 1).await;
        assert_eq!(
            recente[0].iban.as_deref(),
            Some("FR76 •••• … 189"),
            "scellé par la clé du mois"
        );
        assert_eq!(
            (recente[0].age_jours, recente[0].fichier.as_deref()),
            (1, Some("rac.csv"))
        );
        assert!("x.1.2".parse::<CurseurRac>().is_err());
    }
}

#[tokio::test]
async fn les_ages_comptent_chaque_recette_une_fois() {
    for banc in caisses().await {
        sept_et_une(&banc).await;
        let permis = permis(&banc).await;
        let a: Result<_, Erreur> = lire!(banc.db, |tx| ages(tx, &permis, jour("2026-04-01")).await);
        let json = serde_json::to_string(&a.unwrap()).unwrap();
        insta::allow_duplicates! {
            insta::assert_snapshot!(json);
        }
    }
}

#[tokio::test]
async fn une_recette_dit_toute_son_histoire() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        emettre_une(&banc, cotisation(d, 1, 3_000, 4_000)).await.unwrap();
        importer_texte(
            &banc,
            "r.csv",
            &csv(&[("10022026", SIRETS[1], "2026-01", "100.00", "")]),
        )
        .await
        .unwrap();
        let r: Result<Montant, Erreur> = ecrire!(banc.db, |tx| {
            let ici = Placement::Dossier(d, droit::Branche::Cotisations);
            classer(
                tx,
                1,
                ici,
                None,
                "agent",
                Some("reconnu au téléphone"),
                maintenant(),
            )
            .await
        });
        r.unwrap();
        let permis = permis(&banc).await;
        let r: Result<_, Erreur> = lire!(banc.db, |tx| recette(
            &banc.db,
            tx,
            &permis,
            1,
            jour("2026-04-01")
        )
        .await);
        let (r, etapes) = r.unwrap();
        assert_eq!((r.rac, r.dossier), (Montant::de_centimes(3_000), Some(d)));
        let texte: String = etapes
            .iter()
            .map(|e| {
                let reference = e.reference.as_deref().unwrap_or("-");
                let motif = e.motif.as_deref().unwrap_or("-");
                format!(
                    "{} {} {} {} {reference} {motif} {}\n",
                    e.nature.libelle(),
                    e.jour,
                    e.compte,
                    e.montant,
                    e.auteur
                )
            })
            .collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(texte);
        }
        let absente: Result<_, Erreur> = lire!(banc.db, |tx| recette(
            &banc.db,
            tx,
            &permis,
            99,
            jour("2026-04-01")
        )
        .await);
        assert!(matches!(absente, Err(Erreur::RecetteInconnue)));
    }
}

/// Une recette en RAC dont la banque dit ce qu'on veut.
async fn attendue(banc: &Banc, montant: &str, nom: &str, libelle: &str) -> i64 {
    let texte = csv(&[("10022026", SIRETS[2], "2026-01", montant, "")]);
    importer_texte(
        banc,
        &format!("{nom}{libelle}{montant}.csv").replace(' ', "_"),
        &texte,
    )
    .await
    .unwrap();
    let id = nombre(banc, "SELECT MAX(id) FROM encaissement").await;
    let r: Result<u64, storage::Erreur> = ecrire!(banc.db, |tx| sql!(
        "UPDATE encaissement SET nom_payeur = $2, libelle = $3, siret = NULL WHERE id = $1"
    )
    .bind(id)
    .bind(nom)
    .bind(libelle)
    .executer(tx)
    .await);
    assert_eq!(r.unwrap(), 1);
    id
}

fn dire(propositions: &[Proposition]) -> String {
    let dire = |p: &Proposition| {
        let motifs: Vec<String> = p.motifs.iter().map(Motif::to_string).collect();
        let creance = p.creance.as_ref().map_or("-", |c| c.reference.as_str());
        format!(
            "{} {} {creance} {} : {}\n",
            p.matricule,
            p.score,
            p.du,
            motifs.join(" ; ")
        )
    };
    propositions.iter().map(dire).collect()
}

#[tokio::test]
async fn les_propositions_donnent_leurs_raisons_la_meilleure_d_abord() {
    for banc in caisses().await {
        let zoe = inscrire_un(&banc, assure("ASS001")).await;
        emettre_une(&banc, indu(zoe, "INDU-2026-7", 12_345))
            .await
            .unwrap();
        let mut homonyme = assure("ASS002");
        (homonyme.nom, homonyme.prenom, homonyme.nir) = ("Dalmeida".into(), "Luis".into(), None);
        homonyme.ibans.clear();
        inscrire_un(&banc, homonyme).await;
        let mut vigne = employeur(0);
        vigne.nom = "SCEA Château Figeac".into();
        let vigne = inscrire_un(&banc, vigne).await;
        emettre_une(&banc, cotisation(vigne, 1, 10_000, 5_000))
            .await
            .unwrap();
        let mut autre_famille = cotisation(vigne, 1, 2_000, 0);
        autre_famille.reference = "COT-AT".into();
        emettre_une(&banc, autre_famille).await.unwrap();

        let mut lu = String::new();
        let mut noter = |titre: &str, p: &[Proposition]| lu.push_str(&format!("{titre}\n{}\n", dire(p)));
        let id = attendue(&banc, "123.45", "MME ZOE D'ALMEIDA", "remboursement").await;
        noter("nom entier et montant", &propositions(&banc, id).await);
        let id = attendue(&banc, "5.00", "DALMIEDA LUIS", "virement").await;
        noter("deux lettres échangées", &propositions(&banc, id).await);
        let id = attendue(&banc, "9.00", "INCONNU", "VIR REF INDU-2026-7 SOLDE").await;
        noter("référence", &propositions(&banc, id).await);
        let id = attendue(&banc, "170.00", "CHATAEU FIGEAC SCEA", "").await;
        noter("période entière et nom fautif", &propositions(&banc, id).await);
        let id = attendue(&banc, "77.77", "PERSONNE", "virement").await;
        noter("rien", &propositions(&banc, id).await);
        importer_texte(
            &banc,
            "nic.csv",
            &csv(&[("10022026", "73282932000082", "2026-01", "8.00", IBANS[0])]),
        )
        .await
        .unwrap();
        let id = nombre(&banc, "SELECT MAX(id) FROM encaissement").await;
        noter(
            "autre établissement, compte connu d’une autre",
            &propositions(&banc, id).await,
        );
        insta::allow_duplicates! {
            insta::assert_snapshot!(lu);
        }
        let permis = permis(&banc).await;
        let inconnue: Result<_, Erreur> = lire!(banc.db, |tx| proposer(tx, &permis, 999).await);
        assert!(matches!(inconnue, Err(Erreur::RecetteInconnue)));
    }
}

#[tokio::test]
async fn une_ligne_presumee_connue_devient_un_autre_paiement_si_un_agent_le_dit() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        emettre_une(&banc, cotisation(d, 1, 30_000, 70_000))
            .await
            .unwrap();
        let connu = ("15022026", SIRETS[0], "2026-01", "100.00", IBANS[1]);
        let inconnu = ("16022026", SIRETS[1], "2026-01", "40.00", IBANS[0]);
        importer_texte(&banc, "un.csv", &csv(&[connu, inconnu]))
            .await
            .unwrap();
        let second = csv(&[inconnu, connu, ("17022026", SIRETS[0], "2026-01", "1.00", "")]);
        importer_texte(&banc, "deux.csv", &second).await.unwrap();
        let lignes = douteuses(&banc, true).await;
        assert_eq!(lignes.len(), 2);
        assert_eq!(
            (lignes[0].ligne, lignes[0].montant.centimes(), lignes[0].recette),
            (2, 4_000, 2)
        );
        assert_eq!(lignes[0].origine, Some(("un.csv".to_owned(), 3)));
        let fichier = lignes[0].fichier;
        for ligne in &lignes {
            let autre: Result<i64, Erreur> = ecrire!(banc.db, |tx| {
                autre_paiement(&banc.db, tx, "agent", maintenant(), fichier, ligne.ligne).await
            });
            let autre = autre.unwrap();
            let encore: Result<i64, Erreur> = ecrire!(banc.db, |tx| {
                autre_paiement(&banc.db, tx, "agent", maintenant(), fichier, ligne.ligne).await
            });
            assert!(matches!(encore, Err(Erreur::LigneDejaDecidee)));
            assert!(autre > ligne.recette);
        }
        let bilan = verifiee(&banc).await;
        assert_eq!((bilan.encaisse_centimes, bilan.rac_centimes), (28_100, 8_000));
        assert_eq!(
            bilan.impute_centimes, 20_100,
            "l'autre paiement est imputé comme le premier"
        );
        let ibans: Vec<_> = liste(&banc, &FiltreRac::default(), TriRac::default(), None, 9).await;
        let ibans: Vec<_> = ibans.iter().map(|r| r.iban.as_deref()).collect();
        assert_eq!(ibans, [Some("FR14 •••• … 606"); 2]);
        assert!(douteuses(&banc, true).await.is_empty());
        let decidees = douteuses(&banc, false).await;
        assert!(decidees.iter().all(|l| {
            l.decision
                .as_ref()
                .is_some_and(|d| d.autre.is_some() && d.par == "agent")
        }));
        let b = importer_texte(&banc, "deux-renomme.csv", &second).await.unwrap();
        assert_eq!((b.deja_connus, b.montant_centimes), (3, 0));
        assert_eq!(verifiee(&banc).await, bilan);
        assert_eq!(nombre(&banc, "SELECT COUNT(*) FROM ligne_presumee").await, 2);
    }
}

#[tokio::test]
async fn un_doublon_confirme_ne_compte_rien() {
    for banc in caisses().await {
        let connu = ("15022026", SIRETS[0], "2026-01", "100.00", "");
        importer_texte(&banc, "un.csv", &csv(&[connu])).await.unwrap();
        importer_texte(
            &banc,
            "deux.csv",
            &csv(&[connu, ("17022026", SIRETS[0], "2026-02", "1.00", "")]),
        )
        .await
        .unwrap();
        let ligne = douteuses(&banc, true).await.remove(0);
        for attendu in [true, false] {
            let r: Result<(), Erreur> = ecrire!(banc.db, |tx| {
                confirmer_doublon(tx, "agent", maintenant(), ligne.fichier, ligne.ligne).await
            });
            assert_eq!(r.is_ok(), attendu);
        }
        let inconnue: Result<(), Erreur> =
            ecrire!(banc.db, |tx| confirmer_doublon(tx, "agent", maintenant(), 9, 9)
                .await);
        assert!(matches!(inconnue, Err(Erreur::LigneDejaDecidee)));
        assert_eq!(verifiee(&banc).await.encaisse_centimes, 10_100);
        let decidee = douteuses(&banc, false).await.remove(0);
        assert_eq!(decidee.decision.map(|d| d.autre), Some(None));
    }
}
