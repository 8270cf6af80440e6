//! D'un argument à ses fichiers DSN : un chemin, ou l'entrée standard ; en clair, gzip ou zip.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use anyhow::{Context as _, Result};
use dsn::Declaration;

/// Ce qu'un argument désigne, et que l'on peut relire.
pub(super) struct Source {
    nom: String,
    contenu: Contenu,
}

enum Contenu {
    Chemin(PathBuf),
    /// L'entrée standard, versée dans un fichier sans nom : il disparaît avec le programme, même tué.
    Verse(File),
}

impl Source {
    pub(super) fn ouvrir(chemin: &Path) -> Result<Self> {
        if chemin == Path::new("-") {
            let mut fichier = tempfile::tempfile().context("aucun fichier temporaire ne peut être créé")?;
            io::copy(&mut io::stdin().lock(), &mut fichier).context("l'entrée standard ne se lit pas")?;
            return Ok(Self {
                nom: "entrée standard".to_owned(),
                contenu: Contenu::Verse(fichier),
            });
        }
        let nom = chemin.file_name().map_or_else(
            || chemin.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        );
        if !chemin.is_file() {
            anyhow::bail!("{nom} : ce fichier n'existe pas ; vérifiez son chemin");
        }
        Ok(Self {
            nom,
            contenu: Contenu::Chemin(chemin.to_owned()),
        })
    }

    /// Les déclarations de chaque fichier de la source, lues en entier.
    pub(super) fn declarations(&self, mut sur_fichier: impl FnMut(String, Vec<Declaration>)) -> Result<()> {
        if let Contenu::Chemin(chemin) = &self.contenu {
            let longueur = std::fs::metadata(chemin).map_or(0, |m| m.len());
            if self.contenu_est_texte()? {
                let coeurs = available_parallelism().unwrap_or(NonZero::<usize>::MIN);
                let (lues, _) = dsn::lire_en_parallele(|| File::open(chemin), longueur, &self.nom, coeurs)?;
                sur_fichier(self.nom.clone(), lues);
                return Ok(());
            }
        }
        self.relire(|lecture, nom| {
            let mut lues = Vec::new();
            dsn::lire(lecture, nom, &mut lues)?;
            sur_fichier(nom.to_owned(), lues);
            Ok(())
        })
    }

    /// Chaque fichier de la source, depuis son début.
    pub(super) fn relire(&self, sur_fichier: impl FnMut(&mut dyn Read, &str) -> Result<()>) -> Result<()> {
        dsn::fichiers(self.ouvrir_contenu()?, &self.nom, sur_fichier)
    }

    /// Les fichiers de la source, chacun relisible : ceux d'une archive sont déployés.
    pub(super) fn deployer(&self) -> Result<Vec<(String, File)>> {
        let ouvert = self.ouvrir_contenu()?;
        if self.contenu_est_texte()? {
            return Ok(vec![(self.nom.clone(), ouvert)]);
        }
        crate::surveiller::deployer(ouvert, &self.nom)
    }

    fn contenu_est_texte(&self) -> Result<bool> {
        let mut debut = [0; 4];
        let n = self.ouvrir_contenu()?.read(&mut debut)?;
        Ok(dsn::Contenu::reconnaitre(&debut[..n]) == dsn::Contenu::Texte)
    }

    fn ouvrir_contenu(&self) -> Result<File> {
        let ouvert = match &self.contenu {
            Contenu::Chemin(chemin) => File::open(chemin),
            Contenu::Verse(fichier) => fichier.try_clone().and_then(|mut f| {
                f.seek(SeekFrom::Start(0))?;
                Ok(f)
            }),
        };
        ouvert.with_context(|| format!("{} : ce fichier ne se lit pas ; vérifiez ses droits", self.nom))
    }
}
