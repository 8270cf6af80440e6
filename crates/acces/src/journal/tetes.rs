//! Les têtes de la chaîne, recopiées hors de la base : qui tronque la base laisse le fichier en avance sur elle.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use storage::{Db, lire, sql};
use valeurs::CodeCaisse;

use super::Anomalie;
use crate::Erreur;

/// Où les têtes d'une caisse sont recopiées : une ligne « rang tête » par segment.
#[must_use]
pub fn fichier_des_tetes(donnees: &Path, caisse: CodeCaisse) -> PathBuf {
    donnees.join("journal").join(format!("{caisse}.tetes"))
}

/// Ajoute au fichier les têtes que la base a de plus, et les grave avant de rendre la main.
pub(super) async fn reporter(db: &Db, donnees: &Path) -> Result<(), Erreur> {
    let rompue = |a| Erreur::ChaineRompue(Box::new(a));
    let connues = du_fichier(donnees, db.caisse()).map_err(rompue)?;
    let depuis = connues.last_key_value().map_or(0, |(rang, _)| *rang);
    let lues: Result<Vec<(i64, Vec<u8>)>, storage::Erreur> = lire!(db, |tx| {
        sql!("SELECT rang, tete FROM acces_scellement WHERE rang >= $1 ORDER BY rang")
            .bind(depuis)
            .toutes(tx)
            .await
    });
    let lues = lues?;
    if let Some(anomalie) = comparer(&connues, &lues) {
        return Err(rompue(anomalie));
    }
    match lues.last() {
        Some((rang, _)) if *rang > depuis => ajouter(&fichier_des_tetes(donnees, db.caisse()), &lues),
        _ => Ok(()),
    }
}

/// Ajoute ces têtes à la fin du fichier, sauf celles qu'un autre y a mises entre-temps. Le verrou du fichier
/// sépare deux processus ; rien d'asynchrone ne s'y fait.
fn ajouter(chemin: &Path, tetes: &[(i64, Vec<u8>)]) -> Result<(), Erreur> {
    let ecrire = || -> std::io::Result<()> {
        if let Some(dossier) = chemin.parent() {
            std::fs::create_dir_all(dossier)?;
        }
        let mut fichier = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(chemin)?;
        fichier.lock()?;
        let mut texte = String::new();
        fichier.read_to_string(&mut texte)?;
        // Une ligne coupée par un arrêt brutal n'a pas été gravée : elle est réécrite.
        let entier = texte.rfind('\n').map_or(0, |fin| fin + 1);
        if entier < texte.len() {
            texte.truncate(entier);
            fichier.set_len(u64::try_from(entier).unwrap_or(u64::MAX))?;
        }
        let depuis = lire(&texte)
            .ok()
            .and_then(|t| t.last_key_value().map(|(rang, _)| *rang))
            .unwrap_or(0);
        let neuves: String = tetes
            .iter()
            .filter(|(rang, _)| *rang > depuis)
            .map(|(rang, tete)| format!("{rang} {}\n", hexadecimal(tete)))
            .collect();
        fichier.write_all(neuves.as_bytes())?;
        fichier.sync_all()
    };
    ecrire().map_err(|source| Erreur::Fichier {
        fichier: chemin.display().to_string(),
        source,
    })
}

/// La dernière tête du fichier est-elle celle de la base ?
fn comparer(connues: &BTreeMap<i64, String>, base: &[(i64, Vec<u8>)]) -> Option<Anomalie> {
    let (rang, tete) = connues.last_key_value()?;
    match base.first() {
        Some((r, t)) if r == rang && hexadecimal(t) == *tete => None,
        Some((r, _)) if r == rang => Some(Anomalie::TeteDifferente { rang: *rang }),
        _ => Some(Anomalie::FinTronquee { rang: *rang }),
    }
}

/// Les têtes du fichier, par rang ; aucune s'il n'existe pas.
pub(super) fn du_fichier(donnees: &Path, caisse: CodeCaisse) -> Result<BTreeMap<i64, String>, Anomalie> {
    match std::fs::read_to_string(fichier_des_tetes(donnees, caisse)) {
        Ok(texte) => {
            let entier = texte.rfind('\n').map_or(0, |fin| fin + 1);
            lire(&texte[..entier])
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(_) => Err(Anomalie::TetesIllisibles { ligne: 1 }),
    }
}

fn lire(texte: &str) -> Result<BTreeMap<i64, String>, Anomalie> {
    let mut tetes = BTreeMap::new();
    for (numero, ligne) in (1_u64..).zip(texte.lines()) {
        let (rang, tete) = ligne
            .split_once(' ')
            .and_then(|(rang, tete)| Some((rang.parse().ok()?, tete)))
            .filter(|(_, tete)| tete.len() == 64 && tete.bytes().all(|o| o.is_ascii_hexdigit()))
            .ok_or(Anomalie::TetesIllisibles { ligne: numero })?;
        tetes.insert(rang, tete.to_owned());
    }
    Ok(tetes)
}

pub(super) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|o| format!("{o:02x}")).collect()
}
