//! Le dossier où arrivent les fichiers d'une caisse : posés par l'opérateur ou par un agent, pris par le serveur.
//!
//! Sous le dossier des données, `dsn/CAISSE/` a deux dossiers : on pose les fichiers dans `arrivees` (sous un nom qui
//! finit par `.part` tant qu'on les écrit) ; déposés, ils sont effacés, car la caisse ne garde d'une personne que ce que
//! dit l'article 2 ; refusés, ils passent dans `refuses`, avec un texte du même nom qui dit pourquoi.
//!
//! Ce qu'un agent envoie par la page va, dans l'un comme dans l'autre, sous un dossier à lui, `agent-IDENTIFIANT` : c'est
//! ce qui fait de lui l'auteur du dépôt. Qui écrit dans ces dossiers tient déjà les fichiers de la caisse.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use acces::{Permis, actions};
use jiff::{SignedDuration, Timestamp};
use valeurs::CodeCaisse;

/// Un fichier de l'opérateur touché depuis moins longtemps s'écrit peut-être encore.
const REPOS: SignedDuration = SignedDuration::from_secs(2);
/// Un envoi inachevé que rien ne touche depuis plus longtemps ne finira pas : le serveur s'est arrêté au milieu.
const ABANDON: SignedDuration = SignedDuration::from_hours(1);
/// Ce que porte un fichier tant qu'on l'écrit.
const INACHEVE: &str = ".part";
/// Ce que porte le texte qui dit pourquoi un fichier est refusé.
const RAISON: &str = ".txt";
/// Devant l'identifiant d'un agent, dans le nom de son dossier : « .. » est un identifiant.
const AGENT: &str = "agent-";
/// Fichiers du même nom qui attendent à la fois, au plus.
const HOMONYMES: u32 = 1_000;
/// Le plus qui se lise d'une raison, en octets : le programme en écrit bien moins.
const RAISON_MAX: u64 = 4_096;

/// Les dossiers d'une caisse.
#[derive(Clone, Debug)]
pub struct Arrivees {
    arrivees: PathBuf,
    refuses: PathBuf,
}

/// Un fichier de l'un de ces dossiers.
#[derive(Clone, Debug)]
pub struct FichierPose {
    /// Son nom.
    pub nom: String,
    /// L'agent qui l'a envoyé par la page ; l'opérateur, sinon. Rien ne dit encore que cet agent existe.
    pub agent: Option<String>,
    /// Depuis quand il est là.
    pub depuis: Timestamp,
    chemin: PathBuf,
}

impl Arrivees {
    /// Les dossiers d'une caisse, créés s'ils manquent, fermés à tout autre compte de la machine.
    ///
    /// # Errors
    /// Le système refuse d'en créer un.
    pub fn ouvrir(donnees: &Path, caisse: CodeCaisse) -> io::Result<Self> {
        let dossier = donnees.join("dsn").join(caisse.code());
        let (arrivees, refuses) = (dossier.join("arrivees"), dossier.join("refuses"));
        creer(&arrivees)?;
        creer(&refuses)?;
        Ok(Self { arrivees, refuses })
    }

