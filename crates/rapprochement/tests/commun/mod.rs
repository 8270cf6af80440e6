//! Ce que les essais des pages partagent : une caisse jetable, des déclarations déposées, des paiements importés.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "chaque essai n’en prend qu’une part"
)]

use acces::essais::{Navigateur, maison};
use acces::{Horloge, Objet, Permis, Role, Route, actions};
use axum::Router;
use dsn::{Ecrivain, Rubrique};
use jiff::Timestamp;
use jiff::civil::Date;
use rapprochement::ecarts::{Constat, constater};
use rapprochement::{BilanDepot, deposer};
use storage::essais::{Banc, bancs};

pub(crate) const SIRETS: [&str; 3] = ["73282932000074", "55210055400013", "38012986646850"];
pub(crate) const IBAN: &str = "FR7630006000011234567890189";

/// L'instant des essais : le 1er avril 2026 au matin.
pub(crate) fn maintenant() -> Timestamp {
    "2026-04-01T08:00:00Z".parse().unwrap()
}

pub(crate) fn horloge() -> Horloge {
    Horloge::fixe(maintenant())
}

pub(crate) fn jour(texte: &str) -> Date {
    texte.parse().unwrap()
}

/// Une caisse vide sur chaque moteur.
pub(crate) async fn caisses() -> Vec<Banc> {
    let migrations: Vec<_> = acces::MIGRATIONS
        .iter()
        .chain(creances::MIGRATIONS)
        .chain(rapprochement::MIGRATIONS)
        .copied()
        .collect();
    bancs(&migrations).await
}

/// Toutes les pages du module et celles où elles mènent.
pub(crate) fn routeur(banc: &Banc) -> Router {
    let routes: Vec<Route> = [
        acces::routes(),
        creances::pages::routes(),
        rapprochement::pages::routes(),
    ]
    .into_iter()
    .flatten()
    .collect();
    acces::routeur(routes, maison(banc, horloge()))
}

pub(crate) async fn agent(banc: &Banc, routeur: &Router, role: Role) -> Navigateur {
    Navigateur::connecte(routeur, &banc.db, &horloge(), role).await
}

