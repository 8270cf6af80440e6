use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{Arguments as _, AssertSqlSafe};

use crate::{Ligne, Resultat, Tx};

/// SQLite : tailles des textes préparés, de la plus grande à la plus petite (le cache en garde peu).
pub(crate) const TRANCHES: [usize; 5] = [512, 128, 32, 4, 1];
/// PostgreSQL : lignes par envoi, pour borner la mémoire du serveur.
const ENVOI: usize = 10_000;

enum Colonne {
    Entiers(Vec<Option<i64>>),
    Textes(Vec<Option<String>>),
    Octets(Vec<Option<Vec<u8>>>),
}

impl Colonne {
    fn len(&self) -> usize {
        match self {
            Self::Entiers(v) => v.len(),
            Self::Textes(v) => v.len(),
            Self::Octets(v) => v.len(),
        }
    }
}

/// Une relation `v` donnée par Rust, pour écrire ou lire en masse avec un texte unique :
///
/// ```ignore
/// Lot::nouveau().entiers("id", ids).textes("compte", comptes)
///     .executer(tx, "INSERT INTO t (id, compte) SELECT id, compte FROM v").await?;
/// ```
///
/// Le texte suit `WITH v(…) AS (…)` ; pour une jointure, écrire `FROM v CROSS JOIN t WHERE t.id = v.id`,
/// qui donne le même plan sur les deux moteurs. Les colonnes ont toutes le même nombre de lignes.
#[derive(Default)]
pub struct Lot {
    noms: Vec<&'static str>,
    colonnes: Vec<Colonne>,
    /// Première ligne qu'aucun envoi n'a encore prise.
    debut: usize,
}

impl Lot {
    /// Une relation encore sans colonne.
    #[must_use]
    pub fn nouveau() -> Self {
        Self::default()
    }

    fn ajouter(mut self, nom: &'static str, colonne: Colonne) -> Self {
        assert!(
            self.colonnes.first().is_none_or(|c| c.len() == colonne.len()),
            "les colonnes d'un lot ont toutes la même longueur"
        );
        self.noms.push(nom);
        self.colonnes.push(colonne);
        self
    }

    /// Une colonne d'entiers.
    #[must_use]
    pub fn entiers(self, nom: &'static str, valeurs: impl IntoIterator<Item = i64>) -> Self {
        self.ajouter(nom, Colonne::Entiers(valeurs.into_iter().map(Some).collect()))
    }

    /// Une colonne d'entiers qui peuvent manquer.
    #[must_use]
    pub fn entiers_opt(self, nom: &'static str, valeurs: impl IntoIterator<Item = Option<i64>>) -> Self {
        self.ajouter(nom, Colonne::Entiers(valeurs.into_iter().collect()))
    }

    /// Une colonne de textes.
    #[must_use]
    pub fn textes<S: Into<String>>(self, nom: &'static str, valeurs: impl IntoIterator<Item = S>) -> Self {
        self.ajouter(
            nom,
            Colonne::Textes(valeurs.into_iter().map(|s| Some(s.into())).collect()),
        )
    }

    /// Une colonne de textes qui peuvent manquer.
    #[must_use]
    pub fn textes_opt<S: Into<String>>(
        self,
        nom: &'static str,
        valeurs: impl IntoIterator<Item = Option<S>>,
    ) -> Self {
        self.ajouter(
            nom,
            Colonne::Textes(valeurs.into_iter().map(|s| s.map(Into::into)).collect()),
        )
    }

    /// Une colonne d'octets qui peuvent manquer.
    #[must_use]
    pub fn octets(self, nom: &'static str, valeurs: impl IntoIterator<Item = Option<Vec<u8>>>) -> Self {
        self.ajouter(nom, Colonne::Octets(valeurs.into_iter().collect()))
    }

    fn lignes(&self) -> usize {
        self.colonnes.first().map_or(0, Colonne::len)
    }

    /// Lance une écriture sur la relation `v` ; rend le nombre de lignes touchées.
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn executer(self, tx: &mut Tx, texte: &'static str) -> Resultat<u64> {
        let r = match tx {
            Tx::Sqlite(c, _) => self.executer_sqlite(c, texte).await,
            Tx::Postgres(c, _) => self.executer_postgres(c, texte).await,
        };
        tx.noter(r)
    }

    /// Lit les lignes que le texte tire de la relation `v` (l'ordre n'est sûr qu'au sein d'un même envoi :
    /// rangez ensuite par une clé).
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn toutes<T: Ligne>(self, tx: &mut Tx, texte: &'static str) -> Resultat<Vec<T>> {
        let r = match tx {
            Tx::Sqlite(c, _) => self.lire_sqlite(c, texte).await,
            Tx::Postgres(c, _) => self.lire_postgres(c, texte).await,
        };
        tx.noter(r)
    }

