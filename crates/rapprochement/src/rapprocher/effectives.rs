//! Quelles déclarations comptent pour un mois.
//!
//! Par fraction, les natures `01` et `09` forment deux chaînes, chacune dans l'ordre des identifiants puis des
//! empreintes, jamais dans celui des arrivées. Une chaîne accepte sa première déclaration normale ; la dernière qui
//! remplace ou annule (`03`, `04`, `05`) l'emporte sur tout, et rien ne s'additionne. Entre les deux chaînes, la
//! dernière du même ordre compte, sauf si elle est annulée. Entre deux découpages en fractions, celui de la déclaration
//! la plus récente.

use std::collections::BTreeMap;

use jiff::civil::Date;
use valeurs::Periode;

use super::echeance;
use super::faits::{DeclarationGardee, NatureDeclaration, TypeDeclaration};

/// Ce qui compte pour un mois, et ce qui a été remplacé.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effectives<'a> {
    /// Le mois.
    pub mois: Periode,
    /// Les déclarations qui comptent, une par fraction, dans l'ordre des fractions ; aucune si tout est annulé.
    pub declarations: Vec<&'a DeclarationGardee>,
    /// Fractions attendues : le d de la déclaration la plus récente.
    pub fractions: u8,
    /// Les déclarations qu'une autre, de type `03`, `04` ou `05`, a écartées.
    pub remplacements: Vec<Remplacement<'a>>,
    /// La première mensuelle déposée pour le mois, remplacée ou non.
    pub premier_depot: Option<&'a DeclarationGardee>,
}

/// Une déclaration écartée par une autre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remplacement<'a> {
    /// Celle qui ne compte plus.
    pub remplacee: &'a DeclarationGardee,
    /// Celle qui la remplace ou l'annule.
    pub par: &'a DeclarationGardee,
}

impl Effectives<'_> {
    /// L'échéance du mois : la première date de paiement ordonnée (20.011), sinon l'échéance légale.
    #[must_use]
    pub fn echeance(&self) -> Date {
        let ordonnees = self.declarations.iter().flat_map(|d| &d.versements);
        let premiere = ordonnees.filter_map(|v| v.echeance).min();
        premiere.unwrap_or_else(|| self.echeance_legale())
    }

    /// L'échéance légale du mois, selon le nombre d'individus.
    #[must_use]
    pub fn echeance_legale(&self) -> Date {
        let individus = self.declarations.iter().map(|d| d.individus);
        echeance::legale(self.mois, individus.fold(0, u32::saturating_add))
    }

    /// Les fractions attendues dont aucune déclaration ne compte ; aucune si rien n'est déclaré.
    #[must_use]
    pub fn fractions_manquantes(&self) -> Vec<u8> {
        if self.declarations.is_empty() {
            return Vec::new();
        }
        let presente = |n: &u8| self.declarations.iter().any(|d| d.fraction.0 == *n);
        (1..=self.fractions).filter(|n| !presente(n)).collect()
    }
}

/// Ce qui compte pour chaque mois que nomme au moins une déclaration d'un établissement, dans n'importe quel ordre.
#[must_use]
pub fn effectives(declarations: &[DeclarationGardee]) -> BTreeMap<Periode, Effectives<'_>> {
    let mut triees: Vec<&DeclarationGardee> = declarations.iter().collect();
    triees.sort_by(|a, b| place(a).cmp(&place(b)));
    let mut par_mois: BTreeMap<Periode, Vec<&DeclarationGardee>> = BTreeMap::new();
    for declaration in triees {
        par_mois.entry(declaration.mois).or_default().push(declaration);
    }
    par_mois
        .into_iter()
        .map(|(mois, triees)| (mois, du_mois(mois, &triees)))
        .collect()
}

/// La déclaration qui compte dans une chaîne, si quelque chose y est déclaré : la dernière qui remplace (aucune si elle
/// annule), sinon la première normale. L'ordre reçu est indifférent.
#[must_use]
pub fn declaration_effective<'a>(
    chaine: impl IntoIterator<Item = &'a DeclarationGardee>,
) -> Option<&'a DeclarationGardee> {
    let mut chaine: Vec<&DeclarationGardee> = chaine.into_iter().collect();
    chaine.sort_by(|a, b| place(a).cmp(&place(b)));
    tete(&chaine).filter(|d| d.genre != TypeDeclaration::Annule)
}

