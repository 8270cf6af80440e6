//! Le graphique par mois : des barres et des courbes de montants, avec leur table.

mod dessin;
mod echelle;

use std::fmt::Display;

use askama::Template;
use valeurs::Montant;

use self::dessin::Dessin;
use super::{Html, MontantAffiche, html::fragment, montant};

/// Au-delà de trois ans, les mois ne se distinguent plus : les plus anciens ne sont pas montrés.
const MOIS_MAX: usize = 36;

/// Les couleurs et les motifs sont au nombre de quatre : une série de plus ne se reconnaîtrait pas.
const SERIES_MAX: usize = 4;

/// Comment une série se trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Trace {
    Barres,
    Ligne,
}

/// Une suite de montants, un par mois.
#[derive(Clone, Debug)]
pub struct Serie {
    libelle: String,
    valeurs: Vec<Montant>,
    trace: Trace,
}

impl Serie {
    /// Des barres, côte à côte avec celles des autres séries : la première est pleine, les suivantes portent
    /// chacune leur motif.
    #[must_use]
    pub fn barres(libelle: impl Display, valeurs: Vec<Montant>) -> Self {
        Self {
            libelle: libelle.to_string(),
            valeurs,
            trace: Trace::Barres,
        }
    }

    /// Une courbe, devant les barres : chacune a la forme de ses points.
    #[must_use]
    pub fn ligne(libelle: impl Display, valeurs: Vec<Montant>) -> Self {
        Self {
            trace: Trace::Ligne,
            ..Self::barres(libelle, valeurs)
        }
    }
}

/// Un graphique : de 1 à 36 mois, de 1 à 4 séries. Une série plus courte que les mois s'arrête avant.
///
/// ```
/// use valeurs::Montant;
/// use web::fragments::{Graphique, Serie};
///
/// let graphique = Graphique::nouveau("tendance", "Déclaré et encaissé", ["janv. 26", "févr. 26"])
///     .serie(Serie::barres("Déclaré", vec![Montant::de_centimes(1_234_56), Montant::ZERO]))
///     .serie(Serie::ligne("Encaissé", vec![Montant::de_centimes(1_000_00)]));
/// assert!(graphique.svg().starts_with("<svg"));
/// assert!(graphique.html().to_string().starts_with("<figure"));
/// ```
#[derive(Clone, Debug)]
pub struct Graphique {
    id: String,
    titre: String,
    mois: Vec<String>,
    series: Vec<Serie>,
    table: Option<String>,
}

impl Graphique {
    /// Un graphique sans série. `id` est unique dans la page (lettres, chiffres, tirets) ; les mois sont déjà
    /// écrits pour être lus, courts (« janv. 26 »).
    #[must_use]
    pub fn nouveau(
        id: impl Display,
        titre: impl Display,
        mois: impl IntoIterator<Item = impl Display>,
    ) -> Self {
        Self {
            id: id.to_string(),
            titre: titre.to_string(),
            mois: mois.into_iter().map(|mois| mois.to_string()).collect(),
            series: Vec::new(),
            table: None,
        }
    }

    /// Une série de plus ; la cinquième et les suivantes ne sont pas montrées.
    #[must_use]
    pub fn serie(mut self, serie: Serie) -> Self {
        if self.series.len() < SERIES_MAX {
            self.series.push(serie);
        }
        self
    }

    /// La page a déjà une table de ces chiffres, de cet `id` : le graphique y renvoie au lieu d'en donner une.
    #[must_use]
    pub fn decrit_par(self, table: impl Display) -> Self {
        Self {
            table: Some(table.to_string()),
            ..self
        }
    }

    /// Pour l'écran : la figure, ses couleurs prises à la feuille de style, et sa table pliée dessous.
    #[must_use]
    pub fn html(&self) -> Html {
        let (mois, series) = self.montres();
        let lignes = mois
            .iter()
            .enumerate()
            .map(|(rang, mois)| {
                let valeurs = series
                    .iter()
                    .map(|serie| (serie.libelle.clone(), serie.valeurs.get(rang).map(montant)));
                (mois.clone(), valeurs.collect())
            })
            .collect();
        Figure {
            titre: self.titre.clone(),
            dessin: Dessin::nouveau(&self.id, &self.titre, mois, &series)
                .decrit_par(self.table.clone().unwrap_or_else(|| format!("{}-table", self.id))),
            table: self.table.is_none().then(|| Table {
                id: format!("{}-table", self.id),
                series: series.iter().map(|serie| serie.libelle.clone()).collect(),
                lignes,
            }),
        }
        .into()
    }

    /// Pour le papier : le dessin seul, ses couleurs écrites.
    #[must_use]
    pub fn svg(&self) -> String {
        let (mois, series) = self.montres();
        Html::from(Dessin::nouveau(&self.id, &self.titre, mois, &series).sur_papier()).to_string()
    }

    /// Les mois les plus récents, et les séries coupées comme eux.
    fn montres(&self) -> (&[String], Vec<Serie>) {
        let debut = self.mois.len().saturating_sub(MOIS_MAX);
        let series = self.series.iter().map(|serie| Serie {
            valeurs: serie
                .valeurs
                .iter()
                .copied()
                .take(self.mois.len())
                .skip(debut)
                .collect(),
            ..serie.clone()
        });
        (&self.mois[debut..], series.collect())
    }
}

#[derive(Template)]
#[template(path = "fragments/graphique.html")]
struct Figure {
    titre: String,
    dessin: Dessin,
    table: Option<Table>,
}

struct Table {
    id: String,
    series: Vec<String>,
    lignes: Vec<LigneDeTable>,
}

/// Un mois, et pour chaque série son nom et sa valeur.
type LigneDeTable = (String, Vec<(String, Option<MontantAffiche>)>);

fragment!(Figure);

#[cfg(test)]
mod tests;
