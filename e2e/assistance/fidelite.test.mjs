// Quoi que la page devienne, la réplique est la page masquée ; et ce qui est masqué ne change pas un octet.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Scene, coller } from "./scene.mjs";

let scene;
before(async () => {
  scene = await Scene.ouvrir();
});
after(() => scene?.fermer());

const DEPART = `<!DOCTYPE html><html lang="fr"><head><title>t</title><style data-categorie="public">.a{color:rgb(1,2,3)}</style></head>
<body><div id="racine"><main data-categorie="public"><h1>Titre</h1><ul><li>un</li><li>deux</li></ul>
<form><input data-categorie="public" value="v"><input type="checkbox" data-categorie="public"><select data-categorie="public"><option>a</option><option>b</option></select>
<textarea data-categorie="economique">t</textarea><input></form><p data-categorie="sante">soin</p></main><aside>masqué <b data-categorie="famille">famille</b></aside></div></body></html>`;

/** La page masquée, dite par une seconde lecture de la règle, sans rien de l’écran. */
function masquer([accord, permis]) {
  const CLASSES = ["", "public", "identification", "adresse", "famille", "economique", "sante", "navigation"];
  const ABSENTS = ["script", "template", "noscript", "meta", "title", "link", "datalist", "object"];
  const accorde = (classe) => classe !== "" && accord.includes(classe);
  const champ = (e) => ["input", "textarea", "select"].includes(e.localName) || (e.hasAttribute("contenteditable") && e.getAttribute("contenteditable") !== "false");
  const classe = (e, heritee) => {
    if (e.localName === "input" && ["password", "hidden", "file"].includes(e.type)) return "";
    const marque = e.getAttribute("data-categorie");
    if (marque !== null) return CLASSES.includes(marque) ? marque : "";
    return champ(e) && heritee === "public" ? "" : heritee;
  };
  const dire = (e, heritee, sousAccorde) => {
    if (ABSENTS.includes(e.localName)) return "";
    const sienne = classe(e, heritee);
    if (e.localName === "style") return accorde(sienne) ? "<style>" : "";
    const dedans = () => {
      const dans = e.shadowRoot ? enfants(e.shadowRoot, sienne) : "";
      const ombre = e.shadowRoot && (accorde(sienne) || dans.includes("<")) ? `#ombre(${dans})` : "";
      return ombre + (e.localName === "textarea" ? "" : enfants(e, sienne));
    };
    if (accorde(sienne)) {
      const attributs = [...e.attributes]
        .filter((a) => permis.includes(a.name))
        .map((a) => ` ${a.name}=${a.value}`)
        .sort()
        .join("");
      const valeur = champ(e) && e.localName !== "div" ? ` {${e.type === "checkbox" ? e.checked : e.value}}` : "";
      return `<${e.localName}${attributs}${valeur}>${dedans()}</${e.localName}>`;
    }
    if (champ(e)) return sousAccorde && e.type !== "hidden" ? `[champ]` : "";
    const dit = dedans();
    if (dit.includes("<")) return `<${e.localName}>${dit}</${e.localName}>`;
    return sousAccorde ? "[masque]" : "";
  };
  const enfants = (parent, heritee) => {
    let texte = "";
    for (const n of parent.childNodes) {
      if (n.nodeType === Node.TEXT_NODE) {
        if (accorde(heritee) && n.data && !(texte.endsWith("[masque]") && !n.data.trim())) texte += `«${n.data}»`;
      } else if (n.nodeType === Node.ELEMENT_NODE) {
        const dit = dire(n, heritee, accorde(heritee));
        if (dit !== "[masque]" || !texte.endsWith("[masque]")) texte += dit;
      }
    }
    const adoptees = parent === document.documentElement ? document.adoptedStyleSheets : parent.adoptedStyleSheets;
    for (const _ of adoptees ?? []) if (accorde(heritee)) texte += "<style>";
    return texte;
  };
  return dire(document.documentElement, "", false);
}

