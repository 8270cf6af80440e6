import assert from "node:assert/strict";
import { test } from "node:test";

const SERVICES = {
  prestations: "Service prestations",
  cotisations: "Service cotisations",
  recouvrement: "Recouvrement-contentieux",
  comptable: "Agence comptable",
  dpo: "Délégué à la protection des données",
  administrateur: "Administrateur",
};

/** La page telle que quelqu’un la lit : sans ce qui change à chaque demande. */
async function lue(page) {
  const texte = await page.content();
  return texte.replace(/name="jeton" value="[^"]*"/g, "").replace(/data-[a-z]+-id="[^"]*"/g, "");
}

/** @param {() => import("../banc.mjs").Banc} banc */
export function connexion(banc) {
  for (const [identifiant, libelle] of Object.entries(SERVICES)) {
    test(`le compte ${identifiant} se connecte avec son second facteur`, () =>
      banc().avec(identifiant, async (page) => {
        await page.goto(banc().url("/connexion"));
        await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
        assert.equal(await page.locator(".agent-roles").innerText(), libelle);
        assert.ok((await page.locator("nav.rubriques a").count()) > 0);
      }));
  }

  test("un mauvais mot de passe et un compte inconnu donnent la même page", () =>
    banc().avec(null, async (page) => {
      const pages = [];
      for (const identifiant of ["prestations", "personne.ici"]) {
        await page.goto(banc().url("/connexion"));
        await page.getByLabel("Identifiant").fill(identifiant);
        await page.getByLabel("Mot de passe").fill("ce n’est pas le bon");
        await page.getByRole("button", { name: "Continuer" }).click();
        await page.getByRole("alert").waitFor();
        pages.push(await lue(page));
      }
      assert.equal(pages[0], pages[1]);
      assert.match(pages[0], /L’identifiant ou le mot de passe n’est pas le bon/);
      assert.doesNotMatch(pages[0], /personne\.ici/);
    }));

  test("un code faux ne fait pas entrer", () =>
    banc().avec(null, async (page) => {
      await page.goto(banc().url("/connexion"));
      await page.getByLabel("Identifiant").fill("cotisations");
      await page.getByLabel("Mot de passe").fill(banc().compte("cotisations").mot_de_passe);
      await page.getByRole("button", { name: "Continuer" }).click();
      await page.getByLabel("Code à six chiffres").fill("000000");
      await page.getByRole("button", { name: "Se connecter" }).click();
      await page.getByRole("alert").waitFor();
      await page.goto(banc().url("/recherche"));
      assert.equal(page.url(), banc().url("/connexion"));
    }));

  test("se déconnecter ferme la session, et revenir en arrière ne remontre rien", () =>
    banc().avec(null, async (page) => {
      await banc().connecter(page, "recouvrement");
      await page.goto(banc().url("/creances"));
      await page.getByRole("heading", { level: 1, name: "Créances" }).waitFor();
      await page.getByRole("button", { name: "Se déconnecter" }).click();
      await page.getByRole("heading", { name: "Connexion" }).waitFor();
      await page.goBack();
      await page.getByRole("heading", { name: "Connexion" }).waitFor();
      assert.equal(await page.locator("main table").count(), 0);
    }));

  test("sans session, une page mène à la connexion", () =>
    banc().avec(null, async (page) => {
      for (const chemin of ["/", "/recherche", "/rac", "/journal", "/agents"]) {
        await page.goto(banc().url(chemin));
        assert.equal(page.url(), banc().url("/connexion"), chemin);
      }
    }));
}
