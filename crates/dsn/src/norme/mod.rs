//! Les tables de la norme, et ce qu'on y cherche : rubriques, blocs, codes, messages des contrôles.
//!
//! `tables.rs` est généré de `crates/dsn/norme/*.csv` par `cargo xtask norme`. La version est [`VERSION`] ; l'enveloppe
//! et les rubriques du portail national y sont aussi.

mod recherche;
#[rustfmt::skip]
mod tables;

use crate::rubrique::{Bloc, Rubrique};

pub(crate) use recherche::{cle, rang_bloc, rang_rubrique};
pub(crate) use tables::{BLOCS, RUBRIQUES};

/// La version de la norme que ces tables décrivent.
pub const VERSION: &str = "P26V01";

/// Ce que contient une rubrique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Un texte libre, ou que son expression régulière borne.
    Alphanumerique,
    /// L'un des codes de la norme.
    Enumeration,
    /// Un nombre, souvent un montant.
    Numerique,
    /// Une date `JJMMAAAA`.
    Date,
    /// Un code d'un référentiel qui n'est pas dans la norme : code postal, pays, organisme…
    Referentiel,
}

/// Combien de fois un bloc se trouve sous son parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cardinalite {
    /// Au moins.
    pub min: u8,
    /// Au plus ; `None` : autant qu'on veut.
    pub max: Option<u8>,
}

/// Un bloc de la norme.
#[derive(Debug)]
pub struct BlocNorme {
    /// Le bloc.
    pub bloc: Bloc,
    /// Son libellé.
    pub libelle: &'static str,
    /// Rang du parent dans l'arbre ; `u8::MAX` pour une racine.
    pub(crate) parent: u8,
    /// Combien de fois il se trouve sous son parent, dans une DSN mensuelle.
    pub cardinalite: Cardinalite,
    /// Ses rubriques : place de la première, place d'après la dernière.
    pub(crate) rubriques: (u16, u16),
    /// Place dans `NUMEROS` de son numéro 1, et son plus grand numéro ordinaire.
    pub(crate) numeros: (u16, u16),
}

impl BlocNorme {
    /// Le bloc sous lequel il se trouve.
    #[must_use]
    pub fn parent(&self) -> Option<&'static Self> {
        BLOCS.get(usize::from(self.parent))
    }

    /// Ses rubriques, dans l'ordre de la norme.
    #[must_use]
    pub fn rubriques(&self) -> &'static [RubriqueNorme] {
        RUBRIQUES
            .get(usize::from(self.rubriques.0)..usize::from(self.rubriques.1))
            .unwrap_or_default()
    }
}

/// Une rubrique de la norme.
#[derive(Debug)]
pub struct RubriqueNorme {
    /// La rubrique.
    pub rubrique: Rubrique,
    /// Rang de son bloc dans l'arbre.
    pub(crate) bloc: u8,
    /// Son libellé.
    pub libelle: &'static str,
    /// Longueurs permises, bornes incluses.
    pub longueur: (u16, u16),
    /// Ce qu'elle contient.
    pub nature: Nature,
    /// L'état de départ de son automate ; 0 si elle n'a pas d'expression.
    pub(crate) automate: u16,
    /// Ses codes : place du premier, place d'après le dernier.
    pub(crate) codes: (u16, u16),
}

impl RubriqueNorme {
    /// Les codes qu'elle admet, par ordre ; aucun si elle n'est pas une énumération.
    #[must_use]
    pub fn codes(&self) -> &'static [CodeNorme] {
        tables::CODES
            .get(usize::from(self.codes.0)..usize::from(self.codes.1))
            .unwrap_or_default()
    }

    /// Admet-elle ce code ?
    #[must_use]
    pub fn admet(&self, code: &[u8]) -> bool {
        self.code(code).is_some()
    }

    /// Ce code, si elle l'admet.
    pub(crate) fn code(&self, code: &[u8]) -> Option<&'static CodeNorme> {
        let codes = self.codes();
        let place = codes.binary_search_by_key(&cle(code)?, |c| c.cle).ok()?;
        codes.get(place)
    }

    /// La valeur suit-elle son expression régulière ? Vrai si elle n'en a pas.
    #[must_use]
    #[inline]
    pub fn suit_l_expression(&self, valeur: &[u8]) -> bool {
        self.automate == 0 || recherche::accepte(self.automate, valeur)
    }

    /// Concerne-t-elle la MSA, avec ce code (blocs S21.G00.78, 79, 81 et 82) ?
    #[must_use]
    pub fn code_msa(&self, code: &[u8]) -> bool {
        self.code(code).is_some_and(|c| c.msa)
    }
}

