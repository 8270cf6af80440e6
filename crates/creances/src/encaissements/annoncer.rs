//! Annoncer un paiement : la caisse le demande elle-même, sous une référence qu'elle choisit.

use storage::{Lot, Tx};

use crate::Erreur;

/// Garde ce que paieront des recettes à venir : la référence de bout en bout de chacune, et une créance qu'elle désigne,
/// autant de fois qu'elle en désigne. Le jour venu, la loi ordonne encore entre ces créances et ce qui les excède.
///
/// Une référence ne sert qu'une fois, est en capitales et porte un chiffre (`crate::encaissements` cherche ainsi les
/// mots d'un libellé) ; ses créances sont d'un même dossier et d'une même branche.
///
/// # Errors
/// Le refus de la base.
pub async fn annoncer(tx: &mut Tx, annonces: &[(&str, i64)]) -> Result<(), Erreur> {
    Lot::nouveau()
        .textes("reference", annonces.iter().map(|(reference, _)| *reference))
        .entiers("creance_id", annonces.iter().map(|(_, creance)| *creance))
        .executer(
            tx,
            "INSERT INTO paiement_annonce (reference, creance_id) SELECT reference, creance_id FROM v",
        )
        .await?;
    Ok(())
}
