//! Une ligne : sa forme, sa rubrique, sa valeur.

use std::borrow::Cow;

use crate::ligne::{LONGUEUR_MAXIMALE, Ligne, Lignes};
use crate::norme::{Nature, RUBRIQUES, RubriqueNorme, VERSION, rang_rubrique};
use crate::rubrique::Rubrique;
use crate::valeur::date;

use super::envoi::est_de_l_enveloppe;
use super::memoire::Empreinte;
use super::{Controleur, Gravite};

const VERSION_DE_LA_NORME: Rubrique = Rubrique::de("S10.G00.00.006");
/// Les dates de naissance dont le jour ou le mois peut être inconnu, et leur contrôle de calendrier.
const NAISSANCES: [(Rubrique, &str); 3] = [
    (Rubrique::de("S21.G00.30.006"), "S21.G00.30.006/CSL-11"),
    (Rubrique::de("S21.G00.31.011"), "S21.G00.31.011/CSL-11"),
    (Rubrique::de("S89.G00.91.006"), "S89.G00.91.006/CSL-11"),
];
/// `S21.G00.06.001` : le nom d'une rubrique a quatorze caractères.
const NOM: usize = 14;
/// Au-delà, un message n'énumère pas les codes permis.
const CODES_CITES: usize = 12;

/// Ce qui ne va pas dans la valeur d'une rubrique.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FauteDeValeur {
    Blanc,
    Caractere,
    Utf8,
    Reserve,
    Longueur,
    Code,
    Forme,
    Date(&'static str),
}

