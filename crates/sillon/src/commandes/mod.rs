//! Une commande par fichier.

mod actes;
mod agents;
mod caisse;
mod compte;
mod creances;
mod delais;
mod demo;
mod dsn;
mod encaissements;
mod pilotage;
mod prelevements;
mod rapprocher;
mod servir;
mod verifier;

use anyhow::{Result, bail};

use crate::arguments::{Commande, Demande, Format};
use crate::configuration::Configuration;
use crate::sortie::Fermee;

/// Comment une commande a fini, quand elle a pu travailler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fin {
    /// Rien à dire : sortie 0.
    Bien,
    /// Elle a trouvé quelque chose : sortie 1.
    Constat,
    /// Qui lisait la sortie standard s'est arrêté avant la fin : sortie 2, et rien à lui dire.
    Fermee,
}

/// Lance la commande demandée.
///
/// # Errors
/// Entrée ou arguments inutilisables : sortie 2.
pub async fn lancer(demande: Demande) -> Result<Fin> {
    match executer(demande).await {
        Err(e) if e.is::<Fermee>() => Ok(Fin::Fermee),
        fin => fin,
    }
}

async fn executer(demande: Demande) -> Result<Fin> {
    let configuration = Configuration::resoudre(demande.communes)?;
    if configuration.format == Format::Csv && !demande.commande.rend_une_table() {
        bail!("cette commande ne rend pas de table : demandez --format texte ou --format json");
    }
    match demande.commande {
        Commande::Demo(arguments) => demo::lancer(&configuration, arguments).await,
        Commande::Servir(arguments) => servir::lancer(configuration, arguments).await,
        Commande::Caisse(commande) => caisse::lancer(&configuration, commande).await,
        Commande::Creances(commande) => creances::lancer(&configuration, commande).await,
        Commande::Encaissements(commande) => encaissements::lancer(&configuration, commande).await,
        Commande::Compte(arguments) => compte::lancer(&configuration, &arguments).await,
        Commande::Verifier(arguments) => verifier::lancer(&configuration, &arguments).await,
        Commande::Agents(commande) => agents::lancer(&configuration, commande).await,
        Commande::Rapprocher(arguments) => rapprocher::lancer(&configuration, &arguments).await,
        Commande::Pilotage(arguments) => pilotage::lancer(&configuration, arguments).await,
        Commande::Delais(arguments) => delais::lancer(&configuration, &arguments),
        Commande::Actes(commande) => actes::lancer(&configuration, commande).await,
        Commande::Prelevements(commande) => prelevements::lancer(&configuration, commande).await,
        Commande::Dsn(commande) => dsn::lancer(&configuration, commande).await,
    }
}
