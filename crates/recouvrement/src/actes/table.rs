use std::io::Read;
use std::path::Path;

use csv::StringRecord;

use super::ErreurActes;
use crate::fichiers::nom;

const FORME: &str = "enregistrez-le en CSV UTF-8 à points-virgules, avec une ligne d’en-tête";

/// Ouvre un fichier à lire.
///
/// # Errors
/// [`ErreurActes::Ligne`].
pub(super) fn ouvrir(chemin: &Path) -> Result<std::fs::File, ErreurActes> {
    let remede = "vérifiez son nom et ses droits";
    std::fs::File::open(chemin)
        .map_err(|_| faute(&nom(chemin), 1, "fichier", "le fichier ne s’ouvre pas", remede))
}

/// Une faute d'une ligne, comptée à partir de 1.
pub(super) fn faute(
    fichier: &str,
    ligne: u64,
    champ: &'static str,
    regle: impl Into<String>,
    remede: &'static str,
) -> ErreurActes {
    ErreurActes::Ligne {
        fichier: fichier.to_owned(),
        ligne,
        champ,
        regle: regle.into(),
        remede,
    }
}

/// Un fichier CSV à points-virgules, dont l'en-tête nomme les colonnes, dans n'importe quel ordre.
pub(super) struct Table<'a, R> {
    fichier: &'a str,
    entetes: StringRecord,
    lecteur: csv::Reader<R>,
}

impl<'a, R: Read> Table<'a, R> {
    /// Lit l'en-tête.
    ///
    /// # Errors
    /// [`ErreurActes::Ligne`] : il ne se lit pas.
    pub(super) fn ouvrir(fichier: &'a str, lecture: R) -> Result<Self, ErreurActes> {
        let mut lecteur = csv::ReaderBuilder::new()
            .delimiter(b';')
            .flexible(true)
            .from_reader(lecture);
        let entetes = lecteur
            .headers()
            .map_err(|_| faute(fichier, 1, "en-tête", "l’en-tête ne se lit pas", FORME))?
            .iter()
            .map(|e| e.trim_start_matches('\u{feff}').trim())
            .collect();
        Ok(Self {
            fichier,
            entetes,
            lecteur,
        })
    }

    /// Le rang d'une colonne, si elle y est.
    pub(super) fn colonne(&self, nom: &str) -> Option<usize> {
        self.entetes.iter().position(|entete| entete == nom)
    }

    /// Le rang d'une colonne qu'il faut.
    ///
    /// # Errors
    /// [`ErreurActes::Ligne`] : elle manque.
    pub(super) fn exiger(&self, nom: &'static str) -> Result<usize, ErreurActes> {
        let manque = || {
            faute(
                self.fichier,
                1,
                nom,
                "cette colonne manque",
                "ajoutez-la à l’en-tête",
            )
        };
        self.colonne(nom).ok_or_else(manque)
    }

    /// Ses lignes, chacune avec son numéro.
    pub(super) fn lignes(self) -> impl Iterator<Item = Result<(u64, StringRecord), ErreurActes>> {
        let Self { fichier, lecteur, .. } = self;
        lecteur.into_records().map(move |lue| {
            let lue = lue.map_err(|e| {
                let ligne = e.position().map_or(1, csv::Position::line);
                faute(fichier, ligne, "ligne", "la ligne ne se lit pas", FORME)
            })?;
            Ok((lue.position().map_or(1, csv::Position::line), lue))
        })
    }
}

/// Le champ de ce rang, sans les espaces du bord ; vide s'il n'y est pas.
pub(super) fn champ(ligne: &StringRecord, rang: usize) -> &str {
    ligne.get(rang).unwrap_or_default().trim()
}
