use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use valeurs::CodeCaisse;

use crate::migrations::{self, Migration};
use crate::{Coffre, Contexte, Erreur, Resultat, Tx};

/// Essais d'une écriture gênée par une autre avant d'y renoncer.
const ESSAIS: u32 = 12;
/// Attente du verrou d'écriture de SQLite : au-delà des plus longs lots d'import.
const ATTENTE_SQLITE: Duration = Duration::from_secs(30);
/// Lecteurs simultanés d'une base SQLite.
const LECTEURS: u32 = 8;
/// Connexions à PostgreSQL, toutes caisses confondues.
const CONNEXIONS: u32 = 16;

/// Où vivent les bases : un dossier de fichiers SQLite, ou un serveur PostgreSQL.
#[derive(Clone, Debug)]
pub enum Emplacement {
    /// `DOSSIER/caisses/DMSA33.sqlite`.
    Sqlite(PathBuf),
    /// Un schéma et un rôle par caisse ; le rôle de connexion n'hérite d'aucun droit.
    Postgres(PgPool),
}

impl Emplacement {
    /// Lit `sqlite:DOSSIER` ou `postgres://…` (la valeur de `SILLON_BASE`). N'ouvre encore rien.
    ///
    /// # Errors
    /// [`Erreur::AdresseInvalide`].
    pub fn lire(adresse: &str) -> Resultat<Self> {
        if let Some(dossier) = adresse.strip_prefix("sqlite:").filter(|d| !d.is_empty()) {
            return Ok(Self::Sqlite(PathBuf::from(dossier)));
        }
        if adresse.starts_with("postgres://") || adresse.starts_with("postgresql://") {
            let options = sqlx::postgres::PgConnectOptions::from_str(adresse)
                .map_err(|_| Erreur::AdresseInvalide)?
                .application_name("sillon")
                // Une page se calcule en quelques millisecondes : compiler ses requêtes en prendrait davantage.
                .options([("jit", "off")]);
            return Ok(Self::Postgres(
                PgPoolOptions::new()
                    .max_connections(CONNEXIONS)
                    .connect_lazy_with(options),
            ));
        }
        Err(Erreur::AdresseInvalide)
    }

    /// Les caisses qui ont une base ici, par code croissant.
    ///
    /// # Errors
    /// Dossier illisible, serveur absent.
    pub async fn caisses(&self) -> Resultat<Vec<CodeCaisse>> {
        let noms: Vec<String> = match self {
            Self::Sqlite(dossier) => {
                let dossier = dossier.join("caisses");
                if !dossier.exists() {
                    return Ok(Vec::new());
                }
                std::fs::read_dir(&dossier)
                    .map_err(|source| Erreur::Fichier {
                        chemin: dossier.clone(),
                        source,
                    })?
                    .filter_map(Result::ok)
                    .filter_map(|e| e.file_name().to_str()?.strip_suffix(".sqlite").map(str::to_owned))
                    .collect()
            }
            Self::Postgres(pool) => {
                sqlx::query_scalar::<_, String>(
                    "SELECT upper(substr(nspname, 8)) FROM pg_namespace WHERE nspname LIKE 'caisse\\_%'",
                )
                .fetch_all(pool)
                .await?
            }
        };
        let mut codes: Vec<CodeCaisse> = noms.iter().filter_map(|n| n.parse().ok()).collect();
        codes.sort();
        Ok(codes)
    }

    fn decrire(&self) -> String {
        match self {
            Self::Sqlite(dossier) => dossier.join("caisses").display().to_string(),
            Self::Postgres(_) => "ce serveur PostgreSQL".to_owned(),
        }
    }
}

enum Moteur {
    Sqlite {
        ecrivain: SqlitePool,
        lecteurs: SqlitePool,
    },
    Postgres {
        pool: PgPool,
        schema: String,
    },
}

/// La base d'une caisse, et le coffre de ses clés. Se clone à peu de frais.
#[derive(Clone)]
pub struct Db {
    caisse: CodeCaisse,
    moteur: Arc<Moteur>,
    coffre: Coffre,
}