    /// Pose un fichier au nom de l'agent du permis, entier ou pas du tout : quand cela revient, une panne de courant ne
    /// le perd plus. `nom` nomme déjà un fichier ([`web::FichierRecu::nom_sur`]) ; s'il est pris, il prend un rang.
    ///
    /// # Errors
    /// Le système refuse ; rien n'est alors posé.
    pub fn poser(
        &self,
        permis: &Permis<actions::DeposerDsn>,
        nom: &str,
        source: &mut impl Read,
    ) -> io::Result<()> {
        let dossier = de_l_agent(&self.arrivees, Some(permis.acteur()));
        creer(&dossier)?;
        for rang in 1..=HOMONYMES {
            let nom = avec_rang(nom, rang);
            let (entier, inacheve) = (dossier.join(&nom), dossier.join(format!("{nom}{INACHEVE}")));
            // Qui tient l'inachevé tient le nom : deux envois à la fois ne prennent pas le même.
            let mut fichier = match nouveau(&inacheve) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
                fichier => fichier?,
            };
            if existe(&entier) {
                fs::remove_file(&inacheve)?;
                continue;
            }
            let pose = io::copy(source, &mut fichier)
                .and_then(|_| fichier.sync_all())
                .and_then(|()| fs::rename(&inacheve, &entier))
                .and_then(|()| File::open(&dossier)?.sync_all());
            if pose.is_err() {
                fs::remove_file(&inacheve).ok();
            }
            return pose;
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Les fichiers prêts à être déposés, dans l'ordre de leurs noms. Efface en passant les envois abandonnés.
    ///
    /// # Errors
    /// Le système refuse.
    pub fn prets(&self, maintenant: Timestamp) -> io::Result<Vec<FichierPose>> {
        let age = |f: &FichierPose| maintenant.duration_since(f.depuis);
        let mut prets = Vec::new();
        for f in fichiers(&self.arrivees)? {
            match (f.est_inacheve(), &f.agent) {
                (false, Some(_)) => prets.push(f),
                (false, None) if age(&f) >= REPOS => prets.push(f),
                (true, Some(_)) if age(&f) >= ABANDON => f.effacer()?,
                _ => {}
            }
        }
        prets.sort_by(|a, b| a.nom.cmp(&b.nom));
        Ok(prets)
    }

    /// Les fichiers qui attendent, du plus récent au plus ancien.
    ///
    /// # Errors
    /// Le système refuse.
    pub(crate) fn en_attente(&self) -> io::Result<Vec<FichierPose>> {
        let mut fichiers = fichiers(&self.arrivees)?;
        fichiers.retain(|f| !f.est_inacheve());
        fichiers.sort_by_key(|f| std::cmp::Reverse(f.depuis));
        Ok(fichiers)
    }

    /// Les fichiers refusés, du plus récent au plus ancien.
    ///
    /// # Errors
    /// Le système refuse.
    pub(crate) fn refuses(&self) -> io::Result<Vec<FichierPose>> {
        let mut fichiers = fichiers(&self.refuses)?;
        let chemins: HashSet<PathBuf> = fichiers.iter().map(|f| f.chemin.clone()).collect();
        // « x.txt » dit pourquoi « x » est refusé, à moins d'être refusé lui-même.
        fichiers.retain(|f| {
            let sujet = f.chemin.to_str().and_then(|c| c.strip_suffix(RAISON));
            let dit_pourquoi = sujet.is_some_and(|s| chemins.contains(Path::new(s)));
            !dit_pourquoi || chemins.contains(&raison(&f.chemin))
        });
        fichiers.sort_by_key(|f| std::cmp::Reverse(f.depuis));
        Ok(fichiers)
    }

    /// Met un fichier de côté, et dit pourquoi.
    ///
    /// # Errors
    /// Le système refuse ; le fichier est alors resté où il était.
    pub fn refuser(&self, fichier: &FichierPose, pourquoi: &str) -> io::Result<()> {
        let dossier = de_l_agent(&self.refuses, fichier.agent.as_deref());
        creer(&dossier)?;
        for rang in 1..=HOMONYMES {
            let refuse = dossier.join(avec_rang(&fichier.nom, rang));
            let texte = raison(&refuse);
            // Une raison sans son fichier est d'un refus interrompu : celui-ci, qui recommence.
            if existe(&refuse) || existe(&texte) && existe(&raison(&texte)) {
                continue;
            }
            fs::write(&texte, format!("{pourquoi}\n"))?;
            return fs::rename(&fichier.chemin, &refuse);
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Efface un fichier refusé et sa raison ; dit s'il y était.
    ///
    /// # Errors
    /// Le système refuse.
    pub(crate) fn ecarter(
        &self,
        _permis: &Permis<actions::DeposerDsn>,
        agent: Option<&str>,
        nom: &str,
    ) -> io::Result<bool> {
        // On n'efface que ce que la liste montre : le nom vient d'un formulaire, il ne fait pas un chemin.
        let refuses = self.refuses()?;
        let Some(f) = refuses
            .iter()
            .find(|f| f.nom == nom && f.agent.as_deref() == agent)
        else {
            return Ok(false);
        };
        f.effacer()?;
        sauf_disparu(fs::remove_file(raison(&f.chemin)))?;
        Ok(true)
    }
}

impl FichierPose {
    /// Ouvre le fichier.
    ///
    /// # Errors
    /// Le système refuse.
    pub fn lire(&self) -> io::Result<File> {
        File::open(&self.chemin)
    }

    /// Efface le fichier ; ce n'est pas une erreur qu'il ait disparu.
    ///
    /// # Errors
    /// Le système refuse.
    pub fn effacer(&self) -> io::Result<()> {
        sauf_disparu(fs::remove_file(&self.chemin)).map(|_| ())
    }

    /// Pourquoi il est refusé, si un texte le dit.
    ///
    /// # Errors
    /// Le système refuse.
    pub(crate) fn pourquoi(&self) -> io::Result<Option<String>> {
        let Some(texte) = sauf_disparu(File::open(raison(&self.chemin)))? else {
            return Ok(None);
        };
        let mut octets = Vec::new();
        texte.take(RAISON_MAX).read_to_end(&mut octets)?;
        Ok(Some(String::from_utf8_lossy(&octets).trim().to_owned()))
    }

    /// Ce dépôt est-il de ce fichier, ou d'un fichier de cette archive ?
    pub(crate) fn donne(&self, depot: &str) -> bool {
        let suite = depot.strip_prefix(&self.nom);
        suite.is_some_and(|s| s.is_empty() || s.starts_with('/'))
    }

    fn est_inacheve(&self) -> bool {
        self.nom.ends_with(INACHEVE)
    }
}

/// Les fichiers d'un dossier et de ceux des agents, sauf les cachés ; un fichier qui disparaît pendant la lecture n'y
/// est pas.
fn fichiers(racine: &Path) -> io::Result<Vec<FichierPose>> {
    let mut fichiers = Vec::new();
    contenu(racine, None, &mut fichiers)?;
    Ok(fichiers)
}

fn contenu(dossier: &Path, agent: Option<&str>, fichiers: &mut Vec<FichierPose>) -> io::Result<()> {
    for entree in fs::read_dir(dossier)? {
        let entree = entree?;
        let nom = entree.file_name().to_string_lossy().into_owned();
        let genre = entree.file_type()?;
        if genre.is_dir()
            && agent.is_none()
            && let Some(identifiant) = nom.strip_prefix(AGENT)
        {
            contenu(&entree.path(), Some(identifiant), fichiers)?;
        }
        let Some(etat) = sauf_disparu(entree.metadata())? else {
            continue;
        };
        if genre.is_file() && !nom.starts_with('.') {
            fichiers.push(FichierPose {
                nom,
                agent: agent.map(str::to_owned),
                depuis: Timestamp::try_from(etat.modified()?).map_err(io::Error::other)?,
                chemin: entree.path(),
            });
        }
    }
    Ok(())
}

fn de_l_agent(racine: &Path, agent: Option<&str>) -> PathBuf {
    agent.map_or_else(|| racine.to_owned(), |a| racine.join(format!("{AGENT}{a}")))
}

/// « janvier.dsn », puis « janvier-2.dsn » ; jamais un nom d'inachevé, que personne ne prendrait.
fn avec_rang(nom: &str, rang: u32) -> String {
    let nom = nom.trim_end_matches(INACHEVE);
    let nom = if nom.is_empty() { "fichier" } else { nom };
    match (rang, nom.rsplit_once('.')) {
        (1, _) => nom.to_owned(),
        (_, Some((avant, extension))) => format!("{avant}-{rang}.{extension}"),
        (_, None) => format!("{nom}-{rang}"),
    }
}

fn raison(chemin: &Path) -> PathBuf {
    let mut texte = chemin.as_os_str().to_owned();
    texte.push(RAISON);
    texte.into()
}

fn creer(dossier: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dossier)
}

fn nouveau(chemin: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(chemin)
}

fn existe(chemin: &Path) -> bool {
    chemin.symlink_metadata().is_ok()
}

fn sauf_disparu<T>(fait: io::Result<T>) -> io::Result<Option<T>> {
    match fait {
        Ok(fait) => Ok(Some(fait)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests;
