//! Le vrai programme arrêté net, à chaque validation et à des instants quelconques : repris, il finit comme si rien
//! ne l'avait arrêté. Se lance avec `--features failpoints`.
#![cfg(feature = "failpoints")]
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]

#[expect(dead_code, reason = "il n’en prend qu’une part")]
mod programme;

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use programme::{CAISSE, Lieu, Reponse, pareils};
use storage::{lire, sql};

/// Instants d'arrêt par moteur.
const INSTANTS: u32 = 50;
/// Lignes du fichier importé : plus de trois lots d'un millier.
const LIGNES: u64 = 3_300;
/// SIRET de clé juste que la caisse ne connaît pas.
const INCONNUS: [&str; 3] = ["73282932000074", "55210055400013", "44306184100047"];
const IBANS: [&str; 3] = ["", "FR1420041010050500013M02606", "FR7630006000011234567890189"];

/// Un tirage qui ne dépend que de sa graine (xorshift).
struct Tirage(u64);

impl Tirage {
    fn sous(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn parmi<'t, T>(&mut self, choix: &'t [T]) -> &'t T {
        &choix[usize::try_from(self.sous(choix.len().try_into().unwrap())).unwrap()]
    }
}

/// Un CSV de paiements : débiteurs connus et inconnus, trop-payés, retards, lignes répétées.
fn paiements(connus: &[String]) -> String {
    let mut tirage = Tirage(20_260_630);
    let mut texte = "date;caisse;siret;periode;montant;mode;iban\n".to_owned();
    let mut derniere = String::new();
    for _ in 0..LIGNES {
        if tirage.sous(12) != 0 || derniere.is_empty() {
            let inconnu = tirage.sous(8) == 0;
            let siret = if inconnu {
                *tirage.parmi(&INCONNUS)
            } else {
                tirage.parmi(connus).as_str()
            };
            let mois = 1 + tirage.sous(6);
            derniere = format!(
                "{:02}{:02}2026;{CAISSE};{siret};2026-{mois:02};{}.{:02};05;{}\n",
                1 + tirage.sous(28),
                1 + tirage.sous(6),
                1 + tirage.sous(90),
                tirage.sous(100),
                tirage.parmi(&IBANS)
            );
        }
        write!(texte, "{derniere}").unwrap();
    }
    texte
}

/// Une caisse faite une fois, et ce que l'import y donne quand rien ne l'arrête.
struct Essai {
    depart: Lieu,
    texte: String,
    attendu: Vec<String>,
    duree: Duration,
}

impl Essai {
    async fn preparer(depart: Lieu) -> Self {
        depart.faire_une_demo(60).bien();
        // Lus d'une copie : PostgreSQL ne copie pas une base à laquelle on reste connecté.
        let lue = depart.copier().await;
        let db = lue.ouvrir().await;
        let sirets: Result<Vec<(String,)>, storage::Erreur> = lire!(db, |tx| sql!(
            "SELECT siret FROM debiteur WHERE siret IS NOT NULL ORDER BY siret"
        )
        .toutes(tx)
        .await);
        let connus: Vec<String> = sirets.unwrap().into_iter().map(|s| s.0).collect();
        db.fermer().await;
        lue.effacer().await;
        let mut essai = Self {
            depart,
            texte: paiements(&connus),
            attendu: Vec::new(),
            duree: Duration::ZERO,
        };
        let tranquille = essai.copie().await;
        let debut = Instant::now();
        let bilan = importer(&tranquille, &[]).bien();
        essai.duree = debut.elapsed();
        assert!(bilan.contains(&format!("\"lus\":{LIGNES},")), "{bilan}");
        essai.attendu = tranquille.contenu().await;
        tranquille.lancer(&["verifier"]).bien();
        tranquille.effacer().await;
        essai
    }

    async fn copie(&self) -> Lieu {
        let copie = self.depart.copier().await;
        copie.ecrire("paiements.csv", &self.texte);
        copie
    }

    /// Reprend après un arrêt, et exige la base qu'aurait donnée un import tranquille.
    async fn reprendre(&self, lieu: Lieu, quand: &str) {
        importer(&lieu, &[]).bien();
        lieu.lancer(&["verifier"]).bien();
        pareils(&lieu.contenu().await, &self.attendu, quand);
        lieu.effacer().await;
    }

