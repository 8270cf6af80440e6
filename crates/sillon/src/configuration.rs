//! Où sont les données et les bases : option, sinon environnement, sinon fichier `sillon.toml`.

use std::path::PathBuf;

use acces::Horloge;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use storage::{Db, Emplacement};
use valeurs::CodeCaisse;

use crate::arguments::{Communes, Format};

/// Dossier des données par défaut.
const DONNEES: &str = "donnees";
/// Port par défaut.
pub const PORT: u16 = 8033;

/// `DONNEES/sillon.toml` ; tout y est facultatif.
#[derive(Deserialize, Default, Debug)]
#[serde(deny_unknown_fields)]
pub struct Fichier {
    /// Comme `SILLON_BASE`.
    pub base: Option<String>,
    /// Comme `SILLON_PORT`.
    pub port: Option<u16>,
    /// Comme `SILLON_ORIGINE`.
    pub origine: Option<String>,
}

/// Ce que les commandes ont en commun, une fois résolu.
pub struct Configuration {
    /// Dossier des données.
    pub donnees: PathBuf,
    /// Où sont les bases.
    pub lieu: Emplacement,
    /// Forme des réponses.
    pub format: Format,
    /// L'heure.
    pub horloge: Horloge,
    /// Le fichier de réglages.
    pub fichier: Fichier,
}

impl Configuration {
    /// Résout les options communes.
    ///
    /// # Errors
    /// `sillon.toml` illisible ou adresse de base fausse.
    pub fn resoudre(communes: Communes) -> Result<Self> {
        let donnees = communes.donnees.unwrap_or_else(|| DONNEES.into());
        let chemin = donnees.join("sillon.toml");
        let fichier: Fichier = match std::fs::read_to_string(&chemin) {
            Ok(texte) => toml::from_str(&texte).with_context(|| {
                format!(
                    "{} : réglage refusé, corrigez ou retirez la ligne",
                    chemin.display()
                )
            })?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Fichier::default(),
            Err(e) => bail!("{} ne se lit pas : {e}", chemin.display()),
        };
        let defaut = || format!("sqlite:{}", donnees.display());
        let adresse = communes
            .base
            .or_else(|| fichier.base.clone())
            .unwrap_or_else(defaut);
        Ok(Self {
            lieu: Emplacement::lire(&adresse)?,
            donnees,
            format: communes.format.unwrap_or(Format::Texte),
            horloge: Horloge::systeme(),
            fichier,
        })
    }

    /// Dossier du coffre des clés.
    #[must_use]
    pub fn cles(&self) -> PathBuf {
        self.donnees.join("cles")
    }

    /// Ouvre la base d'une caisse qui existe.
    ///
    /// # Errors
    /// La caisse n'existe pas, ou sa base ou son coffre ne s'ouvrent pas.
    pub async fn ouvrir(&self, caisse: CodeCaisse) -> Result<Db> {
        Ok(Db::ouvrir(&self.lieu, &self.cles(), caisse, &crate::migrations()).await?)
    }

    /// Crée la base et le coffre d'une caisse.
    ///
    /// # Errors
    /// La caisse existe déjà, ou le système refuse.
    pub async fn creer(&self, caisse: CodeCaisse) -> Result<Db> {
        Ok(Db::creer(&self.lieu, &self.cles(), caisse, &crate::migrations()).await?)
    }
}

/// Le nom d'utilisateur du système, pour signer ce que fait la ligne de commande.
#[must_use]
pub fn operateur() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "la configuration est lue ici, dans le binaire"
    )]
    let nom = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    nom.unwrap_or_else(|_| "systeme".to_owned())
}
