//! Les refus du recouvrement, comme une page les montre : le seul endroit qui leur donne un état HTTP et un champ.

use droit::{Refus, RefusEcheancier};
use web::ErreurChamp;

use super::echeanciers::prelevement::champ as du_prelevement;
use crate::Erreur;
use crate::actes::ErreurActes;
use crate::echeanciers::ErreurEcheancier;
use crate::oscar::ErreurOscar;
use crate::prelevements::ErreurPrelevement;

impl From<Erreur> for web::Erreur {
    /// Un refus du compte garde son état ; une saisie à corriger : 422 ; tout autre est une panne : 500, sans détail.
    fn from(erreur: Erreur) -> Self {
        match erreur {
            Erreur::Creances(refus) => refus.into(),
            Erreur::Refus(Refus::Calcul(_))
            | Erreur::Base(_)
            | Erreur::Droit(_)
            | Erreur::Montant(_)
            | Erreur::Illisible(_)
            | Erreur::Cohorte { .. }
            | Erreur::Classeur(_)
            | Erreur::Prelevement(
                ErreurPrelevement::SansReglages { .. }
                | ErreurPrelevement::Montant(_)
                | ErreurPrelevement::Emission(_)
                | ErreurPrelevement::Ecriture { .. }
                | ErreurPrelevement::DejaEnCours
                | ErreurPrelevement::Ouverture { .. }
                | ErreurPrelevement::CompteRendu(_)
                | ErreurPrelevement::Etranger { .. },
            )
            | Erreur::Actes(ErreurActes::Expedition { .. } | ErreurActes::Interrompue) => {
                Self::interne(&erreur)
            }
            saisie => Self::Invalide {
                champs: vec![champ(&saisie)],
            },
        }
    }
}

/// Le champ qu'un refus désigne, à montrer dans le formulaire réaffiché.
///
/// # Errors
/// Rend l'erreur de page si ce n'est pas une saisie à corriger : panne, objet inconnu.
pub(super) fn du_champ(erreur: Erreur) -> Result<ErreurChamp, web::Erreur> {
    match web::Erreur::from(erreur) {
        web::Erreur::Invalide { champs } => champs.into_iter().next().ok_or(web::Erreur::NonTrouve),
        autre => Err(autre),
    }
}

fn champ(erreur: &Erreur) -> ErreurChamp {
    let champ = match erreur {
        Erreur::DansLAvenir
        | Erreur::Oscar(ErreurOscar::RappelPasse)
        | Erreur::Actes(ErreurActes::Retour(_))
        | Erreur::Refus(Refus::TropTot { .. } | Refus::TropTard { .. } | Refus::Antidatee { .. }) => "jour",
        Erreur::Oscar(ErreurOscar::TexteDeRappel) => "texte",
        Erreur::Oscar(_) => "nom",
        Erreur::Motif => "motif",
        Erreur::Actes(ErreurActes::Adresse(_)) => "adresse",
        Erreur::Actes(ErreurActes::Versements) => "versements",
        Erreur::Actes(ErreurActes::Envoi) => "envoi",
        Erreur::Actes(ErreurActes::Signataire) => "signataire",
        Erreur::Actes(ErreurActes::ACompleter) => "acte",
        Erreur::Echeancier(ErreurEcheancier::Rythme) => "mensualites",
        Erreur::Echeancier(ErreurEcheancier::Loi(refus)) => match **refus {
            RefusEcheancier::PremiereAvantConclusion { .. } => "premiere",
            RefusEcheancier::MensualiteNulle
            | RefusEcheancier::TropDeMensualites
            | RefusEcheancier::TropLong { .. } => "mensualites",
            _ => "creances",
        },
        Erreur::Prelevement(refus) => du_prelevement(refus).unwrap_or("mandat"),
        Erreur::Echeancier(_) | Erreur::Actes(_) => "creances",
        _ => "etape",
    };
    ErreurChamp::nouvelle(champ, web::phrase(erreur))
}
