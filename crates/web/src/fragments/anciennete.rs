//! La barre d'ancienneté : ce qui attend, par âge.

use std::fmt::Display;

use askama::Template;
use valeurs::Montant;

use super::{MontantAffiche, html::fragment, milliers, montant};

/// La largeur de la barre, en unités du dessin.
const LARGEUR: i128 = 1_000;

/// La plus petite largeur d'une tranche qui n'est pas nulle : elle doit se voir.
const LARGEUR_MIN: i128 = 4;

/// L'âge d'une tranche, du plus frais au plus ancien.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TonTranche {
    /// Dans les temps.
    Frais,
    /// À suivre.
    Moyen,
    /// En retard.
    Vieux,
    /// Très en retard.
    Ancien,
}

impl TonTranche {
    const fn classe(self) -> &'static str {
        match self {
            Self::Frais => "age-1",
            Self::Moyen => "age-2",
            Self::Vieux => "age-3",
            Self::Ancien => "age-4",
        }
    }
}

/// Une tranche d'âge et ce qui s'y trouve.
#[derive(Clone, Debug)]
pub struct Tranche {
    /// Son nom, « moins de 30 jours ».
    pub libelle: String,
    /// Sa couleur.
    pub ton: TonTranche,
    /// Sa somme ; une somme négative compte pour rien dans le dessin.
    pub montant: Montant,
    /// Le nombre de lignes.
    pub lignes: u64,
}

#[derive(Clone, Debug)]
struct Dessin {
    libelle: String,
    ton: TonTranche,
    montant: MontantAffiche,
    lignes: String,
    pluriel: bool,
    debut: i128,
    largeur: i128,
}

/// Une barre dont chaque part est proportionnelle à sa somme, avec sa légende en texte.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/anciennete.html")]
pub struct Anciennete {
    titre: String,
    tranches: Vec<Dessin>,
}

/// La barre de ces tranches, dans l'ordre ; `titre` la nomme (« Ancienneté des recettes à classer »).
#[must_use]
pub fn anciennete(titre: impl Display, tranches: &[Tranche]) -> Anciennete {
    let poids = |tranche: &Tranche| i128::from(tranche.montant.centimes().max(0));
    let total: i128 = tranches.iter().map(poids).sum();
    let mut cumul = 0;
    let mut debut = 0;
    let tranches = tranches
        .iter()
        .map(|tranche| {
            cumul += poids(tranche);
            let fin = if total == 0 { 0 } else { cumul * LARGEUR / total };
            let visible = if poids(tranche) > 0 { LARGEUR_MIN } else { 0 };
            let largeur = (fin - debut).max(visible);
            let dessin = Dessin {
                libelle: tranche.libelle.clone(),
                ton: tranche.ton,
                montant: montant(tranche.montant),
                lignes: milliers(tranche.lignes),
                pluriel: tranche.lignes > 1,
                debut,
                largeur,
            };
            debut += largeur;
            dessin
        })
        .collect();
    Anciennete {
        titre: titre.to_string(),
        tranches,
    }
}

fragment!(Anciennete);
