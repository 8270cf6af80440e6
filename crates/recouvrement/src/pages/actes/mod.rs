//! Les pages des actes : composer, la liste de la caisse, un acte et son suivi.

pub(super) mod acte;
pub(super) mod composer;
pub(super) mod liste;

use web::fragments::{Pastille, Ton, pastille};

use crate::actes::Avancement;

/// Où en est un acte, en couleur.
fn etat(etat: Avancement) -> Pastille {
    let ton = match etat {
        Avancement::AExpedier => Ton::Attention,
        Avancement::Remis => Ton::Info,
        Avancement::Recu => Ton::Positif,
        Avancement::NonReclame | Avancement::Revenu => Ton::Danger,
    };
    pastille(ton, etat.libelle())
}
