// Écrire le fil.

import { BORNES, OP, VERSION } from "./codes.mjs";

const UTF8 = new TextEncoder();

/** Une époque qui s’écrit : ses noms, ses rangs, le message en cours. */
export class Ecrivain {
  #octets = new Uint8Array(1 << 12);
  #fin = 0;
  #noms = new Map();
  #rang = 0;
  #debut = 0;

  /** @param {number} epoque */
  constructor(epoque) {
    this.epoque = epoque;
  }

  #place(combien) {
    if (this.#fin + combien <= this.#octets.length) return;
    const plus = new Uint8Array(Math.max(this.#octets.length * 2, this.#fin + combien));
    plus.set(this.#octets.subarray(0, this.#fin));
    this.#octets = plus;
  }

  octet(n) {
    this.#place(1);
    this.#octets[this.#fin++] = n;
  }

  entier(n) {
    this.#place(5);
    while (n > 127) {
      this.#octets[this.#fin++] = (n & 127) | 128;
      n = Math.floor(n / 128);
    }
    this.#octets[this.#fin++] = n;
  }

  texte(valeur) {
    // Trois octets par unité UTF-16 au plus : la longueur n’est connue qu’une fois écrite.
    const court = valeur.length * 3 < 128;
    if (court) {
      this.#place(1 + valeur.length * 3);
      const { written } = UTF8.encodeInto(valeur, this.#octets.subarray(this.#fin + 1));
      this.#octets[this.#fin] = written;
      this.#fin += 1 + written;
      return;
    }
    let octets = UTF8.encode(valeur);
    if (octets.length > BORNES.texte) octets = UTF8.encode(valeur.slice(0, Math.floor(BORNES.texte / 4)));
    this.entier(octets.length);
    this.#place(octets.length);
    this.#octets.set(octets, this.#fin);
    this.#fin += octets.length;
  }

  /** Le nom peut-il encore s’écrire ? La table est bornée. @param {string} nom */
  nommable(nom) {
    return this.#noms.has(nom) || (this.#noms.size < BORNES.noms && nom.length <= BORNES.nom);
  }

  nom(nom) {
    const connu = this.#noms.get(nom);
    if (connu) return this.entier(connu);
    this.entier(0);
    this.texte(nom);
    this.#noms.set(nom, this.#noms.size + 1);
  }

  /** Commence une opération ; le message s’ouvre avec la première. @param {number} code */
  op(code) {
    if (this.#fin === 0) {
      this.octet(VERSION);
      this.entier(this.epoque);
      this.entier(this.#rang++);
      this.#debut = this.#fin;
    }
    this.octet(code);
  }

  /** Le message écrit, s’il dit quelque chose. @returns {Uint8Array | null} */
  prendre() {
    if (this.#fin === this.#debut) return null;
    const message = this.#octets.slice(0, this.#fin);
    this.#fin = 0;
    this.#debut = 0;
    return message;
  }

  vue({ largeur, hauteur, rapport, sombre }) {
    this.op(OP.VUE);
    for (const n of [largeur, hauteur, Math.round(rapport * 100), sombre ? 1 : 0]) this.entier(n);
  }

  foyer(numero) {
    this.op(OP.FOYER);
    this.entier(numero);
  }
}
