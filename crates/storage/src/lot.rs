use sqlx::AssertSqlSafe;

use crate::{Ligne, Resultat, Tx};

/// SQLite : tailles des textes préparés, de la plus grande à la plus petite (le cache en garde peu).
const TRANCHES: [usize; 5] = [512, 128, 32, 4, 1];
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

/// SQLite : chaque valeur de chaque ligne, dans l'ordre de `VALUES (…), (…)`.
macro_rules! lier_lignes {
    ($requete:expr, $colonnes:expr, $lignes:expr) => {{
        let mut q = $requete;
        for i in $lignes {
            for colonne in &$colonnes {
                q = match colonne {
                    Colonne::Entiers(v) => q.bind(v[i]),
                    Colonne::Textes(v) => q.bind(v[i].clone()),
                    Colonne::Octets(v) => q.bind(v[i].clone()),
                };
            }
        }
        q
    }};
}

/// PostgreSQL : un tableau par colonne, pour `UNNEST`.
macro_rules! lier_tableaux {
    ($requete:expr, $colonnes:expr, $lignes:expr) => {{
        let mut q = $requete;
        for colonne in &$colonnes {
            q = match colonne {
                Colonne::Entiers(v) => q.bind(v[$lignes].to_vec()),
                Colonne::Textes(v) => q.bind(v[$lignes].to_vec()),
                Colonne::Octets(v) => q.bind(v[$lignes].to_vec()),
            };
        }
        q
    }};
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
        let mut touchees = 0;
        let mut debut = 0;
        while debut < self.lignes() {
            let n = self.tranche(tx, debut);
            let r = match tx {
                Tx::Sqlite(c, _) => {
                    let sql = self.texte_sqlite(n, texte);
                    lier_lignes!(sqlx::query(AssertSqlSafe(sql)), self.colonnes, debut..debut + n)
                        .execute(&mut **c)
                        .await
                        .map(|r| r.rows_affected())
                }
                Tx::Postgres(c, _) => {
                    let sql = self.texte_postgres(texte);
                    lier_tableaux!(sqlx::query(AssertSqlSafe(sql)), self.colonnes, debut..debut + n)
                        .execute(&mut **c)
                        .await
                        .map(|r| r.rows_affected())
                }
            };
            touchees += tx.noter(r)?;
            debut += n;
        }
        Ok(touchees)
    }

    /// Lit les lignes que le texte tire de la relation `v` (l'ordre n'est sûr qu'au sein d'un même envoi :
    /// rangez ensuite par une clé).
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn toutes<T: Ligne>(self, tx: &mut Tx, texte: &'static str) -> Resultat<Vec<T>> {
        let mut lignes = Vec::new();
        let mut debut = 0;
        while debut < self.lignes() {
            let n = self.tranche(tx, debut);
            let r = match tx {
                Tx::Sqlite(c, _) => {
                    let sql = self.texte_sqlite(n, texte);
                    lier_lignes!(
                        sqlx::query_as(AssertSqlSafe(sql)),
                        self.colonnes,
                        debut..debut + n
                    )
                    .fetch_all(&mut **c)
                    .await
                }
                Tx::Postgres(c, _) => {
                    let sql = self.texte_postgres(texte);
                    lier_tableaux!(
                        sqlx::query_as(AssertSqlSafe(sql)),
                        self.colonnes,
                        debut..debut + n
                    )
                    .fetch_all(&mut **c)
                    .await
                }
            };
            lignes.extend(tx.noter(r)?);
            debut += n;
        }
        Ok(lignes)
    }

    fn tranche(&self, tx: &Tx, debut: usize) -> usize {
        let reste = self.lignes() - debut;
        match tx {
            Tx::Postgres(..) => reste.min(ENVOI),
            Tx::Sqlite(..) => TRANCHES.into_iter().find(|t| *t <= reste).unwrap_or(1),
        }
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
