// Le vrai programme, sur une caisse de démonstration jetable.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const RACINE = fileURLToPath(new URL("..", import.meta.url));

/** Le jour de la démonstration : les mêmes créances à chaque lancement. */
export const AU = "2026-11-20";

/** Le programme à essayer : celui que nomme SILLON_BIN, sinon le dernier construit pour livrer, sinon l’autre. */
function programme() {
  const choix = [process.env.SILLON_BIN, join(RACINE, "target/release/sillon"), join(RACINE, "target/debug/sillon")];
  const trouve = choix.find((chemin) => chemin && existsSync(chemin));
  if (!trouve) throw new Error("aucun programme à essayer : « cargo build --release », ou SILLON_BIN=CHEMIN");
  return trouve;
}

/** L’environnement du poste ne règle pas le programme essayé. */
function environnement() {
  return Object.fromEntries(Object.entries(process.env).filter(([nom]) => !nom.startsWith("SILLON_")));
}

/**
 * @typedef {{ service: string, identifiant: string, mot_de_passe: string, secret_totp: string }} Compte
 * @typedef {{ adresse: string, comptes: { profil: string, identifiant: string, mot_de_passe: string }[] }} Extranet l’espace des adhérents, de la première caisse seulement
 * @typedef {{ caisse: string, nom: string, adresse: string, comptes: Compte[], extranet?: Extranet }} Caisse
 */

/**
 * Fait la démonstration et la sert ; rend les caisses annoncées et de quoi tout arrêter.
 * @param {{ debiteurs: number, caisses: string[] }} options
 * @returns {Promise<{ caisses: Caisse[], arreter: () => Promise<void> }>}
 */
export async function servir({ debiteurs, caisses }) {
  const donnees = mkdtempSync(join(tmpdir(), "sillon-e2e-"));
  const options = ["--debiteurs", String(debiteurs), "--graine", "e2e", "--au", AU, "--port", "0", "--port-extranet", "0", "--format", "json"];
  const arguments_ = ["demo", ...options, "--donnees", donnees, ...caisses.flatMap((c) => ["--caisse", c])];
  const enfant = spawn(programme(), arguments_, { env: environnement(), stdio: ["ignore", "pipe", "pipe"] });
  let plaintes = "";
  enfant.stderr.on("data", (morceau) => {
    plaintes = (plaintes + morceau).slice(-4000);
  });
  const fin = new Promise((suite) => enfant.once("exit", suite));
  const annonces = [];
  for await (const ligne of createInterface({ input: enfant.stdout })) {
    annonces.push(JSON.parse(ligne));
    if (annonces.length === caisses.length) break;
  }
  if (annonces.length < caisses.length) throw new Error(`le programme s’est arrêté : ${plaintes}`);
  const arreter = async () => {
    enfant.kill("SIGTERM");
    await fin;
    rmSync(donnees, { recursive: true, force: true });
  };
  return { caisses: annonces, arreter };
}