/// Une déclaration à écrire : un établissement, un mois, ses individus.
#[derive(Clone)]
pub(crate) struct Dsn {
    pub(crate) siret: &'static str,
    /// Premier jour du mois, « 01012026 ».
    pub(crate) mois: &'static str,
    pub(crate) genre: &'static str,
    pub(crate) ordre: u32,
    /// Numéro d'ordre de la déclaration remplacée, constituée le même jour.
    pub(crate) remplace: Option<u32>,
    /// Cotisations de chaque individu : code, centimes.
    pub(crate) cotisations: Vec<(&'static str, i64)>,
    /// Individus : NIR, nom, prénom.
    pub(crate) individus: Vec<(&'static str, &'static str, &'static str)>,
    pub(crate) ordonne: i64,
    pub(crate) echeance: &'static str,
}

impl Dsn {
    /// Janvier 2026, un salarié, 750,00 € déclarés et ordonnés, dus le 15 février.
    pub(crate) fn janvier(siret: &'static str) -> Self {
        Self {
            siret,
            mois: "01012026",
            genre: "01",
            ordre: 1,
            remplace: None,
            cotisations: vec![("075", 70_000), ("072", 20_000), ("018", -15_000)],
            individus: vec![("1850233063001", "D'ALMEIDA", "Léa")],
            ordonne: 75_000,
            echeance: "15022026",
        }
    }
}

fn euros(centimes: i64) -> String {
    valeurs::Montant::de_centimes(centimes).en_point()
}

/// Les octets d'un fichier de ces déclarations, toutes constituées le 10 février 2026.
pub(crate) fn fichier(declarations: &[Dsn]) -> Vec<u8> {
    let mut e = Ecrivain::nouveau(Vec::new());
    let mut ecrire = |nom: &str, valeur: &str| e.rubrique(nom.parse::<Rubrique>().unwrap(), valeur).unwrap();
    for (nom, valeur) in [
        ("S10.G00.00.001", "PAIE"),
        ("S10.G00.00.002", "EDITEUR"),
        ("S10.G00.00.003", "1"),
        ("S10.G00.00.005", "02"),
        ("S10.G00.00.006", "P26V01"),
        ("S10.G00.00.007", "02"),
        ("S10.G00.00.008", "01"),
        ("S10.G00.01.001", "732829320"),
        ("S10.G00.01.002", "00074"),
        ("S10.G00.01.003", "CABINET"),
        ("S10.G00.02.001", "02"),
        ("S10.G00.02.002", "DUPONT"),
        ("S10.G00.02.004", "a@exemple.invalid"),
        ("S10.G00.02.005", "0102030405"),
    ] {
        ecrire(nom, valeur);
    }
    for d in declarations {
        let fin = match &d.mois[2..4] {
            "02" => format!("28{}", &d.mois[2..]),
            _ => format!("31{}", &d.mois[2..]),
        };
        ecrire("S20.G00.05.001", "01");
        ecrire("S20.G00.05.002", d.genre);
        ecrire("S20.G00.05.003", "11");
        ecrire("S20.G00.05.004", &d.ordre.to_string());
        ecrire("S20.G00.05.005", d.mois);
        if let Some(ordre) = d.remplace {
            ecrire("S20.G00.05.006", &format!("10022026{ordre}"));
        }
        ecrire("S20.G00.05.007", "10022026");
        ecrire("S20.G00.05.008", "01");
        ecrire("S21.G00.06.001", &d.siret[..9]);
        ecrire("S21.G00.06.002", &d.siret[9..]);
        ecrire("S21.G00.11.001", &d.siret[9..]);
        ecrire("S21.G00.11.005", "LIBOURNE");
        ecrire("S21.G00.20.001", "DMSA33");
        ecrire("S21.G00.20.003", "AGRIFRPPXXX");
        ecrire("S21.G00.20.004", IBAN);
        ecrire("S21.G00.20.005", &euros(d.ordonne));
        ecrire("S21.G00.20.006", d.mois);
        ecrire("S21.G00.20.007", &fin);
        ecrire("S21.G00.20.010", "05");
        ecrire("S21.G00.20.011", d.echeance);
        for (nir, nom, prenom) in &d.individus {
            ecrire("S21.G00.30.001", nir);
            ecrire("S21.G00.30.002", nom);
            ecrire("S21.G00.30.004", prenom);
            ecrire("S21.G00.78.001", "03");
            ecrire("S21.G00.78.002", d.mois);
            ecrire("S21.G00.78.003", &fin);
            for (code, centimes) in &d.cotisations {
                ecrire("S21.G00.81.001", code);
                ecrire("S21.G00.81.002", "DMSA33");
                ecrire("S21.G00.81.004", &euros(*centimes));
            }
        }
    }
    e.fermer_message().unwrap();
    e.finir().unwrap()
}

/// Dépose un fichier de ces déclarations.
pub(crate) async fn deposer_dsn(banc: &Banc, nom: &str, declarations: &[Dsn]) -> BilanDepot {
    let chemin = banc.dossier.path().join(nom);
    std::fs::write(&chemin, fichier(declarations)).unwrap();
    let permis: Permis<actions::DeposerDsn> = Permis::operateur(&banc.db, &horloge(), "essai", Objet::Caisse)
        .await
        .unwrap();
    let ouvert = std::fs::File::open(&chemin).unwrap();
    deposer(&banc.db, &permis, jour("2026-04-01"), nom, &ouvert, |_, _| ())
        .await
        .unwrap()
}

/// Importe des paiements : jour (JJMMAAAA), SIRET, période, montant en euros.
pub(crate) async fn payer(banc: &Banc, nom: &str, paiements: &[(&str, &str, &str, &str)]) {
    let mut texte = String::from("date;caisse;siret;periode;montant;mode;iban\r\n");
    for (jour, siret, periode, montant) in paiements {
        texte.push_str(&format!("{jour};DMSA33;{siret};{periode};{montant};05;\r\n"));
    }
    let chemin = banc.dossier.path().join(nom);
    std::fs::write(&chemin, texte).unwrap();
    creances::encaissements::importer(
        &creances::encaissements::Importateur {
            db: &banc.db,
            auteur: "essai",
            maintenant: maintenant(),
        },
        &chemin,
    )
    .await
    .unwrap();
}

/// Une passe du serveur, au 1er avril 2026.
pub(crate) async fn passer(banc: &Banc) -> Option<Constat> {
    constater(&banc.db, jour("2026-04-01"), maintenant())
        .await
        .unwrap()
}
