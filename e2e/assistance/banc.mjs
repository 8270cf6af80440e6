// La session assistée contre rrweb 2.2, la même page, le même navigateur, le même transport, dans le même passage :
// `cargo xtask bench assistance`. Des rapports, et sort 1 si l’un passe sa borne.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { Scene } from "./scene.mjs";

const ici = (chemin) => fileURLToPath(new URL(chemin, import.meta.url));
// Le paquet n’exporte pas sa forme pour le navigateur : elle est à côté de celle qu’il exporte.
const RRWEB = readFileSync(join(dirname(createRequire(import.meta.url).resolve("rrweb")), "rrweb.umd.min.cjs"), "utf8");
const PAGE = readFileSync(ici("banc.html"), "utf8");

/** Chacun : comment il regarde la page et comment il la remontre, par le même canal. */
const PAIRS = {
  sillon: {
    regarder: async () => {
      const { observer } = await import("/sdk/ecran/ecran.mjs");
      observer(document, { accord: [1], epoque: 1, envoyer: (message) => globalThis.dire(message) });
    },
    montrer: async () => {
      const { Replique } = await import("/sdk/replique/replique.mjs");
      const replique = new Replique(document.querySelector("#vue"));
      globalThis.lire = (message) => replique.recevoir(message);
      globalThis.vu = () => document.querySelector("#vue").contentDocument;
    },
  },
  rrweb: {
    regarder: () => {
      globalThis.rrweb.record({ emit: (evenement) => globalThis.dire(JSON.stringify(evenement)) });
    },
    montrer: () => {
      const replayer = new globalThis.rrweb.Replayer([], { liveMode: true, root: document.body, mouseTail: false });
      replayer.startLive(Date.now());
      globalThis.lire = (message) => replayer.addEvent(JSON.parse(message));
      globalThis.vu = () => replayer.iframe.contentDocument;
    },
  },
};

const octets = (messages) => Buffer.concat(messages.map((m) => (typeof m === "string" ? Buffer.from(m) : Buffer.from(Object.values(m)))));
const quantile = (valeurs, q) => valeurs.toSorted((a, b) => a - b)[Math.min(valeurs.length - 1, Math.floor(valeurs.length * q))];

/** Ouvre un visiteur et un agent que joint un canal, sans rien regarder encore. */
async function ouvrir(scene, nom) {
  scene.page("/banc", PAGE.replace("<body", '<body data-categorie="public"'));
  scene.page("/vue", '<!DOCTYPE html><body><iframe id="vue" sandbox="allow-same-origin" style="width:1000px;height:700px"></iframe>');
  const agent = await scene.contexte.newPage();
  await agent.goto(`${scene.origine}/vue`);
  const visiteur = await scene.contexte.newPage();
  await visiteur.goto(`${scene.origine}/banc`);
  for (const page of [agent, visiteur]) await page.evaluate(RRWEB);
  await agent.evaluate(PAIRS[nom].montrer);
  await agent.evaluate((nom) => {
    globalThis.parus = {};
    new BroadcastChannel(nom).onmessage = ({ data }) => globalThis.lire(data);
    const guetter = () => {
      const texte = globalThis.vu()?.querySelector("#probe")?.textContent ?? "";
      const rang = /^PROBE(\d+)\.$/.exec(texte)?.[1];
      if (rang) globalThis.parus[rang] ??= Date.now();
      setTimeout(guetter);
    };
    guetter();
  }, nom);
  await visiteur.evaluate((nom) => {
    const canal = new BroadcastChannel(nom);
    globalThis.partis = [];
    globalThis.dire = (message) => {
      globalThis.partis.push(message);
      canal.postMessage(message);
    };
  }, nom);
  return { agent, visiteur };
}

async function fermer({ agent, visiteur }) {
  await agent.close();
  await visiteur.close();
}

