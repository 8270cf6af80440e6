// Le programme servi, un navigateur ouvert, et une page pour chaque service, surveillée : rien ne s’y plaint en silence.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

import { servir } from "./sillon.mjs";
import { Codes } from "./totp.mjs";

export const LARGE = { width: 1280, height: 860 };
export const ETROIT = { width: 390, height: 844 };

export const OPTIONS_DE_CHROMIUM = [
  "--lang=fr-FR",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Un document refusé (403, 404, 409, 422, 429) est une page comme une autre : Chromium le note, ce n’est pas un incident. */
const REFUS_ATTENDU = /^Failed to load resource: the server responded with a status of (401|403|404|409|422|429)\b/;

export class Banc {
  #arreter;
  #navigateur;
  #codes = new Map();
  #sessions = new Map();

  /** @param {{ debiteurs?: number, caisses?: string[] }} options */
  static async ouvrir({ debiteurs = 300, caisses = ["DMSA33"] } = {}) {
    const banc = new Banc();
    const servies = await servir({ debiteurs, caisses });
    banc.caisses = servies.caisses;
    banc.caisse = servies.caisses[0];
    banc.origine = new URL(banc.caisse.adresse).origin;
    banc.#arreter = servies.arreter;
    banc.#navigateur = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: OPTIONS_DE_CHROMIUM,
      // Les champs de date et de fichier parlent la langue du navigateur.
      env: { ...process.env, LANGUAGE: "fr" },
    });
    return banc;
  }

  async fermer() {
    await this.#navigateur?.close();
    await this.#arreter?.();
  }

  /** L’adresse d’une page de la caisse. @param {string} chemin commence par une barre */
  url(chemin) {
    return `${this.origine}/${this.caisse.caisse}${chemin}`;
  }

  /** @param {string} identifiant */
  compte(identifiant) {
    const compte = this.caisse.comptes.find((c) => c.identifiant === identifiant);
    assert.ok(compte, `la démonstration n’annonce pas le compte ${identifiant}`);
    return compte;
  }

  /** Le prochain code du compte. @param {string} identifiant */
  code(identifiant) {
    if (!this.#codes.has(identifiant)) this.#codes.set(identifiant, new Codes(this.compte(identifiant).secret_totp));
    return this.#codes.get(identifiant).suivant();
  }

  /** Se connecte par les pages, second facteur compris. @param {import("playwright-core").Page} page */
  async connecter(page, identifiant) {
    await page.goto(this.url("/connexion"));
    await page.getByLabel("Identifiant").fill(identifiant);
    await page.getByLabel("Mot de passe").fill(this.compte(identifiant).mot_de_passe);
    await page.getByRole("button", { name: "Continuer" }).click();
    await page.getByLabel("Code à six chiffres").fill(await this.code(identifiant));
    await page.getByRole("button", { name: "Se connecter" }).click();
    await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  }

  /**
   * Ouvre une page au nom d’un service (de personne, si nul) et exige qu’aucune erreur n’y soit parue.
   * @param {string | null} identifiant
   * @param {(page: import("playwright-core").Page) => Promise<void>} faire
   * @param {import("playwright-core").BrowserContextOptions} options
   */
  async avec(identifiant, faire, options = {}) {
    const contexte = await this.#navigateur.newContext({
      locale: "fr-FR",
      timezoneId: "Europe/Paris",
      viewport: LARGE,
      acceptDownloads: true,
      storageState: identifiant ? await this.#session(identifiant) : undefined,
      ...options,
    });
    contexte.setDefaultTimeout(15_000);
    const incidents = surveiller(contexte);
    try {
      await faire(await contexte.newPage());
      assert.deepEqual(incidents, [], "la console du navigateur s’est plainte");
    } finally {
      await contexte.close();
    }
  }

  async #session(identifiant) {
    if (!this.#sessions.has(identifiant)) {
      const contexte = await this.#navigateur.newContext();
      await this.connecter(await contexte.newPage(), identifiant);
      this.#sessions.set(identifiant, await contexte.storageState());
      await contexte.close();
    }
    return this.#sessions.get(identifiant);
  }
}

/** Erreurs de console, exceptions, et tout ce que la politique de contenu a bloqué. */
function surveiller(contexte) {
  const incidents = [];
  contexte.on("console", (message) => {
    const texte = message.text();
    if (message.type() === "error" && !REFUS_ATTENDU.test(texte)) incidents.push(texte);
  });
  contexte.on("weberror", (erreur) => incidents.push(String(erreur.error())));
  contexte.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (e) => {
      console.error(`politique de contenu : ${e.violatedDirective} ${e.blockedURI}`);
    });
  });
  return incidents;
}
