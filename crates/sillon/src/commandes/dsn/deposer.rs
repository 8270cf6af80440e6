//! `sillon dsn deposer`.

use std::io::{self, IsTerminal as _};

use acces::{Objet, Permis, actions};
use anyhow::Result;
use rapprochement::{BilanDepot, deposer};
use valeurs::Montant;

use super::super::Fin;
use super::sources::Source;
use crate::arguments::DeposerDsn;
use crate::configuration::{Configuration, operateur};
use crate::sortie;

pub(super) async fn lancer(configuration: &Configuration, arguments: &DeposerDsn) -> Result<Fin> {
    let sources = arguments
        .fichiers
        .iter()
        .map(|chemin| Source::ouvrir(chemin))
        .collect::<Result<Vec<_>>>()?;
    let db = configuration.ouvrir(arguments.caisse).await?;
    let permis =
        Permis::<actions::DeposerDsn>::operateur(&db, &configuration.horloge, &operateur(), Objet::Caisse)
            .await?;
    let aujourdhui = configuration.horloge.aujourdhui();
    for source in &sources {
        for (nom, fichier) in &source.deployer()? {
            let bilan = deposer(&db, &permis, aujourdhui, nom, fichier, avance(nom)).await?;
            sortie::rendre(configuration.format, &bilan, || phrase(&bilan))?;
        }
    }
    db.fermer().await;
    Ok(Fin::Bien)
}

/// Dit l'avance d'un long travail à qui regarde, sur la sortie d'erreur.
fn avance(nom: &str) -> impl FnMut(u64, u64) {
    let regarde = io::stderr().is_terminal();
    let mut dernier = 0;
    move |lus, total| {
        let pour_cent = lus.saturating_mul(100).checked_div(total).unwrap_or(100);
        if regarde && pour_cent > dernier {
            dernier = pour_cent;
            eprint!("\r{nom} : {pour_cent} %");
            if pour_cent == 100 {
                eprintln!();
            }
        }
    }
}

fn phrase(b: &BilanDepot) -> String {
    format!(
        "{} : {} déclarations lues ; {} gardées, {} déjà connues, {} d'autres caisses, {} sans effet, {} signalements ; \
         {} individus ; déclaré {}, ordonné {} ; {} débiteurs créés, {} créances émises, {} annulées, {} recettes placées",
        b.fichier,
        b.lues,
        b.gardees,
        b.deja_connues,
        b.autres_caisses,
        b.sans_effet,
        b.signalements,
        b.individus,
        Montant::de_centimes(b.declare_centimes),
        Montant::de_centimes(b.ordonne_centimes),
        b.debiteurs_crees,
        b.creances_emises,
        b.creances_annulees,
        b.recettes_placees
    )
}
