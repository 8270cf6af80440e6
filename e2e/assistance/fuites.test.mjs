// Une page où un secret est planté partout où une page peut en tenir un : aucun ne part, et ce qui est accordé part.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Scene, coller } from "./scene.mjs";

let scene;
before(async () => {
  scene = await Scene.ouvrir();
});
after(() => scene?.fermer());

/** Un secret par place ; tous commencent de même, pour être cherchés d’un coup. */
const SECRET = "SECRET7Q";
let combien = 0;
const s = () => `${SECRET}${(combien += 1)}x`;
/** Ce qui doit passer, quand la classe est accordée. */
const VU = "VISIBLE";

/** Une région pleine de secrets, d’une classe ou sans marque. */
const region = (marque) => `<section ${marque} title="${s()}" aria-label="${s()}" data-nir="${s()}" id="${s()}" class="${s()}">
  ${s()} <!-- ${s()} --> <a href="/x?nir=${s()}#${s()}" ping="/p?${s()}">${s()}</a>
  <img src="/i.png?${s()}" alt="${s()}" srcset="/j.png?${s()} 2x">
  <p style="--v:'${s()}';background:url('/k?${s()}')">${s()}</p>
  <input name="${s()}" value="${s()}" placeholder="${s()}" list="l"><datalist id="l"><option value="${s()}">${s()}</option></datalist>
  <textarea>${s()}</textarea><select><option value="${s()}" selected>${s()}</option></select>
  <div contenteditable="true">${s()}</div><details><summary>${s()}</summary>${s()}</details><dialog open>${s()}</dialog>
  <svg viewBox="0 0 9 9"><title>${s()}</title><desc>${s()}</desc><text>${s()}</text><a href="/${s()}"><text>${s()}</text></a></svg>
  <table><caption>${s()}</caption><tr><td headers="${s()}" abbr="${s()}">${s()}</td></tr></table>
  <iframe srcdoc="<p>${s()}</p>"></iframe><object data="/o?${s()}">${s()}</object><audio src="/a?${s()}">${s()}</audio>
  <template><p>${s()}</p></template><noscript>${s()}</noscript><script type="application/json">"${s()}"</script>
  <style>.z::before{content:"${s()}"} [data-nir="${s()}"]{color:red} .${s()}{--n:"${s()}"}</style>
  <meter value="1" title="${s()}">${s()}</meter><progress title="${s()}"></progress><output>${s()}</output>
</section>`;

const page = (regions, tete = "") => `<!DOCTYPE html><html lang="fr" data-dossier="${s()}"><head><title>${s()}</title>
  <meta name="description" content="${s()}"><link rel="canonical" href="/c?${s()}">
  <style>body::after{content:"${s()}"} a[href*="${s()}"]{color:red} :root{--nom:"${s()}"}</style>
  <style data-categorie="public">.vu{color:rgb(1,2,3)} .vu::before{content:"${s()}"} .vu[title="${s()}"]{color:red}
    .vu{background:url("/u?${s()}")} :root{--x:"${s()}"} @font-face{font-family:F;src:url("/f?${s()}")} @import url("/m?${s()}");</style>
  ${tete}</head><body class="${s()}" title="${s()}">${s()}<!-- ${s()} -->${regions}
  <main data-categorie="public"><h1 class="vu">${VU} public</h1>
    <a class="vu" href="/suite?jeton=${s()}#${s()}" data-cle="${s()}" onclick="'${s()}'">lien</a><!-- ${s()} -->
    <img src="/photo?${s()}" alt="photo"><form action="/envoi?${s()}"><input type="hidden" name="a" value="${s()}">
    <label>Libre <input id="libre" value="${s()}" name="${s()}"></label><input type="password" data-categorie="public" value="${s()}">
    <input id="code" autocomplete="one-time-code" data-categorie="public" value="${s()}">
    <input id="jamais" data-assistance="jamais" data-categorie="public" value="${s()}"><textarea>${s()}</textarea>
    <select><option>${s()}</option></select><p contenteditable="true">${s()}</p></form>
    <script>globalThis.z = "${s()}"</script><template>${s()}</template><noscript>${s()}</noscript></main></body></html>`;

