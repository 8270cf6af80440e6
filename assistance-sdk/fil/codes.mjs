// Les codes du fil (docs/assistance/fil.md), tels que l’écran les écrit et la réplique les lit.

export const VERSION = 1;

/** Les classes que `data-categorie` peut dire ; 0, masquée, n’a pas de nom. */
export const CLASSES = Object.freeze({
  public: 1,
  identification: 2,
  adresse: 3,
  famille: 4,
  economique: 5,
  sante: 6,
  navigation: 7,
});

export const MASQUEE = 0;
export const PUBLIQUE = CLASSES.public;

export const OP = Object.freeze({
  VUE: 1,
  DOCUMENT: 2,
  INSERER: 3,
  RETIRER: 4,
  DEPLACER: 5,
  TEXTE: 6,
  ATTRIBUT: 7,
  SANS_ATTRIBUT: 8,
  VALEUR: 9,
  COCHE: 10,
  CHOIX: 11,
  DEFILEMENT: 12,
  FOYER: 13,
  MODALE: 16,
  FEUILLE: 17,
  ADRESSE: 18,
});

export const NOEUD = Object.freeze({
  ELEMENT: 1,
  TEXTE: 2,
  MASQUE: 3,
  OMBRE: 4,
  CADRE: 5,
  SQUELETTE: 6,
  SVG: 7,
  CHAMP: 8,
});

export const BORNES = Object.freeze({
  message: 8 << 20,
  texte: 1 << 20,
  noms: 4096,
  nom: 64,
  profondeur: 512,
});
