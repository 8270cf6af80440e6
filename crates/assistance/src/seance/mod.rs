//! Une session assistée : qui l'aide, ce que l'adhérent a accordé, jusqu'à quand. Des faits entrent ([`Fait`]), un état en
//! sort ou un refus ; l'heure est un fait comme un autre. Rien n'y lit ni n'écrit : le relais demande avant de remettre
//! ([`Seance::peut_voir`]) et avant d'agir ([`Seance::peut_agir`]).
//!
//! Ce qui rend l'accord sûr : il n'est donné que par le dialogue de l'adhérent, qui a sa propre origine ; il répond à une
//! question posée ; il ne vaut que pour cet agent, cet onglet et cette origine ; il expire ; en changer ouvre une époque.
//! Non est un droit (décision 14-04, article 4) : rien n'est alors montré.

mod accords;
mod saisie;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use self::accords::Accords;
pub use self::accords::{Accord, Question};
use self::saisie::Propositions;
pub use self::saisie::{Bouton, Champ, Empreinte, Geste, Proposition};
use crate::Classes;

/// Ce que dure l'accord de laisser voir, sans nouvelle question.
const DUREE_VUE: SignedDuration = SignedDuration::from_mins(30);
/// Ce que dure celui de laisser la souris ou la saisie.
const DUREE_GESTES: SignedDuration = SignedDuration::from_mins(10);

/// L'identifiant d'un agent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Agent(String);

impl Agent {
    /// Celui de cet identifiant de connexion.
    #[must_use]
    pub fn nouveau(identifiant: impl Into<String>) -> Self {
        Self(identifiant.into())
    }
}

/// Une page ouverte par l'adhérent : un onglet, et l'origine du site qui l'a servie. Un accord est lié aux deux.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Page {
    /// Le numéro de l'onglet dans la session.
    pub onglet: u32,
    /// « https://extranet.exemple ».
    pub origine: String,
}

/// Qui parle. Seul le dialogue répond aux questions : ni la page, ni un agent, ni un script de l'un ou de l'autre.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Voix {
    /// Le dialogue de l'adhérent, dans le cadre de l'origine de l'assistance.
    Dialogue,
    /// Cet agent.
    Agent(Agent),
    /// Le relais : l'heure qui passe.
    Relais,
}

/// Ce qui arrive à une session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fait {
    /// Un agent la prend, avec son motif et ce à quoi il est habilité.
    Prendre {
        /// Ce qu'il pourra voir, au plus.
        habilitation: Classes,
        /// Pourquoi, pour la preuve.
        motif: String,
    },
    /// L'agent pose une question.
    Demander(Question),
    /// L'adhérent répond à la question posée.
    Repondre {
        /// Celle à laquelle il répond, telle qu'il l'a lue.
        question: Question,
        /// Oui ou non.
        oui: bool,
        /// D'où.
        page: Page,
    },
    /// L'adhérent reprend un accord ; celui de voir reprend tous les autres.
    Revoquer(Accord),
    /// L'adhérent suspend la vue, ou la reprend.
    Suspendre(bool),
    /// L'agent passe la session à un collègue : tout accord tombe, il redemandera.
    Ceder {
        /// À qui.
        a: Agent,
        /// Ce à quoi il est habilité.
        habilitation: Classes,
    },
    /// L'agent propose une valeur pour un champ.
    Proposer(Proposition),
    /// L'adhérent accepte cette proposition-là : ce champ, cette valeur.
    Accepter(Proposition),
    /// L'heure a passé.
    Heure,
    /// L'un des deux finit.
    Finir,
}

/// Ce que le relais a à faire d'un fait accepté.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effet {
    /// Montrer cette question dans le dialogue.
    Poser(Question),
    /// Une époque commence : rien de la précédente n'est plus remis, l'écran recommence avec ces classes.
    Epoque {
        /// Son numéro.
        epoque: u32,
        /// Ce qui se voit ; aucune : la vue est noire.
        classes: Classes,
    },
    /// Montrer cette proposition dans le dialogue.
    Soumettre(Proposition),
    /// La valeur entre dans le champ.
    Saisir(Proposition),
    /// La session est finie.
    Fini,
}

