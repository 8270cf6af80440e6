//! `sillon encaissements importer`.

use acces::{Objet, Permis, actions};
use anyhow::Result;
use creances::encaissements::{BilanFichier, Importateur, importer};
use valeurs::Montant;

use super::Fin;
use crate::arguments::Encaissements;
use crate::configuration::{Configuration, operateur};
use crate::sortie;

pub(super) async fn lancer(configuration: &Configuration, commande: Encaissements) -> Result<Fin> {
    let Encaissements::Importer(arguments) = commande;
    let db = configuration.ouvrir(arguments.caisse).await?;
    let permis = Permis::<actions::ImporterEncaissements>::operateur(
        &db,
        &configuration.horloge,
        &operateur(),
        Objet::Caisse,
    )
    .await?;
    for fichier in &arguments.fichiers {
        let par = Importateur {
            db: &db,
            auteur: permis.acteur(),
            maintenant: permis.quand(),
        };
        let bilan = importer(&par, fichier).await?;
        sortie::rendre(configuration.format, &bilan, || phrase(&bilan))?;
    }
    db.fermer().await;
    Ok(Fin::Bien)
}

fn phrase(b: &BilanFichier) -> String {
    format!(
        "{} : {} lus ; {} imputés, {} en RAC, {} déjà connus, {} d'une autre caisse ; {} nouvellement comptabilisés",
        b.fichier,
        b.lus,
        b.imputes,
        b.en_rac,
        b.deja_connus,
        b.autre_caisse,
        Montant::de_centimes(b.montant_centimes)
    )
}
