//! Les codes du fil (docs/assistance/fil.md), les mêmes que `assistance-sdk/fil/codes.mjs`.

/// Les opérations d'un message.
pub(super) mod op {
    pub(in super::super) const VUE: u8 = 1;
    pub(in super::super) const DOCUMENT: u8 = 2;
    pub(in super::super) const INSERER: u8 = 3;
    pub(in super::super) const RETIRER: u8 = 4;
    pub(in super::super) const DEPLACER: u8 = 5;
    pub(in super::super) const TEXTE: u8 = 6;
    pub(in super::super) const ATTRIBUT: u8 = 7;
    pub(in super::super) const SANS_ATTRIBUT: u8 = 8;
    pub(in super::super) const VALEUR: u8 = 9;
    pub(in super::super) const COCHE: u8 = 10;
    pub(in super::super) const CHOIX: u8 = 11;
    pub(in super::super) const DEFILEMENT: u8 = 12;
    pub(in super::super) const FOYER: u8 = 13;
    pub(in super::super) const MODALE: u8 = 16;
    pub(in super::super) const FEUILLE: u8 = 17;
    pub(in super::super) const ADRESSE: u8 = 18;
}

/// Les nœuds d'une arborescence.
pub(super) mod noeud {
    pub(in super::super) const ELEMENT: u8 = 1;
    pub(in super::super) const TEXTE: u8 = 2;
    pub(in super::super) const MASQUE: u8 = 3;
    pub(in super::super) const OMBRE: u8 = 4;
    pub(in super::super) const CADRE: u8 = 5;
    pub(in super::super) const SQUELETTE: u8 = 6;
    pub(in super::super) const SVG: u8 = 7;
    pub(in super::super) const CHAMP: u8 = 8;
}
