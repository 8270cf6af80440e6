// Ce qu’on exige de toute page : axe-core n’y trouve rien, rien ne déborde, dans les deux largeurs et les deux thèmes.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { ETROIT, LARGE } from "./banc.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const REGLES = {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  resultTypes: ["violations"],
};
const CAPTURES = fileURLToPath(new URL("../docs/captures/", import.meta.url));

/** Où ranger une image de chaque page vue, dans chaque largeur et chaque thème ; rien sans lui. */
const TOUTES = process.env.E2E_IMAGES;

/** @param {import("playwright-core").Page} page */
async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((regles) => globalThis.axe.run(document, regles), REGLES);
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id} : ${v.help}\n    ${n.target.join(" ")}\n    ${n.html}`));
}

/** Ce qui dépasse de la largeur de l’écran, et les tables qui sortent de leur cadre. */
function debordements(page) {
  return page.evaluate(() => {
    const tables = [...document.querySelectorAll(".cadre-table")].filter((cadre) => cadre.scrollWidth > cadre.clientWidth + 1);
    const sorties = tables.map((cadre) => `une table sort de son cadre de ${cadre.scrollWidth - cadre.clientWidth} px`);
    for (const chiffre of document.querySelectorAll(".chiffres > div")) {
      if (chiffre.scrollWidth > chiffre.clientWidth) sorties.push(`« ${chiffre.textContent} » sort de sa case`);
    }
    const largeur = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= largeur) return sorties;
    const fautifs = [...document.querySelectorAll("body *")].filter((e) => {
      const boite = e.getBoundingClientRect();
      return boite.width > 1 && boite.right > largeur + 1 && !e.closest(".lu");
    });
    return [...sorties, ...fautifs.slice(-3).map((e) => `${e.tagName.toLowerCase()}.${e.className} dépasse de ${largeur} px`)];
  });
}

/**
 * Regarde la page ouverte sous ses quatre aspects, puis la remet large et claire.
 * @param {import("playwright-core").Page} page
 * @param {string} nom celui de la page dans le rapport
 */
export async function regarder(page, nom) {
  const fautes = [];
  for (const [largeur, taille] of [["large", LARGE], ["étroit", ETROIT]]) {
    await page.setViewportSize(taille);
    for (const [theme, colorScheme] of [["clair", "light"], ["sombre", "dark"]]) {
      await page.emulateMedia({ colorScheme });
      const aspect = `${largeur}, ${theme}`;
      for (const faute of [...(await axe(page)), ...(await debordements(page))]) fautes.push(`${nom} (${aspect}) ${faute}`);
      if (TOUTES) {
        const fichier = `${nom} ${aspect}.png`.normalize("NFD").replace(/\p{M}/gu, "").replace(/[^\w.]+/g, "-").toLowerCase();
        await page.evaluate(() => scrollTo(0, 0));
        await page.screenshot({ path: join(TOUTES, fichier), fullPage: true });
      }
    }
  }
  await page.setViewportSize(LARGE);
  await page.emulateMedia({ colorScheme: "light" });
  assert.deepEqual(fautes, [], fautes.join("\n"));
}

/**
 * Écrit une image de la documentation, si CAPTURES=1 : un essai ordinaire ne change rien à l’arbre.
 * @param {import("playwright-core").Page} page
 * @param {string} nom
 * @param {{ sombre?: boolean, etroit?: boolean, papier?: boolean, hauteur?: number, ancre?: string }} aspect
 */
export async function capturer(page, nom, { sombre = false, etroit = false, papier = false, hauteur, ancre } = {}) {
  if (process.env.CAPTURES !== "1") return;
  mkdirSync(CAPTURES, { recursive: true });
  const taille = etroit ? ETROIT : LARGE;
  await page.setViewportSize({ ...taille, height: hauteur ?? taille.height });
  await page.emulateMedia({ colorScheme: sombre ? "dark" : "light", media: papier ? "print" : "screen" });
  if (ancre) await page.locator(ancre).first().scrollIntoViewIfNeeded();
  else await page.evaluate(() => scrollTo(0, 0));
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(CAPTURES, `${nom}.png`) });
  await page.setViewportSize(LARGE);
  await page.emulateMedia({ colorScheme: "light", media: "screen" });
}