    /// Arrête l'import juste avant, puis juste après, chacune de ses validations.
    async fn a_chaque_validation(&self) {
        for point in ["avant_commit", "apres_commit"] {
            let mut k = 0;
            loop {
                let lieu = self.copie().await;
                let arret = importer(&lieu, &[("FAILPOINTS", &format!("{point}={k}*off->return"))]);
                if arret.code.is_some() {
                    arret.bien();
                    pareils(&lieu.contenu().await, &self.attendu, "sans arrêt");
                    lieu.effacer().await;
                    break;
                }
                self.reprendre(lieu, &format!("{point} {k}")).await;
                k += 1;
            }
            // Au moins un par lot, l'inscription du fichier et la fin.
            assert!(k >= LIGNES / 1_000 + 3, "{point} : {k} validations seulement");
        }
    }

    /// Tue l'import à des instants tirés sur toute sa durée.
    async fn a_tout_instant(&self) {
        let mut tirage = Tirage(7);
        let (mut tues, mut duree) = (0, self.duree);
        for n in 0..INSTANTS {
            let lieu = self.copie().await;
            let mut processus = commande(&lieu)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let hasard = u32::try_from(tirage.sous(1_000)).unwrap();
            let attente = duree * (1_000 * n + hasard) / (1_000 * INSTANTS);
            std::thread::sleep(attente);
            processus.kill().unwrap();
            if processus.wait().unwrap().code().is_none() {
                tues += 1;
            } else {
                // La machine était plus occupée quand la durée a été prise : il n'en faut pas tant.
                duree = attente;
            }
            self.reprendre(lieu, &format!("tué après {attente:?}")).await;
        }
        assert!(
            tues > INSTANTS / 2,
            "{tues} imports seulement ont été tués en plein travail"
        );
    }
}

fn commande(lieu: &Lieu) -> std::process::Command {
    let fichier = lieu.chemin().join("paiements.csv");
    lieu.commande(&[
        "encaissements",
        "importer",
        "--caisse",
        CAISSE,
        "--format",
        "json",
        fichier.to_str().unwrap(),
    ])
}

fn importer(lieu: &Lieu, environnement: &[(&str, &str)]) -> Reponse {
    Reponse::lire(
        &commande(lieu)
            .envs(environnement.iter().copied())
            .output()
            .unwrap(),
    )
}

#[tokio::test]
async fn un_import_arrete_a_n_importe_quel_moment_se_reprend_sur_sqlite() {
    let essai = Essai::preparer(Lieu::sqlite()).await;
    essai.a_chaque_validation().await;
    essai.a_tout_instant().await;
}

#[tokio::test]
async fn un_import_arrete_a_n_importe_quel_moment_se_reprend_sur_postgres() {
    let essai = Essai::preparer(Lieu::postgres().await).await;
    essai.a_chaque_validation().await;
    essai.a_tout_instant().await;
}

#[tokio::test]
async fn une_demo_arretee_en_chemin_ne_passe_pas_pour_entiere() {
    for (premier, pas) in [(0, 3), (1, 4)] {
        let mut refus = 0;
        for k in (premier..).step_by(pas) {
            let lieu = if premier == 0 {
                Lieu::sqlite()
            } else {
                Lieu::postgres().await
            };
            let arguments = [
                "demo",
                "--sans-serveur",
                "--debiteurs",
                "12",
                "--au",
                "2026-06-30",
            ];
            let points = format!("avant_commit={k}*off->return");
            let arret = Reponse::lire(
                &lieu
                    .commande(&arguments)
                    .env("FAILPOINTS", points)
                    .output()
                    .unwrap(),
            );
            let seconde = lieu.lancer(&arguments);
            if arret.code.is_some() {
                arret.bien();
                assert!(seconde.bien().contains("12 débiteurs inventés"));
                break;
            }
            if seconde.code == Some(0) {
                // Rien n'existait encore : la caisse est faite entière.
                assert_eq!(refus, 0, "après {k} validations");
                assert!(seconde.sortie.contains("12 débiteurs inventés"));
                lieu.lancer(&["verifier"]).bien();
            } else {
                refus += 1;
                let message = seconde.refus();
                assert!(
                    message.contains("n'est pas une démonstration entière"),
                    "{message}"
                );
                assert!(message.contains("--donnees"), "{message}");
            }
            lieu.effacer().await;
        }
        assert!(refus >= 3, "{refus}");
    }
}
