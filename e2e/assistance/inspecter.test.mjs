// Ce que l’outil de l’intégrateur dit d’une page est ce que l’écran en fait.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Scene, coller } from "./scene.mjs";

let scene;
before(async () => {
  scene = await Scene.ouvrir();
});
after(() => scene?.fermer());

const PAGE = `<!DOCTYPE html><html lang="fr"><head><title>t</title></head><body><p>T01 nu</p><main data-categorie="public"><h1>T02 titre</h1>
  <p data-categorie="sante">T03 soin <b>T04 dedans</b></p><p data-categorie="Santé">T05 faute</p><input value="T06 libre"><input data-categorie="economique" value="T07 somme">
  <input type="password" data-categorie="public" value="T08"><input data-assistance="jamais" data-categorie="public" value="T09"><iframe srcdoc="T10"></iframe>
  <x-hote></x-hote><p contenteditable="true">T11 écrit</p><textarea data-categorie="public">T12 message</textarea></main></body></html>`;

test("chaque région dit sa classe et sa raison, et l’écran n’envoie que ce qui en a une", async () => {
  scene.page("/inspecte", PAGE);
  const toutes = ["public", "identification", "adresse", "famille", "economique", "sante", "navigation"];
  const avant = () => {
    document.querySelector("x-hote").attachShadow({ mode: "open" }).innerHTML = "<p>T13 ombre</p>";
  };
  const visiteur = await scene.visiteur("/inspecte", { accord: toutes, avant });
  const parti = coller(await scene.messages(visiteur)).toString("utf8");
  const regions = await visiteur.evaluate(async () => {
    const { inspecter } = await import("/sdk/inspecter/inspecter.mjs");
    const texte = (e) => (e.value ?? (e.localName === "iframe" ? "T10" : (e.firstChild?.data ?? ""))).trim().slice(0, 3);
    return inspecter(document).map(({ element, classe, pourquoi }) => [texte(element), classe, pourquoi]);
  });
  assert.deepEqual(
    regions.map(([texte, classe]) => [texte, classe]),
    [
      ["T01", null],
      ["T02", "public"],
      ["T03", "sante"],
      ["T04", "sante"],
      ["T05", null],
      ["T06", null],
      ["T07", "economique"],
      ["T08", null],
      ["T09", null],
      ["T10", "public"],
      ["T13", "public"],
      ["T11", null],
      ["T12", "public"],
    ],
  );
  for (const [texte, classe] of regions) if (texte !== "T10") assert.equal(parti.includes(texte), classe !== null, texte);
  const pourquoi = Object.fromEntries(regions.map(([texte, , raison]) => [texte, raison]));
  assert.match(pourquoi.T01, /aucun ancêtre/);
  assert.match(pourquoi.T02, /la marque de <main>/);
  assert.match(pourquoi.T03, /sa propre marque/);
  assert.match(pourquoi.T05, /« Santé » n’est pas une catégorie : public, identification/);
  assert.match(pourquoi.T06, /n’hérite jamais « public »/);
  assert.match(pourquoi.T08, /jamais/);
  assert.match(pourquoi.T10, /un cadre ne tient rien/);
  await visiteur.close();
});

test("entourer se voit, et s’ôte sans laisser de trace", async () => {
  scene.page("/entoure", PAGE);
  const visiteur = await scene.visiteur("/entoure");
  const [pendant, identique] = await visiteur.evaluate(async () => {
    const { entourer } = await import("/sdk/inspecter/inspecter.mjs");
    const origine = document.documentElement.outerHTML;
    const { oter } = entourer(document);
    const style = getComputedStyle(document.querySelector("body > p"));
    const vu = [style.outlineStyle, getComputedStyle(document.querySelector("h1")).outlineStyle];
    oter();
    return [vu, origine === document.documentElement.outerHTML && document.adoptedStyleSheets.length === 0];
  });
  assert.deepEqual(pendant, ["dashed", "solid"]);
  assert.ok(identique);
  await visiteur.close();
});