/** La réplique, dite de même. */
function repliquer(permis) {
  const dire = (n) => {
    if (n.nodeType === Node.TEXT_NODE) return `«${n.data}»`;
    if (n.nodeType !== Node.ELEMENT_NODE || n.localName === "meta") return "";
    if (n.hasAttribute("data-sillon-masque")) return n.localName === "span" ? "[masque]" : "[champ]";
    if (n.localName === "style") return n.textContent.includes("data-sillon-masque") ? "" : "<style>";
    const ombre = n.shadowRoot && !n.shadowRoot.querySelector("[data-sillon-otee]") ? `#ombre(${[...n.shadowRoot.childNodes].map(dire).join("")})` : "";
    const attributs = [...n.attributes]
      .filter((a) => permis.includes(a.name))
      .map((a) => ` ${a.name}=${a.value}`)
      .sort()
      .join("");
    const valeur = ["input", "textarea", "select"].includes(n.localName) ? ` {${n.type === "checkbox" ? n.checked : n.value}}` : "";
    const dedans = n.localName === "textarea" ? "" : [...n.childNodes].map(dire).join("");
    return `<${n.localName}${attributs}${valeur}>${ombre}${dedans}</${n.localName}>`;
  };
  return dire(globalThis.replique.document.documentElement);
}

const PERMIS = ["class", "id", "title", "hidden", "role"];

/** Tant de changements au hasard, tous tirés de la graine. */
function vivre([graine, combien]) {
  const hasard = () => {
    graine = (graine * 1103515245 + 12345) % 2147483648;
    return graine / 2147483648;
  };
  const parmi = (liste) => liste[Math.floor(hasard() * liste.length)];
  const CATEGORIES = ["public", "identification", "economique", "sante", "famille", "rien", ""];
  const tous = () => {
    const vus = [];
    const entrer = (racine) => {
      for (const e of racine.querySelectorAll("*")) {
        vus.push(e);
        if (e.shadowRoot) entrer(e.shadowRoot);
      }
    };
    entrer(document.querySelector("#racine"));
    return vus.length ? vus : [document.querySelector("#racine")];
  };
  const neuf = () => {
    const e = document.createElement(parmi(["p", "div", "span", "section", "b", "input", "x-boite", "ul", "li"]));
    if (hasard() < 0.4) e.setAttribute("data-categorie", parmi(CATEGORIES));
    if (hasard() < 0.7 && e.localName !== "input") e.append(`t${Math.floor(hasard() * 1000)}`);
    return e;
  };
  const conteneur = () => parmi(tous().filter((e) => !["input", "textarea", "select", "option", "style"].includes(e.localName)));
  const gestes = [
    () => conteneur()?.append(neuf()),
    () => conteneur()?.prepend(neuf(), `x${Math.floor(hasard() * 100)}`, neuf()),
    () => {
      const e = parmi(tous());
      if (hasard() < 0.5) e.remove();
    },
    () => {
      const [e, vers] = [parmi(tous()), conteneur()];
      let dessus = vers;
      while (dessus && dessus !== e) dessus = dessus.parentNode ?? dessus.host;
      if (vers && !dessus && e.localName !== "option") vers.insertBefore(e, parmi([null, vers.firstChild]));
    },
    () => {
      const textes = tous().flatMap((e) => [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE));
      const n = parmi(textes);
      if (n) n.data = hasard() < 0.2 ? "" : `c${Math.floor(hasard() * 1000)}`;
    },
    () => parmi(tous()).setAttribute(parmi(["class", "title", "data-x", "href", "onclick", "hidden", "role"]), `a${Math.floor(hasard() * 10)}`),
    () => parmi(tous()).removeAttribute(parmi(["class", "title", "hidden"])),
    () => parmi(tous()).setAttribute("data-categorie", parmi(CATEGORIES)),
    () => parmi(tous()).removeAttribute("data-categorie"),
    () => {
      const e = conteneur();
      if (e && hasard() < 0.3) e.innerHTML = `<i data-categorie="${parmi(CATEGORIES)}">h<u>${Math.floor(hasard() * 100)}</u></i>fin`;
    },
    () => {
      const e = conteneur();
      if (e) e.replaceChildren(...[...e.children].reverse());
    },
    () => {
      const e = parmi(tous().filter((x) => ["div", "section", "p", "x-boite"].includes(x.localName) && !x.shadowRoot));
      if (e && hasard() < 0.3) e.attachShadow({ mode: "open" }).append(neuf(), "ombre");
    },
    () => {
      const e = parmi(tous().filter((x) => x.localName === "input" || x.localName === "textarea"));
      if (!e) return;
      if (e.type === "checkbox") e.checked = hasard() < 0.5;
      else e.value = `v${Math.floor(hasard() * 100)}`;
    },
    () => {
      const e = parmi(tous().filter((x) => x.localName === "select"));
      if (e) e.selectedIndex = Math.floor(hasard() * 2);
    },
    () => {
      if (hasard() < 0.1) document.adoptedStyleSheets = hasard() < 0.5 ? [] : [new CSSStyleSheet()];
    },
    () => conteneur()?.normalize(),
    () => {
      if (hasard() < 0.2) document.documentElement.setAttribute("data-categorie", parmi(CATEGORIES));
      if (hasard() < 0.2) document.documentElement.setAttribute("class", `r${Math.floor(hasard() * 9)}`);
    },
  ];
  for (let i = 0; i < combien; i += 1) {
    if (!document.querySelector("#racine")) document.body.append(Object.assign(document.createElement("div"), { id: "racine" }));
    if (tous().length > 400) document.querySelector("#racine").replaceChildren(neuf());
    parmi(gestes)();
  }
  return graine;
}

