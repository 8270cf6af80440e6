//! Chaque ligne de la table des routes, demandée par chaque rôle, par personne et par un agent d'une autre caisse.
//!
//! Ce qui est attendu est écrit à la main dans `routes_attendues.csv`, sans regarder la table des habilitations :
//! une ligne qui s'ouvre de trop dans l'une se voit dans l'autre.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use acces::essais::{Navigateur, Reponse, horloge};
use acces::{Caisse, Horloge, Maison, Methode, Objet, Permis, Role, Route, actions};
use axum::Router;
use axum::body::Body;
use axum::http::{StatusCode, header};
use demo::{Population, charger};
use droit::{Droit, Rythme};
use jiff::ToSpan as _;
use jiff::civil::date;
use recouvrement::actes::{Atelier, Demande, Reglages, emettre};
use recouvrement::echeanciers::{Souhait, accorder};
use storage::{Db, Emplacement, Resultat, ecrire, lire, sql};
use tempfile::TempDir;

const ATTENDU: &str = include_str!("routes_attendues.csv");
/// Les formulaires qui envoient des fichiers.
const DE_FICHIERS: [&str; 3] = [
    "/{caisse}/creances/importer",
    "/{caisse}/dsn/depots",
    "/{caisse}/encaissements/importer",
];
/// Sans fournisseur d'identité, ces pages publiques n'existent pas.
const DU_FOURNISSEUR: [&str; 2] = ["/{caisse}/connexion/fournisseur", "/{caisse}/connexion/retour"];

/// Une ligne de la matrice : qui la route laisse entrer.
struct Ligne {
    personne: bool,
    roles: BTreeMap<Role, bool>,
}

type Matrice = BTreeMap<(String, String), Ligne>;

fn matrice() -> Matrice {
    let mut lignes = ATTENDU.lines();
    let intitules: Vec<&str> = lignes.next().expect("une ligne d'intitulés").split(';').collect();
    let roles: Vec<Role> = intitules[3..]
        .iter()
        .map(|code| Role::depuis_code(code).expect("un rôle par colonne"))
        .collect();
    assert_eq!(roles, Role::TOUS, "une colonne par rôle");
    let mut matrice = Matrice::new();
    for ligne in lignes {
        let mots: Vec<&str> = ligne.split(';').collect();
        let oui = |mot: &str| match mot {
            "oui" => true,
            "non" => false,
            autre => panic!("{ligne} : « {autre} » n'est ni oui ni non"),
        };
        let attendue = Ligne {
            personne: oui(mots[2]),
            roles: roles
                .iter()
                .copied()
                .zip(mots[3..].iter().map(|m| oui(m)))
                .collect(),
        };
        assert_eq!(attendue.roles.len(), roles.len(), "{ligne}");
        let double = matrice.insert((mots[0].to_owned(), mots[1].to_owned()), attendue);
        assert!(double.is_none(), "{ligne} : en double");
    }
    matrice
}

/// Dépose les déclarations d'un mois, et en constate les écarts.
async fn declarer(db: &Db, population: &Population, horloge: &Horloge) {
    let permis = Permis::<actions::DeposerDsn>::operateur(db, horloge, "essai", Objet::Caisse)
        .await
        .expect("permis d'essai");
    let mois = population.mois_declares().pop().expect("un mois déclaré");
    let fichier = tempfile::tempfile().expect("fichier d'essai");
    population
        .declarations(mois, &fichier)
        .expect("déclarations d'essai");
    let au = horloge.aujourdhui();
    rapprochement::deposer(db, &permis, au, "essai.dsn", &fichier, |_, _| ())
        .await
        .expect("dépôt d'essai");
    rapprochement::ecarts::constater(db, au, horloge.maintenant())
        .await
        .expect("constat d'essai");
}