impl Controleur<'_> {
    /// Des lignes entières.
    pub(super) fn lignes(&mut self, octets: &[u8]) {
        let mut lignes = Lignes::nouvelles(octets);
        loop {
            let avant = lignes.reste();
            match lignes.next() {
                None => return,
                Some(Ok(ligne)) => {
                    self.ligne += 1;
                    self.bien_formee(ligne);
                }
                Some(Err(_)) => {
                    self.ligne += 1;
                    let brute = &avant[..avant.len() - lignes.reste().len()];
                    let brute = brute.strip_suffix(b"\n").unwrap_or(brute);
                    self.fautive(brute.strip_suffix(b"\r").unwrap_or(brute));
                }
            }
        }
    }

    /// Une ligne qui ne tient pas dans le tampon.
    pub(super) fn trop_longue(&mut self, debut: &[u8]) {
        self.ligne += 1;
        let rubrique = rubrique_en_tete(debut);
        self.sortie.notre("SYNTAXE/longueur", self.ligne, rubrique);
        self.compter(rubrique, b"");
    }

    /// Le fichier commence par une marque d'UTF-8.
    pub(super) fn marque_utf8(&mut self) {
        self.sortie.notre("SYNTAXE/utf8", 1, None);
    }

    /// Une ligne que la norme ne lit pas : une anomalie, puis sa rubrique compte quand même à sa place, pour que ce qui
    /// suit ne passe pas pour faux.
    #[cold]
    fn fautive(&mut self, ligne: &[u8]) {
        let rubrique = rubrique_en_tete(ligne);
        let suite = ligne.get(NOM..).unwrap_or_default();
        let entouree = suite.strip_prefix(b",'");
        let valeur = entouree.or(suite.get(1..)).unwrap_or_default();
        let controle = if ligne.is_empty() {
            "SYNTAXE/ligne-vide"
        } else if ligne.len() > LONGUEUR_MAXIMALE {
            "SYNTAXE/longueur"
        } else if ligne.contains(&0) {
            "SYNTAXE/octet-nul"
        } else if ligne.contains(&b'\r') {
            "SYNTAXE/retour-chariot"
        } else if ligne.iter().any(|o| *o < b' ') {
            "SYNTAXE/caractere-de-controle"
        } else if rubrique.is_none() || !suite.starts_with(b",") {
            "SYNTAXE/rubrique"
        } else if entouree.is_none() || !valeur.ends_with(b"'") {
            "SYNTAXE/apostrophe"
        } else {
            "SYNTAXE/valeur-vide"
        };
        self.sortie.notre(controle, self.ligne, rubrique);
        if !ligne.is_empty() {
            self.compter(rubrique, valeur.strip_suffix(b"'").unwrap_or(valeur));
        }
    }

    /// Compte et place la rubrique d'une ligne fautive.
    fn compter(&mut self, rubrique: Option<Rubrique>, valeur: &[u8]) {
        if let Some(rang) = rubrique.and_then(rang_rubrique) {
            let norme = &RUBRIQUES[usize::from(rang)];
            if est_de_l_enveloppe(norme.rubrique) {
                self.envelopper(norme.rubrique, valeur);
                return;
            }
            self.placer(rang, norme, valeur);
        }
        self.envoi.rubriques += 1;
    }

    #[inline]
    fn bien_formee(&mut self, ligne: Ligne<'_>) {
        let Ligne { rubrique, valeur } = ligne;
        let Some((rang, norme)) = self.chercher(rubrique) else {
            self.inconnue(rubrique);
            return;
        };
        if est_de_l_enveloppe(rubrique) {
            self.envelopper(rubrique, valeur);
        } else {
            self.placer(rang, norme, valeur);
            self.envoi.rubriques += 1;
        }
        let empreinte = Empreinte::de(rang, valeur);
        if empreinte.is_some_and(|e| self.memoire.connait(e)) {
            return;
        }
        if !est_juste(norme, valeur) {
            self.fausse(norme, valeur);
        } else if let Some(empreinte) = empreinte {
            self.memoire.retenir(empreinte);
        }
    }

    /// La place d'une rubrique : le plus souvent, celle qui suit la précédente.
    #[inline]
    fn chercher(&self, rubrique: Rubrique) -> Option<(u16, &'static RubriqueNorme)> {
        let suivante = self.occurrence.derniere + 1;
        if let Some(norme) = RUBRIQUES
            .get(usize::from(suivante))
            .filter(|r| r.rubrique == rubrique)
        {
            return Some((suivante, norme));
        }
        let rang = rang_rubrique(rubrique)?;
        Some((rang, &RUBRIQUES[usize::from(rang)]))
    }

    /// Une rubrique que les tables n'ont pas.
    #[cold]
    fn inconnue(&mut self, rubrique: Rubrique) {
        self.envoi.rubriques += 1;
        // Une autre version de la norme peut l'avoir ; le portail peut en ajouter d'autres que celles de notre exemple.
        let du_portail = self.enveloppe.ouverte() && rubrique.numero() >= 900;
        let gravite = if self.envoi.norme_des_tables() && !du_portail {
            Gravite::Bloquant
        } else {
            Gravite::Signalement
        };
        let message = format!(
            "La rubrique {rubrique} n'est pas dans la norme {VERSION}. Vérifiez son nom et la version de la norme \
             (S10.G00.00.006), puis faites-la corriger ou retirer."
        );
        let controle = "STRUCTURE/rubrique-inconnue";
        self.sortie
            .dire(controle, gravite, self.ligne, Some(rubrique), Cow::Owned(message));
    }

    /// Une valeur qui n'est pas juste : pourquoi.
    #[cold]
    fn fausse(&mut self, norme: &RubriqueNorme, valeur: &[u8]) {
        let Some(faute) = diagnostiquer(norme, valeur) else {
            return;
        };
        let (controle, message) = match faute {
            FauteDeValeur::Blanc => ("SYNTAXE/blanc", None),
            FauteDeValeur::Caractere => ("SYNTAXE/caractere-de-controle", None),
            FauteDeValeur::Utf8 => ("SYNTAXE/utf8", None),
            FauteDeValeur::Reserve => ("SYNTAXE/caractere-reserve", None),
            FauteDeValeur::Longueur => ("VALEUR/longueur", Some(message_longueur(norme))),
            FauteDeValeur::Code => ("VALEUR/enumeration", Some(message_code(norme))),
            FauteDeValeur::Forme => ("VALEUR/forme", Some(message_forme(norme))),
            FauteDeValeur::Date(controle) => (controle, None),
        };
        let rubrique = Some(norme.rubrique);
        match message {
            None => self.sortie.notre(controle, self.ligne, rubrique),
            Some(message) => {
                let gravite = if faute == FauteDeValeur::Code && !self.envoi.norme_des_tables() {
                    Gravite::Signalement
                } else {
                    Gravite::Bloquant
                };
                self.sortie
                    .dire(controle, gravite, self.ligne, rubrique, Cow::Owned(message));
            }
        }
    }
}

/// La rubrique que nomme le début d'une ligne.
fn rubrique_en_tete(ligne: &[u8]) -> Option<Rubrique> {
    std::str::from_utf8(ligne.get(..NOM)?).ok()?.parse().ok()
}

/// La valeur est-elle juste ? Le chemin de presque toutes les lignes.
#[inline]
fn est_juste(norme: &RubriqueNorme, valeur: &[u8]) -> bool {
    let (min, max) = norme.longueur;
    let n = valeur.len();
    if n < usize::from(min) || n > usize::from(max) {
        return false;
    }
    match norme.nature {
        Nature::Enumeration => norme.admet(valeur),
        Nature::Numerique => norme.suit_l_expression(valeur),
        Nature::Date => norme.suit_l_expression(valeur) && date(valeur).is_some(),
        Nature::Alphanumerique | Nature::Referentiel => {
            valeur.first() != Some(&b' ')
                && valeur.last() != Some(&b' ')
                && valeur.iter().all(|o| (b' '..=b'~').contains(o))
                && norme.suit_l_expression(valeur)
        }
    }
}

