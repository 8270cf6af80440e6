use std::collections::HashMap;

use droit::{Contexte, CreanceOuverte, Imputation, Nature, Poste};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::Tx;
use valeurs::{DossierId, Montant};

use super::Attente;
use super::destination::Designation;
use crate::Erreur;
use crate::creances::{Ouverte, liquidation, majorations_dues, ouvertes};
use crate::grand_livre::{Compte, LotComptable, Mouvement, NatureMouvement};

/// Les créances ouvertes des dossiers d'un lot, tenues à jour à mesure que des recettes s'y imputent, et le lot
/// comptable qui se remplit.
pub(super) struct Atelier<'a> {
    pub(super) auteur: &'a str,
    pub(super) maintenant: Timestamp,
    pub(super) lot: LotComptable,
    ouvertes: HashMap<DossierId, Vec<Ouverte>>,
}

/// Une somme à imputer, et d'où elle vient.
pub(super) struct Somme {
    pub(super) encaissement: i64,
    pub(super) montant: Montant,
    pub(super) jour: Date,
    pub(super) dossier: DossierId,
    pub(super) designation: Designation,
}

/// Ce que l'imputation laisse en RAC, et pourquoi.
pub(super) struct Reliquat {
    pub(super) montant: Montant,
    pub(super) attente: Option<Attente>,
}

impl<'a> Atelier<'a> {
    /// Verrouille les dossiers et lit leurs créances ouvertes.
    pub(super) async fn ouvrir(
        tx: &mut Tx,
        mut dossiers: Vec<DossierId>,
        auteur: &'a str,
        maintenant: Timestamp,
    ) -> Result<Self, Erreur> {
        dossiers.sort_unstable();
        dossiers.dedup();
        let ids: Vec<i64> = dossiers.iter().map(|d| d.get()).collect();
        tx.verrouiller_dossiers(&ids).await?;
        let ouvertes = ouvertes(tx, &dossiers).await?;
        Ok(Self {
            auteur,
            maintenant,
            lot: LotComptable::default(),
            ouvertes,
        })
    }

    /// Inscrit ce qui est en attente d'écriture.
    pub(super) async fn passer(&mut self, tx: &mut Tx) -> Result<(), Erreur> {
        std::mem::take(&mut self.lot).passer(tx, self.maintenant).await?;
        Ok(())
    }

    /// Impute une somme sur les créances du dossier, par les ordres légaux : ajoute au mouvement les crédits et
    /// leurs raisons, au lot les majorations à poser d'abord ; rend ce qui reste.
    ///
    /// `debut` porte le débit de la somme (banque ou RAC) ; le mouvement prend effet au plus tôt le jour du
    /// paiement, au plus tard l'émission de ce qu'il éteint.
    pub(super) async fn imputer(
        &mut self,
        tx: &mut Tx,
        somme: &Somme,
        mut debut: Mouvement,
    ) -> Result<(Mouvement, Reliquat), Erreur> {
        let candidates = match self.candidates(somme) {
            Ok(candidates) => candidates,
            Err(attente) => {
                return Ok((
                    debut,
                    Reliquat {
                        montant: somme.montant,
                        attente: Some(attente),
                    },
                ));
            }
        };
        let contexte = Contexte {
            date_paiement: somme.jour,
        };
        let mut imputation = droit::imputer(somme.montant, &contexte, &candidates)?;
        let mut versions = HashMap::new();
        if !imputation.reliquat.est_nul() {
            let calculees = self.majorations(tx, somme, &candidates, &imputation).await?;
            if !calculees.is_empty() {
                let mut avec = candidates;
                for c in &mut avec {
                    if let Some((due, version)) = calculees.get(&c.cle) {
                        c.majorations_calculees = *due;
                        versions.insert(c.cle, *version);
                    }
                }
                imputation = droit::imputer(somme.montant, &contexte, &avec)?;
            }
        }
        for (creance, montant) in &imputation.a_liquider {
            let version = versions.get(creance).copied().unwrap_or_default();
            let m = liquidation(
                somme.dossier,
                *creance,
                *montant,
                somme.jour,
                self.auteur,
                version,
            );
            self.lot.mouvements.push(m);
        }
        let effet = self.appliquer(somme.dossier, &imputation)?;
        debut.jour = effet.into_iter().chain([debut.jour]).max().unwrap_or(debut.jour);
        for part in &imputation.parts {
            let compte = Compte::Creance {
                dossier: somme.dossier,
                creance: part.cle,
                poste: part.poste,
                encaissement: Some(somme.encaissement),
            };
            debut = debut.credit_car(compte, part.montant, part.raison.code());
        }
        let attente = (!imputation.reliquat.est_nul()).then_some(if imputation.parts.is_empty() {
            Attente::AucuneCreance
        } else {
            Attente::Excedent
        });
        Ok((
            debut,
            Reliquat {
                montant: imputation.reliquat,
                attente,
            },
        ))
    }

