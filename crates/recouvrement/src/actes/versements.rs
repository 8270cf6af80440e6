//! Les jours où une prestation indue a été versée.

use acces::{Permis, actions};
use jiff::civil::Date;
use storage::{Lot, Tx, sql};
use valeurs::DossierId;

use super::ErreurActes;
use crate::Erreur;

/// Versements d'une créance, au plus.
const MAX: usize = 100;

/// Garde les jours des versements d'une créance du dossier du permis ; `texte` en a un par ligne.
///
/// Ceux qui sont déjà gardés le restent.
///
/// # Errors
/// [`ErreurActes::Versements`] ; [`Erreur::Creances`] si la créance n'est pas du permis ; le refus de la base.
pub async fn noter_versements(
    tx: &mut Tx,
    permis: &Permis<actions::ComposerActe>,
    creance: i64,
    texte: &str,
    aujourdhui: Date,
) -> Result<(), Erreur> {
    let jours = lire(texte, aujourdhui).ok_or(ErreurActes::Versements)?;
    let sienne: Option<(i64,)> = sql!("SELECT dossier_id FROM creance WHERE id = $1 AND (branche & $2) <> 0")
        .bind(creance)
        .bind(permis.perimetre().branches)
        .au_plus_une(tx)
        .await?;
    if !sienne.is_some_and(|(dossier,)| permis.porte_sur(DossierId::new(dossier))) {
        return Err(creances::Erreur::CreanceInconnue.into());
    }
    let versements: Vec<(i64, Date)> = jours.into_iter().map(|jour| (creance, jour)).collect();
    reprendre_versements(tx, &versements).await
}

/// Reprend les jours de versements connus ailleurs : une créance, un jour.
///
/// # Errors
/// Le refus de la base.
pub async fn reprendre_versements(tx: &mut Tx, versements: &[(i64, Date)]) -> Result<(), Erreur> {
    Lot::nouveau()
        .entiers("creance_id", versements.iter().map(|(creance, _)| *creance))
        .textes("jour", versements.iter().map(|(_, jour)| jour.to_string()))
        .executer(
            tx,
            "INSERT INTO versement_indu (creance_id, jour) SELECT creance_id, jour FROM v WHERE 1 = 1 \
             ON CONFLICT (creance_id, jour) DO NOTHING",
        )
        .await?;
    Ok(())
}

fn lire(texte: &str, aujourdhui: Date) -> Option<Vec<Date>> {
    let mut jours = Vec::new();
    for ecrit in texte
        .split([',', ';', '\n'])
        .map(str::trim)
        .filter(|ecrit| !ecrit.is_empty())
    {
        let jour = ecrit
            .parse()
            .ok()
            .or_else(|| Date::strptime("%d/%m/%Y", ecrit).ok())?;
        (jour <= aujourdhui).then_some(())?;
        if !jours.contains(&jour) {
            jours.push(jour);
        }
    }
    (1..=MAX).contains(&jours.len()).then_some(jours)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn des_jours_de_versement_se_lisent_dans_les_deux_ecritures() {
        let au = date(2026, 11, 23);
        assert_eq!(
            lire("2026-01-05, 05/02/2026\n2026-01-05", au).unwrap(),
            [date(2026, 1, 5), date(2026, 2, 5)]
        );
        for faux in ["", "hier", "2026-11-24", "31/02/2026"] {
            assert_eq!(lire(faux, au), None, "{faux}");
        }
    }
}