for (const accord of [["public"], ["public", "economique", "sante"], ["public", "identification", "famille", "economique", "sante"]]) {
  test(`après des milliers de changements, la réplique est la page masquée (${accord.join(", ")})`, async () => {
    scene.page("/vivante", DEPART);
    const visiteur = await scene.visiteur("/vivante", { accord });
    const agent = await scene.agent();
    let graine = 7 + accord.length;
    for (let tour = 0; tour < 60; tour += 1) {
      assert.equal(await scene.montrer(agent, await scene.messages(visiteur)), null, `tour ${tour}`);
      const attendue = await visiteur.evaluate(masquer, [accord, PERMIS]);
      assert.equal(await agent.evaluate(repliquer, PERMIS), attendue, `tour ${tour}, graine ${graine}`);
      graine = await visiteur.evaluate(vivre, [graine, 60]);
    }
    assert.deepEqual(agent.demandes, [], "l’agent ne demande rien au réseau");
    await visiteur.close();
    await agent.close();
  });
}

test("deux visites qui ne diffèrent que par ce qui est masqué écrivent les mêmes octets", async () => {
  const page = (n) => `<!DOCTYPE html><html><head><title>${"x".repeat(n)}</title><style>.m{width:${n}px}</style></head>
    <body><nav>${"<a href='/n'>n</a>".repeat(n)}</nav><main data-categorie="public"><h1>Public</h1>
    <table><tbody data-categorie="economique">${`<tr><td>${n},00 €</td></tr>`.repeat(n + 1)}</tbody></table>
    <p data-categorie="sante" title="${n}">${"soin ".repeat(n)}</p> ${`<p data-categorie="sante">${n}</p> `.repeat(n)}
    <input value="${n}"><textarea>${"t".repeat(n)}</textarea><select>${"<option>o</option>".repeat(n)}</select></main>
    <section id="cachee">${"<p>m</p>".repeat(n)}<div data-categorie="public">fin</div></section></body></html>`;
  /** Ce qui se passe dans la page, selon `n`, puis pour tous. */
  const changer = (n) => {
    for (let i = 0; i < n * 3; i += 1) {
      document.querySelector("tbody").insertAdjacentHTML("beforeend", `<tr><td>${i * n}</td></tr>`);
      document.querySelector("#cachee").prepend(`${n}${i}`, document.createElement("em"));
      document.querySelector("input").value = "z".repeat(i);
      document.querySelector("textarea").value += i;
      document.querySelector("[data-categorie=sante]").title = i;
      document.querySelector("nav").append(document.createElement("a"));
      document.title = `${i}`;
    }
    document.querySelector("h1").append(" ensuite");
  };
  const visites = [];
  for (const n of [0, 1, 7, 40]) {
    scene.page("/jumelles", page(n));
    const visiteur = await scene.visiteur("/jumelles");
    const depart = coller(await scene.messages(visiteur));
    await visiteur.evaluate(changer, n);
    visites.push(Buffer.concat([depart, coller(await scene.messages(visiteur))]).toString("latin1"));
    await visiteur.close();
  }
  assert.ok(visites[0].includes("Public") && visites[0].includes(" ensuite"));
  // Sans région de santé supplémentaire ou avec, sans ligne ou avec mille : rien ne le dit.
  for (const visite of visites.slice(1)) assert.equal(visite, visites[0]);
});
