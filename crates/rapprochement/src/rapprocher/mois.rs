//! Un établissement et ses mois pendant qu'on les rapproche : les faits rangés par mois, et ce que les règles y trouvent
//! l'une après l'autre.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use valeurs::{Montant, Periode};

use super::echeance;
use super::effectives::{Effectives, effectives};
use super::faits::{DeclarationGardee, Faits, RecetteLue, VersementGarde};
use super::preuves::{self, Ecarts};
use super::{MoisRapproche, Preuve, Regles};
use crate::Erreur;

/// Un établissement : ses faits et ses mois.
pub(super) struct Etablissement<'a> {
    pub(super) faits: &'a Faits,
    pub(super) mois: BTreeMap<Periode, Mois<'a>>,
    /// Les recettes arrivées à la date, par identifiant.
    pub(super) recettes: BTreeMap<i64, &'a RecetteLue>,
    /// Celles qu'un retour a annulées.
    pub(super) rendues: BTreeSet<i64>,
}

/// Un mois d'un établissement.
#[derive(Default)]
pub(super) struct Mois<'a> {
    pub(super) effectives: Option<Effectives<'a>>,
    /// Ses recettes à la date, retours compris, dans l'ordre des jours.
    pub(super) recettes: Vec<&'a RecetteLue>,
    pub(super) declare: Montant,
    pub(super) declare_trimestriel: Montant,
    pub(super) ordonne: Montant,
    pub(super) encaisse: Montant,
    /// Dernier jour, inclus, où rien n'est en retard ; absent si rien n'est déclaré.
    pub(super) limite: Option<Date>,
    /// Le mois dont l'ordre, trimestriel, paie aussi celui-ci.
    pub(super) paye_avec: Option<Periode>,
    /// Ordonné sans les ordres en double.
    pub(super) ordonne_net: Montant,
    /// Encaissé sans les paiements en double.
    pub(super) encaisse_net: Montant,
    /// Ce à quoi l'encaissé se compare : l'ordonné, ou le déclaré si rien n'est ordonné.
    pub(super) attendu: Montant,
    /// Ce qui manque encore à l'attendu.
    pub(super) manque: Montant,
    /// Ce qui le dépasse encore.
    pub(super) surplus: Montant,
    /// Ce qu'un autre établissement a payé pour celui-ci.
    pub(super) paye_par_autre: Montant,
    pub(super) ecarts: Ecarts,
}

impl<'a> Etablissement<'a> {
    /// Range les faits par mois : une ligne par mois qu'une déclaration ou une recette nomme.
    pub(super) fn ranger(faits: &'a Faits, regles: Regles) -> Result<Self, Erreur> {
        let recettes: BTreeMap<i64, &RecetteLue> = faits
            .recettes
            .iter()
            .filter(|r| r.jour <= regles.au)
            .map(|r| (r.id, r))
            .collect();
        let rendues = recettes
            .values()
            .filter(|r| est_retour(r))
            .filter_map(|r| r.retour_de);
        let mut etablissement = Self {
            faits,
            mois: BTreeMap::new(),
            rendues: rendues.collect(),
            recettes,
        };
        for (mois, effectives) in effectives(&faits.declarations) {
            etablissement
                .mois
                .entry(mois)
                .or_default()
                .declarer(effectives, regles.tolerance)?;
        }
        for recette in etablissement.recettes.values() {
            if let Some(mois) = mois_paye(recette, &etablissement.recettes) {
                etablissement.mois.entry(mois).or_default().recettes.push(recette);
            }
        }
        for mois in etablissement.mois.values_mut() {
            mois.recettes.sort_by_key(|r| (r.jour, r.id));
            mois.encaisse = Montant::somme(mois.recettes.iter().map(|r| r.montant))?;
            mois.encaisse_net = mois.encaisse;
        }
        Ok(etablissement)
    }

