// Ce que la réplique montre d’une vraie page, et ce qu’elle refuse d’un fil hostile.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";

import { NOEUD, OP } from "../../assistance-sdk/fil/codes.mjs";
import { Ecrivain } from "../../assistance-sdk/fil/ecrire.mjs";
import { Scene } from "./scene.mjs";

let scene;
before(async () => {
  scene = await Scene.ouvrir();
});
after(() => scene?.fermer());

test("styles, cadres, dialogues, champs et défilement se voient comme chez le visiteur", async () => {
  scene.page("/feuille.css", ".lie{color:rgb(10, 20, 30)}");
  scene.page("/dedans", "<!DOCTYPE html><body data-categorie='public'><p>cadre</p></body>");
  scene.page(
    "/riche",
    `<!DOCTYPE html><html data-categorie="public"><head><link rel="stylesheet" href="/feuille.css"><style>.ecrit{margin-left:17px}
      @media (min-width:1px){.media{padding-left:9px}} .icone::before{content:"→"} h1{font-family:"Noto Sans"}</style></head>
      <body><h1 class="lie">Titre</h1><p class="ecrit media icone">texte</p><iframe src="/dedans"></iframe><dialog><p>dialogue</p></dialog>
      <details open><summary>plus</summary>détail</details><svg viewBox="0 0 10 10" width="40"><circle cx="5" cy="5" r="4" fill="rgb(9, 8, 7)"/></svg>
      <div id="long" style="height:60px;overflow:auto"><div style="height:900px">haut</div></div>
      <input data-categorie="public" type="checkbox"><input data-categorie="public" type="range" value="30"><x-hote></x-hote><div style="height:3000px"></div></body></html>`,
  );
  const visiteur = await scene.visiteur("/riche");
  await visiteur.evaluate(async () => {
    document.querySelector("dialog").showModal();
    const feuille = new CSSStyleSheet();
    feuille.replaceSync(".ecrit{padding-top:5px}");
    document.querySelector("style").sheet.insertRule(".ecrit{border-left:3px solid}");
    const hote = document.querySelector("x-hote");
    const ombre = hote.attachShadow({ mode: "open" });
    ombre.adoptedStyleSheets = [feuille];
    ombre.innerHTML = "<p class='ecrit'>ombre</p>";
    document.querySelector("#long").scrollTop = 120;
    document.querySelector("[type=checkbox]").indeterminate = true;
    document.querySelector("[type=range]").value = 70;
    scrollTo(0, 400);
    await new Promise((suite) => setTimeout(suite, 200));
  });
  const agent = await scene.agent();
  assert.equal(await scene.montrer(agent, await scene.messages(visiteur)), null);
  await agent.waitForTimeout(100);
  const vu = await agent.evaluate(() => {
    const { document: d } = globalThis.replique;
    const style = (e) => d.defaultView.getComputedStyle(e);
    const ecrit = style(d.querySelector(".ecrit"));
    return {
      couleur: style(d.querySelector(".lie")).color,
      marge: ecrit.marginLeft,
      media: ecrit.paddingLeft,
      inseree: ecrit.borderLeftWidth,
      icone: d.defaultView.getComputedStyle(d.querySelector(".icone"), "::before").content,
      cadre: d.querySelector("iframe").contentDocument.querySelector("p").textContent,
      modale: d.querySelector("dialog").matches(":modal"),
      ouvert: d.querySelector("details").open,
      cercle: style(d.querySelector("circle")).fill,
      ombre: style(d.querySelector("x-hote").shadowRoot.querySelector("p")).paddingTop,
      long: d.querySelector("#long").scrollTop,
      page: d.documentElement.scrollTop,
      indetermine: d.querySelector("[type=checkbox]").indeterminate,
      curseur: d.querySelector("[type=range]").value,
    };
  });
  assert.deepEqual(vu, {
    couleur: "rgb(10, 20, 30)",
    marge: "17px",
    media: "9px",
    inseree: "3px",
    icone: '"→"',
    cadre: "cadre",
    modale: true,
    ouvert: true,
    cercle: "rgb(9, 8, 7)",
    ombre: "5px",
    long: 120,
    page: 400,
    indetermine: true,
    curseur: "70",
  });
  assert.deepEqual(agent.demandes, []);
  await visiteur.close();
  await agent.close();
});

