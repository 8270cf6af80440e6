//! `sillon servir`.

use anyhow::{Result, bail};

use super::Fin;
use crate::arguments::Servir;
use crate::configuration::{Configuration, PORT};
use crate::serveur::Serveur;

pub(super) async fn lancer(configuration: Configuration, arguments: Servir) -> Result<Fin> {
    let caisses = configuration.lieu.caisses().await?;
    if caisses.is_empty() {
        bail!("aucune caisse à servir : créez-en une avec « sillon caisse creer » ou « sillon demo »");
    }
    let port = arguments.port.or(configuration.fichier.port).unwrap_or(PORT);
    let origine = arguments
        .origine
        .or_else(|| configuration.fichier.origine.clone());
    let mut bases = Vec::new();
    for caisse in caisses {
        bases.push(configuration.ouvrir(caisse).await?);
    }
    let serveur = Serveur::preparer(&configuration, bases, port, origine).await?;
    eprintln!("Sillon écoute sur {} ; Ctrl-C pour l'arrêter.", serveur.adresse());
    serveur.servir().await?;
    Ok(Fin::Bien)
}
