//! Le vrai programme, lancé comme une personne le lance, sur des données jetables.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use storage::essais::{base_postgres, copie_postgres, effacer_postgres};
use storage::{Db, Emplacement, lire, sql};

/// La caisse des essais.
pub(crate) const CAISSE: &str = "DMSA33";

/// Ce qu'une commande a répondu.
#[derive(Debug)]
pub(crate) struct Reponse {
    /// Code de sortie ; `None` : le processus a été tué.
    pub(crate) code: Option<i32>,
    pub(crate) sortie: String,
    pub(crate) erreurs: String,
}

impl Reponse {
    pub(crate) fn lire(sortie: &Output) -> Self {
        Self {
            code: sortie.status.code(),
            sortie: String::from_utf8(sortie.stdout.clone()).unwrap(),
            erreurs: String::from_utf8(sortie.stderr.clone()).unwrap(),
        }
    }

    /// La sortie d'une commande qui a réussi.
    #[track_caller]
    pub(crate) fn bien(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.erreurs);
        self.sortie
    }

    /// Le message d'une commande qui a refusé, sans rien imprimer d'autre.
    #[track_caller]
    pub(crate) fn refus(self) -> String {
        assert_eq!(
            (self.code, self.sortie.as_str()),
            (Some(2), ""),
            "{}",
            self.erreurs
        );
        self.erreurs
    }

    /// Un objet JSON par ligne de la sortie.
    #[track_caller]
    pub(crate) fn objets(self) -> Vec<serde_json::Value> {
        self.bien()
            .lines()
            .map(|ligne| serde_json::from_str(ligne).unwrap())
            .collect()
    }
}

/// Le programme, sans aucun réglage venu de la machine.
pub(crate) fn sillon() -> Command {
    let mut commande = Command::new(env!("CARGO_BIN_EXE_sillon"));
    commande.env_clear().env("USER", "essai").stdin(Stdio::null());
    commande
}

/// Des données jetables : un dossier, et une base sur l'un des moteurs.
pub(crate) struct Lieu {
    pub(crate) dossier: tempfile::TempDir,
    /// Valeur de `SILLON_BASE`.
    pub(crate) adresse: String,
}

impl Lieu {
    /// Des données vides, bases SQLite dans le dossier.
    pub(crate) fn sqlite() -> Self {
        let dossier = tempfile::tempdir().unwrap();
        Self {
            adresse: format!("sqlite:{}", dossier.path().display()),
            dossier,
        }
    }

    /// Des données vides, base sur le PostgreSQL d'essai.
    pub(crate) async fn postgres() -> Self {
        Self {
            dossier: tempfile::tempdir().unwrap(),
            adresse: base_postgres().await,
        }
    }

    /// Un lieu vide sur chaque moteur.
    pub(crate) async fn tous() -> [Self; 2] {
        [Self::sqlite(), Self::postgres().await]
    }

    fn est_postgres(&self) -> bool {
        !self.adresse.starts_with("sqlite:")
    }

