use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use acces::{Action, Perimetre, Permis};
use jiff::civil::Date;
use storage::{Db, Tx, sql};
use valeurs::{DossierId, Montant};

use super::super::Attente;
use super::{Anciennete, RecetteEnAttente, lire};
use crate::Erreur;

/// Ce qu'on cherche dans les recettes en RAC ; tout, par défaut.
#[derive(Clone, Debug, Default)]
pub struct FiltreRac {
    /// Pourquoi elle attend.
    pub attente: Option<Attente>,
    /// Depuis quand.
    pub age: Option<Anciennete>,
    /// Ce qui attend, en valeur absolue : au moins.
    pub montant_min: Option<Montant>,
    /// Ce qui attend, en valeur absolue : au plus.
    pub montant_max: Option<Montant>,
    /// Au nom de ce dossier.
    pub dossier: Option<DossierId>,
}

/// L'ordre de la liste.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TriRac {
    /// La plus ancienne d'abord.
    #[default]
    PlusAnciennes,
    /// La plus récente d'abord.
    PlusRecentes,
    /// La plus grosse somme d'abord.
    PlusGrosses,
    /// La plus petite d'abord (les retours, négatifs, en tête).
    PlusPetites,
}

/// La place d'une recette dans la liste : la page suivante commence juste après. S'écrit dans une adresse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurseurRac {
    pub(super) jour: Date,
    pub(super) rac: Montant,
    pub(super) id: i64,
}

impl fmt::Display for CurseurRac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.jour, self.rac.centimes(), self.id)
    }
}

impl FromStr for CurseurRac {
    type Err = Erreur;

    fn from_str(texte: &str) -> Result<Self, Erreur> {
        let lire = || -> Option<Self> {
            let (jour, suite) = texte.split_once('.')?;
            let (rac, id) = suite.split_once('.')?;
            let rac = Montant::de_centimes(rac.parse().ok()?);
            Some(Self {
                jour: jour.parse().ok()?,
                rac,
                id: id.parse().ok()?,
            })
        };
        lire().ok_or(Erreur::SansObjet(
            "cette page de la liste n'existe plus ; reprenez au début",
        ))
    }
}

/// Une page de `limite` recettes en RAC, au plus, après `apres` ; les âges sont ceux du jour `au`.
///
/// # Errors
/// Le refus de la base ou du coffre.
#[expect(
    clippy::too_many_arguments,
    reason = "une page de liste est un filtre, un ordre, une place et une taille"
)]
pub async fn en_attente(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    filtre: &FiltreRac,
    tri: TriRac,
    apres: Option<CurseurRac>,
    limite: u32,
    au: Date,
) -> Result<Vec<RecetteEnAttente>, Erreur> {
    let ids = page(tx, permis.perimetre(), filtre, tri, apres, limite, au).await?;
    let mut recettes = lire(db, tx, permis.perimetre(), &ids, au).await?;
    let rang: HashMap<i64, usize> = ids.iter().enumerate().map(|(rang, id)| (*id, rang)).collect();
    recettes.sort_by_key(|r| rang.get(&r.id).copied());
    Ok(recettes)
}

