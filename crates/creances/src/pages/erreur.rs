//! Les refus du métier, comme une page les montre : le seul endroit qui leur donne un état HTTP et un champ.

use web::ErreurChamp;

use crate::Erreur;

/// Le champ des refus qui ne sont d'aucun champ : c'est le formulaire entier qui est refusé.
const FORMULAIRE: &str = "formulaire";

/// La phrase d'un refus, avec l'apostrophe que l'écran demande. Celle qui commence par un nom de fichier le garde tel
/// quel.
fn phrase(erreur: &Erreur) -> String {
    match erreur {
        Erreur::Ligne { .. } | Erreur::Releve(_) | Erreur::ReferenceDivergente { .. } => {
            erreur.to_string().replace('\'', "’")
        }
        _ => web::phrase(erreur),
    }
}

impl From<Erreur> for web::Erreur {
    /// Inconnu : 404. Pris entre-temps : 409. Panne : 500 sans détail. Tout autre refus : 422 et sa phrase.
    fn from(erreur: Erreur) -> Self {
        match &erreur {
            Erreur::DossierInconnu | Erreur::CreanceInconnue | Erreur::DebiteurInconnu => Self::NonTrouve,
            Erreur::DebiteurEnDouble
            | Erreur::ReferenceEnDouble
            | Erreur::RecetteInconnue
            | Erreur::LigneDejaDecidee
            | Erreur::ReferenceDivergente { .. } => Self::Conflit {
                motif: phrase(&erreur).into(),
            },
            Erreur::Base(_)
            | Erreur::Illisible(_)
            | Erreur::Desequilibre { .. }
            | Erreur::Fichier { .. }
            | Erreur::Classeur(_) => Self::interne(&erreur),
            _ => Self::Invalide {
                champs: vec![ErreurChamp::nouvelle(FORMULAIRE, phrase(&erreur))],
            },
        }
    }
}

/// Le champ qu'un refus désigne, à montrer dans le formulaire réaffiché.
///
/// # Errors
/// Rend l'erreur de page si ce n'est pas une saisie à corriger : panne, objet inconnu.
pub(super) fn du_champ(erreur: Erreur) -> Result<ErreurChamp, web::Erreur> {
    let champ = match &erreur {
        Erreur::DebiteurEnDouble => "matricule",
        Erreur::ReferenceEnDouble => "reference",
        Erreur::NatureDuRegime => "nature",
        Erreur::Dates(_) => "au",
        Erreur::PlusQueLeReste { .. } => "montant",
        Erreur::MotifManquant => "motif",
        _ => match web::Erreur::from(erreur) {
            web::Erreur::Invalide { champs } => {
                return champs.into_iter().next().ok_or(web::Erreur::NonTrouve);
            }
            autre => return Err(autre),
        },
    };
    Ok(ErreurChamp::nouvelle(champ, phrase(&erreur)))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn chaque_refus_a_son_etat() {
        let etat = |e: Erreur| web::Erreur::from(e).etat();
        assert_eq!(etat(Erreur::DossierInconnu), StatusCode::NOT_FOUND);
        assert_eq!(etat(Erreur::ReferenceEnDouble), StatusCode::CONFLICT);
        assert_eq!(etat(Erreur::MotifManquant), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(etat(Erreur::Illisible("date")), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn une_panne_ne_devient_pas_une_erreur_de_champ() {
        assert!(du_champ(Erreur::Illisible("date")).is_err());
        assert_eq!(du_champ(Erreur::ReferenceEnDouble).unwrap().champ, "reference");
    }

    #[test]
    fn une_phrase_porte_l_apostrophe_typographique() {
        let Ok(champ) = du_champ(Erreur::SansObjet("l'écriture n'est plus là")) else {
            panic!("un champ")
        };
        assert_eq!(champ.message, "CRE-026 : l’écriture n’est plus là");
    }
}
