//! `cargo xtask norme` : les tables de la norme DSN, des CSV de `crates/dsn/norme` à `crates/dsn/src/norme/tables.rs`.

mod automate;
mod csv;
mod ecriture;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use csv::Table;

/// Un bloc, et ses rubriques dans l'ordre.
pub(crate) struct Bloc {
    pub(crate) code: String,
    pub(crate) libelle: String,
    pub(crate) parent: Option<usize>,
    pub(crate) min: u8,
    pub(crate) max: Option<u8>,
    pub(crate) rubriques: Vec<Rubrique>,
}

/// Une rubrique.
pub(crate) struct Rubrique {
    pub(crate) code: String,
    pub(crate) libelle: String,
    pub(crate) longueur: (u16, u16),
    pub(crate) nature: &'static str,
    pub(crate) expression: Option<String>,
    pub(crate) codes: Vec<Code>,
}

/// Un code d'une énumération.
pub(crate) struct Code {
    pub(crate) code: String,
    pub(crate) libelle: String,
    pub(crate) msa: bool,
}

/// Tout ce que les fichiers disent.
pub(crate) struct Norme {
    pub(crate) blocs: Vec<Bloc>,
    pub(crate) messages: BTreeMap<String, String>,
    pub(crate) caisses: BTreeMap<String, String>,
}

/// La valeur la plus longue d'une ligne de 256 caractères.
const LONGUEUR_MAXIMALE: u16 = 239;
/// Les blocs qui suivent l'arbre du cahier technique, dans l'ordre.
const RACINES: [&str; 3] = ["S10.G00.00", "S20.G00.05", "S90.G00.90"];

fn racine() -> PathBuf {
    let ici = Path::new(env!("CARGO_MANIFEST_DIR"));
    ici.parent().unwrap_or(ici).join("crates/dsn")
}

/// Récrit les tables.
pub(crate) fn lancer() -> Result<()> {
    let sortie = racine().join("src/norme/tables.rs");
    let tables = generer(&racine().join("norme"))?;
    std::fs::write(&sortie, tables).with_context(|| sortie.display().to_string())?;
    eprintln!("xtask : {} est récrit", sortie.display());
    Ok(())
}

/// Le texte des tables.
fn generer(dossier: &Path) -> Result<String> {
    ecriture::ecrire(&lire(dossier)?)
}

fn lire(dossier: &Path) -> Result<Norme> {
    let table = |nom: &str| Table::lire(&dossier.join(nom));
    let ecarts = Ecarts::lire(&table("ecarts.csv")?)?;
    let msa: BTreeSet<(String, String)> = table("codes_MSA_CT2026.csv")?
        .lignes(["rubrique", "code"])?
        .map(|[r, c]| (r, c))
        .collect();
    let mut enumerations: BTreeMap<String, Vec<Code>> = BTreeMap::new();
    for [rubrique, code, libelle] in
        table("enumerations_P26V01.csv")?.lignes(["rubrique", "code", "libelle"])?
    {
        let msa = msa.contains(&(rubrique.clone(), code.clone()));
        enumerations.entry(rubrique).or_default().push(Code {
            libelle: propre(&libelle),
            code,
            msa,
        });
    }
    let portail = table("portail.csv")?;
    let mut blocs = arbre(dossier, &ecarts, &portail)?;
    remplir(dossier, &ecarts, &mut enumerations, &mut blocs)?;
    for [code, bloc, libelle] in portail.lignes(["code", "bloc", "libelle"])? {
        let bloc = blocs.iter_mut().find(|b| b.code == bloc).context(bloc)?;
        bloc.rubriques.push(Rubrique {
            code,
            libelle,
            longueur: (1, LONGUEUR_MAXIMALE),
            nature: "Alphanumerique",
            expression: None,
            codes: Vec::new(),
        });
    }
    let messages = table("controles_CT2024_officiel.csv")?
        .lignes(["nom", "message"])?
        .filter(|[nom, _]| !nom.is_empty())
        .map(|[nom, message]| (nom_de_controle(&nom), propre(&message)))
        .collect();
    let caisses = table("msa_caisses.csv")?
        .lignes(["code_dsn", "nom"])?
        .map(|[code, nom]| (code, nom))
        .collect();
    Ok(Norme {
        blocs,
        messages,
        caisses,
    })
}

