//! Le flux quotidien des déclarations : un dossier par caisse, que le serveur surveille.
//!
//! Sous le dossier des données, `dsn/CAISSE/` a deux dossiers : on pose les fichiers dans `arrivees` (sous un nom qui
//! finit par `.part` tant qu'on les écrit) ; déposés, ils sont effacés, car la caisse ne garde d'une personne que ce que
//! dit l'article 2 ; refusés, ils passent dans `refuses`, avec un texte du même nom qui dit pourquoi.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use acces::{Horloge, Objet, Permis, actions};
use anyhow::{Context as _, Result};
use rapprochement::{ajuster, deposer};
use storage::Db;

/// Entre deux regards sur les dossiers.
const REGARD: Duration = Duration::from_secs(5);
/// Un fichier touché depuis moins longtemps s'écrit peut-être encore.
const REPOS: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);

/// Regards entre deux accords des créances de la DSN à celles qu'un agent a importées depuis.
const REGARDS_PAR_ACCORD: u64 = 60;

/// Dépose sans fin ce qui arrive.
pub(crate) async fn deposer_sans_fin(bases: Vec<Db>, donnees: PathBuf, horloge: Horloge) {
    let mut horaire = tokio::time::interval(REGARD);
    for regard in 0_u64.. {
        horaire.tick().await;
        for db in &bases {
            if let Err(e) = regarder(db, &donnees, &horloge).await {
                tracing::error!(caisse = %db.caisse(), "arrivée des déclarations : {e:#}");
            }
            if regard % REGARDS_PAR_ACCORD == 0
                && let Err(e) = ajuster(db, horloge.aujourdhui(), "serveur", horloge.maintenant()).await
            {
                tracing::error!(caisse = %db.caisse(), "créances des déclarations : {e}");
            }
        }
    }
}

/// Dépose ce qui est arrivé pour une caisse.
///
/// # Errors
/// La base ou le système de fichiers refuse ; un fichier fautif n'est pas une erreur, il passe dans `refuses`.
async fn regarder(db: &Db, donnees: &Path, horloge: &Horloge) -> Result<()> {
    let dossier = donnees.join("dsn").join(db.caisse().code());
    let (arrivees, refuses) = (dossier.join("arrivees"), dossier.join("refuses"));
    for d in [&arrivees, &refuses] {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(d)
            .with_context(|| format!("{} ne peut être créé", d.display()))?;
    }
    for chemin in poses(&arrivees, horloge)? {
        let nom = chemin.file_name().unwrap_or_default().to_owned();
        match deposer_un(db, &chemin, horloge).await {
            Ok(()) => fs::remove_file(&chemin)?,
            Err(e) if est_du_fichier(&e) => {
                let mut pourquoi = nom.clone();
                pourquoi.push(".txt");
                fs::write(refuses.join(pourquoi), format!("{e:#}\n"))?;
                fs::rename(&chemin, refuses.join(&nom))?;
                tracing::warn!(caisse = %db.caisse(), "une déclaration est refusée : voir le dossier « refuses »");
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Les fichiers entiers, du plus ancien nom au plus récent.
fn poses(arrivees: &Path, horloge: &Horloge) -> Result<Vec<PathBuf>> {
    let mut chemins = Vec::new();
    for entree in fs::read_dir(arrivees)? {
        let entree = entree?;
        let nom = entree.file_name();
        let nom = nom.to_string_lossy();
        let touche = jiff::Timestamp::try_from(entree.metadata()?.modified()?)?;
        let repose = horloge.maintenant().duration_since(touche) >= REPOS;
        if entree.file_type()?.is_file() && repose && !nom.starts_with('.') && !nom.ends_with(".part") {
            chemins.push(entree.path());
        }
    }
    chemins.sort();
    Ok(chemins)
}

async fn deposer_un(db: &Db, chemin: &Path, horloge: &Horloge) -> Result<()> {
    let nom = chemin
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let permis = Permis::<actions::DeposerDsn>::operateur(db, horloge, "serveur", Objet::Caisse).await?;
    for (nom, fichier) in deployer(File::open(chemin)?, &nom)? {
        deposer(db, &permis, horloge.aujourdhui(), &nom, &fichier, |_, _| ()).await?;
    }
    Ok(())
}

/// Les fichiers d'une source : ceux d'une archive sont déployés, chacun dans un fichier sans nom.
///
/// # Errors
/// L'archive est illisible, ou le système refuse.
pub(crate) fn deployer(source: File, nom: &str) -> Result<Vec<(String, File)>> {
    let mut deployes = Vec::new();
    dsn::fichiers(source, nom, |lecture, nom| {
        let mut fichier = tempfile::tempfile().context("aucun fichier temporaire ne peut être créé")?;
        io::copy(lecture, &mut fichier).map_err(|e| dsn::Faute::de_lecture(&e).dans(nom))?;
        fichier.seek(SeekFrom::Start(0))?;
        deployes.push((nom.to_owned(), fichier));
        Ok::<(), anyhow::Error>(())
    })?;
    Ok(deployes)
}

/// La faute est-elle celle du fichier, et non de la base ?
fn est_du_fichier(e: &anyhow::Error) -> bool {
    if e.downcast_ref::<dsn::Erreur>().is_some() {
        return true;
    }
    matches!(
        e.downcast_ref::<rapprochement::Erreur>(),
        Some(rapprochement::Erreur::Dsn(_) | rapprochement::Erreur::Declaration { .. })
    )
}