/** Cherche le secret dans les octets, tel quel et lettre à lettre dans l’ordre du fil. */
function sansSecret(messages, ou) {
  const octets = coller(messages);
  const texte = octets.toString("utf8");
  const place = texte.indexOf(SECRET);
  assert.equal(place, -1, `${ou} : ${texte.slice(Math.max(0, place - 60), place + 20)}`);
  return texte;
}

const CLASSES = ["identification", "adresse", "famille", "economique", "sante", "navigation"];

test("sans autre accord que la vue, aucun secret ne part, et ce qui est public part", async () => {
  const regions = [region(""), region('data-categorie="inconnue"'), region('data-categorie="Public"'), ...CLASSES.map((c) => region(`data-categorie="${c}"`))];
  scene.page("/fuites", page(regions.join("")));
  const visiteur = await scene.visiteur("/fuites");
  const texte = sansSecret(await scene.messages(visiteur), "au départ");
  assert.ok(texte.includes(`${VU} public`) && texte.includes("rgb(1, 2, 3)"), texte);
  assert.ok(combien > 300, `${combien} secrets seulement`);
  await visiteur.close();
});

for (const accordee of CLASSES) {
  test(`la classe ${accordee} seule accordée, rien des autres ne part`, async () => {
    const regions = ["", ...CLASSES.filter((c) => c !== accordee).map((c) => `data-categorie="${c}"`)].map(region);
    scene.page("/une", page(`${regions.join("")}<p data-categorie="${accordee}">${VU} ${accordee} <input value="${VU} champ"></p>`).replace(/<title>.*?<\/title>/, "<title>t</title>"));
    const visiteur = await scene.visiteur("/une", { accord: [accordee] });
    const texte = sansSecret(await scene.messages(visiteur), accordee);
    assert.ok(texte.includes(`${VU} ${accordee}`) && texte.includes(`${VU} champ`), "ce qui est accordé part");
    await visiteur.close();
  });
}

