import assert from "node:assert/strict";
import { test } from "node:test";

import { lignes } from "../lecture.mjs";
import { Codes } from "../totp.mjs";

/** @param {() => import("../banc.mjs").Banc} banc */
export function controle(banc) {
  test("le DPO lit le journal et les habilitations, et aucune donnée de l’article 2", async () => {
    const noms = new Set();
    let dossier;
    await banc().avec("recouvrement", async (page) => {
      await page.goto(banc().url("/creances"));
      const table = await lignes(page);
      dossier = new URL(table[0].lien).pathname;
      for (const ligne of table) noms.add(ligne.cellules["Débiteur"]);
      await page.goto(table[0].lien);
    });
    await banc().avec("dpo", async (page) => {
      await page.goto(banc().url("/habilitations"));
      await page.getByText("décision CIL n°18-07").waitFor();
      assert.equal(await page.locator("table").count(), 6, "une table par rôle");
      await page.goto(banc().url("/journal"));
      const numero = dossier.split("/").at(-1);
      const acces = (await lignes(page)).map((l) => l.cellules);
      assert.ok(acces.some((a) => a.Agent.startsWith("recouvrement ") && a.Dossier === numero), "la consultation est au journal");
      const vues = [await page.locator("body").innerText()];
      for (const chemin of [dossier, `${dossier}/cai`, "/DMSA33/recherche", "/DMSA33/creances", "/DMSA33/rac", "/DMSA33/agents"]) {
        const reponse = await page.goto(banc().origine + chemin);
        assert.equal(reponse.status(), 403, chemin);
        vues.push(await page.locator("body").innerText());
      }
      assert.equal(await page.locator("#chercher").count(), 0, "pas de champ de recherche");
      for (const nom of noms) assert.ok(!vues.some((texte) => texte.includes(nom)), "un débiteur est nommé chez le DPO");
      await page.goto(banc().url("/journal"));
      const refus = (await lignes(page)).filter((l) => l.cellules.Agent.startsWith("dpo ") && /Refus/i.test(l.cellules.Issue));
      assert.ok(refus.length >= 6, "ses refus sont au journal");
    });
  });

  test("le journal se filtre, et une date impossible est dite", () =>
    banc().avec("dpo", async (page) => {
      await page.goto(banc().url("/journal"));
      await page.getByLabel("Agent").fill("recouvrement");
      await page.getByRole("button", { name: /^(Filtrer|Chercher)$/ }).click();
      const table = await lignes(page);
      assert.ok(table.length > 0 && table.every((l) => l.cellules.Agent.startsWith("recouvrement ")));
      assert.ok(!page.url().includes("recouvrement"), "qui est surveillé ne passe pas dans l’adresse");
      await page.getByLabel("Dossier").fill("-4");
      await page.getByRole("button", { name: /^(Filtrer|Chercher)$/ }).click();
      await page.getByRole("alert").waitFor();
    }));

  test("l’administrateur crée un agent, qui met en place son second facteur et choisit son mot de passe", async () => {
    let provisoire;
    await banc().avec("administrateur", async (page) => {
      await page.goto(banc().url("/agents"));
      await page.getByLabel("Identifiant").fill("n.etchegaray");
      await page.getByLabel("Nom affiché").fill("Nahia Etchegaray");
      await page.locator("#champ-role").selectOption("cotisations");
      await page.getByRole("button", { name: "Créer le compte" }).click();
      await page.getByRole("heading", { name: "Mot de passe à remettre à n.etchegaray" }).waitFor();
      provisoire = await page.locator("[role=status] code").innerText();
    });
    await banc().avec(null, async (page) => {
      await page.goto(banc().url("/connexion"));
      await page.getByLabel("Identifiant").fill("n.etchegaray");
      await page.getByLabel("Mot de passe").fill(provisoire);
      await page.getByRole("button", { name: "Continuer" }).click();
      assert.equal(await page.locator("main svg").count(), 1, "le code à lire par l’application");
      const codes = new Codes(await page.locator("main code").first().innerText());
      await page.getByLabel("Code à six chiffres").fill(await codes.suivant());
      await page.getByRole("button", { name: "Se connecter" }).click();
      await page.getByRole("heading", { name: "Changer de mot de passe" }).waitFor();
      await page.getByLabel("Mot de passe reçu").fill(provisoire);
      await page.getByLabel(/^Nouveau mot de passe \(/).fill("brebis-lavande-sentier-7310");
      await page.getByLabel("Nouveau mot de passe, encore").fill("brebis-lavande-sentier-7310");
      await page.getByRole("button", { name: "Changer le mot de passe" }).click();
      await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
      assert.equal(await page.locator(".agent-nom").innerText(), "Nahia Etchegaray");
    });
    await banc().avec("administrateur", async (page) => {
      await page.goto(banc().url("/agents"));
      const ligne = () => page.locator("main tbody tr").filter({ hasText: "n.etchegaray" });
      await ligne().locator("select").selectOption("recouvrement");
      await ligne().getByRole("button", { name: /^Changer/ }).click();
      await page.getByText(/n\.etchegaray : Recouvrement-contentieux/).waitFor();
      await ligne().getByRole("button", { name: /^Désactiver/ }).click();
      await page.getByText("Le compte n.etchegaray est désactivé").waitFor();
      await ligne().getByRole("button", { name: /^Réactiver/ }).click();
      await page.getByText("Le compte n.etchegaray est de nouveau actif").waitFor();
      const moi = page.locator("main tbody tr").filter({ has: page.getByRole("rowheader", { name: "administrateur" }) });
      await moi.getByRole("button", { name: /^Désactiver/ }).click();
      await page.getByText("dernier administrateur actif").waitFor();
    });
  });
}
