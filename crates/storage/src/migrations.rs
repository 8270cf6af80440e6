use std::collections::HashSet;

use sqlx::AssertSqlSafe;

use crate::{Db, Erreur, Resultat, Tx, ecrire, lire, sql};

/// Un pas du schéma. Le texte est écrit une fois, dans le dialecte STRICT de SQLite (`INTEGER`, `TEXT`, `BLOB`),
/// et traduit pour PostgreSQL ; deux directives, seules sur leur ligne, disent ce qui diffère :
///
/// - `-- @sequence NOM` : déclare une séquence d'identifiants ([`Tx::reserver`]) ;
/// - `-- @ajout_seul TABLE` : la base elle-même refuse UPDATE et DELETE sur cette table.
///
/// Un pas publié ne change plus jamais : on en ajoute un autre.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Nom unique et définitif (`creances/0001_debiteurs`).
    pub nom: &'static str,
    /// Le texte.
    pub texte: &'static str,
}

const SOCLE_SQLITE: &str = "
CREATE TABLE IF NOT EXISTS migration (rang INTEGER PRIMARY KEY, nom TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS sequence (nom TEXT PRIMARY KEY, dernier INTEGER NOT NULL) STRICT;";

const SOCLE_POSTGRES: &str = "
CREATE TABLE IF NOT EXISTS migration (rang BIGINT PRIMARY KEY, nom TEXT NOT NULL UNIQUE);
CREATE OR REPLACE FUNCTION refuser_ajout_seul() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'la table % est en ajout seul', TG_TABLE_NAME; END $$;";

/// Les noms des migrations que la base a reçues, dans l'ordre.
///
/// # Errors
/// Le refus du moteur.
pub async fn migrations_de_la_base(tx: &mut Tx) -> Resultat<Vec<String>> {
    let noms: Vec<(String,)> = sql!("SELECT nom FROM migration ORDER BY rang").toutes(tx).await?;
    Ok(noms.into_iter().map(|(n,)| n).collect())
}

pub(crate) async fn appliquer(base: &Db, migrations: &[Migration]) -> Resultat<()> {
    let a_jour: Resultat<bool> = lire!(base, |tx| {
        let recues = migrations_de_la_base(tx).await?;
        verifier_connues(&recues, migrations)?;
        Ok(recues.len() == migrations.len())
    });
    match a_jour {
        Ok(true) => return Ok(()),
        Err(e @ Erreur::MigrationInconnue(_)) => return Err(e),
        // À la création, la table `migration` manque encore.
        Ok(false) | Err(_) => {}
    }
    ecrire!(base, |tx| {
        tx.verrouiller_travail("migrations").await?;
        let postgres = matches!(tx, Tx::Postgres(..));
        lancer(
            tx,
            if postgres { SOCLE_POSTGRES } else { SOCLE_SQLITE }.to_owned(),
        )
        .await?;
        let recues = migrations_de_la_base(tx).await?;
        verifier_connues(&recues, migrations)?;
        let recues: HashSet<&str> = recues.iter().map(String::as_str).collect();
        for (rang, m) in (1_i64..).zip(migrations) {
            if recues.contains(m.nom) {
                continue;
            }
            lancer(
                tx,
                if postgres {
                    pour_postgres(m.texte)
                } else {
                    pour_sqlite(m.texte)
                },
            )
            .await?;
            sql!("INSERT INTO migration (rang, nom) VALUES ($1, $2)")
                .bind(rang)
                .bind(m.nom)
                .executer(tx)
                .await?;
        }
        Ok(())
    })
}

fn verifier_connues(recues: &[String], migrations: &[Migration]) -> Resultat<()> {
    match recues
        .iter()
        .find(|r| !migrations.iter().any(|m| m.nom == r.as_str()))
    {
        Some(inconnue) => Err(Erreur::MigrationInconnue(inconnue.clone())),
        None => Ok(()),
    }
}

async fn lancer(tx: &mut Tx, texte: String) -> Resultat<()> {
    let r = match tx {
        Tx::Sqlite(c, _) => sqlx::raw_sql(AssertSqlSafe(texte))
            .execute(&mut **c)
            .await
            .map(|_| ()),
        Tx::Postgres(c, _) => sqlx::raw_sql(AssertSqlSafe(texte))
            .execute(&mut **c)
            .await
            .map(|_| ()),
    };
    tx.noter(r)
}

fn directive<'t>(ligne: &'t str, nom: &str) -> Option<&'t str> {
    ligne
        .strip_prefix("-- @")?
        .strip_prefix(nom)?
        .strip_prefix(' ')
        .map(str::trim)
}

