use valeurs::CodeCaisse;

use crate::{Erreur, Resultat, sql};

/// Lignes d'un fichier validées en une transaction : assez pour amortir la validation, assez peu pour ne pas faire
/// attendre longtemps les autres écrivains. Les essais d'arrêt en prennent moins, pour passer plus de validations.
pub const LIGNES_PAR_TRANSACTION: usize = if cfg!(feature = "failpoints") {
    1_000
} else {
    4_000
};

/// Une transaction ouverte sur la base d'une caisse.
pub enum Tx {
    /// SQLite, fichier de la caisse.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>, Contexte),
    /// PostgreSQL, sous le rôle et dans le schéma de la caisse.
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>, Contexte),
}

/// Ce qu'une transaction sait d'elle-même.
pub struct Contexte {
    caisse: CodeCaisse,
    /// Le moteur a signalé un conflit : c'est ce qui décide, à la fin, si la transaction est rejouée, quoi qu'en ait fait
    /// le code du métier.
    conflit: bool,
}

impl Contexte {
    pub(crate) const fn de(caisse: CodeCaisse) -> Self {
        Self {
            caisse,
            conflit: false,
        }
    }
}

impl Tx {
    /// La caisse dont c'est la base.
    #[must_use]
    pub const fn caisse(&self) -> CodeCaisse {
        match self {
            Self::Sqlite(_, contexte) | Self::Postgres(_, contexte) => contexte.caisse,
        }
    }

    pub(crate) fn noter<T>(&mut self, r: Result<T, sqlx::Error>) -> Resultat<T> {
        r.map_err(|e| {
            let e = Erreur::from(e);
            if e.est_conflit() {
                match self {
                    Self::Sqlite(_, contexte) | Self::Postgres(_, contexte) => contexte.conflit = true,
                }
            }
            e
        })
    }

    pub(crate) fn en_conflit(&self) -> bool {
        match self {
            Self::Sqlite(_, contexte) | Self::Postgres(_, contexte) => contexte.conflit,
        }
    }

    pub(crate) async fn valider(self) -> Resultat<()> {
        point_d_arret("avant_commit");
        match self {
            Self::Sqlite(t, _) => t.commit().await?,
            Self::Postgres(t, _) => t.commit().await?,
        }
        point_d_arret("apres_commit");
        Ok(())
    }

    /// Clôt la transaction sans rien garder de ce qu'elle a écrit.
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn abandonner(self) -> Resultat<()> {
        match self {
            Self::Sqlite(t, _) => t.rollback().await?,
            Self::Postgres(t, _) => t.rollback().await?,
        }
        Ok(())
    }

    /// Réserve `n` identifiants neufs d'une séquence déclarée par `-- @sequence NOM` dans une migration.
    ///
    /// # Errors
    /// La séquence n'existe pas, ou le moteur refuse.
    pub async fn reserver(&mut self, sequence: &'static str, n: usize) -> Resultat<Vec<i64>> {
        let combien = i64::try_from(n).unwrap_or(i64::MAX);
        if combien == 0 {
            return Ok(Vec::new());
        }
        match self {
            Self::Sqlite(..) => {
                let dernier: i64 =
                    sql!("UPDATE sequence SET dernier = dernier + $2 WHERE nom = $1 RETURNING dernier")
                        .bind(sequence)
                        .bind(combien)
                        .scalaire(self)
                        .await?;
                Ok((dernier - combien + 1..=dernier).collect())
            }
            Self::Postgres(c, _) => {
                let r = sqlx::query_scalar(
                    "SELECT nextval(('seq_' || $1)::regclass) FROM generate_series(1, $2) ORDER BY 1",
                )
                .bind(sequence)
                .bind(combien)
                .fetch_all(&mut **c)
                .await;
                self.noter(r)
            }
        }
    }

    /// Verrouille les lignes de dossiers (`debiteur`) jusqu'à la fin, dans l'ordre des identifiants.
    ///
    /// Sur PostgreSQL, deux écrivains en READ COMMITTED se fausseraient l'un l'autre sans cela ; sur SQLite
    /// l'écrivain est seul.
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn verrouiller_dossiers(&mut self, dossiers: &[i64]) -> Resultat<()> {
        if let Self::Postgres(c, _) = self {
            let r = sqlx::query("SELECT id FROM debiteur WHERE id = ANY($1) ORDER BY id FOR UPDATE")
                .bind(dossiers)
                .execute(&mut **c)
                .await;
            self.noter(r)?;
        }
        Ok(())
    }

    /// Verrou d'un travail qui ne doit se faire qu'à un à la fois dans la caisse, jusqu'à la fin de la
    /// transaction (sur SQLite, l'écrivain est déjà seul).
    ///
    /// # Errors
    /// Le refus du moteur.
    pub async fn verrouiller_travail(&mut self, nom: &'static str) -> Resultat<()> {
        if let Self::Postgres(c, _) = self {
            let r = sqlx::query("SELECT pg_advisory_xact_lock(hashtext(current_schema() || ':' || $1))")
                .bind(nom)
                .execute(&mut **c)
                .await;
            self.noter(r)?;
        }
        Ok(())
    }
}

/// Point où les tests arrêtent net le processus (`FAILPOINTS=avant_commit=3*off->return`).
#[cfg(feature = "failpoints")]
fn point_d_arret(nom: &'static str) {
    fail::fail_point!(nom, |_| std::process::abort());
}

#[cfg(not(feature = "failpoints"))]
fn point_d_arret(_: &'static str) {}