/// Émet un acte pour la première créance de ces branches qui peut en avoir un.
async fn emettre_un_acte(db: &Db, horloge: &Horloge, donnees: &Path, actes: &[&str]) {
    let permis = Permis::<actions::ComposerActe>::operateur(db, horloge, "essai", Objet::Caisse)
        .await
        .expect("permis d'essai");
    let atelier = Atelier::ouvrir(donnees, db.caisse()).expect("atelier d'essai");
    let ouvertes: Resultat<Vec<(i64,)>> = lire!(db, |tx| sql!(
        "SELECT id FROM creance WHERE ouverte = 1 ORDER BY id"
    )
    .toutes(tx)
    .await);
    for (creance,) in ouvertes.expect("des créances ouvertes") {
        for code in actes {
            let acte = Droit::charger().acte(code).expect("un acte");
            let demande = Demande {
                acte,
                creances: vec![creance],
                signataire: None,
                envoi: acte.envois()[0],
                saisies: BTreeMap::new(),
            };
            if emettre(db, &permis, &atelier, &demande, horloge.aujourdhui())
                .await
                .is_ok()
            {
                return;
            }
        }
    }
    panic!("aucune créance n'a pu avoir d'acte parmi {actes:?}");
}

/// Accorde un échéancier à la première créance de cette branche qui peut en avoir un.
async fn accorder_un_echeancier(db: &Db, horloge: &Horloge, branche: i64) {
    let permis = Permis::<actions::AccorderEcheancier>::operateur(db, horloge, "essai", Objet::Caisse)
        .await
        .expect("permis d'essai");
    let ouvertes: Resultat<Vec<(i64,)>> = lire!(db, |tx| sql!(
        "SELECT id FROM creance WHERE ouverte = 1 AND branche = $1 ORDER BY id"
    )
    .bind(branche)
    .toutes(tx)
    .await);
    let au = horloge.aujourdhui();
    for (creance,) in ouvertes.expect("des créances ouvertes") {
        let souhait = Souhait {
            creances: vec![creance],
            premiere: au.checked_add(1.month()).expect("un mois plus tard"),
            rythme: Rythme::Mensualites(3),
            clause_de_rupture: false,
        };
        let accorde: Result<i64, recouvrement::Erreur> =
            ecrire!(db, |tx| accorder(db, tx, &permis, &souhait, au).await);
        if accorde.is_ok() {
            return;
        }
    }
    panic!("aucune créance de la branche {branche} n'a pu avoir d'échéancier");
}

/// Ouvre une campagne de relances qui ne touche que ces branches.
async fn ouvrir_une_campagne(db: &Db, branches: i64) {
    let ouverte: Resultat<u64> = ecrire!(db, |tx| {
        sql!(
        "INSERT INTO campagne (id, code, branches, minimum_centimes, envoi, signataire, preparee_le, preparee_par, etat, \
         reuni_jusqu_a) VALUES ($1, 'relance', $1, 0, 'simple', 'Camille Exemple', '2026-03-02T08:00:00Z', 'essai', \
         'preparee', 0)"
    )
    .bind(branches)
    .executer(tx)
    .await
    });
    ouverte.expect("campagne d'essai");
}

/// Deux caisses peuplées, servies par une même maison.
struct Banc {
    routeur: Router,
    ici: Db,
    ailleurs: Db,
    horloge: Horloge,
    _dossier: TempDir,
}

impl Banc {
    async fn monter() -> Self {
        let (dossier, horloge) = (tempfile::tempdir().expect("dossier d'essai"), horloge());
        let mut bases = Vec::new();
        for code in ["DMSA33", "DMSA35"] {
            let lieu =
                Emplacement::lire(&format!("sqlite:{}", dossier.path().display())).expect("adresse d'essai");
            let (caisse, cles) = (code.parse().expect("caisse d'essai"), dossier.path().join("cles"));
            let db = Db::creer(&lieu, &cles, caisse, &sillon::migrations())
                .await
                .expect("base d'essai");
            let population =
                Population::nouvelle("routes", caisse, 60, date(2026, 3, 2)).expect("population d'essai");
            charger(&db, &population, horloge.maintenant(), date(2026, 3, 2), |_| {})
                .await
                .expect("population d'essai");
            declarer(&db, &population, &horloge).await;
            demo::adresser(&db, &population, date(2026, 3, 2))
                .await
                .expect("adresses d'essai");
            let actes = recouvrement::actes::dossier(dossier.path(), caisse);
            Reglages::ecrire_un_exemple(&actes, caisse.nom()).expect("réglages d'essai");
            emettre_un_acte(&db, &horloge, dossier.path(), &["mise-en-demeure-cotisations"]).await;
            let indus = [
                "notification-indu",
                "notification-rsa",
                "notification-prime-activite",
            ];
            emettre_un_acte(&db, &horloge, dossier.path(), &indus).await;
            for branche in [1, 2] {
                ouvrir_une_campagne(&db, branche).await;
                accorder_un_echeancier(&db, &horloge, branche).await;
            }
            bases.push(db);
        }
        let preparees = bases
            .iter()
            .map(|db| Caisse::preparer(db.clone(), dossier.path()).expect("caisse d'essai"))
            .collect();
        let maison = Maison::nouvelle(preparees, horloge.clone(), "https://sillon.essai");
        let (ailleurs, ici) = (bases.pop().expect("deux bases"), bases.pop().expect("deux bases"));
        Self {
            routeur: acces::routeur(sillon::routes(), maison),
            ici,
            ailleurs,
            horloge,
            _dossier: dossier,
        }
    }

