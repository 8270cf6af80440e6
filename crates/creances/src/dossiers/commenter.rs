use acces::{Action, Perimetre, Permis, actions};
use jiff::Timestamp;
use storage::{Db, Tx, sql};
use valeurs::DossierId;

use super::lire::{portee, relire};
use crate::Erreur;

/// Caractères d'un commentaire, au plus : une fiche se relit, elle ne s'archive pas.
const LONGUEUR_MAX: usize = 4_000;
/// Contexte de scellement.
pub(super) const TEXTE: &str = "commentaire.texte";

/// Un commentaire de la fiche d'un dossier.
#[derive(Clone, PartialEq, Eq)]
pub struct Commentaire {
    /// Identifiant.
    pub id: i64,
    /// Quand il a été écrit.
    pub ecrit_le: Timestamp,
    /// Qui l'a écrit.
    pub auteur: String,
    /// Le texte.
    pub texte: String,
}

/// Ajoute un commentaire à la fiche du dossier, scellé, signé et daté du permis. Rien ne l'efface ni ne le change.
///
/// La table des habilitations accorde cette action sans branche : le dossier n'est alors pas filtré par branche.
///
/// # Errors
/// [`Erreur::Commentaire`] hors de 1 à 4 000 caractères ; [`Erreur::DossierInconnu`] ; le refus de la base ou du
/// coffre.
pub async fn commenter(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::CommenterDossier>,
    id: DossierId,
    texte: &str,
) -> Result<(), Erreur> {
    let texte = texte.replace("\r\n", "\n");
    let texte = texte.trim();
    if !(1..=LONGUEUR_MAX).contains(&texte.chars().count()) {
        return Err(Erreur::Commentaire);
    }
    let branches = portee(permis, id).ok_or(Erreur::DossierInconnu)?.branches;
    let connu: i64 = sql!(
        "SELECT COUNT(*) FROM debiteur WHERE id = $1 AND ($2 = 0 OR branches = 0 OR (branches & $2) <> 0)"
    )
    .bind(id)
    .bind(branches)
    .scalaire(tx)
    .await?;
    if connu == 0 {
        return Err(Erreur::DossierInconnu);
    }
    let scelle = db.coffre().cle(id.get()).await?.sceller(TEXTE, texte)?;
    let numero = tx
        .reserver("commentaire", 1)
        .await?
        .first()
        .copied()
        .unwrap_or_default();
    sql!(
        "INSERT INTO commentaire (id, dossier_id, ecrit_le, auteur, texte_scelle) VALUES ($1, $2, $3, $4, $5)"
    )
    .bind(numero)
    .bind(id)
    .bind(permis.quand().to_string())
    .bind(permis.acteur())
    .bind(scelle)
    .executer(tx)
    .await?;
    Ok(())
}

/// La fiche des commentaires d'un dossier, du plus récent au plus ancien ; vide sans la classe « commentaires ».
///
/// # Errors
/// [`Erreur::DossierInconnu`] si le permis est d'un autre dossier ; le refus de la base ou du coffre.
pub async fn commentaires<A: Action>(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<A>,
    id: DossierId,
) -> Result<Vec<Commentaire>, Erreur> {
    let perimetre = portee(permis, id).ok_or(Erreur::DossierInconnu)?;
    lire_commentaires(db, tx, perimetre, id).await
}

pub(super) async fn lire_commentaires(
    db: &Db,
    tx: &mut Tx,
    perimetre: &Perimetre,
    id: DossierId,
) -> Result<Vec<Commentaire>, Erreur> {
    if !perimetre.commentaires {
        return Ok(Vec::new());
    }
    let lignes: Vec<(i64, String, String, Vec<u8>)> = sql!(
        "SELECT c.id, c.ecrit_le, c.auteur, c.texte_scelle FROM debiteur d JOIN commentaire c ON c.dossier_id = d.id \
         WHERE d.id = $1 AND (d.branches = 0 OR (d.branches & $2) <> 0) ORDER BY c.id DESC"
    )
    .bind(id)
    .bind(perimetre.branches)
    .toutes(tx)
    .await?;
    if lignes.is_empty() {
        return Ok(Vec::new());
    }
    let cle = db.coffre().cle(id.get()).await?;
    lignes
        .into_iter()
        .map(|(id, ecrit_le, auteur, scelle)| {
            let texte = cle.desceller(TEXTE, &scelle)?;
            Ok(Commentaire {
                id,
                ecrit_le: relire(&ecrit_le, "instant")?,
                auteur,
                texte,
            })
        })
        .collect()
}