/// Ce qui ne va pas dans une valeur ; `None` si elle est juste après tout (accents, jour de naissance inconnu…).
fn diagnostiquer(norme: &RubriqueNorme, valeur: &[u8]) -> Option<FauteDeValeur> {
    if valeur.first() == Some(&b' ') || valeur.last() == Some(&b' ') {
        return Some(FauteDeValeur::Blanc);
    }
    if valeur.iter().any(|o| *o < b' ' || *o == 0x7F) {
        return Some(FauteDeValeur::Caractere);
    }
    if !valeur.is_ascii() && std::str::from_utf8(valeur).is_ok() {
        return Some(FauteDeValeur::Utf8);
    }
    let (min, max) = norme.longueur;
    if valeur.len() < usize::from(min) || valeur.len() > usize::from(max) {
        return Some(FauteDeValeur::Longueur);
    }
    if norme.nature == Nature::Enumeration {
        return (!norme.admet(valeur) && !autre_version(norme, valeur)).then_some(FauteDeValeur::Code);
    }
    if !norme.suit_l_expression(valeur) {
        return Some(FauteDeValeur::Forme);
    }
    if norme.nature == Nature::Date && date(valeur).is_none() {
        return match NAISSANCES.iter().find(|(r, _)| *r == norme.rubrique) {
            Some(_) if jour_inconnu(valeur) => None,
            Some((_, controle)) => Some(FauteDeValeur::Date(controle)),
            None => Some(FauteDeValeur::Date("VALEUR/date")),
        };
    }
    // Entre 0x80 et 0x9F, ISO-8859-1 n'a pas de caractère imprimable : le texte vient de Windows-1252.
    valeur
        .iter()
        .any(|o| (0x80..=0x9F).contains(o))
        .then_some(FauteDeValeur::Reserve)
}

/// S10.G00.00.006 admet les autres versions de la norme que Sillon lit ; leurs tables ne sont pas là.
fn autre_version(norme: &RubriqueNorme, valeur: &[u8]) -> bool {
    norme.rubrique == VERSION_DE_LA_NORME
        && matches!(valeur, [b'P', a, b, b'V', b'0', c]
            if [a, b, c].iter().all(|o| o.is_ascii_digit()) && (*a, *b) >= (b'2', b'2'))
}

/// Une date de naissance dont le jour ou le mois n'est pas connu (99, ou 00 dans P26V01), et rien d'autre de faux.
fn jour_inconnu(valeur: &[u8]) -> bool {
    let Ok([j1, j2, m1, m2, annee @ ..]) = <[u8; 8]>::try_from(valeur) else {
        return false;
    };
    let inconnu = |deux: [u8; 2]| matches!(&deux, b"99" | b"00");
    let jour = if inconnu([j1, j2]) { *b"01" } else { [j1, j2] };
    let mois = if inconnu([m1, m2]) { *b"01" } else { [m1, m2] };
    let complete = [
        jour[0], jour[1], mois[0], mois[1], annee[0], annee[1], annee[2], annee[3],
    ];
    (inconnu([j1, j2]) || inconnu([m1, m2])) && date(&complete).is_some()
}

fn message_longueur(norme: &RubriqueNorme) -> String {
    let (min, max) = norme.longueur;
    let attendue = if min == max {
        format!("doit avoir {max} caractères")
    } else {
        format!("doit avoir de {min} à {max} caractères")
    };
    format!(
        "« {} » {attendue}. Faites corriger la valeur par le déclarant.",
        norme.libelle
    )
}

fn message_code(norme: &RubriqueNorme) -> String {
    let codes = norme.codes();
    let permis = if codes.len() <= CODES_CITES {
        let codes: Vec<&str> = codes.iter().map(|c| c.code).collect();
        format!(" : {}", codes.join(", "))
    } else {
        String::new()
    };
    format!(
        "« {} » n'admet que les codes de la norme {VERSION}{permis}. Faites corriger le code par le déclarant.",
        norme.libelle
    )
}

fn message_forme(norme: &RubriqueNorme) -> String {
    let forme = match norme.nature {
        Nature::Date => "une date JJMMAAAA, dans les années que la norme admet",
        Nature::Numerique => {
            "un nombre écrit comme la norme le veut : chiffres et point décimal, ni espace, ni virgule"
        }
        _ => "une valeur de la forme que la norme impose",
    };
    format!(
        "« {} » doit être {forme}. Faites corriger la valeur par le déclarant.",
        norme.libelle
    )
}
