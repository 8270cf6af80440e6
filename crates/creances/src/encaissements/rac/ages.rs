use acces::{Action, Perimetre, Permis};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;
use storage::{Tx, sql};
use valeurs::Montant;

use crate::Erreur;
use crate::creances::lire_date;

/// L'âge d'une recette en RAC, par tranches, en jours depuis le paiement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anciennete {
    /// 30 jours au plus.
    Jusqua30,
    /// De 31 à 90 jours.
    De31A90,
    /// De 91 à 180 jours.
    De91A180,
    /// De 181 à 365 jours.
    De181A365,
    /// Plus de 365 jours.
    PlusDe365,
}

impl Anciennete {
    /// Toutes les tranches, de la plus récente à la plus ancienne.
    pub const TOUTES: [Self; 5] = [
        Self::Jusqua30,
        Self::De31A90,
        Self::De91A180,
        Self::De181A365,
        Self::PlusDe365,
    ];

    /// Code des adresses et des exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Jusqua30 => "0-30",
            Self::De31A90 => "31-90",
            Self::De91A180 => "91-180",
            Self::De181A365 => "181-365",
            Self::PlusDe365 => "366",
        }
    }

    /// Mots de l'écran.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Jusqua30 => "30 jours au plus",
            Self::De31A90 => "de 31 à 90 jours",
            Self::De91A180 => "de 91 à 180 jours",
            Self::De181A365 => "de 181 à 365 jours",
            Self::PlusDe365 => "plus de 365 jours",
        }
    }

    /// La tranche qui porte ce code.
    #[must_use]
    pub fn du_code(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|a| a.code() == code)
    }

    /// Âges en jours, inclus ; sans fin pour la dernière.
    const fn jours(self) -> (i64, Option<i64>) {
        match self {
            Self::Jusqua30 => (0, Some(30)),
            Self::De31A90 => (31, Some(90)),
            Self::De91A180 => (91, Some(180)),
            Self::De181A365 => (181, Some(365)),
            Self::PlusDe365 => (366, None),
        }
    }

    /// Premier et dernier jours de paiement de la tranche, inclus, vus du jour `au`.
    pub(super) fn bornes(self, au: Date) -> Result<(Option<Date>, Date), Erreur> {
        let (jeune, vieux) = self.jours();
        let recul = |n: i64| au.checked_sub(n.days()).map_err(droit::Erreur::from);
        Ok((vieux.map(recul).transpose()?, recul(jeune)?))
    }
}

/// Combien attend, et depuis quand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgesRac {
    /// Une tranche par [`Anciennete`], dans l'ordre.
    pub tranches: [TrancheRac; 5],
    /// Jour de paiement de la plus ancienne.
    pub plus_ancienne: Option<Date>,
}

/// Ce qui attend dans une tranche d'âge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TrancheRac {
    /// Recettes.
    pub nombre: i64,
    /// Ce qui en attend, en centimes.
    #[serde(rename = "montant_centimes")]
    pub montant: Montant,
}

/// Combien de recettes attendent, et combien, par âge au jour `au`.
///
/// # Errors
/// Le refus de la base.
pub async fn ages(tx: &mut Tx, permis: &Permis<impl Action>, au: Date) -> Result<AgesRac, Erreur> {
    ages_vus(tx, permis.perimetre(), au).await
}

async fn ages_vus(tx: &mut Tx, perimetre: &Perimetre, au: Date) -> Result<AgesRac, Erreur> {
    let debut = |tranche: Anciennete| -> Result<String, Erreur> {
        Ok(tranche.bornes(au)?.0.map_or_else(String::new, |d| d.to_string()))
    };
    let lignes: Vec<(i64, i64, i64, String)> = sql!(
        "SELECT x.tranche, COUNT(*), CAST(SUM(x.rac_centimes) AS BIGINT), MIN(x.jour) FROM (\
         SELECT CAST(CASE WHEN r.jour >= $1 THEN 0 WHEN r.jour >= $2 THEN 1 WHEN r.jour >= $3 THEN 2 \
         WHEN r.jour >= $4 THEN 3 ELSE 4 END AS BIGINT) AS tranche, r.rac_centimes, r.jour FROM encaissement r \
         WHERE r.rac_centimes <> 0 AND r.jour <= $5 AND (r.dossier_id IS NULL OR EXISTS (SELECT 1 FROM debiteur d \
         WHERE d.id = r.dossier_id AND (d.branches = 0 OR (d.branches & $6) <> 0)))) x GROUP BY x.tranche"
    )
    .bind(debut(Anciennete::Jusqua30)?)
    .bind(debut(Anciennete::De31A90)?)
    .bind(debut(Anciennete::De91A180)?)
    .bind(debut(Anciennete::De181A365)?)
    .bind(au.to_string())
    .bind(perimetre.branches)
    .toutes(tx)
    .await?;
    let mut ages = AgesRac {
        tranches: [TrancheRac::default(); 5],
        plus_ancienne: None,
    };
    for (tranche, nombre, montant, jour) in lignes {
        let jour = lire_date(&jour)?;
        ages.plus_ancienne = Some(ages.plus_ancienne.map_or(jour, |d| d.min(jour)));
        if let Some(case) = usize::try_from(tranche)
            .ok()
            .and_then(|t| ages.tranches.get_mut(t))
        {
            *case = TrancheRac {
                nombre,
                montant: Montant::de_centimes(montant),
            };
        }
    }
    Ok(ages)
}
