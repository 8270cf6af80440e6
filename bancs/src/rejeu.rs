//! L'étalon d'une écriture : les mêmes lignes, rejouées nues sur une copie de la base d'avant.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use sqlx::{AssertSqlSafe, Connection as _};
use storage::essais::Banc;

use crate::mesure::{Chrono, Cout};

/// Une table où le travail ajoute des lignes.
#[derive(Clone, Copy)]
pub(crate) struct Ajout {
    pub(crate) table: &'static str,
    /// Colonne qui dit qu'une ligne est nouvelle.
    pub(crate) id: &'static str,
    /// Ses colonnes, quand toutes ne s'écrivent pas (une colonne que la base calcule).
    pub(crate) colonnes: &'static str,
}

impl Ajout {
    /// Une table dont toutes les colonnes s'écrivent.
    pub(crate) const fn entiere(table: &'static str, id: &'static str) -> Self {
        Self {
            table,
            id,
            colonnes: "",
        }
    }
}

/// L'état d'avant le travail : une copie de la base, et le plus grand identifiant de chaque table.
pub(crate) struct Avant {
    copie: String,
    ajouts: Vec<(Ajout, i64)>,
    /// Ce qui change des lignes déjà là, `{source}` étant la base d'après.
    changements: &'static str,
}

impl Avant {
    pub(crate) async fn photographier(
        banc: &Banc,
        ajouts: &[Ajout],
        changements: &'static str,
    ) -> Result<Self> {
        let mut derniers = Vec::new();
        let copie = if banc.db.moteur() == "sqlite" {
            let copie = banc.dossier.path().join("avant.sqlite");
            let mut c = sqlx::SqliteConnection::connect(&format!("sqlite:{}", base_sqlite(banc))).await?;
            for a in ajouts {
                let texte = format!("SELECT COALESCE(MAX({}), 0) FROM {}", a.id, a.table);
                derniers.push((
                    *a,
                    sqlx::query_scalar(AssertSqlSafe(texte)).fetch_one(&mut c).await?,
                ));
            }
            // Ni le travail ni l'étalon ne doivent replier ce que le chargement a laissé dans le journal de SQLite.
            sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(&mut c)
                .await?;
            sqlx::query(AssertSqlSafe(format!("VACUUM INTO '{}'", copie.display())))
                .execute(&mut c)
                .await?;
            c.close().await?;
            copie.display().to_string()
        } else {
            let mut c = sqlx::PgConnection::connect(&adresse(banc, nom_postgres(banc)?)?).await?;
            sqlx::raw_sql("SET search_path TO caisse_dmsa33")
                .execute(&mut c)
                .await?;
            for a in ajouts {
                let texte = format!("SELECT COALESCE(MAX({}), 0) FROM {}", a.id, a.table);
                derniers.push((
                    *a,
                    sqlx::query_scalar(AssertSqlSafe(texte)).fetch_one(&mut c).await?,
                ));
            }
            c.close().await?;
            let copie = format!("{}_avant", nom_postgres(banc)?);
            // PostgreSQL ne copie qu'une base sans connexion.
            psql(
                banc,
                "postgres",
                &format!(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'; \
                     CREATE DATABASE {copie} TEMPLATE {}",
                    nom_postgres(banc)?,
                    nom_postgres(banc)?
                ),
            )?;
            copie
        };
        Ok(Self {
            copie,
            ajouts: derniers,
            changements,
        })
    }

    /// Rejoue sur la copie, en une transaction d'ordres ensemblistes, les lignes que le travail a écrites.
    pub(crate) async fn rejouer(&self, banc: &Banc) -> Result<Cout> {
        if banc.db.moteur() == "sqlite" {
            self.rejouer_sqlite(banc).await
        } else {
            self.rejouer_postgres(banc)
        }
    }

    fn ordres(&self) -> String {
        let mut ordres = String::new();
        for (a, dernier) in &self.ajouts {
            let Ajout { table, id, colonnes } = a;
            let (cibles, sources) = if colonnes.is_empty() {
                (String::new(), "*")
            } else {
                (format!("({colonnes})"), *colonnes)
            };
            ordres.push_str(&format!(
                "INSERT INTO {table} {cibles} SELECT {sources} FROM apres.{table} WHERE {id} > {dernier};\n"
            ));
        }
        ordres.push_str(self.changements);
        ordres
    }

