//! `cargo xtask articles` : l’extrait des articles que citent les règles, refait depuis les codes publiés.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::executer;

/// Le paquet qui publie les codes consolidés.
const PAQUET: &str = "@socialgouv/legi-data";

/// Les codes publiés, et leur fichier dans le paquet.
const CODES: [(&str, &str); 4] = [
    ("CRPM", "LEGITEXT000022197698"),
    ("CSS", "LEGITEXT000006073189"),
    ("CT", "LEGITEXT000006072050"),
    ("CRPA", "LEGITEXT000031366350"),
];

const EN_TETE: &str = "\
# Les articles cités par les règles, relus. Écrit par `cargo xtask articles` depuis le paquet
# @socialgouv/legi-data VERSION ; ne se modifie pas à la main.
# `sha256` est l’empreinte du texte consolidé seul, en UTF-8 : ni en-tête ni NOTA ; les lignes vides successives
# réduites à une fin de ligne, les blancs de tête et de fin ôtés. Une empreinte qui change : l’article est à relire.
";

/// Un article publié, dans sa version courante.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Publie {
    id: String,
    etat: String,
    depuis: Date,
    jusqua: Option<Date>,
    sha256: String,
}

/// Un nœud de l’arbre d’un code.
#[derive(Deserialize)]
struct Noeud {
    #[serde(rename = "type")]
    genre: String,
    data: serde_json::Value,
    #[serde(default)]
    children: Vec<Noeud>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Donnees {
    id: String,
    etat: String,
    date_debut: i64,
    date_fin: i64,
    texte: String,
}

/// Un article de l’extrait déjà gardé.
#[derive(Deserialize)]
struct Garde {
    code: String,
    numero: String,
    sha256: String,
}

#[derive(Default, Deserialize)]
struct Extrait {
    #[serde(default)]
    article: Vec<Garde>,
}

fn dossier() -> PathBuf {
    let ici = Path::new(env!("CARGO_MANIFEST_DIR"));
    ici.parent().unwrap_or(ici).join("crates/droit")
}

/// Récrit l’extrait et dit les règles dont le texte a changé. `paquet` : le paquet déjà téléchargé (.tgz), sinon npm
/// va le chercher.
pub(crate) fn lancer(paquet: Option<&str>) -> Result<()> {
    let sortie = dossier().join("donnees/articles.toml");
    let citations = citations(&dossier())?;
    let atelier = tempfile::tempdir()?;
    let version = deployer(paquet, atelier.path())?;
    let mut extrait = EN_TETE.replace("VERSION", &version);
    let mut relus = BTreeMap::new();
    for (code, fichier) in CODES {
        let numeros: BTreeSet<&str> = citations
            .keys()
            .filter(|(autre, _)| autre == code)
            .map(|(_, numero)| numero.as_str())
            .collect();
        let arbre = fs::read(atelier.path().join(format!("package/data/{fichier}.json")))
            .with_context(|| format!("le paquet {PAQUET} {version} n’a pas le code {code}"))?;
        let mut publies = BTreeMap::new();
        ramasser(serde_json::from_slice(&arbre)?, &numeros, &mut publies)
            .with_context(|| format!("code {code}"))?;
        for numero in numeros {
            let publie = publies.remove(numero).with_context(|| {
                let regles = &citations[&(code.to_owned(), numero.to_owned())];
                format!("{code} {numero} n’est pas dans le paquet : corriger {regles:?}")
            })?;
            ecrire(&mut extrait, code, numero, &publie)?;
            relus.insert((code.to_owned(), numero.to_owned()), publie.sha256);
        }
    }
    let avant: Extrait =
        fs::read_to_string(&sortie).map_or(Ok(Extrait::default()), |t| toml::from_str(&t))?;
    fs::write(&sortie, extrait).with_context(|| sortie.display().to_string())?;
    let changes = changements(avant, &relus, &citations);
    for ligne in &changes {
        println!("{ligne}");
    }
    eprintln!(
        "xtask : {} articles de {PAQUET} {version}, {} à relire",
        relus.len(),
        changes.len()
    );
    Ok(())
}

/// Chaque article cité, et les règles qui le citent : fichier et code de la règle.
type Citations = BTreeMap<(String, String), BTreeSet<String>>;

fn citations(droit: &Path) -> Result<Citations> {
    let mut citations = Citations::new();
    let mut dossiers = vec![droit.join("regles")];
    while let Some(dossier) = dossiers.pop() {
        for entree in fs::read_dir(&dossier)? {
            let chemin = entree?.path();
            if chemin.is_dir() {
                dossiers.push(chemin);
            } else if chemin.extension().is_some_and(|extension| extension == "toml") {
                let texte = fs::read_to_string(&chemin)?;
                let valeur = toml::from_str(&texte).with_context(|| chemin.display().to_string())?;
                let nom = chemin.file_stem().unwrap_or_default().to_string_lossy();
                relever(&toml::Value::Table(valeur), &nom, &mut citations);
            }
        }
    }
    Ok(citations)
}

/// Relève les citations d’une valeur ; `regle` est la règle la plus proche qui l’enferme.
fn relever(valeur: &toml::Value, regle: &str, citations: &mut Citations) {
    match valeur {
        toml::Value::String(texte) => {
            let Some((code, numero)) = texte.split_once(' ') else {
                return;
            };
            let ressemble = numero.starts_with(['L', 'R', 'D']) && !numero.contains(' ');
            if ressemble && CODES.iter().any(|(connu, _)| *connu == code) {
                let cle = (code.to_owned(), numero.to_owned());
                citations.entry(cle).or_default().insert(regle.to_owned());
            }
        }
        toml::Value::Array(valeurs) => valeurs.iter().for_each(|v| relever(v, regle, citations)),
        toml::Value::Table(table) => {
            let propre = table.get("code").and_then(toml::Value::as_str);
            let regle = propre.map_or(regle.to_owned(), |code| {
                let fichier = regle.split(" / ").next().unwrap_or_default();
                format!("{fichier} / {code}")
            });
            table.values().for_each(|v| relever(v, &regle, citations));
        }
        _ => {}
    }
}

/// Déploie le paquet et rend sa version.
fn deployer(paquet: Option<&str>, atelier: &Path) -> Result<String> {
    let archive = match paquet {
        Some(chemin) => PathBuf::from(chemin),
        None => {
            executer(
                Command::new("npm")
                    .args(["pack", "--silent", PAQUET, "--pack-destination"])
                    .arg(atelier),
            )?;
            let archive = fs::read_dir(atelier)?.next().context("npm n’a rien déposé")??;
            archive.path()
        }
    };
    executer(
        Command::new("tar")
            .arg("xzf")
            .arg(&archive)
            .arg("-C")
            .arg(atelier),
    )?;
    let manifeste: serde_json::Value =
        serde_json::from_slice(&fs::read(atelier.join("package/package.json"))?)?;
    match manifeste["version"].as_str() {
        Some(version) if manifeste["name"] == PAQUET => Ok(version.to_owned()),
        _ => bail!("{} n’est pas le paquet {PAQUET}", archive.display()),
    }
}

/// Ramasse les articles voulus ; le premier de l’arbre compte.
fn ramasser(noeud: Noeud, numeros: &BTreeSet<&str>, publies: &mut BTreeMap<String, Publie>) -> Result<()> {
    if let Some(numero) = noeud.data["num"].as_str()
        && noeud.genre == "article"
        && numeros.contains(numero)
        && !publies.contains_key(numero)
    {
        let donnees = Donnees::deserialize(&noeud.data).with_context(|| numero.to_owned())?;
        publies.insert(numero.to_owned(), donnees.publie()?);
    }
    noeud
        .children
        .into_iter()
        .try_for_each(|enfant| ramasser(enfant, numeros, publies))
}

impl Donnees {
    fn publie(self) -> Result<Publie> {
        let fin = jour(self.date_fin)?;
        // Le 1er janvier 2999 est, dans ces données, l’absence de fin.
        let jusqua = if fin.year() < 2900 {
            Some(fin.yesterday()?)
        } else {
            None
        };
        Ok(Publie {
            depuis: jour(self.date_debut)?,
            jusqua,
            sha256: Sha256::digest(nettoyer(&self.texte))
                .iter()
                .fold(String::new(), |hexa, octet| hexa + &format!("{octet:02x}")),
            id: self.id,
            etat: self.etat,
        })
    }
}

fn jour(millisecondes: i64) -> Result<Date> {
    let instant = Timestamp::from_millisecond(millisecondes)?;
    Ok(instant.to_zoned(TimeZone::UTC).date())
}

/// Le texte haché : sans ligne vide, sans blanc de tête ni de fin.
fn nettoyer(texte: &str) -> String {
    let mut propre = String::new();
    let mut lignes = texte.split('\n').peekable();
    while let Some(ligne) = lignes.next() {
        propre.push_str(ligne);
        if lignes.peek().is_some() {
            propre.push('\n');
            while lignes.peek().is_some_and(|suite| suite.trim().is_empty()) {
                lignes.next();
            }
        }
    }
    propre.trim().to_owned()
}

fn ecrire(extrait: &mut String, code: &str, numero: &str, publie: &Publie) -> Result<()> {
    let Publie {
        id,
        etat,
        depuis,
        jusqua,
        sha256,
    } = publie;
    writeln!(
        extrait,
        "\n[[article]]\ncode = \"{code}\"\nnumero = \"{numero}\"\nid = \"{id}\"\netat = \"{etat}\"\ndepuis = \"{depuis}\""
    )?;
    if let Some(jusqua) = jusqua {
        writeln!(extrait, "jusqua = \"{jusqua}\"")?;
    }
    writeln!(extrait, "sha256 = \"{sha256}\"")?;
    Ok(())
}

/// Les articles dont le texte n’est plus celui que l’extrait gardait, et les règles à relire.
fn changements(
    avant: Extrait,
    relus: &BTreeMap<(String, String), String>,
    citations: &Citations,
) -> Vec<String> {
    let mut changements = Vec::new();
    for garde in avant.article {
        let cle = (garde.code, garde.numero);
        if relus.get(&cle).is_some_and(|sha256| *sha256 != garde.sha256) {
            let regles: Vec<&str> = citations[&cle].iter().map(String::as_str).collect();
            changements.push(format!(
                "{} {} a changé : relire {}",
                cle.0,
                cle.1,
                regles.join(", ")
            ));
        }
    }
    changements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_texte_hache_n_a_ni_ligne_vide_ni_blanc_autour() {
        assert_eq!(nettoyer("  I.-Un.\n \n\n II.-Deux.\n"), "I.-Un.\n II.-Deux.");
        assert_eq!(nettoyer("\n\n"), "");
    }

    #[test]
    fn une_citation_se_range_sous_la_regle_qui_l_enferme() {
        let valeur: toml::Table = toml::from_str(
            "[[delai]]\ncode = \"appel\"\n[[delai.version]]\narticles = [\"CSS R142-11\", \"CPC 538\"]",
        )
        .unwrap();
        let mut citations = Citations::new();
        relever(&toml::Value::Table(valeur), "delais", &mut citations);
        let regles = citations
            .remove(&("CSS".to_owned(), "R142-11".to_owned()))
            .unwrap();
        assert_eq!(regles, BTreeSet::from(["delais / appel".to_owned()]));
        assert!(citations.is_empty());
    }

    #[test]
    fn un_texte_change_nomme_les_regles_a_relire() {
        let cle = |numero: &str| ("CSS".to_owned(), numero.to_owned());
        let garde = |numero: &str| Garde {
            code: "CSS".to_owned(),
            numero: numero.to_owned(),
            sha256: "ancienne".to_owned(),
        };
        let relus = BTreeMap::from([
            (cle("L1"), "nouvelle".to_owned()),
            (cle("L2"), "ancienne".to_owned()),
        ]);
        let citations = BTreeMap::from([(cle("L1"), BTreeSet::from(["delais / appel".to_owned()]))]);
        let avant = Extrait {
            article: vec![garde("L1"), garde("L2"), garde("L3")],
        };
        assert_eq!(
            changements(avant, &relus, &citations),
            ["CSS L1 a changé : relire delais / appel"]
        );
    }
}
