//! Le parcours d’une créance : ce qui lui est arrivé, où elle en est, ce qui peut suivre.

use jiff::{ToSpan, civil::Date};
use valeurs::date_longue;

use super::{
    etape::{Auteur, Borne, Empechement, EtapeProcedure, Position, Vers, regle},
    lecture::Procedure,
    refus::Refus,
};
use crate::{Droit, Echeance, Erreur, Lieu, Nature, PasDelai, RegleDelai};

/// Ce que le dossier sait d’une créance avant toute étape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reperes {
    /// Jour de l’émission ; d’un indu, de sa notification.
    pub emise_le: Date,
    /// Date limite de paiement.
    pub exigible_le: Date,
    /// Ce qui fait courir la première prescription : le premier jour de la période due. Pour un indu, la date du
    /// paiement n’étant pas tenue, ce jour est le plus prudent.
    pub due_depuis: Date,
    /// Fraude ou fausse déclaration établie : les prescriptions sont plus longues.
    pub fraude: bool,
    /// Siège du tribunal et demeure du débiteur.
    pub lieu: Lieu,
}

/// Une étape arrivée.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fait {
    /// L’étape.
    pub etape: &'static EtapeProcedure,
    /// Le jour où elle est arrivée.
    pub jour: Date,
}

/// Un délai en cours ou échu.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limite {
    /// Le délai.
    pub regle: &'static RegleDelai,
    /// L’étape qui l’a fait courir.
    pub etape: &'static EtapeProcedure,
    /// Sa fin, expliquée.
    pub echeance: Echeance,
}

/// La prescription en cours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prescription {
    /// Le délai qui court.
    pub regle: &'static RegleDelai,
    /// Le dernier jour où la créance peut être poursuivie, inclus.
    pub jour: Date,
    /// Court-elle ? Sinon elle est suspendue, et `jour` recule chaque jour.
    pub court: bool,
    /// Ce qui l’a fait courir, interrompue, suspendue.
    pub etapes: Vec<PasDelai>,
}

/// Quand une étape peut être faite.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Quand {
    /// Dès ce jour.
    Maintenant,
    /// Pas avant ce jour, et pourquoi.
    DesLe(Date, Box<Refus>),
}

/// Une étape qui peut suivre.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suite {
    /// L’étape.
    pub etape: &'static EtapeProcedure,
    /// Quand elle peut être faite.
    pub quand: Quand,
}

/// Un empêchement et ses bornes, incluses ; levé après le délai qui borne sa suspension, il finit avec ce délai.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Arret {
    quoi: &'static Empechement,
    depuis: Date,
    jusqua: Option<Date>,
}

/// Des jours où la prescription ne court pas, bornes incluses.
struct Suspension {
    depuis: Date,
    jusqua: Date,
    dure_encore: bool,
    causes: Vec<&'static Empechement>,
}

impl Suspension {
    fn jours(&self) -> i32 {
        (self.jusqua - self.depuis).get_days() + 1
    }

    fn reunir(&mut self, autre: Self) {
        self.jusqua = self.jusqua.max(autre.jusqua);
        self.dure_encore |= autre.dure_encore;
        for cause in autre.causes {
            if !self.causes.contains(&cause) {
                self.causes.push(cause);
            }
        }
    }

    fn dire(&self, jour: Date) -> PasDelai {
        let causes: Vec<&str> = self.causes.iter().map(|cause| cause.libelle()).collect();
        let encore = if self.dure_encore { ", et encore" } else { "" };
        PasDelai {
            jour,
            phrase: format!(
                "Suspendue {} jours du {} au {}{encore} ({}) : {}",
                self.jours(),
                date_longue(self.depuis),
                date_longue(self.jusqua),
                causes.join(" ; "),
                date_longue(jour)
            ),
            articles: self.causes.iter().flat_map(|cause| cause.articles()).collect(),
        }
    }
}

/// Ce qui fait courir la prescription.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Horloge {
    regle: &'static RegleDelai,
    depuis: Date,
    /// L’étape d’où elle court, et si elle en repart interrompue ; `None` : la période due.
    etape: Option<(&'static EtapeProcedure, bool)>,
}

