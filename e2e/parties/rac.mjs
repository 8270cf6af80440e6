import assert from "node:assert/strict";
import { test } from "node:test";

import { centimes, chiffres, lignes } from "../lecture.mjs";

const numero = async (page) => (await page.getByRole("heading", { level: 1 }).innerText()).match(/\d+/)[0];

/** @param {() => import("../banc.mjs").Banc} banc */
export function rac(banc) {
  /** La première recette en attente dont la page répond à la question ; la page y est. */
  async function ouvrir(page, convient) {
    await page.goto(banc().url("/rac?tri=-montant"));
    for (const { lien } of await lignes(page)) {
      await page.goto(lien);
      if (await convient(page)) return lien;
    }
    return assert.fail("aucune recette à classer de la démonstration ne convient");
  }

  const attente = async (page) => centimes((await chiffres(page))["En attente"]);
  const entiere = async (page) => centimes((await chiffres(page)).Reçu) === (await attente(page));
  const avecBouton = (nom) => async (page) => (await page.getByRole("button", { name: nom }).count()) > 0;

  test("une recette se classe d’un bouton sur la proposition, avec ses raisons, et cela se défait", () =>
    banc().avec("comptable", async (page) => {
      await ouvrir(page, async (p) => (await entiere(p)) && (await avecBouton(/^Classer (ici|en )/)(p)));
      const [proposition] = await lignes(page);
      assert.ok(proposition.cellules.Pourquoi.length > 3, "la proposition dit pourquoi");
      assert.match(proposition.cellules.Pourquoi, /^(Très probable|Probable|Possible) \p{Lu}.{3}/u);
      const [id, somme] = [await numero(page), await attente(page)];
      await page.getByRole("button", { name: /^Classer (ici|en )/ }).first().click();
      await page.getByText(new RegExp(`Recette n° ${id} : .* classés`)).waitFor();
      await page.goto(banc().url(`/encaissements/${id}`));
      await page.locator("summary", { hasText: "Défaire l’imputation" }).click();
      await page.getByLabel("Motif").fill("Mauvais débiteur");
      await page.getByRole("button", { name: "Défaire l’imputation" }).click();
      await page.getByText("reviennent en attente").waitFor();
      assert.equal(await attente(page), somme, "tout est revenu en attente");
    }));

  test("une recette se ventile, une part se rembourse, et trop est refusé", () =>
    banc().avec("comptable", async (page) => {
      await ouvrir(page, async (p) => (await attente(p)) > 3_000);
      const [id, somme] = [await numero(page), await attente(page)];
      const formulaire = async (titre) => {
        const bloc = page.locator("details", { has: page.locator("summary", { hasText: titre }) });
        if ((await bloc.getAttribute("open")) === null) await bloc.locator("summary").click();
        return bloc;
      };
      let ventiler = await formulaire("Ventiler");
      await ventiler.getByLabel("Montant de la part").fill("9999999,00");
      await ventiler.getByRole("button", { name: "Détacher la part" }).click();
      await page.getByRole("alert").waitFor();
      ventiler = await formulaire("Ventiler");
      await ventiler.getByLabel("Montant de la part").fill("10,00");
      await ventiler.getByRole("button", { name: "Détacher la part" }).click();
      const avis = page.getByText(/Part de .* détachée/);
      await avis.waitFor();
      assert.equal(await attente(page), somme - 1_000);
      const part = (await avis.innerText()).match(/recette n° (\d+)/)[1];
      await page.goto(banc().url(`/rac/${part}`));
      assert.equal(await attente(page), 1_000);
      let rembourser = await formulaire("Rembourser");
      await rembourser.getByLabel("Motif").fill("Payé deux fois");
      await rembourser.getByRole("button", { name: "Rembourser" }).click();
      await page.getByText(new RegExp(`Recette n° ${part} : 10,00\\s€ à rendre au payeur`)).waitFor();
      await page.goto(banc().url(`/encaissements/${part}`));
      assert.equal(centimes((await chiffres(page)).Remboursé), 1_000);
      await page.goto(banc().url(`/encaissements/${id}`));
      await page.getByRole("link", { name: `Recette n° ${part}` }).waitFor();
    }));

  test("une recette se classe sur un matricule tapé ; un matricule inconnu est dit", () =>
    banc().avec("comptable", async (page) => {
      await page.goto(banc().url("/creances?branche=cotisations"));
      await page.goto((await lignes(page))[0].lien);
      const matricule = (await page.locator(".sous-titre").innerText()).split("matricule ")[1].trim();
      await ouvrir(page, async (p) => (await attente(p)) > 0);
      const id = await numero(page);
      await page.getByLabel("Matricule du débiteur").fill("ZZ99");
      await page.getByRole("button", { name: "Classer", exact: true }).click();
      assert.match(await page.getByRole("alert").innerText(), /Aucun débiteur de ce matricule/);
      await page.getByLabel("Matricule du débiteur").fill(matricule);
      await page.getByLabel("Branche").selectOption("cotisations");
      await page.locator("#champ-montant").fill("0,01");
      await page.getByRole("button", { name: "Classer", exact: true }).click();
      await page.getByText(new RegExp(`Recette n° ${id} : 0,01\\s€ classés`)).waitFor();
    }));

  test("la liste se filtre et se trie sur le serveur, et l’ancienneté est montrée", () =>
    banc().avec("comptable", async (page) => {
      await page.goto(banc().url("/rac"));
      assert.ok((await page.locator("figure.anciennete li").count()) >= 4);
      await page.getByLabel("En attente, d’au moins").fill("100");
      await page.getByRole("button", { name: "Filtrer" }).click();
      const restes = (await lignes(page)).map((l) => centimes(l.cellules["En attente"]));
      assert.ok(restes.length > 0 && restes.every((r) => r >= 10_000));
      await page.getByRole("link", { name: /^En attente/ }).click();
      const tries = (await lignes(page)).map((l) => centimes(l.cellules["En attente"]));
      assert.ok([-1, 1].some((sens) => tries.every((r, i) => i === 0 || sens * (r - tries[i - 1]) >= 0)), "la colonne est triée");
      await page.getByRole("link", { name: "Effacer les filtres" }).click();
      assert.ok((await lignes(page)).length >= restes.length);
    }));
}
