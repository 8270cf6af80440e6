//! Le dessin : où va chaque barre, chaque point, chaque mot. Tout est entier, en dixièmes d'unité.

use std::fmt;

use askama::Template;
use valeurs::Montant;

use super::{Serie, Trace, echelle::Echelle};
use crate::fragments::html::fragment;

/// Une place ou une longueur du dessin, en dixièmes d'unité ; s'écrit en unités, « 12.3 ».
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place(i64);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signe = if self.0 < 0 { "-" } else { "" };
        let absolu = self.0.unsigned_abs();
        match absolu % 10 {
            0 => write!(f, "{signe}{}", absolu / 10),
            dixieme => write!(f, "{signe}{}.{dixieme}", absolu / 10),
        }
    }
}

/// La largeur du dessin entier.
const LARGEUR: i64 = 7_600;
/// Ce que prennent à gauche les montants de l'axe.
const GAUCHE: i64 = 780;
const DROITE: i64 = LARGEUR - 100;
const HAUT: i64 = 100;
const BAS: i64 = 1_950;
/// Sous l'axe : la ligne des mois, puis chaque ligne de la légende.
const LIGNE_DES_MOIS: i64 = BAS + 170;
const LIGNE_DE_LEGENDE: i64 = 200;
/// La largeur d'une lettre, un peu plus que sa moyenne.
const LETTRE: i64 = 66;
/// Le carré de couleur d'une légende, et l'écart qui le suit.
const CLE: i64 = 240;
/// Une barre seule dans un grand dessin reste une barre.
const BARRE_MAX: i64 = 380;
/// Ce qui n'est pas nul se voit.
const BARRE_HAUTEUR_MIN: i64 = 10;
/// La demi-largeur d'un point de courbe.
const POINT: i64 = 36;

#[derive(Debug)]
struct Barre {
    x: Place,
    y: Place,
    largeur: Place,
    hauteur: Place,
    bulle: String,
}

/// Un point de courbe : son tracé fait sa forme.
#[derive(Debug)]
struct Point {
    trace: String,
    bulle: String,
}

/// Une série tracée.
#[derive(Debug)]
struct Trait {
    /// Sa couleur, de 1 à 4.
    couleur: usize,
    /// Son motif s'il est de barres, de 1 (plein) à 4.
    motif: usize,
    barres: Vec<Barre>,
    /// Les points de la courbe, « x,y x,y ».
    courbe: Option<String>,
    points: Vec<Point>,
    cle: Cle,
}

/// Une entrée de la légende.
#[derive(Debug)]
struct Cle {
    x: Place,
    y: Place,
    /// Le milieu de sa hauteur, celui du trait d'une courbe.
    milieu: Place,
    /// Le point qu'elle montre, pour une courbe.
    point: Option<String>,
    fin: Place,
    texte_x: Place,
    texte_y: Place,
    libelle: String,
}

#[derive(Debug)]
struct Repere {
    place: Place,
    texte: Place,
    libelle: String,
    zero: bool,
}

/// Un dessin calculé, prêt à écrire.
#[derive(Template, Debug)]
#[template(path = "fragments/graphique_svg.html")]
pub(super) struct Dessin {
    id: String,
    titre: String,
    description: String,
    table: Option<String>,
    papier: bool,
    largeur: Place,
    hauteur: Place,
    gauche: Place,
    droite: Place,
    reperes: Vec<Repere>,
    mois: Vec<Repere>,
    ligne_des_mois: Place,
    /// Les barres d'abord : les courbes passent devant.
    traits: Vec<Trait>,
}

impl Dessin {
    pub(super) fn nouveau(id: &str, titre: &str, mois: &[String], series: &[Serie]) -> Self {
        let echelle = Echelle::pour(series.iter().flat_map(|s| s.valeurs.iter().copied()));
        let cadre = Cadre::nouveau(echelle, mois, series);
        let (cles, hauteur) = legende(series);
        let mut traits: Vec<Trait> = series
            .iter()
            .zip(cles)
            .enumerate()
            .map(|(rang, (serie, cle))| cadre.tracer(series, rang, serie, cle))
            .collect();
        traits.sort_by_key(|t| t.barres.is_empty());
        Self {
            id: id.to_owned(),
            titre: titre.to_owned(),
            description: description(mois, series),
            table: None,
            papier: false,
            largeur: Place(LARGEUR),
            hauteur: Place(hauteur),
            gauche: Place(GAUCHE),
            droite: Place(DROITE),
            reperes: echelle
                .graduations()
                .into_iter()
                .map(|(centimes, libelle)| {
                    let place = cadre.y(centimes);
                    Repere {
                        place: Place(place),
                        texte: Place(place + 40),
                        libelle,
                        zero: centimes == 0,
                    }
                })
                .collect(),
            mois: cadre.mois_ecrits(mois),
            ligne_des_mois: Place(LIGNE_DES_MOIS),
            traits,
        }
    }

