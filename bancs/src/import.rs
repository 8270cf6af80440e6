//! Importer et imputer des recettes, contre le SQL ensembliste nu qui écrit les mêmes lignes.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use creances::encaissements::{Importateur, importer};
use sqlx::{AssertSqlSafe, Connection as _};
use storage::essais::Banc;
use storage::{lire, sql};
use valeurs::Montant;

use crate::caisse::{caisses, maintenant};
use crate::mesure::{Chrono, Cout, dire};

const DEBITEURS: u64 = 5_000;
const RECETTES: usize = 50_000;
/// Tables où l'import ajoute des lignes, avec leur identifiant.
const AJOUTS: [(&str, &str); 4] = [
    ("fichier_importe", "id"),
    ("encaissement", "id"),
    ("mouvement", "id"),
    ("ecriture", "mouvement_id"),
];

pub(crate) async fn mesurer() -> Result<bool> {
    let mut tient = true;
    for banc in caisses(DEBITEURS).await? {
        let moteur = banc.db.moteur();
        let fichier = banc.dossier.path().join("paiements.csv");
        std::fs::write(&fichier, paiements(&banc).await?)?;
        let avant = photographier(&banc).await?;
        let chrono = Chrono::partir();
        let par = Importateur {
            db: &banc.db,
            auteur: "bancs",
            maintenant: maintenant(),
        };
        let bilan = importer(&par, &fichier).await?;
        let notre = chrono.arreter();
        let imputes = bilan.imputes;
        ensure!(imputes * 10 > bilan.lus * 9, "le banc doit imputer : {bilan:?}");
        let nu = rejouer_nu(&banc, &avant).await?;
        let lus = f64::from(u32::try_from(bilan.lus)?);
        println!(
            "{moteur} : {} recettes, {imputes} imputées ; Sillon {:.2} s (processeur {:.2} s), SQL nu {:.2} s",
            bilan.lus,
            notre.ecoule.as_secs_f64(),
            notre.processeur.as_secs_f64(),
            nu.ecoule.as_secs_f64()
        );
        let rapport = nu.ecoule.as_secs_f64() / notre.ecoule.as_secs_f64();
        tient &= dire(
            &format!("{moteur} : débit de l'import / débit du SQL nu"),
            rapport,
            ">= 0.33",
            rapport >= 0.33,
        );
        let debit = lus / notre.processeur.as_secs_f64();
        tient &= dire(
            &format!("{moteur} : recettes par seconde de processeur"),
            debit,
            ">= 5000",
            debit >= 5_000.0,
        );
    }
    Ok(tient)
}

/// Des paiements d'employeurs connus, pour les périodes de leurs créances ouvertes, en petites sommes.
async fn paiements(banc: &Banc) -> Result<String> {
    let ouvertes: Result<Vec<(String, String, i64)>, storage::Erreur> = lire!(banc.db, |tx| sql!(
        "SELECT d.siret, substr(c.periode_debut, 1, 7), c.reste_part_ouvriere + c.reste_part_patronale \
         FROM creance c JOIN debiteur d ON d.id = c.dossier_id \
         WHERE c.regime = 'employeur' AND d.siret IS NOT NULL \
         AND c.reste_part_ouvriere + c.reste_part_patronale > 10000 ORDER BY c.id"
    )
    .toutes(tx)
    .await);
    let ouvertes = ouvertes?;
    ensure!(!ouvertes.is_empty(), "aucune créance ouverte d'employeur");
    let mut texte = String::from("date;caisse;siret;periode;montant;mode;iban\r\n");
    let par_creance = i64::try_from(RECETTES / ouvertes.len() + 1)?;
    for i in 0..RECETTES {
        let (siret, periode, reste) = &ouvertes[i % ouvertes.len()];
        let montant = Montant::de_centimes((reste / (par_creance + 1)).max(1));
        let jour = i / ouvertes.len() % 28 + 1;
        write!(
            texte,
            "{jour:02}102026;DMSA33;{siret};{periode};{};05;\r\n",
            montant.en_point()
        )?;
    }
    Ok(texte)
}

/// L'état d'avant l'import : une copie de la base, et le plus grand identifiant de chaque table.
struct Avant {
    copie: String,
    derniers: Vec<i64>,
}

