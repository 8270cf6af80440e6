use std::collections::BTreeMap;

use droit::{Branche, Droit, ModeEnvoi, Nature};
use valeurs::Montant;

use super::compter::Case;
use super::mesure::Mesure;
use super::{Age, Cohorte, Comptes};
use crate::Erreur;

/// Ce qu'on veut voir ; tout, par défaut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FiltrePilotage {
    /// Les créances émises cette année.
    pub annee: Option<i64>,
    /// Celles de cette branche.
    pub branche: Option<Branche>,
    /// Celles de cette nature.
    pub nature: Option<Nature>,
}

/// Une étape, et ce qui y reste dû.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etape {
    /// Son nom.
    pub libelle: String,
    /// Combien de créances.
    pub nombre: u64,
    /// Ce qui reste dû.
    pub reste: Montant,
}

/// Les comptes rangés : chaque cohorte y est prouvée.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pilotage {
    /// Par année d'émission et nature.
    pub cohortes: BTreeMap<(i64, Nature), Cohorte>,
    /// Par année d'émission.
    pub annees: BTreeMap<i64, Cohorte>,
    /// Par nature.
    pub natures: BTreeMap<Nature, Cohorte>,
    /// L'ensemble.
    pub total: Cohorte,
    /// Où en est ce qui reste dû, du plus gros au plus petit.
    pub etapes: Vec<Etape>,
    /// Depuis quand ce qui reste attend : nombre et somme, par âge de [`Age::TOUS`].
    pub ages: [(u64, Montant); Age::TOUS.len()],
    /// Les actes émis, par mode d'envoi ; rien si le filtre dit une nature, qu'un acte n'a pas.
    pub actes: Option<BTreeMap<ModeEnvoi, u64>>,
    /// Ce que les années des actes ont encaissé.
    pub recettes: Montant,
}

impl Pilotage {
    /// Range les comptes qui répondent au filtre.
    ///
    /// # Errors
    /// [`Erreur::Cohorte`] : une cohorte dont le grand livre et les restes ne s'accordent pas au centime.
    pub fn ranger(comptes: &Comptes, filtre: FiltrePilotage) -> Result<Self, Erreur> {
        let mut p = Self::default();
        let mut actes: BTreeMap<ModeEnvoi, u64> = BTreeMap::new();
        let mut etapes: BTreeMap<String, (u64, Montant)> = BTreeMap::new();
        for c in comptes.cases.iter().filter(|c| filtre.retient(c)) {
            match (&c.mesure, c.nature) {
                (Mesure::Actes(envoi), _) => *actes.entry(*envoi).or_default() += c.nombre,
                (Mesure::Recette, _) => p.recettes = p.recettes.checked_add(c.montant)?,
                (mesure, Some(nature)) => {
                    if let Mesure::Reste(age, position) = mesure {
                        let etape = etapes.entry(libelle(nature, position)).or_default();
                        let par_age = Age::TOUS.iter().position(|a| a == age);
                        let par_age = par_age.and_then(|rang| p.ages.get_mut(rang));
                        for (nombre, reste) in par_age.into_iter().chain([etape]) {
                            *nombre += c.nombre;
                            *reste = reste.checked_add(c.montant)?;
                        }
                    }
                    let cohorte = p.cohortes.entry((c.annee, nature)).or_default();
                    let annee = p.annees.entry(c.annee).or_default();
                    let par_nature = p.natures.entry(nature).or_default();
                    for cohorte in [cohorte, annee, par_nature, &mut p.total] {
                        ajouter(cohorte, c)?;
                    }
                }
                (_, None) => return Err(Erreur::Illisible("mesure sans nature")),
            }
        }
        for ((annee, nature), cohorte) in &p.cohortes {
            let ecart = cohorte.ecart()?;
            if !ecart.est_nul() {
                return Err(Erreur::Cohorte {
                    annee: *annee,
                    nature: *nature,
                    ecart,
                });
            }
        }
        p.actes = filtre.nature.is_none().then_some(actes);
        p.etapes = etapes
            .into_iter()
            .map(|(libelle, (nombre, reste))| Etape {
                libelle,
                nombre,
                reste,
            })
            .collect();
        p.etapes.sort_by_key(|e| std::cmp::Reverse(e.reste));
        Ok(p)
    }
}

