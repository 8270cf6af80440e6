//! Trouver un dossier, dans une seule case.

use acces::{Objet, actions};
use creances::Erreur;
use creances::dossiers::{Critere, NouveauDebiteur, inscrire, rechercher};
use droit::Regime;
use jiff::civil::date;
use storage::{ecrire, lire};
use valeurs::DossierId;

use super::{SIRET, bases, permis, personne, peupler};

#[tokio::test]
async fn une_seule_case_cherche_tout() {
    for banc in bases().await {
        let db = &banc.db;
        let ids = peupler(db).await;
        let cherche = permis::<actions::ChercherDebiteur>(db, Objet::Liste { nombre: 50 }).await;
        let lu: Result<(), Erreur> = lire!(db, |tx| {
            for (texte, attendus) in [
                ("dupont elise", vec![0]),
                ("ÉLISE dupont", vec![0]),
                ("  eli   dup ", vec![0]),
                ("dupon", vec![2, 0, 4]),
                ("dupont", vec![0, 4]),
                ("élise", vec![5, 0]),
                ("elise bordeaux", vec![0]),
                ("noeud", vec![1]),
                ("nœud saint emilion", vec![1]),
                ("d’auvergne", vec![3]),
                ("tour d anne", vec![3]),
                ("x dupont", vec![]),
                ("marc jean", vec![2]),
                ("merignac", vec![4]),
                ("3300005", vec![4]),
                ("33 00 005", vec![4]),
                ("2550814168025", vec![0]),
                ("2 55 08 14 168 025 38", vec![0]),
                ("1 85 05 2A 004 084", vec![2]),
                ("732 829 320 00074", vec![1]),
                ("732829320", vec![1]),
                // Un même numéro est un téléphone et un matricule.
                ("0556123456", vec![2, 0]),
                ("+33 5 56 12 34 56", vec![0]),
                ("05.56.12.34.56", vec![0]),
                ("Elise.Dupont@exemple.FR", vec![0]),
                ("autre@exemple.fr", vec![]),
                ("356000000", vec![]),
            ] {
                let r = rechercher(db, tx, &cherche, &Critere::lire(texte)?, None, 50).await?;
                let trouves: Vec<DossierId> = r.trouves.iter().map(|t| t.id).collect();
                let attendus: Vec<DossierId> = attendus.into_iter().map(|i: usize| ids[i]).collect();
                assert_eq!(trouves, attendus, "{texte}");
                assert!(!r.tronque && r.suite.is_none(), "{texte}");
            }
            let r = rechercher(db, tx, &cherche, &Critere::lire("noeud")?, None, 50).await?;
            let t = &r.trouves[0];
            assert_eq!(
                (t.matricule.as_str(), t.nom.as_str(), t.commune.as_str()),
                ("3300002", "SCEA du Nœud", "Saint-Émilion")
            );
            assert_eq!(t.siret.as_ref().unwrap().as_str(), SIRET);
            assert_eq!(t.regime, Regime::Employeur);
            Ok(())
        });
        lu.unwrap();
    }
}

#[test]
fn une_recherche_impossible_dit_quoi_ecrire() {
    let longue = "a".repeat(201);
    let refus: Vec<String> = ["", "   ", "d", "’ -", "d l", "a@b", "255081416802539", &longue]
        .into_iter()
        .map(|texte| Critere::lire(texte).unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(refus.join("\n"), @r"
    CRE-014 : écrivez au moins deux lettres d’un nom ou d’une commune, un matricule, un NIR, un SIRET, un téléphone ou un courriel
    CRE-014 : écrivez au moins deux lettres d’un nom ou d’une commune, un matricule, un NIR, un SIRET, un téléphone ou un courriel
    CRE-014 : écrivez au moins deux lettres d’un nom ou d’une commune, un matricule, un NIR, un SIRET, un téléphone ou un courriel
    CRE-014 : écrivez au moins deux lettres d’un nom ou d’une commune, un matricule, un NIR, un SIRET, un téléphone ou un courriel
    CRE-014 : écrivez au moins deux lettres d’un nom ou d’une commune, un matricule, un NIR, un SIRET, un téléphone ou un courriel
    CRE-014 : l’adresse de courriel est incomplète ; écrivez-la en entier (nom@domaine.fr)
    CRE-014 : la clé de ce NIR est fausse ; relisez les 15 caractères
    CRE-014 : la recherche est trop longue ; gardez le nom et la commune
    ");
    assert_eq!(format!("{:?}", Critere::lire("Dupont").unwrap()), "Critere(••••)");
}

#[tokio::test]
async fn les_pages_se_suivent_sans_trou_ni_doublon() {
    for banc in bases().await {
        let db = &banc.db;
        let noms = ["PETIT", "PETITJEAN", "PETIOT"];
        let debiteurs: Vec<NouveauDebiteur> = (0..25)
            .map(|i| personne(&format!("P{i}"), noms[i % 3], "Petite", "Petiville"))
            .collect();
        let inscrits: Result<_, Erreur> =
            ecrire!(db, |tx| inscrire(db, tx, &debiteurs, date(2026, 1, 2)).await);
        assert_eq!(inscrits.unwrap().len(), 25);
        let cherche = permis::<actions::ChercherDebiteur>(db, Objet::Liste { nombre: 7 }).await;
        let lu: Result<(), Erreur> = lire!(db, |tx| {
            let critere = Critere::lire("peti")?;
            let mut vus = Vec::new();
            let mut apres = None;
            loop {
                let r = rechercher(db, tx, &cherche, &critere, apres, 7).await?;
                vus.extend(r.trouves.iter().map(|t| (t.nom.clone(), t.id)));
                apres = r.suite;
                if apres.is_none() {
                    break;
                }
                assert_eq!(r.trouves.len(), 7);
            }
            let mut attendus = vus.clone();
            attendus.sort();
            attendus.dedup();
            assert_eq!(vus.len(), 25);
            assert_eq!(vus, attendus);
            Ok(())
        });
        lu.unwrap();
    }
}

#[tokio::test]
async fn une_recherche_trop_large_le_dit() {
    for banc in bases().await {
        let db = &banc.db;
        let debiteurs: Vec<NouveauDebiteur> = (0..2_001)
            .map(|i| personne(&format!("L{i}"), &format!("LARGE {i}"), "", "Langon"))
            .collect();
        let inscrits: Result<_, Erreur> =
            ecrire!(db, |tx| inscrire(db, tx, &debiteurs, date(2026, 1, 2)).await);
        assert_eq!(inscrits.unwrap().len(), 2_001);
        let cherche = permis::<actions::ChercherDebiteur>(db, Objet::Liste { nombre: 5 }).await;
        let lu: Result<(), Erreur> = lire!(db, |tx| {
            for (texte, tronque) in [("lang", true), ("langon large", true), ("lang 20", false)] {
                let r = rechercher(db, tx, &cherche, &Critere::lire(texte)?, None, 5).await?;
                assert_eq!((r.tronque, r.trouves.len()), (tronque, 5), "{texte}");
            }
            Ok(())
        });
        lu.unwrap();
    }
}
