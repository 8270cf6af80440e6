//! Les refus du rapprochement, comme une page les montre : le seul endroit qui leur donne un état HTTP.

use web::ErreurChamp;

use crate::Erreur;

/// Le champ des refus qui ne sont d'aucun champ : c'est le formulaire entier qui est refusé.
const FORMULAIRE: &str = "formulaire";

impl From<Erreur> for web::Erreur {
    /// Inconnu : 404. Pris entre-temps : 409. Saisie : 422. Un refus du compte garde son état ; tout autre est une panne :
    /// 500, sans détail.
    fn from(erreur: Erreur) -> Self {
        match erreur {
            Erreur::Creances(refus) => refus.into(),
            Erreur::EcartInconnu => Self::NonTrouve,
            Erreur::EcartFerme | Erreur::EcartOuvert => Self::Conflit {
                motif: web::phrase(&erreur).into(),
            },
            Erreur::MotifADire | Erreur::Commentaire | Erreur::EmployeurInconnu => Self::Invalide {
                champs: vec![ErreurChamp::nouvelle(FORMULAIRE, web::phrase(&erreur))],
            },
            panne => Self::interne(&panne),
        }
    }
}