    /// La table de cet `id` dit les mêmes chiffres.
    pub(super) fn decrit_par(self, table: String) -> Self {
        Self {
            table: Some(table),
            ..self
        }
    }

    /// Seul dans un fichier, avec ses couleurs.
    pub(super) fn sur_papier(self) -> Self {
        Self { papier: true, ..self }
    }
}

/// Ce qui place les valeurs.
struct Cadre<'a> {
    echelle: Echelle,
    mois: &'a [String],
    /// La largeur d'un mois.
    pas: i64,
    /// La largeur d'une barre.
    barre: i64,
    /// Le nombre de séries de barres.
    barres: i64,
}

impl<'a> Cadre<'a> {
    fn nouveau(echelle: Echelle, mois: &'a [String], series: &[Serie]) -> Self {
        let pas = (DROITE - GAUCHE) / entier(mois.len()).max(1);
        let barres = entier(series.iter().filter(|s| s.trace == Trace::Barres).count());
        // Un quart du mois reste vide, pour que les mois se distinguent.
        let barre = (pas * 3 / 4 / barres.max(1)).min(BARRE_MAX);
        Self {
            echelle,
            mois,
            pas,
            barre,
            barres,
        }
    }

    fn y(&self, centimes: i128) -> i64 {
        HAUT + self.echelle.depuis_le_haut(centimes, BAS - HAUT)
    }

    /// Le milieu d'un mois.
    fn x(&self, rang: usize) -> i64 {
        GAUCHE + self.pas * entier(rang) + self.pas / 2
    }

    /// Les mois dont le nom tient : tous, ou un sur deux, sur trois…
    fn mois_ecrits(&self, mois: &[String]) -> Vec<Repere> {
        let lettres = mois.iter().map(|m| m.chars().count()).max().unwrap_or(0);
        let largeur = (entier(lettres) + 1) * LETTRE;
        let un_sur = usize::try_from(largeur / self.pas.max(1) + 1).unwrap_or(1);
        mois.iter()
            .enumerate()
            .step_by(un_sur)
            .map(|(rang, libelle)| Repere {
                place: Place(self.x(rang)),
                texte: Place(self.x(rang)),
                libelle: libelle.clone(),
                zero: false,
            })
            .collect()
    }

    fn tracer(&self, series: &[Serie], rang: usize, serie: &Serie, cle: Cle) -> Trait {
        let semblables = series[..rang].iter().filter(|s| s.trace == serie.trace).count();
        let mut trait_ = Trait {
            couleur: rang + 1,
            motif: semblables + 1,
            barres: Vec::new(),
            courbe: None,
            points: Vec::new(),
            cle,
        };
        match serie.trace {
            Trace::Barres => trait_.barres = self.barres(semblables, serie),
            Trace::Ligne => {
                let sommets = serie
                    .valeurs
                    .iter()
                    .enumerate()
                    .map(|(m, v)| (self.x(m), self.y(v.centimes().into())));
                let sommets: Vec<_> = sommets.collect();
                trait_.points = sommets
                    .iter()
                    .zip(&serie.valeurs)
                    .enumerate()
                    .map(|(m, (&(x, y), valeur))| Point {
                        trace: forme(semblables, x, y),
                        bulle: bulle(serie, &self.mois[m], *valeur),
                    })
                    .collect();
                let sommets = sommets.iter().map(|&(x, y)| format!("{},{}", Place(x), Place(y)));
                trait_.courbe = Some(sommets.collect::<Vec<_>>().join(" "));
                trait_.cle.point = Some(forme(
                    semblables,
                    (trait_.cle.x.0 + trait_.cle.fin.0) / 2,
                    trait_.cle.milieu.0,
                ));
            }
        }
        trait_
    }

