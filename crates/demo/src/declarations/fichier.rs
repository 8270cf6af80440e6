//! Un fichier mensuel de la taille qu'on veut.

use std::io::Write;
use std::ops::RangeInclusive;

use dsn::{ErreurEcriture, FinDeLigne};
use jiff::civil::DateTime;
use valeurs::{CodeCaisse, Periode};

use super::contenu::{Mode, Verite};
use super::inventer::Inventeur;
use super::plume::Plume;
use crate::tirage::{Tirage, cle};

/// Un établissement sur mille qui déclare aussi pour lui-même (bloc 82).
const COTISATIONS_ETABLISSEMENT: u32 = 300;

/// Le fichier qu'on veut.
#[derive(Clone, Debug)]
pub struct Modele<'a> {
    /// La même graine redonne le même fichier.
    pub graine: &'a str,
    /// Mois principal déclaré.
    pub mois: Periode,
    /// Les caisses, tirées au sort ; une au moins.
    pub caisses: &'a [CodeCaisse],
    /// Déclarations.
    pub etablissements: u32,
    /// Individus par déclaration, de tant à tant.
    pub salaries: RangeInclusive<u32>,
    /// Fin de chaque ligne.
    pub fin_de_ligne: FinDeLigne,
    /// L'enveloppe du portail national, et le moment où il reçut le dépôt.
    pub portail: Option<DateTime>,
}

/// Écrit un fichier au fil de l'eau, vers une sortie tamponnée ; rend ce qu'il dit de chaque établissement.
///
/// Un individu compte près de deux cents lignes, cinq mille octets.
///
/// # Errors
/// La sortie refuse.
pub fn fichier(modele: &Modele<'_>, sortie: impl Write) -> Result<Vec<Verite>, ErreurEcriture> {
    let premiere = modele
        .caisses
        .first()
        .ok_or(ErreurEcriture::Ordre("un fichier va à une caisse au moins"))?;
    let tirage = Tirage::nouveau(cle(modele.graine, *premiere, "fichier"), 0);
    let mut inventeur = Inventeur::nouveau(tirage);
    let (min, max) = (*modele.salaries.start(), *modele.salaries.end());
    let mut plume = Plume::ouvrir(sortie, modele.fin_de_ligne, modele.portail, false)?;
    let mut verites = Vec::new();
    for rang in 0..modele.etablissements {
        let etablissement = inventeur.etablissement(rang.into());
        let caisse = inventeur.tirage.parmi(modele.caisses);
        let salaries = inventeur.tirage.entre(min.max(1).into(), max.into());
        let salaries = usize::try_from(salaries).unwrap_or(1);
        let mut declaration = inventeur.declaration(&etablissement, caisse, modele.mois, salaries);
        declaration.ordre = u64::from(rang) + 1;
        if inventeur.tirage.sur_mille(COTISATIONS_ETABLISSEMENT) {
            let versement = inventeur.tirage.entre(500, 30_000);
            declaration.etablissement.push(("021", versement));
        }
        declaration.ordonner(Mode::Sepa(etablissement.iban));
        plume.declaration(&declaration)?;
        verites.push(declaration.verite());
    }
    plume.finir()?;
    Ok(verites)
}