    /// Copie tout : dossier, clés, base. Rien ne doit y être connecté.
    pub(crate) async fn copier(&self) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        copier_dossier(self.chemin(), dossier.path());
        let adresse = if self.est_postgres() {
            copie_postgres(&self.adresse).await
        } else {
            format!("sqlite:{}", dossier.path().display())
        };
        Self { dossier, adresse }
    }

    /// Efface la base ; le dossier disparaît de lui-même.
    pub(crate) async fn effacer(self) {
        if self.est_postgres() {
            effacer_postgres(&self.adresse).await;
        }
    }

    pub(crate) fn chemin(&self) -> &Path {
        self.dossier.path()
    }

    /// Le programme, réglé pour travailler ici.
    pub(crate) fn commande(&self, arguments: &[&str]) -> Command {
        let mut commande = sillon();
        commande
            .env("SILLON_DONNEES", self.chemin())
            .env("SILLON_BASE", &self.adresse)
            .args(arguments);
        commande
    }

    /// Lance une commande jusqu'au bout.
    pub(crate) fn lancer(&self, arguments: &[&str]) -> Reponse {
        Reponse::lire(&self.commande(arguments).output().unwrap())
    }

    /// Fait une petite caisse de démonstration, toujours la même.
    pub(crate) fn faire_une_demo(&self, debiteurs: u32) -> Reponse {
        let debiteurs = debiteurs.to_string();
        self.lancer(&[
            "demo",
            "--sans-serveur",
            "--format",
            "json",
            "--graine",
            "essais",
            "--au",
            "2026-06-30",
            "--debiteurs",
            &debiteurs,
        ])
    }

    /// Écrit un fichier dans le dossier des données ; rend son chemin.
    pub(crate) fn ecrire(&self, nom: &str, texte: &str) -> String {
        let chemin: PathBuf = self.chemin().join(nom);
        std::fs::write(&chemin, texte).unwrap();
        chemin.to_str().unwrap().to_owned()
    }

    /// Ouvre la base de la caisse comme le programme l'ouvre.
    pub(crate) async fn ouvrir(&self) -> Db {
        let lieu = Emplacement::lire(&self.adresse).unwrap();
        let caisse = CAISSE.parse().unwrap();
        Db::ouvrir(&lieu, &self.chemin().join("cles"), caisse, &sillon::migrations())
            .await
            .unwrap()
    }

    /// Tout le contenu du grand livre et de ce qui l'entoure, sans numéros ni instants, rangé : deux bases qui
    /// doivent dire la même chose ont le même.
    pub(crate) async fn contenu(&self) -> Vec<String> {
        let db = self.ouvrir().await;
        let mut contenu = Vec::new();
        for (table, texte) in CONTENU {
            contenu.extend(
                textes(&db, texte)
                    .await
                    .into_iter()
                    .map(|ligne| format!("{table} {ligne}")),
            );
        }
        contenu.extend(mouvements(&db).await);
        db.fermer().await;
        contenu.sort();
        contenu
    }
}

fn copier_dossier(de: &Path, vers: &Path) {
    std::fs::create_dir_all(vers).unwrap();
    for entree in std::fs::read_dir(de).unwrap() {
        let entree = entree.unwrap();
        let cible = vers.join(entree.file_name());
        if entree.file_type().unwrap().is_dir() {
            copier_dossier(&entree.path(), &cible);
        } else {
            std::fs::copy(entree.path(), cible).unwrap();
        }
    }
}

const CONTENU: &[(&str, &str)] = &[
    (
        "recette",
        "SELECT r.jour || '|' || CAST(r.montant_centimes AS TEXT) || '|' || r.mode || '|' || COALESCE(r.siret, '-') \
         || '|' || COALESCE(r.periode, '-') || '|' || COALESCE(r.reference_bancaire, '-') || '|' \
         || COALESCE(r.libelle, '-') || '|' || CAST(r.rac_centimes AS TEXT) || '|' || COALESCE(r.attente, '-') || '|' \
         || COALESCE(d.matricule, '-') || '|' || f.nom || '|' || CAST(r.ligne AS TEXT) FROM encaissement r \
         LEFT JOIN debiteur d ON d.id = r.dossier_id LEFT JOIN fichier_importe f ON f.id = r.fichier_id",
    ),
    (
        "créance",
        "SELECT reference || '|' || CAST(montant_centimes AS TEXT) || '|' || CAST(reste_part_ouvriere AS TEXT) || '|' \
         || CAST(reste_part_patronale AS TEXT) || '|' || CAST(reste_principal AS TEXT) || '|' \
         || CAST(reste_majoration AS TEXT) || '|' || CAST(reste_penalite AS TEXT) || '|' \
         || CAST(reste_frais AS TEXT) FROM creance",
    ),
    (
        "débiteur",
        "SELECT matricule || '|' || nom || '|' || prenom || '|' || COALESCE(siret, '-') || '|' || commune || '|' \
         || CAST(branches AS TEXT) || '|' || CAST(solde_centimes AS TEXT) FROM debiteur",
    ),
    (
        "présumée",
        "SELECT f.nom || '|' || CAST(p.ligne AS TEXT) || '|' || r.jour || '|' || CAST(r.montant_centimes AS TEXT) \
         FROM ligne_presumee p JOIN fichier_importe f ON f.id = p.fichier_id \
         JOIN encaissement r ON r.id = p.encaissement_id",
    ),
    (
        "fichier",
        "SELECT nom || '|' || format || '|' || CAST(termine AS TEXT) FROM fichier_importe",
    ),
    (
        "contact",
        "SELECT d.matricule || '|' || c.valeur FROM contact c JOIN debiteur d ON d.id = c.dossier_id",
    ),
    (
        "compte",
        "SELECT d.matricule || '|' || c.depuis FROM compte_bancaire c JOIN debiteur d ON d.id = c.dossier_id",
    ),
    (
        "mot",
        "SELECT m.mot || '|' || r.jour || '|' || CAST(r.montant_centimes AS TEXT) FROM mot_recette m \
         JOIN encaissement r ON r.id = m.encaissement_id",
    ),
    (
        "événement",
        "SELECT d.matricule || '|' || e.jour || '|' || e.nature || '|' || e.libelle FROM evenement_dossier e \
         JOIN debiteur d ON d.id = e.dossier_id",
    ),
    (
        "commentaire",
        "SELECT d.matricule || '|' || c.ecrit_le || '|' || c.auteur FROM commentaire c \
         JOIN debiteur d ON d.id = c.dossier_id",
    ),
    (
        "dépôt",
        "SELECT nom || '|' || CAST(lues AS TEXT) || '|' || CAST(autres_caisses AS TEXT) || '|' || CAST(termine AS TEXT) \
         FROM dsn_depot",
    ),
    (
        "déclaration",
        "SELECT s.siret || '|' || s.mois || '|' || s.genre || '|' || CAST(s.ordre AS TEXT) || '|' \
         || CAST(s.declare_centimes AS TEXT) || '|' || CAST(s.ordonne_centimes AS TEXT) || '|' \
         || CAST(s.individus AS TEXT) || '|' || CAST((SELECT COUNT(*) FROM dsn_individu i \
         WHERE i.declaration_id = s.id) AS TEXT) FROM dsn_declaration s",
    ),
    (
        "créance de la DSN",
        "SELECT c.reference || '|' || x.mois || '|' || x.nature FROM dsn_creance x \
         JOIN creance c ON c.id = x.creance_id",
    ),
    (
        "agent",
        "SELECT identifiant || '|' || nom_affiche || '|' || role FROM agent",
    ),
];

