//! Des faits gardés aux parcours.

use std::collections::HashMap;

use acces::{Action, Permis};
use droit::{Lieu, Nature, Parcours, Reperes, Residence, Zone};
use jiff::civil::Date;
use storage::{Lot, Tx, sql};
use valeurs::DossierId;

use crate::Erreur;

/// Une créance et son parcours.
#[derive(Clone, Debug)]
pub struct Suivie {
    /// La créance.
    pub creance: i64,
    /// Son dossier.
    pub dossier: DossierId,
    /// Sa nature.
    pub nature: Nature,
    /// Son parcours, jusqu'au dernier fait gardé.
    pub parcours: Parcours,
}

/// Les créances ouvertes après ce numéro, `combien` au plus, dans leur ordre, et leurs parcours.
///
/// # Errors
/// Le refus de la base ; une date qui ne se calcule pas.
pub async fn ouvertes(tx: &mut Tx, apres: i64, combien: u32) -> Result<Vec<Suivie>, Erreur> {
    // « + » : sans lui, SQLite suivrait l'index des créances ouvertes et trierait.
    let ids: Vec<(i64,)> = sql!("SELECT id FROM creance WHERE id > $1 AND +ouverte = 1 ORDER BY id LIMIT $2")
        .bind(apres)
        .bind(i64::from(combien))
        .toutes(tx)
        .await?;
    let ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
    charger(tx, &ids).await
}

/// Celles de ces créances qui sont ouvertes, et leurs parcours.
///
/// # Errors
/// Le refus de la base ; une date qui ne se calcule pas.
pub(crate) async fn encore_ouvertes(
    tx: &mut Tx,
    creances: impl Iterator<Item = i64>,
) -> Result<Vec<Suivie>, Erreur> {
    let ids: Vec<(i64,)> = Lot::nouveau()
        .entiers("id", creances)
        .toutes(
            tx,
            "SELECT c.id FROM v CROSS JOIN creance c WHERE c.id = v.id AND c.ouverte = 1",
        )
        .await?;
    let ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
    charger(tx, &ids).await
}

/// Les créances ouvertes d'un dossier, dans les branches du permis, dont un délai finit ce jour ou après : celles des
/// `combien` délais les plus proches.
///
/// # Errors
/// Le refus de la base ; une date qui ne se calcule pas.
pub(crate) async fn bientot_echues(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    dossier: DossierId,
    du: Date,
    combien: u32,
) -> Result<Vec<Suivie>, Erreur> {
    let ids: Vec<(i64,)> = sql!(
        "SELECT l.creance_id FROM creance c CROSS JOIN limite_procedure l WHERE c.dossier_id = $1 AND +c.ouverte = 1 \
         AND (c.branche & $2) <> 0 AND l.creance_id = c.id AND l.echeance >= $3 \
         ORDER BY l.echeance, l.creance_id, l.regle LIMIT $4"
    )
    .bind(dossier.get())
    .bind(permis.perimetre().branches)
    .bind(du.to_string())
    .bind(i64::from(combien))
    .toutes(tx)
    .await?;
    let mut ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    charger(tx, &ids).await
}

#[derive(sqlx::FromRow)]
struct LigneCreance {
    id: i64,
    dossier_id: i64,
    nature: String,
    periode_debut: String,
    emise_le: String,
    exigible_le: String,
    code_commune: String,
    fraude: i64,
}

/// Les parcours de ces créances, dans l'ordre de leurs numéros ; ce qui n'existe pas n'y est pas.
///
/// # Errors
/// Le refus de la base ; une date qui ne se calcule pas.
pub(crate) async fn charger(tx: &mut Tx, creances: &[i64]) -> Result<Vec<Suivie>, Erreur> {
    let siege = Zone::du_siege(tx.caisse());
    let lot = || Lot::nouveau().entiers("id", creances.iter().copied());
    let mut lignes: Vec<LigneCreance> = lot()
        .toutes(
            tx,
            "SELECT c.id, c.dossier_id, c.nature, c.periode_debut, c.emise_le, c.exigible_le, d.code_commune, \
             CAST(COALESCE((SELECT f.retenue FROM fraude_creance f WHERE f.creance_id = c.id ORDER BY f.id DESC LIMIT 1), \
             0) AS BIGINT) AS fraude FROM v CROSS JOIN creance c CROSS JOIN debiteur d WHERE c.id = v.id AND d.id = c.dossier_id",
        )
        .await?;
    lignes.sort_unstable_by_key(|ligne| ligne.id);
    let mut gardes: Vec<(i64, i64, String, String)> = lot()
        .toutes(
            tx,
            "SELECT f.creance_id, f.rang, f.etape, f.jour FROM v CROSS JOIN fait_procedure f \
             WHERE f.creance_id = v.id",
        )
        .await?;
    gardes.sort_unstable();
    let mut faits: HashMap<i64, Vec<(String, Date)>> = HashMap::new();
    for (creance, _, etape, le) in gardes {
        faits.entry(creance).or_default().push((etape, jour(&le)?));
    }
    lignes
        .into_iter()
        .map(|ligne| {
            let faits = faits.remove(&ligne.id).unwrap_or_default();
            ligne.suivre(&faits, siege)
        })
        .collect()
}

impl LigneCreance {
    fn suivre(self, faits: &[(String, Date)], siege: Zone) -> Result<Suivie, Erreur> {
        let nature: Nature = self.nature.parse().map_err(|_| Erreur::Illisible("nature"))?;
        let reperes = Reperes {
            emise_le: jour(&self.emise_le)?,
            exigible_le: jour(&self.exigible_le)?,
            due_depuis: jour(&self.periode_debut)?,
            fraude: self.fraude == 1,
            lieu: Lieu::du_debiteur(Residence::de_la_commune(&self.code_commune), siege),
        };
        let mut parcours = Parcours::ouvrir(nature, reperes)?;
        for (code, jour) in faits {
            let etape = parcours
                .procedure()
                .etape(code)
                .ok_or(Erreur::Illisible("étape de procédure"))?;
            parcours = parcours.noter(etape, *jour)?;
        }
        Ok(Suivie {
            creance: self.id,
            dossier: DossierId::new(self.dossier_id),
            nature,
            parcours,
        })
    }
}

/// Une date gardée.
pub(crate) fn jour(texte: &str) -> Result<Date, Erreur> {
    texte.parse().map_err(|_| Erreur::Illisible("date"))
}
