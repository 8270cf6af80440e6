// Codes à usage unique (RFC 6238, HMAC-SHA-1, pas de 30 secondes), tels qu’une application d’authentification les donne.

import { createHmac } from "node:crypto";

const PAS_MS = 30_000;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Le pas de temps d’un instant. @param {number} instant millisecondes depuis 1970 */
export const pasDe = (instant) => Math.floor(instant / PAS_MS);

/** @param {string} texte base 32 (RFC 4648), espaces permis */
function octets(texte) {
  let bits = "";
  for (const lettre of texte.replace(/\s|=/g, "")) {
    const rang = BASE32.indexOf(lettre);
    if (rang < 0) throw new Error("secret hors de la base 32");
    bits += rang.toString(2).padStart(5, "0");
  }
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
}

/** Le code à six chiffres d’un pas. @param {string} secret @param {number} pas */
export function code(secret, pas) {
  const compteur = Buffer.alloc(8);
  compteur.writeBigUInt64BE(BigInt(pas));
  const empreinte = createHmac("sha1", octets(secret)).update(compteur).digest();
  const place = empreinte.at(-1) & 15;
  return String((empreinte.readUInt32BE(place) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Les codes d’un compte : chacun ne sert qu’une fois, et le serveur admet celui du pas suivant. */
export class Codes {
  #secret;
  #dernier = 0;

  /** @param {string} secret */
  constructor(secret) {
    this.#secret = secret;
  }

  async suivant() {
    const pas = Math.max(pasDe(Date.now()), this.#dernier + 1);
    const attente = (pas - 1) * PAS_MS - Date.now();
    if (attente > 0) await new Promise((suite) => setTimeout(suite, attente + 100));
    this.#dernier = pas;
    return code(this.#secret, pas);
  }
}