async fn photographier(banc: &Banc) -> Result<Avant> {
    let derniers: Result<Vec<i64>, storage::Erreur> = lire!(banc.db, |tx| Ok(vec![
        sql!("SELECT COALESCE(MAX(id), 0) FROM fichier_importe")
            .scalaire(tx)
            .await?,
        sql!("SELECT COALESCE(MAX(id), 0) FROM encaissement")
            .scalaire(tx)
            .await?,
        sql!("SELECT COALESCE(MAX(id), 0) FROM mouvement")
            .scalaire(tx)
            .await?,
        sql!("SELECT COALESCE(MAX(id), 0) FROM mouvement")
            .scalaire(tx)
            .await?,
    ]));
    let derniers = derniers?;
    let copie = if banc.db.moteur() == "sqlite" {
        let copie = banc.dossier.path().join("avant.sqlite");
        let mut c = sqlx::SqliteConnection::connect(&format!("sqlite:{}", base_sqlite(banc))).await?;
        // Ni l'import ni l'étalon ne doivent replier ce que le chargement a laissé dans le journal de SQLite.
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut c)
            .await?;
        sqlx::query(AssertSqlSafe(format!("VACUUM INTO '{}'", copie.display())))
            .execute(&mut c)
            .await?;
        c.close().await?;
        copie.display().to_string()
    } else {
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
    Ok(Avant { copie, derniers })
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

/// Rejoue sur la copie, en une transaction d'ordres ensemblistes, les lignes que l'import a écrites.
async fn rejouer_nu(banc: &Banc, avant: &Avant) -> Result<Cout> {
    if banc.db.moteur() == "sqlite" {
        rejouer_sqlite(banc, avant).await
    } else {
        rejouer_postgres(banc, avant)
    }
}

fn ordres(source: &str, avant: &Avant) -> String {
    let mut ordres = String::new();
    for ((table, id), dernier) in AJOUTS.iter().zip(&avant.derniers) {
        ordres.push_str(&format!(
            "INSERT INTO {table} SELECT * FROM {source}.{table} WHERE {id} > {dernier};\n"
        ));
    }
    ordres.push_str(&format!(
        "UPDATE creance SET reste_part_ouvriere = s.reste_part_ouvriere, reste_part_patronale = s.reste_part_patronale, \
         reste_majoration = s.reste_majoration FROM {source}.creance s WHERE s.id = creance.id \
         AND (s.reste_part_ouvriere <> creance.reste_part_ouvriere OR s.reste_part_patronale <> creance.reste_part_patronale);\n\
         UPDATE debiteur SET solde_centimes = s.solde_centimes FROM {source}.debiteur s WHERE s.id = debiteur.id \
         AND s.solde_centimes <> debiteur.solde_centimes;\n"
    ));
    ordres
}

async fn rejouer_sqlite(banc: &Banc, avant: &Avant) -> Result<Cout> {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(Path::new(&avant.copie))
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("cache_size", "-65536");
    let mut c = sqlx::SqliteConnection::connect_with(&options).await?;
    sqlx::query(AssertSqlSafe(format!("ATTACH '{}' AS apres", base_sqlite(banc))))
        .execute(&mut c)
        .await?;
    let texte = format!("BEGIN IMMEDIATE; {} COMMIT;", ordres("apres", avant));
    let chrono = Chrono::partir();
    sqlx::raw_sql(AssertSqlSafe(texte)).execute(&mut c).await?;
    let cout = chrono.arreter();
    c.close().await?;
    Ok(cout)
}

fn rejouer_postgres(banc: &Banc, avant: &Avant) -> Result<Cout> {
    let base = nom_postgres(banc)?;
    // Les lignes écrites deviennent des tables de transit dans la copie, hors de la mesure.
    let mut transit = String::from("DROP SCHEMA IF EXISTS apres CASCADE; CREATE SCHEMA apres;");
    for ((table, id), dernier) in AJOUTS.iter().zip(&avant.derniers) {
        transit.push_str(&format!(
            "CREATE TABLE apres.{table} AS SELECT * FROM caisse_dmsa33.{table} WHERE {id} > {dernier};"
        ));
    }
    transit.push_str(
        "CREATE TABLE apres.creance AS SELECT * FROM caisse_dmsa33.creance; \
         CREATE TABLE apres.debiteur AS SELECT * FROM caisse_dmsa33.debiteur;",
    );
    psql(banc, base, &transit)?;
    let tuyau = format!(
        "{0}/pg_dump -n apres '{1}' | psql -q -v ON_ERROR_STOP=1 '{2}' >/dev/null",
        "$(ls -d /usr/lib/postgresql/*/bin | tail -1)",
        adresse(banc, base)?,
        adresse(banc, &avant.copie)?
    );
    ensure!(
        Command::new("sh").args(["-c", &tuyau]).status()?.success(),
        "pg_dump"
    );
    psql(banc, &avant.copie, "ANALYZE")?;
    let chrono = Chrono::partir();
    psql(
        banc,
        &avant.copie,
        &format!(
            "SET search_path = caisse_dmsa33; BEGIN; {} COMMIT;",
            ordres("apres", avant)
        ),
    )?;
    Ok(chrono.arreter())
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
