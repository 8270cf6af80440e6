// Aides au clavier. Rien n’en dépend : sans ce module, tout se fait à la souris, à la tabulation, ou des deux.

const CLE_RACCOURCIS = "sillon.raccourcis";
const aide = document.getElementById("aide-clavier");
const bascule = document.getElementById("raccourcis-actifs");

/** Les raccourcis d’une touche se coupent (RGAA 12.10) ; sans stockage, ils restent actifs. */
function lireReglage() {
  try {
    return localStorage.getItem(CLE_RACCOURCIS) !== "non";
  } catch {
    return true;
  }
}

/** @param {boolean} actifs */
function garderReglage(actifs) {
  try {
    localStorage.setItem(CLE_RACCOURCIS, actifs ? "oui" : "non");
  } catch {
    // Le réglage vaut pour cette page.
  }
}

let actifs = lireReglage();

/** Une touche frappée dans un champ est du texte. @param {EventTarget | null} cible */
function estUneSaisie(cible) {
  return cible instanceof HTMLElement
    && (cible.isContentEditable || cible.matches("textarea, select, input:not([type=checkbox], [type=radio])"));
}

/** Les liens qui ouvrent une ligne : le premier de chaque ligne de table. */
function liensDesLignes() {
  return [...document.querySelectorAll("main tbody tr")]
    .map((ligne) => ligne.querySelector("a[href]"))
    .filter((lien) => lien instanceof HTMLElement);
}

/** Le focus va d’une ligne à l’autre, et y reste au bout. @param {1 | -1} pas */
function changerDeLigne(pas) {
  const liens = liensDesLignes();
  const ligne = document.activeElement?.closest("main tbody tr");
  const rang = liens.findIndex((lien) => lien.closest("tr") === ligne);
  const suivant = rang === -1 ? (pas === 1 ? 0 : liens.length - 1) : rang + pas;
  const lien = liens[suivant];
  lien?.focus();
  lien?.scrollIntoView({ block: "nearest" });
  return lien !== undefined;
}

/** Les flèches font défiler la page : elles ne changent de ligne que depuis une table. @param {1 | -1} pas */
function flecheEnTable(pas) {
  return document.activeElement?.closest("main tbody tr") ? changerDeLigne(pas) : false;
}

function allerChercher() {
  const champ = document.querySelector("[data-recherche], main input[type=search]");
  if (!(champ instanceof HTMLInputElement)) return false;
  champ.focus();
  champ.select();
  return true;
}

function montrerAide() {
  if (!(aide instanceof HTMLDialogElement) || aide.open) return false;
  aide.showModal();
  return true;
}

const touches = {
  "/": allerChercher,
  j: () => changerDeLigne(1),
  k: () => changerDeLigne(-1),
  ArrowDown: () => flecheEnTable(1),
  ArrowUp: () => flecheEnTable(-1),
  "?": montrerAide,
};

document.addEventListener("keydown", (evenement) => {
  if (!actifs || evenement.defaultPrevented || evenement.ctrlKey || evenement.altKey || evenement.metaKey) return;
  if (estUneSaisie(evenement.target) || document.querySelector("dialog[open]")) return;
  const action = Object.hasOwn(touches, evenement.key) ? touches[evenement.key] : undefined;
  if (action?.()) evenement.preventDefault();
});

for (const bloc of document.querySelectorAll("[data-clavier]")) bloc.hidden = false;
for (const bouton of document.querySelectorAll("[data-aide-clavier]")) bouton.addEventListener("click", montrerAide);

if (bascule instanceof HTMLInputElement) {
  bascule.checked = actifs;
  bascule.addEventListener("change", () => {
    actifs = bascule.checked;
    garderReglage(actifs);
  });
}