test("une feuille adoptée par le document et deux racines vaut pour chacune, et s’ôte de l’une sans l’autre", async () => {
  scene.page("/adoptees", `<!DOCTYPE html><html data-categorie="public"><body><p class="a">page</p><x-un></x-un><x-deux></x-deux></body></html>`);
  const visiteur = await scene.visiteur("/adoptees");
  const agent = await scene.agent();
  const voir = async (geste) => {
    await visiteur.evaluate(geste);
    assert.equal(await scene.montrer(agent, await scene.messages(visiteur)), null);
    return agent.evaluate(() => {
      const { document: d } = globalThis.replique;
      const ombre = (nom) => d.querySelector(nom).shadowRoot?.querySelector("p");
      return [d.querySelector("body > p"), ombre("x-un"), ombre("x-deux")].map((p) => p && d.defaultView.getComputedStyle(p).marginLeft);
    });
  };
  const poser = () => {
    globalThis.feuille = new CSSStyleSheet();
    globalThis.feuille.replaceSync(".a{margin-left:11px}");
    for (const nom of ["x-un", "x-deux"]) {
      const ombre = document.querySelector(nom).attachShadow({ mode: "open" });
      ombre.innerHTML = '<p class="a">ombre</p>';
      ombre.adoptedStyleSheets = [globalThis.feuille];
    }
    document.adoptedStyleSheets = [globalThis.feuille];
  };
  assert.deepEqual(await voir(poser), ["11px", "11px", "11px"]);
  const changer = () => globalThis.feuille.replaceSync(".a{margin-left:22px}");
  assert.deepEqual(await voir(changer), ["22px", "22px", "22px"]);
  const oter = () => {
    document.querySelector("x-un").shadowRoot.adoptedStyleSheets = [];
  };
  assert.deepEqual(await voir(oter), ["22px", "0px", "22px"]);
  const oterDuDocument = () => {
    document.adoptedStyleSheets = [];
  };
  assert.deepEqual(await voir(oterDuDocument), ["0px", "0px", "22px"]);
  await visiteur.close();
  await agent.close();
});

