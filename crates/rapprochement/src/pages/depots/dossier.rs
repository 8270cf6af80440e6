//! Ce que la page lit et change du dossier des arrivées, hors du fil des pages : un disque peut être lent.

use std::io;

use acces::{Caisse, Permis, actions};

use crate::arrivees::{Arrivees, FichierPose};

/// Fichiers montrés de chaque sorte, au plus : le flux d'un jour, versé d'un coup, en compte des milliers.
pub(super) const MONTRES: usize = 50;

/// Un fichier refusé, et pourquoi.
pub(super) struct Refus {
    pub(super) fichier: FichierPose,
    pub(super) pourquoi: Option<String>,
}

/// Ce qu'il y a dans le dossier : tout ce qui attend, les derniers refus, et combien il y en a.
#[derive(Default)]
pub(super) struct Dossier {
    pub(super) en_attente: Vec<FichierPose>,
    pub(super) refus: Vec<Refus>,
    pub(super) nombre_de_refus: usize,
}

/// Fait un travail de disque dans un fil à lui.
pub(super) async fn sur_disque<T: Send + 'static>(
    caisse: &Caisse,
    travail: impl FnOnce(&Arrivees) -> io::Result<T> + Send + 'static,
) -> Result<T, web::Erreur> {
    let (donnees, code) = (caisse.donnees.clone(), caisse.code);
    let fil = tokio::task::spawn_blocking(move || travail(&Arrivees::ouvrir(&donnees, code)?));
    fil.await
        .map_err(|e| web::Erreur::interne(&e))?
        .map_err(|e| web::Erreur::interne(&e))
}

/// Lit le dossier. Le nom d'un fichier peut porter un SIRET : qui ne voit pas l'identification n'en voit aucun.
pub(super) async fn lire(
    caisse: &Caisse,
    permis: &Permis<actions::ConsulterDsn>,
) -> Result<Dossier, web::Erreur> {
    if !permis.perimetre().identification {
        return Ok(Dossier::default());
    }
    sur_disque(caisse, |arrivees| {
        let refuses = arrivees.refuses()?;
        let nombre_de_refus = refuses.len();
        let derniers = refuses.into_iter().take(MONTRES);
        let lus = derniers.map(|fichier| {
            let pourquoi = fichier.pourquoi()?;
            Ok(Refus { fichier, pourquoi })
        });
        Ok(Dossier {
            en_attente: arrivees.en_attente()?,
            refus: lus.collect::<io::Result<_>>()?,
            nombre_de_refus,
        })
    })
    .await
}