/// Un code d'une énumération.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeNorme {
    /// Le code, tenu dans un entier qui se compare comme lui.
    pub(crate) cle: u64,
    /// Le code.
    pub code: &'static str,
    /// Ce qu'il veut dire.
    pub libelle: &'static str,
    /// Il concerne la MSA (blocs S21.G00.78, 79, 81 et 82).
    pub msa: bool,
}

/// La norme, pour la parcourir entière.
///
/// ```
/// let siren = dsn::Rubrique::de("S21.G00.06.001");
/// assert_eq!(dsn::norme::Norme::rubrique(siren).unwrap().longueur, (9, 9));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Norme;

impl Norme {
    /// Les blocs, dans l'ordre de l'arbre.
    #[must_use]
    pub fn blocs() -> &'static [BlocNorme] {
        &BLOCS
    }

    /// Les rubriques, dans l'ordre où un fichier les écrit.
    #[must_use]
    pub fn rubriques() -> &'static [RubriqueNorme] {
        &RUBRIQUES
    }

    /// Un bloc.
    #[must_use]
    pub fn bloc(bloc: Bloc) -> Option<&'static BlocNorme> {
        BLOCS.get(usize::from(rang_bloc(bloc)?))
    }

    /// Une rubrique.
    #[must_use]
    pub fn rubrique(rubrique: Rubrique) -> Option<&'static RubriqueNorme> {
        RUBRIQUES.get(usize::from(rang_rubrique(rubrique)?))
    }
}

/// Le libellé d'une rubrique.
///
/// ```
/// let nom = dsn::Rubrique::de("S21.G00.30.002");
/// assert_eq!(dsn::libelle_rubrique(nom), Some("Nom de famille"));
/// ```
#[must_use]
pub fn libelle_rubrique(rubrique: Rubrique) -> Option<&'static str> {
    Norme::rubrique(rubrique).map(|r| r.libelle)
}

/// Le libellé d'un bloc.
#[must_use]
pub fn libelle_bloc(bloc: Bloc) -> Option<&'static str> {
    Norme::bloc(bloc).map(|b| b.libelle)
}

/// Ce que veut dire un code, dans une rubrique.
///
/// ```
/// let mode = dsn::Rubrique::de("S21.G00.20.010");
/// assert_eq!(dsn::libelle_code(mode, "05"), Some("prélèvement SEPA"));
/// ```
#[must_use]
pub fn libelle_code(rubrique: Rubrique, code: &str) -> Option<&'static str> {
    Norme::rubrique(rubrique)?
        .code(code.as_bytes())
        .map(|c| c.libelle)
}

/// La place d'une rubrique dans l'ordre de la norme, celui d'un fichier ; `None` si la norme ne la connaît pas.
#[must_use]
pub fn ordre(rubrique: Rubrique) -> Option<u16> {
    rang_rubrique(rubrique)
}

/// Combien de blocs contiennent celui-ci : sa profondeur dans l'arbre d'une déclaration.
#[must_use]
pub fn profondeur(bloc: Bloc) -> usize {
    let premier = Norme::bloc(bloc).and_then(BlocNorme::parent);
    std::iter::successors(premier, |b| b.parent()).count()
}

/// Un bloc commence-t-il à cette rubrique, après celle-là ? Quand sa place change, ou que ses rubriques reviennent en
/// arrière.
#[must_use]
pub fn commence_un_bloc(apres: Option<Rubrique>, rubrique: Rubrique) -> bool {
    apres.is_none_or(|p| p.bloc() != rubrique.bloc() || ordre(p) >= ordre(rubrique))
}

/// Le nom d'une caisse de MSA (`DMSA33`), au millésime 2022-2023 : certaines ont fusionné depuis.
#[must_use]
pub fn libelle_caisse(code: &str) -> Option<&'static str> {
    let place = tables::CAISSES.binary_search_by_key(&code, |(c, _)| c).ok()?;
    tables::CAISSES.get(place).map(|(_, nom)| *nom)
}

/// Le message officiel d'un contrôle de la norme, `S21.G00.20.005/CSL-11`.
#[must_use]
pub fn message_controle(nom: &str) -> Option<&'static str> {
    let place = tables::MESSAGES.binary_search_by_key(&nom, |(n, _)| n).ok()?;
    tables::MESSAGES.get(place).map(|(_, message)| *message)
}

#[cfg(test)]
mod essais;
