//! Le chemin rapide : d'un bloc d'octets à ses lignes, sans copie.

use crate::erreur::Faute;
use crate::rubrique::Rubrique;

/// La norme borne une ligne à 256 caractères, fin de ligne non comprise.
pub const LONGUEUR_MAXIMALE: usize = 256;

/// `S21.G00.06.001,'` : la valeur commence au seizième octet.
const DEBUT_DE_VALEUR: usize = 16;

/// Une ligne bien formée : une rubrique et sa valeur, en ISO-8859-1, sans les apostrophes qui l'entourent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Ligne<'a> {
    /// La rubrique.
    pub rubrique: Rubrique,
    /// La valeur : une apostrophe y est un caractère comme un autre.
    pub valeur: &'a [u8],
}

/// Les lignes d'un bloc d'octets, chacune juste dans sa forme ou fautive ; après une faute, on continue à la suivante.
///
/// ```
/// let octets = b"S21.G00.30.002,'O'CONNOR'\r\nS21.G00.30.004,'Mary'\r\n";
/// let valeurs: Vec<&[u8]> = dsn::Lignes::nouvelles(octets).map(|l| l.unwrap().valeur).collect();
/// assert_eq!(valeurs, [&b"O'CONNOR"[..], b"Mary"]);
/// ```
#[derive(Clone, Debug)]
pub struct Lignes<'a> {
    reste: &'a [u8],
}

impl<'a> Lignes<'a> {
    /// Les lignes de ces octets, qui commencent un début de ligne.
    #[must_use]
    pub const fn nouvelles(octets: &'a [u8]) -> Self {
        Self { reste: octets }
    }

    /// Ce qui n'est pas encore lu, à partir d'un début de ligne.
    #[must_use]
    pub const fn reste(&self) -> &'a [u8] {
        self.reste
    }
}

impl<'a> Iterator for Lignes<'a> {
    type Item = Result<Ligne<'a>, Faute>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some((tete, suite)) = self.reste.split_first_chunk::<DEBUT_DE_VALEUR>()
            && let Some(rubrique) = rubrique(tete)
            && let Some((valeur, suivante)) = couper(suite)
        {
            self.reste = suivante;
            return Some(Ok(Ligne { rubrique, valeur }));
        }
        self.lente()
    }
}

impl<'a> Lignes<'a> {
    /// La dernière ligne d'un bloc, ou une ligne fautive.
    #[cold]
    fn lente(&mut self) -> Option<Result<Ligne<'a>, Faute>> {
        if self.reste.is_empty() {
            return None;
        }
        let fin = memchr::memchr(b'\n', self.reste).unwrap_or(self.reste.len());
        let (ligne, suite) = self.reste.split_at(fin);
        self.reste = suite.get(1..).unwrap_or_default();
        Some(juger(ligne.strip_suffix(b"\r").unwrap_or(ligne)))
    }
}

/// Juge une ligne sans sa fin. D'une ligne trop longue, rien ne se regarde au-delà de ce qu'une ligne peut tenir.
pub(crate) fn juger(ligne: &[u8]) -> Result<Ligne<'_>, Faute> {
    if ligne.is_empty() {
        return Err(Faute::LigneVide);
    }
    let debut = &ligne[..ligne.len().min(LONGUEUR_MAXIMALE)];
    if debut.contains(&0) {
        return Err(Faute::OctetNul);
    }
    if debut.contains(&b'\r') {
        return Err(Faute::RetourSeul);
    }
    if debut.iter().any(|o| *o < b' ') {
        return Err(Faute::Controle);
    }
    if ligne.len() > LONGUEUR_MAXIMALE {
        return Err(Faute::LigneTropLongue);
    }
    let (tete, suite) = ligne
        .split_first_chunk::<DEBUT_DE_VALEUR>()
        .ok_or(Faute::Rubrique)?;
    let rubrique = rubrique(tete).ok_or(Faute::Rubrique)?;
    let valeur = suite
        .strip_suffix(b"'")
        .ok_or(Faute::ApostropheFinale(rubrique))?;
    if valeur.is_empty() {
        return Err(Faute::ValeurVide(rubrique));
    }
    Ok(Ligne { rubrique, valeur })
}