/** Les millisecondes de script de la page pendant un travail. */
async function scripts(page, travail) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  const lire = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    return metrics.find((m) => m.name === "ScriptDuration").value * 1000;
  };
  const avant = await lire();
  await page.evaluate((travail) => globalThis.W[travail](), travail);
  return (await lire()) - avant;
}

const partis = (page) =>
  page.evaluate(async () => {
    await new Promise((suite) => setTimeout(suite, 50));
    return globalThis.partis.splice(0);
  });

async function mesurer(scene, nom) {
  const deux = await ouvrir(scene, nom);
  const { agent, visiteur } = deux;
  await visiteur.evaluate(PAIRS[nom].regarder);
  const premier = octets(await partis(visiteur));
  const script = await scripts(visiteur, "rerender");
  const rerender = octets(await partis(visiteur));
  const poses = await visiteur.evaluate(() => globalThis.W.probe());
  await agent.waitForTimeout(300);
  const parus = await agent.evaluate(() => globalThis.parus);
  const delais = Object.entries(parus).map(([rang, quand]) => quand - poses[rang]);
  await fermer(deux);
  const tailles = (o) => ({ brut: o.length, gz: gzipSync(o).length });
  return { premier: tailles(premier), rerender: tailles(rerender), script, delais };
}

let tient = true;
function dire(quoi, rapport, borne) {
  const passe = rapport <= borne;
  tient &&= passe;
  console.log(`${quoi.padEnd(62)} ${rapport.toFixed(3)}   ≤ ${borne.toFixed(3)}   ${passe ? "tient" : "NE TIENT PAS"}`);
}

const scene = await Scene.ouvrir();
try {
  const sillon = await mesurer(scene, "sillon");
  const rrweb = await mesurer(scene, "rrweb");
  for (const [quoi, borneBrute, borneGz] of [["premier", 1 / 3, 2 / 3], ["rerender", 1 / 6, 1 / 3]]) {
    console.log(`  ${quoi} : ${sillon[quoi].brut} octets (gz ${sillon[quoi].gz}) contre ${rrweb[quoi].brut} (gz ${rrweb[quoi].gz})`);
    dire(`${quoi}, octets bruts / rrweb`, sillon[quoi].brut / rrweb[quoi].brut, borneBrute);
    dire(`${quoi}, octets comprimés / rrweb`, sillon[quoi].gz / rrweb[quoi].gz, borneGz);
  }
  console.log(`  script, dix rendus : ${sillon.script.toFixed(0)} ms contre ${rrweb.script.toFixed(0)}`);
  // Celui de la page y est des deux côtés : le rapport des seuls écrans est plus petit encore.
  dire("script, dix rendus / rrweb", sillon.script / rrweb.script, 1 / 4);
  console.log(`  du changement à la réplique : ${sillon.delais.length} et ${rrweb.delais.length} vus sur 100`);
  for (const [nom, q] of [["p50", 0.5], ["p95", 0.95]]) {
    const [a, b] = [quantile(sillon.delais, q), quantile(rrweb.delais, q)];
    console.log(`  ${nom} : ${a} ms contre ${b} ms`);
    // L’horloge compte en millisecondes : une de plus n’est pas plus lent.
    dire(`changement → réplique, ${nom} / rrweb`, a / (b + 1), 1);
  }
  const sdk = ici("../../assistance-sdk/");
  const modules = ["fil/codes.mjs", "fil/permis.mjs", "fil/ecrire.mjs", ...readdirSync(`${sdk}ecran`).map((f) => `ecran/${f}`)];
  const visiteur = gzipSync(modules.map((chemin) => readFileSync(sdk + chemin, "utf8")).join("")).length;
  console.log(`  script du visiteur : ${visiteur} octets comprimés, sans être réduit`);
  dire("script du visiteur, comprimé / 20 ko", visiteur / 20_000, 1);
} finally {
  await scene.fermer();
}
if (!tient) process.exitCode = 1;
