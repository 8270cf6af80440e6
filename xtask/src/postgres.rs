//! Un vrai serveur PostgreSQL, jetable, sur la boucle locale.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{executer, outils};

/// Variable par laquelle les essais trouvent le serveur (voir `storage::essais`).
pub(crate) const VARIABLE: &str = "SILLON_ESSAIS_POSTGRES";

/// Dossier des programmes du serveur (`initdb`, `pg_ctl`), le plus récent.
pub(crate) fn programmes() -> Option<PathBuf> {
    let mut dossiers: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|e| Some(e.ok()?.path().join("bin")))
        .filter(|d| d.join("initdb").exists() && d.join("pg_ctl").exists())
        .collect();
    dossiers.sort();
    dossiers.pop()
}

/// Le serveur ; il s'arrête et ses fichiers disparaissent quand cette valeur tombe.
pub(crate) struct Serveur {
    dossier: tempfile::TempDir,
    port: u16,
    root: bool,
}

impl Serveur {
    /// Démarre un serveur vide avec le rôle `sillon` des essais. `fsync` y est coupé : ses données sont jetables.
    pub(crate) fn demarrer() -> Result<Self> {
        // En mémoire si possible : chaque essai crée une base.
        let racine = if std::fs::metadata("/dev/shm").is_ok() {
            "/dev/shm".into()
        } else {
            std::env::temp_dir()
        };
        let dossier = tempfile::Builder::new().prefix("sillon-pg-").tempdir_in(racine)?;
        let root = outils::est_root()?;
        if root {
            executer(Command::new("chown").arg("postgres").arg(dossier.path()))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let serveur = Self { dossier, port, root };
        let donnees = serveur.donnees();
        serveur.lancer(
            "initdb",
            &[
                "-D",
                &donnees,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ],
        )?;
        let options = format!(
            "-c listen_addresses=127.0.0.1 -p {port} -c fsync=off -c full_page_writes=off \
             -c synchronous_commit=off -c max_connections=300 -k {}",
            serveur.dossier.path().display()
        );
        let journal = serveur.dossier.path().join("journal").display().to_string();
        serveur.lancer(
            "pg_ctl",
            &["-D", &donnees, "-w", "-l", &journal, "-o", &options, "start"],
        )?;
        serveur.lancer(
            "psql",
            &[
                "-h",
                "127.0.0.1",
                "-p",
                &port.to_string(),
                "-U",
                "postgres",
                "-qc",
                "CREATE ROLE sillon LOGIN NOINHERIT CREATEROLE",
            ],
        )?;
        Ok(serveur)
    }

    /// Adresse de connexion du super-utilisateur.
    pub(crate) fn adresse(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn donnees(&self) -> String {
        self.dossier.path().join("donnees").display().to_string()
    }

    fn lancer(&self, programme: &str, arguments: &[&str]) -> Result<()> {
        let programme = programmes().context("PostgreSQL absent")?.join(programme);
        // PostgreSQL refuse de tourner en root.
        let mut commande = if self.root {
            let mut c = Command::new("runuser");
            c.args(["-u", "postgres", "--"]).arg(programme);
            c
        } else {
            Command::new(programme)
        };
        let sortie = commande
            .args(arguments)
            .current_dir("/")
            .stdout(Stdio::null())
            .output()?;
        if !sortie.status.success() {
            bail!("PostgreSQL : {}", String::from_utf8_lossy(&sortie.stderr));
        }
        Ok(())
    }
}

impl Drop for Serveur {
    fn drop(&mut self) {
        if let Err(e) = self.lancer("pg_ctl", &["-D", &self.donnees(), "-m", "immediate", "stop"]) {
            eprintln!("xtask : {e:#}");
        }
    }
}
