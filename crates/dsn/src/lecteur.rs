//! D'un flux d'octets à des blocs de lignes entières, dans un tampon qui ne grandit pas.

use std::io::{ErrorKind, Read};

use crate::erreur::{Erreur, Faute};
use crate::ligne::{LONGUEUR_MAXIMALE, juger};

/// Assez grand pour que lire coûte peu, assez petit pour tenir dans le cache.
const TAMPON: usize = 1 << 18;
/// Comment une DSN commence : un message, ou l'enveloppe du portail national.
const DEBUTS: [&[u8]; 2] = [b"S10.G00.00.", b"S05.G51.00."];
/// La marque d'ordre des octets d'un texte UTF-8.
const MARQUE_UTF8: &[u8] = b"\xEF\xBB\xBF";

/// Lit une source par blocs de lignes entières.
///
/// ```
/// let source = b"S10.G00.00.001,'PAIE'\nS90.G00.90.001,'2'";
/// let mut lecteur = dsn::Lecteur::nouveau(&source[..], "essai.dsn");
/// let mut n = 0;
/// while let Some(bloc) = lecteur.bloc()? {
///     n += dsn::Lignes::nouvelles(bloc).count();
/// }
/// assert_eq!(n, 2);
/// # Ok::<(), dsn::Erreur>(())
/// ```
#[derive(Debug)]
pub struct Lecteur<R> {
    source: R,
    fichier: String,
    tampon: Vec<u8>,
    /// Les octets lus : `debut..fin` du tampon n'ont pas encore été rendus.
    debut: usize,
    fin: usize,
    termine: bool,
    /// Rien n'a encore été rendu.
    premier: bool,
    encodage: Encodage,
    /// La prochaine ligne est en UTF-8.
    utf8: bool,
}

impl<R: Read> Lecteur<R> {
    /// Un lecteur de cette source ; `fichier` est son nom dans les erreurs.
    #[must_use]
    pub fn nouveau(source: R, fichier: &str) -> Self {
        Self {
            source,
            fichier: fichier.to_owned(),
            tampon: vec![0; TAMPON],
            debut: 0,
            fin: 0,
            termine: false,
            premier: true,
            encodage: Encodage::default(),
            utf8: false,
        }
    }

    /// La suite d'un fichier, à partir d'un début de ligne.
    pub(crate) fn suite(source: R, fichier: &str) -> Self {
        Self {
            premier: false,
            ..Self::nouveau(source, fichier)
        }
    }

    /// Le nom de la source.
    #[must_use]
    pub fn fichier(&self) -> &str {
        &self.fichier
    }

    /// Les lignes entières suivantes (la dernière peut ne pas être finie, à la fin de la source) ; `None` à la fin.
    ///
    /// # Errors
    /// [`Faute::Lecture`], [`Faute::Utf8`], [`Faute::LigneTropLongue`] ; la ligne de l'erreur est comptée dans le
    /// bloc, à partir de 1 : l'appelant y ajoute celles d'avant.
    pub fn bloc(&mut self) -> Result<Option<&[u8]>, Erreur> {
        if self.utf8 {
            return Err(self.erreur(1, Faute::Utf8));
        }
        self.tampon.copy_within(self.debut..self.fin, 0);
        self.fin -= self.debut;
        self.debut = 0;
        while !self.termine && self.fin < self.tampon.len() {
            match self.source.read(&mut self.tampon[self.fin..]) {
                Ok(0) => self.termine = true,
                Ok(n) => self.fin += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(self.erreur(1, Faute::de_lecture(&e))),
            }
        }
        if self.premier {
            self.premier = false;
            reconnaitre(&self.tampon[..self.fin]).map_err(|f| self.erreur(1, f))?;
        }
        let lus = &self.tampon[..self.fin];
        let entieres = if self.termine {
            lus.len()
        } else {
            memchr::memrchr(b'\n', lus).map_or(0, |i| i + 1)
        };
        // Sans une fin de ligne dans tout le tampon, le début de la ligne suffit à la juger.
        let bloc = if entieres == 0 { lus } else { &lus[..entieres] };
        if bloc.is_empty() {
            return Ok(None);
        }
        if let Err(avant) = self.encodage.verifier(bloc) {
            self.utf8 = true;
            if avant == 0 {
                return Err(self.erreur(1, Faute::Utf8));
            }
            // Les lignes d'avant ont peut-être une faute : la première est celle qui se dit.
            self.debut = avant;
            return Ok(Some(&self.tampon[..avant]));
        }
        if entieres == 0 {
            let faute = juger(bloc).err().unwrap_or(Faute::LigneTropLongue);
            return Err(self.erreur(1, faute));
        }
        self.debut = entieres;
        Ok(Some(&self.tampon[..entieres]))
    }

    fn erreur(&self, ligne: u64, faute: Faute) -> Erreur {
        Erreur {
            fichier: self.fichier.clone(),
            ligne,
            faute,
        }
    }
}

/// Un fichier qui n'est pas une DSN se reconnaît à son début.
pub(crate) fn reconnaitre(octets: &[u8]) -> Result<(), Faute> {
    match octets {
        [] => Err(Faute::FichierVide),
        _ if octets.starts_with(MARQUE_UTF8) => Err(Faute::Utf8),
        _ if DEBUTS.iter().any(|d| octets.starts_with(d)) => Ok(()),
        _ => Err(Faute::PasUneDsn),
    }
}

/// Ce qu'on sait de l'encodage : un seul accent qui n'est pas de l'UTF-8 prouve que le fichier n'en est pas, et on ne
/// regarde plus ensuite.
#[derive(Debug, Default)]
pub(crate) struct Encodage {
    latin_1: bool,
}

impl Encodage {
    /// Regarde des lignes entières ; s'il y a un accent en UTF-8, rend où commence la ligne du premier.
    ///
    /// Un accent au-delà de ce qu'une ligne peut tenir n'est pas regardé : la ligne est refusée pour sa longueur.
    pub(crate) fn verifier(&mut self, octets: &[u8]) -> Result<(), usize> {
        if self.latin_1 {
            return Ok(());
        }
        let valides = match std::str::from_utf8(octets) {
            Ok(texte) => texte.as_bytes(),
            Err(e) => {
                self.latin_1 = true;
                &octets[..e.valid_up_to()]
            }
        };
        if valides.is_ascii() {
            return Ok(());
        }
        let texte = std::str::from_utf8(valides).unwrap_or_default();
        // U+FFFD est la trace d'un caractère perdu en route : on lit quand même, le contrôle le signale.
        let Some(accent) = texte.find(|c: char| !c.is_ascii() && c != char::REPLACEMENT_CHARACTER) else {
            return Ok(());
        };
        let debut = memchr::memrchr(b'\n', &octets[..accent]).map_or(0, |i| i + 1);
        if accent - debut < LONGUEUR_MAXIMALE {
            Err(debut)
        } else {
            Ok(())
        }
    }
}
