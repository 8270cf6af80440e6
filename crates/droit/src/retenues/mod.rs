//! Ce qu’un mois laisse prendre à un débiteur, et ce qu’il lui laisse.

mod lecture;
mod palier;
mod prestations;
mod remuneration;

#[cfg(test)]
mod tests;

pub(crate) use self::lecture::Retenues;
pub use self::{
    lecture::BaremeDonne,
    palier::Palier,
    prestations::{Assiette, Foyer, Fraude, MontantsRetenue, Retenue, retenue_sur_prestations},
    remuneration::{GenreRevenu, Quotite, Remuneration, quotite_saisissable},
};
use crate::{Article, Erreur, majorations::Etape};

/// L’explication en cours d’un calcul.
struct Pas(Vec<Etape>);

impl Pas {
    /// Un pas qui n’ajoute rien au total.
    fn dire(&mut self, phrase: String, articles: &'static [Article]) {
        self.ajouter(phrase, articles, None);
    }

    fn ajouter(&mut self, phrase: String, articles: &'static [Article], montant: Option<valeurs::Montant>) {
        self.0.push(Etape {
            phrase,
            articles,
            montant,
        });
    }
}

/// Refuse une somme négative, en la nommant.
fn positif(quoi: &'static str, montant: valeurs::Montant) -> Result<(), Erreur> {
    if montant.est_negatif() {
        return Err(Erreur::SommeNegative { quoi });
    }
    Ok(())
}
