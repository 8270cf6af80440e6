// Une grande caisse dans un vrai navigateur, seulement si SILLON_E2E_GRAND est posé : la faire prend des minutes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Banc } from "./banc.mjs";
import { chercher, lignes } from "./lecture.mjs";
import { regarder } from "./regard.mjs";

const SANS = { skip: process.env.SILLON_E2E_GRAND ? false : "posez SILLON_E2E_GRAND=1" };
const DEBITEURS = 100_000;

let banc;

before(async () => {
  if (!SANS.skip) banc = await Banc.ouvrir({ debiteurs: DEBITEURS });
});
after(() => banc?.fermer());

test("les listes d’une grande caisse se tournent page à page, sans rien qui déborde", SANS, () =>
  banc.avec("comptable", async (page) => {
    for (const chemin of ["/", "/creances", "/creances?etat=soldees&tri=-montant", "/rac", "/dsn/etablissements", "/dsn/ecarts"]) {
      await page.goto(banc.url(chemin));
      await regarder(page, `grande caisse ${chemin}`);
      const suivante = page.getByRole("link", { name: "Page suivante" });
      if ((await suivante.count()) === 0) continue;
      const avant = (await lignes(page)).map((l) => l.lien);
      await suivante.click();
      const apres = (await lignes(page)).map((l) => l.lien);
      assert.ok(apres.length > 0);
      assert.notDeepEqual(apres, avant);
    }
  }));

test("un nom fréquent se cherche parmi cent mille, et ses pages se suivent", SANS, (t) =>
  banc.avec("recouvrement", async (page) => {
    await page.goto(banc.url("/recherche"));
    for (const texte of ["martin", "marie saint", "jean bordeaux"]) {
      const debut = performance.now();
      await chercher(page, texte);
      await page.locator("main table").waitFor();
      t.diagnostic(`« ${texte} » : ${Math.round(performance.now() - debut)} ms, page affichée`);
      const premiers = (await lignes(page)).map((l) => l.lien);
      const suivante = page.getByRole("button", { name: "Page suivante" });
      if ((await suivante.count()) === 0) continue;
      await suivante.click();
      const suite = (await lignes(page)).map((l) => l.lien);
      assert.equal(new Set([...premiers, ...suite]).size, premiers.length + suite.length, "aucun dossier n’est montré deux fois");
    }
  }));