/// Pourquoi un fait est refusé ; à inscrire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RefusSeance {
    /// La session est finie.
    #[error("la session est finie : l'adhérent doit en demander une autre")]
    Finie,
    /// Elle n'est prise par aucun agent, ou par un autre.
    #[error("cette session n'est pas la vôtre")]
    Autre,
    /// Ce n'est pas à celui-là de le dire.
    #[error("seul le dialogue de l'adhérent en décide")]
    Voix,
    /// Aucune question semblable n'est posée.
    #[error("cette question n'est pas posée, ou ne l'est plus")]
    Question,
    /// Il manque un accord.
    #[error("l'adhérent ne l'a pas accordé, ou ne l'accorde plus")]
    Accord,
    /// Ce bouton, ce champ reste à l'adhérent.
    #[error("cela reste à l'adhérent : transmettre, payer, signer, donner un compte bancaire")]
    Reserve,
    /// Le motif manque.
    #[error("dites pourquoi vous prenez cette session")]
    Motif,
    /// Une autre page que celle de l'accord.
    #[error("l'accord vaut pour une autre page")]
    Page,
    /// L'heure recule.
    #[error("un fait d'avant le dernier")]
    Heure,
}

/// Une session.
#[derive(Clone, Debug)]
pub struct Seance {
    agent: Option<(Agent, Classes)>,
    accords: Accords,
    propositions: Propositions,
    suspendue: bool,
    epoque: u32,
    finie: bool,
    quand: Timestamp,
}

impl Seance {
    /// Celle qu'un adhérent vient de demander : rien n'en est montré.
    #[must_use]
    pub fn demandee(quand: Timestamp) -> Self {
        Self {
            agent: None,
            accords: Accords::default(),
            propositions: Propositions::default(),
            suspendue: false,
            epoque: 0,
            finie: false,
            quand,
        }
    }

    /// L'époque en cours ; 0 avant le premier accord.
    #[must_use]
    pub const fn epoque(&self) -> u32 {
        self.epoque
    }

    /// Est-elle finie ?
    #[must_use]
    pub const fn est_finie(&self) -> bool {
        self.finie
    }

    /// Les classes que cet agent voit de cette page, à cette époque et à cet instant ; rien s'il ne voit rien.
    #[must_use]
    pub fn peut_voir(&self, agent: &Agent, page: &Page, epoque: u32, quand: Timestamp) -> Option<Classes> {
        let (sien, habilitation) = self.agent.as_ref()?;
        let possible = !self.finie && !self.suspendue && sien == agent && epoque == self.epoque;
        let accordees = self.accords.vue(page, quand).filter(|_| possible)?;
        Some(accordees.et(*habilitation))
    }

    /// Cet agent peut-il faire ce geste sur cette page, à cet instant ?
    ///
    /// # Errors
    /// [`RefusSeance`].
    pub fn peut_agir(
        &self,
        agent: &Agent,
        page: &Page,
        epoque: u32,
        geste: &Geste,
        quand: Timestamp,
    ) -> Result<(), RefusSeance> {
        self.peut_voir(agent, page, epoque, quand)
            .ok_or(RefusSeance::Accord)?;
        let accord = match geste {
            Geste::Montrer => return Ok(()),
            Geste::Cliquer(Bouton::Reserve) => return Err(RefusSeance::Reserve),
            Geste::Cliquer(Bouton::Libre | Bouton::Ouvert) | Geste::Defiler | Geste::Reculer => {
                Accord::Souris
            }
        };
        if self.accords.vaut(accord, page, quand) {
            Ok(())
        } else {
            Err(RefusSeance::Accord)
        }
    }

    /// Ce que devient la session après ce fait, et ce que le relais a à faire.
    ///
    /// # Errors
    /// [`RefusSeance`] : rien n'a changé.
    pub fn apres(
        &self,
        voix: &Voix,
        fait: Fait,
        quand: Timestamp,
    ) -> Result<(Self, Vec<Effet>), RefusSeance> {
        if self.finie {
            return Err(RefusSeance::Finie);
        }
        if quand < self.quand {
            return Err(RefusSeance::Heure);
        }
        let mut suite = self.clone();
        suite.quand = quand;
        // Ce qui a expiré n'est plus, quel que soit le fait.
        let mut effets = suite.expirer(quand);
        effets.extend(suite.appliquer(voix, fait, quand)?);
        Ok((suite, effets))
    }

