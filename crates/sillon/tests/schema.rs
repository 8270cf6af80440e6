//! Les deux moteurs tiennent le même schéma.
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]

use std::collections::{BTreeMap, BTreeSet};

use storage::essais::{Banc, bancs};
use storage::{Ligne, lire, sql};

/// Colonnes d'une table, dans leur ordre : nom, nature, admet l'absence.
type Tables = BTreeMap<String, Vec<(String, String, bool)>>;

/// Tables que seul un moteur demande : sur PostgreSQL les séquences ne sont pas des tables.
const PROPRES_A_SQLITE: [&str; 1] = ["sequence"];

async fn toutes<T: Ligne>(banc: &Banc, texte: &'static str) -> Vec<T> {
    let lignes: Result<Vec<T>, storage::Erreur> = lire!(banc.db, |tx| sql!(texte).toutes(tx).await);
    lignes.unwrap()
}

async fn tables(banc: &Banc) -> Tables {
    // Une colonne de clé primaire n'admet jamais l'absence sur PostgreSQL ; SQLite le dit autrement.
    let colonnes: Vec<(String, String, String, i64)> = if banc.db.moteur() == "sqlite" {
        toutes(
            banc,
            "SELECT t.name, c.name, c.type, CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN 0 ELSE 1 END \
             FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c \
             WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
             ORDER BY t.name, c.cid",
        )
        .await
    } else {
        toutes(
            banc,
            "SELECT table_name::text, column_name::text, upper(data_type), \
             CASE is_nullable WHEN 'YES' THEN 1::bigint ELSE 0 END FROM information_schema.columns \
             WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position",
        )
        .await
    };
    let mut tables = Tables::new();
    for (table, colonne, nature, absente) in colonnes {
        let nature = match nature.as_str() {
            "INTEGER" | "BIGINT" => "entier",
            "TEXT" => "texte",
            "BLOB" | "BYTEA" => "octets",
            autre => panic!("{table}.{colonne} : nature inattendue {autre}"),
        };
        tables
            .entry(table)
            .or_default()
            .push((colonne, nature.to_owned(), absente == 1));
    }
    tables
}

#[tokio::test]
async fn les_deux_moteurs_ont_les_memes_tables_et_les_memes_colonnes() {
    let bancs = bancs(&sillon::migrations()).await;
    let mut sqlite = tables(&bancs[0]).await;
    let postgres = tables(&bancs[1]).await;
    for propre in PROPRES_A_SQLITE {
        assert!(sqlite.remove(propre).is_some(), "{propre}");
    }
    assert!(sqlite.len() > 15, "{sqlite:?}");
    assert_eq!(
        sqlite.keys().collect::<Vec<_>>(),
        postgres.keys().collect::<Vec<_>>()
    );
    for (table, colonnes) in &sqlite {
        assert_eq!(colonnes, &postgres[table], "{table}");
    }
}

#[tokio::test]
async fn chaque_table_de_sqlite_est_stricte() {
    let bancs = bancs(&sillon::migrations()).await;
    let laches: Vec<(String,)> = toutes(
        &bancs[0],
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 \
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .await;
    assert_eq!(laches, []);
}

#[tokio::test]
async fn le_texte_se_range_par_octets_sur_les_deux_moteurs() {
    let bancs = bancs(&sillon::migrations()).await;
    let autres: Vec<(String, String)> = toutes(
        &bancs[1],
        "SELECT table_name::text, column_name::text FROM information_schema.columns \
         WHERE table_schema = current_schema() AND data_type = 'text' AND COALESCE(collation_name, '-') <> 'C' \
         AND table_name <> 'migration'",
    )
    .await;
    assert_eq!(autres, []);
}

/// Ce que les migrations demandent : `-- @ajout_seul TABLE`, `-- @sequence NOM`.
fn demandes(directive: &str) -> BTreeSet<String> {
    let debut = format!("-- @{directive} ");
    sillon::migrations()
        .iter()
        .flat_map(|m| m.texte.lines())
        .filter_map(|ligne| ligne.strip_prefix(&debut))
        .map(|nom| nom.trim().to_owned())
        .collect()
}

fn noms(lignes: Vec<(String,)>) -> BTreeSet<String> {
    lignes.into_iter().map(|l| l.0).collect()
}

#[tokio::test]
async fn le_grand_livre_et_les_journaux_sont_en_ajout_seul_sur_les_deux_moteurs() {
    let demandees = demandes("ajout_seul");
    for table in [
        "mouvement",
        "ecriture",
        "acces_journal",
        "acces_scellement",
        "commentaire",
    ] {
        assert!(demandees.contains(table), "{table}");
    }
    let bancs = bancs(&sillon::migrations()).await;
    for acte in ["maj", "sup"] {
        let suffixe = format!("_ajout_seul_{acte}");
        let triggers: Vec<(String,)> =
            toutes(&bancs[0], "SELECT name FROM sqlite_schema WHERE type = 'trigger'").await;
        let gardees: BTreeSet<String> = triggers
            .iter()
            .filter_map(|t| t.0.strip_suffix(&suffixe))
            .map(str::to_owned)
            .collect();
        assert_eq!(gardees, demandees, "{acte}");
    }
    // Le trigger de PostgreSQL refuse les trois actes (bits 8, 16 et 32 : DELETE, UPDATE, TRUNCATE) et il est actif.
    let gardees: Vec<(String,)> = toutes(
        &bancs[1],
        "SELECT c.relname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
         WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal AND t.tgenabled = 'O' \
         AND (t.tgtype::int & 56) = 56",
    )
    .await;
    assert_eq!(noms(gardees), demandees);
}

#[tokio::test]
async fn chaque_sequence_existe_sur_les_deux_moteurs() {
    let demandees = demandes("sequence");
    let bancs = bancs(&sillon::migrations()).await;
    assert_eq!(
        noms(toutes(&bancs[0], "SELECT nom FROM sequence").await),
        demandees
    );
    let postgres: Vec<(String,)> = toutes(
        &bancs[1],
        "SELECT substr(sequencename::text, 5) FROM pg_sequences WHERE schemaname = current_schema()",
    )
    .await;
    assert_eq!(noms(postgres), demandees);
}
