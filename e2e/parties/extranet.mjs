import assert from "node:assert/strict";
import { test } from "node:test";

import { capturer, regarder } from "../regard.mjs";

/** @param {() => import("../banc.mjs").Banc} banc */
export function extranet(banc) {
  const site = () => banc().caisse.extranet;
  const url = (chemin) => new URL(chemin, site().adresse).href;

  async function entrer(page, profil) {
    const compte = site().comptes.find((c) => c.profil === profil);
    assert.ok(compte, `la démonstration n’annonce pas d’adhérent « ${profil} »`);
    await page.goto(url("/connexion"));
    await page.getByLabel("Numéro d’adhérent").fill(compte.identifiant);
    await page.getByLabel("Mot de passe").fill(compte.mot_de_passe);
    await page.getByRole("button", { name: "Se connecter" }).click();
    await page.getByRole("heading", { name: "Votre espace" }).waitFor();
  }

  /** Ouvre une page par le menu et la regarde. */
  async function visiter(page, lien, titre) {
    await page.getByRole("navigation").getByRole("link", { name: lien }).click();
    await page.getByRole("heading", { level: 1, name: titre }).waitFor();
    await regarder(page, `extranet, ${lien.toLowerCase()}`);
  }

  test("l’extranet est d’une autre origine, et un adhérent y fait sa déclaration après une erreur", () =>
    banc().avec(null, async (page) => {
      assert.notEqual(new URL(site().adresse).origin, banc().origine);
      await page.goto(url("/"));
      await regarder(page, "extranet, connexion");
      await entrer(page, "Allocataire");
      await regarder(page, "extranet, accueil");
      await capturer(page, "extranet");
      await visiter(page, "Remboursements", "Vos remboursements");
      await visiter(page, "Quotient familial", "Attestation de quotient familial");
      await visiter(page, "Déclaration RSA", "Déclaration trimestrielle RSA");
      await page.getByRole("button", { name: "Transmettre" }).click();
      await page.getByRole("alert").waitFor();
      await regarder(page, "extranet, déclaration à corriger");
      await capturer(page, "extranet-rsa", { etroit: true });
      for (const champ of await page.locator("input[inputmode=decimal]").all()) await champ.fill("1 050,20");
      await page.getByLabel("J’atteste").check();
      await page.getByRole("button", { name: "Transmettre" }).click();
      await page.getByText("déclarés sur trois mois").waitFor();
      await regarder(page, "extranet, déclaration transmise");
    }));

  test("un exploitant demande un échéancier, et l’agent le lit dans la fiche", () =>
    banc().avec(null, async (page) => {
      await entrer(page, "Exploitant agricole");
      await visiter(page, "Sommes à payer", "Sommes à payer");
      const total = await page.locator(".grand").innerText();
      await page.getByLabel("Nombre de mensualités").fill("8");
      await page.getByRole("button", { name: "Demander cet échéancier" }).click();
      await page.getByRole("status").waitFor();
      await regarder(page, "extranet, échéancier demandé");
      await visiter(page, "Messages", "Vos messages");
      const { identifiant } = site().comptes.find((c) => c.profil === "Exploitant agricole");
      await banc().avec("recouvrement", async (agent) => {
        await agent.goto(banc().url("/"));
        await agent.locator("#chercher").fill(identifiant);
        await agent.keyboard.press("Enter");
        await agent.getByRole("link", { name: /./ }).and(agent.locator("main a[href*='/dossiers/']")).first().click();
        const somme = total.replace(" à payer", "");
        await agent.getByText(`Demande d’échéancier par l’extranet : ${somme} en 8 mensualités.`).waitFor();
      });
    }));
}