impl Db {
    /// Crée la base et le coffre d'une caisse neuve, et y applique les migrations.
    ///
    /// # Errors
    /// [`Erreur::CaisseExistante`], ou ce que refusent le système et le moteur.
    pub async fn creer(
        lieu: &Emplacement,
        dossier_cles: &Path,
        caisse: CodeCaisse,
        migrations: &[Migration],
    ) -> Resultat<Self> {
        if lieu.caisses().await?.contains(&caisse) {
            return Err(Erreur::CaisseExistante(caisse.to_string()));
        }
        // Le coffre d'abord : une création interrompue laisse au pire des clés qui ne servent à rien.
        let coffre = Coffre::creer(dossier_cles, caisse).await?;
        match lieu {
            Emplacement::Sqlite(dossier) => creer_dossier(&dossier.join("caisses"))?,
            Emplacement::Postgres(pool) => creer_schema(pool, &schema(caisse)).await?,
        }
        let base = Self::connecter(lieu, coffre, caisse, true).await?;
        migrations::appliquer(&base, migrations).await?;
        Ok(base)
    }

    /// Ouvre la base d'une caisse et lui applique les migrations qui lui manquent.
    ///
    /// # Errors
    /// [`Erreur::CaisseInconnue`], [`Erreur::Coffre`], [`Erreur::MigrationInconnue`].
    pub async fn ouvrir(
        lieu: &Emplacement,
        dossier_cles: &Path,
        caisse: CodeCaisse,
        migrations: &[Migration],
    ) -> Resultat<Self> {
        if !lieu.caisses().await?.contains(&caisse) {
            return Err(Erreur::CaisseInconnue {
                caisse: caisse.to_string(),
                ou_: lieu.decrire(),
            });
        }
        let coffre = Coffre::ouvrir(dossier_cles, caisse).await?;
        let base = Self::connecter(lieu, coffre, caisse, false).await?;
        migrations::appliquer(&base, migrations).await?;
        Ok(base)
    }

    async fn connecter(
        lieu: &Emplacement,
        coffre: Coffre,
        caisse: CodeCaisse,
        neuve: bool,
    ) -> Resultat<Self> {
        let moteur = match lieu {
            Emplacement::Sqlite(dossier) => {
                let fichier = dossier.join("caisses").join(format!("{caisse}.sqlite"));
                let options = options_sqlite(&fichier).create_if_missing(neuve);
                let ecrivain = SqlitePoolOptions::new()
                    .max_connections(1)
                    .connect_with(options.clone())
                    .await?;
                let lecteurs = SqlitePoolOptions::new()
                    .max_connections(LECTEURS)
                    .connect_with(options.pragma("query_only", "ON"))
                    .await?;
                Moteur::Sqlite { ecrivain, lecteurs }
            }
            Emplacement::Postgres(pool) => Moteur::Postgres {
                pool: pool.clone(),
                schema: schema(caisse),
            },
        };
        Ok(Self {
            caisse,
            moteur: Arc::new(moteur),
            coffre,
        })
    }

    /// La caisse dont c'est la base.
    #[must_use]
    pub fn caisse(&self) -> CodeCaisse {
        self.caisse
    }

    /// Le coffre des clés de la caisse.
    #[must_use]
    pub fn coffre(&self) -> &Coffre {
        &self.coffre
    }

    /// Nom du moteur, pour les rapports.
    #[must_use]
    pub fn moteur(&self) -> &'static str {
        match *self.moteur {
            Moteur::Sqlite { .. } => "sqlite",
            Moteur::Postgres { .. } => "postgres",
        }
    }

    /// Les essais d'une écriture : voir la macro [`ecrire!`](crate::ecrire).
    #[must_use]
    pub fn essais(&self) -> Essais<'_> {
        Essais { db: self, rang: 0 }
    }

    /// Ouvre une vue figée de la base, où rien ne s'écrit : voir la macro [`lire!`](crate::lire).
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn vue(&self) -> Resultat<Tx> {
        self.commencer(false).await
    }

    async fn commencer(&self, ecriture: bool) -> Resultat<Tx> {
        let contexte = Contexte::de(self.caisse);
        match &*self.moteur {
            Moteur::Sqlite { ecrivain, .. } if ecriture => Ok(Tx::Sqlite(
                ecrivain.begin_with("BEGIN IMMEDIATE").await?,
                contexte,
            )),
            Moteur::Sqlite { lecteurs, .. } => Ok(Tx::Sqlite(lecteurs.begin().await?, contexte)),
            Moteur::Postgres { pool, schema } => {
                let mut t = if ecriture {
                    pool.begin().await?
                } else {
                    pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                        .await?
                };
                sqlx::query("SELECT set_config('role', $1, true), set_config('search_path', $1, true)")
                    .bind(schema)
                    .execute(&mut *t)
                    .await?;
                Ok(Tx::Postgres(t, contexte))
            }
        }
    }

    /// Après un chargement en masse, donne au planificateur de PostgreSQL la taille des tables sans attendre son
    /// entretien ; SQLite, sans statistiques, suit les index de chaque requête.
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn actualiser_statistiques(&self) -> Resultat<()> {
        if let mut tx @ Tx::Postgres(..) = self.commencer(true).await? {
            if let Tx::Postgres(c, _) = &mut tx {
                sqlx::raw_sql("ANALYZE").execute(&mut **c).await?;
            }
            tx.valider().await?;
        }
        Ok(())
    }

    /// Ferme les connexions proprement (SQLite y replie son journal).
    pub async fn fermer(&self) {
        if let Moteur::Sqlite { ecrivain, lecteurs } = &*self.moteur {
            lecteurs.close().await;
            ecrivain.close().await;
        }
        self.coffre.fermer().await;
    }
}