    fn barres(&self, semblables: usize, serie: &Serie) -> Vec<Barre> {
        let zero = self.y(0);
        serie
            .valeurs
            .iter()
            .enumerate()
            .filter(|(_, valeur)| !valeur.est_nul())
            .map(|(m, valeur)| {
                let y = self.y(valeur.centimes().into());
                let hauteur = (zero - y).abs().max(BARRE_HAUTEUR_MIN);
                let groupe = self.x(m) - self.barre * self.barres / 2;
                Barre {
                    x: Place(groupe + self.barre * entier(semblables)),
                    y: Place(if valeur.est_negatif() {
                        zero
                    } else {
                        zero - hauteur
                    }),
                    // Un filet de jour entre deux barres voisines.
                    largeur: Place((self.barre - 10).max(10)),
                    hauteur: Place(hauteur),
                    bulle: bulle(serie, &self.mois[m], *valeur),
                }
            })
            .collect()
    }
}

fn bulle(serie: &Serie, mois: &str, valeur: Montant) -> String {
    format!("{}, {mois} : {valeur}", serie.libelle)
}

/// Rond, losange, carré, triangle : un point se reconnaît sans sa couleur.
fn forme(rang: usize, x: i64, y: i64) -> String {
    let p = |x: i64, y: i64| format!("{} {}", Place(x), Place(y));
    let r = Place(POINT);
    match rang % 4 {
        0 => format!(
            "M{}L{}L{}L{}Z",
            p(x - POINT - 8, y),
            p(x, y - POINT - 8),
            p(x + POINT + 8, y),
            p(x, y + POINT + 8)
        ),
        1 => format!(
            "M{}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0 -{} 0Z",
            p(x - POINT, y),
            Place(2 * POINT),
            Place(2 * POINT)
        ),
        2 => format!(
            "M{}h{}v{}h-{}Z",
            p(x - POINT, y - POINT),
            Place(2 * POINT),
            Place(2 * POINT),
            Place(2 * POINT)
        ),
        _ => format!(
            "M{}L{}L{}Z",
            p(x, y - POINT - 8),
            p(x + POINT + 8, y + POINT),
            p(x - POINT - 8, y + POINT)
        ),
    }
}

/// Les entrées de la légende, et la hauteur du dessin qu'elles achèvent.
fn legende(series: &[Serie]) -> (Vec<Cle>, i64) {
    let (mut x, mut y) = (GAUCHE, LIGNE_DES_MOIS + LIGNE_DE_LEGENDE);
    let cles = series
        .iter()
        .map(|serie| {
            let largeur = CLE + (entier(serie.libelle.chars().count()) + 3) * LETTRE;
            if x > GAUCHE && x + largeur > DROITE {
                (x, y) = (GAUCHE, y + LIGNE_DE_LEGENDE);
            }
            let cle = Cle {
                x: Place(x),
                y: Place(y - 95),
                milieu: Place(y - 42),
                point: None,
                fin: Place(x + CLE - 60),
                texte_x: Place(x + CLE),
                texte_y: Place(y),
                libelle: serie.libelle.clone(),
            };
            x += largeur;
            cle
        })
        .collect();
    (cles, y + 60)
}

/// Ce que le dessin dit à qui ne le voit pas ; chaque chiffre est dans la table.
fn description(mois: &[String], series: &[Serie]) -> String {
    let (Some(premier), Some(dernier)) = (mois.first(), mois.last()) else {
        return "Aucun mois.".to_owned();
    };
    let periode = if mois.len() == 1 {
        format!("{premier}.")
    } else {
        format!("De {premier} à {dernier}, mois par mois.")
    };
    let series = series.iter().map(|serie| {
        let extreme = |choisi: Option<(usize, &Montant)>| {
            choisi.map(|(rang, valeur)| format!("{valeur} ({})", mois[rang]))
        };
        let valeurs = || serie.valeurs.iter().enumerate();
        let min = extreme(valeurs().min_by_key(|(_, v)| **v));
        let max = extreme(valeurs().rev().max_by_key(|(_, v)| **v));
        match (min, max) {
            (Some(min), Some(max)) if min == max => format!(" {} : {max}.", serie.libelle),
            (Some(min), Some(max)) => format!(" {} : de {min} à {max}.", serie.libelle),
            _ => format!(" {} : rien.", serie.libelle),
        }
    });
    periode + &series.collect::<String>()
}

fn entier(nombre: usize) -> i64 {
    i64::try_from(nombre).unwrap_or(i64::MAX)
}

fragment!(Dessin);
