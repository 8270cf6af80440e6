//! Ce que des versements font d’un échéancier.

use std::collections::BTreeMap;

use jiff::civil::Date;
use valeurs::{Montant, date_longue};

use super::{Echeancier, Mensualite, lecture::Rupture};
use crate::{Article, Droit, Erreur};

/// Un versement reçu pour l’échéancier. Un prélèvement rejeté n’en est pas un.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Versement {
    /// Le jour du paiement.
    pub le: Date,
    /// La somme, jamais négative.
    pub montant: Montant,
}

/// Où en est une mensualité.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EtatMensualite {
    /// Son dernier jour n’est pas passé.
    AVenir,
    /// Payée en entier, au plus tard son dernier jour.
    Payee {
        /// Le jour où elle l’a été.
        le: Date,
    },
    /// Payée en entier, après son dernier jour.
    PayeeEnRetard {
        /// Le jour où elle l’a été.
        le: Date,
    },
    /// Son dernier jour est passé, il en reste dû.
    Manquee,
}

/// Une mensualité et ce qui en est payé.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SuiviMensualite {
    /// La mensualité.
    pub mensualite: Mensualite,
    /// Ce que les versements en ont payé.
    pub verse: Montant,
    /// Ce qui en reste dû ; avec `verse`, son montant.
    pub reste: Montant,
    /// Où elle en est.
    pub etat: EtatMensualite,
}

/// Pourquoi un échéancier est fini sans être payé.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fin {
    /// Le premier jour où il ne protège plus : le lendemain du dernier jour de l’échéance qui le finit.
    pub jour: Date,
    /// Pourquoi, en français.
    pub phrase: String,
    /// Les articles qui le disent.
    pub articles: &'static [Article],
}

/// Où en est un échéancier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EtatEcheancier {
    /// Il court.
    EnCours,
    /// Il est payé, sans avoir été rompu.
    Solde {
        /// Le jour où il l’a été.
        le: Date,
    },
    /// Le texte, ou la clause signée, le rompt ; payer ensuite n’y change rien.
    Rompu(Fin),
    /// Sa dernière échéance est passée, rien ne l’a rompu, il reste dû.
    Expire(Fin),
}

/// Un échéancier à la fin d’un jour.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suivi {
    /// Chaque mensualité, dans l’ordre.
    pub mensualites: Vec<SuiviMensualite>,
    /// Ce que les versements ont payé de l’échéancier.
    pub verse: Montant,
    /// Ce qui en reste dû ; avec `verse`, son total.
    pub reste: Montant,
    /// Ce qui reste dû des mensualités manquées.
    pub en_retard: Montant,
    /// Ce qui a été versé de trop.
    pub trop_verse: Montant,
    /// Où il en est.
    pub etat: EtatEcheancier,
    /// Pourquoi les versements ont servi dans cet ordre.
    pub ordre: &'static [Article],
}

impl Echeancier {
    /// L’échéancier à la fin du jour `au`, d’après les versements, dans n’importe quel ordre ; ceux d’après ne comptent pas.
    ///
    /// Un versement sert la plus ancienne mensualité impayée (code civil 1342-10). Cotisations : le bénéfice est perdu
    /// quand deux échéances successives de la même année ne sont pas honorées (CRPM R726-1, alinéa 7) : ici, quand au
    /// soir du dernier jour de la seconde les deux restent dues, fût-ce en partie ; l’année est civile, celle du jour
    /// écrit. Lectures à vérifier, chaque fois celle qui rompt le moins. Indus : aucun texte ne rompt ; la poursuite
    /// attend la fin du plan (CSS R133-9-2, V) ou la clause que le plan signé écrit.
    ///
    /// # Errors
    /// Versement négatif, ou antérieur à la conclusion (il a déjà réduit la dette) ; somme trop grande.
    pub fn suivre(&self, versements: &[Versement], au: Date) -> Result<Suivi, Erreur> {
        let cumuls = self.cumuler(versements, au)?;
        let recu = cumuls.last_key_value().map_or(Montant::ZERO, |(_, &cumul)| cumul);
        let verse = recu.min(self.total());
        let mut servi = Montant::ZERO;
        let mut mensualites = Vec::with_capacity(self.mensualites().len());
        for &mensualite in self.mensualites() {
            let seuil = servi.checked_add(mensualite.montant)?;
            let paye = verse
                .checked_sub(servi)?
                .max(Montant::ZERO)
                .min(mensualite.montant);
            let solde_le = cumuls.iter().find(|(_, cumul)| **cumul >= seuil);
            mensualites.push(SuiviMensualite {
                mensualite,
                verse: paye,
                reste: mensualite.montant.checked_sub(paye)?,
                etat: etat(mensualite, solde_le.map(|(&le, _)| le), au),
            });
            servi = seuil;
        }
        let manquees = mensualites
            .iter()
            .filter(|suivi| suivi.etat == EtatMensualite::Manquee);
        Ok(Suivi {
            verse,
            reste: self.total().checked_sub(verse)?,
            en_retard: Montant::somme(manquees.map(|suivi| suivi.reste))?,
            trop_verse: recu.checked_sub(verse)?,
            etat: self.finir(&mensualites, au)?,
            ordre: &Droit::charger().echeanciers.ordre,
            mensualites,
        })
    }

