//! Le programme `sillon`. Voir `sillon --aide`.

use std::io::Write as _;
use std::process::ExitCode;

use sillon::{arguments, commandes};

#[tokio::main]
async fn main() -> ExitCode {
    #[cfg(feature = "failpoints")]
    let _scenario = fail::FailScenario::setup();
    let demande = match arguments::lire(std::env::args_os()) {
        Ok(demande) => demande,
        Err(arguments::Fin::Aide(texte)) => {
            // Qui la demande peut cesser de lire.
            std::io::stdout().write_all(texte.as_bytes()).ok();
            return ExitCode::SUCCESS;
        }
        Err(arguments::Fin::Refus(message)) => {
            eprintln!("sillon : {message}");
            return ExitCode::from(2);
        }
    };
    match commandes::lancer(demande).await {
        Ok(commandes::Fin::Bien) => ExitCode::SUCCESS,
        Ok(commandes::Fin::Constat) => ExitCode::from(1),
        Ok(commandes::Fin::Fermee) => ExitCode::from(2),
        Err(e) => {
            eprintln!("sillon : {}", phrase(&e));
            ExitCode::from(2)
        }
    }
}

/// L'erreur et ses causes, sans redire une cause que le message contient déjà ni la voix du système.
fn phrase(erreur: &anyhow::Error) -> String {
    let mut phrase = erreur.to_string();
    for cause in erreur.chain().skip(1) {
        let texte = cause.to_string();
        if cause.downcast_ref::<std::io::Error>().is_none() && !phrase.contains(&texte) {
            phrase = format!("{phrase} : {texte}");
        }
    }
    phrase
}
