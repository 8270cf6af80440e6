//! Un fichier tel qu'il arrive : texte, gzip ou zip, reconnu à son contenu et jamais à son nom.
//!
//! Une archive est lue au fil de l'eau, en mémoire bornée ; ce qui ne va pas en elle voyage par [`Read`] comme une
//! [`Faute`], avec le nom du fichier.

use std::cell::Cell;
use std::io::{self, BufReader, Chain, Cursor, Read, Seek, SeekFrom, Take};

use flate2::bufread::MultiGzDecoder;
use zip::read::{ArchiveOffset, Config};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::erreur::{Erreur, Faute};

/// Au-delà, l'archive est une bombe. Une DSN se déploie dix à quarante fois, cent si tout s'y répète.
pub const DEPLOIEMENT_MAXIMAL: u64 = 200;
/// Sous cette taille déployée, le rapport n'est pas regardé : l'en-tête d'un petit fichier le fausse, et le lire coûte
/// quelques millisecondes.
pub const DEPLOIEMENT_LIBRE: u64 = 16 << 20;
/// Une caisse reçoit quelques centaines de fichiers par jour : une archive d'un an en tient moins.
pub const FICHIERS_MAXIMUM: usize = 10_000;
/// La table d'un zip est gardée en mémoire : mille six cents octets pour chacun de ses fichiers, au plus.
const TABLE_MAXIMALE: u64 = 16 << 20;
/// Ce que la source rend à la fois.
const TAMPON: usize = 1 << 16;
/// Octets qui disent le contenu.
const MAGIE: usize = 4;

/// Ce qu'est une source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contenu {
    /// Du texte, ou rien : le lecteur dira si c'est une DSN.
    Texte,
    /// Un ou plusieurs membres gzip à la suite.
    Gzip,
    /// Une archive zip.
    Zip,
}

impl Contenu {
    /// Ce que disent les premiers octets (quatre suffisent).
    ///
    /// ```
    /// use dsn::Contenu;
    /// assert_eq!(Contenu::reconnaitre(b"PK\x03\x04"), Contenu::Zip);
    /// assert_eq!(Contenu::reconnaitre(b"S10.G00.00.001,'PAIE'"), Contenu::Texte);
    /// ```
    #[must_use]
    pub const fn reconnaitre(debut: &[u8]) -> Self {
        match debut {
            [0x1F, 0x8B, ..] => Self::Gzip,
            // Un fichier, une archive vide, une archive en plusieurs volumes.
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Self::Zip,
            _ => Self::Texte,
        }
    }
}

/// Donne à `sur_fichier` chaque fichier d'une source : elle-même, ou ceux qu'elle contient, avec leur nom
/// (`lot.zip/janvier.dsn`).
///
/// Les dossiers et ce que macOS ajoute (`__MACOSX/`, `.DS_Store`) sont passés.
///
/// ```
/// let source = std::io::Cursor::new(b"S10.G00.00.001,'PAIE'\n");
/// dsn::fichiers(source, "janvier.dsn", |contenu, nom| {
///     assert_eq!(nom, "janvier.dsn");
///     let mut lecteur = dsn::Lecteur::nouveau(contenu, nom);
///     assert!(lecteur.bloc()?.is_some());
///     Ok::<(), dsn::Erreur>(())
/// })?;
/// # Ok::<(), dsn::Erreur>(())
/// ```
///
/// # Errors
/// Ce que rend `sur_fichier`, ou une [`Erreur`] : l'archive est illisible, tronquée, chiffrée, vide, trop grande ou
/// imbriquée dans une autre.
pub fn fichiers<R, E>(
    mut source: R,
    nom: &str,
    mut sur_fichier: impl FnMut(&mut dyn Read, &str) -> Result<(), E>,
) -> Result<(), E>
where
    R: Read + Seek,
    E: From<Erreur>,
{
    let debut = debut(&mut source).and_then(|(debut, n)| {
        source.seek(SeekFrom::Start(0))?;
        Ok(Contenu::reconnaitre(&debut[..n]))
    });
    match debut.map_err(|e| Faute::de_lecture(&e).dans(nom))? {
        Contenu::Texte => sur_fichier(&mut source, nom),
        Contenu::Gzip => gzip(source, nom, sur_fichier),
        Contenu::Zip => zip(source, nom, sur_fichier),
    }
}

/// Une source qui ne se rembobine pas (l'entrée standard), et ce qu'elle est.
///
/// Un zip se lit par sa fin : qui l'appelle copie [`Flux::brut`] dans un fichier temporaire, puis appelle [`fichiers`].
#[derive(Debug)]
pub struct Flux<R> {
    contenu: Contenu,
    source: Chain<Take<Cursor<[u8; MAGIE]>>, R>,
}