    /// Les recettes d'un mois qui apportent de l'argent et n'ont pas été rendues.
    pub(super) fn paiements<'b>(
        &self,
        mois: &'b Mois<'a>,
    ) -> impl Iterator<Item = &'a RecetteLue> + use<'a, 'b, '_> {
        mois.recettes
            .iter()
            .copied()
            .filter(|r| !est_retour(r) && r.montant > Montant::ZERO && !self.rendues.contains(&r.id))
    }

    /// Les lignes de l'établissement, dans l'ordre des mois.
    pub(super) fn rendre(self) -> Result<Vec<MoisRapproche>, Erreur> {
        let siret = &self.faits.siret;
        let lignes = self.mois.into_iter().map(|(mois, m)| {
            Ok(MoisRapproche {
                siret: siret.clone(),
                mois,
                declare: m.declare,
                ordonne: m.ordonne,
                encaisse: m.encaisse,
                solde: m.ordonne.checked_sub(m.encaisse)?,
                echeance: m.declaree().map(Effectives::echeance),
                ecarts: m.ecarts.rendre(),
            })
        });
        lignes.collect()
    }
}

impl<'a> Mois<'a> {
    fn declarer(&mut self, effectives: Effectives<'a>, tolerance: u16) -> Result<(), Erreur> {
        let declarations = effectives.declarations.iter();
        self.declare = Montant::somme(declarations.clone().map(|d| d.declare))?;
        self.declare_trimestriel = Montant::somme(declarations.clone().map(|d| d.declare_trimestriel))?;
        self.ordonne = Montant::somme(declarations.flat_map(|d| &d.versements).map(|v| v.montant))?;
        self.ordonne_net = self.ordonne;
        self.effectives = Some(effectives);
        self.limite = self.declaree().map(|e| echeance::limite(e.echeance(), tolerance));
        Ok(())
    }

    /// Ce qui compte pour le mois, si quelque chose y est déclaré, fût-ce zéro.
    pub(super) fn declaree(&self) -> Option<&Effectives<'a>> {
        self.effectives.as_ref().filter(|e| !e.declarations.is_empty())
    }

    pub(super) fn declarations(&self) -> impl Iterator<Item = &'a DeclarationGardee> + use<'a, '_> {
        self.effectives
            .iter()
            .flat_map(|e| e.declarations.iter().copied())
    }

    pub(super) fn versements(
        &self,
    ) -> impl Iterator<Item = (&'a DeclarationGardee, &'a VersementGarde)> + use<'a, '_> {
        self.declarations()
            .flat_map(|d| d.versements.iter().map(move |v| (d, v)))
    }

    /// L'échéance et la tolérance sont-elles passées ?
    pub(super) fn echu(&self, au: Date) -> bool {
        self.limite.is_some_and(|limite| au > limite)
    }

    pub(super) fn preuves_declarations(&self) -> impl Iterator<Item = Preuve> + use<'a, '_> {
        self.declarations().map(preuves::declaration)
    }

    /// Les lignes des ordres de paiement, ou la déclaration entière si elle n'ordonne rien.
    pub(super) fn preuves_ordre(&self) -> Vec<Preuve> {
        let lignes: Vec<Preuve> = self
            .versements()
            .map(|(d, v)| preuves::ligne(d, v.ligne))
            .collect();
        if lignes.is_empty() {
            return self.preuves_declarations().collect();
        }
        lignes
    }

    pub(super) fn preuves_recettes(&self) -> impl Iterator<Item = Preuve> + use<'a, '_> {
        self.recettes.iter().map(|r| preuves::recette(r))
    }
}

/// Un prélèvement revenu impayé.
pub(super) fn est_retour(r: &RecetteLue) -> bool {
    r.retour_de.is_some() && r.montant.est_negatif()
}

/// Le mois qu'une recette paie : celui qu'elle nomme, le dernier du trimestre ou de l'année qu'elle nomme, sinon le mois
/// qui précède le sien (ce qui échoit dans le mois). Un retour suit la recette qu'il annule.
fn mois_paye(recette: &RecetteLue, toutes: &BTreeMap<i64, &RecetteLue>) -> Option<Periode> {
    let source = recette
        .retour_de
        .and_then(|id| toutes.get(&id).copied())
        .filter(|_| est_retour(recette))
        .unwrap_or(recette);
    let dernier_jour = match source.periode {
        Some(periode) => periode.fin(),
        None => source.jour.first_of_month().yesterday().ok()?,
    };
    Periode::mois_du(dernier_jour).ok()
}
