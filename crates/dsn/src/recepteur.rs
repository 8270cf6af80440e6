//! Qui reçoit ce qui se lit.

use crate::declaration::{CotisationEtablissement, CotisationIndividuelle, Declaration};
use crate::ligne::Ligne;

/// Qui reçoit ce qu'un fichier déclare, à mesure.
pub trait Recepteur {
    /// Faux : [`Self::cotisation_individuelle`] et [`Self::ligne`] ne sont pas appelées, et la lecture va plus vite.
    const DETAIL: bool;

    /// Une ligne d'une déclaration ; `individu` est le rang de celui qu'elle concerne, 0 si elle n'en concerne aucun.
    fn ligne(&mut self, _numero: u64, _ligne: Ligne<'_>, _individu: u32) {}

    /// Une cotisation d'un individu.
    fn cotisation_individuelle(&mut self, _cotisation: CotisationIndividuelle) {}

    /// Une cotisation de l'établissement.
    fn cotisation_etablissement(&mut self, _cotisation: CotisationEtablissement) {}

    /// La déclaration finie.
    fn declaration(&mut self, declaration: Declaration);
}

impl<R: Recepteur> Recepteur for &mut R {
    const DETAIL: bool = R::DETAIL;

    fn ligne(&mut self, numero: u64, ligne: Ligne<'_>, individu: u32) {
        R::ligne(self, numero, ligne, individu);
    }

    fn cotisation_individuelle(&mut self, cotisation: CotisationIndividuelle) {
        R::cotisation_individuelle(self, cotisation);
    }

    fn cotisation_etablissement(&mut self, cotisation: CotisationEtablissement) {
        R::cotisation_etablissement(self, cotisation);
    }

    fn declaration(&mut self, declaration: Declaration) {
        R::declaration(self, declaration);
    }
}

impl Recepteur for Vec<Declaration> {
    const DETAIL: bool = false;

    fn declaration(&mut self, declaration: Declaration) {
        self.push(declaration);
    }
}
