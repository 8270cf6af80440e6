use std::borrow::Cow;

use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};

use crate::{Resultat, Tx};

/// Une ligne que les deux moteurs savent donner (`#[derive(sqlx::FromRow)]` suffit).
pub trait Ligne:
    Send + Unpin + for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow>
{
}
impl<T> Ligne for T where
    T: Send + Unpin + for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow>
{
}

/// Les seuls types que les tables connaissent : entier, texte, octets, chacun peut manquer.
#[derive(Clone, Debug)]
pub enum Parametre<'q> {
    /// INTEGER / BIGINT.
    Entier(Option<i64>),
    /// TEXT.
    Texte(Option<Cow<'q, str>>),
    /// BLOB / BYTEA.
    Octets(Option<Cow<'q, [u8]>>),
}

impl From<i64> for Parametre<'_> {
    fn from(v: i64) -> Self {
        Self::Entier(Some(v))
    }
}
impl From<bool> for Parametre<'_> {
    fn from(v: bool) -> Self {
        Self::Entier(Some(i64::from(v)))
    }
}
impl From<Option<i64>> for Parametre<'_> {
    fn from(v: Option<i64>) -> Self {
        Self::Entier(v)
    }
}
impl<'q> From<&'q str> for Parametre<'q> {
    fn from(v: &'q str) -> Self {
        Self::Texte(Some(Cow::Borrowed(v)))
    }
}
impl<'q> From<&'q String> for Parametre<'q> {
    fn from(v: &'q String) -> Self {
        Self::Texte(Some(Cow::Borrowed(v)))
    }
}
impl From<String> for Parametre<'_> {
    fn from(v: String) -> Self {
        Self::Texte(Some(Cow::Owned(v)))
    }
}
impl<'q> From<Option<&'q str>> for Parametre<'q> {
    fn from(v: Option<&'q str>) -> Self {
        Self::Texte(v.map(Cow::Borrowed))
    }
}
impl From<Option<String>> for Parametre<'_> {
    fn from(v: Option<String>) -> Self {
        Self::Texte(v.map(Cow::Owned))
    }
}
impl<'q> From<&'q [u8]> for Parametre<'q> {
    fn from(v: &'q [u8]) -> Self {
        Self::Octets(Some(Cow::Borrowed(v)))
    }
}
impl From<Vec<u8>> for Parametre<'_> {
    fn from(v: Vec<u8>) -> Self {
        Self::Octets(Some(Cow::Owned(v)))
    }
}
impl From<Option<Vec<u8>>> for Parametre<'_> {
    fn from(v: Option<Vec<u8>>) -> Self {
        Self::Octets(v.map(Cow::Owned))
    }
}
impl From<valeurs::DossierId> for Parametre<'_> {
    fn from(v: valeurs::DossierId) -> Self {
        Self::Entier(Some(v.get()))
    }
}
impl From<valeurs::Montant> for Parametre<'_> {
    fn from(v: valeurs::Montant) -> Self {
        Self::Entier(Some(v.centimes()))
    }
}

/// Un texte SQL et ses paramètres, qui se lance sur l'un ou l'autre moteur.
#[must_use = "une requête ne fait rien tant qu'elle n'est pas lancée"]
pub struct Requete<'q> {
    texte: &'static str,
    parametres: Vec<Parametre<'q>>,
}

macro_rules! lier {
    ($requete:expr, $parametres:expr) => {{
        let mut q = $requete;
        for p in $parametres {
            q = match p {
                Parametre::Entier(v) => q.bind(v),
                Parametre::Texte(v) => q.bind(v.map(Cow::into_owned)),
                Parametre::Octets(v) => q.bind(v.map(Cow::into_owned)),
            };
        }
        q
    }};
}

impl<'q> Requete<'q> {
    /// Voir la macro `sql!`.
    pub fn nouvelle(texte: &'static str) -> Self {
        Self {
            texte,
            parametres: Vec::new(),
        }
    }

    /// Lie le paramètre suivant (`$1`, puis `$2`…).
    pub fn bind(mut self, valeur: impl Into<Parametre<'q>>) -> Self {
        self.parametres.push(valeur.into());
        self
    }

    fn sqlite(self) -> Query<'static, Sqlite, SqliteArguments> {
        lier!(sqlx::query(self.texte), self.parametres)
    }

    fn postgres(self) -> Query<'static, Postgres, PgArguments> {
        lier!(sqlx::query(self.texte), self.parametres)
    }

    fn sqlite_as<T: Ligne>(self) -> QueryAs<'static, Sqlite, T, SqliteArguments> {
        lier!(sqlx::query_as(self.texte), self.parametres)
    }

    fn postgres_as<T: Ligne>(self) -> QueryAs<'static, Postgres, T, PgArguments> {
        lier!(sqlx::query_as(self.texte), self.parametres)
    }

    /// Lance une écriture ; rend le nombre de lignes touchées.
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn executer(self, tx: &mut Tx) -> Resultat<u64> {
        let r = match tx {
            Tx::Sqlite(c, _) => self.sqlite().execute(&mut **c).await.map(|r| r.rows_affected()),
            Tx::Postgres(c, _) => self.postgres().execute(&mut **c).await.map(|r| r.rows_affected()),
        };
        tx.noter(r)
    }

    /// Toutes les lignes.
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn toutes<T: Ligne>(self, tx: &mut Tx) -> Resultat<Vec<T>> {
        let r = match tx {
            Tx::Sqlite(c, _) => self.sqlite_as().fetch_all(&mut **c).await,
            Tx::Postgres(c, _) => self.postgres_as().fetch_all(&mut **c).await,
        };
        tx.noter(r)
    }

    /// La première ligne, si elle existe.
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn au_plus_une<T: Ligne>(self, tx: &mut Tx) -> Resultat<Option<T>> {
        let r = match tx {
            Tx::Sqlite(c, _) => self.sqlite_as().fetch_optional(&mut **c).await,
            Tx::Postgres(c, _) => self.postgres_as().fetch_optional(&mut **c).await,
        };
        tx.noter(r)
    }

    /// La ligne, qui doit exister.
    ///
    /// # Errors
    /// Le refus du moteur, ou `RowNotFound`.
    pub async fn une<T: Ligne>(self, tx: &mut Tx) -> Resultat<T> {
        let r = match tx {
            Tx::Sqlite(c, _) => self.sqlite_as().fetch_one(&mut **c).await,
            Tx::Postgres(c, _) => self.postgres_as().fetch_one(&mut **c).await,
        };
        tx.noter(r)
    }

    /// La première colonne de la ligne, qui doit exister.
    ///
    /// # Errors
    /// Le refus du moteur, ou `RowNotFound`.
    pub async fn scalaire<T>(self, tx: &mut Tx) -> Resultat<T>
    where
        (T,): Ligne,
    {
        self.une::<(T,)>(tx).await.map(|(v,)| v)
    }
}
