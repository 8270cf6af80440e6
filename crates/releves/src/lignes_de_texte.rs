//! Les lignes d'un fichier de texte, de longueur bornée : un fichier sans fin de ligne échoue aussitôt.

use std::io::{BufRead, ErrorKind};

use crate::{Regle, erreur::Faute};

/// Un lecteur qui rend les lignes une à une et en tient le compte.
pub(crate) struct Lignes<R> {
    lecteur: R,
    /// Numéro de la dernière ligne rendue.
    pub(crate) numero: u64,
    tampon: Vec<u8>,
}

impl<R: BufRead> Lignes<R> {
    pub(crate) fn new(lecteur: R) -> Self {
        Self {
            lecteur,
            numero: 0,
            tampon: Vec::new(),
        }
    }

    /// La ligne suivante, sans sa fin (LF ou CRLF) ; `None` à la fin du fichier.
    ///
    /// # Errors
    /// Ligne de plus de `limite` octets, lecture impossible.
    pub(crate) fn ligne(&mut self, limite: usize) -> Result<Option<&[u8]>, Faute> {
        self.tampon.clear();
        self.numero = self.numero.saturating_add(1);
        loop {
            let morceau = match self.lecteur.fill_buf() {
                Ok(morceau) => morceau,
                Err(erreur) if erreur.kind() == ErrorKind::Interrupted => continue,
                Err(erreur) => return Err(Faute::lecture(self.numero, &erreur)),
            };
            let fin = morceau
                .iter()
                .take(limite.saturating_add(2))
                .position(|&b| b == b'\n');
            let pris = fin.unwrap_or_else(|| morceau.len().min(limite.saturating_add(2)));
            let fichier_fini = morceau.is_empty();
            self.tampon.extend(morceau.iter().take(pris));
            self.lecteur.consume(if fin.is_some() {
                pris.saturating_add(1)
            } else {
                pris
            });
            if fin.is_some() && self.tampon.last() == Some(&b'\r') {
                self.tampon.pop();
            }
            if self.tampon.len() > limite.saturating_add(usize::from(fin.is_none() && !fichier_fini)) {
                return Err(Faute::new(self.numero, "ligne", Regle::LigneTropLongue(limite)));
            }
            if fin.is_some() {
                return Ok(Some(&self.tampon));
            }
            if fichier_fini {
                return Ok((!self.tampon.is_empty()).then_some(&*self.tampon));
            }
        }
    }

    /// Les `taille` octets suivants, sans égard aux fins de ligne ; moins à la fin du fichier, `None` s'il
    /// n'en reste aucun. Compte un enregistrement comme une ligne.
    ///
    /// # Errors
    /// Lecture impossible.
    pub(crate) fn bloc(&mut self, taille: usize) -> Result<Option<&[u8]>, Faute> {
        self.tampon.clear();
        self.numero = self.numero.saturating_add(1);
        while self.tampon.len() < taille {
            let morceau = match self.lecteur.fill_buf() {
                Ok([]) => break,
                Ok(morceau) => morceau,
                Err(erreur) if erreur.kind() == ErrorKind::Interrupted => continue,
                Err(erreur) => return Err(Faute::lecture(self.numero, &erreur)),
            };
            let pris = morceau.len().min(taille.saturating_sub(self.tampon.len()));
            self.tampon.extend(morceau.iter().take(pris));
            self.lecteur.consume(pris);
        }
        Ok((!self.tampon.is_empty()).then_some(&*self.tampon))
    }

    /// L'octet suivant, sans le consommer.
    ///
    /// # Errors
    /// Lecture impossible.
    pub(crate) fn octet_suivant(&mut self) -> Result<Option<u8>, Faute> {
        loop {
            match self.lecteur.fill_buf() {
                Ok(morceau) => return Ok(morceau.first().copied()),
                Err(erreur) if erreur.kind() == ErrorKind::Interrupted => {}
                Err(erreur) => return Err(Faute::lecture(self.numero, &erreur)),
            }
        }
    }

    /// Passe une fin de ligne (LF, CRLF ou CR), s'il y en a une.
    ///
    /// # Errors
    /// Lecture impossible.
    pub(crate) fn fin_de_ligne(&mut self) -> Result<(), Faute> {
        for attendu in [b'\r', b'\n'] {
            if self.octet_suivant()? == Some(attendu) {
                self.lecteur.consume(1);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read, repeat};

    use super::*;

    fn lignes(texte: &str, tampon: usize) -> Vec<String> {
        let mut lignes = Lignes::new(BufReader::with_capacity(tampon, texte.as_bytes()));
        let mut rendues = Vec::new();
        while let Some(ligne) = lignes.ligne(10).unwrap() {
            rendues.push(String::from_utf8(ligne.to_vec()).unwrap());
        }
        rendues
    }

    #[test]
    fn les_fins_de_ligne_lf_et_crlf_se_valent_quel_que_soit_le_tampon() {
        for tampon in 1..16 {
            assert_eq!(
                lignes("un\r\ndeux\n\ntrois", tampon),
                ["un", "deux", "", "trois"],
                "{tampon}"
            );
            assert_eq!(
                lignes("0123456789\r\n0123456789", tampon),
                ["0123456789"; 2],
                "{tampon}"
            );
        }
    }

    #[test]
    fn un_gigaoctet_sans_fin_de_ligne_echoue_en_memoire_constante() {
        let mut lignes = Lignes::new(BufReader::new(repeat(b'a').take(1 << 30)));
        assert!(matches!(
            lignes.ligne(10),
            Err(Faute {
                regle: Regle::LigneTropLongue(10),
                ligne: 1,
                ..
            })
        ));
        assert!(lignes.tampon.capacity() < 100);
    }
}