/// La valeur et les lignes suivantes ; `None` si la ligne demande l'analyse lente.
#[inline]
fn couper(suite: &[u8]) -> Option<(&[u8], &[u8])> {
    let (ligne, fin) = suite.split_at_checked(premier_controle(suite)?)?;
    let ([b'\n', suivante @ ..] | [b'\r', b'\n', suivante @ ..]) = fin else {
        return None;
    };
    match ligne {
        [valeur @ .., b'\''] if !valeur.is_empty() && ligne.len() <= LONGUEUR_MAXIMALE - DEBUT_DE_VALEUR => {
            Some((valeur, suivante))
        }
        _ => None,
    }
}

const fn mot(octets: &[u8; 8]) -> u64 {
    u64::from_le_bytes(*octets)
}

const SECTION: u64 = mot(b"S00.G00.");
const SUITE: u64 = mot(b"00.000,'");
const S21_G00: u64 = mot(b"S21.G00.");
/// Ajouté à l'écart d'un octet au modèle : le bit de poids fort s'allume s'il dépasse 9 (chiffre) ou 0 (autre signe).
const BORNES_SECTION: u64 = mot(&[0x7F, 0x76, 0x76, 0x7F, 0x7F, 0x76, 0x76, 0x7F]);
const BORNES_SUITE: u64 = mot(&[0x76, 0x76, 0x7F, 0x76, 0x76, 0x76, 0x7F, 0x7F]);
const POIDS_FORTS: u64 = 0x8080_8080_8080_8080;
const UNS: u64 = 0x0101_0101_0101_0101;

/// La rubrique que nomment les seize premiers octets d'une ligne, huit octets à la fois.
#[inline]
fn rubrique(tete: &[u8; DEBUT_DE_VALEUR]) -> Option<Rubrique> {
    let (section, suite) = tete.split_first_chunk::<8>()?;
    let (suite, _) = suite.split_first_chunk::<8>()?;
    let (section, suite) = (mot(section), mot(suite) ^ SUITE);
    if (suite.wrapping_add(BORNES_SUITE) | suite) & POIDS_FORTS != 0 {
        return None;
    }
    let chiffres = if section == S21_G00 {
        2100
    } else {
        let section = section ^ SECTION;
        if (section.wrapping_add(BORNES_SECTION) | section) & POIDS_FORTS != 0 {
            return None;
        }
        // Chaque octet devient dix fois lui-même plus le suivant : « 2 » puis « 1 » donne 21.
        let paires = section.wrapping_mul(10).wrapping_add(section >> 8);
        octet(paires, 1) * 100 + octet(paires, 5)
    };
    let paires = suite.wrapping_mul(10).wrapping_add(suite >> 8);
    Some(Rubrique::des_chiffres(
        chiffres * 100_000 + octet(paires, 0) * 1000 + octet(paires, 3) * 10 + octet(suite, 5),
    ))
}

#[inline]
fn octet(mot: u64, rang: usize) -> u32 {
    u32::from(mot.to_le_bytes()[rang])
}

/// La place du premier caractère de contrôle : la fin de la ligne, ou une faute. Les valeurs sont courtes, un ou deux
/// mots suffisent presque toujours.
#[inline]
fn premier_controle(suite: &[u8]) -> Option<usize> {
    let mut depart = 0;
    while depart < LONGUEUR_MAXIMALE {
        let lus = mot(suite.get(depart..)?.first_chunk::<8>()?);
        // Le bit de poids fort du premier octet inférieur à 0x20 s'allume, et d'aucun avant lui.
        let controles = lus.wrapping_sub(UNS * 0x20) & !lus & POIDS_FORTS;
        if controles != 0 {
            return Some(depart + usize::try_from(controles.trailing_zeros() / 8).unwrap_or_default());
        }
        depart += 8;
    }
    None
}
