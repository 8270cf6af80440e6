//! Ce qu'un agent se rappelle de faire, un jour, sur un dossier.

use acces::{Permis, actions};
use jiff::civil::Date;
use storage::{Db, Lot, Tx, sql};
use valeurs::DossierId;

use super::ErreurOscar;
use super::confier::siens;
use crate::Erreur;
use crate::procedure::jour;

/// Contexte de scellement du texte.
pub(super) const TEXTE: &str = "rappel.texte";
/// Caractères d'un rappel, au plus : une chose à faire, pas un commentaire.
const LONGUEUR_MAX: usize = 500;

type Gerer = Permis<actions::GererPortefeuille>;

/// Un rappel à faire.
#[derive(Clone, PartialEq, Eq)]
pub struct Rappel {
    /// Identifiant.
    pub id: i64,
    /// Le dossier.
    pub dossier: DossierId,
    /// Nom du débiteur.
    pub nom: String,
    /// Le jour où il faut le faire.
    pub jour: Date,
    /// Ce qu'il faut faire ; tu à qui n'a pas la classe « commentaires ».
    pub texte: Option<String>,
}

/// Pose le même rappel, pour soi, sur des dossiers ; rend combien. Ceux qui ne sont pas des branches du permis sont
/// laissés.
///
/// # Errors
/// [`ErreurOscar::TexteDeRappel`], [`ErreurOscar::RappelPasse`] ; le refus de la base ou du coffre.
pub async fn poser(
    db: &Db,
    tx: &mut Tx,
    permis: &Gerer,
    dossiers: &[i64],
    le: Date,
    texte: &str,
    aujourdhui: Date,
) -> Result<usize, Erreur> {
    let texte = texte.trim();
    if !(1..=LONGUEUR_MAX).contains(&texte.chars().count()) {
        return Err(ErreurOscar::TexteDeRappel.into());
    }
    if le < aujourdhui {
        return Err(ErreurOscar::RappelPasse.into());
    }
    let ids = siens(tx, permis, dossiers).await?;
    let cles = db.coffre().cles(&ids).await?;
    let mut scelles = Vec::with_capacity(ids.len());
    for id in &ids {
        let cle = cles.get(id).ok_or(storage::Erreur::Descellement(*id))?;
        scelles.push(Some(cle.sceller(TEXTE, texte)?));
    }
    let numeros = tx.reserver("rappel", ids.len()).await?;
    Lot::nouveau()
        .entiers("id", numeros)
        .entiers("dossier", ids.iter().copied())
        .entiers("branches", ids.iter().map(|_| permis.perimetre().branches))
        .textes("agent", ids.iter().map(|_| permis.acteur()))
        .textes("jour", ids.iter().map(|_| le.to_string()))
        .octets("texte", scelles)
        .textes("quand", ids.iter().map(|_| permis.quand().to_string()))
        .executer(
            tx,
            "INSERT INTO rappel (id, dossier_id, branches, agent, jour, texte_scelle, pose_le, auteur) \
             SELECT id, dossier, branches, agent, jour, texte, quand, agent FROM v",
        )
        .await?;
    Ok(ids.len())
}

/// Dit fait un rappel de l'agent.
///
/// # Errors
/// [`ErreurOscar::RappelInconnu`] s'il n'est pas le sien ou l'est déjà ; le refus de la base.
pub async fn cocher(tx: &mut Tx, permis: &Gerer, id: i64) -> Result<(), Erreur> {
    let faits = sql!(
        "UPDATE rappel SET fait_le = $3, fait_par = $2 WHERE id = $1 AND agent = $2 AND fait_le IS NULL"
    )
    .bind(id)
    .bind(permis.acteur())
    .bind(permis.quand().to_string())
    .executer(tx)
    .await?;
    if faits == 0 {
        return Err(ErreurOscar::RappelInconnu.into());
    }
    Ok(())
}

/// Les rappels de l'agent qui sont à faire ce jour ou l'étaient avant, du plus ancien au plus récent, `limite` au plus.
///
/// # Errors
/// Le refus de la base ou du coffre.
pub async fn rappels_dus(
    db: &Db,
    tx: &mut Tx,
    permis: &Gerer,
    au: Date,
    limite: u32,
) -> Result<Vec<Rappel>, Erreur> {
    if !permis.perimetre().identification {
        return Ok(Vec::new());
    }
    let lignes: Vec<(i64, i64, String, String, String, Vec<u8>)> = sql!(
        "SELECT r.id, r.dossier_id, d.nom, d.prenom, r.jour, r.texte_scelle FROM rappel r CROSS JOIN debiteur d \
         WHERE d.id = r.dossier_id AND r.agent = $1 AND r.jour <= $2 AND r.fait_le IS NULL \
         AND (r.branches & $3) <> 0 ORDER BY r.jour, r.id LIMIT $4"
    )
    .bind(permis.acteur())
    .bind(au.to_string())
    .bind(permis.perimetre().branches)
    .bind(i64::from(limite))
    .toutes(tx)
    .await?;
    let mut rappels = Vec::with_capacity(lignes.len());
    for (id, dossier, nom, prenom, le, scelle) in lignes {
        let texte = if permis.perimetre().commentaires {
            Some(db.coffre().cle(dossier).await?.desceller(TEXTE, &scelle)?)
        } else {
            None
        };
        rappels.push(Rappel {
            id,
            dossier: DossierId::new(dossier),
            nom: format!("{nom} {prenom}").trim_end().to_owned(),
            jour: jour(&le)?,
            texte,
        });
    }
    Ok(rappels)
}
