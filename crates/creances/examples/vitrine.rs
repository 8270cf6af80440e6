//! Une petite caisse servie pour être regardée, un port par rôle. À ôter dès que `sillon servir` existe.
#![allow(missing_docs, clippy::all, clippy::unwrap_used, clippy::allow_attributes, clippy::allow_attributes_without_reason)]
#[path = "../tests/commun/mod.rs"]
mod commun;

use acces::essais::{Navigateur, maison};
use acces::{Horloge, Role};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse};
use commun::*;
use creances::creances::*;
use creances::dossiers::*;
use droit::*;
use jiff::civil::date;
use storage::essais::Banc;
use storage::{Db, Emplacement, Migration, ecrire};
use valeurs::Montant;

#[tokio::main]
async fn main() {
    let migrations: Vec<Migration> = acces::MIGRATIONS.iter().chain(creances::MIGRATIONS).copied().collect();
    let dossier = tempfile::tempdir().unwrap();
    let adresse = format!("sqlite:{}", dossier.path().display());
    let lieu = Emplacement::lire(&adresse).unwrap();
    let db = Db::creer(&lieu, &dossier.path().join("cles"), "DMSA33".parse().unwrap(), &migrations).await.unwrap();
    let banc = Banc { db, lieu, adresse, dossier };
    let mut emp = employeur(0);
    emp.nom = "SCEA Château Brûlé-Saint-Émilion".into();
    emp.contacts = vec![
        Contact::Telephone("05 56 12 34 56".parse().unwrap()),
        Contact::Mail("comptabilite@chateau-brule.fr".parse().unwrap()),
    ];
    emp.ibans = vec![IBANS[0].parse().unwrap()];
    emp.nir = Some("2850233063123".parse().unwrap());
    let id = inscrire_un(&banc, emp).await;
    for mois in 1..=3 {
        for (f, o, p) in [
            (FamilleCotisation::AssurancesSociales, 1_234_56, 4_321_09),
            (FamilleCotisation::AccidentsTravail, 0, 611_20),
            (FamilleCotisation::CsgCrdsSalaries, 812_40, 0),
            (FamilleCotisation::RetraiteComplementaire, 402_18, 603_27),
            (FamilleCotisation::AssuranceChomage, 0, 477_00),
        ] {
            let mut c = cotisation(id, mois, o, p);
            c.reference = format!("DSN-2026{mois:02}-{}", f.code().to_uppercase());
            c.nature = Nature::Cotisation(f);
            c.libelle = format!("DSN {mois:02}/2026");
            emettre_une(&banc, c).await.unwrap();
        }
    }
    emettre_une(&banc, CreanceAEmettre {
        reference: "RSA-2026-00417".into(), dossier: id, nature: Nature::Indu(Prestation::Rsa), regime: Regime::Assure,
        periode: (date(2025, 9, 1), date(2026, 1, 31)), emise_le: date(2026, 2, 20), exigible_le: date(2026, 4, 20),
        libelle: "Indu de RSA de septembre 2025 à janvier 2026".into(),
        cause: Some("Reprise d’activité déclarée tardivement".into()), parts: Parts::Principal(Montant::de_centimes(1_842_50)),
    }).await.unwrap();
    importer_texte(&banc, "p.csv", &csv(&[
        ("15022026", SIRETS[0], "2026-01", "5000.00", ""), ("20032026", SIRETS[0], "2026-01", "3461.70", ""),
        ("25032026", SIRETS[0], "2026-02", "2500.00", ""),
    ])).await.unwrap();
    for (i, n, p, c) in [(1, "d’Harcourt", "Jean-Baptiste", "Saint-Émilion"), (2, "Etcheverry", "Maïté", "Saint-Sulpice"), (3, "N’Diaye", "Aïssatou", "Saint-Macaire")] {
        let mut a = assure(&format!("33000{i}"));
        a.nom = n.into(); a.prenom = p.into(); a.commune = c.into();
        let d = inscrire_un(&banc, a).await;
        emettre_une(&banc, indu(d, &format!("RSA-{i}"), 412_33 * i64::from(i))).await.unwrap();
    }
    let r: Result<(), creances::Erreur> = ecrire!(banc.db, |tx| {
        for (j, l, p) in [(date(2026, 3, 2), "Relance amiable envoyée", false), (date(2026, 3, 24), "Mise en demeure notifiée", true)] {
            noter_evenement(tx, id, &NouvelEvenement { jour: j, nature: "relance", libelle: l, branche: p.then_some(Branche::Cotisations), procedure: p }, "camille.darrieux", maintenant()).await?;
        }
        Ok(())
    });
    r.unwrap();
    let horloge = Horloge::fixe(maintenant());
    let routes = [acces::routes(), creances::pages::routes()].into_iter().flatten().collect();
    let routeur = acces::routeur(routes, maison(&banc, horloge.clone()));
    let mut agent = Navigateur::connecte(&routeur, &banc.db, &horloge, Role::Cotisations).await;
    for t in ["Appel : M. Brûlé annonce un virement pour le 25. Rappeler le 28 s’il n’est pas là.", "Virement de 2 500 € reçu. Demande un échéancier pour le reste de février :\n6 mensualités, à confirmer par écrit."] {
        agent.post(&format!("/DMSA33/dossiers/{id}/commentaires"), &[("texte", t)]).await;
    }
    let mut taches = Vec::new();
    for (port, role) in [(4181, Role::Recouvrement), (4182, Role::Prestations), (4183, Role::AgenceComptable), (4184, Role::Cotisations)] {
        let n = Navigateur::connecte(&routeur, &banc.db, &horloge, role).await;
        let serveur: Router = routeur.clone().merge(web::assets()).layer(from_fn(move |mut r: Request, suite: Next| {
            let mut n = n.clone();
            async move {
                let chemin = r.uri().path().to_owned();
                if let Some(suite) = chemin.strip_prefix("/poster") {
                    let q: Vec<(String, String)> = axum::extract::Query::try_from_uri(r.uri()).unwrap().0;
                    let q: Vec<(&str, &str)> = q.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
                    return Html(n.post(suite, &q).await.corps).into_response();
                }
                let d = n.demande("GET", "/").body(()).unwrap();
                r.headers_mut().insert("cookie", d.headers()["cookie"].clone());
                suite.run(r).await
            }
        }));
        let ecoute = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        taches.push(tokio::spawn(async move { axum::serve(ecoute, serveur).await.unwrap() }));
    }
    println!("dossier {id}");
    for t in taches { t.await.unwrap(); }
}