    async fn agent(&self, role: Role) -> Navigateur {
        Navigateur::connecte(&self.routeur, &self.ici, &self.horloge, role).await
    }

    fn personne(&self) -> Navigateur {
        Navigateur::anonyme(&self.routeur, &self.ici)
    }

    /// L'adresse du flux qu'un agent a donnée à son agenda.
    async fn flux(&self) -> String {
        let page = self
            .agent(Role::Recouvrement)
            .await
            .post("/DMSA33/radar/calendrier", &[])
            .await;
        let (_, adresse) = page
            .corps
            .rsplit_once("<code>https://sillon.essai")
            .expect("une adresse");
        adresse.split_once('<').expect("une adresse").0.to_owned()
    }

    /// L'adresse d'une route, sur des objets que ce rôle voit.
    async fn chemin(&self, route: &Route, role: Role) -> String {
        if route.chemin().contains("{jeton}") {
            return self.flux().await;
        }
        // Les prestations ne voient pas les cotisations ; tous les autres les voient.
        let branches: i64 = if role == Role::Prestations { 2 } else { 1 };
        // Une créance payée par une recette ; et une recette qui attend.
        let ids: Resultat<(i64, i64, i64, i64)> = lire!(self.ici, |tx| {
            sql!(
            "SELECT c.dossier_id, c.id, e.encaissement_id, (SELECT MIN(id) FROM encaissement WHERE rac_centimes > 0) \
             FROM creance c JOIN ecriture e ON e.creance_id = c.id AND e.encaissement_id IS NOT NULL \
             WHERE (c.branche & $1) <> 0 ORDER BY c.id LIMIT 1"
        )
        .bind(branches)
        .une(tx)
        .await
        });
        let declare: Resultat<(i64, i64)> = lire!(self.ici, |tx| {
            sql!("SELECT (SELECT MIN(id) FROM ecart), (SELECT MIN(id) FROM dsn_declaration WHERE routee = 1)")
                .une(tx)
                .await
        });
        let acte: Resultat<i64> = lire!(self.ici, |tx| sql!("SELECT MIN(id) FROM acte WHERE branche = $1")
            .bind(branches)
            .scalaire(tx)
            .await);
        let campagne: Resultat<i64> =
            lire!(self.ici, |tx| sql!("SELECT id FROM campagne WHERE branches = $1")
                .bind(branches)
                .scalaire(tx)
                .await);
        let echeancier: Resultat<i64> = lire!(self.ici, |tx| sql!(
            "SELECT MIN(e.echeancier_id) FROM echeancier_creance e JOIN creance c ON c.id = e.creance_id \
             WHERE c.branche = $1"
        )
        .bind(branches)
        .scalaire(tx)
        .await);
        let (ecart, declaration) = declare.expect("un écart, une déclaration");
        let (dossier, creance, recette, en_attente) = ids.expect("une créance payée, une recette en attente");
        let recette = if route.chemin().contains("/rac/") {
            en_attente
        } else {
            recette
        };
        route
            .chemin()
            .replace("{caisse}", "DMSA33")
            .replace("{dossier}", &dossier.to_string())
            .replace("{creance}", &creance.to_string())
            .replace("{recette}", &recette.to_string())
            .replace("{acte}", &acte.expect("un acte").to_string())
            .replace("{campagne}", &campagne.expect("une campagne").to_string())
            .replace("{echeancier}", &echeancier.expect("un échéancier").to_string())
            .replace("{ecart}", &ecart.to_string())
            .replace("{declaration}", &declaration.to_string())
    }

