use droit::{Nature, Poste, Regime};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Lot, Tx};
use valeurs::{DossierId, Montant};

use crate::Erreur;
use crate::grand_livre::{Compte, Contrepartie, LotComptable, Mouvement, NatureMouvement, NouvelleCreance};

/// Le principal d'une créance, selon qui le doit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// Employeur : parts ouvrière et patronale (CSS L133-4-11, la part ouvrière est payée d'abord).
    Employeur {
        /// Cotisations salariales, en centimes.
        ouvriere: Montant,
        /// Cotisations patronales, en centimes.
        patronale: Montant,
    },
    /// Tout autre débiteur.
    Principal(Montant),
}

impl Parts {
    fn postes(self) -> [(Poste, Montant); 2] {
        match self {
            Self::Employeur { ouvriere, patronale } => {
                [(Poste::PartOuvriere, ouvriere), (Poste::PartPatronale, patronale)]
            }
            Self::Principal(m) => [(Poste::Principal, m), (Poste::Penalite, Montant::ZERO)],
        }
    }
}

/// Une créance à émettre.
#[derive(Clone, Debug)]
pub struct CreanceAEmettre {
    /// Référence unique dans la caisse.
    pub reference: String,
    /// Dossier du débiteur.
    pub dossier: DossierId,
    /// Famille de cotisation, prestation indue ou indu de soins.
    pub nature: Nature,
    /// Titre auquel elle est due.
    pub regime: Regime,
    /// Premier et dernier jours de la période, inclus.
    pub periode: (Date, Date),
    /// Jour d'émission (de notification, pour un indu).
    pub emise_le: Date,
    /// Date limite d'exigibilité.
    pub exigible_le: Date,
    /// Libellé montré.
    pub libelle: String,
    /// Cause, obligatoire pour un indu (CSS R133-9-2, I, 1°).
    pub cause: Option<String>,
    /// Principal.
    pub parts: Parts,
}

impl CreanceAEmettre {
    /// Vérifie ce qui fait une créance possible ; rend son principal.
    ///
    /// # Errors
    /// [`Erreur::NatureDuRegime`], [`Erreur::MontantsDeCreance`], [`Erreur::Dates`].
    pub fn verifier(&self) -> Result<Montant, Erreur> {
        if !self.regime.admet(self.nature) {
            return Err(Erreur::NatureDuRegime);
        }
        if matches!(self.parts, Parts::Employeur { .. }) != (self.regime == Regime::Employeur) {
            return Err(Erreur::MontantsDeCreance(
                "un employeur doit des parts ouvrière et patronale, tout autre débiteur un principal ; corrigez les montants",
            ));
        }
        if self.parts.postes().iter().any(|(_, m)| m.est_negatif()) {
            return Err(Erreur::MontantsDeCreance(
                "un montant ne peut pas être négatif ; émettez une annulation",
            ));
        }
        let total = Montant::somme(self.parts.postes().map(|(_, m)| m))?;
        if total.est_nul() {
            return Err(Erreur::MontantsDeCreance(
                "le principal est nul ; donnez un montant",
            ));
        }
        if self.periode.1 < self.periode.0 {
            return Err(Erreur::Dates(
                "la période finit avant de commencer ; corrigez ses dates",
            ));
        }
        if !matches!(self.nature, Nature::Cotisation(_))
            && self.cause.as_deref().unwrap_or("").trim().is_empty()
        {
            return Err(Erreur::SansObjet(
                "un indu doit dire sa cause (CSS art. R133-9-2) ; écrivez-la",
            ));
        }
        Ok(total)
    }
}

/// Émet des créances : les inscrit et les met au débit de leurs débiteurs ; rend leurs identifiants, dans l'ordre.
///
/// Les dossiers doivent être verrouillés. Les recettes qui attendent ces créances sont retentées par l'appelant
/// (`encaissements::retenter`).
///
/// # Errors
/// Ce que refuse [`CreanceAEmettre::verifier`] ; [`Erreur::ReferenceEnDouble`] ; le refus de la base.
pub async fn emettre(
    tx: &mut Tx,
    a_emettre: &[CreanceAEmettre],
    auteur: &str,
    maintenant: Timestamp,
) -> Result<Vec<i64>, Erreur> {
    let references = Lot::nouveau().textes("reference", a_emettre.iter().map(|c| c.reference.as_str()));
    let prises: Vec<(i64,)> = references
        .toutes(
            tx,
            "SELECT creance.id FROM v CROSS JOIN creance WHERE creance.reference = v.reference",
        )
        .await?;
    if !prises.is_empty() {
        return Err(Erreur::ReferenceEnDouble);
    }
    let ids = tx.reserver("creance", a_emettre.len()).await?;
    let mut lot = LotComptable::default();
    for (&id, c) in ids.iter().zip(a_emettre) {
        let montant = c.verifier()?;
        lot.creances.push(NouvelleCreance {
            id,
            reference: c.reference.clone(),
            dossier: c.dossier,
            nature: c.nature,
            regime: c.regime,
            periode: c.periode,
            emise_le: c.emise_le,
            exigible_le: c.exigible_le,
            libelle: c.libelle.clone(),
            cause: c.cause.clone(),
            montant,
        });
        let mut m = Mouvement::nouveau(NatureMouvement::Emission, c.emise_le, auteur, None);
        for (poste, part) in c.parts.postes() {
            m = m.debit(
                Compte::Creance {
                    dossier: c.dossier,
                    creance: id,
                    poste,
                    encaissement: None,
                },
                part,
            );
        }
        let emission = Compte::Contrepartie {
            nature: Contrepartie::Emission,
            dossier: c.dossier,
        };
        lot.mouvements.push(m.credit(emission, montant));
    }
    lot.passer(tx, maintenant).await.map_err(|e| match e {
        Erreur::Base(b) if b.est_doublon() => Erreur::ReferenceEnDouble,
        autre => autre,
    })?;
    Ok(ids)
}
