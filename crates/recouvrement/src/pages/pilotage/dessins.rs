//! Les graphiques du pilotage ; chacun a sa table dans la page.

use valeurs::Montant;
use web::fragments::{self, Anciennete, Graphique, Html, Serie, TonTranche, Tranche};

use crate::Erreur;
use crate::pilotage::{Age, Cohorte, DELAIS, Pilotage};

/// Les couleurs d'un graphique sont quatre : au-delà, les courbes ne se distinguent plus.
const COURBES_MAX: usize = 4;

/// L'émis de chaque année et ce qu'il est devenu.
pub(super) fn annees(pilotage: &Pilotage) -> Result<Html, Erreur> {
    let cohortes = || pilotage.annees.values();
    let encaisse: Result<Vec<Montant>, _> = cohortes().map(Cohorte::encaisse).collect();
    Ok(Graphique::nouveau(
        "graphique-annees",
        "Émis, encaissé, reste dû et non-valeurs, par année d’émission",
        pilotage.annees.keys(),
    )
    .serie(Serie::barres("Émis", cohortes().map(|c| c.emis).collect()))
    .serie(Serie::barres("Encaissé", encaisse?))
    .serie(Serie::barres("Reste dû", cohortes().map(|c| c.reste).collect()))
    .serie(Serie::barres(
        "Non-valeur",
        cohortes().map(|c| c.non_valeur).collect(),
    ))
    .decrit_par("annees")
    .html())
}

/// L'encaissé des dernières années, à mesure que l'échéance s'éloigne.
pub(super) fn courbes(pilotage: &Pilotage) -> Result<Html, Erreur> {
    let mut graphique = Graphique::nouveau(
        "graphique-courbes",
        "Encaissé après l’échéance, par année d’émission",
        DELAIS.map(|mois| format!("{mois} mois")),
    )
    .decrit_par("courbes");
    let passees = pilotage.annees.len().saturating_sub(COURBES_MAX);
    for (annee, cohorte) in pilotage.annees.iter().skip(passees) {
        let points: Result<Vec<Montant>, _> = (0..DELAIS.len())
            .map(|rang| cohorte.encaisse_dans(rang))
            .collect();
        graphique = graphique.serie(Serie::ligne(annee, points?));
    }
    Ok(graphique.html())
}

/// Depuis quand ce qui reste attend.
pub(super) fn ancien(pilotage: &Pilotage) -> Anciennete {
    let tranches: Vec<Tranche> = Age::TOUS
        .into_iter()
        .zip(pilotage.ages)
        .map(|(age, (lignes, montant))| Tranche {
            libelle: age.libelle().to_owned(),
            ton: match age {
                Age::NonEchue | Age::Jusqua30 => TonTranche::Frais,
                Age::De31A90 | Age::De91A180 => TonTranche::Moyen,
                Age::De181A365 => TonTranche::Vieux,
                Age::PlusDUnAn | Age::PlusDeDeuxAns => TonTranche::Ancien,
            },
            montant,
            lignes,
        })
        .collect();
    fragments::anciennete("Ancienneté de ce qui reste dû", &tranches)
}