/// La place d'une déclaration dans sa chaîne.
pub(super) fn place(d: &DeclarationGardee) -> impl Ord + '_ {
    (&d.identifiant, d.empreinte.as_slice(), d.id)
}

const fn remplace(genre: TypeDeclaration) -> bool {
    match genre {
        TypeDeclaration::AnnuleEtRemplace
        | TypeDeclaration::Annule
        | TypeDeclaration::AnnuleEtRemplaceNeant => true,
        TypeDeclaration::Normale | TypeDeclaration::Neant => false,
    }
}

/// Ce qui tranche une chaîne triée, annulation comprise.
fn tete<'a>(chaine: &[&'a DeclarationGardee]) -> Option<&'a DeclarationGardee> {
    let derniere = chaine.iter().rfind(|d| remplace(d.genre));
    derniere.or(chaine.first()).copied()
}

fn du_mois<'a>(mois: Periode, triees: &[&'a DeclarationGardee]) -> Effectives<'a> {
    let mut remplacements = Vec::new();
    let retenues = par_fraction(triees, &mut remplacements);
    let recente = retenues.iter().copied().max_by(|a, b| place(a).cmp(&place(b)));
    let fractions = recente.map_or(1, |d| d.fraction.1);
    let (declarations, autres): (Vec<_>, Vec<_>) =
        retenues.into_iter().partition(|d| d.fraction.1 == fractions);
    // Un autre découpage ne vaut remplacement que si la déclaration qui l'impose en est un.
    if let Some(par) = recente.filter(|d| remplace(d.genre)) {
        remplacements.extend(
            autres
                .into_iter()
                .map(|remplacee| Remplacement { remplacee, par }),
        );
    }
    let mensuelles = triees
        .iter()
        .copied()
        .filter(|d| d.nature == NatureDeclaration::Mensuelle);
    Effectives {
        mois,
        declarations,
        fractions,
        remplacements,
        premier_depot: mensuelles.min_by_key(|d| d.deposee_le),
    }
}

/// La déclaration retenue de chaque fraction non annulée, dans l'ordre des fractions.
fn par_fraction<'a>(
    triees: &[&'a DeclarationGardee],
    remplacements: &mut Vec<Remplacement<'a>>,
) -> Vec<&'a DeclarationGardee> {
    let mut fractions: BTreeMap<(u8, u8), BTreeMap<NatureDeclaration, Vec<&'a DeclarationGardee>>> =
        BTreeMap::new();
    for &declaration in triees {
        let chaines = fractions.entry(declaration.fraction).or_default();
        chaines.entry(declaration.nature).or_default().push(declaration);
    }
    fractions
        .into_values()
        .filter_map(|chaines| entre_les_chaines(chaines.into_values(), remplacements))
        .collect()
}

fn entre_les_chaines<'a>(
    chaines: impl Iterator<Item = Vec<&'a DeclarationGardee>>,
    remplacements: &mut Vec<Remplacement<'a>>,
) -> Option<&'a DeclarationGardee> {
    let mut tetes = Vec::new();
    for chaine in chaines {
        let Some(par) = tete(&chaine) else { continue };
        remplacements.extend(ecartees(&chaine, par));
        if par.genre != TypeDeclaration::Annule {
            tetes.push(par);
        }
    }
    tetes.sort_by(|a, b| place(a).cmp(&place(b)));
    let retenue = tetes.pop()?;
    if remplace(retenue.genre) {
        let autres = tetes.into_iter();
        remplacements.extend(autres.map(|remplacee| Remplacement {
            remplacee,
            par: retenue,
        }));
    }
    Some(retenue)
}

/// Ce que la tête d'une chaîne a écarté, si elle remplace : la première normale et les remplacements précédents. Une
/// autre normale n'a jamais été acceptée.
fn ecartees<'a>(
    chaine: &[&'a DeclarationGardee],
    par: &'a DeclarationGardee,
) -> impl Iterator<Item = Remplacement<'a>> {
    let normale = chaine.iter().find(|d| !remplace(d.genre));
    let precedentes = chaine.iter().filter(|d| remplace(d.genre));
    let ecartees: Vec<_> = normale
        .into_iter()
        .chain(precedentes)
        .filter(|d| remplace(par.genre) && !std::ptr::eq(**d, par))
        .map(|remplacee| Remplacement { remplacee, par })
        .collect();
    ecartees.into_iter()
}
