import assert from "node:assert/strict";
import { test } from "node:test";

import { lignes } from "../lecture.mjs";

const actif = (page, lire) => page.evaluate(lire);

/** @param {() => import("../banc.mjs").Banc} banc */
export function clavier(banc) {
  test("tout se fait au clavier : évitement, recherche, lignes, ouverture, aide", () =>
    banc().avec("cotisations", async (page) => {
      await page.goto(banc().url("/creances"));
      const nom = (await lignes(page))[0].cellules["Débiteur"];
      await page.keyboard.press("Tab");
      assert.equal(await actif(page, () => document.activeElement.textContent), "Aller au contenu");
      const visible = await page.locator(".evitement").boundingBox();
      assert.ok(visible.y >= 0, "le lien d’évitement se voit quand il a le focus");
      await page.keyboard.press("Enter");
      assert.equal(await actif(page, () => document.activeElement.id), "contenu");

      await page.keyboard.press("/");
      assert.equal(await actif(page, () => document.activeElement.id), "chercher");
      await page.keyboard.type(nom);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Chercher un débiteur" }).waitFor();

      await page.goto(banc().url("/creances"));
      const rang = () =>
        page.evaluate(() => [...document.querySelectorAll("main tbody tr")].indexOf(document.activeElement.closest("tr")));
      for (const [touche, attendu] of [["j", 0], ["j", 1], ["ArrowDown", 2], ["k", 1], ["ArrowUp", 0], ["k", 0]]) {
        await page.keyboard.press(touche);
        assert.equal(await rang(), attendu, touche);
      }
      const vise = await actif(page, () => document.activeElement.href);
      await page.keyboard.press("Enter");
      await page.waitForURL(vise);
      await page.getByRole("heading", { level: 1 }).waitFor();

      await page.keyboard.press("?");
      const aide = page.getByRole("dialog", { name: "Raccourcis clavier" });
      await aide.waitFor();
      await page.keyboard.press("Escape");
      await aide.waitFor({ state: "hidden" });
    }));

  test("les raccourcis d’une touche se coupent, et le réglage reste", () =>
    banc().avec("cotisations", async (page) => {
      await page.goto(banc().url("/creances"));
      await page.getByRole("button", { name: /Raccourcis clavier/ }).click();
      await page.getByLabel("Raccourcis d’une seule touche actifs").uncheck();
      await page.getByRole("button", { name: "Fermer" }).click();
      await page.reload();
      await page.keyboard.press("/");
      assert.notEqual(await actif(page, () => document.activeElement.id), "chercher");
    }));

  test("chaque chose atteinte à la tabulation se voit avoir le focus", () =>
    banc().avec("comptable", async (page) => {
      await page.goto(banc().url("/rac"));
      for (let pas = 0; pas < 40; pas += 1) {
        await page.keyboard.press("Tab");
        const [visible, quoi] = await page.evaluate(() => {
          const e = document.activeElement;
          const style = getComputedStyle(e);
          return [e === document.body || style.outlineStyle !== "none", e.outerHTML.slice(0, 120)];
        });
        assert.ok(visible, `focus invisible sur ${quoi}`);
      }
    }));
}
