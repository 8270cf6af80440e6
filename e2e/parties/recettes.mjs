import assert from "node:assert/strict";
import { test } from "node:test";

import { centimes, definitions, lignes, premierDossier } from "../lecture.mjs";
import { camt053, paiementsCsv } from "../releves.mjs";

/** Dépose des fichiers sur la page des imports et rend le bilan de chacun. */
export async function deposer(banc, page, fichiers) {
  await page.goto(banc.url("/encaissements/importer"));
  const envoi = fichiers.map(([name, texte]) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(texte) }));
  await page.getByLabel("Fichiers").setInputFiles(envoi);
  await page.getByRole("button", { name: "Importer" }).click();
  await page.getByRole("heading", { name: /Ce qui vient d’être importé|n’a pas été importé/ }).first().waitFor();
  return (await lignes(page)).map((l) => l.cellules);
}

/** @param {() => import("../banc.mjs").Banc} banc */
export function recettes(banc) {
  let employeur;

  test("un relevé camt.053 et une liste de paiements se déposent ensemble, et les redéposer ne compte rien deux fois", () =>
    banc().avec("comptable", async (page) => {
      const liste = banc().url("/creances?branche=cotisations");
      employeur = await premierDossier(page, liste, (f) => f["Raison sociale"] && /\d{9}/.test(f.SIRET.replace(/\s/g, "")));
      const siret = employeur.fiche.SIRET.replace(/\s/g, "");
      const releve = camt053("E2E-RELEVE-1", [
        { reference: "E2E-1", jour: "2026-11-18", centimes: 12_345, nom: employeur.fiche["Raison sociale"], siret, libelle: "COTISATIONS" },
        { reference: "E2E-2", jour: "2026-11-18", centimes: 5_000, nom: "UN INCONNU", libelle: "VIREMENT" },
        { reference: "E2E-3", jour: "2026-11-18", centimes: 30_000, nom: employeur.fiche["Raison sociale"], libelle: `DOSSIER ${employeur.fiche.Matricule.slice(0, -1)}` },
      ]);
      const csv = paiementsCsv(banc().caisse.caisse, [
        ["17112026", siret, "2026-10", "77.70"],
        ["17112026", siret, "2026-10", "77.70"],
      ]);
      const fichiers = [["releve.xml", releve], ["paiements.csv", csv]];
      const [premier, second] = await deposer(banc(), page, fichiers);
      assert.deepEqual([premier.Lus, premier["Déjà connus"]], ["3", "0"]);
      assert.equal(centimes(premier["Montant comptabilisé"]), 47_345);
      assert.deepEqual([second.Lus, second["Déjà connus"]], ["2", "0"], "deux lignes pareilles d’un fichier sont deux recettes");
      assert.equal(centimes(second["Montant comptabilisé"]), 15_540);
      for (const bilan of await deposer(banc(), page, fichiers)) {
        assert.equal(bilan["Déjà connus"], bilan.Lus);
        assert.equal(centimes(bilan["Montant comptabilisé"]), 0);
      }
    }));

  test("un relevé faux est refusé en entier, avec sa ligne et sa raison", () =>
    banc().avec("comptable", async (page) => {
      const faux = camt053("E2E-FAUX", [
        { reference: "E2E-9", jour: "2026-11-18", centimes: 100, libelle: "X" },
      ]).replace("10001.00", "10001.01");
      await deposer(banc(), page, [["faux.xml", faux]]);
      const refus = await page.getByRole("alert").innerText();
      assert.match(refus, /faux\.xml n’a pas été importé : rien n’en a été écrit/);
      assert.match(refus, /solde/i);
    }));

  test("une ligne pareille à celle d’un autre fichier est présumée la même, et l’agent peut dire que non", () =>
    banc().avec("comptable", async (page) => {
      const siret = employeur.fiche.SIRET.replace(/\s/g, "");
      const ligne = ["17112026", siret, "2026-10", "77.70"];
      const csv = paiementsCsv(banc().caisse.caisse, [ligne, ligne, ["18112026", siret, "2026-10", "1.00"]]);
      const [bilan] = await deposer(banc(), page, [["paiements-bis.csv", csv]]);
      assert.deepEqual([bilan.Lus, bilan["Déjà connus"]], ["3", "2"]);
      await page.goto(banc().url("/encaissements/presumes"));
      const avant = (await lignes(page)).length;
      assert.ok(avant >= 2);
      const deuxieme = page.locator("main tbody tr").filter({ hasText: "paiements-bis.csv, ligne 3" });
      await deuxieme.getByRole("button", { name: "C’est un autre paiement" }).click();
      await page.getByText(/Ligne 3 comptabilisée : c’est la recette n° \d+\./).waitFor();
      const premiere = page.locator("main tbody tr").filter({ hasText: "paiements-bis.csv, ligne 2" });
      await premiere.getByRole("button", { name: "C’est bien le même" }).click();
      await page.getByText(/Ligne 2 : le même paiement/).waitFor();
      await page.getByRole("link", { name: "Toutes" }).click();
      const decisions = (await lignes(page)).map((l) => l.cellules.Décision);
      assert.ok(decisions.some((d) => /Autre paiement, selon comptable/.test(d)));
      assert.ok(decisions.some((d) => /Le même, selon comptable/.test(d)));
    }));

  test("une recette dit où chaque euro est allé, et pourquoi", () =>
    banc().avec("comptable", async (page) => {
      await page.goto(`${employeur.url}/cai`);
      const recette = page.locator("#mouvements tbody th a").first();
      await recette.click();
      await page.getByRole("heading", { name: "Où est allé chaque euro" }).waitFor();
      const parts = await lignes(page);
      assert.ok(parts.length > 0);
      assert.ok(parts.every((p) => p.cellules.Pourquoi.length > 10), "chaque part a sa raison");
      assert.ok("Reçue le" in (await definitions(page)));
    }));
}