    async fn executer_sqlite(mut self, c: &mut SqliteConnection, texte: &str) -> Result<u64, sqlx::Error> {
        let mut touchees = 0;
        let mut envoi = self.envoi_sqlite(texte)?;
        while let Some((sql, valeurs)) = envoi {
            // SQLite écrit sur son propre fil : celui-ci prépare l'envoi suivant.
            let (r, suivant) = tokio::join!(
                sqlx::query_with(AssertSqlSafe(sql), valeurs).execute(&mut *c),
                async { self.envoi_sqlite(texte) }
            );
            touchees += r?.rows_affected();
            envoi = suivant?;
        }
        Ok(touchees)
    }

    async fn lire_sqlite<T: Ligne>(
        mut self,
        c: &mut SqliteConnection,
        texte: &str,
    ) -> Result<Vec<T>, sqlx::Error> {
        let mut lignes = Vec::new();
        while let Some((sql, valeurs)) = self.envoi_sqlite(texte)? {
            let lues = sqlx::query_as_with(AssertSqlSafe(sql), valeurs);
            lignes.extend(lues.fetch_all(&mut *c).await?);
        }
        Ok(lignes)
    }

    async fn executer_postgres(mut self, c: &mut PgConnection, texte: &str) -> Result<u64, sqlx::Error> {
        let mut touchees = 0;
        while let Some((sql, valeurs)) = self.envoi_postgres(texte)? {
            let requete = sqlx::query_with(AssertSqlSafe(sql), valeurs);
            touchees += requete.execute(&mut *c).await?.rows_affected();
        }
        Ok(touchees)
    }

    async fn lire_postgres<T: Ligne>(
        mut self,
        c: &mut PgConnection,
        texte: &str,
    ) -> Result<Vec<T>, sqlx::Error> {
        let mut lignes = Vec::new();
        while let Some((sql, valeurs)) = self.envoi_postgres(texte)? {
            let lues = sqlx::query_as_with(AssertSqlSafe(sql), valeurs);
            lignes.extend(lues.fetch_all(&mut *c).await?);
        }
        Ok(lignes)
    }

    /// Le texte et les valeurs, ligne après ligne comme dans `VALUES (…), (…)`, des lignes suivantes.
    fn envoi_sqlite(&mut self, texte: &str) -> Result<Option<(String, SqliteArguments)>, sqlx::Error> {
        let reste = self.lignes() - self.debut;
        let Some(n) = TRANCHES.into_iter().find(|t| *t <= reste) else {
            return Ok(None);
        };
        let mut valeurs = SqliteArguments::default();
        valeurs.reserve(n * self.noms.len(), 0);
        for i in self.debut..self.debut + n {
            for colonne in &mut self.colonnes {
                match colonne {
                    Colonne::Entiers(v) => valeurs.add(v[i]),
                    Colonne::Textes(v) => valeurs.add(v[i].take()),
                    Colonne::Octets(v) => valeurs.add(v[i].take()),
                }
                .map_err(sqlx::Error::Encode)?;
            }
        }
        self.debut += n;
        Ok(Some((self.texte_sqlite(n, texte), valeurs)))
    }

    /// Le texte et les valeurs, un tableau par colonne pour `UNNEST`, des lignes suivantes.
    fn envoi_postgres(&mut self, texte: &str) -> Result<Option<(String, PgArguments)>, sqlx::Error> {
        let lignes = self.debut..self.lignes().min(self.debut + ENVOI);
        if lignes.is_empty() {
            return Ok(None);
        }
        let mut valeurs = PgArguments::default();
        for colonne in &self.colonnes {
            match colonne {
                Colonne::Entiers(v) => valeurs.add(&v[lignes.clone()]),
                Colonne::Textes(v) => valeurs.add(&v[lignes.clone()]),
                Colonne::Octets(v) => valeurs.add(&v[lignes.clone()]),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        self.debut = lignes.end;
        Ok(Some((self.texte_postgres(texte), valeurs)))
    }

    fn texte_sqlite(&self, n: usize, suite: &str) -> String {
        let ligne = format!("({})", vec!["?"; self.noms.len()].join(","));
        format!(
            "WITH v({}) AS (VALUES {}) {suite}",
            self.noms.join(","),
            vec![ligne; n].join(",")
        )
    }

    fn texte_postgres(&self, suite: &str) -> String {
        let tableaux: Vec<String> = self
            .colonnes
            .iter()
            .enumerate()
            .map(|(i, c)| {
                let nature = match c {
                    Colonne::Entiers(_) => "bigint",
                    Colonne::Textes(_) => "text",
                    Colonne::Octets(_) => "bytea",
                };
                format!("${}::{nature}[]", i + 1)
            })
            .collect();
        format!(
            "WITH v({}) AS (SELECT * FROM UNNEST({})) {suite}",
            self.noms.join(","),
            tableaux.join(",")
        )
    }
}
