//! `sillon creances importer`.

use acces::{Objet, Permis, actions};
use anyhow::Result;
use creances::creances::{BilanImport, importer};
use valeurs::Montant;

use super::Fin;
use crate::arguments::Creances;
use crate::configuration::{Configuration, operateur};
use crate::sortie;

pub(super) async fn lancer(configuration: &Configuration, commande: Creances) -> Result<Fin> {
    let Creances::Importer(arguments) = commande;
    let db = configuration.ouvrir(arguments.caisse).await?;
    let permis = Permis::<actions::ImporterCreances>::operateur(
        &db,
        &configuration.horloge,
        &operateur(),
        Objet::Caisse,
    )
    .await?;
    let aujourdhui = configuration.horloge.aujourdhui();
    for fichier in &arguments.fichiers {
        let bilan = importer(&db, &permis, aujourdhui, fichier).await?;
        sortie::rendre(configuration.format, &bilan, || phrase(&bilan))?;
    }
    // Une créance importée prend la place de celle que la DSN avait émise : rien n'est débité deux fois.
    rapprochement::ajuster(&db, aujourdhui, permis.acteur(), permis.quand()).await?;
    db.fermer().await;
    Ok(Fin::Bien)
}

fn phrase(b: &BilanImport) -> String {
    format!(
        "{} : {} lues ; {} émises, {} déjà connues, {} débiteurs créés ; {} émis",
        b.fichier,
        b.lues,
        b.emises,
        b.deja_connues,
        b.debiteurs_crees,
        Montant::de_centimes(b.montant_centimes)
    )
}
