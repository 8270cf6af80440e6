//! L'extranet de démonstration, par ses vraies pages, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

use acces::{Horloge, Objet, Permis, actions};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use creances::dossiers::{commentaires, debiteur_du_matricule};
use demo::extranet::{Adherent, Extranet, Profil, adherents};
use demo::{Population, charger};
use jiff::civil::date;
use storage::essais::Banc;
use storage::{Migration, lire};
use tower::ServiceExt as _;

const AUJOURDHUI: jiff::civil::Date = date(2026, 6, 30);

fn migrations() -> Vec<Migration> {
    [acces::MIGRATIONS, creances::MIGRATIONS].concat()
}

fn horloge() -> Horloge {
    Horloge::fixe("2026-06-30T08:00:00Z".parse().unwrap())
}

/// Un navigateur qui ne garde que le cookie de l'extranet.
struct Navigateur {
    site: Router,
    cookie: Option<String>,
}

struct Lue {
    etat: StatusCode,
    vers: Option<String>,
    corps: String,
}

impl Navigateur {
    async fn demander(&mut self, requete: axum::http::request::Builder, corps: String) -> Lue {
        let requete = match &self.cookie {
            Some(cookie) => requete.header(header::COOKIE, cookie),
            None => requete,
        };
        let reponse = self
            .site
            .clone()
            .oneshot(requete.body(Body::from(corps)).unwrap())
            .await
            .unwrap();
        let entete = |nom| {
            let valeur = reponse.headers().get(nom)?;
            Some(valeur.to_str().unwrap().to_owned())
        };
        if let Some(pose) = entete(header::SET_COOKIE) {
            assert!(pose.contains("HttpOnly") && pose.contains("SameSite=Strict"));
            self.cookie = Some(pose.split(';').next().unwrap().to_owned());
        }
        let vers = entete(header::LOCATION);
        let etat = reponse.status();
        let octets = to_bytes(reponse.into_body(), 1 << 20).await.unwrap();
        Lue {
            etat,
            vers,
            corps: String::from_utf8(octets.to_vec()).unwrap(),
        }
    }

    async fn lire(&mut self, chemin: &str) -> Lue {
        self.demander(Request::get(chemin), String::new()).await
    }

    async fn envoyer(&mut self, chemin: &str, champs: &[(&str, &str)]) -> Lue {
        let requete = Request::post(chemin).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.demander(requete, serde_html_form::to_string(champs).unwrap())
            .await
    }

    async fn se_connecter(&mut self, adherent: &Adherent) {
        let champs = [
            ("identifiant", adherent.identite.matricule.as_str()),
            ("mot_de_passe", &adherent.mot_de_passe),
        ];
        let entree = self.envoyer("/connexion", &champs).await;
        assert_eq!(
            (entree.etat, entree.vers.as_deref()),
            (StatusCode::SEE_OTHER, Some("/"))
        );
    }
}

async fn sites() -> Vec<(Banc, Vec<Adherent>, Navigateur)> {
    let mut sites = Vec::new();
    for banc in storage::essais::bancs(&migrations()).await {
        let population = Population::nouvelle("1", banc.db.caisse(), 60, AUJOURDHUI).unwrap();
        charger(&banc.db, &population, horloge().maintenant(), AUJOURDHUI, |_| ())
            .await
            .unwrap();
        let comptes = adherents("1", &population);
        let site = Extranet::nouveau(banc.db.clone(), horloge(), comptes.clone()).routeur();
        sites.push((banc, comptes, Navigateur { site, cookie: None }));
    }
    sites
}

#[tokio::test]
async fn sans_connexion_ou_avec_un_mot_de_passe_faux_on_ne_voit_rien() {
    for (_banc, comptes, mut navigateur) in sites().await {
        for chemin in [
            "/",
            "/remboursements",
            "/rsa",
            "/quotient-familial",
            "/cotisations",
            "/messages",
        ] {
            let lue = navigateur.lire(chemin).await;
            assert_eq!(lue.vers.as_deref(), Some("/connexion"), "{chemin}");
        }
        let champs = [
            ("identifiant", comptes[0].identite.matricule.as_str()),
            ("mot_de_passe", &comptes[1].mot_de_passe),
        ];
        let refuse = navigateur.envoyer("/connexion", &champs).await;
        assert_eq!(refuse.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refuse.corps.contains("ne vont pas ensemble") && navigateur.cookie.is_none());
    }
}

#[tokio::test]
async fn chaque_adherent_a_ses_pages_et_une_entreprise_n_a_ni_soins_ni_foyer() {
    for (_banc, comptes, mut navigateur) in sites().await {
        for compte in &comptes {
            navigateur.se_connecter(compte).await;
            let accueil = navigateur.lire("/").await.corps;
            assert!(accueil.contains(compte.identite.matricule.as_str()), "{accueil}");
            for chemin in ["/remboursements", "/rsa", "/quotient-familial"] {
                let attendu = if compte.profil.a_un_menage() {
                    StatusCode::OK
                } else {
                    StatusCode::SEE_OTHER
                };
                assert_eq!(
                    navigateur.lire(chemin).await.etat,
                    attendu,
                    "{:?} {chemin}",
                    compte.profil
                );
            }
            if !compte.profil.a_un_menage() {
                let declaree = navigateur.envoyer("/rsa", &[("atteste", "oui")]).await;
                assert_eq!(declaree.etat, StatusCode::SEE_OTHER);
                assert!(
                    !navigateur
                        .lire("/")
                        .await
                        .corps
                        .contains("Déclaration trimestrielle")
                );
            }
            navigateur.envoyer("/deconnexion", &[]).await;
            assert_eq!(navigateur.lire("/").await.vers.as_deref(), Some("/connexion"));
        }
    }
}

