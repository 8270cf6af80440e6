//! D'un flux d'octets à des lignes entières, quoi qu'il contienne, dans un tampon qui ne grandit pas.

use std::io::{ErrorKind, Read};

use crate::erreur::Faute;

/// Assez grand pour que lire coûte peu, assez petit pour tenir dans le cache.
const TAMPON: usize = 1 << 18;
/// Une DSN se reconnaît dans ses premiers octets, même si sa première ligne est fautive.
const DEBUT: usize = 1 << 12;
/// Ce qui fait d'un fichier une DSN : un message, ou l'enveloppe du portail national.
const MARQUES: [&[u8]; 3] = [b"S10.G00.", b"S05.G51.", b"S20.G00.05."];
/// La marque d'ordre des octets d'un texte UTF-8.
const MARQUE_UTF8: &[u8] = b"\xEF\xBB\xBF";
/// Ce qu'on garde d'une ligne trop longue : sa rubrique.
const TETE: usize = 16;

/// Un morceau du flux.
pub(super) enum Morceau<'a> {
    /// Le fichier commence par la marque d'ordre des octets d'UTF-8.
    MarqueUtf8,
    /// Des lignes entières (la dernière peut ne pas être finie, à la fin du flux).
    Lignes(&'a [u8]),
    /// Une ligne qui ne tient pas dans le tampon : son début ; le reste en est passé.
    TropLongue(&'a [u8]),
    /// La fin.
    Fin,
}

/// Un flux lu par morceaux.
pub(super) struct Flux<R> {
    source: R,
    tampon: Vec<u8>,
    /// `debut..fin` du tampon n'a pas encore été rendu.
    debut: usize,
    fin: usize,
    termine: bool,
    premier: bool,
}

impl<R: Read> Flux<R> {
    pub(super) fn nouveau(source: R) -> Self {
        Self::de_taille(source, TAMPON)
    }

    /// Un flux dont le tampon a au moins la taille où une DSN se reconnaît.
    pub(super) fn de_taille(source: R, taille: usize) -> Self {
        Self {
            source,
            tampon: vec![0; taille.max(DEBUT)],
            debut: 0,
            fin: 0,
            termine: false,
            premier: true,
        }
    }

    pub(super) fn suivant(&mut self) -> Result<Morceau<'_>, Faute> {
        self.remplir()?;
        if self.premier {
            self.premier = false;
            let suite = reconnaitre(&self.tampon[..self.fin])?.len();
            self.debut = self.fin - suite;
            if self.debut > 0 {
                return Ok(Morceau::MarqueUtf8);
            }
        }
        if self.fin == self.debut {
            return Ok(Morceau::Fin);
        }
        let lus = &self.tampon[self.debut..self.fin];
        let entieres = match memchr::memrchr(b'\n', lus) {
            _ if self.termine => lus.len(),
            Some(i) => i + 1,
            None => {
                self.passer_la_ligne()?;
                return Ok(Morceau::TropLongue(&self.tampon[..TETE]));
            }
        };
        let debut = self.debut;
        self.debut += entieres;
        Ok(Morceau::Lignes(&self.tampon[debut..self.debut]))
    }

    fn remplir(&mut self) -> Result<(), Faute> {
        self.tampon.copy_within(self.debut..self.fin, 0);
        self.fin -= self.debut;
        self.debut = 0;
        while !self.termine && self.fin < self.tampon.len() {
            self.fin += self.lire(self.fin)?;
        }
        Ok(())
    }

    fn lire(&mut self, depart: usize) -> Result<usize, Faute> {
        loop {
            match self.source.read(&mut self.tampon[depart..]) {
                Ok(lus) => {
                    self.termine |= lus == 0;
                    return Ok(lus);
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(Faute::de_lecture(&e)),
            }
        }
    }

    /// Lit jusqu'à la fin de la ligne, en n'en gardant que le début.
    fn passer_la_ligne(&mut self) -> Result<(), Faute> {
        while !self.termine {
            let lus = self.lire(TETE)?;
            self.fin = TETE + lus;
            if let Some(i) = memchr::memchr(b'\n', &self.tampon[TETE..self.fin]) {
                self.debut = TETE + i + 1;
                return Ok(());
            }
        }
        self.fin = TETE;
        self.debut = TETE;
        Ok(())
    }
}

/// Une DSN se reconnaît à son début, même fautif ; rend les octets qui suivent la marque d'UTF-8, s'il y en a une.
pub(super) fn reconnaitre(octets: &[u8]) -> Result<&[u8], Faute> {
    if octets.is_empty() {
        return Err(Faute::FichierVide);
    }
    let debut = &octets[..octets.len().min(DEBUT)];
    if MARQUES.iter().all(|m| memchr::memmem::find(debut, m).is_none()) {
        return Err(Faute::PasUneDsn);
    }
    Ok(octets.strip_prefix(MARQUE_UTF8).unwrap_or(octets))
}
