// Lire une page comme l’agent la lit : les lignes d’une table, les définitions d’une fiche.

/**
 * Les lignes de la première table de la page, chacune avec son lien et ses cellules par intitulé.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<{ lien: string | null, cellules: Record<string, string> }[]>}
 */
export function lignes(page) {
  return page.locator("main table").first().evaluate((table) =>
    [...table.querySelectorAll("tbody tr")].map((ligne) => ({
      lien: ligne.querySelector("a[href]")?.href ?? null,
      cellules: Object.fromEntries(
        [...ligne.querySelectorAll("[data-label]")].map((c) => [c.dataset.label, c.innerText.replace(/\s+/g, " ").trim()]),
      ),
    })),
  );
}

/** Les termes d’une liste de définitions et leur valeur. @param {import("playwright-core").Page} page */
export function definitions(page) {
  return page.locator("dl.definitions").first().evaluate((liste) =>
    Object.fromEntries(
      [...liste.children].map((paire) => [
        paire.querySelector("dt").innerText.trim(),
        paire.querySelector("dd").innerText.replace(/\s+/g, " ").trim(),
      ]),
    ),
  );
}

/** Les chiffres clés d’une page, en centimes quand ce sont des sommes. @param {import("playwright-core").Page} page */
export function chiffres(page) {
  return page.locator("dl.chiffres").first().evaluate((liste) =>
    Object.fromEntries(
      [...liste.children].map((paire) => [
        paire.querySelector("dt").innerText.trim(),
        paire.querySelector("dd").firstChild.textContent.trim(),
      ]),
    ),
  );
}

/** Une somme écrite en français, en centimes. @param {string} texte */
export function centimes(texte) {
  const chiffre = texte.replace(/\s|€/g, "").replace("−", "-").replace(",", ".");
  return Math.round(Number(chiffre) * 100);
}

/** Cherche par le champ de l’en-tête. @param {import("playwright-core").Page} page @param {string} texte */
export async function chercher(page, texte) {
  const champ = page.locator("#chercher");
  await champ.fill(texte);
  await champ.press("Enter");
  await page.getByRole("heading", { name: "Chercher un débiteur" }).waitFor();
}

/**
 * Le premier dossier de la liste des créances dont la fiche répond à la question.
 * @param {import("playwright-core").Page} page
 * @param {string} liste l’adresse de la liste
 * @param {(fiche: Record<string, string>) => boolean} convient
 */
export async function premierDossier(page, liste, convient) {
  await page.goto(liste);
  const dossiers = [...new Set((await lignes(page)).map((l) => l.lien))];
  for (const dossier of dossiers) {
    await page.goto(dossier);
    const fiche = await definitions(page);
    if (convient(fiche)) return { url: dossier, fiche };
  }
  throw new Error("aucun dossier de la démonstration ne convient");
}
