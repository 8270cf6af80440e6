//! La page que lisent les gens : les anomalies d'un fichier, groupées par contrôle.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::norme::libelle_rubrique;
use crate::rubrique::Rubrique;

use super::{Anomalie, BilanControle, Gravite, liste};

/// Au-delà, un contrôle ne montre plus ses lignes : il les compte.
pub const DETAILS_PAR_CONTROLE: usize = 1_000;

/// Les anomalies d'un fichier, retenues jusqu'à une borne, pour en faire une page.
///
/// ```
/// let fichier = b"S10.G00.00.001,'PAIE'\n";
/// let mut rapport = dsn::Rapport::default();
/// let bilan = dsn::controler(&fichier[..], "janvier.dsn", |a| rapport.ajouter(a))?;
/// let page = dsn::rapport_html("janvier.dsn", &bilan, &rapport);
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// # Ok::<(), dsn::Erreur>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rapport {
    groupes: BTreeMap<(Gravite, &'static str), Groupe>,
}

#[derive(Clone, Debug, Default)]
struct Groupe {
    nombre: u64,
    details: Vec<Detail>,
}

#[derive(Clone, Debug)]
struct Detail {
    ligne: u64,
    rubrique: Option<Rubrique>,
    message: std::borrow::Cow<'static, str>,
}