    fn candidates(&self, somme: &Somme) -> Result<Vec<CreanceOuverte>, Attente> {
        let designation = &somme.designation;
        let toutes = self
            .ouvertes
            .get(&somme.dossier)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut branches = toutes
            .iter()
            .filter(|o| !eteinte(&o.droit))
            .map(|o| o.droit.nature.branche());
        let branche = match (designation.branche, branches.next()) {
            (Some(b), _) => b,
            (None, None) => return Err(Attente::AucuneCreance),
            (None, Some(premiere)) if branches.all(|b| b == premiere) => premiere,
            (None, Some(_)) => return Err(Attente::PlusieursBranches),
        };
        let designee = |o: &CreanceOuverte| match designation {
            Designation { creances, .. } if !creances.is_empty() => creances.contains(&o.cle),
            Designation {
                periode: Some((debut, fin)),
                ..
            } => o.periode.0 <= *fin && *debut <= o.periode.1,
            Designation { periode: None, .. } => false,
        };
        let candidates: Vec<CreanceOuverte> = toutes
            .iter()
            .filter(|o| o.droit.nature.branche() == branche && !eteinte(&o.droit))
            .map(|o| CreanceOuverte {
                designee: designee(&o.droit),
                ..o.droit.clone()
            })
            .collect();
        if candidates.is_empty() {
            Err(Attente::AucuneCreance)
        } else {
            Ok(candidates)
        }
    }

    /// Les majorations que la loi calcule au jour du paiement sur les cotisations en retard, si le principal est
    /// couvert et qu'il reste de l'argent : elles se posent quand elles se paient.
    async fn majorations(
        &mut self,
        tx: &mut Tx,
        somme: &Somme,
        candidates: &[CreanceOuverte],
        imputation: &Imputation,
    ) -> Result<HashMap<i64, (Montant, &'static str)>, Erreur> {
        let en_retard: Vec<i64> = candidates
            .iter()
            .filter(|c| c.exigible_le < somme.jour && matches!(c.nature, Nature::Cotisation(_)))
            .map(|c| c.cle)
            .collect();
        if en_retard.is_empty() {
            return Ok(HashMap::new());
        }
        // Le calcul se fait sur le grand livre : ce qui attend d'être écrit y va d'abord.
        self.passer(tx).await?;
        let en_cours: Vec<(i64, Date, Montant)> = imputation
            .parts
            .iter()
            .filter(|p| p.poste.est_principal())
            .map(|p| (p.cle, somme.jour, p.montant))
            .collect();
        let dues = majorations_dues(tx, &en_retard, somme.jour, &en_cours).await?;
        Ok(dues
            .into_iter()
            .filter(|d| !d.due.est_nul())
            .map(|d| (d.creance, (d.due, d.calcul.version)))
            .collect())
    }

    /// Retire des créances en mémoire ce qui vient d'être payé ; rend leurs dates d'émission.
    fn appliquer(&mut self, dossier: DossierId, imputation: &Imputation) -> Result<Vec<Date>, Erreur> {
        let Some(ouvertes) = self.ouvertes.get_mut(&dossier) else {
            return Ok(Vec::new());
        };
        let rang: HashMap<i64, usize> = ouvertes
            .iter()
            .enumerate()
            .map(|(i, o)| (o.droit.cle, i))
            .collect();
        for (creance, montant) in &imputation.a_liquider {
            if let Some(&i) = rang.get(creance) {
                let reste = &mut ouvertes[i].droit.restes[Poste::Majoration.index()];
                *reste = reste.checked_add(*montant)?;
            }
        }
        let mut emissions = Vec::with_capacity(imputation.parts.len());
        for part in &imputation.parts {
            if let Some(&i) = rang.get(&part.cle) {
                let reste = &mut ouvertes[i].droit.restes[part.poste.index()];
                *reste = reste.checked_sub(part.montant)?;
                emissions.push(ouvertes[i].emise_le);
            }
        }
        Ok(emissions)
    }
}

fn eteinte(creance: &CreanceOuverte) -> bool {
    creance.restes.iter().all(|r| r.est_nul())
}

/// Le mouvement par lequel une somme quitte la RAC.
pub(super) fn sortie_de_rac(somme: &Somme, auteur: &str, motif: Option<&str>) -> Mouvement {
    Mouvement::nouveau(NatureMouvement::Classement, somme.jour, auteur, motif).debit(
        Compte::Rac {
            encaissement: somme.encaissement,
        },
        somme.montant,
    )
}