/// Le parcours d’une créance dans sa procédure.
///
/// On l’ouvre, on le fait avancer ; il ne se modifie pas, il se succède. Le rejouer de ses faits le redonne.
#[derive(Clone, Debug)]
pub struct Parcours {
    procedure: &'static Procedure,
    nature: Nature,
    reperes: Reperes,
    faits: Vec<Fait>,
    position: &'static Position,
    /// Les positions quittées, de la plus ancienne à la dernière.
    quittees: Vec<&'static Position>,
    arrets: Vec<Arret>,
    limites: Vec<Limite>,
    horloge: Horloge,
    irregularites: Vec<(Fait, Refus)>,
}

impl Parcours {
    /// Le parcours d’une créance de cette nature, à son émission.
    ///
    /// # Errors
    /// Aucune version connue d’un délai à ces dates ; date hors du calendrier.
    ///
    /// # Panics
    /// Jamais : la lecture des règles vérifie que l’étape de départ mène à une position.
    pub fn ouvrir(nature: Nature, reperes: Reperes) -> Result<Self, Erreur> {
        let procedure = Droit::charger().procedure(nature);
        let code = if reperes.fraude {
            &procedure.prescription_fraude
        } else {
            &procedure.prescription
        };
        let depart = procedure.depart();
        let mut parcours = Self {
            procedure,
            nature,
            reperes,
            faits: Vec::new(),
            position: procedure
                .positions
                .iter()
                .find(|position| depart.vers == Vers::Position(position.code.clone()))
                .expect("la lecture des règles vérifie où mène le départ"),
            quittees: Vec::new(),
            arrets: Vec::new(),
            limites: Vec::new(),
            horloge: Horloge {
                regle: regle(code),
                depuis: reperes.due_depuis,
                etape: None,
            },
            irregularites: Vec::new(),
        };
        parcours.appliquer(Fait {
            etape: depart,
            jour: reperes.emise_le,
        })?;
        Ok(parcours)
    }

    /// Le parcours après cette étape.
    ///
    /// # Errors
    /// [`Refus`] : d’une autre nature, hors d’ordre, trop tôt, trop tard, suspendue, prescrite, antidatée.
    pub fn avancer(mut self, etape: &'static EtapeProcedure, jour: Date) -> Result<Self, Refus> {
        self.verifier(etape, jour)?;
        self.appliquer(Fait { etape, jour })?;
        Ok(self)
    }

    /// Le parcours après cette étape, faite malgré un refus : ce qui s’y opposait est gardé dans
    /// [`Parcours::irregularites`].
    ///
    /// C’est ainsi que l’on rejoue des faits gardés, et qu’un agent habilité passe outre.
    ///
    /// # Errors
    /// Un refus que rien ne permet de surmonter.
    pub fn noter(mut self, etape: &'static EtapeProcedure, jour: Date) -> Result<Self, Refus> {
        let fait = Fait { etape, jour };
        match self.verifier(etape, jour) {
            Err(refus) if !refus.est_surmontable() => return Err(refus),
            Err(refus) => self.irregularites.push((fait, refus)),
            Ok(()) => {}
        }
        self.appliquer(fait)?;
        Ok(self)
    }

