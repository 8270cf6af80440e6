import assert from "node:assert/strict";
import { test } from "node:test";

import { lignes } from "../lecture.mjs";
import { remplirCreance } from "./creances.mjs";

const SANS = { javaScriptEnabled: false };

/** @param {() => import("../banc.mjs").Banc} banc */
export function sansJavaScript(banc) {
  test("sans JavaScript, on se connecte, on cherche, on saisit une créance après une erreur, et on la retrouve", () =>
    banc().avec(
      null,
      async (page) => {
        await banc().connecter(page, "cotisations");
        assert.equal(await page.locator("[data-clavier]").isVisible(), false, "aucune promesse que seul le module tiendrait");
        await page.goto(banc().url("/creances"));
        const nom = await page.locator("main tbody th").first().innerText();
        await page.locator("#chercher").fill(nom);
        await page.getByRole("button", { name: "Chercher", exact: true }).first().click();
        await page.locator("main tbody th a").first().click();
        await page.getByRole("link", { name: "Saisir une créance" }).click();
        await remplirCreance(page, { reference: "E2E-SANS-JS", montant: "trop" });
        await page.getByRole("button", { name: "Émettre la créance" }).click();
        await page.getByRole("alert").waitFor();
        assert.ok((await page.locator("[aria-invalid=true]").count()) > 0);
        await remplirCreance(page, { reference: "E2E-SANS-JS", montant: "88,00" });
        await page.getByRole("button", { name: "Émettre la créance" }).click();
        await page.getByText("La créance est émise.").waitFor();
        await page.getByText("E2E-SANS-JS").waitFor();
        await page.getByRole("button", { name: "Se déconnecter" }).click();
        await page.getByRole("heading", { name: "Connexion" }).waitFor();
      },
      SANS,
    ));

  test("sans JavaScript, les tables se trient, les pages se tournent, une recette se classe", () =>
    banc().avec(
      "comptable",
      async (page) => {
        await page.goto(banc().url("/creances"));
        await page.getByRole("link", { name: /^Montant/ }).click();
        await page.getByRole("link", { name: "Page suivante" }).click();
        await page.getByRole("link", { name: "Page précédente" }).click();
        await page.goto(banc().url("/rac"));
        await page.locator("main tbody th a").first().click();
        await page.locator("summary", { hasText: "Rembourser le payeur" }).click();
        const rembourser = page.locator("details", { hasText: "Rembourser le payeur" });
        await rembourser.getByLabel("Montant rendu").fill("0,01");
        await rembourser.getByLabel("Motif").fill("Essai sans module");
        await rembourser.getByRole("button", { name: "Rembourser" }).click();
        await page.getByText(/0,01\s€ à rendre au payeur/).waitFor();
      },
      SANS,
    ));
}
