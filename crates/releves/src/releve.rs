//! La porte d'entrée : reconnaître le format, puis rendre les lignes.

use std::{
    fmt,
    io::{BufRead, Chain, Cursor, ErrorKind, Read},
};

use crate::{
    Bilan, Erreur, Ligne, Regle, camt::Camt, cfonb::Cfonb, erreur::Faute, paiements_csv::PaiementsCsv,
};

/// Octets lus pour reconnaître un format : plus qu'un enregistrement CFONB et sa fin de ligne.
const OCTETS_DE_RECONNAISSANCE: u64 = 256;

const BOM_UTF_8: &[u8] = &[0xEF, 0xBB, 0xBF];

/// Le format d'un relevé. La version d'un camt est celle de son espace de noms (`camt.053.001.08` : 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Relevé de compte ISO 20022 : il comptabilise.
    Camt053 {
        /// De 2 à 13.
        version: u8,
    },
    /// Avis de débit et de crédit ISO 20022 : il détaille.
    Camt054 {
        /// De 2 à 13.
        version: u8,
    },
    /// Relevé de compte CFONB en 120 caractères.
    ///
    /// Ce format n'a pas de référence bancaire sûre : le numéro d'écriture (7 caractères) est facultatif
    /// et recommence. Quand il est renseigné, [`Ligne::reference_bancaire`] est
    /// `date/numéro/montant en centimes signé`, suivi de `/rang` si la même revient dans le fichier ;
    /// sinon elle est `None`.
    Cfonb120,
    /// CSV de paiements, d'en-tête [`crate::EN_TETE_CSV`].
    Csv,
}

type Source<R> = Chain<Cursor<Vec<u8>>, R>;

enum Lecteur<R> {
    Camt(Box<Camt<Source<R>>>),
    Cfonb(Box<Cfonb<Source<R>>>),
    Csv(PaiementsCsv<Source<R>>),
}

/// Un relevé en cours de lecture : un itérateur de lignes, qui s'arrête à la première erreur.
pub struct Releve<R> {
    fichier: String,
    format: Format,
    lecteur: Lecteur<R>,
    bilan: Bilan,
    fini: bool,
}

impl<R: BufRead> Releve<R> {
    /// Reconnaît le format d'après le contenu et prépare la lecture. Le nom du fichier ne sert qu'aux
    /// messages.
    ///
    /// # Errors
    /// Fichier vide, format inconnu, en-tête faux, encodage faux, lecture impossible.
    pub fn ouvrir(nom_de_fichier: &str, lecteur: R) -> Result<Self, Erreur> {
        let fichier: String = nom_de_fichier.chars().filter(|c| !c.is_control()).collect();
        match reconnaitre(lecteur) {
            Ok((format, lecteur)) => Ok(Self {
                fichier,
                format,
                lecteur,
                bilan: Bilan::default(),
                fini: false,
            }),
            Err(faute) => Err(faute.dans(&fichier)),
        }
    }

    /// Le format reconnu.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Les comptes à cet instant ; complets quand l'itérateur a rendu `None`.
    #[must_use]
    pub const fn bilan(&self) -> &Bilan {
        &self.bilan
    }
}

impl<R> fmt::Debug for Releve<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Releve")
            .field("fichier", &self.fichier)
            .field("format", &self.format)
            .field("bilan", &self.bilan)
            .finish_non_exhaustive()
    }
}

impl<R: BufRead> Iterator for Releve<R> {
    type Item = Result<Ligne, Erreur>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.fini {
            return None;
        }
        let suivante = match &mut self.lecteur {
            Lecteur::Camt(camt) => camt.suivante(&mut self.bilan),
            Lecteur::Cfonb(cfonb) => cfonb.suivante(&mut self.bilan),
            Lecteur::Csv(csv) => csv.suivante(),
        };
        self.fini = !matches!(suivante, Ok(Some(_)));
        match suivante {
            Ok(Some(ligne)) => {
                self.bilan.lignes = self.bilan.lignes.saturating_add(1);
                Some(Ok(ligne))
            }
            Ok(None) => None,
            Err(faute) => Some(Err(faute.dans(&self.fichier))),
        }
    }
}

