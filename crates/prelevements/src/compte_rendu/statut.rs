//! Où en est un prélèvement à la banque.

use std::fmt;

/// Le statut d'un message, d'une remise ou d'une opération (ISO 20022, `ExternalPaymentGroupStatus1Code` et
/// `ExternalPaymentTransactionStatus1Code`).
///
/// D'un rejet, l'argent n'a pas bougé ; d'un prélèvement payé puis défait (retour, remboursement), c'est le
/// relevé de compte qui parle, pas le compte rendu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statut {
    /// `RJCT` : rejeté, rien ne sera prélevé.
    Rejete,
    /// `PART` : des opérations sont acceptées, d'autres non ; chacune le dit.
    AccepteEnPartie,
    /// `PATC` : comme `PART`, au contrôle technique.
    LuEnPartie,
    /// `RCVD` : reçu.
    Recu,
    /// `PDNG` : en attente d'un contrôle.
    EnAttente,
    /// `ACTC` : la forme est juste.
    FormeJuste,
    /// `ACCP` : accepté après contrôle du créancier.
    Accepte,
    /// `ACFC` : accepté, provision contrôlée.
    ProvisionControlee,
    /// `ACWC` : accepté après une correction de la banque.
    AccepteCorrige,
    /// `ACSP` : règlement en cours.
    ReglementEnCours,
    /// `ACSC` : réglé, côté débiteur.
    Regle,
    /// `ACCC` : réglé, au compte du créancier.
    RegleAuCreancier,
    /// `CANC` : annulé à la demande de l'émetteur.
    Annule,
}

impl Statut {
    /// Tous.
    pub const TOUS: [Self; 13] = [
        Self::Rejete,
        Self::AccepteEnPartie,
        Self::LuEnPartie,
        Self::Recu,
        Self::EnAttente,
        Self::FormeJuste,
        Self::Accepte,
        Self::ProvisionControlee,
        Self::AccepteCorrige,
        Self::ReglementEnCours,
        Self::Regle,
        Self::RegleAuCreancier,
        Self::Annule,
    ];
    /// La liste, pour qui en a écrit un autre.
    pub(super) const CODES: &'static str =
        "RJCT, PART, PATC, RCVD, PDNG, ACTC, ACCP, ACFC, ACWC, ACSP, ACSC, ACCC ou CANC";

    /// Le statut de ce code ; `None` hors de la liste.
    #[must_use]
    pub fn de(code: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|statut| statut.code() == code)
    }

    /// Le code de la norme.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rejete => "RJCT",
            Self::AccepteEnPartie => "PART",
            Self::LuEnPartie => "PATC",
            Self::Recu => "RCVD",
            Self::EnAttente => "PDNG",
            Self::FormeJuste => "ACTC",
            Self::Accepte => "ACCP",
            Self::ProvisionControlee => "ACFC",
            Self::AccepteCorrige => "ACWC",
            Self::ReglementEnCours => "ACSP",
            Self::Regle => "ACSC",
            Self::RegleAuCreancier => "ACCC",
            Self::Annule => "CANC",
        }
    }

    /// Dit-il seulement que les opérations n'ont pas toutes le même ?
    #[must_use]
    pub const fn est_partiel(self) -> bool {
        matches!(self, Self::AccepteEnPartie | Self::LuEnPartie)
    }

    /// Le statut en mots.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Rejete => "rejeté",
            Self::AccepteEnPartie => "accepté en partie",
            Self::LuEnPartie => "forme juste en partie",
            Self::Recu => "reçu",
            Self::EnAttente => "en attente",
            Self::FormeJuste => "forme juste",
            Self::Accepte => "accepté",
            Self::ProvisionControlee => "accepté, provision contrôlée",
            Self::AccepteCorrige => "accepté après correction",
            Self::ReglementEnCours => "règlement en cours",
            Self::Regle => "réglé",
            Self::RegleAuCreancier => "réglé au compte du créancier",
            Self::Annule => "annulé",
        }
    }
}

impl fmt::Display for Statut {
    /// « rejeté (RJCT) ».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.libelle(), self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_code_se_lit_et_la_liste_les_dit_tous() {
        for statut in Statut::TOUS {
            assert_eq!(Statut::de(statut.code()), Some(statut));
            assert!(Statut::CODES.contains(statut.code()));
        }
        assert_eq!(Statut::CODES.split(", ").count() + 1, Statut::TOUS.len());
        assert_eq!(Statut::de("rjct"), None);
        assert_eq!(Statut::Rejete.to_string(), "rejeté (RJCT)");
    }
}