/** Ce que des scripts et des gestes changent sans le dire, et ce qu’on en lit des deux côtés. */
const DISCRETS = {
  "deux boutons radio, l’un après l’autre": {
    corps: '<input type="radio" name="r" data-categorie="public"><input type="radio" name="r" data-categorie="public">',
    vivre: async () => {
      for (const bouton of document.querySelectorAll("input")) {
        bouton.click();
        await new Promise((suite) => setTimeout(suite));
      }
    },
    lire: (d) => [...d.querySelectorAll("input")].map((e) => e.checked),
  },
  "des options récrites": {
    corps: '<select data-categorie="public"><option>a</option><option selected>b</option></select>',
    vivre: () => (document.querySelector("select").innerHTML = "<option>a<option selected>b"),
    lire: (d) => d.querySelector("select").value,
  },
  "ce que des champs portent par défaut": {
    corps: '<input data-categorie="public"><textarea data-categorie="public"></textarea><input type="checkbox" data-categorie="public">',
    vivre: () => {
      document.querySelector("input").setAttribute("value", "v");
      document.querySelector("textarea").textContent = "t";
      document.querySelector("[type=checkbox]").setAttribute("checked", "");
    },
    lire: (d) => [...d.querySelectorAll("input, textarea")].map((e) => [e.value, e.checked]),
  },
  "ce que des méthodes écrivent dans des champs": {
    corps: '<input type="number" data-categorie="public"><input data-categorie="public" value="abc"><textarea data-categorie="public">abc</textarea>',
    vivre: () => {
      const [nombre, texte] = document.querySelectorAll("input");
      nombre.valueAsNumber = 4;
      nombre.stepUp();
      texte.setRangeText("Z", 0, 1);
      document.querySelector("textarea").setRangeText("Z", 0, 1);
    },
    lire: (d) => [...d.querySelectorAll("input, textarea")].map((e) => e.value),
  },
  "un formulaire qu’un bouton efface": {
    corps: '<form><input id="i" data-categorie="public"><button type="reset">Effacer</button></form>',
    agir: async (visiteur) => {
      await visiteur.fill("#i", "abc");
      await visiteur.click("button");
    },
    lire: (d) => d.querySelector("#i").value,
  },
  "une feuille éteinte, une règle insérée dans une autre, une déclaration posée": {
    corps: "<style>p{padding-left:9px}</style><style>@media all{p{color:red}} p{margin-left:1px}</style><p>a</p>",
    vivre: () => {
      const [une, deux] = [...document.querySelectorAll("style")].map((style) => style.sheet);
      une.disabled = true;
      deux.cssRules[0].insertRule("p{padding-right:7px}");
      deux.cssRules[1].style.setProperty("margin-left", "5px");
    },
    lire: (d) => {
      const style = d.defaultView.getComputedStyle(d.querySelector("p"));
      return [style.paddingLeft, style.paddingRight, style.marginLeft];
    },
  },
  "un nœud passé derrière un cadre": {
    corps: '<div><p>a</p><iframe srcdoc="<body data-categorie=public>dedans"></iframe></div>',
    vivre: async () => {
      const cadre = document.querySelector("iframe");
      while (!cadre.contentDocument?.body?.textContent) await new Promise((suite) => setTimeout(suite, 10));
      await new Promise((suite) => setTimeout(suite, 30));
      document.querySelector("div").append(document.querySelector("p"));
    },
    lire: (d) => d.querySelector("iframe").contentDocument.body.textContent,
  },
};

for (const [quoi, { corps, vivre, agir, lire }] of Object.entries(DISCRETS)) {
  test(`${quoi} : l’agent le voit`, async () => {
    scene.page("/discret", `<!DOCTYPE html><html data-categorie="public"><body>${corps}</body></html>`);
    const visiteur = await scene.visiteur("/discret");
    const agent = await scene.agent();
    assert.equal(await scene.montrer(agent, await scene.messages(visiteur)), null);
    if (vivre) await visiteur.evaluate(vivre);
    await agir?.(visiteur);
    await visiteur.waitForTimeout(50);
    assert.equal(await scene.montrer(agent, await scene.messages(visiteur)), null);
    assert.deepEqual(await agent.evaluate(`(${lire})(globalThis.replique.document)`), await visiteur.evaluate(`(${lire})(document)`));
    await visiteur.close();
    await agent.close();
  });
}

test("l’agent voit ce que le visiteur a sous les yeux, quelle que soit la hauteur de ce qui est masqué", async () => {
  scene.page(
    "/masquee",
    `<!DOCTYPE html><html><body data-categorie="public"><header style="position:sticky;top:0">menu</header><section data-categorie="sante"><div style="height:900px">m</div></section><h1>t</h1>
      <div id="boite" style="height:60px;overflow:auto"><p data-categorie="sante" style="height:300px">m</p><p id="dans" style="height:200px">a</p><p style="height:300px">b</p></div>
      <textarea data-categorie="public" style="height:40px">${"ligne\n".repeat(40)}</textarea><div style="height:3000px">fin</div></body></html>`,
  );
  const visiteur = await scene.visiteur("/masquee");
  const agent = await scene.agent();
  const places = (d) => {
    const haut = (e, de = 0) => Math.round(e.getBoundingClientRect().top - de);
    const boite = d.querySelector("#boite");
    return [haut(d.querySelector("h1")), haut(d.querySelector("#dans"), boite.getBoundingClientRect().top), d.querySelector("textarea").scrollTop];
  };
  for (const [page, boite, champ] of [[1000, 380, 90], [960, 340, 0], [0, 0, 20]]) {
    await visiteur.evaluate(
      async ([page, boite, champ]) => {
        document.querySelector("#boite").scrollTop = boite;
        document.querySelector("textarea").scrollTop = champ;
        scrollTo(0, page);
      },
      [page, boite, champ],
    );
    const attendues = async () => (page === 0 ? 0 : await visiteur.evaluate(`(${places})(document)`));
    const vues = () => agent.evaluate(page === 0 ? "globalThis.replique.document.documentElement.scrollTop" : `(${places})(globalThis.replique.document)`);
    // Un défilement s’annonce à l’image suivante, que rien ne date.
    for (let essai = 0; essai < 40; essai += 1) {
      assert.equal(await scene.montrer(agent, await scene.messages(visiteur)), null);
      if (isDeepStrictEqual(await vues(), await attendues())) break;
      await visiteur.waitForTimeout(50);
    }
    assert.deepEqual(await vues(), await attendues());
  }
  await visiteur.close();
  await agent.close();
});

