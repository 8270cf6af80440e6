//! Les références d'un prélèvement : message, remise, bout en bout, mandat.
//!
//! Source : EPC130-08, *SDD Core C2PSP Implementation Guidelines*, références et identifiants : alphabet
//! latin, ni barre oblique au début ou à la fin, ni deux de suite. L'espace, que la norme n'exclut que du
//! mandat, est refusée partout : un logiciel de banque qui la coupe rend une autre référence.

use std::{fmt, str::FromStr};

use crate::{ErreurReference, alphabet::est_permis_en_reference};

/// `Max35Text`.
const LONGUEUR_MAX: usize = 35;
/// Ce qui suit la référence du message dans celle d'une remise : `-0001`.
const SUITE_DE_REMISE: usize = 5;
/// Par quoi les banques disent qu'il n'y a pas de référence.
const SANS_REFERENCE: &str = "NOTPROVIDED";

/// La référence d'un message (`MsgId`), de 1 à 30 caractères, unique pour le créancier et sa banque.
///
/// Celles des remises en sont faites, ce pourquoi elle ne prend pas les 35 caractères de la norme.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReferenceDeMessage(String);

/// La référence d'une remise (`PmtInfId`) : celle du message, un tiret et un rang de quatre chiffres.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReferenceDeRemise(String);

/// La référence de bout en bout d'un prélèvement (`EndToEndId`), de 1 à 35 caractères : ce que la
/// banque rend d'un rejet, d'un retour ou d'une ligne de relevé.
///
/// L'appelant la veut unique chez lui : deux ordres de même référence ne se distinguent plus dans un rejet.
/// `Debug` la masque, car le matricule peut en être.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ReferenceDeBoutEnBout(String);

/// La référence unique d'un mandat (RUM, `MndtId`), de 1 à 35 caractères.
///
/// En capitales, car la norme ne distingue pas la casse : deux RUM égales pour une banque le sont ici.
/// `Debug` la masque.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Rum(String);

impl ReferenceDeMessage {
    /// Les caractères.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// La référence de la remise de ce rang, de 1 à 9999.
    pub(crate) fn remise(&self, rang: usize) -> ReferenceDeRemise {
        ReferenceDeRemise(format!("{}-{rang:04}", self.0))
    }
}

impl ReferenceDeRemise {
    /// Les caractères.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ReferenceDeBoutEnBout {
    /// Les caractères.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Rum {
    /// Les caractères, en capitales.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ReferenceDeBoutEnBout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReferenceDeBoutEnBout(••••)")
    }
}

impl fmt::Debug for Rum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rum(••••)")
    }
}

impl FromStr for ReferenceDeMessage {
    type Err = ErreurReference;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        controler(texte, LONGUEUR_MAX.saturating_sub(SUITE_DE_REMISE)).map(Self)
    }
}

impl FromStr for ReferenceDeBoutEnBout {
    type Err = ErreurReference;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        controler(texte, LONGUEUR_MAX).map(Self)
    }
}

impl FromStr for Rum {
    type Err = ErreurReference;

    /// Met en capitales.
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        controler(&texte.to_ascii_uppercase(), LONGUEUR_MAX).map(Self)
    }
}

fn controler(texte: &str, longueur_max: usize) -> Result<String, ErreurReference> {
    if texte.is_empty() {
        return Err(ErreurReference::Vide);
    }
    if !texte.chars().all(est_permis_en_reference) {
        return Err(ErreurReference::Caractere);
    }
    if texte.len() > longueur_max {
        return Err(ErreurReference::TropLongue(longueur_max));
    }
    if texte.starts_with('/') || texte.ends_with('/') || texte.contains("//") {
        return Err(ErreurReference::Barres);
    }
    if texte == SANS_REFERENCE {
        return Err(ErreurReference::Reservee);
    }
    Ok(texte.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_rum_ne_distingue_pas_la_casse() {
        let rum: Rum = "msa33-2026/ab12".parse().unwrap();
        assert_eq!(rum.as_str(), "MSA33-2026/AB12");
        assert_eq!(Ok(rum), "MSA33-2026/AB12".parse());
    }

    #[test]
    fn une_reference_de_bout_en_bout_garde_sa_casse() {
        let reference: ReferenceDeBoutEnBout = "Ech-1.a".parse().unwrap();
        assert_eq!(reference.as_str(), "Ech-1.a");
    }

    #[test]
    fn la_reference_d_une_remise_tient_en_35_caracteres() {
        let message: ReferenceDeMessage = "M".repeat(30).parse().unwrap();
        assert_eq!(message.remise(9_999).as_str().len(), 35);
        assert!(message.remise(1).as_str().ends_with("M-0001"));
    }

    #[test]
    fn chaque_faute_est_nommee() {
        let faute = |texte: &str| texte.parse::<Rum>().unwrap_err();
        assert_eq!(faute(""), ErreurReference::Vide);
        assert_eq!(faute(&"A".repeat(36)), ErreurReference::TropLongue(35));
        for texte in ["A B", " A", "É1", "A_1", "A&B", "A\n"] {
            assert_eq!(faute(texte), ErreurReference::Caractere, "{texte}");
        }
        for texte in ["/A", "A/", "A//B", "/"] {
            assert_eq!(faute(texte), ErreurReference::Barres, "{texte}");
        }
        assert_eq!(faute("notprovided"), ErreurReference::Reservee);
        assert_eq!(
            "M".repeat(31).parse::<ReferenceDeMessage>(),
            Err(ErreurReference::TropLongue(30))
        );
    }

    #[test]
    fn debug_ne_montre_ni_la_rum_ni_la_reference_de_bout_en_bout() {
        let rum: Rum = "DUPONT".parse().unwrap();
        let reference: ReferenceDeBoutEnBout = "DUPONT".parse().unwrap();
        assert!(!format!("{rum:?} {reference:?}").contains("DUPONT"));
    }
}
