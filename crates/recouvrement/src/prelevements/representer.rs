//! Présenter de nouveau ce qui a échoué, parce qu'un agent le veut.

use acces::{Permis, actions};
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::date_longue;

use super::mandat::en_cours;
use super::{ErreurPrelevement, Prelevement, prelevements, raconter};
use crate::Erreur;

impl Prelevement {
    /// Il a échoué, c'est la dernière présentation de sa mensualité parmi `siens`, et nul ne l'a encore voulu de nouveau.
    pub(crate) fn se_represente(&self, siens: &[Self]) -> bool {
        let derniere = !siens
            .iter()
            .any(|autre| autre.rang == self.rang && autre.presentation > self.presentation);
        derniere && self.a_echoue() && !self.a_representer
    }
}

/// Fait présenter de nouveau un prélèvement rejeté ou revenu impayé, à la prochaine émission ; `None` si l'échéancier n'est pas du
/// permis.
///
/// # Errors
/// [`ErreurPrelevement::PasEnCours`], [`ErreurPrelevement::PasRejete`] ; le refus de la base.
pub(crate) async fn representer(
    tx: &mut Tx,
    permis: &Permis<actions::TenirMandat>,
    id: i64,
    prelevement: i64,
    au: Date,
) -> Result<Option<()>, Erreur> {
    let Some(lu) = en_cours(tx, permis, id, au).await? else {
        return Ok(None);
    };
    let siens = prelevements(tx, id).await?;
    let choisi = siens
        .iter()
        .find(|sien| sien.id == prelevement && sien.se_represente(&siens))
        .ok_or(ErreurPrelevement::PasRejete)?;
    sql!("INSERT INTO prelevement_a_representer (prelevement_id, enregistre_le, auteur) VALUES ($1, $2, $3)")
        .bind(prelevement)
        .bind(permis.quand().to_string())
        .bind(permis.acteur())
        .executer(tx)
        .await?;
    let libelle = format!(
        "Prélèvement du {} à présenter de nouveau",
        date_longue(choisi.echeance)
    );
    let lieu = (lu.accorde.dossier, id);
    raconter(tx, permis, lieu, "prelevement_represente", &libelle, au).await?;
    Ok(Some(()))
}
