use jiff::civil::Date;
use valeurs::{Depassement, Montant};

use super::Compte;

/// Ce qu'un mouvement fait, tel que le compte adhérent le nomme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NatureMouvement {
    /// Une créance naît.
    Emission,
    /// Des majorations de retard sont notifiées ou payées.
    Majoration,
    /// Une pénalité est notifiée.
    Penalite,
    /// Des frais de justice sont mis à la charge du débiteur.
    Frais,
    /// De l'argent arrive.
    Encaissement,
    /// Une recette à classer trouve sa créance.
    Classement,
    /// Une recette à classer est partagée, ou un lot reçoit ses détails.
    Ventilation,
    /// De l'argent est rendu au payeur.
    Remboursement,
    /// Un prélèvement revient impayé.
    Rejet,
    /// Une créance est annulée, en tout ou partie.
    Annulation,
    /// Remise gracieuse.
    Remise,
    /// Admission en non-valeur.
    NonValeur,
    /// Transfert à une autre caisse.
    Transfert,
    /// L'exact contraire d'un mouvement antérieur.
    Contrepassation,
}

impl NatureMouvement {
    /// Toutes les natures.
    pub const TOUTES: [Self; 14] = [
        Self::Emission,
        Self::Majoration,
        Self::Penalite,
        Self::Frais,
        Self::Encaissement,
        Self::Classement,
        Self::Ventilation,
        Self::Remboursement,
        Self::Rejet,
        Self::Annulation,
        Self::Remise,
        Self::NonValeur,
        Self::Transfert,
        Self::Contrepassation,
    ];

    /// Code tenu en base.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Emission => "emission",
            Self::Majoration => "majoration",
            Self::Penalite => "penalite",
            Self::Frais => "frais",
            Self::Encaissement => "encaissement",
            Self::Classement => "classement",
            Self::Ventilation => "ventilation",
            Self::Remboursement => "remboursement",
            Self::Rejet => "rejet",
            Self::Annulation => "annulation",
            Self::Remise => "remise",
            Self::NonValeur => "non_valeur",
            Self::Transfert => "transfert",
            Self::Contrepassation => "contrepassation",
        }
    }

    /// Mots de l'écran.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Emission => "Émission",
            Self::Majoration => "Majorations de retard",
            Self::Penalite => "Pénalité",
            Self::Frais => "Frais de justice",
            Self::Encaissement => "Encaissement",
            Self::Classement => "Classement d’une recette",
            Self::Ventilation => "Ventilation d’une recette",
            Self::Remboursement => "Remboursement",
            Self::Rejet => "Rejet de prélèvement",
            Self::Annulation => "Annulation",
            Self::Remise => "Remise gracieuse",
            Self::NonValeur => "Admission en non-valeur",
            Self::Transfert => "Transfert à une autre caisse",
            Self::Contrepassation => "Contrepassation",
        }
    }

    /// La nature qui porte ce code.
    #[must_use]
    pub fn du_code(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|n| n.code() == code)
    }
}

/// Une ligne d'un mouvement : débit positif, crédit négatif, en centimes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ecriture {
    /// Où.
    pub compte: Compte,
    /// Combien ; jamais nul.
    pub montant: Montant,
    /// Code de la raison de droit (`droit::Raison`), pour une imputation.
    pub raison: Option<String>,
}

/// Des écritures qui somment à zéro, un jour donné, par un auteur donné.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mouvement {
    pub(crate) nature: NatureMouvement,
    pub(crate) jour: Date,
    pub(crate) auteur: String,
    pub(crate) motif: Option<String>,
    pub(crate) contrepasse: Option<i64>,
    pub(crate) ecritures: Vec<Ecriture>,
}

impl Mouvement {
    /// Un mouvement encore vide ; `jour` est la date d'effet (celle du paiement, de la décision…).
    #[must_use]
    pub fn nouveau(nature: NatureMouvement, jour: Date, auteur: &str, motif: Option<&str>) -> Self {
        Self {
            nature,
            jour,
            auteur: auteur.to_owned(),
            motif: motif.map(str::to_owned),
            contrepasse: None,
            ecritures: Vec::new(),
        }
    }

    /// L'exact contraire d'un mouvement enregistré sous `id`.
    #[must_use]
    pub fn contraire(id: i64, ecritures: &[Ecriture], jour: Date, auteur: &str, motif: Option<&str>) -> Self {
        let inverse = |e: &Ecriture| Ecriture {
            montant: e.montant.oppose(),
            ..e.clone()
        };
        Self {
            contrepasse: Some(id),
            ecritures: ecritures.iter().map(inverse).collect(),
            ..Self::nouveau(NatureMouvement::Contrepassation, jour, auteur, motif)
        }
    }

    /// Ajoute un débit ; un montant nul n'écrit rien.
    #[must_use]
    pub fn debit(self, compte: Compte, montant: Montant) -> Self {
        self.ecriture(compte, montant, None)
    }

    /// Ajoute un crédit ; un montant nul n'écrit rien.
    #[must_use]
    pub fn credit(self, compte: Compte, montant: Montant) -> Self {
        self.ecriture(compte, montant.oppose(), None)
    }

    /// Ajoute un crédit avec sa raison de droit.
    #[must_use]
    pub fn credit_car(self, compte: Compte, montant: Montant, raison: String) -> Self {
        self.ecriture(compte, montant.oppose(), Some(raison))
    }

    fn ecriture(mut self, compte: Compte, montant: Montant, raison: Option<String>) -> Self {
        if !montant.est_nul() {
            self.ecritures.push(Ecriture {
                compte,
                montant,
                raison,
            });
        }
        self
    }

    /// La somme de ses écritures : zéro, ou le mouvement sera refusé.
    ///
    /// # Errors
    /// Dépassement de 64 bits.
    pub fn somme(&self) -> Result<Montant, Depassement> {
        Montant::somme(self.ecritures.iter().map(|e| e.montant))
    }
}
