//! La fiche des commentaires et les événements d'un dossier.

use acces::{Horloge, Objet, Permis, actions};
use creances::Erreur;
use creances::dossiers::{NouvelEvenement, commentaires, commenter, evenements, noter_evenement, resume};
use jiff::SignedDuration;
use jiff::civil::date;
use storage::{ecrire, lire, sql};
use valeurs::DossierId;

use super::{bases, maintenant, permis, peupler};

#[tokio::test]
async fn la_fiche_des_commentaires_ne_fait_que_grandir() {
    for banc in bases().await {
        let db = &banc.db;
        let ids = peupler(db).await;
        let horloge = Horloge::fixe(maintenant());
        for texte in ["Appelle le mardi.", "A changé\r\nde banque."] {
            let ecrit =
                Permis::<actions::CommenterDossier>::operateur(db, &horloge, "anne", Objet::Dossier(ids[0]))
                    .await
                    .unwrap();
            let fait: Result<(), Erreur> = ecrire!(db, |tx| commenter(db, tx, &ecrit, ids[0], texte).await);
            fait.unwrap();
            horloge.avancer(SignedDuration::from_hours(1));
        }
        let lit = permis::<actions::ConsulterDossier>(db, Objet::Dossier(ids[0])).await;
        let lus: Result<_, Erreur> = lire!(db, |tx| commentaires(db, tx, &lit, ids[0]).await);
        let lus: Vec<_> = lus
            .unwrap()
            .into_iter()
            .map(|c| (c.ecrit_le.to_string(), c.auteur, c.texte))
            .collect();
        let attendu = |h: &str, t: &str| (h.to_owned(), "operateur:anne".to_owned(), t.to_owned());
        assert_eq!(
            lus,
            [
                attendu("2026-03-15T09:00:00Z", "A changé\nde banque."),
                attendu("2026-03-15T08:00:00Z", "Appelle le mardi."),
            ]
        );
        for texte in ["UPDATE commentaire SET auteur = 'x'", "DELETE FROM commentaire"] {
            let refus: Result<u64, Erreur> = ecrire!(db, |tx| Ok(sql!(texte).executer(tx).await?));
            assert!(refus.is_err(), "{texte}");
        }
        let scelles: Result<Vec<(Vec<u8>,)>, Erreur> =
            lire!(db, |tx| Ok(sql!("SELECT texte_scelle FROM commentaire")
                .toutes(tx)
                .await?));
        assert!(
            scelles
                .unwrap()
                .iter()
                .all(|(s,)| !String::from_utf8_lossy(s).contains("mardi"))
        );
    }
}

#[tokio::test]
async fn un_commentaire_vide_ou_trop_long_est_refuse() {
    for banc in bases().await {
        let db = &banc.db;
        let ids = peupler(db).await;
        let juste = "é".repeat(4_000);
        let long = "é".repeat(4_001);
        for (texte, admis) in [
            ("", false),
            (" \n ", false),
            ("a", true),
            (&juste, true),
            (&long, false),
        ] {
            let ecrit = permis::<actions::CommenterDossier>(db, Objet::Dossier(ids[0])).await;
            let fait: Result<(), Erreur> = ecrire!(db, |tx| commenter(db, tx, &ecrit, ids[0], texte).await);
            assert_eq!(fait.is_ok(), admis);
            if let Err(e) = fait {
                insta::allow_duplicates! {
                    insta::assert_snapshot!(e, @"CRE-013 : un commentaire compte de 1 à 4 000 caractères ; écrivez-le, ou partagez-le en plusieurs");
                }
            }
        }
        let inconnu = DossierId::new(999);
        let ecrit = permis::<actions::CommenterDossier>(db, Objet::Dossier(inconnu)).await;
        let fait: Result<(), Erreur> = ecrire!(db, |tx| commenter(db, tx, &ecrit, inconnu, "a").await);
        assert!(matches!(fait, Err(Erreur::DossierInconnu)));
    }
}

#[tokio::test]
async fn les_evenements_se_lisent_du_plus_recent_au_plus_ancien() {
    for banc in bases().await {
        let db = &banc.db;
        let ids = peupler(db).await;
        for (jour, libelle) in [(2, "Relance"), (9, "Audience"), (4, "Appel")] {
            let e = NouvelEvenement {
                jour: date(2026, 3, jour),
                nature: "essai",
                libelle,
                branche: None,
                procedure: jour != 4,
            };
            let fait: Result<(), Erreur> =
                ecrire!(db, |tx| noter_evenement(tx, ids[0], &e, "anne", maintenant())
                    .await);
            fait.unwrap();
        }
        let lit = permis::<actions::ConsulterDossier>(db, Objet::Dossier(ids[0])).await;
        let lus: Result<_, Erreur> = lire!(db, |tx| evenements(tx, &lit, ids[0]).await);
        let lus: Vec<_> = lus
            .unwrap()
            .into_iter()
            .map(|e| (e.libelle, e.procedure, e.auteur))
            .collect();
        let attendu = |l: &str, p| (l.to_owned(), p, "anne".to_owned());
        assert_eq!(
            lus,
            [
                attendu("Audience", true),
                attendu("Appel", false),
                attendu("Relance", true)
            ]
        );
        let r: Result<_, Erreur> = lire!(db, |tx| resume(tx, &lit, ids[0], date(2026, 3, 8)).await);
        assert_eq!(r.unwrap().derniere_procedure.unwrap().libelle, "Relance");
    }
}
