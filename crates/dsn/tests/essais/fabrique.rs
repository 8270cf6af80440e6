//! Des fichiers d'essai, bâtis en mémoire.

use std::io::{self, Cursor, Read, Write};

use dsn::{Ecrivain, Rubrique};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// L'en-tête d'un message réel de cette norme.
pub(crate) const EN_TETE: [(&str, &str); 3] = [
    ("S10.G00.00.001", "PAIE"),
    ("S10.G00.00.005", "02"),
    ("S10.G00.00.006", "P26V01"),
];

/// Une petite déclaration pour une caisse : 100,00 déclarés et ordonnés.
pub(crate) const DECLARATION: [(&str, &str); 16] = [
    ("S20.G00.05.001", "01"),
    ("S20.G00.05.002", "01"),
    ("S20.G00.05.003", "11"),
    ("S20.G00.05.004", "7"),
    ("S20.G00.05.005", "01012026"),
    ("S20.G00.05.007", "05022026"),
    ("S21.G00.06.001", "123456782"),
    ("S21.G00.11.001", "00018"),
    ("S21.G00.20.001", "DMSA33"),
    ("S21.G00.20.005", "100.00"),
    ("S21.G00.30.001", "1850733063123"),
    ("S21.G00.30.002", "O'CONNOR"),
    ("S21.G00.78.001", "02"),
    ("S21.G00.81.001", "076"),
    ("S21.G00.81.002", "DMSA33"),
    ("S21.G00.81.004", "100.00"),
];

/// Les rubriques d'un message, sans sa fin.
pub(crate) fn rubriques<W: Write>(ecrivain: &mut Ecrivain<W>, rubriques: &[(&str, &str)]) {
    for (nom, valeur) in rubriques {
        ecrivain
            .rubrique(nom.parse::<Rubrique>().unwrap(), valeur)
            .unwrap();
    }
}

/// Un fichier d'un message, fermé.
pub(crate) fn fichier(corps: &[(&str, &str)]) -> Vec<u8> {
    let mut ecrivain = Ecrivain::nouveau(Vec::new());
    rubriques(&mut ecrivain, &EN_TETE);
    rubriques(&mut ecrivain, corps);
    ecrivain.fermer_message().unwrap();
    ecrivain.finir().unwrap()
}

/// Un fichier juste, d'une déclaration.
pub(crate) fn fichier_juste() -> Vec<u8> {
    fichier(&DECLARATION)
}

pub(crate) fn gzip(contenu: &[u8]) -> Vec<u8> {
    let mut sortie = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    sortie.write_all(contenu).unwrap();
    sortie.finish().unwrap()
}

/// Un zip de ces fichiers ; un nom fini par `/` est un dossier.
pub(crate) fn zip<N: AsRef<str>>(fichiers: &[(N, &[u8])]) -> Vec<u8> {
    let mut sortie = ZipWriter::new(Cursor::new(Vec::new()));
    for (nom, contenu) in fichiers {
        match nom.as_ref().strip_suffix('/') {
            Some(dossier) => sortie
                .add_directory(dossier, SimpleFileOptions::default())
                .unwrap(),
            None => sortie
                .start_file(nom.as_ref(), SimpleFileOptions::default())
                .unwrap(),
        }
        sortie.write_all(contenu).unwrap();
    }
    sortie.finish().unwrap().into_inner()
}

/// Une source qui rend un à `pas` octets à la fois, tirés d'une graine.
pub(crate) struct Hache<R> {
    source: R,
    pas: usize,
    graine: u64,
}

impl<R> Hache<R> {
    pub(crate) fn nouveau(source: R, pas: usize, graine: u64) -> Self {
        Self { source, pas, graine }
    }
}

impl<R: Read> Read for Hache<R> {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        self.graine = self
            .graine
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let tire = usize::try_from(self.graine >> 40).unwrap();
        if tire.is_multiple_of(17) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let n = (1 + tire % self.pas).min(tampon.len());
        self.source.read(&mut tampon[..n])
    }
}
