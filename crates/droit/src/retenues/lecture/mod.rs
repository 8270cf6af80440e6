//! Les barèmes datés des retenues (`regles/retenues.toml`).

mod prestations;
mod remuneration;

use serde::Deserialize;

pub use self::prestations::BaremeDonne;
pub(super) use self::{
    prestations::{BaremePrestations, RegleAssiette, RegleFraude, ReglePrestations},
    remuneration::{BaremeRemuneration, RegleRemuneration},
};
use super::palier::Fraction;
use crate::{
    ErreurDonnees,
    article::Extrait,
    vigueur::{Vigueur, verifier_suite},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    remuneration: remuneration::RemunerationLue,
    prestations: prestations::PrestationsLues,
}

/// Toutes les règles de retenue.
#[derive(Debug)]
pub(crate) struct Retenues {
    pub(super) remuneration: RegleRemuneration,
    pub(super) prestations: ReglePrestations,
}

impl Retenues {
    pub(crate) fn lire(texte: &str, extrait: &Extrait) -> Result<Self, ErreurDonnees> {
        let fichier: Fichier =
            toml::from_str(texte).map_err(|source| ErreurDonnees::illisible("retenues", &source))?;
        Ok(Self {
            remuneration: fichier.remuneration.fonder(extrait)?,
            prestations: fichier.prestations.fonder(extrait)?,
        })
    }
}

fn fausse(code: &str, valeur: &str) -> ErreurDonnees {
    ErreurDonnees::ValeurFausse {
        code: code.to_owned(),
        valeur: valeur.to_owned(),
    }
}

/// Des parts entre rien et le tout, qui croissent : sans quoi gagner plus pourrait faire prendre moins.
fn verifier_fractions(code: &str, fractions: &[Fraction]) -> Result<(), ErreurDonnees> {
    let croissent = fractions.is_sorted_by(|basse, haute| haute.depasse(*basse));
    if fractions.is_empty() || !croissent || fractions.iter().any(|fraction| !fraction.est_une_part()) {
        return Err(fausse(code, "des fractions croissantes, de rien à la totalité"));
    }
    Ok(())
}

fn suite(regle: &str, vigueurs: impl Iterator<Item = Vigueur>) -> Result<(), ErreurDonnees> {
    verifier_suite(regle, &mut vigueurs.collect::<Vec<_>>())
}