impl<R: Read> Flux<R> {
    /// Lit le début de la source.
    ///
    /// # Errors
    /// La source ne se lit pas.
    pub fn ouvrir(mut source: R, nom: &str) -> Result<Self, Erreur> {
        let (debut, n) = debut(&mut source).map_err(|e| Faute::de_lecture(&e).dans(nom))?;
        let contenu = Contenu::reconnaitre(&debut[..n]);
        let source = Cursor::new(debut).take(en_u64(n)).chain(source);
        Ok(Self { contenu, source })
    }

    /// Ce qu'est la source.
    #[must_use]
    pub const fn contenu(&self) -> Contenu {
        self.contenu
    }

    /// Tous les octets de la source, non déployés.
    #[must_use]
    pub fn brut(self) -> impl Read {
        self.source
    }

    /// Donne à `sur_fichier` le texte de la source.
    ///
    /// # Errors
    /// Comme [`fichiers`] ; un zip est refusé ([`Faute::ZipEnFlux`]).
    pub fn fichier<E: From<Erreur>>(
        mut self,
        nom: &str,
        mut sur_fichier: impl FnMut(&mut dyn Read, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.contenu {
            Contenu::Texte => sur_fichier(&mut self.source, nom),
            Contenu::Gzip => gzip(self.source, nom, sur_fichier),
            Contenu::Zip => Err(Faute::ZipEnFlux.dans(nom).into()),
        }
    }
}

fn gzip<E: From<Erreur>>(
    source: impl Read,
    nom: &str,
    mut sur_fichier: impl FnMut(&mut dyn Read, &str) -> Result<(), E>,
) -> Result<(), E> {
    let volumes = Volumes::default();
    let source = Compteur {
        source,
        lus: &volumes.entres,
    };
    let decodeur = MultiGzDecoder::new(BufReader::with_capacity(TAMPON, source));
    let mut texte = volumes.deploye(decodeur).map_err(|f| f.dans(nom))?;
    sur_fichier(&mut texte, nom)
}

fn zip<R: Read + Seek, E: From<Erreur>>(
    mut source: R,
    nom: &str,
    mut sur_fichier: impl FnMut(&mut dyn Read, &str) -> Result<(), E>,
) -> Result<(), E> {
    let reste = Cell::new(TABLE_MAXIMALE);
    let taille = source
        .seek(SeekFrom::End(0))
        .map_err(|e| Faute::de_lecture(&e).dans(nom))?;
    let source = Borne {
        source,
        reste: &reste,
    };
    let config = Config {
        archive_offset: ArchiveOffset::Known(0),
    };
    let ouverte = ZipArchive::with_config(config, BufReader::with_capacity(TAMPON, source));
    let mut archive = ouverte.map_err(|e| {
        let faute = match reste.get() {
            0 => Faute::TropDeFichiers(FICHIERS_MAXIMUM),
            _ => faute_de_zip(&e),
        };
        faute.dans(nom)
    })?;
    reste.set(u64::MAX);
    let gardes = table(&archive, taille).map_err(|f| f.dans(nom))?;

    let volumes = Volumes::default();
    for garde in gardes {
        let nom = format!("{nom}/{}", garde.nom);
        let ouvert = archive.by_index(garde.rang);
        let fichier = ouvert.map_err(|e| faute_de_zip(&e).dans(&nom))?;
        volumes
            .entres
            .set(volumes.entres.get().saturating_add(garde.octets));
        let mut texte = volumes.deploye(fichier).map_err(|f| f.dans(&nom))?;
        sur_fichier(&mut texte, &nom)?;
    }
    Ok(())
}

/// Un fichier d'un zip.
struct Garde {
    rang: usize,
    nom: String,
    /// Sa taille dans l'archive.
    octets: u64,
}

/// Les fichiers à lire d'un zip, dans son ordre ; toute l'archive est jugée avant que rien n'en soit lu.
fn table<R: Read + Seek>(archive: &ZipArchive<R>, taille: u64) -> Result<Vec<Garde>, Faute> {
    // Deux fichiers du même nom : l'un cacherait l'autre.
    if archive.has_duplicate_names() {
        return Err(Faute::NomsEnDouble);
    }
    let mut gardes = Vec::new();
    let mut octets: u64 = 0;
    for rang in 0..archive.len() {
        let fichier = archive.by_index_data(rang).map_err(|e| faute_de_zip(&e))?;
        octets = octets.saturating_add(fichier.compressed_size());
        let nom = fichier.name().map_err(|e| faute_de_zip(&e))?;
        if fichier.is_dir() || est_de_macos(&nom) {
            continue;
        }
        if gardes.len() == FICHIERS_MAXIMUM {
            return Err(Faute::TropDeFichiers(FICHIERS_MAXIMUM));
        }
        if fichier.encrypted() {
            return Err(Faute::Chiffre);
        }
        if !matches!(
            fichier.compression(),
            CompressionMethod::Stored | CompressionMethod::Deflated
        ) {
            return Err(Faute::Compression);
        }
        gardes.push(Garde {
            rang,
            nom: affichable(&nom),
            octets: fichier.compressed_size(),
        });
    }
    // Des fichiers qui se recouvrent se déploieraient chacun des mêmes octets.
    if octets > taille {
        return Err(Faute::Archive);
    }
    if gardes.is_empty() {
        return Err(Faute::ArchiveVide);
    }
    Ok(gardes)
}

fn est_de_macos(nom: &str) -> bool {
    nom.starts_with("__MACOSX/") || nom.rsplit('/').next() == Some(".DS_Store")
}

/// Un nom qui ira dans une erreur : rien n'y commande le terminal.
fn affichable(nom: &str) -> String {
    nom.chars()
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect()
}

fn faute_de_zip(erreur: &ZipError) -> Faute {
    match erreur {
        ZipError::Io(e) => faute_d_archive(e),
        ZipError::CompressionMethodNotSupported(_) => Faute::Compression,
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Faute::Chiffre,
        _ => Faute::Archive,
    }
}

/// Ce que dit une erreur venue d'un décodeur : celle du système si c'en est une, sinon l'archive est fautive.
fn faute_d_archive(erreur: &io::Error) -> Faute {
    match Faute::de_lecture(erreur) {
        Faute::Lecture(_) if erreur.raw_os_error().is_none() => Faute::Archive,
        faute => faute,
    }
}

/// Octets entrés dans le déploiement et sortis de lui, pour toute une source.
#[derive(Default)]
struct Volumes {
    entres: Cell<u64>,
    sortis: Cell<u64>,
}

impl Volumes {
    /// Un texte à déployer, dont le début ne doit pas être une autre archive.
    fn deploye<'v, R: Read + 'v>(&'v self, source: R) -> Result<impl Read + 'v, Faute> {
        let mut source = Deploye {
            source,
            volumes: self,
        };
        let (debut, n) = debut(&mut source).map_err(|e| Faute::de_lecture(&e))?;
        if Contenu::reconnaitre(&debut[..n]) != Contenu::Texte {
            return Err(Faute::ArchiveImbriquee);
        }
        Ok(Cursor::new(debut).take(en_u64(n)).chain(source))
    }

    fn sortir(&self, n: usize) -> Result<(), Faute> {
        let sortis = self.sortis.get().saturating_add(en_u64(n));
        self.sortis.set(sortis);
        if sortis > DEPLOIEMENT_LIBRE && sortis > self.entres.get().saturating_mul(DEPLOIEMENT_MAXIMAL) {
            return Err(Faute::Bombe(DEPLOIEMENT_MAXIMAL));
        }
        Ok(())
    }
}

/// Ce qu'un décodeur rend, sous garde.
struct Deploye<'v, R> {
    source: R,
    volumes: &'v Volumes,
}

impl<R: Read> Read for Deploye<'_, R> {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        match self.source.read(tampon) {
            Ok(n) => {
                self.volumes.sortir(n).map_err(io::Error::other)?;
                Ok(n)
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => Err(e),
            Err(e) => match faute_d_archive(&e) {
                Faute::Lecture(_) => Err(e),
                faute => Err(io::Error::other(faute)),
            },
        }
    }
}