    /// Les lignes du journal de la caisse, de la plus récente à la plus ancienne.
    async fn journal(&self) -> Vec<(String, String, String, String)> {
        let lignes: Resultat<Vec<(String, String, String, String)>> = lire!(self.ici, |tx| sql!(
            "SELECT acteur, resultat, repere, COALESCE(motif, '') FROM acces_journal ORDER BY id DESC"
        )
        .toutes(tx)
        .await);
        lignes.expect("le journal se lit")
    }
}

async fn envoyer(navigateur: &mut Navigateur, route: &Route, chemin: &str) -> Reponse {
    match route.methode() {
        Methode::Get => navigateur.get(chemin).await,
        Methode::Post if DE_FICHIERS.contains(&route.chemin()) => {
            let corps = "--B\r\ncontent-disposition: form-data; name=\"jeton\"\r\n\r\nfaux\r\n--B--\r\n";
            let demande = navigateur
                .demande("POST", chemin)
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
                .body(Body::from(corps))
                .expect("requête d'essai");
            navigateur.envoyer(demande).await
        }
        Methode::Post => navigateur.post_brut(chemin, &[]).await,
    }
}

fn est_refuse_par_le_role(reponse: &Reponse) -> bool {
    reponse.etat == StatusCode::FORBIDDEN && reponse.corps.contains("pas habilité à cette action")
}

/// Personne n'est entré : une page mène à la connexion, un envoi est refusé.
fn exiger_dehors(reponse: &Reponse, route: &Route, qui: &str) {
    match route.methode() {
        Methode::Get => {
            assert_eq!(reponse.etat, StatusCode::SEE_OTHER, "{qui} {route:?}");
            assert_eq!(
                reponse.vers.as_deref(),
                Some("/DMSA33/connexion"),
                "{qui} {route:?}"
            );
        }
        Methode::Post => assert_eq!(reponse.etat, StatusCode::UNAUTHORIZED, "{qui} {route:?}"),
    }
}

#[test]
fn la_matrice_et_la_table_ont_les_memes_routes() {
    let table: BTreeSet<(String, String)> = sillon::routes()
        .iter()
        .map(|r| (r.methode().to_string(), r.chemin().to_owned()))
        .collect();
    let attendues: BTreeSet<(String, String)> = matrice().into_keys().collect();
    assert_eq!(
        sillon::routes().len(),
        table.len(),
        "une route est deux fois dans la table"
    );
    let manquent: Vec<_> = table.symmetric_difference(&attendues).collect();
    assert!(
        manquent.is_empty(),
        "dans la table ou dans la matrice, pas dans les deux : {manquent:?}"
    );
}

#[tokio::test]
async fn chaque_route_ne_s_ouvre_qu_a_qui_la_matrice_l_ouvre() {
    let (banc, matrice) = (Banc::monter().await, matrice());
    for route in sillon::routes() {
        let attendue = &matrice[&(route.methode().to_string(), route.chemin().to_owned())];
        let chemin = banc.chemin(&route, Role::Recouvrement).await;
        let reponse = envoyer(&mut banc.personne(), &route, &chemin).await;
        if attendue.personne {
            assert_ne!(reponse.etat, StatusCode::UNAUTHORIZED, "personne {route:?}");
        } else {
            exiger_dehors(&reponse, &route, "personne");
        }
        for (role, ouverte) in &attendue.roles {
            let chemin = banc.chemin(&route, *role).await;
            let mut agent = banc.agent(*role).await;
            let avant = banc.journal().await.len();
            let reponse = envoyer(&mut agent, &route, &chemin).await;
            let apres = banc.journal().await;
            if *ouverte {
                exiger_ouverte(&reponse, &route, *role);
            } else {
                assert!(
                    est_refuse_par_le_role(&reponse),
                    "{role} {route:?} : {}",
                    reponse.etat
                );
                let refus = (
                    format!("{role}.essai"),
                    "refuse".to_owned(),
                    format!("{} {}", route.methode(), route.chemin()),
                    "habilitation".to_owned(),
                );
                assert_eq!(
                    (apres.len(), &apres[0]),
                    (avant + 1, &refus),
                    "{role} {route:?} : refus non journalisé"
                );
            }
        }
    }
}

