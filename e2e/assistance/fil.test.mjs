// Les octets que l’écran écrit d’une page qui vit sont ceux que le relais vérifie dans ses essais
// (crates/assistance/tests/fil.rs) : le JavaScript et le Rust lisent le même fil. FILS=1 récrit le fichier.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { Scene } from "./scene.mjs";

const FICHIER = new URL("../../crates/assistance/tests/fils/page.fil", import.meta.url);

const PAGE = `<!DOCTYPE html><html lang="fr"><head><title>Déclaration</title><style data-categorie="public">.a{color:rgb(1,2,3)}</style></head>
<body><div class="enveloppe"><main data-categorie="public"><h1 class="a">Déclaration</h1><p data-categorie="identification">Camille Exemple, 2 55 08 14 168 025 38</p>
<table><tbody data-categorie="economique"><tr><td>Salaires</td><td>1 200,50 €</td></tr></tbody></table>
<form><input data-categorie="economique" value="1 200,50"><input type="checkbox" data-categorie="public" checked>
<select data-categorie="famille"><option>Seul</option><option selected>En couple</option></select><input><textarea data-categorie="sante">grippe</textarea></form>
<svg viewBox="0 0 4 4"><circle cx="2" cy="2" r="1"></circle></svg><details><summary>Aide</summary>texte</details><dialog>Sûr ?</dialog></main>
<aside>masqué <b data-categorie="adresse">1, rue des Lilas</b></aside></div></body></html>`;

async function vivre() {
  const $ = (choix) => document.querySelector(choix);
  $("h1").firstChild.data = "Déclaration trimestrielle";
  $("tbody").insertAdjacentHTML("beforeend", "<tr><td>Autres</td><td>30,00 €</td></tr>");
  $("input").value = "1 300,00";
  $("select").selectedIndex = 0;
  $("[type=checkbox]").checked = false;
  await new Promise((suite) => setTimeout(suite));
  $("form").prepend($("svg"));
  $("h1").title = "trimestre";
  $("h1").removeAttribute("class");
  $("dialog").showModal();
  $("details").open = true;
  await new Promise((suite) => setTimeout(suite));
  $("dialog").close();
  $("aside").remove();
  $("table").setAttribute("data-categorie", "sante");
  $("tbody").removeAttribute("data-categorie");
  const hote = document.createElement("x-hote");
  hote.attachShadow({ mode: "open" }).innerHTML = "<p>ombre</p>";
  $("main").append(hote, document.createTextNode("fin"));
  $("style").sheet.insertRule(".b{margin:0px}");
  // Un défilement viendrait à son heure.
  $("input").focus({ preventScroll: true });
}

test("le fil de cette page est celui que le relais vérifie", async () => {
  const scene = await Scene.ouvrir();
  try {
    scene.page("/declaration", PAGE);
    const visiteur = await scene.visiteur("/declaration", {
      accord: ["public", "identification", "adresse", "famille", "economique", "sante", "navigation"],
      avant: () => history.replaceState(null, "", "http://" + location.host + "/declaration?jeton=1#ici"),
    });
    const messages = await scene.messages(visiteur);
    await visiteur.evaluate(vivre);
    messages.push(...(await scene.messages(visiteur)));
    // Le port change d’un lancement à l’autre, et lui seul.
    const port = new URL(scene.origine).port;
    const octets = Buffer.concat(
      messages.flatMap((message) => {
        const fixe = Buffer.from(Buffer.from(message).toString("latin1").replace(`:${port}/`, ":".padEnd(port.length + 1, "0") + "/"), "latin1");
        const taille = Buffer.alloc(4);
        taille.writeUInt32BE(fixe.length);
        return [taille, fixe];
      }),
    );
    if (process.env.FILS === "1") {
      mkdirSync(new URL(".", FICHIER), { recursive: true });
      writeFileSync(FICHIER, octets);
    }
    assert.ok(messages.length >= 4, `${messages.length} messages`);
    assert.deepEqual(octets.toString("hex"), readFileSync(FICHIER).toString("hex"));
  } finally {
    await scene.fermer();
  }
});