/// Compte ce qui est lu d'une source.
struct Compteur<'v, R> {
    source: R,
    lus: &'v Cell<u64>,
}

impl<R: Read> Read for Compteur<'_, R> {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(tampon)?;
        self.lus.set(self.lus.get().saturating_add(en_u64(n)));
        Ok(n)
    }
}

/// Refuse de lire plus que ce qui reste permis ; zéro se relit ensuite dans `reste`.
struct Borne<'v, R> {
    source: R,
    reste: &'v Cell<u64>,
}

impl<R: Read> Read for Borne<'_, R> {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(tampon)?;
        self.reste.set(self.reste.get().saturating_sub(en_u64(n)));
        if self.reste.get() == 0 {
            return Err(io::Error::other(Faute::TropDeFichiers(FICHIERS_MAXIMUM)));
        }
        Ok(n)
    }
}

impl<R: Seek> Seek for Borne<'_, R> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.source.seek(place)
    }
}

/// Les premiers octets d'une source, et leur nombre s'il y en a moins.
fn debut(source: &mut impl Read) -> io::Result<([u8; MAGIE], usize)> {
    let mut debut = [0; MAGIE];
    let mut n = 0;
    while n < MAGIE {
        match source.read(&mut debut[n..]) {
            Ok(0) => break,
            Ok(lus) => n += lus,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok((debut, n))
}

fn en_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