async fn page(
    tx: &mut Tx,
    perimetre: &Perimetre,
    filtre: &FiltreRac,
    tri: TriRac,
    apres: Option<CurseurRac>,
    limite: u32,
    au: Date,
) -> Result<Vec<i64>, Erreur> {
    let (depuis, jusqua) = match filtre.age {
        Some(age) => age.bornes(au)?,
        None => (None, au),
    };
    // Un filtre absent est la borne qui ne retient rien : un seul texte par ordre, que l'index du tri sert.
    let filtree = match tri {
        TriRac::PlusAnciennes => sql!(
            "SELECT r.id FROM encaissement r WHERE r.rac_centimes <> 0 AND r.jour BETWEEN $1 AND $2 \
             AND ABS(r.rac_centimes) BETWEEN $3 AND $4 AND ($5 = '' OR COALESCE(r.attente, 'declassee') = $5) \
             AND ($6 = 0 OR r.dossier_id = $6) AND (r.dossier_id IS NULL OR EXISTS (SELECT 1 FROM debiteur d \
             WHERE d.id = r.dossier_id AND (d.branches = 0 OR (d.branches & $7) <> 0))) \
             AND (r.jour, r.id) > ($8, $9) ORDER BY r.jour, r.id LIMIT $10"
        ),
        TriRac::PlusRecentes => sql!(
            "SELECT r.id FROM encaissement r WHERE r.rac_centimes <> 0 AND r.jour BETWEEN $1 AND $2 \
             AND ABS(r.rac_centimes) BETWEEN $3 AND $4 AND ($5 = '' OR COALESCE(r.attente, 'declassee') = $5) \
             AND ($6 = 0 OR r.dossier_id = $6) AND (r.dossier_id IS NULL OR EXISTS (SELECT 1 FROM debiteur d \
             WHERE d.id = r.dossier_id AND (d.branches = 0 OR (d.branches & $7) <> 0))) \
             AND (r.jour, r.id) < ($8, $9) ORDER BY r.jour DESC, r.id DESC LIMIT $10"
        ),
        TriRac::PlusGrosses => sql!(
            "SELECT r.id FROM encaissement r WHERE r.rac_centimes <> 0 AND r.jour BETWEEN $1 AND $2 \
             AND ABS(r.rac_centimes) BETWEEN $3 AND $4 AND ($5 = '' OR COALESCE(r.attente, 'declassee') = $5) \
             AND ($6 = 0 OR r.dossier_id = $6) AND (r.dossier_id IS NULL OR EXISTS (SELECT 1 FROM debiteur d \
             WHERE d.id = r.dossier_id AND (d.branches = 0 OR (d.branches & $7) <> 0))) \
             AND (r.rac_centimes, r.id) < ($8, $9) ORDER BY r.rac_centimes DESC, r.id DESC LIMIT $10"
        ),
        TriRac::PlusPetites => sql!(
            "SELECT r.id FROM encaissement r WHERE r.rac_centimes <> 0 AND r.jour BETWEEN $1 AND $2 \
             AND ABS(r.rac_centimes) BETWEEN $3 AND $4 AND ($5 = '' OR COALESCE(r.attente, 'declassee') = $5) \
             AND ($6 = 0 OR r.dossier_id = $6) AND (r.dossier_id IS NULL OR EXISTS (SELECT 1 FROM debiteur d \
             WHERE d.id = r.dossier_id AND (d.branches = 0 OR (d.branches & $7) <> 0))) \
             AND (r.rac_centimes, r.id) > ($8, $9) ORDER BY r.rac_centimes, r.id LIMIT $10"
        ),
    };
    let filtree = filtree
        .bind(depuis.map_or_else(String::new, |d| d.to_string()))
        .bind(jusqua.to_string())
        .bind(filtre.montant_min.unwrap_or(Montant::ZERO))
        .bind(filtre.montant_max.unwrap_or(Montant::MAX))
        .bind(filtre.attente.map_or("", Attente::code))
        .bind(filtre.dossier.map_or(0, DossierId::get))
        .bind(perimetre.branches);
    let placee = match (tri, apres) {
        (TriRac::PlusAnciennes, None) => filtree.bind("").bind(0_i64),
        (TriRac::PlusRecentes, None) => filtree.bind("~").bind(0_i64),
        (TriRac::PlusAnciennes | TriRac::PlusRecentes, Some(c)) => {
            filtree.bind(c.jour.to_string()).bind(c.id)
        }
        (TriRac::PlusGrosses, None) => filtree.bind(i64::MAX).bind(i64::MAX),
        (TriRac::PlusPetites, None) => filtree.bind(i64::MIN).bind(0_i64),
        (TriRac::PlusGrosses | TriRac::PlusPetites, Some(c)) => filtree.bind(c.rac).bind(c.id),
    };
    let ids: Vec<(i64,)> = placee.bind(i64::from(limite)).toutes(tx).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}
