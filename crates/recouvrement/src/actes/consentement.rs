//! Ce qu'un débiteur a dit du recommandé électronique : sans son accord, celui qui n'est pas un professionnel ne peut pas
//! en recevoir (code des postes, L100, à vérifier). Celui qui a un SIRET est tenu pour un professionnel.

use acces::{Action, Permis, actions};
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::DossierId;

use crate::Erreur;
use crate::procedure::jour;

/// Ce qu'un débiteur a dit, et quel jour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Consentement {
    /// L'accepte-t-il ?
    pub accepte: bool,
    /// Le jour où il l'a dit.
    pub le: Date,
}

/// Garde ce qu'un débiteur dit du recommandé électronique ; ce qu'il en avait dit avant reste gardé.
///
/// # Errors
/// [`Erreur::DansLAvenir`] ; [`Erreur::Creances`] si le permis n'est pas de ce dossier ; le refus de la base.
pub async fn noter_consentement(
    tx: &mut Tx,
    permis: &Permis<actions::ComposerActe>,
    dossier: DossierId,
    dit: Consentement,
    aujourdhui: Date,
) -> Result<(), Erreur> {
    if !permis.porte_sur(dossier) {
        return Err(creances::Erreur::DossierInconnu.into());
    }
    if dit.le > aujourdhui {
        return Err(Erreur::DansLAvenir);
    }
    let id = tx.reserver("consentement_lre", 1).await?;
    sql!(
        "INSERT INTO consentement_lre (id, dossier_id, accepte, jour, enregistre_le, auteur) \
         VALUES ($1, $2, $3, $4, $5, $6)"
    )
    .bind(id.first().copied().unwrap_or_default())
    .bind(dossier)
    .bind(i64::from(dit.accepte))
    .bind(dit.le.to_string())
    .bind(permis.quand().to_string())
    .bind(permis.acteur())
    .executer(tx)
    .await?;
    Ok(())
}

/// Ce que le débiteur a dit en dernier.
///
/// # Errors
/// [`Erreur::Creances`] si le permis n'est pas de ce dossier ; le refus de la base.
pub async fn consentement<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    dossier: DossierId,
) -> Result<Option<Consentement>, Erreur> {
    if !permis.porte_sur(dossier) {
        return Err(creances::Erreur::DossierInconnu.into());
    }
    let dit: Option<(i64, String)> =
        sql!("SELECT accepte, jour FROM consentement_lre WHERE dossier_id = $1 ORDER BY id DESC LIMIT 1")
            .bind(dossier)
            .au_plus_une(tx)
            .await?;
    dit.map(|(accepte, le)| {
        Ok(Consentement {
            accepte: accepte == 1,
            le: jour(&le)?,
        })
    })
    .transpose()
}
