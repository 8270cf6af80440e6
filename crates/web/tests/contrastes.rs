//! Les contrastes de la feuille de style, calculés sur ses jetons (WCAG 2.2, critères 1.4.3 et 1.4.11).
#![expect(
    clippy::float_arithmetic,
    reason = "la luminance relative de WCAG est une formule à virgule"
)]

use std::collections::HashMap;

const STYLE: &str = include_str!("../assets/style.css");

const TEXTE: f64 = 4.5;
const DESSIN: f64 = 3.0;

/// Encre, fond, contraste exigé.
const PAIRES: &[(&str, &[&str], f64)] = &[
    (
        "encre",
        &[
            "papier",
            "surface",
            "creux",
            "vert-doux",
            "danger-doux",
            "attention-doux",
            "info-doux",
        ],
        TEXTE,
    ),
    ("encre-douce", &["papier", "surface", "creux", "vert-doux"], TEXTE),
    ("vert", &["papier", "surface", "creux", "vert-doux"], TEXTE),
    ("vert-fort", &["papier", "surface", "creux", "vert-doux"], TEXTE),
    ("terre", &["surface"], TEXTE),
    (
        "danger",
        &["papier", "surface", "creux", "vert-doux", "danger-doux"],
        TEXTE,
    ),
    ("attention", &["attention-doux"], TEXTE),
    ("info", &["info-doux"], TEXTE),
    ("bouton-encre", &["bouton", "bouton-survol"], TEXTE),
    ("bandeau-encre", &["bandeau", "bandeau-creux"], TEXTE),
    ("bandeau-douce", &["bandeau", "bandeau-creux"], TEXTE),
    ("filet-fort", &["papier", "surface", "creux"], DESSIN),
    ("bandeau-filet", &["bandeau"], DESSIN),
    ("anneau", &["papier", "surface", "creux", "vert-doux"], DESSIN),
    ("anneau-bandeau", &["bandeau", "bandeau-creux"], DESSIN),
    ("age-1", &["surface", "papier"], DESSIN),
    ("age-2", &["surface", "papier"], DESSIN),
    ("age-3", &["surface", "papier"], DESSIN),
    ("age-4", &["surface", "papier"], DESSIN),
    ("serie-1", &["surface", "papier"], DESSIN),
    ("serie-2", &["surface", "papier"], DESSIN),
    ("serie-3", &["surface", "papier"], DESSIN),
    ("serie-4", &["surface", "papier"], DESSIN),
];

type Jetons = HashMap<&'static str, [u8; 3]>;

/// Les jetons de couleur d'un bloc `:root`.
fn jetons(bloc: &'static str) -> Jetons {
    bloc.lines()
        .filter_map(|ligne| {
            let (nom, valeur) = ligne.trim().strip_prefix("--")?.split_once(": #")?;
            let valeur = valeur.strip_suffix(';')?;
            let octet = |rang: usize| u8::from_str_radix(valeur.get(rang..rang + 2)?, 16).ok();
            Some((nom, [octet(0)?, octet(2)?, octet(4)?]))
        })
        .collect()
}

/// Les jetons du thème clair, et ceux du sombre.
fn themes() -> (Jetons, Jetons) {
    STYLE
        .split_once("@media (prefers-color-scheme: dark)")
        .and_then(|(clair, suite)| Some((jetons(clair), jetons(suite.split_once("/* Les bases.")?.0))))
        .expect("la feuille commence par les jetons des deux thèmes, puis ses bases")
}

fn luminance(couleur: [u8; 3]) -> f64 {
    let canal = |octet: u8| {
        let valeur = f64::from(octet) / 255.0;
        if valeur <= 0.040_45 {
            valeur / 12.92
        } else {
            ((valeur + 0.055) / 1.055).powf(2.4)
        }
    };
    let [rouge, vert, bleu] = couleur.map(canal);
    0.2126 * rouge + 0.7152 * vert + 0.0722 * bleu
}

fn contraste(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn la_formule_donne_vingt_et_un_pour_noir_sur_blanc() {
    assert!((contraste([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
}

#[test]
fn chaque_encre_se_lit_sur_chacun_de_ses_fonds_dans_les_deux_themes() {
    let mut defauts = Vec::new();
    let (clair, sombre) = themes();
    for (theme, jetons) in [("clair", clair), ("sombre", sombre)] {
        for (encre, fonds, exige) in PAIRES {
            for fond in *fonds {
                let mesure = contraste(jetons[encre], jetons[fond]);
                if mesure < *exige {
                    defauts.push(format!(
                        "{theme} : --{encre} sur --{fond} : {mesure:.2} < {exige}"
                    ));
                }
            }
        }
    }
    assert_eq!(defauts, Vec::<String>::new());
}

#[test]
fn les_deux_themes_disent_les_memes_couleurs() {
    let (clair, sombre) = themes();
    let noms = |jetons: Jetons| jetons.into_keys().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(noms(clair), noms(sombre));
}