    fn appliquer(&mut self, voix: &Voix, fait: Fait, quand: Timestamp) -> Result<Vec<Effet>, RefusSeance> {
        match fait {
            Fait::Prendre { habilitation, motif } => {
                let Voix::Agent(agent) = voix else {
                    return Err(RefusSeance::Voix);
                };
                if self.agent.is_some() {
                    return Err(RefusSeance::Autre);
                }
                if motif.trim().is_empty() {
                    return Err(RefusSeance::Motif);
                }
                self.agent = Some((agent.clone(), habilitation));
                Ok(Vec::new())
            }
            Fait::Demander(question) => {
                self.du_sien(voix)?;
                self.accords.poser(question, quand)?;
                Ok(vec![Effet::Poser(question)])
            }
            Fait::Repondre { question, oui, page } => {
                dialogue(voix)?;
                self.accords.repondre(question, oui, page, quand)?;
                if !oui {
                    self.propositions.oublier();
                }
                Ok(self.nouvelle_epoque(quand))
            }
            Fait::Revoquer(accord) => {
                dialogue(voix)?;
                self.accords.revoquer(accord);
                self.propositions.oublier();
                Ok(self.nouvelle_epoque(quand))
            }
            Fait::Suspendre(oui) => {
                dialogue(voix)?;
                self.suspendue = oui;
                Ok(self.nouvelle_epoque(quand))
            }
            Fait::Ceder { a, habilitation } => {
                self.du_sien(voix)?;
                self.agent = Some((a, habilitation));
                self.accords = Accords::default();
                self.propositions.oublier();
                Ok(self.nouvelle_epoque(quand))
            }
            Fait::Proposer(proposition) => {
                self.du_sien(voix)?;
                self.proposer(proposition, quand)
            }
            Fait::Accepter(proposition) => {
                dialogue(voix)?;
                if !self.accords.vaut(Accord::Saisie, &proposition.page, quand) {
                    return Err(RefusSeance::Accord);
                }
                self.propositions.accepter(&proposition)?;
                Ok(vec![Effet::Saisir(proposition)])
            }
            Fait::Heure => Ok(Vec::new()),
            Fait::Finir => {
                if let Voix::Agent(_) = voix {
                    self.du_sien(voix)?;
                }
                self.accords = Accords::default();
                self.propositions.oublier();
                let mut effets = self.nouvelle_epoque(quand);
                self.finie = true;
                effets.push(Effet::Fini);
                Ok(effets)
            }
        }
    }

    fn proposer(&mut self, proposition: Proposition, quand: Timestamp) -> Result<Vec<Effet>, RefusSeance> {
        if proposition.champ.compte_bancaire {
            return Err(RefusSeance::Reserve);
        }
        // Sans vue, l'agent ne sait pas où il écrirait.
        if self.suspendue || !self.accords.vaut(Accord::Voir, &proposition.page, quand) {
            return Err(RefusSeance::Accord);
        }
        if self.accords.saisit_d_office(&proposition.page, quand) {
            return Ok(vec![Effet::Saisir(proposition)]);
        }
        if !self.accords.vaut(Accord::Saisie, &proposition.page, quand) {
            return Err(RefusSeance::Accord);
        }
        self.propositions.ajouter(proposition.clone());
        Ok(vec![Effet::Soumettre(proposition)])
    }

    fn expirer(&mut self, quand: Timestamp) -> Vec<Effet> {
        if self.accords.expirer(quand) {
            self.propositions.oublier();
            self.nouvelle_epoque(quand)
        } else {
            Vec::new()
        }
    }

    fn nouvelle_epoque(&mut self, quand: Timestamp) -> Vec<Effet> {
        self.epoque = self.epoque.saturating_add(1);
        let habilitation = self
            .agent
            .as_ref()
            .map_or(Classes::AUCUNE, |(_, classes)| *classes);
        let vues = self.accords.accordees(quand).filter(|_| !self.suspendue);
        vec![Effet::Epoque {
            epoque: self.epoque,
            classes: vues.map_or(Classes::AUCUNE, |classes| classes.et(habilitation)),
        }]
    }

    /// L'agent de cette session parle.
    fn du_sien(&self, voix: &Voix) -> Result<(), RefusSeance> {
        match (voix, &self.agent) {
            (Voix::Agent(parle), Some((sien, _))) if parle == sien => Ok(()),
            (Voix::Agent(_), _) => Err(RefusSeance::Autre),
            _ => Err(RefusSeance::Voix),
        }
    }
}

fn dialogue(voix: &Voix) -> Result<(), RefusSeance> {
    if *voix == Voix::Dialogue {
        Ok(())
    } else {
        Err(RefusSeance::Voix)
    }
}