/** Ce qu’une page vivante fait d’un secret, une fois observée. */
const VIES = {
  "un mot de passe montré dans le tour où sa valeur est posée": (secret) => {
    const champ = document.querySelector("input[type=password]");
    champ.value = secret;
    champ.type = "text";
  },
  "un mot de passe ajouté, puis montré dans le même tour": (secret) => {
    const champ = Object.assign(document.createElement("input"), { type: "password", value: secret });
    champ.setAttribute("data-categorie", "public");
    document.querySelector("main").append(champ);
    champ.type = "text";
  },
  "un mot de passe montré avant d’être dans la page": (secret) => {
    for (const basculer of [(c) => (c.type = "text"), (c) => c.setAttribute("type", "text"), (c) => c.removeAttribute("type")]) {
      const champ = Object.assign(document.createElement("input"), { type: "password", value: secret });
      champ.setAttribute("data-categorie", "public");
      basculer(champ);
      document.querySelector("main").append(champ);
    }
  },
  "la copie d’un mot de passe, puis montré": (secret) => {
    const champ = document.querySelector("input[type=password]");
    champ.value = secret;
    champ.type = "text";
    champ.parentNode.append(champ.cloneNode(true), champ.parentNode.cloneNode(true));
  },
  "un champ caché qui paraît": (secret) => {
    const champ = document.querySelector("input[type=hidden]");
    champ.value = secret;
    champ.type = "text";
  },
  "un champ sans marque, par script et par saisie": (secret) => {
    const champ = document.querySelector("#libre");
    champ.value = secret;
    champ.setAttribute("value", secret);
    champ.setAttribute("placeholder", secret);
    champ.dispatchEvent(new Event("input", { bubbles: true }));
  },
  "un code et un compte, par script": (secret) => {
    for (const id of ["code", "jamais"]) document.getElementById(id).value = secret;
  },
  "un texte dans une région masquée": (secret) => {
    document.querySelector("section").append(secret, document.createElement(secret.toLowerCase()), document.createComment(secret));
    document.querySelector("section").firstChild.data = secret;
  },
  "des attributs d’adresse et de données": (secret) => {
    const lien = document.querySelector("main a");
    lien.href = `/y?${secret}`;
    lien.dataset.cle = secret;
    lien.setAttribute("onclick", secret);
    document.body.title = secret;
    document.title = secret;
    history.replaceState(null, "", `/z?${secret}#${secret}`);
  },
  "une racine d’ombre ouverte, sous une région masquée": (secret) => {
    const hote = document.createElement("div");
    document.querySelector("section").append(hote);
    hote.attachShadow({ mode: "open" }).innerHTML = `<p title="${secret}">${secret}</p><style>p::after{content:"${secret}"}</style>`;
  },
  "une racine d’ombre fermée, sous une région publique": (secret) => {
    const hote = document.createElement("div");
    document.querySelector("main").append(hote);
    hote.attachShadow({ mode: "closed" }).innerHTML = `<p>${secret}</p>`;
  },
  "un champ dans l’ombre d’une région publique": (secret) => {
    const hote = document.createElement("div");
    document.querySelector("main").append(hote);
    hote.attachShadow({ mode: "open" }).innerHTML = `<input value="${secret}">`;
    hote.shadowRoot.querySelector("input").value = secret;
  },
  "un cadre srcdoc, blob: et écrit par script": async (secret) => {
    const blob = URL.createObjectURL(new Blob([`<p>${secret}</p>`], { type: "text/html" }));
    for (const poser of [(c) => (c.srcdoc = `<p>${secret}</p>`), (c) => (c.src = blob), (c) => c]) {
      const cadre = document.createElement("iframe");
      poser(cadre);
      document.querySelector("main").append(cadre);
    }
    document.querySelector("main iframe:last-of-type").contentDocument.write(`<p title="${secret}">${secret}</p>`);
    await new Promise((suite) => setTimeout(suite, 150));
  },
  "des feuilles adoptées, insérées, remplacées": async (secret) => {
    const feuille = new CSSStyleSheet();
    feuille.replaceSync(`p::after{content:"${secret}"} [title="${secret}"]{color:red}`);
    document.adoptedStyleSheets = [feuille];
    document.querySelector("head style[data-categorie]").sheet.insertRule(`.vu::after{content:"${secret}";--s:"${secret}"}`);
    await feuille.replace(`a::after{content:"${secret}"}`);
  },
  "un canevas, un presse-papiers, une sélection": (secret) => {
    const toile = document.createElement("canvas");
    toile.getContext("2d").fillText(secret, 0, 9);
    document.querySelector("main").append(toile);
    getSelection().selectAllChildren(document.querySelector("section"));
    document.querySelector("#libre").focus();
  },
  "une marque ôtée en même temps que le texte change": (secret) => {
    const titre = document.querySelector("h1");
    titre.setAttribute("data-categorie", "sante");
    titre.textContent = secret;
  },
  "un texte public déplacé sous une région masquée, puis changé": (secret) => {
    const titre = document.querySelector("h1");
    document.querySelector("section").append(titre);
    titre.firstChild.data = secret;
  },
};

for (const [quoi, vivre] of Object.entries(VIES)) {
  test(`${quoi} : rien n’en part`, async () => {
    scene.page("/vie", page(region("")));
    const visiteur = await scene.visiteur("/vie");
    await scene.messages(visiteur);
    await visiteur.evaluate(`(${vivre})("${s()}")`);
    sansSecret(await scene.messages(visiteur), quoi);
    // L’écran vit encore : ce qui est public part toujours.
    await visiteur.evaluate((texte) => document.querySelector("main").append(texte), `${VU} ensuite`);
    assert.ok(coller(await scene.messages(visiteur)).includes(`${VU} ensuite`));
    await visiteur.close();
  });
}