/** Un message qui montre un `body` vide de numéro 2, puis ce qu’on y ajoute. @param {(fil: Ecrivain) => void} suite */
function message(suite) {
  const fil = new Ecrivain(1);
  fil.vue({ largeur: 10, hauteur: 10, rapport: 1, sombre: false });
  fil.op(OP.DOCUMENT);
  element(fil, "html", [], 1);
  element(fil, "body", [], 0);
  suite(fil);
  return fil.prendre();
}

function element(fil, nom, attributs = [], enfants = 0, code = NOEUD.ELEMENT) {
  fil.octet(code);
  fil.nom(nom);
  fil.octet(1);
  fil.entier(attributs.length);
  for (const [cle, valeur] of attributs) {
    fil.nom(cle);
    fil.texte(valeur);
  }
  fil.entier(enfants);
}

const inserer = (parent, suite) => (fil) => {
  fil.op(OP.INSERER);
  fil.entier(parent);
  fil.octet(1);
  for (const n of [0, 1]) fil.entier(n);
  suite(fil);
};
const attribut = (nom, valeur) => (fil) => {
  fil.op(OP.ATTRIBUT);
  fil.entier(2);
  fil.octet(1);
  fil.nom(nom);
  fil.texte(valeur);
};

const HOSTILES = {
  "un script": inserer(2, (fil) => element(fil, "script")),
  "un script en SVG": inserer(2, (fil) => element(fil, "script", [], 0, NOEUD.SVG)),
  "un objet": inserer(2, (fil) => element(fil, "object", [["data", "/vol"]])),
  "un lien": inserer(2, (fil) => element(fil, "link", [["rel", "stylesheet"]])),
  "une image et sa source": inserer(2, (fil) => element(fil, "img", [["src", "/vol"]])),
  "un gestionnaire": attribut("onclick", "vol()"),
  "une adresse": attribut("href", "javascript:vol()"),
  "un cadre et son contenu": inserer(2, (fil) => element(fil, "iframe", [["srcdoc", "<script>1</script>"]])),
  "un `use` d’ailleurs": inserer(2, (fil) => element(fil, "use", [["href", "/vol.svg#a"]], 0, NOEUD.SVG)),
  "un remplissage d’ailleurs": inserer(2, (fil) => element(fil, "rect", [["fill", "url(/vol)"]], 0, NOEUD.SVG)),
  "une ancre hors de sa boîte": (fil) => {
    fil.op(OP.DEFILEMENT);
    for (const n of [2, 1, 0, 0]) fil.entier(n);
  },
  "un nœud inconnu": inserer(99, (fil) => element(fil, "p")),
  "un second document": (fil) => {
    fil.op(OP.DOCUMENT);
    element(fil, "html");
  },
  "une opération inconnue": (fil) => fil.op(200),
  "un élément dans lui-même": (fil) => {
    fil.op(OP.DEPLACER);
    for (const n of [1, 2, 0]) fil.entier(n);
  },
  "une feuille hors d’un style": (fil) => {
    fil.op(OP.FEUILLE);
    fil.entier(2);
    fil.octet(1);
    fil.texte("p{}");
  },
  "trop de profondeur, par insertions successives": (fil) => {
    for (let i = 2; i < 60_000; i += 1) inserer(i, (dans) => element(dans, "div"))(fil);
  },
  "trop de profondeur, par déplacements": (fil) => {
    inserer(2, (dans) => element(dans, "div"))(fil);
    inserer(2, (dans) => element(dans, "p"))(fil);
    fil.op(OP.DEPLACER);
    for (const n of [3, 4, 0]) fil.entier(n);
  },
  "l’attribut qui enferme un cadre, ôté": (fil) => {
    inserer(2, (dans) => element(dans, "iframe"))(fil);
    fil.op(OP.SANS_ATTRIBUT);
    fil.entier(3);
    fil.nom("sandbox");
  },
  "trop de profondeur": inserer(2, (fil) => {
    for (let i = 0; i < 600; i += 1) element(fil, "div", [], 1);
    element(fil, "div");
  }),
};