/// Les blocs, parents compris, dans l'ordre d'un fichier.
fn arbre(dossier: &Path, ecarts: &Ecarts, portail: &Table) -> Result<Vec<Bloc>> {
    // Code, libellé, parent, cardinalités.
    let mut lignes: Vec<[String; 5]> = Vec::new();
    let rubriques = Table::lire(&dossier.join("rubriques_P26V01.csv"))?;
    let connus: Vec<[String; 3]> = rubriques.lignes(["bloc", "bloc_nom", "bloc_parent"])?.collect();
    let mut ajouter = |code: &str, libelle: &str, parent: &str, min: &str, max: &str| {
        if !lignes.iter().any(|l| l[0] == code) {
            lignes.push([code, libelle, parent, min, max].map(str::to_owned));
        }
    };
    let officiel = Table::lire(&dossier.join("arborescence_mensuelle_CT2024_officiel.csv"))?;
    let officiel: Vec<[String; 5]> = officiel
        .lignes(["bloc", "nom", "parent", "min", "max"])?
        .collect();
    for racine in RACINES {
        let libelle = connus
            .iter()
            .find(|[b, ..]| b == racine)
            .map_or("", |[_, nom, _]| nom);
        ajouter(racine, libelle, "", "0", "*");
        let section = |bloc: &str| bloc < "S20" || racine == "S20.G00.05";
        for [code, libelle, parent, min, max] in &officiel {
            if (racine != "S90.G00.90")
                && section(code)
                && (code < &"S20".to_owned()) == (racine == "S10.G00.00")
            {
                ajouter(code, libelle, parent, min, max);
            }
        }
        // Un bloc que l'arborescence n'a pas suit ceux de sa racine.
        for [code, libelle, parent] in connus.iter().filter(|[_, _, p]| !p.is_empty()) {
            if (code < &"S20".to_owned()) == (racine == "S10.G00.00") && racine != "S90.G00.90" {
                ajouter(code, libelle, parent, "0", "*");
            }
        }
    }
    for [bloc, libelle, avant, parent] in portail.lignes(["bloc", "bloc_nom", "avant", "bloc_parent"])? {
        if lignes.iter().any(|l| l[0] == bloc) {
            continue;
        }
        let place = lignes.iter().position(|l| l[0] == avant).unwrap_or(lignes.len());
        lignes.insert(place, [bloc, libelle, parent, "0".to_owned(), "*".to_owned()]);
    }
    let rangs: BTreeMap<String, usize> = lignes
        .iter()
        .enumerate()
        .map(|(i, l)| (l[0].clone(), i))
        .collect();
    lignes
        .iter()
        .map(|[code, libelle, parent, min, max]| {
            let (min, max) = ecarts
                .cardinalites
                .get(code)
                .map_or((min, max), |(min, max)| (min, max));
            Ok(Bloc {
                code: code.clone(),
                libelle: propre(libelle),
                parent: match parent.as_str() {
                    "" => None,
                    p => Some(
                        *rangs
                            .get(p)
                            .with_context(|| format!("{code} : parent {p} inconnu"))?,
                    ),
                },
                min: min.parse().with_context(|| format!("{code} : minimum"))?,
                max: if max == "*" {
                    None
                } else {
                    Some(max.parse().with_context(|| format!("{code} : maximum"))?)
                },
                rubriques: Vec::new(),
            })
        })
        .collect()
}

