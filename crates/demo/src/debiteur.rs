//! Un habitant de la caisse synthétique : qui il est, ce qu'il doit, ce qu'il a payé.
//!
//! Ce qui porte un nom, un numéro ou un commentaire n'a pas de `Debug`, tout inventé qu'il est : le code
//! qui le reçoit est celui qui reçoit aussi de vraies personnes.

use droit::{Branche, Nature, Poste, Regime};
use jiff::{Timestamp, civil::Date};
use releves::{ModePaiement, Motif};
use valeurs::{CodeCommune, Courriel, Iban, Matricule, Montant, Nir, Periode, Siret, Telephone};

/// Un débiteur et son dossier.
#[derive(Clone, PartialEq, Eq)]
pub struct Debiteur {
    /// Qui il est ; ne dépend pas de la date du jour.
    pub identite: Identite,
    /// Comment le joindre.
    pub contacts: Contacts,
    /// Ce qu'il doit ou a dû, par date d'exigibilité ; une au moins.
    pub creances: Vec<Creance>,
    /// Ce qu'il a payé, par date.
    pub encaissements: Vec<Paiement>,
    /// La fiche des commentaires, par date.
    pub commentaires: Vec<Commentaire>,
    /// Ce qui est arrivé au dossier, par date.
    pub evenements: Vec<Evenement>,
}

/// L'identité d'un débiteur (décision 18-07, article 2).
#[derive(Clone, PartialEq, Eq)]
pub struct Identite {
    /// Deux chiffres de la caisse, puis huit chiffres. Unique dans la caisse.
    pub matricule: Matricule,
    /// Le titre auquel il doit : toutes ses créances en relèvent.
    pub regime: Regime,
    /// Une personne ou une société.
    pub personne: Personne,
    /// Son établissement : toujours pour un employeur, jamais pour un assuré. Unique dans la caisse.
    pub siret: Option<Siret>,
    /// La commune où il demeure.
    pub commune: Commune,
    /// L'agent de la MSA qui suit le dossier : `A` et trois chiffres.
    pub code_agent: String,
    /// Le tiers dans la comptabilité de la caisse : une lettre selon le régime, puis sept chiffres.
    pub code_tiers: String,
    /// Comment il paie d'habitude.
    pub mode_paiement: ModePaiement,
    /// Ses comptes, de zéro à deux. Aucun n'est à deux débiteurs de la caisse.
    pub ibans: Vec<Iban>,
}

/// Une personne physique a un NIR ; une personne morale n'en a pas.
#[derive(Clone, PartialEq, Eq)]
pub enum Personne {
    /// Un homme ou une femme.
    Physique {
        /// Nom de famille, particule comprise.
        nom: String,
        /// Prénom usuel, parfois double.
        prenom: String,
        /// Unique dans la caisse ; peut être temporaire.
        nir: Nir,
    },
    /// Une société, une coopérative, une association.
    Morale {
        /// Raison sociale avec sa forme : « GAEC des Trois Chênes ».
        raison_sociale: String,
    },
}

impl Personne {
    /// Le nom de famille ou la raison sociale.
    #[must_use]
    pub fn nom(&self) -> &str {
        match self {
            Self::Physique { nom, .. } => nom,
            Self::Morale { raison_sociale } => raison_sociale,
        }
    }

    /// Le prénom, vide pour une personne morale.
    #[must_use]
    pub fn prenom(&self) -> &str {
        match self {
            Self::Physique { prenom, .. } => prenom,
            Self::Morale { .. } => "",
        }
    }

    /// Le NIR d'une personne physique.
    #[must_use]
    pub const fn nir(&self) -> Option<&Nir> {
        match self {
            Self::Physique { nir, .. } => Some(nir),
            Self::Morale { .. } => None,
        }
    }
}

/// Une commune française.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commune {
    /// Nom du code officiel géographique.
    pub nom: &'static str,
    /// Code Insee.
    pub code: CodeCommune,
}

/// Comment joindre un débiteur.
#[derive(Clone, PartialEq, Eq)]
pub struct Contacts {
    /// De zéro à deux, dans les tranches que l'Arcep réserve à la fiction.
    pub telephones: Vec<Telephone>,
    /// Zéro ou un, chez `exemple.fr` ou `example.org`.
    pub courriels: Vec<Courriel>,
}

