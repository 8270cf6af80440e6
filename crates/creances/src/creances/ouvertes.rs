use std::collections::HashMap;

use droit::{CreanceOuverte, Nature, Poste, Regime};
use jiff::civil::Date;
use storage::{Lot, Tx};
use valeurs::{DossierId, Montant};

use crate::Erreur;

/// Une créance qui n'est pas éteinte, telle que l'imputation la voit.
#[derive(Clone, Debug)]
pub(crate) struct Ouverte {
    pub(crate) droit: CreanceOuverte,
    pub(crate) emise_le: Date,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    dossier_id: i64,
    nature: String,
    regime: String,
    periode_debut: String,
    periode_fin: String,
    emise_le: String,
    exigible_le: String,
    reste_part_ouvriere: i64,
    reste_part_patronale: i64,
    reste_principal: i64,
    reste_majoration: i64,
    reste_penalite: i64,
    reste_frais: i64,
}

/// Les créances ouvertes de plusieurs dossiers, déjà verrouillés.
pub(crate) async fn ouvertes(
    tx: &mut Tx,
    dossiers: &[DossierId],
) -> Result<HashMap<DossierId, Vec<Ouverte>>, Erreur> {
    let lignes: Vec<Ligne> = Lot::nouveau()
        .entiers("dossier", dossiers.iter().map(|d| d.get()))
        .toutes(
            tx,
            "SELECT creance.id, dossier_id, nature, regime, periode_debut, periode_fin, emise_le, exigible_le, \
             reste_part_ouvriere, reste_part_patronale, reste_principal, reste_majoration, reste_penalite, \
             reste_frais FROM v CROSS JOIN creance WHERE creance.dossier_id = v.dossier \
             AND (reste_part_ouvriere > 0 OR reste_part_patronale > 0 OR reste_principal > 0 \
             OR reste_majoration > 0 OR reste_penalite > 0 OR reste_frais > 0)",
        )
        .await?;
    let mut par_dossier: HashMap<DossierId, Vec<Ouverte>> = HashMap::new();
    for l in lignes {
        let dossier = DossierId::new(l.dossier_id);
        par_dossier.entry(dossier).or_default().push(l.ouverte()?);
    }
    Ok(par_dossier)
}

impl Ligne {
    fn ouverte(&self) -> Result<Ouverte, Erreur> {
        // Un reste négatif (créance réduite après paiement) n'est pas une dette : il attend une décision.
        let reste = |n: i64| Montant::de_centimes(n.max(0));
        let mut restes = [Montant::ZERO; Poste::NOMBRE];
        restes[Poste::PartOuvriere.index()] = reste(self.reste_part_ouvriere);
        restes[Poste::PartPatronale.index()] = reste(self.reste_part_patronale);
        restes[Poste::Principal.index()] = reste(self.reste_principal);
        restes[Poste::Majoration.index()] = reste(self.reste_majoration);
        restes[Poste::Penalite.index()] = reste(self.reste_penalite);
        restes[Poste::Frais.index()] = reste(self.reste_frais);
        Ok(Ouverte {
            emise_le: lire_date(&self.emise_le)?,
            droit: CreanceOuverte {
                cle: self.id,
                nature: lire_nature(&self.nature)?,
                regime: lire_regime(&self.regime)?,
                periode: (lire_date(&self.periode_debut)?, lire_date(&self.periode_fin)?),
                exigible_le: lire_date(&self.exigible_le)?,
                restes,
                designee: false,
                majorations_calculees: Montant::ZERO,
            },
        })
    }
}

/// Relit une date tenue en base.
pub(crate) fn lire_date(texte: &str) -> Result<Date, Erreur> {
    texte.parse().map_err(|_| Erreur::Illisible("date"))
}

/// Relit une nature tenue en base.
pub(crate) fn lire_nature(code: &str) -> Result<Nature, Erreur> {
    code.parse().map_err(|_| Erreur::Illisible("nature"))
}

/// Relit un régime tenu en base.
pub(crate) fn lire_regime(code: &str) -> Result<Regime, Erreur> {
    code.parse().map_err(|_| Erreur::Illisible("régime"))
}
