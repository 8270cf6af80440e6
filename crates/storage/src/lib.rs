//! Les deux moteurs (SQLite, PostgreSQL) derrière un seul type.
//!
//! C'est la seule crate qui nomme un moteur. Les autres écrivent un texte SQL unique, avec des paramètres
//! `$1`, `$2`…, et le lancent sur une [`Tx`] :
//!
//! ```ignore
//! let n: i64 = sql!("SELECT COUNT(*) FROM creance WHERE dossier_id = $1").bind(id).scalaire(tx).await?;
//! ```
//!
//! - [`Db`] est la base **d'une** caisse : un fichier SQLite ou un schéma PostgreSQL (un rôle par caisse).
//! - Toute écriture passe par [`ecrire!`], rejouée en cas de conflit ; toute lecture par [`lire!`].
//! - [`Lot`] est une relation donnée par Rust (écritures et lectures en masse).
//! - [`Coffre`] scelle les colonnes (une clé par dossier) et hache à clé les valeurs qu'on recherche.
//! - [`Migration`] : un seul texte par migration, dans le dialecte STRICT de SQLite, traduit pour PostgreSQL.

mod base;
mod coffre;
mod erreur;
mod lot;
mod migrations;
mod requete;
mod tx;

pub use base::{Db, Emplacement, Essais};
pub use coffre::{Cle, Coffre, Scelle};
pub use erreur::{Erreur, Resultat};
pub use lot::Lot;
pub use migrations::{Migration, migrations_de_la_base};
pub use requete::{Ligne, Parametre, Requete};
pub use tx::{Contexte, LIGNES_PAR_TRANSACTION, Tx};

/// Un texte SQL constant, à lier puis à lancer : `sql!("SELECT …").bind(x).toutes(tx)`.
///
/// Le test `tout_texte_sql_se_prepare_sur_les_deux_moteurs` retrouve tous les textes par le nom de cette macro.
#[macro_export]
macro_rules! sql {
    ($texte:expr) => {
        $crate::Requete::nouvelle($texte)
    };
}

/// Lance un bloc dans une transaction d'écriture et la valide ; le rejoue entier si une autre le gênait :
///
/// ```ignore
/// ecrire!(db, |tx| {
///     sql!("UPDATE …").bind(id).executer(tx).await?;
///     Ok(())
/// })
/// ```
///
/// Le bloc est asynchrone, `?` y sort du bloc et abandonne la transaction. Il peut tourner plusieurs fois : il ne
/// fait rien hors de la base qui ne puisse être refait, et ne déplace rien qu'il ait capturé. La valeur est un
/// `Result<T, E>` où `E: From<storage::Erreur>` (une macro plutôt qu'une fermeture : docs/adr/0004).
#[macro_export]
macro_rules! ecrire {
    ($db:expr, |$tx:ident| $bloc:expr) => {{
        let mut essais = $db.essais();
        loop {
            match essais.commencer().await {
                Ok(mut transaction) => {
                    let r = async {
                        let $tx: &mut $crate::Tx = &mut transaction;
                        $bloc
                    }
                    .await;
                    if let Some(r) = essais.conclure(transaction, r).await {
                        break r;
                    }
                }
                Err(e) => break Err(e.into()),
            }
        }
    }};
}

/// Lance un bloc sur une vue figée de la base (aucune écriture n'y est possible) ; mêmes règles que [`ecrire!`].
#[macro_export]
macro_rules! lire {
    ($db:expr, |$tx:ident| $bloc:expr) => {
        match $db.vue().await {
            Ok(mut transaction) => {
                let r = async {
                    let $tx: &mut $crate::Tx = &mut transaction;
                    $bloc
                }
                .await;
                match transaction.abandonner().await {
                    Ok(()) => r,
                    Err(e) => Err(e.into()),
                }
            }
            Err(e) => Err(e.into()),
        }
    };
}

#[cfg(feature = "essais")]
pub mod essais;