    /// Ce qui est reçu, en tout, à la fin de chaque jour de versement jusqu’à `au`.
    fn cumuler(&self, versements: &[Versement], au: Date) -> Result<BTreeMap<Date, Montant>, Erreur> {
        let mut par_jour = BTreeMap::new();
        for versement in versements {
            if versement.montant.est_negatif() {
                return Err(Erreur::SommeNegative { quoi: "versement" });
            }
            let conclu_le = self.demande.conclu_le;
            if versement.le < conclu_le {
                return Err(Erreur::VersementAnterieur {
                    le: versement.le,
                    conclu_le,
                });
            }
            if versement.le <= au {
                let du_jour: &mut Montant = par_jour.entry(versement.le).or_default();
                *du_jour = du_jour.checked_add(versement.montant)?;
            }
        }
        let mut cumul = Montant::ZERO;
        for du_jour in par_jour.values_mut() {
            cumul = cumul.checked_add(*du_jour)?;
            *du_jour = cumul;
        }
        Ok(par_jour)
    }

    fn finir(&self, mensualites: &[SuiviMensualite], au: Date) -> Result<EtatEcheancier, Erreur> {
        if let Some(rupture) = self.rupture()
            && let Some(manquees) = rupture.trouver(mensualites, au)
        {
            return Ok(EtatEcheancier::Rompu(rompre(rupture, manquees)?));
        }
        let Some(derniere) = mensualites.last() else {
            return Ok(EtatEcheancier::EnCours);
        };
        Ok(match derniere.etat {
            EtatMensualite::Payee { le } | EtatMensualite::PayeeEnRetard { le } => {
                EtatEcheancier::Solde { le }
            }
            EtatMensualite::AVenir => EtatEcheancier::EnCours,
            EtatMensualite::Manquee => {
                let dernier_jour = derniere.mensualite.dernier_jour;
                EtatEcheancier::Expire(Fin {
                    jour: dernier_jour.tomorrow()?,
                    phrase: format!(
                        "La dernière échéance, à payer le {} au plus tard, est passée et il reste dû",
                        date_longue(dernier_jour)
                    ),
                    articles: &self.regle.fin,
                })
            }
        })
    }
}

fn etat(mensualite: Mensualite, solde_le: Option<Date>, au: Date) -> EtatMensualite {
    match solde_le {
        Some(le) if le <= mensualite.dernier_jour => EtatMensualite::Payee { le },
        Some(le) => EtatMensualite::PayeeEnRetard { le },
        None if au <= mensualite.dernier_jour => EtatMensualite::AVenir,
        None => EtatMensualite::Manquee,
    }
}

impl Rupture {
    /// Les premières échéances successives qui restaient toutes dues au soir du dernier jour de leur dernière.
    fn trouver<'a>(&self, mensualites: &'a [SuiviMensualite], au: Date) -> Option<&'a [SuiviMensualite]> {
        mensualites.windows(self.successives).find(|suite| {
            let [premiere, .., derniere] = suite else {
                return false;
            };
            let soir = derniere.mensualite.dernier_jour;
            let meme_annee = premiere.mensualite.jour.year() == derniere.mensualite.jour.year();
            soir < au && (meme_annee || !self.meme_annee) && suite.iter().all(|suivi| suivi.due_le(soir))
        })
    }
}

impl SuiviMensualite {
    /// En restait-il dû à la fin de ce jour ?
    fn due_le(&self, soir: Date) -> bool {
        match self.etat {
            EtatMensualite::Payee { le } | EtatMensualite::PayeeEnRetard { le } => soir < le,
            EtatMensualite::AVenir | EtatMensualite::Manquee => true,
        }
    }
}

fn rompre(rupture: &'static Rupture, manquees: &[SuiviMensualite]) -> Result<Fin, Erreur> {
    let jours: Vec<String> = manquees
        .iter()
        .map(|suivi| date_longue(suivi.mensualite.jour))
        .collect();
    let soir = manquees
        .last()
        .map_or(Date::MAX, |suivi| suivi.mensualite.dernier_jour);
    Ok(Fin {
        jour: soir.tomorrow()?,
        phrase: format!(
            "{} : celles du {}, encore dues le {} au soir",
            rupture.quand(),
            jours.join(" et du "),
            date_longue(soir)
        ),
        articles: &rupture.articles,
    })
}
