//! `cargo xtask procedures` : les procédures de recouvrement, dessinées dans `docs/procedures.md` depuis leurs règles.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use droit::{Droit, Procedure, citer};

const EN_TETE: &str = "\
# Procédures

Écrit par `cargo xtask procedures` depuis `crates/droit/regles/procedures` ; ne se modifie pas à la main. Une flèche porte le code de l'étape. Une étape sans flèche laisse la créance où elle est : elle ouvre un délai, pose ou lève un empêchement. Les délais et leurs articles : `sillon delais --liste`.
";

fn page() -> PathBuf {
    let ici = Path::new(env!("CARGO_MANIFEST_DIR"));
    ici.parent().unwrap_or(ici).join("docs/procedures.md")
}

/// Redessine la page.
pub(crate) fn lancer() -> Result<()> {
    let page = page();
    std::fs::write(&page, dessiner()?).with_context(|| page.display().to_string())?;
    eprintln!("xtask : {} est récrit", page.display());
    Ok(())
}

fn dessiner() -> Result<String> {
    let mut texte = EN_TETE.to_owned();
    for procedure in Droit::charger().procedures() {
        section(&mut texte, procedure)?;
    }
    Ok(texte)
}

fn section(texte: &mut String, procedure: &Procedure) -> Result<()> {
    writeln!(
        texte,
        "\n## {}\n\nJuge : {}.\n\n```mermaid\nstateDiagram-v2",
        procedure.libelle(),
        procedure.juge()
    )?;
    let atteintes: Vec<&str> = procedure.etapes().iter().filter_map(|e| e.vers()).collect();
    for position in procedure.positions() {
        if atteintes.contains(&position.code()) {
            writeln!(texte, "    {}: {}", position.code(), position.libelle())?;
        }
    }
    for etape in procedure.etapes() {
        let Some(vers) = etape.vers() else { continue };
        match etape.de() {
            Some([]) => writeln!(texte, "    [*] --> {vers}: {}", etape.code())?,
            Some(de) => {
                for depart in de.iter().filter(|depart| atteintes.contains(&depart.as_str())) {
                    writeln!(texte, "    {depart} --> {vers}: {}", etape.code())?;
                }
            }
            None => {}
        }
    }
    writeln!(
        texte,
        "```\n\n| étape | de qui | d'où | ouvre | articles |\n| --- | --- | --- | --- | --- |"
    )?;
    for etape in procedure.etapes() {
        let ouvre: Vec<&str> = etape.delais_ouverts().map(droit::RegleDelai::code).collect();
        let depuis = match etape.de() {
            None => "partout".to_owned(),
            Some([]) => "entrée".to_owned(),
            Some(de) => de.join(", "),
        };
        let reserve = etape
            .reserve()
            .map(|reserve| format!(" ; à vérifier : {reserve}"))
            .unwrap_or_default();
        let natures: Vec<String> = etape.natures().iter().map(ToString::to_string).collect();
        let seulement = if natures.is_empty() {
            String::new()
        } else {
            format!(", seulement : {}", natures.join(", "))
        };
        writeln!(
            texte,
            "| {} (`{}`){seulement} | {} | {depuis} | {} | {}{reserve} |",
            etape.libelle(),
            etape.code(),
            etape.auteur().libelle().to_lowercase(),
            ouvre.join(", "),
            citer(etape.articles())
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_page_des_procedures_est_celle_que_les_regles_disent() {
        let gardee = std::fs::read_to_string(page()).unwrap();
        assert!(gardee == dessiner().unwrap(), "lancer « cargo xtask procedures »");
    }
}