/// Une créance d'une seule nature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creance {
    /// Le matricule, un trait d'union et le rang de la créance dans le dossier. Unique dans la caisse.
    pub reference: String,
    /// Famille de cotisation, prestation ou motif.
    pub nature: Nature,
    /// Premier jour de la période due.
    pub periode_debut: Date,
    /// Dernier jour de la période due, compris.
    pub periode_fin: Date,
    /// Jour où elle a été émise ou notifiée, jamais après le jour de la démonstration.
    pub emise_le: Date,
    /// Jour où elle devait ou devra être payée ; peut être à venir.
    pub exigible_le: Date,
    /// Ce qu'un agent lit : « 2e appel 2026, CSG et CRDS ».
    pub libelle: String,
    /// D'où vient l'indu ; rien pour une cotisation.
    pub cause: Option<&'static str>,
    /// Ce qui est dû, hors majorations.
    pub principal: Principal,
}

/// Le principal d'une créance, tous ses montants positifs ou nuls et leur total positif.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    /// Cotisation d'employeur.
    Parts {
        /// Retenue sur le salaire ; nulle pour les familles à la seule charge de l'employeur.
        ouvriere: Montant,
        /// À la charge de l'employeur ; nulle pour la CSG et la CRDS.
        patronale: Montant,
    },
    /// Toute autre créance.
    Entier(Montant),
}

impl Creance {
    /// Le principal, en un seul montant.
    #[must_use]
    pub fn montant(&self) -> Montant {
        match self.principal {
            Principal::Parts { ouvriere, patronale } => Montant::somme([ouvriere, patronale])
                .expect("une créance de démonstration est loin du plus grand montant"),
            Principal::Entier(montant) => montant,
        }
    }

    /// Le principal par poste, sans les postes nuls.
    pub fn postes(&self) -> impl Iterator<Item = (Poste, Montant)> + use<> {
        let postes = match self.principal {
            Principal::Parts { ouvriere, patronale } => {
                [(Poste::PartOuvriere, ouvriere), (Poste::PartPatronale, patronale)]
            }
            Principal::Entier(montant) => [(Poste::Principal, montant), (Poste::Majoration, Montant::ZERO)],
        };
        postes.into_iter().filter(|(_, montant)| !montant.est_nul())
    }
}

/// Une recette telle que la banque la dit.
#[derive(Clone, PartialEq, Eq)]
pub struct Paiement {
    /// Jour de l'écriture, jamais après le jour de la démonstration.
    pub jour: Date,
    /// Positif.
    pub montant: Montant,
    /// Moyen de paiement.
    pub mode: ModePaiement,
    /// Établissement annoncé.
    pub siret: Option<Siret>,
    /// Période que le payeur désigne.
    pub periode: Option<Periode>,
    /// Compte du payeur.
    pub iban: Option<Iban>,
    /// Nom du payeur, comme sa banque l'écrit : en capitales sans accent, parfois tronqué.
    pub nom_payeur: Option<String>,
    /// Motif libre du virement.
    pub libelle: String,
    /// Référence de la banque. Unique dans la caisse.
    pub reference_bancaire: String,
    /// Référence de bout en bout : celle de la caisse pour un prélèvement.
    pub bout_en_bout: Option<String>,
    /// Le retour du prélèvement, s'il est revenu : il annule le paiement.
    pub rejet: Option<Rejet>,
}

/// Le retour d'un prélèvement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejet {
    /// Jour du retour, jamais après le jour de la démonstration.
    pub jour: Date,
    /// Motif ISO 20022 : AM04, AC04 ou MD01.
    pub motif: Motif,
}

/// Une ligne de la fiche des commentaires.
#[derive(Clone, PartialEq, Eq)]
pub struct Commentaire {
    /// Quand l'agent l'a écrit.
    pub ecrit_le: Timestamp,
    /// Identifiant de l'agent (voir [`crate::agents`]).
    pub auteur: &'static str,
    /// Ce qu'il a écrit.
    pub texte: String,
}

/// Ce qui est arrivé à un dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evenement {
    /// Jour, jamais après celui de la démonstration.
    pub jour: Date,
    /// Code stable : `appel_recu`, `courrier_recu`.
    pub nature: &'static str,
    /// Ce qu'un agent lit.
    pub libelle: String,
    /// Identifiant de l'agent.
    pub auteur: &'static str,
    /// Branche des créances visées.
    pub branche: Branche,
}