fn pour_sqlite(texte: &str) -> String {
    let mut sortie = String::with_capacity(texte.len());
    for ligne in texte.lines() {
        if let Some(nom) = directive(ligne, "sequence") {
            sortie.push_str(&format!(
                "INSERT INTO sequence (nom, dernier) VALUES ('{nom}', 0);\n"
            ));
        } else if let Some(table) = directive(ligne, "ajout_seul") {
            for (suffixe, acte) in [("maj", "UPDATE"), ("sup", "DELETE")] {
                sortie.push_str(&format!(
                    "CREATE TRIGGER {table}_ajout_seul_{suffixe} BEFORE {acte} ON {table} \
                     BEGIN SELECT RAISE(ABORT, 'la table {table} est en ajout seul'); END;\n"
                ));
            }
        } else {
            sortie.push_str(ligne);
            sortie.push('\n');
        }
    }
    sortie
}

fn pour_postgres(texte: &str) -> String {
    let mut sortie = String::with_capacity(texte.len() * 2);
    for ligne in texte.lines() {
        if let Some(nom) = directive(ligne, "sequence") {
            sortie.push_str(&format!("CREATE SEQUENCE seq_{nom};\n"));
        } else if let Some(table) = directive(ligne, "ajout_seul") {
            sortie.push_str(&format!(
                "CREATE TRIGGER {table}_ajout_seul BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
                 FOR EACH STATEMENT EXECUTE FUNCTION refuser_ajout_seul();\n"
            ));
        } else {
            sortie.push_str(&traduire(ligne.split("--").next().unwrap_or("")));
            sortie.push('\n');
        }
    }
    sortie
}

/// Types du dialecte STRICT de SQLite en types de PostgreSQL. Le texte se range par octets (`COLLATE "C"`),
/// comme dans SQLite.
fn traduire(ligne: &str) -> String {
    let mut sortie = String::with_capacity(ligne.len() * 2);
    for morceau in ligne.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        let fin = morceau
            .trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .len();
        let (mot, suite) = morceau.split_at(fin);
        sortie.push_str(match mot {
            "INTEGER" => "BIGINT",
            "BLOB" => "BYTEA",
            "TEXT" => "TEXT COLLATE \"C\"",
            "STRICT" | "WITHOUT" | "ROWID" => "",
            autre => autre,
        });
        sortie.push_str(suite);
    }
    // « STRICT, WITHOUT ROWID; » laisse des virgules : ce sont les dernières options d'une table.
    match sortie.rfind(')') {
        Some(i)
            if sortie[i + 1..].trim_matches([',', ' ', ';']).is_empty()
                && sortie.trim_end().ends_with(';') =>
        {
            format!("{});", &sortie[..i])
        }
        _ => sortie,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_table_stricte_se_traduit_pour_postgres() {
        assert_eq!(
            pour_postgres(
                "CREATE TABLE mot (mot TEXT NOT NULL, n INTEGER, b BLOB, PRIMARY KEY (mot, n)) STRICT, WITHOUT ROWID; -- note"
            ),
            "CREATE TABLE mot (mot TEXT COLLATE \"C\" NOT NULL, n BIGINT, b BYTEA, PRIMARY KEY (mot, n));\n"
        );
        assert_eq!(pour_postgres(") STRICT;"), ");\n");
        assert_eq!(
            pour_postgres("  texte_integer TEXT,"),
            "  texte_integer TEXT COLLATE \"C\",\n"
        );
        assert_eq!(
            pour_postgres("CREATE INDEX i ON t (a, b);"),
            "CREATE INDEX i ON t (a, b);\n"
        );
    }
}
