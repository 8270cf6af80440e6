use acces::{Action, Permis};
use creances::dossiers::{NouvelEvenement, noter_evenement};
use droit::Branche;
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::DossierId;

use crate::Erreur;

/// Inscrit un événement au dossier d'un échéancier, dans la branche de ses créances.
pub(super) async fn raconter<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    (dossier, echeancier): (DossierId, i64),
    nature: &str,
    libelle: &str,
    jour: Date,
) -> Result<(), Erreur> {
    let bit: Option<(i64,)> = sql!(
        "SELECT c.branche FROM echeancier_creance p JOIN creance c ON c.id = p.creance_id \
         WHERE p.echeancier_id = $1 ORDER BY c.id LIMIT 1"
    )
    .bind(echeancier)
    .au_plus_une(tx)
    .await?;
    let evenement = NouvelEvenement {
        jour,
        nature,
        libelle,
        branche: bit.and_then(|(bit,)| u8::try_from(bit).ok().and_then(Branche::du_bit)),
        procedure: false,
    };
    noter_evenement(tx, dossier, &evenement, permis.acteur(), permis.quand()).await?;
    Ok(())
}