async fn textes(db: &Db, texte: &'static str) -> Vec<String> {
    let lignes: Result<Vec<(String,)>, storage::Erreur> = lire!(db, |tx| sql!(texte).toutes(tx).await);
    lignes.unwrap().into_iter().map(|l| l.0).collect()
}

/// Chaque mouvement et ses lignes dans leur ordre, sur une ligne de texte.
async fn mouvements(db: &Db) -> Vec<String> {
    let lignes: Result<Vec<(i64, String)>, storage::Erreur> = lire!(db, |tx| {
        sql!(
        "SELECT e.mouvement_id, m.nature || '|' || m.jour || '|' || COALESCE(m.motif, '-') || '|' \
         || CAST(e.rang AS TEXT) || '|' || e.compte || '|' || CAST(e.montant_centimes AS TEXT) || '|' \
         || COALESCE(d.matricule, '-') || '|' || COALESCE(c.reference, '-') || '|' || COALESCE(e.poste, '-') || '|' \
         || COALESCE(e.raison, '-') || '|' || COALESCE(f.nom || ' ' || CAST(r.ligne AS TEXT), '-') FROM ecriture e \
         JOIN mouvement m ON m.id = e.mouvement_id LEFT JOIN debiteur d ON d.id = e.dossier_id \
         LEFT JOIN creance c ON c.id = e.creance_id LEFT JOIN encaissement r ON r.id = e.encaissement_id \
         LEFT JOIN fichier_importe f ON f.id = r.fichier_id ORDER BY e.mouvement_id, e.rang"
    )
    .toutes(tx)
    .await
    });
    lignes
        .unwrap()
        .chunk_by(|a, b| a.0 == b.0)
        .map(|m| {
            format!(
                "mouvement {}",
                m.iter().map(|l| l.1.as_str()).collect::<Vec<_>>().join(" + ")
            )
        })
        .collect()
}

/// Refuse deux contenus différents en montrant la première différence.
#[track_caller]
pub(crate) fn pareils(obtenu: &[String], attendu: &[String], quand: &str) {
    if let Some((o, a)) = obtenu.iter().zip(attendu).find(|(o, a)| o != a) {
        panic!("{quand} :\n obtenu  {o}\n attendu {a}");
    }
    assert_eq!(obtenu.len(), attendu.len(), "{quand}");
}
