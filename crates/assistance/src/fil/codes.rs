//! Les codes du fil (docs/assistance/fil.md), les mêmes que `assistance-sdk/fil/codes.mjs`.

/// Les opérations d'un message.
pub(super) mod op {
    pub(crate) const VUE: u8 = 1;
    pub(crate) const DOCUMENT: u8 = 2;
    pub(crate) const INSERER: u8 = 3;
    pub(crate) const RETIRER: u8 = 4;
    pub(crate) const DEPLACER: u8 = 5;
    pub(crate) const TEXTE: u8 = 6;
    pub(crate) const ATTRIBUT: u8 = 7;
    pub(crate) const SANS_ATTRIBUT: u8 = 8;
    pub(crate) const VALEUR: u8 = 9;
    pub(crate) const COCHE: u8 = 10;
    pub(crate) const CHOIX: u8 = 11;
    pub(crate) const DEFILEMENT: u8 = 12;
    pub(crate) const FOYER: u8 = 13;
    pub(crate) const MODALE: u8 = 16;
    pub(crate) const FEUILLE: u8 = 17;
    pub(crate) const ADRESSE: u8 = 18;
}

/// Les nœuds d'une arborescence.
pub(super) mod noeud {
    pub(crate) const ELEMENT: u8 = 1;
    pub(crate) const TEXTE: u8 = 2;
    pub(crate) const MASQUE: u8 = 3;
    pub(crate) const OMBRE: u8 = 4;
    pub(crate) const CADRE: u8 = 5;
    pub(crate) const SQUELETTE: u8 = 6;
    pub(crate) const SVG: u8 = 7;
    pub(crate) const CHAMP: u8 = 8;
}
