// Lire le fil : chaque valeur, dans ses bornes. Un message qui n’est pas de la page d’accord est refusé en entier.

import { BORNES } from "./codes.mjs";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Un message que le fil ne permet pas ; ne dit jamais ce qu’il contenait. */
export class FilRefuse extends Error {}

export class Lecteur {
  #octets;
  #noms;
  #place = 0;

  /** @param {Uint8Array} octets @param {string[]} noms la table de l’époque, que la lecture complète */
  constructor(octets, noms) {
    if (octets.length > BORNES.message) throw new FilRefuse("message trop grand");
    this.#octets = octets;
    this.#noms = noms;
  }

  get fini() {
    return this.#place === this.#octets.length;
  }

  octet() {
    if (this.fini) throw new FilRefuse("message coupé");
    return this.#octets[this.#place++];
  }

  entier() {
    let n = 0;
    for (let rang = 0; rang < 5; rang += 1) {
      const octet = this.octet();
      n += (octet & 127) * 128 ** rang;
      if (octet < 128) {
        if (octet === 0 && rang > 0) throw new FilRefuse("entier mal écrit");
        if (n > 0xffffffff) break;
        return n;
      }
    }
    throw new FilRefuse("entier trop grand");
  }

  texte(max = BORNES.texte) {
    const longueur = this.entier();
    if (longueur > max || longueur > this.#octets.length - this.#place) throw new FilRefuse("texte trop long");
    const octets = this.#octets.subarray(this.#place, this.#place + longueur);
    this.#place += longueur;
    try {
      return UTF8.decode(octets);
    } catch {
      throw new FilRefuse("texte mal codé");
    }
  }

  nom() {
    const rang = this.entier();
    if (rang > 0) {
      const connu = this.#noms[rang - 1];
      if (connu === undefined) throw new FilRefuse("nom inconnu");
      return connu;
    }
    if (this.#noms.length === BORNES.noms) throw new FilRefuse("trop de noms");
    const nom = this.texte(BORNES.nom);
    this.#noms.push(nom);
    return nom;
  }

  /** @param {number} max le plus grand permis */
  parmi(max, quoi) {
    const n = this.octet();
    if (n > max) throw new FilRefuse(`${quoi} inconnu`);
    return n;
  }
}