    async fn rejouer_sqlite(&self, banc: &Banc) -> Result<Cout> {
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(Path::new(&self.copie))
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("cache_size", "-65536");
        let mut c = sqlx::SqliteConnection::connect_with(&options).await?;
        sqlx::query(AssertSqlSafe(format!("ATTACH '{}' AS apres", base_sqlite(banc))))
            .execute(&mut c)
            .await?;
        let texte = format!("BEGIN IMMEDIATE; {} COMMIT;", self.ordres());
        let chrono = Chrono::partir();
        sqlx::raw_sql(AssertSqlSafe(texte)).execute(&mut c).await?;
        let cout = chrono.arreter();
        c.close().await?;
        Ok(cout)
    }

    fn rejouer_postgres(&self, banc: &Banc) -> Result<Cout> {
        let base = nom_postgres(banc)?;
        // Les lignes écrites deviennent des tables de transit dans la copie, hors de la mesure.
        let mut transit = String::from("DROP SCHEMA IF EXISTS apres CASCADE; CREATE SCHEMA apres;");
        for (a, dernier) in &self.ajouts {
            let entiere = self.changements.contains(&format!("apres.{} ", a.table));
            let filtre = if entiere {
                String::new()
            } else {
                format!("WHERE {} > {dernier}", a.id)
            };
            transit.push_str(&format!(
                "CREATE TABLE apres.{0} AS SELECT * FROM caisse_dmsa33.{0} {filtre};",
                a.table
            ));
        }
        for table in ["creance", "debiteur"] {
            if self.changements.contains(&format!("apres.{table} "))
                && self.ajouts.iter().all(|(a, _)| a.table != table)
            {
                transit.push_str(&format!(
                    "CREATE TABLE apres.{table} AS SELECT * FROM caisse_dmsa33.{table};"
                ));
            }
        }
        psql(banc, base, &transit)?;
        let tuyau = format!(
            "{0}/pg_dump -n apres '{1}' | psql -q -v ON_ERROR_STOP=1 '{2}' >/dev/null",
            "$(ls -d /usr/lib/postgresql/*/bin | tail -1)",
            adresse(banc, base)?,
            adresse(banc, &self.copie)?
        );
        ensure!(
            Command::new("sh").args(["-c", &tuyau]).status()?.success(),
            "pg_dump"
        );
        psql(banc, &self.copie, "ANALYZE")?;
        let chrono = Chrono::partir();
        psql(
            banc,
            &self.copie,
            &format!(
                "SET search_path = caisse_dmsa33; BEGIN; {} COMMIT;",
                self.ordres()
            ),
        )?;
        Ok(chrono.arreter())
    }
}

fn base_sqlite(banc: &Banc) -> String {
    banc.dossier
        .path()
        .join("caisses")
        .join("DMSA33.sqlite")
        .display()
        .to_string()
}

fn nom_postgres(banc: &Banc) -> Result<&str> {
    Ok(banc.adresse.rsplit_once('/').context("adresse de base")?.1)
}

/// Adresse du super-utilisateur pour une base.
fn adresse(banc: &Banc, base: &str) -> Result<String> {
    let (serveur, _) = banc.adresse.rsplit_once('/').context("adresse de base")?;
    Ok(format!("{}/{base}", serveur.replace("sillon@", "postgres@")))
}

fn psql(banc: &Banc, base: &str, texte: &str) -> Result<()> {
    let sortie = Command::new("psql")
        .args(["-q", "-v", "ON_ERROR_STOP=1", &adresse(banc, base)?])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .and_then(|mut p| {
            use std::io::Write as _;
            p.stdin
                .take()
                .map_or(Ok(()), |mut entree| entree.write_all(texte.as_bytes()))?;
            p.wait()
        })?;
    ensure!(sortie.success(), "psql a refusé");
    Ok(())
}