/// Les essais successifs d'une même écriture, tant qu'une autre la gêne.
pub struct Essais<'d> {
    db: &'d Db,
    rang: u32,
}

impl Essais<'_> {
    /// Ouvre la transaction de l'essai suivant.
    ///
    /// # Errors
    /// Le refus du moteur, ou [`Erreur::Occupee`] après le dernier essai.
    pub async fn commencer(&mut self) -> Resultat<Tx> {
        loop {
            if self.rang == ESSAIS {
                return Err(Erreur::Occupee(ESSAIS));
            }
            if self.rang > 0 {
                tokio::time::sleep(Duration::from_millis(u64::from(self.rang * self.rang))).await;
            }
            self.rang += 1;
            match self.db.commencer(true).await {
                Err(e) if e.est_conflit() => {}
                r => return r,
            }
        }
    }

    /// Valide ou abandonne l'essai ; `None` : une autre transaction le gênait, il faut recommencer.
    pub async fn conclure<T, E: From<Erreur>>(&self, tx: Tx, r: Result<T, E>) -> Option<Result<T, E>> {
        if tx.en_conflit() {
            return tx.abandonner().await.err().map(|e| Err(e.into()));
        }
        match r {
            Ok(valeur) => match tx.valider().await {
                Ok(()) => Some(Ok(valeur)),
                Err(e) if e.est_conflit() => None,
                Err(e) => Some(Err(e.into())),
            },
            Err(e) => Some(match tx.abandonner().await {
                Ok(()) => Err(e),
                Err(abandon) => Err(abandon.into()),
            }),
        }
    }
}

/// `synchronous=FULL` : ce qui est dit validé survit à une coupure de courant.
pub(crate) fn options_sqlite(fichier: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(fichier)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ATTENTE_SQLITE)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "MEMORY")
        .pragma("mmap_size", "1073741824")
        // Quarante mégaoctets : replier le journal à chaque lot d'import réécrirait dix fois les mêmes pages.
        .pragma("wal_autocheckpoint", "10000")
        .statement_cache_capacity(256)
        // Une ligne lue passe d'un fil à l'autre : sans place devant lui, celui du moteur s'endort à chacune.
        .row_buffer_size(1_024)
}

pub(crate) fn creer_dossier(dossier: &Path) -> Resultat<()> {
    std::fs::create_dir_all(dossier).map_err(|source| Erreur::Fichier {
        chemin: dossier.to_owned(),
        source,
    })
}

/// Le schéma et le rôle d'une caisse portent le même nom ; un `CodeCaisse` n'a que des lettres et chiffres.
fn schema(caisse: CodeCaisse) -> String {
    format!("caisse_{}", caisse.to_string().to_lowercase())
}

async fn creer_schema(pool: &PgPool, schema: &str) -> Resultat<()> {
    // Les rôles sont communs à tout le serveur : une autre base peut créer le même au même instant.
    let role = format!(
        "DO $$ BEGIN CREATE ROLE {schema} NOLOGIN NOINHERIT; \
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$; \
         DO $$ BEGIN GRANT {schema} TO CURRENT_USER; EXCEPTION WHEN unique_violation THEN NULL; END $$"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(role)).execute(pool).await?;
    let creation = format!("CREATE SCHEMA {schema} AUTHORIZATION {schema}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(creation)).execute(pool).await?;
    Ok(())
}