impl Rapport {
    /// Retient une anomalie, ou la compte si son contrôle en a déjà assez.
    pub fn ajouter(&mut self, anomalie: Anomalie) {
        let groupe = self
            .groupes
            .entry((anomalie.gravite, anomalie.controle))
            .or_default();
        groupe.nombre += 1;
        if groupe.details.len() < DETAILS_PAR_CONTROLE {
            groupe.details.push(Detail {
                ligne: anomalie.ligne,
                rubrique: anomalie.rubrique,
                message: anomalie.message,
            });
        }
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark;--fond:#fff;--texte:#1b1b1b;--doux:#565656;--trait:#c9c9c9;--bande:#f4f4f1;--grave:#a4120b;--leger:#7a4b00;--lien:#0b4f8a}\
@media (prefers-color-scheme:dark){:root{--fond:#161616;--texte:#f2f2f2;--doux:#bdbdbd;--trait:#4a4a4a;--bande:#232323;--grave:#ff9d94;--leger:#ffc46b;--lien:#8ec8ff}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--fond);color:var(--texte);font:1rem/1.5 system-ui,sans-serif}\
main,header{max-width:70rem;margin:0 auto;padding:1rem}\
h1{font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}h2{font-size:1.2rem;margin:2rem 0 .5rem}\
a{color:var(--lien)}\
summary{padding:.75rem;background:var(--bande);border:1px solid var(--trait);cursor:pointer;overflow-wrap:anywhere}\
summary:focus-visible,a:focus-visible,.defile:focus-visible{outline:3px solid var(--lien);outline-offset:2px}\
details{margin:0 0 .75rem}details>div,details>p{margin:0;padding:.75rem}\
.mot{font-weight:700}.bloquant .mot{color:var(--grave)}.signalement .mot{color:var(--leger)}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{color:var(--doux)}dd{margin:0}\
.defile{overflow-x:auto;border:1px solid var(--trait);border-top:0}\
table{border-collapse:collapse;width:100%}caption{text-align:left;color:var(--doux);padding:.25rem 0}\
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--trait)}\
td.nombre,th.nombre{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
@media print{details>*{display:block}}";

/// La page d'un contrôle : complète par elle-même, sans script, claire ou sombre, lisible sur un téléphone.
///
/// Elle ne cite aucune valeur du fichier.
#[must_use]
pub fn rapport_html(fichier: &str, bilan: &BilanControle, rapport: &Rapport) -> String {
    let mut page = String::new();
    let nom = echapper(fichier);
    page.push_str("<!DOCTYPE html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    ecrire(
        &mut page,
        format_args!("<title>Contrôle de {nom}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"),
    );
    ecrire(&mut page, format_args!("<header>\n<h1>Contrôle de {nom}</h1>\n"));
    let verdict = match (bilan.bloquants, bilan.signalements) {
        (0, 0) => "Aucune anomalie.".to_owned(),
        (0, _) => "Rien ne bloque ce fichier ; des signalements sont à lire.".to_owned(),
        (n, _) => format!(
            "{} : le fichier est à corriger.",
            compter(n, "anomalie bloquante", "anomalies bloquantes")
        ),
    };
    ecrire(
        &mut page,
        format_args!("<p><strong>{verdict}</strong></p>\n<dl>\n"),
    );
    for (quoi, nombre) in [
        ("Lignes lues", bilan.lignes),
        ("Messages", bilan.messages),
        ("Déclarations", bilan.declarations),
        ("Anomalies bloquantes", bilan.bloquants),
        ("Signalements", bilan.signalements),
    ] {
        ecrire(
            &mut page,
            format_args!("<dt>{quoi}</dt><dd>{}</dd>\n", milliers(nombre)),
        );
    }
    page.push_str("</dl>\n</header>\n<main>\n");
    for (gravite, titre) in [
        (Gravite::Bloquant, "Anomalies bloquantes"),
        (Gravite::Signalement, "Signalements"),
    ] {
        let mut groupes: Vec<_> = rapport
            .groupes
            .iter()
            .filter(|((g, _), _)| *g == gravite)
            .collect();
        groupes.sort_by_key(|((_, nom), g)| (std::cmp::Reverse(g.nombre), *nom));
        if !groupes.is_empty() {
            ecrire(&mut page, format_args!("<h2>{titre}</h2>\n"));
        }
        for ((_, controle), groupe) in groupes {
            ecrire_groupe(&mut page, controle, gravite, groupe);
        }
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn ecrire_groupe(page: &mut String, controle: &str, gravite: Gravite, groupe: &Groupe) {
    let fiche = liste::chercher(controle);
    let mot = gravite.mot();
    ecrire(
        page,
        format_args!(
            "<details class=\"{mot}\">\n<summary><span class=\"mot\">{mot}</span> · {} · {}</summary>\n<p>Règle : {}</p>\n",
            echapper(controle),
            compter(groupe.nombre, "fois", "fois"),
            echapper(fiche.resume),
        ),
    );
    // Le message commun se dit une fois ; une colonne n'est là que s'ils diffèrent.
    let commun = groupe
        .details
        .first()
        .filter(|d| groupe.details.iter().all(|x| x.message == d.message));
    if let Some(detail) = commun {
        ecrire(page, format_args!("<p>{}</p>\n", echapper(&detail.message)));
    }
    ecrire(
        page,
        format_args!(
            "<div class=\"defile\" tabindex=\"0\" role=\"region\" aria-label=\"Lignes de {}\">\n<table>\n",
            echapper(controle)
        ),
    );
    let montrees = u64::try_from(groupe.details.len()).unwrap_or(u64::MAX);
    let legende = if montrees < groupe.nombre {
        format!(
            "Les {} premières sur {}.",
            milliers(montrees),
            milliers(groupe.nombre)
        )
    } else {
        format!("{}.", compter(montrees, "ligne", "lignes"))
    };
    ecrire(
        page,
        format_args!(
            "<caption>{legende}</caption>\n<thead><tr><th scope=\"col\" class=\"nombre\">Ligne</th><th scope=\"col\">Rubrique</th>\
         <th scope=\"col\">Libellé</th>{}</tr></thead>\n<tbody>\n",
            if commun.is_none() {
                "<th scope=\"col\">Message</th>"
            } else {
                ""
            }
        ),
    );
    for detail in &groupe.details {
        let rubrique = detail.rubrique.map_or_else(|| "–".to_owned(), |r| r.to_string());
        let libelle = detail.rubrique.and_then(libelle_rubrique).unwrap_or("–");
        let message = match commun {
            None => format!("<td>{}</td>", echapper(&detail.message)),
            Some(_) => String::new(),
        };
        ecrire(
            page,
            format_args!(
                "<tr><td class=\"nombre\">{}</td><td>{rubrique}</td><td>{}</td>{message}</tr>\n",
                milliers(detail.ligne),
                echapper(libelle)
            ),
        );
    }
    page.push_str("</tbody>\n</table>\n</div>\n</details>\n");
}

/// Écrit dans un texte, ce qui n'échoue pas.
fn ecrire(page: &mut String, morceau: std::fmt::Arguments<'_>) {
    let ecrit = page.write_fmt(morceau);
    debug_assert!(ecrit.is_ok());
}

fn echapper(texte: &str) -> String {
    let mut sortie = String::with_capacity(texte.len());
    for c in texte.chars() {
        match c {
            '&' => sortie.push_str("&amp;"),
            '<' => sortie.push_str("&lt;"),
            '>' => sortie.push_str("&gt;"),
            '"' => sortie.push_str("&quot;"),
            '\'' => sortie.push_str("&#39;"),
            c => sortie.push(c),
        }
    }
    sortie
}

fn compter(n: u64, un: &str, plusieurs: &str) -> String {
    let mot = if n < 2 { un } else { plusieurs };
    format!("{}\u{a0}{mot}", milliers(n))
}

/// Un nombre à la française : `1 234`, d'une espace fine insécable.
fn milliers(n: u64) -> String {
    let chiffres = n.to_string();
    let mut sortie = String::new();
    for (i, c) in chiffres.chars().enumerate() {
        if i > 0 && (chiffres.len() - i).is_multiple_of(3) {
            sortie.push('\u{202f}');
        }
        sortie.push(c);
    }
    sortie
}