#[tokio::test]
async fn une_demande_d_echeancier_se_lit_dans_la_fiche_du_dossier() {
    for (banc, comptes, mut navigateur) in sites().await {
        let exploitant = comptes.iter().find(|c| c.profil == Profil::Exploitant).unwrap();
        navigateur.se_connecter(exploitant).await;
        let refuse = navigateur
            .envoyer("/cotisations/echeancier", &[("mensualites", "99")])
            .await;
        assert_eq!(refuse.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refuse.corps.contains("de 2 à 36"));
        let champs = [("mensualites", "6"), ("motif", "Grêle sur <la> vigne")];
        let transmise = navigateur.envoyer("/cotisations/echeancier", &champs).await;
        assert!(
            transmise.corps.contains("est transmise au service"),
            "{}",
            transmise.corps
        );
        assert!(navigateur.lire("/").await.corps.contains("en 6 mensualités"));

        let db = &banc.db;
        let caisse: Permis<actions::ConsulterDossier> =
            Permis::operateur(db, &horloge(), "essai", Objet::Caisse)
                .await
                .unwrap();
        let matricule = &exploitant.identite.matricule;
        let dossier: Result<_, creances::Erreur> =
            lire!(db, |tx| debiteur_du_matricule(tx, &caisse, matricule).await);
        let dossier = dossier.unwrap().unwrap();
        let permis: Permis<actions::ConsulterDossier> =
            Permis::operateur(db, &horloge(), "essai", Objet::Dossier(dossier))
                .await
                .unwrap();
        let fiche: Result<_, creances::Erreur> = lire!(db, |tx| commentaires(db, tx, &permis, dossier).await);
        let derniere = fiche.unwrap().remove(0);
        assert_eq!(derniere.auteur, "operateur:extranet");
        assert!(
            derniere
                .texte
                .ends_with("en 6 mensualités. Motif : Grêle sur <la> vigne")
        );
    }
}

#[tokio::test]
async fn une_declaration_incomplete_garde_ce_qui_est_saisi_et_dit_ce_qui_manque() {
    for (_banc, comptes, mut navigateur) in sites().await {
        let allocataire = comptes.iter().find(|c| c.profil == Profil::Allocataire).unwrap();
        navigateur.se_connecter(allocataire).await;
        let saisie = [
            ("salaires-moi-3", "1 200,50"),
            ("exploitation-moi-3", "-3"),
            ("vie", "couple"),
            ("enfants", "5"),
            ("adresse", "7, rue du Pressoir"),
            ("logement", "Propriétaire"),
            ("iban", "FR76 1234"),
        ];
        let incomplete = navigateur.envoyer("/rsa", &saisie).await;
        assert_eq!(incomplete.etat, StatusCode::UNPROCESSABLE_ENTITY);
        let champs: Vec<&str> = incomplete
            .corps
            .split(" name=\"")
            .skip(1)
            .map(|reste| reste.split('"').next().unwrap())
            .filter(|nom| nom.contains("-moi-") || nom.contains("-conjoint-"))
            .collect();
        assert_eq!(
            champs.len(),
            18,
            "trois mois, trois revenus, pour chacun du couple déclaré"
        );
        for dit in [
            "17 montants à corriger",
            "1 200,50",
            "ne peut pas être négatif",
            "Attestez",
            "<option value=\"couple\" selected>",
            "value=\"5\"",
            "7, rue du Pressoir",
            "<option selected>Propriétaire",
            "value=\"FR76 1234\"",
        ] {
            assert!(incomplete.corps.contains(dit), "{dit}\n{}", incomplete.corps);
        }
        let mut remplie: Vec<(&str, &str)> = champs.iter().map(|nom| (*nom, "100")).collect();
        remplie.extend([("vie", "couple"), ("atteste", "oui")]);
        let transmise = navigateur.envoyer("/rsa", &remplie).await;
        assert_eq!(transmise.vers.as_deref(), Some("/"));
        let total = valeurs::Montant::de_centimes(10_000 * i64::try_from(champs.len()).unwrap());
        assert!(
            navigateur
                .lire("/")
                .await
                .corps
                .contains(&format!("{total} déclarés"))
        );
    }
}

#[tokio::test]
async fn un_message_vide_est_refuse_et_un_message_ecrit_se_relit_sans_rien_executer() {
    for (_banc, comptes, mut navigateur) in sites().await {
        navigateur.se_connecter(&comptes[0]).await;
        let vide = navigateur.envoyer("/messages", &[("texte", "  ")]).await;
        assert_eq!(vide.etat, StatusCode::UNPROCESSABLE_ENTITY);
        let champs = [("objet", "Grêle"), ("texte", "<script>alert(1)</script>")];
        let ecrit = navigateur.envoyer("/messages", &champs).await;
        assert_eq!(ecrit.vers.as_deref(), Some("/messages"));
        let page = navigateur.lire("/messages").await.corps;
        assert!(page.contains("Grêle") && page.contains("&#60;script&#62;") && !page.contains("<script>"));
    }
}
