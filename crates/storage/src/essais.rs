//! Des bases jetables, sur les deux moteurs, pour les essais de toutes les crates (fonction `essais`).

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _, SqlSafeStr as _};
use valeurs::CodeCaisse;

use crate::{Db, Emplacement, Migration, Resultat, Tx};

/// Adresse d'un PostgreSQL d'essai (super-utilisateur) ; le rôle `sillon` (CREATEROLE, NOINHERIT) y existe.
pub const VARIABLE_POSTGRES: &str = "SILLON_ESSAIS_POSTGRES";

/// Une caisse jetable. Le dossier disparaît avec elle.
pub struct Banc {
    /// La base.
    pub db: Db,
    /// Où elle vit.
    pub lieu: Emplacement,
    /// Valeur de `SILLON_BASE` qui y mène.
    pub adresse: String,
    /// Dossier des données (clés, fichiers).
    pub dossier: tempfile::TempDir,
}

/// Les nombres de lignes que SQLite prend d'un lot en un envoi : chacun est un texte, qui a son plan.
pub const ENVOIS: &[usize] = &crate::lot::TRANCHES;

static NUMERO: AtomicU32 = AtomicU32::new(0);

/// Une caisse `DMSA33` neuve sur chaque moteur : SQLite d'abord, PostgreSQL ensuite.
///
/// # Panics
/// Sans PostgreSQL d'essai : les essais se lancent par `cargo xtask test`.
pub async fn bancs(migrations: &[Migration]) -> Vec<Banc> {
    let sqlite = tempfile::tempdir().expect("dossier temporaire");
    let adresse_sqlite = format!("sqlite:{}", sqlite.path().display());
    let adresse_postgres = base_postgres().await;
    let mut bancs = Vec::new();
    for (adresse, dossier) in [
        (adresse_sqlite, sqlite),
        (adresse_postgres, tempfile::tempdir().expect("dossier temporaire")),
    ] {
        let lieu = Emplacement::lire(&adresse).expect("adresse d'essai");
        let caisse: CodeCaisse = "DMSA33".parse().expect("caisse d'essai");
        let db = Db::creer(&lieu, &dossier.path().join("cles"), caisse, migrations)
            .await
            .expect("caisse d'essai");
        bancs.push(Banc {
            db,
            lieu,
            adresse,
            dossier,
        });
    }
    bancs
}

/// Crée une base PostgreSQL vide, propriété du rôle `sillon`, et rend son adresse.
///
/// # Panics
/// Sans PostgreSQL d'essai.
pub async fn base_postgres() -> String {
    creer_base(&admin(), "").await
}

fn admin() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "les essais tiennent l'adresse du serveur que lance xtask"
    )]
    let admin = std::env::var(VARIABLE_POSTGRES);
    admin
        .unwrap_or_else(|_| panic!("{VARIABLE_POSTGRES} manque : lancez les essais par « cargo xtask test »"))
}

/// Copie entière d'une base de [`base_postgres`] à laquelle plus rien n'est connecté ; rend l'adresse de la copie.
///
/// # Panics
/// Sans PostgreSQL d'essai, ou si la base est encore ouverte.
pub async fn copie_postgres(adresse: &str) -> String {
    let modele = adresse.rsplit_once('/').expect("adresse avec une base").1;
    creer_base(&admin(), &format!("TEMPLATE {modele}")).await
}

/// Efface une base de [`base_postgres`], et coupe ce qui y serait encore connecté.
///
/// # Panics
/// Sans PostgreSQL d'essai.
pub async fn effacer_postgres(adresse: &str) {
    let nom = adresse.rsplit_once('/').expect("adresse avec une base").1;
    commander(&admin(), format!("DROP DATABASE {nom} WITH (FORCE)")).await;
}

async fn creer_base(admin: &str, options: &str) -> String {
    let nom = format!(
        "essai_{}_{}",
        std::process::id(),
        NUMERO.fetch_add(1, Ordering::Relaxed)
    );
    commander(admin, format!("CREATE DATABASE {nom} OWNER sillon {options}")).await;
    let (debut, _) = admin.rsplit_once('/').expect("adresse avec une base");
    let (_, serveur) = debut.rsplit_once('@').expect("adresse avec un rôle");
    format!("postgres://sillon@{serveur}/{nom}")
}

async fn commander(admin: &str, texte: String) {
    let mut c = sqlx::PgConnection::connect(admin)
        .await
        .expect("PostgreSQL d'essai");
    sqlx::raw_sql(AssertSqlSafe(texte))
        .execute(&mut c)
        .await
        .expect("base d'essai");
    c.close().await.expect("fermeture");
}

/// Fait préparer un texte SQL par le moteur, dans le schéma de la caisse, sans le lancer.
///
/// # Errors
/// Le texte ne s'y prépare pas.
pub async fn preparer(db: &Db, texte: &str) -> Resultat<()> {
    let texte = AssertSqlSafe(texte.to_owned()).into_sql_str();
    let mut tx = db.vue().await?;
    let r = match &mut tx {
        Tx::Sqlite(c, _) => (**c).prepare(texte).await.map(|_| ()),
        Tx::Postgres(c, _) => (**c).prepare(texte).await.map(|_| ()),
    };
    let r = tx.noter(r);
    tx.abandonner().await?;
    r
}

/// Les tables que SQLite lirait en entier pour un texte, sous le nom qu'elles y portent. Un index fait pour la seule
/// requête en est le signe aussi : il se remplit de toute la table. SQLite, sans statistiques, a le même plan dans une base
/// vide et dans une grande ; rien de PostgreSQL, dont le plan suit les siennes.
///
/// # Errors
/// Le texte ne s'y prépare pas.
pub async fn lues_en_entier(db: &Db, texte: &str) -> Resultat<Vec<String>> {
    let texte = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {texte}"));
    let mut tx = db.vue().await?;
    let r = match &mut tx {
        Tx::Sqlite(c, _) => sqlx::query(texte).fetch_all(&mut **c).await.and_then(|pas| {
            let pas: Result<Vec<String>, _> = pas.iter().map(|p| p.try_get("detail")).collect();
            Ok(pas?.iter().filter_map(|p| lue_en_entier(p)).collect())
        }),
        Tx::Postgres(..) => Ok(Vec::new()),
    };
    let r = tx.noter(r);
    tx.abandonner().await?;
    r
}

/// La table qu'un pas du plan lit en entier : `SCAN t`, `SCAN t USING INDEX …`, `SEARCH t USING AUTOMATIC …`. Les
/// sous-requêtes (entre parenthèses) et les lignes de `VALUES` ne sont pas des tables.
fn lue_en_entier(pas: &str) -> Option<String> {
    let mut mots = pas.split_whitespace();
    let (geste, nom) = (mots.next()?, mots.next()?);
    let entiere = match geste {
        "SCAN" => !pas.contains("CONSTANT ROW") && !nom.starts_with('('),
        "SEARCH" => pas.contains(" USING AUTOMATIC "),
        _ => false,
    };
    entiere.then(|| nom.to_owned())
}