impl Comptes {
    /// Les années et les natures comptées, chacune une fois, dans l'ordre.
    #[must_use]
    pub fn choix(&self) -> (Vec<i64>, Vec<Nature>) {
        let emises = || self.cases.iter().filter(|c| c.mesure == Mesure::Emis);
        let mut annees: Vec<i64> = emises().map(|c| c.annee).collect();
        let mut natures: Vec<Nature> = emises().filter_map(|c| c.nature).collect();
        annees.sort_unstable();
        annees.dedup();
        natures.sort_unstable();
        natures.dedup();
        (annees, natures)
    }
}

impl FiltrePilotage {
    fn retient(&self, case: &Case) -> bool {
        self.annee.is_none_or(|annee| annee == case.annee)
            && self
                .branche
                .is_none_or(|branche| i64::from(branche.bit()) == case.branche)
            && self.nature.is_none_or(|nature| Some(nature) == case.nature)
    }
}

fn ajouter(cohorte: &mut Cohorte, case: &Case) -> Result<(), Erreur> {
    let place = match &case.mesure {
        Mesure::Emis => {
            cohorte.nombre += case.nombre;
            &mut cohorte.emis
        }
        Mesure::Majorations => &mut cohorte.majorations,
        Mesure::Encaisse(rang) => cohorte
            .encaisse
            .get_mut(*rang)
            .ok_or(Erreur::Illisible("délai"))?,
        Mesure::Annule => &mut cohorte.annule,
        Mesure::Remis => &mut cohorte.remis,
        Mesure::NonValeur => &mut cohorte.non_valeur,
        Mesure::Transfere => &mut cohorte.transfere,
        Mesure::Reste(..) => &mut cohorte.reste,
        Mesure::Recette | Mesure::Actes(_) => return Ok(()),
    };
    *place = place.checked_add(case.montant)?;
    Ok(())
}

/// Le nom d'une étape ; celles de même nom de deux procédures n'en font qu'une.
fn libelle(nature: Nature, position: &str) -> String {
    let positions = Droit::charger().procedure(nature).positions();
    match positions.iter().find(|p| p.code() == position) {
        Some(connue) => connue.libelle().to_owned(),
        None => "Pas encore située".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use droit::Prestation;
    use proptest::prelude::*;

    use super::*;

    fn case(mesure: Mesure, centimes: i64) -> Case {
        let nature = Nature::Indu(Prestation::Rsa);
        Case {
            annee: 2026,
            branche: i64::from(nature.branche().bit()),
            nature: Some(nature),
            mesure,
            nombre: 1,
            montant: Montant::de_centimes(centimes),
        }
    }

    proptest! {
        #[test]
        fn un_centime_perdu_se_dit_au_lieu_de_se_montrer(
            parts in proptest::array::uniform7(0..1_000_000_i64), perdu in -1..=1_i64,
        ) {
            let [encaisse, tard, annule, remis, non_valeur, transfere, reste] = parts;
            let cases = vec![
                case(Mesure::Emis, parts.iter().sum::<i64>() + perdu),
                case(Mesure::Encaisse(0), encaisse),
                case(Mesure::Encaisse(4), tard),
                case(Mesure::Annule, annule),
                case(Mesure::Remis, remis),
                case(Mesure::NonValeur, non_valeur),
                case(Mesure::Transfere, transfere),
                case(Mesure::Reste(Age::NonEchue, String::new()), reste),
            ];
            let comptes = Comptes { cases, compte_le: jiff::Timestamp::UNIX_EPOCH };
            let range = Pilotage::ranger(&comptes, FiltrePilotage::default());
            if perdu == 0 {
                prop_assert_eq!(range.unwrap().total.reste, Montant::de_centimes(reste));
            } else {
                let refus = range.unwrap_err();
                let dit = matches!(refus, Erreur::Cohorte { ecart, .. } if ecart.centimes() == perdu);
                prop_assert!(dit);
            }
        }
    }
}
