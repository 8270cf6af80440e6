//! Les refus du rapprochement, comme une page les montre : le seul endroit qui leur donne un état HTTP.

use crate::Erreur;

impl From<Erreur> for web::Erreur {
    /// Un refus du compte garde son état ; tout autre est une panne : 500, sans détail.
    fn from(erreur: Erreur) -> Self {
        match erreur {
            Erreur::Creances(refus) => refus.into(),
            panne => Self::interne(&panne),
        }
    }
}