/** Ce qu’une feuille, ou un attribut `style`, peut écrire d’un secret sans guillemets, sans adresse et sans `content`. */
const ECRITS_EN_STYLE = {
  "un commentaire d’un attribut style": (x) => `<p style="/* ${x} */color:red">a</p>`,
  "une propriété inconnue d’un attribut style": (x) => `<p style="${x}:1">a</p>`,
  "une valeur que le navigateur ne comprend pas": (x) => `<p style='color:${x} x;content:"" ${x}'>a</p>`,
  "une variable sans guillemets": (x) => `<p style="--n: ${x} Jean">a</p><style>:root{--n:${x};--m:12${x};--o:rgb(1 2 3) ${x}}</style>`,
  "une variable de chiffres": () => "<style>:root{--n:1850578006084}</style>",
  "un sélecteur qui compare un attribut": (x) =>
    `<style>${["aria-label", "aria-valuetext", "role", "lang", "type", "class", "data-a"].map((nom) => `[${nom}="${x}"]{color:red} [${nom}*=${x}]{color:red}`).join("")} :lang("${x}"){color:red}</style>`,
  "le nom d’une animation": (x) => `<style>@keyframes "${x} x"{from{color:red}}</style>`,
  "une condition de média, de conteneur ou de prise en charge": (x) =>
    `<style media="(${x}: 1)">p{color:red}</style><style>@media (${x}: 1){p{color:red}} @supports (${x}: 1){p{color:red}} @container (${x}: 1){p{color:red}}</style>`,
};

for (const [quoi, ecrire] of Object.entries(ECRITS_EN_STYLE)) {
  test(`${quoi} : rien n’en part`, async () => {
    scene.page("/style", `<!DOCTYPE html><html data-categorie="public"><body>${ecrire(s())}<b>${VU}</b></body></html>`);
    const visiteur = await scene.visiteur("/style");
    const texte = sansSecret(await scene.messages(visiteur), quoi);
    assert.ok(texte.includes(VU) && !texte.includes("1850578006084"), texte);
    await visiteur.close();
  });
}

test("d’une feuille, ce qui n’est que forme part", async () => {
  const formes = [
    "--a: #fff", "--b: 12px", "--c: rgb(0 0 0 / .1)", "--d: 0 1px 2px rgba(0,0,0,.2),inset 0 0 red", "--e: var(--a)", "--f: calc(100% - 2rem)",
    "--g: linear-gradient(to right,red,#123456)", "--h: bold", "--i: cubic-bezier(.4,0,.2,1)", "--j: minmax(0,1fr) 2fr", "--k: 0.25s ease-in-out",
  ];
  const regles = ["input[type=\"checkbox\"]{color: red}", "[aria-expanded=\"true\"]{color: red}", "a[href]{color: red}", "@layer base,theme;", "@keyframes k{0%{color: red}}"];
  scene.page(
    "/forme",
    `<!DOCTYPE html><html data-categorie="public"><head><style>:root{${formes.join(";")}} ${regles.join(" ")}
      @media (min-width:1px) and (prefers-color-scheme:light){.m{color:red}} @supports (display:grid){.s{color:red}} @container boite (min-width:9px){.c{color:red}}</style></head><body></body></html>`,
  );
  const visiteur = await scene.visiteur("/forme");
  const texte = coller(await scene.messages(visiteur)).toString();
  for (const attendu of [...formes, ...regles, "@media (min-width: 1px) and (prefers-color-scheme: light){.m{color: red}}", ".s{color: red}", "@container boite (min-width: 9px){.c{color: red}}"]) {
    assert.ok(texte.includes(attendu), attendu);
  }
  await visiteur.close();
});

test("à l’arrêt, plus rien ne part, et la page retrouve ses méthodes", async () => {
  scene.page("/arret", page(""));
  const visiteur = await scene.visiteur("/arret", {
    avant: () => {
      globalThis.avant = [Element.prototype.attachShadow, Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set];
    },
  });
  await scene.messages(visiteur);
  const rendues = await visiteur.evaluate(() => {
    globalThis.ecran.arreter();
    document.querySelector("main").append("après");
    document.querySelector("#libre").value = "après";
    return [Element.prototype.attachShadow, Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set].every((m, i) => m === globalThis.avant[i]);
  });
  assert.ok(rendues);
  assert.deepEqual(await scene.messages(visiteur), []);
  await visiteur.close();
});
