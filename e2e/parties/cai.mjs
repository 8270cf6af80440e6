import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { centimes, chiffres, lignes } from "../lecture.mjs";

/** @param {() => import("../banc.mjs").Banc} banc */
export function cai(banc) {
  test("le compte adhérent se lit à l’écran, et s’exporte en XLSX et en CSV", () =>
    banc().avec("cotisations", async (page) => {
      await page.goto(banc().url("/creances"));
      await page.goto((await lignes(page))[0].lien);
      await page.getByRole("link", { name: "Compte adhérent" }).click();
      await page.getByRole("heading", { name: "Compte adhérent individuel" }).waitFor();
      const pied = page.locator("tfoot").first();
      const [debit, credit, solde] = (await pied.locator(".montant").allInnerTexts()).map(centimes);
      assert.equal(debit - credit, solde);
      assert.equal(centimes((await chiffres(page)).Solde), solde);
      const exporter = async (nom) => {
        const attente = page.waitForEvent("download");
        await page.getByRole("link", { name: nom }).click();
        const fichier = await attente;
        assert.match(fichier.suggestedFilename(), /^cai-dossier-\d+-au-\d{4}-\d\d-\d\d\.(xlsx|csv)$/);
        return readFileSync(await fichier.path());
      };
      const classeur = await exporter("Exporter en XLSX");
      assert.equal(classeur.subarray(0, 2).toString(), "PK");
      const csv = (await exporter("Exporter en CSV")).toString("utf8");
      assert.ok(csv.split(/\r?\n/).length > 3);
      assert.ok(csv.includes(";"));
    }));

  test("une période du compte mène à ses mouvements", () =>
    banc().avec("cotisations", async (page) => {
      await page.goto(banc().url("/creances"));
      await page.goto(`${(await lignes(page))[0].lien}/cai`);
      const tous = await page.locator("#mouvements tbody tr").count();
      await page.locator("main table tbody th a").first().click();
      assert.equal(new URL(page.url()).hash, "#mouvements");
      const choisis = await page.locator("#mouvements tbody tr").count();
      assert.ok(choisis > 0 && choisis <= tous);
      await page.getByRole("link", { name: "Tous les mouvements" }).click();
      assert.equal(await page.locator("#mouvements tbody tr").count(), tous);
    }));
}
