// Deux visites qui ne diffèrent que par ce qui n’est pas accordé écrivent les mêmes octets : une page par façon de le trahir.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Scene, coller } from "./scene.mjs";

let scene;
before(async () => {
  scene = await Scene.ouvrir();
});
after(() => scene?.fermer());

const publique = (corps, tete = "") => `<!DOCTYPE html><html data-categorie="public"><head>${tete}</head><body><h1>Public</h1>${corps}</body></html>`;
const repeter = (n, texte) => texte.repeat(n);

/** Chaque page, et ce qui s’y passe, selon un nombre qui est le secret. */
const FACONS = {
  "des options masquées": {
    page: (n) => publique(`<select data-categorie="public">${repeter(n, '<option data-categorie="sante">m</option>')}<option selected>p</option></select>`),
  },
  "l’option masquée qui est choisie": {
    page: () => publique(`<select data-categorie="public">${repeter(9, '<option data-categorie="sante">m</option>')}</select>`),
    vivre: (n) => (document.querySelector("select").selectedIndex = n),
  },
  "des options masquées récrites": {
    page: () => publique('<select data-categorie="public"><option>a</option><option selected>b</option><optgroup data-categorie="sante"></optgroup></select>'),
    vivre: async (n) => {
      for (let i = 0; i < n; i += 1) {
        document.querySelector("optgroup").innerHTML = `<option>${i}</option>`.repeat(i);
        await new Promise((suite) => setTimeout(suite));
      }
    },
  },
  "des champs cachés, des gabarits, des commentaires": {
    page: (n) => publique(`<form> ${repeter(n, '<input type="hidden" value="1"> <template>x</template> <!-- c --> ')}<b>x</b></form>`),
    vivre: (n) => {
      for (let i = 0; i < n; i += 1) document.querySelector("form").append(" ", document.createComment("c"), document.createElement("template"));
      document.querySelector("form").append(" ");
    },
  },
  "un attribut style dont rien ne passe": {
    page: () => publique("<p style='color:red'>a</p><i>b</i>"),
    vivre: async (n) => {
      for (let i = 0; i < n; i += 1) {
        document.querySelector("p").style.setProperty("--u", `"${i}"`);
        document.querySelector("i").style.backgroundImage = `url(/${i})`;
        await new Promise((suite) => setTimeout(suite));
      }
    },
  },
  "des attributs dont rien ne passe": {
    page: () => publique('<svg viewBox="0 0 9 9"><rect width="9" height="9"></rect><use></use></svg><input data-categorie="public">'),
    vivre: async (n) => {
      for (let i = 0; i < n; i += 1) {
        document.querySelector("rect").setAttribute("fill", `url(/${i})`);
        document.querySelector("use").setAttribute("href", `/f.svg?${i}`);
        document.querySelector("input").setAttribute("autocomplete", `x${i}`);
        document.querySelector("input").setAttribute("name", `x${i}`);
        await new Promise((suite) => setTimeout(suite));
      }
    },
  },
  "une feuille dont rien ne passe": {
    page: () => publique("<p>a</p>", "<style>p{color:red}</style>"),
    vivre: async (n) => {
      for (let i = 0; i < n; i += 1) {
        document.querySelector("style").sheet.insertRule(`p::after{content:"nom${i}"}`);
        await new Promise((suite) => setTimeout(suite));
      }
    },
  },
  "le défilement d’un champ masqué": {
    page: () => publique('<textarea style="height:40px"></textarea>'),
    vivre: (n) => {
      const champ = document.querySelector("textarea");
      champ.value = "ligne\n".repeat(n * 40);
      champ.scrollTop = champ.scrollHeight;
    },
  },
  "le défilement d’une région qui n’est pas accordée": {
    page: (n) => publique(`<div data-categorie="sante" style="height:50px;overflow:auto">${repeter(n * 10, "<p>m</p>")}<b data-categorie="public">x</b></div>`),
    vivre: () => (document.querySelector("div").scrollTop = 1e6),
  },
  "ce qui est masqué au-dessus d’où la personne est allée": {
    page: (n) => publique(`<section data-categorie="sante">${repeter(n * 9, "<p>m</p>")}</section><h2>là</h2><div style="height:3000px"></div>`),
    vivre: async () => {
      const defile = new Promise((suite) => addEventListener("scroll", suite, { once: true }));
      document.querySelector("h2").scrollIntoView();
      await defile;
    },
  },
  "des lignes masquées ajoutées au-dessus de ce qui se voit": {
    page: () => publique('<section data-categorie="sante"><p>m</p></section><p style="height:2000px">a</p><div style="height:3000px"></div>'),
    vivre: async (n) => {
      const defile = new Promise((suite) => addEventListener("scroll", suite, { once: true }));
      scrollTo(0, 900);
      await defile;
      for (let i = 0; i < n; i += 1) document.querySelector("section").append(Object.assign(document.createElement("p"), { textContent: "ligne" }));
      await new Promise((suite) => requestAnimationFrame(() => setTimeout(suite, 40)));
    },
  },
  "la marque d’une région qui reste masquée": {
    page: () => publique("<section data-categorie='sante'><div><b data-categorie='public'>x</b></div></section>"),
    vivre: async (n) => {
      for (let i = 0; i < n; i += 1) {
        document.querySelector("section").setAttribute("data-categorie", i % 2 ? "sante" : "famille");
        document.querySelector("div").toggleAttribute("contenteditable", false);
        await new Promise((suite) => setTimeout(suite));
      }
    },
  },
};

for (const [quoi, { page, vivre }] of Object.entries(FACONS)) {
  test(`${quoi} : rien ne le dit`, async () => {
    const visites = [];
    for (const n of [1, 2, 7]) {
      scene.page("/jumelle", page(n));
      const visiteur = await scene.visiteur("/jumelle");
      const messages = await scene.messages(visiteur);
      if (vivre) await visiteur.evaluate(vivre, n);
      await visiteur.waitForTimeout(50);
      messages.push(...(await scene.messages(visiteur)));
      // L’écran vit encore : la suite part, et compte les mêmes messages.
      await visiteur.evaluate(() => document.querySelector("h1").append(" ensuite"));
      messages.push(...(await scene.messages(visiteur)));
      visites.push(coller(messages).toString("latin1"));
      await visiteur.close();
    }
    assert.ok(visites[0].includes("Public") && visites[0].includes(" ensuite"));
    for (const visite of visites) assert.equal(visite, visites[0]);
  });
}
