//! La preuve : le document de chaque acte est celui qui est parti, et son état celui que son suivi dit.

use sha2::{Digest as _, Sha256};
use storage::{Db, lire, sql};

use super::Avancement;
use super::emettre::PDF;
use super::lire::avancements;
use crate::Erreur;

/// Actes relus d'une même vue : un document pèse des dizaines de kilo-octets.
const LOT: i64 = 100;

/// Un acte dont le document n'a pas l'empreinte gardée, ne s'ouvre plus, ou dont l'état n'est pas celui de son suivi.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ActeAltere {
    /// Son identifiant.
    pub acte: i64,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    dossier_id: i64,
    empreinte: Vec<u8>,
    pdf_scelle: Vec<u8>,
    etat: String,
}

/// Relit chaque acte ; rend ceux qui sont altérés.
///
/// # Errors
/// Le refus de la base.
pub async fn verifier(db: &Db) -> Result<Vec<ActeAltere>, Erreur> {
    let mut alteres = Vec::new();
    let mut derniere = i64::MIN;
    loop {
        let lu: Result<(Option<i64>, Vec<ActeAltere>), Erreur> = lire!(db, |tx| {
            let actes: Vec<Ligne> = sql!(
                "SELECT a.id, a.dossier_id, a.empreinte, a.pdf_scelle, COALESCE(s.etat, '') AS etat FROM acte a \
                 LEFT JOIN avancement_acte s ON s.acte_id = a.id WHERE a.id > $1 ORDER BY a.id LIMIT $2"
            )
            .bind(derniere)
            .bind(LOT)
            .toutes(tx)
            .await?;
            let dossiers: Vec<i64> = actes.iter().map(|l| l.dossier_id).collect();
            let cles = db.coffre().cles(&dossiers).await?;
            let ids: Vec<i64> = actes.iter().map(|l| l.id).collect();
            let avancements = avancements(tx, &ids).await?;
            let mut faux = Vec::new();
            for l in &actes {
                let cle = cles.get(&l.dossier_id);
                let document = cle.and_then(|cle| cle.desceller_octets(PDF, &l.pdf_scelle).ok());
                let intact = document.is_some_and(|octets| Sha256::digest(&octets)[..] == l.empreinte[..]);
                let dernier = avancements.get(&l.id).and_then(|passes| passes.last());
                let dernier = dernier.map_or(Avancement::AExpedier, |(etat, _)| *etat);
                if !intact || dernier.code() != l.etat {
                    faux.push(ActeAltere { acte: l.id });
                }
            }
            Ok((actes.last().map(|l| l.id), faux))
        });
        let (fin, faux) = lu?;
        alteres.extend(faux);
        match fin {
            Some(fin) => derniere = fin,
            None => return Ok(alteres),
        }
    }
}
