//! Les fichiers reçus, et ceux remis à un porteur ou à une banque : à nul autre compte de la machine, écrits par un seul à
//! la fois.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Un dossier que nul autre compte de la machine ne lit.
pub(crate) fn dossier_prive(dossier: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dossier)
}

/// Un fichier neuf, de même.
pub(crate) fn fichier_neuf(chemin: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(chemin)
}

/// Le verrou de qui écrit sous ce dossier, jusqu'à ce qu'il soit lâché ; `None` si un autre l'a.
pub(crate) fn verrouiller(dossier: &Path) -> io::Result<Option<File>> {
    dossier_prive(dossier)?;
    let dossier = File::open(dossier)?;
    match dossier.try_lock() {
        Ok(()) => Ok(Some(dossier)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(source),
    }
}

/// Le nom d'un fichier, pour le dire.
pub(crate) fn nom(chemin: &Path) -> String {
    chemin
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
