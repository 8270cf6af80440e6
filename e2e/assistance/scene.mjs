// Un visiteur et un agent dans un vrai navigateur, sans relais : ce que l’écran écrit d’un côté, la réplique le lit de l’autre.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { OPTIONS_DE_CHROMIUM } from "../banc.mjs";

const SDK = fileURLToPath(new URL("../../assistance-sdk", import.meta.url));
const GENRES = { ".mjs": "text/javascript", ".html": "text/html; charset=utf-8", ".css": "text/css" };

export class Scene {
  #pages = new Map();
  /** Tout ce qui a été demandé au site. */
  recues = [];

  static async ouvrir() {
    const scene = new Scene();
    scene.serveur = createServer((requete, reponse) => scene.#servir(requete.url, reponse));
    await new Promise((suite) => scene.serveur.listen(0, "127.0.0.1", suite));
    scene.origine = `http://127.0.0.1:${scene.serveur.address().port}`;
    scene.navigateur = await chromium.launch({ executablePath: "/usr/bin/chromium", args: OPTIONS_DE_CHROMIUM });
    scene.contexte = await scene.navigateur.newContext({ viewport: { width: 1000, height: 700 } });
    return scene;
  }

  async fermer() {
    await this.navigateur.close();
    this.serveur.close();
  }

  async #servir(url, reponse) {
    const chemin = new URL(url, this.origine).pathname;
    this.recues.push(chemin);
    const page = this.#pages.get(chemin);
    try {
      const contenu = page ?? (await readFile(SDK + chemin.replace(/^\/sdk/, "").replaceAll("..", "")));
      reponse.writeHead(200, { "content-type": page ? GENRES[extname(chemin) || ".html"] : GENRES[extname(chemin)] });
      reponse.end(contenu);
    } catch {
      reponse.writeHead(404).end();
    }
  }

  /** Sert ce contenu à ce chemin. */
  page(chemin, contenu) {
    this.#pages.set(chemin, contenu);
  }

  /** Ouvre la page d’un visiteur, et l’observe ; `avant` agit avant que rien ne soit observé. */
  async visiteur(chemin, { accord = ["public"], epoque = 1, avant } = {}) {
    const page = await this.contexte.newPage();
    await page.goto(this.origine + chemin);
    if (avant) await page.evaluate(avant);
    await page.evaluate(
      async ([classes, epoque]) => {
        const { observer } = await import("/sdk/ecran/ecran.mjs");
        const { CLASSES } = await import("/sdk/fil/codes.mjs");
        globalThis.fil = [];
        globalThis.ecran = observer(document, {
          accord: classes.map((classe) => CLASSES[classe]),
          epoque,
          envoyer: (message) => globalThis.fil.push([...message]),
        });
      },
      [accord, epoque],
    );
    return page;
  }

  /** Les messages écrits depuis la dernière fois. @returns {Promise<Uint8Array[]>} */
  async messages(page) {
    const lus = await page.evaluate(async () => {
      await new Promise((suite) => setTimeout(suite));
      return globalThis.fil.splice(0);
    });
    return lus.map((octets) => Uint8Array.from(octets));
  }

  /** Ouvre la console d’un agent, vide, et retient ce qu’elle demande au réseau. */
  async agent() {
    this.page("/agent", '<!DOCTYPE html><title>Agent</title><iframe id="vue" sandbox="allow-same-origin" style="width:1000px;height:700px"></iframe>');
    const page = await this.contexte.newPage();
    await page.goto(`${this.origine}/agent`);
    await page.evaluate(async () => {
      const { Replique } = await import("/sdk/replique/replique.mjs");
      globalThis.replique = new Replique(document.querySelector("#vue"));
    });
    // Une demande que la politique du cadre arrête s’annonce aussi : seules comptent celles qui sont parties.
    const demandes = [];
    page.on("requestfinished", (requete) => demandes.push(requete.url()));
    page.on("requestfailed", (requete) => requete.failure().errorText === "csp" || demandes.push(requete.url()));
    return Object.assign(page, { demandes });
  }

  /** Donne des messages à la réplique ; rend le refus, s’il y en a un. @param {Uint8Array[]} messages */
  async montrer(agent, messages) {
    return agent.evaluate(
      (messages) => {
        try {
          for (const octets of messages) globalThis.replique.recevoir(Uint8Array.from(octets));
          return null;
        } catch (erreur) {
          return `${erreur.constructor.name} : ${erreur.message}`;
        }
      },
      messages.map((message) => [...message]),
    );
  }
}

export const coller = (messages) => Buffer.concat(messages.map((message) => Buffer.from(message)));