for (const [quoi, suite] of Object.entries(HOSTILES)) {
  test(`la réplique refuse ${quoi}, et ne lit plus rien`, async () => {
    const agent = await scene.agent();
    const refus = await scene.montrer(agent, [message(suite)]);
    assert.match(refus ?? "", /^FilRefuse : /);
    const ensuite = await scene.montrer(agent, [message(() => {})]);
    assert.match(ensuite ?? "", /vue arrêtée/);
    assert.deepEqual(agent.demandes, []);
    await agent.close();
  });
}

test("une feuille, un style et un média ne font rien demander au réseau de l’agent", async () => {
  const agent = await scene.agent();
  const refus = await scene.montrer(agent, [
    message((fil) => {
      inserer(2, (dans) => element(dans, "style"))(fil);
      fil.op(OP.FEUILLE);
      fil.entier(3);
      fil.octet(1);
      fil.texte("@import url(/vol1); body{background:url(/vol2)} @font-face{font-family:F;src:url(/vol3)} body{font-family:F}");
      inserer(2, (dans) => element(dans, "p", [["style", "background:url(/vol4)"]]))(fil);
      inserer(2, (dans) => element(dans, "img", [["alt", "x"]]))(fil);
      inserer(2, (dans) => {
        dans.octet(NOEUD.TEXTE);
        dans.texte("du texte, pour que la police serve");
      })(fil);
    }),
  ]);
  assert.ok(refus === null || /attribut refusé/.test(refus), refus);
  await agent.waitForTimeout(300);
  assert.deepEqual(agent.demandes, []);
  assert.deepEqual(scene.recues.filter((chemin) => chemin.startsWith("/vol")), []);
  await agent.close();
});

test("un message coupé n’importe où est refusé", async () => {
  const agent = await scene.agent();
  const entier = message(inserer(2, (fil) => element(fil, "p", [["class", "é"]])));
  const lus = await agent.evaluate(async (octets) => {
    const { Replique } = await import("/sdk/replique/replique.mjs");
    let refuses = 0;
    for (let fin = 0; fin < octets.length; fin += 1) {
      const cadre = Object.assign(document.createElement("iframe"), {});
      cadre.setAttribute("sandbox", "allow-same-origin");
      document.body.append(cadre);
      try {
        new Replique(cadre).recevoir(Uint8Array.from(octets.slice(0, fin)));
      } catch (erreur) {
        if (erreur.constructor.name === "FilRefuse") refuses += 1;
      }
      cadre.remove();
    }
    return refuses;
  }, [...entier]);
  // Coupé juste entre deux opérations, il est entier : après l’en-tête, la vue, le document.
  assert.equal(entier.length - lus, 3);
  await agent.close();
});

test("un cadre qui pourrait exécuter est refusé", async () => {
  const agent = await scene.agent();
  const refus = await agent.evaluate(async () => {
    const { Replique } = await import("/sdk/replique/replique.mjs");
    const cadre = document.createElement("iframe");
    cadre.setAttribute("sandbox", "allow-same-origin allow-scripts");
    try {
      return Boolean(new Replique(cadre));
    } catch (erreur) {
      return erreur.message;
    }
  });
  assert.equal(refus, "un cadre qui pourrait exécuter");
  await agent.close();
});
