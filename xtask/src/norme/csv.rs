//! Les fichiers de la norme : point-virgule, guillemets doublés, première ligne de titres.

use std::path::Path;

use anyhow::{Context, Result};

/// Un fichier lu.
pub(crate) struct Table {
    titres: Vec<String>,
    lignes: Vec<Vec<String>>,
}

impl Table {
    /// Lit un fichier en UTF-8.
    pub(crate) fn lire(chemin: &Path) -> Result<Self> {
        let texte = std::fs::read_to_string(chemin).with_context(|| chemin.display().to_string())?;
        let mut lignes = decouper(&texte).into_iter();
        Ok(Self {
            titres: lignes
                .next()
                .with_context(|| format!("{} est vide", chemin.display()))?,
            lignes: lignes.collect(),
        })
    }

    /// Les lignes, réduites à ces colonnes.
    pub(crate) fn lignes<const N: usize>(
        &self,
        colonnes: [&str; N],
    ) -> Result<impl Iterator<Item = [String; N]>> {
        let mut places = [0; N];
        for (place, colonne) in places.iter_mut().zip(colonnes) {
            *place = self
                .titres
                .iter()
                .position(|t| t == colonne)
                .with_context(|| format!("il manque la colonne {colonne}"))?;
        }
        Ok(self
            .lignes
            .iter()
            .map(move |l| places.map(|p| l.get(p).cloned().unwrap_or_default())))
    }
}

fn decouper(texte: &str) -> Vec<Vec<String>> {
    let mut lignes = Vec::new();
    let mut ligne = Vec::new();
    let mut champ = String::new();
    let mut cite = false;
    let mut suite = texte.chars().peekable();
    while let Some(c) = suite.next() {
        match c {
            '"' if cite && suite.peek() == Some(&'"') => {
                suite.next();
                champ.push('"');
            }
            '"' => cite = !cite,
            ';' if !cite => ligne.push(std::mem::take(&mut champ)),
            '\r' if !cite => {}
            '\n' if !cite => {
                ligne.push(std::mem::take(&mut champ));
                lignes.push(std::mem::take(&mut ligne));
            }
            c => champ.push(c),
        }
    }
    if !champ.is_empty() || !ligne.is_empty() {
        ligne.push(champ);
        lignes.push(ligne);
    }
    lignes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_champ_entre_guillemets_garde_points_virgules_et_lignes() {
        assert_eq!(
            decouper("a;b\r\n\"x;\"\"y\"\"\nz\";2\r\n"),
            [vec!["a", "b"], vec!["x;\"y\"\nz", "2"]]
        );
    }
}
