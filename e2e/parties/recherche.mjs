import assert from "node:assert/strict";
import { test } from "node:test";

import { chercher, lignes, premierDossier } from "../lecture.mjs";

const RENSEIGNE = (valeur) => Boolean(valeur) && valeur !== "non renseigné";
const sansAccents = (texte) => texte.normalize("NFD").replace(/\p{M}/gu, "").replace(/œ/gi, "oe").replace(/æ/gi, "ae");

/** @param {() => import("../banc.mjs").Banc} banc */
export function recherche(banc) {
  /** Cherche, et exige que ce dossier soit parmi les réponses. */
  async function trouve(page, texte, { url }, quoi) {
    await chercher(page, texte);
    const liens = (await lignes(page)).map((l) => l.lien);
    assert.ok(liens.includes(url), `${quoi} : le dossier attendu n’est pas parmi ${liens.length} réponses`);
    assert.ok(!decodeURIComponent(page.url()).includes(texte), "ce qui est cherché ne passe pas dans l’adresse");
  }

  test("une personne se trouve par son nom sans accents et dans l’autre ordre, son NIR, sa commune, son téléphone, son courriel, son matricule", () =>
    banc().avec("recouvrement", async (page) => {
      const liste = banc().url("/creances?branche=prestations");
      const dossier = await premierDossier(
        page,
        liste,
        (f) => /[À-ÿ]/.test(`${f.Nom} ${f.Prénom}`) && ["NIR", "Téléphone", "Courriel"].every((t) => RENSEIGNE(f[t])),
      );
      const { Nom, Prénom, NIR, Matricule, Commune, Téléphone, Courriel } = dossier.fiche;
      const essais = {
        "nom et prénom": `${Nom} ${Prénom}`,
        "sans accents": sansAccents(`${Nom} ${Prénom}`).toLowerCase(),
        "autre ordre": sansAccents(`${Prénom} ${Nom}`).toUpperCase(),
        "débuts de mots": `${sansAccents(Nom).slice(0, 4)} ${sansAccents(Prénom).slice(0, 3)}`,
        "nom et commune": `${Nom} ${Commune.replace(/\s*\(.*/, "")}`,
        NIR,
        "NIR sans espaces ni clé": NIR.replace(/\s/g, "").slice(0, 13),
        matricule: Matricule,
        téléphone: Téléphone.split(",")[0],
        courriel: Courriel.split(",")[0],
      };
      for (const [quoi, texte] of Object.entries(essais)) await trouve(page, texte, dossier, quoi);
    }));

  test("un employeur se trouve par son SIRET, son SIREN et sa raison sociale", () =>
    banc().avec("cotisations", async (page) => {
      const liste = banc().url("/creances?tri=exigible");
      const dossier = await premierDossier(page, liste, (f) => RENSEIGNE(f["Raison sociale"]) && RENSEIGNE(f.SIRET));
      const { SIRET } = dossier.fiche;
      await trouve(page, SIRET, dossier, "SIRET");
      await trouve(page, SIRET.replace(/\s/g, "").slice(0, 9), dossier, "SIREN");
      await trouve(page, sansAccents(dossier.fiche["Raison sociale"]), dossier, "raison sociale");
    }));

  test("une recherche sans réponse le dit, et une recherche illisible dit pourquoi", () =>
    banc().avec("comptable", async (page) => {
      await page.goto(banc().url("/recherche"));
      await chercher(page, "zzyzx introuvable");
      await page.getByText("Personne ne répond à cette recherche").waitFor();
      await chercher(page, "?!");
      await page.getByText(/écrivez au moins deux lettres/i).waitFor();
    }));
}