/// Une page ouverte se lit ; un envoi sans le jeton de sa session est refusé, quel que soit le droit.
fn exiger_ouverte(reponse: &Reponse, route: &Route, role: Role) {
    assert!(!est_refuse_par_le_role(reponse), "{role} {route:?}");
    if DU_FOURNISSEUR.contains(&route.chemin()) {
        assert_eq!(reponse.etat, StatusCode::NOT_FOUND, "{role} {route:?}");
        return;
    }
    match route.methode() {
        Methode::Get if route.chemin().ends_with("/connexion") || route.chemin().ends_with("/code") => {
            assert_eq!(reponse.etat, StatusCode::SEE_OTHER, "{role} {route:?}");
        }
        Methode::Get => assert_eq!(reponse.etat, StatusCode::OK, "{role} {route:?}"),
        Methode::Post => {
            assert_eq!(
                reponse.etat,
                StatusCode::FORBIDDEN,
                "{role} {route:?} : envoyé sans jeton"
            );
            assert!(reponse.corps.contains("Formulaire périmé"), "{role} {route:?}");
        }
    }
}

#[tokio::test]
async fn un_agent_d_une_autre_caisse_est_comme_personne() {
    let (banc, matrice) = (Banc::monter().await, matrice());
    for role in Role::TOUS {
        let voisin = Navigateur::connecte(&banc.routeur, &banc.ailleurs, &banc.horloge, *role).await;
        let cookie =
            voisin.demande("GET", "/").body(Body::empty()).unwrap().headers()[header::COOKIE].clone();
        let cookie = cookie.to_str().unwrap().to_owned();
        // Son cookie tel quel, puis présenté sous le nom de cette caisse.
        for cookie in [cookie.clone(), cookie.replace("DMSA35", "DMSA33")] {
            for route in sillon::routes() {
                let attendue = &matrice[&(route.methode().to_string(), route.chemin().to_owned())];
                if attendue.personne {
                    continue;
                }
                let chemin = banc.chemin(&route, *role).await;
                let mut porteur = banc.personne();
                let demande = porteur
                    .demande(&route.methode().to_string(), &chemin)
                    .header(header::COOKIE, &cookie)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(Body::empty())
                    .unwrap();
                exiger_dehors(&porteur.envoyer(demande).await, &route, role.code());
            }
        }
    }
}

#[tokio::test]
async fn rien_de_ce_que_lisent_le_dpo_et_l_administrateur_ne_nomme_un_debiteur() {
    let banc = Banc::monter().await;
    let personnels: Resultat<Vec<(String, String, String, String)>> = lire!(banc.ici, |tx| sql!(
        "SELECT nom, prenom, matricule, COALESCE(siret, matricule) FROM debiteur"
    )
    .toutes(tx)
    .await);
    let contacts: Resultat<Vec<(String,)>> =
        lire!(banc.ici, |tx| sql!("SELECT valeur FROM contact").toutes(tx).await);
    let contacts: Vec<String> = contacts.unwrap().into_iter().map(|(valeur,)| valeur).collect();
    let personnels = personnels.unwrap();
    assert!(personnels.len() == 60 && !contacts.is_empty(), "de quoi chercher");
    // Des accès de ceux qui voient les dossiers, pour que le journal ait de quoi dire.
    for route in sillon::routes() {
        let chemin = banc.chemin(&route, Role::Recouvrement).await;
        if route.methode() == Methode::Get {
            banc.agent(Role::Recouvrement).await.get(&chemin).await;
        }
    }
    let nom = &personnels[0].0;
    banc.agent(Role::Recouvrement)
        .await
        .post("/DMSA33/recherche", &[("q", nom)])
        .await;
    for role in [Role::Dpo, Role::Administrateur] {
        for route in sillon::routes() {
            let chemin = banc.chemin(&route, role).await;
            let corps = envoyer(&mut banc.agent(role).await, &route, &chemin).await.corps;
            let mots: BTreeSet<&str> = corps
                .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '’')
                .collect();
            for (nom, prenom, matricule, siret) in &personnels {
                let entier = format!("{prenom} {nom}");
                let nomme = corps.contains(entier.trim()) || mots.contains(nom.as_str());
                assert!(!nomme, "{role} {route:?} : un débiteur est nommé");
                let numero = mots.contains(matricule.as_str()) || mots.contains(siret.as_str());
                assert!(!numero, "{role} {route:?} : un numéro de débiteur est montré");
            }
            let joint = contacts.iter().any(|c| corps.contains(c.as_str()));
            assert!(!joint, "{role} {route:?} : le contact d’un débiteur est montré");
        }
    }
}