/// Met les rubriques de la norme dans leurs blocs.
fn remplir(
    dossier: &Path,
    ecarts: &Ecarts,
    enumerations: &mut BTreeMap<String, Vec<Code>>,
    blocs: &mut [Bloc],
) -> Result<()> {
    const COLONNES: [&str; 9] = [
        "code",
        "bloc",
        "libelle",
        "lg_min",
        "lg_max",
        "nature_CT2024_officiel",
        "type_open_neodes_P26",
        "regexp_CT2024",
        "regexp_P26_dsnmcp",
    ];
    for ligne in Table::lire(&dossier.join("rubriques_P26V01.csv"))?.lignes(COLONNES)? {
        let [code, bloc, libelle, min, max, nature, genre, ancienne, nouvelle] = ligne;
        let codes = enumerations.remove(&code).unwrap_or_default();
        let nature = match (nature.as_str(), genre.as_str(), codes.is_empty()) {
            ("Enumeration", ..) | ("", _, false) => "Enumeration",
            ("Numeric", ..) | ("", "N", true) => "Numerique",
            ("Date", ..) | ("", "D", true) => "Date",
            ("ExternalReferential", ..) => "Referentiel",
            ("Alphanumeric", ..) | ("", "X", true) if ecarts.dates.contains(&code) => "Date",
            ("Alphanumeric", ..) | ("", "X", true) => "Alphanumerique",
            _ => bail!("{code} : nature inconnue"),
        };
        let expression = [nouvelle, ancienne].into_iter().find(|e| !e.is_empty());
        let bloc = blocs
            .iter_mut()
            .find(|b| b.code == bloc)
            .with_context(|| format!("{code} : bloc inconnu"))?;
        bloc.rubriques.push(Rubrique {
            libelle: propre(&libelle),
            longueur: (min.parse().context("lg_min")?, max.parse().context("lg_max")?),
            nature,
            expression: expression.filter(|e| !ecarts.expressions.contains(e)),
            codes,
            code,
        });
    }
    if let Some(orpheline) = enumerations.keys().next() {
        bail!("{orpheline} a des codes et n'est pas une rubrique");
    }
    Ok(())
}

/// Ce que Sillon ne prend pas tel quel.
#[derive(Default)]
struct Ecarts {
    cardinalites: BTreeMap<String, (String, String)>,
    expressions: BTreeSet<String>,
    dates: BTreeSet<String>,
}

impl Ecarts {
    fn lire(table: &Table) -> Result<Self> {
        let mut ecarts = Self::default();
        for [objet, champ, valeur] in table.lignes(["objet", "champ", "valeur"])? {
            match champ.as_str() {
                "cardinalite" => {
                    let (min, max) = valeur.split_once(',').context("cardinalité d'un écart")?;
                    ecarts
                        .cardinalites
                        .insert(objet, (min.to_owned(), max.to_owned()));
                }
                "expression" => {
                    ecarts.expressions.insert(objet);
                }
                "nature" if valeur == "Date" => {
                    ecarts.dates.insert(objet);
                }
                autre => bail!("écart inconnu : {autre}"),
            }
        }
        Ok(ecarts)
    }
}

/// Un texte sans la fin de ligne que le tableur a laissée (`_x000D_`), ni blancs répétés, ni accents séparés.
fn propre(texte: &str) -> String {
    let mut texte = texte
        .replace("_x000D_", " ")
        .replace(['\u{200b}', '\u{a0}', '\u{202f}'], " ");
    for (decompose, compose) in [
        ("e\u{301}", "é"),
        ("e\u{300}", "è"),
        ("e\u{302}", "ê"),
        ("a\u{300}", "à"),
    ] {
        texte = texte.replace(decompose, compose);
    }
    texte.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `S21.G00.30.020/CCH14` et `S21.G00.30.025/CCH -11` s'écrivent comme les autres.
fn nom_de_controle(nom: &str) -> String {
    let nom: String = nom.chars().filter(|c| !c.is_whitespace()).collect();
    match nom.rsplit_once(|c: char| !c.is_ascii_digit()) {
        Some((avant, numero)) if !nom.contains('-') => {
            let fin = nom.len() - numero.len();
            debug_assert!(avant.len() < fin);
            format!("{}-{numero}", &nom[..fin])
        }
        _ => nom,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_tables_sont_celles_que_les_fichiers_donnent() {
        let ecrites = std::fs::read_to_string(racine().join("src/norme/tables.rs")).expect("tables.rs");
        let attendues = generer(&racine().join("norme")).expect("génération");
        assert!(ecrites == attendues, "lancez `cargo xtask norme`");
    }

    #[test]
    fn un_nom_de_controle_mal_frappe_se_redresse() {
        assert_eq!(nom_de_controle("S21.G00.30.020/CCH14"), "S21.G00.30.020/CCH-14");
        assert_eq!(nom_de_controle("S21.G00.30.025/CCH -11"), "S21.G00.30.025/CCH-11");
        assert_eq!(nom_de_controle("S21.G00.20.005/CSL-11"), "S21.G00.20.005/CSL-11");
    }
}