fn reconnaitre<R: BufRead>(mut lecteur: R) -> Result<(Format, Lecteur<R>), Faute> {
    let mut debut = Vec::new();
    loop {
        match lecteur
            .by_ref()
            .take(OCTETS_DE_RECONNAISSANCE)
            .read_to_end(&mut debut)
        {
            Ok(_) => break,
            Err(erreur) if erreur.kind() == ErrorKind::Interrupted => {}
            Err(erreur) => return Err(Faute::lecture(1, &erreur)),
        }
    }
    let refus = |regle| Err(Faute::new(1, "fichier", regle));
    if debut.is_empty() {
        return refus(Regle::FichierVide);
    }
    if debut.starts_with(&[0xFF, 0xFE]) || debut.starts_with(&[0xFE, 0xFF]) {
        return refus(Regle::Encodage("UTF-8"));
    }
    let sans_bom = debut.strip_prefix(BOM_UTF_8).unwrap_or(&debut).to_vec();
    let nature = nature(&sans_bom);
    let source = Cursor::new(sans_bom).chain(lecteur);
    match nature {
        Some(Nature::Xml) => {
            let camt = Camt::ouvrir(source)?;
            Ok((camt.format(), Lecteur::Camt(Box::new(camt))))
        }
        Some(Nature::Cfonb) => Ok((Format::Cfonb120, Lecteur::Cfonb(Box::new(Cfonb::ouvrir(source))))),
        Some(Nature::Csv) => Ok((Format::Csv, Lecteur::Csv(PaiementsCsv::ouvrir(source)?))),
        None => refus(Regle::FormatInconnu),
    }
}

#[derive(Clone, Copy)]
enum Nature {
    Xml,
    Cfonb,
    Csv,
}

/// La nature d'un fichier d'après ses premiers octets, sans BOM.
fn nature(debut: &[u8]) -> Option<Nature> {
    let premiere = debut.split(|&b| b == b'\n').next().unwrap_or_default();
    let imprimable = |octets: &[u8]| octets.iter().all(|&b| b >= b' ' || b == b'\r' || b == b'\t');
    if debut.trim_ascii_start().starts_with(b"<") {
        Some(Nature::Xml)
    } else if !imprimable(premiere) {
        None
    } else if premiere.contains(&b';') {
        Some(Nature::Csv)
    } else if premiere.starts_with(b"01") && premiere.get(2..7).is_some_and(<[u8]>::is_ascii) {
        Some(Nature::Cfonb)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regle(contenu: &[u8]) -> Option<Regle> {
        match Releve::ouvrir("essai", contenu) {
            Ok(releve) => releve.filter_map(Result::err).next().map(|erreur| erreur.regle),
            Err(erreur) => Some(erreur.regle),
        }
    }

    #[test]
    fn un_fichier_qui_n_est_rien_de_connu_le_dit() {
        assert_eq!(regle(b""), Some(Regle::FichierVide));
        for contenu in [
            &b"PK\x03\x04\x14;"[..],
            b"bonjour",
            b"\x00\x01\x02",
            b"\n",
            b"01",
            b"%PDF-1.7\n",
        ] {
            assert_eq!(regle(contenu), Some(Regle::FormatInconnu), "{contenu:?}");
        }
        assert_eq!(regle(b"\xFF\xFE<\x00"), Some(Regle::Encodage("UTF-8")));
        assert_eq!(regle(b"<html></html>"), Some(Regle::MessageRefuse));
        assert_eq!(regle(b"a;b\n"), Some(Regle::EnTete));
    }

    #[test]
    fn le_nom_du_fichier_ne_porte_pas_de_caractere_de_commande_dans_le_message() {
        let erreur = Releve::ouvrir("rele\x1B[2Jve\n.csv", &b""[..]).unwrap_err();
        assert_eq!(
            erreur.to_string(),
            "rele[2Jve.csv, ligne 1, champ fichier : le fichier est vide. Remède : redemandez le fichier complet à son émetteur."
        );
    }
}
