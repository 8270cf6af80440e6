import assert from "node:assert/strict";
import { test } from "node:test";

import { centimes, chiffres, definitions, lignes } from "../lecture.mjs";

/** @param {() => import("../banc.mjs").Banc} banc */
export function dossier(banc) {
  /** Le dossier de la plus ancienne créance échue. */
  async function ouvrir(page) {
    await page.goto(banc().url("/creances?branche=cotisations"));
    const [premiere] = await lignes(page);
    await page.goto(premiere.lien);
    return premiere.lien;
  }

  test("un dossier dit ce qui est dû, et son état à une date passée", () =>
    banc().avec("recouvrement", async (page) => {
      const url = await ouvrir(page);
      const present = await chiffres(page);
      const table = await lignes(page);
      const restes = table.map((l) => centimes(l.cellules["Reste dû"])).reduce((a, b) => a + b, 0);
      assert.equal(restes, centimes(present["Solde dû"]), "le solde est la somme des restes de la table");
      await page.getByLabel("État du dossier au").fill("2025-06-30");
      await page.getByRole("button", { name: "Voir à cette date" }).click();
      await page.getByText("tel qu’il était le 30/06/2025").waitFor();
      assert.notDeepEqual(await chiffres(page), present);
      assert.equal(await page.getByLabel("Ajouter un commentaire").count(), 0, "le passé ne se commente pas");
      await page.getByRole("link", { name: "Toutes les créances" }).click();
      assert.equal(new URL(page.url()).searchParams.get("au"), "2025-06-30", "l’onglet garde la date");
      await page.getByRole("link", { name: "Revenir à aujourd’hui" }).click();
      assert.equal(page.url(), url);
    }));

  test("un commentaire s’ajoute à la fiche, signé et daté", () =>
    banc().avec("recouvrement", async (page) => {
      await ouvrir(page);
      const texte = "A rappelé : « virement fait lundi » ; <b>rien d’autre</b>.";
      await page.getByLabel("Ajouter un commentaire").fill(texte);
      await page.getByRole("button", { name: "Ajouter à la fiche" }).click();
      await page.getByText("Le commentaire est ajouté à la fiche.").waitFor();
      const commentaire = page.locator(".commentaires li").filter({ hasText: "A rappelé" });
      assert.equal(await commentaire.locator(".texte").innerText(), texte);
      assert.match(await commentaire.locator(".signature").innerText(), /recouvrement.*\d{2}\/\d{2}\/\d{4}/s);
    }));

  test("un service ne voit que les données de ses attributions", async () => {
    let url;
    await banc().avec("recouvrement", async (page) => {
      url = await ouvrir(page);
      const fiche = await definitions(page);
      assert.ok(!("Comptes bancaires" in fiche), "le recouvrement ne voit pas les comptes bancaires");
    });
    await banc().avec("comptable", async (page) => {
      await page.goto(url);
      assert.ok("Comptes bancaires" in (await definitions(page)), "l’agence comptable les voit");
    });
    await banc().avec("prestations", async (page) => {
      await page.goto(banc().url("/creances"));
      const natures = (await lignes(page)).map((l) => l.cellules["Créance"]);
      assert.ok(natures.length > 0);
      assert.ok(natures.every((n) => !/cotisation/i.test(n)), "les prestations ne voient aucune cotisation");
    });
  });

  test("un débiteur s’inscrit, et les fautes de saisie sont toutes dites", () =>
    banc().avec("prestations", async (page) => {
      await page.goto(banc().url("/dossiers/nouveau"));
      const champ = (nom) => page.getByRole("textbox", { name: nom });
      await champ(/^Matricule/).fill("E2E-INSCRIT");
      await page.getByLabel("Régime").selectOption("assure");
      await champ(/^Nom, ou raison/).fill("Étchebarne");
      await champ(/^Prénom/).fill("Maïté");
      await champ(/^SIRET/).fill("12345678901234");
      await champ(/^Commune/).fill("Saint-Émilion");
      await champ(/^Téléphone/).fill("12");
      await page.getByRole("button", { name: "Inscrire le débiteur" }).click();
      assert.equal(await page.getByRole("alert").getByRole("listitem").count(), 3);
      await champ(/^Matricule/).fill("E2E1");
      await champ(/^SIRET/).fill("");
      await champ(/^Téléphone/).fill("05 56 00 00 01");
      await page.getByRole("button", { name: "Inscrire le débiteur" }).click();
      await page.getByText("Le débiteur est inscrit.").waitFor();
      await page.getByRole("heading", { level: 1, name: "Maïté Étchebarne" }).waitFor();
    }));
}
