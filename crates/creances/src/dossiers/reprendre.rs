use droit::Branche;
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, Lot, Tx};
use valeurs::DossierId;

use super::commenter::TEXTE;
use crate::Erreur;

/// Un commentaire écrit ailleurs, repris avec sa date et sa signature.
pub struct CommentaireRepris {
    /// Dossier.
    pub dossier: DossierId,
    /// Quand il a été écrit.
    pub ecrit_le: Timestamp,
    /// Identifiant de l'agent qui l'a écrit.
    pub auteur: String,
    /// Le texte, scellé à l'inscription.
    pub texte: String,
}

/// Un événement survenu ailleurs, repris avec sa date.
pub struct EvenementRepris {
    /// Dossier.
    pub dossier: DossierId,
    /// Jour où il est arrivé.
    pub jour: Date,
    /// Code stable.
    pub nature: String,
    /// Ce qu'un agent lit.
    pub libelle: String,
    /// Identifiant de l'agent.
    pub auteur: String,
    /// Branche concernée.
    pub branche: Branche,
    /// Est-ce une étape de procédure ?
    pub procedure: bool,
}

/// Reprend l'histoire de dossiers : commentaires et événements, en masse.
///
/// # Errors
/// Le refus de la base ou du coffre.
pub async fn reprendre(
    db: &Db,
    tx: &mut Tx,
    commentaires: &[CommentaireRepris],
    evenements: &[EvenementRepris],
    maintenant: Timestamp,
) -> Result<(), Erreur> {
    let dossiers: Vec<i64> = commentaires.iter().map(|c| c.dossier.get()).collect();
    let cles = db.coffre().cles(&dossiers).await?;
    let mut scelles = Vec::with_capacity(commentaires.len());
    for c in commentaires {
        let dossier = c.dossier.get();
        let cle = cles.get(&dossier).ok_or(storage::Erreur::Descellement(dossier))?;
        scelles.push(Some(cle.sceller(TEXTE, &c.texte)?));
    }
    Lot::nouveau()
        .entiers("id", tx.reserver("commentaire", commentaires.len()).await?)
        .entiers("dossier_id", dossiers)
        .textes("ecrit_le", commentaires.iter().map(|c| c.ecrit_le.to_string()))
        .textes("auteur", commentaires.iter().map(|c| c.auteur.as_str()))
        .octets("texte_scelle", scelles)
        .executer(
            tx,
            "INSERT INTO commentaire (id, dossier_id, ecrit_le, auteur, texte_scelle) \
             SELECT id, dossier_id, ecrit_le, auteur, texte_scelle FROM v",
        )
        .await?;
    Lot::nouveau()
        .entiers("id", tx.reserver("evenement_dossier", evenements.len()).await?)
        .entiers("dossier_id", evenements.iter().map(|e| e.dossier.get()))
        .textes("jour", evenements.iter().map(|e| e.jour.to_string()))
        .textes("enregistre_le", evenements.iter().map(|_| maintenant.to_string()))
        .textes("nature", evenements.iter().map(|e| e.nature.as_str()))
        .textes("libelle", evenements.iter().map(|e| e.libelle.as_str()))
        .textes("auteur", evenements.iter().map(|e| e.auteur.as_str()))
        .entiers("branche", evenements.iter().map(|e| i64::from(e.branche.bit())))
        .entiers("procedure", evenements.iter().map(|e| i64::from(e.procedure)))
        .executer(
            tx,
            "INSERT INTO evenement_dossier (id, dossier_id, jour, enregistre_le, nature, libelle, auteur, branche, \
             procedure) SELECT id, dossier_id, jour, enregistre_le, nature, libelle, auteur, branche, procedure FROM v",
        )
        .await?;
    Ok(())
}