    /// La procédure suivie.
    #[must_use]
    pub const fn procedure(&self) -> &'static Procedure {
        self.procedure
    }

    /// La date limite de paiement.
    #[must_use]
    pub const fn exigible_le(&self) -> Date {
        self.reperes.exigible_le
    }

    /// Où en est la créance.
    #[must_use]
    pub const fn position(&self) -> &'static Position {
        self.position
    }

    /// Ce qui est arrivé, dans l’ordre, l’entrée comprise.
    #[must_use]
    pub fn faits(&self) -> &[Fait] {
        &self.faits
    }

    /// Ce qui a été fait malgré la règle, et la règle.
    #[must_use]
    pub fn irregularites(&self) -> &[(Fait, Refus)] {
        &self.irregularites
    }

    /// Les délais ouverts que rien n’a rendus sans objet, échus ou non.
    #[must_use]
    pub fn limites(&self) -> &[Limite] {
        if self.position.fin { &[] } else { &self.limites }
    }

    /// Ce qui empêche d’avancer, et depuis quand.
    pub fn empechements(&self) -> impl Iterator<Item = (&'static Empechement, Date)> {
        self.arrets
            .iter()
            .filter(|arret| arret.jusqua.is_none())
            .map(|arret| (arret.quoi, arret.depuis))
    }

    /// La prescription, telle qu’elle est au jour `au`.
    ///
    /// # Errors
    /// Aucune version connue du délai à sa date ; date hors du calendrier.
    pub fn prescription(&self, au: Date) -> Result<Prescription, Erreur> {
        let Horloge { regle, depuis, etape } = &self.horloge;
        let mut echeance = match etape {
            Some((_, true)) => regle.apres_interruption(*depuis, self.reperes.lieu)?,
            Some((_, false)) | None => regle.echeance(*depuis, self.reperes.lieu)?,
        };
        if let Some((etape, interrompue)) = etape {
            let verbe = if *interrompue { "repart" } else { "court" };
            let phrase = format!(
                "La prescription {verbe} de « {} », le {}",
                etape.libelle(),
                date_longue(*depuis)
            );
            let articles = etape.articles().iter().collect();
            echeance.etapes.insert(
                0,
                PasDelai {
                    jour: *depuis,
                    phrase,
                    articles,
                },
            );
        }
        for suspension in self.suspensions(*depuis, au) {
            // Une suspension qui commence une fois la prescription acquise ne la relève pas.
            if suspension.depuis > echeance.jour {
                break;
            }
            echeance.jour = echeance.jour.checked_add(suspension.jours().days())?;
            echeance.etapes.push(suspension.dire(echeance.jour));
        }
        let court = !self.arrets.iter().any(|arret| {
            arret.jusqua.is_none()
                && arret.quoi.suspend_la_prescription
                && self.borne_de(arret.quoi).is_none_or(|borne| au <= borne)
        });
        Ok(Prescription {
            regle,
            jour: echeance.jour,
            court,
            etapes: echeance.etapes,
        })
    }

    /// Les jours où la prescription ne court pas, depuis `depuis` : deux empêchements à la fois ne comptent qu’une fois.
    fn suspensions(&self, depuis: Date, au: Date) -> Vec<Suspension> {
        let mut siennes: Vec<Suspension> = self
            .arrets
            .iter()
            .filter(|arret| arret.quoi.suspend_la_prescription)
            .map(|arret| {
                let borne = self.borne_de(arret.quoi).filter(|borne| *borne < au);
                let fin = arret.jusqua.or(borne);
                Suspension {
                    depuis: arret.depuis.max(depuis),
                    jusqua: fin.unwrap_or(au),
                    dure_encore: fin.is_none(),
                    causes: vec![arret.quoi],
                }
            })
            .filter(|suspension| suspension.depuis <= suspension.jusqua)
            .collect();
        siennes.sort_by_key(|suspension| suspension.depuis);
        let mut reunies: Vec<Suspension> = Vec::new();
        for suspension in siennes {
            match reunies.last_mut() {
                Some(precedente) if suspension.depuis <= precedente.jusqua => precedente.reunir(suspension),
                _ => reunies.push(suspension),
            }
        }
        reunies
    }

    /// Le dernier jour où cet empêchement, en cours, suspend la prescription ; `None` : tant qu’il dure.
    fn borne_de(&self, quoi: &Empechement) -> Option<Date> {
        self.limites
            .iter()
            .filter(|limite| quoi.suspend_jusqua.iter().any(|code| code == limite.regle.code()))
            .map(|limite| limite.echeance.jour)
            .max()
    }

    /// L’étape peut-elle être faite ce jour-là ?
    ///
    /// # Errors
    /// [`Refus`] : la première raison, de la plus grave à la plus passagère ; de plusieurs délais à laisser passer, celui
    /// qui finit le dernier.
    pub fn verifier(&self, etape: &'static EtapeProcedure, jour: Date) -> Result<(), Refus> {
        let position = self.position;
        if position.fin {
            return Err(Refus::Finie { position });
        }
        let nature = self.nature;
        if !etape.natures.is_empty() && !etape.natures.contains(&nature) {
            return Err(Refus::HorsNature { etape, nature });
        }
        if let Some(dernier) = self.faits.last()
            && jour < dernier.jour
        {
            return Err(Refus::Antidatee {
                jour,
                derniere: dernier.etape,
                arrivee_le: dernier.jour,
            });
        }
        if let Some(code) = &etape.exige
            && let Some(manque) = self.procedure.empechement(code)
            && !self.empechements().any(|(quoi, _)| quoi == manque)
        {
            return Err(Refus::SansObjet { etape, manque });
        }
        if etape.de.as_ref().is_some_and(|de| !de.contains(&position.code)) {
            return Err(Refus::HorsOrdre { etape, position });
        }
        self.verifier_la_prescription(etape, jour)?;
        let interdit = |(quoi, _): &(&'static Empechement, Date)| quoi.interdit.contains(&etape.code);
        if let Some((par, depuis)) = self.empechements().find(interdit) {
            return Err(Refus::Suspendue { etape, par, depuis });
        }
        for borne in &etape.avant {
            if let Some((delai, echeance)) = self.echeance_de(borne)?
                && jour > echeance.jour
            {
                let echeance = Box::new(echeance);
                return Err(Refus::TropTard {
                    etape,
                    delai,
                    echeance,
                });
            }
        }
        let mut attente: Option<(&'static RegleDelai, Echeance)> = None;
        for borne in &etape.attendre {
            if let Some((delai, echeance)) = self.echeance_de(borne)?
                && jour <= echeance.jour
                && attente
                    .as_ref()
                    .is_none_or(|(_, autre)| autre.jour < echeance.jour)
            {
                attente = Some((delai, echeance));
            }
        }
        if let Some((delai, echeance)) = attente {
            return Err(Refus::TropTot {
                etape,
                des_le: echeance.jour.tomorrow().map_err(Erreur::from)?,
                delai,
                echeance: Box::new(echeance),
            });
        }
        Ok(())
    }

    /// Les étapes qui peuvent suivre, dès ce jour ou plus tard si rien d’autre n’arrive, dans l’ordre des règles.
    ///
    /// # Errors
    /// Une date ne se calcule pas.
    pub fn suites(&self, au: Date) -> Result<Vec<Suite>, Erreur> {
        let mut suites = Vec::new();
        for etape in self.procedure.etapes() {
            let quand = match self.verifier(etape, au) {
                Ok(()) => Quand::Maintenant,
                Err(refus @ Refus::TropTot { des_le, .. }) => Quand::DesLe(des_le, Box::new(refus)),
                Err(Refus::Calcul(erreur)) => return Err(erreur),
                Err(_) => continue,
            };
            suites.push(Suite { etape, quand });
        }
        Ok(suites)
    }

    fn verifier_la_prescription(&self, etape: &'static EtapeProcedure, jour: Date) -> Result<(), Refus> {
        let prescription = self.prescription(jour)?;
        // Suspendue à temps, elle finit toujours après ce jour.
        let acquise = jour > prescription.jour;
        let delai = prescription.regle;
        if etape.quand_prescrite {
            return if acquise {
                Ok(())
            } else {
                Err(Refus::PasPrescrite {
                    au: prescription.jour,
                    delai,
                })
            };
        }
        // Éteindre une créance prescrite, ou répondre au débiteur, reste possible : seul poursuivre ne l’est plus.
        let poursuit = etape.auteur == Auteur::Caisse && !self.mene_a_une_fin(etape) && etape.leve.is_empty();
        if acquise && poursuit {
            return Err(Refus::Prescrite {
                etape,
                depuis: prescription.jour,
                delai,
            });
        }
        Ok(())
    }

    fn mene_a_une_fin(&self, etape: &EtapeProcedure) -> bool {
        self.procedure
            .positions
            .iter()
            .any(|position| position.fin && etape.vers == Vers::Position(position.code.clone()))
    }

    /// La fin du délai d’une borne ; `None` si ce qui le fait courir n’est pas arrivé, si une étape en dispense, ou si
    /// le délai n’existait pas encore à cette date.
    fn echeance_de(&self, borne: &Borne) -> Result<Option<(&'static RegleDelai, Echeance)>, Erreur> {
        let dispense = self
            .faits
            .iter()
            .any(|fait| borne.sauf.contains(&fait.etape.code));
        if dispense {
            return Ok(None);
        }
        let Some(apres) = &borne.apres else {
            let ouverte = self
                .limites
                .iter()
                .find(|limite| limite.regle.code() == borne.delai);
            return Ok(ouverte.map(|limite| (limite.regle, limite.echeance.clone())));
        };
        let depuis = if apres == Borne::EXIGIBILITE {
            Some(self.reperes.exigible_le)
        } else {
            self.dernier(apres).map(|fait| fait.jour)
        };
        let Some(depuis) = depuis else {
            return Ok(None);
        };
        let delai = regle(&borne.delai);
        Ok(self.compter(delai, depuis)?.map(|echeance| (delai, echeance)))
    }

    fn dernier(&self, code: &str) -> Option<Fait> {
        self.faits
            .iter()
            .rev()
            .copied()
            .find(|fait| fait.etape.code == code)
    }

    /// La fin d’un délai que fait courir un fait de ce jour ; `None` si le délai n’existait pas encore à cette date : il
    /// n’empêche ni ne fait courir rien.
    fn compter(&self, delai: &'static RegleDelai, depuis: Date) -> Result<Option<Echeance>, Erreur> {
        match delai.echeance(depuis, delai.lieu(self.reperes.lieu)) {
            Ok(echeance) => Ok(Some(echeance)),
            Err(Erreur::VersionInconnue { .. }) => Ok(None),
            Err(erreur) => Err(erreur),
        }
    }

    fn appliquer(&mut self, fait: Fait) -> Result<(), Erreur> {
        let Fait { etape, jour } = fait;
        self.avancer_l_horloge(fait)?;
        let vers = match &etape.vers {
            Vers::MemePosition => None,
            Vers::Precedente => self.quittees.pop(),
            Vers::Position(code) => self.procedure.positions.iter().find(|p| p.code == *code),
        };
        if let Some(vers) = vers {
            if etape.vers != Vers::Precedente && vers != self.position {
                self.quittees.push(self.position);
            }
            self.position = vers;
        }
        for rang in 0..self.arrets.len() {
            let Arret { quoi, jusqua, .. } = self.arrets[rang];
            let borne = self.borne_de(quoi);
            // Posé de nouveau après sa borne, il ne suspend pas l’entre-deux.
            let succede =
                etape.empeche.as_ref() == Some(&quoi.code) && borne.is_some_and(|borne| borne < jour);
            if jusqua.is_none() && (succede || etape.leve.contains(&quoi.code)) {
                self.arrets[rang].jusqua = Some(borne.map_or(jour, |borne| jour.min(borne)));
            }
        }
        if let Some(code) = &etape.empeche
            && let Some(quoi) = self.procedure.empechement(code)
            && !self.empechements().any(|(ouvert, _)| ouvert == quoi)
        {
            self.arrets.push(Arret {
                quoi,
                depuis: jour,
                jusqua: None,
            });
        }
        self.limites
            .retain(|limite| !etape.eteint.iter().any(|code| code == limite.regle.code()));
        for (delai, apres) in &etape.ouvre {
            self.limites.retain(|limite| limite.regle.code() != delai);
            let delai = regle(delai);
            let depuis = apres.as_ref().and_then(|code| self.dernier(code));
            let depuis = depuis.map_or(jour, |fait| fait.jour);
            if let Some(echeance) = self.compter(delai, depuis)? {
                self.limites.push(Limite {
                    regle: delai,
                    etape,
                    echeance,
                });
            }
        }
        self.faits.push(fait);
        Ok(())
    }

    /// Une prescription acquise ne repart pas.
    fn avancer_l_horloge(&mut self, fait: Fait) -> Result<(), Erreur> {
        let Fait { etape, jour } = fait;
        let (nouvelle, interrompue) = match (&etape.prescription, &etape.prescription_fraude) {
            (_, Some(code)) if self.reperes.fraude => (regle(code), false),
            (Some(code), _) => (regle(code), false),
            _ if etape.interrompt => (self.horloge.regle, true),
            _ => return Ok(()),
        };
        if jour > self.prescription(jour)?.jour {
            return Ok(());
        }
        self.horloge = Horloge {
            regle: nouvelle,
            depuis: jour,
            etape: Some((etape, interrompue)),
        };
        Ok(())
    }
}
