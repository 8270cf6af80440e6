import assert from "node:assert/strict";
import { test } from "node:test";

import { centimes, chiffres, lignes } from "../lecture.mjs";

/** Remplit une cotisation d’employeur ou non, selon les champs que la page montre. */
export async function remplirCreance(page, { reference, montant }) {
  await page.getByLabel("Nature").selectOption({ index: 1 });
  await page.getByLabel("Référence").fill(reference);
  await page.getByLabel("Période, du").fill("2026-07-01");
  await page.getByLabel("au", { exact: true }).or(page.locator("#champ-au")).first().fill("2026-09-30");
  await page.getByLabel("Émise le").fill("2026-10-01");
  await page.getByLabel("Exigible le").fill("2026-10-15");
  for (const libelle of ["Part ouvrière", "Part patronale", "Principal"]) {
    const champ = page.getByLabel(libelle);
    if (await champ.count()) await champ.fill(montant);
  }
}

/** @param {() => import("../banc.mjs").Banc} banc */
export function creances(banc) {
  test("une créance se saisit à la main : l’erreur est dite, son résumé a le focus, puis elle est émise", () =>
    banc().avec("cotisations", async (page) => {
      await page.goto(banc().url("/creances"));
      const [premiere] = await lignes(page);
      await page.goto(premiere.lien);
      const avant = centimes((await chiffres(page))["Solde dû"]);
      await page.getByRole("link", { name: "Saisir une créance" }).click();
      await remplirCreance(page, { reference: "E2E-SAISIE-1", montant: "12,345" });
      await page.getByRole("button", { name: "Émettre la créance" }).click();
      const resume = page.getByRole("alert");
      await resume.waitFor();
      assert.ok(await resume.evaluate((r) => r === document.activeElement), "le focus est sur le résumé des erreurs");
      const lien = resume.getByRole("link").first();
      const cible = (await lien.getAttribute("href")).slice(1);
      await lien.click();
      assert.equal(await page.evaluate(() => document.activeElement.id), cible, "le résumé mène au champ");
      const champ = page.locator(`#${cible}`);
      assert.equal(await champ.getAttribute("aria-invalid"), "true");
      assert.equal(await champ.inputValue(), "12,345", "la saisie n’est pas perdue");
      await remplirCreance(page, { reference: "E2E-SAISIE-1", montant: "1 234,50" });
      await page.getByRole("button", { name: "Émettre la créance" }).click();
      await page.getByText("La créance est émise.").waitFor();
      const apres = centimes((await chiffres(page))["Solde dû"]);
      const parts = (await page.getByText("E2E-SAISIE-1").count()) > 0;
      assert.ok(parts, "la créance est dans la table du dossier");
      assert.ok([123_450, 246_900].includes(apres - avant), `le solde a crû de ${apres - avant} centimes`);
    }));

  test("des majorations se calculent par étapes, avec leurs articles, et se notifient", () =>
    banc().avec("recouvrement", async (page) => {
      await page.goto(banc().url("/creances?branche=cotisations&tri=exigible"));
      for (const { lien } of await lignes(page)) {
        await page.goto(lien);
        const creances = (await lignes(page)).filter((l) => l.cellules["Exigible le"].includes("Échue"));
        if (creances.length === 0) continue;
        await page.goto(creances.at(-1).lien);
        const bouton = page.getByRole("button", { name: /^Notifier / });
        if ((await bouton.count()) === 0) continue;
        const somme = centimes((await bouton.innerText()).replace(/^Notifier/, "").replace("de majorations de retard", ""));
        assert.ok((await page.getByText(/R\.? ?731-68|R\.? ?243-16/).count()) > 0, "les articles sont cités");
        const avant = centimes((await chiffres(page))["Reste dû"] ?? (await page.locator("tfoot .montant").first().innerText()));
        await bouton.click();
        await page.getByText("Les majorations sont notifiées").waitFor();
        const apres = centimes((await chiffres(page))["Reste dû"] ?? (await page.locator("tfoot .montant").first().innerText()));
        assert.equal(apres - avant, somme);
        return;
      }
      assert.fail("aucune créance de la démonstration n’a de majorations à notifier");
    }));

  test("une annulation partielle trop grande est refusée, puis une remise est faite avec son motif", () =>
    banc().avec("recouvrement", async (page) => {
      await page.goto(banc().url("/creances?branche=prestations"));
      const lien = await page.locator("main tbody td[data-label='Créance'] a").first().getAttribute("href");
      await page.goto(new URL(lien, banc().origine).href);
      await page.locator("summary", { hasText: "Annuler tout ou partie" }).click();
      const annulation = page.locator("details", { hasText: "Annuler tout ou partie" });
      await annulation.getByLabel("Montant à annuler").fill("999999,00");
      await annulation.getByLabel("Motif").fill("Essai");
      await annulation.getByRole("button").click();
      await page.getByRole("alert").waitFor();
      assert.equal(await annulation.getAttribute("open"), "", "le formulaire refusé reste ouvert");
      await page.locator("summary", { hasText: "Accorder une remise" }).click();
      const remise = page.locator("details", { hasText: "Accorder une remise" });
      await remise.getByLabel("Montant remis").fill("1,00");
      await remise.getByLabel("Motif").fill("Décision de la commission");
      await remise.getByRole("button").click();
      await page.getByText("La remise est enregistrée.").waitFor();
      await page.getByText("Décision de la commission").first().waitFor();
    }));

  test("un fichier de créances s’importe, et le même renvoyé n’émet rien deux fois", () =>
    banc().avec("cotisations", async (page) => {
      await page.goto(banc().url("/creances"));
      const [premiere] = await lignes(page);
      await page.goto(premiere.lien);
      const matricule = (await page.locator(".sous-titre").innerText()).split("matricule ")[1].trim();
      const csv = [
        "reference;matricule;regime;nature;periode;emise_le;exigible_le;principal",
        `E2E-FICHIER-1;${matricule};non_salarie;cotisation:amexa;2026-T2;2026-06-30;2026-07-15;321,00`,
        "",
      ].join("\r\n");
      for (const [emises, connues] of [["1", "0"], ["0", "1"]]) {
        await page.goto(banc().url("/creances/importer"));
        await page.getByLabel("Fichier").setInputFiles({ name: "créances.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
        await page.getByRole("button", { name: "Importer" }).click();
        await page.getByText("Le fichier est importé en entier.").waitFor();
        const [bilan] = await lignes(page);
        assert.equal(bilan.cellules["Émises"], emises);
        assert.equal(bilan.cellules["Déjà connues"], connues);
      }
      const faux = csv.replace("321,00", "3,2,1");
      await page.goto(banc().url("/creances/importer"));
      await page.getByLabel("Fichier").setInputFiles({ name: "faux.csv", mimeType: "text/csv", buffer: Buffer.from(faux) });
      await page.getByRole("button", { name: "Importer" }).click();
      assert.match(await page.getByRole("alert").innerText(), /ligne 2/);
    }));
}
