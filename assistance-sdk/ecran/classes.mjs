// De quelle classe est un nœud : celle de son plus proche ancêtre marqué ; sans marque, tout est masqué.

import { CLASSES, MASQUEE, PUBLIQUE } from "../fil/codes.mjs";

/** L’attribut qui dit ce qu’une région tient. */
export const MARQUE = "data-categorie";
/** Ce que l’autocomplétion d’un champ dit de trop intime pour passer, quelle que soit sa marque. */
const INTIME = /(^|\s)(cc-\S+|one-time-code|current-password|new-password)(\s|$)/i;

/** Les champs qui ont été des mots de passe, ne serait-ce qu’un instant. */
const motsDePasse = new WeakSet();

/** Retient qu’un champ a été un mot de passe. @param {Element} champ */
export const retenirMotDePasse = (champ) => motsDePasse.add(champ);

/** La copie d’un mot de passe en est un. @param {Node} n @param {Node} copie */
export function retenirLaCopie(n, copie) {
  if (n.nodeType !== Node.ELEMENT_NODE && n.nodeType !== Node.DOCUMENT_FRAGMENT_NODE) return;
  const champs = (racine) => [racine, ...racine.querySelectorAll("input")];
  const copies = champs(copie);
  champs(n).forEach((champ, rang) => {
    if (copies[rang] && (motsDePasse.has(champ) || champ.type === "password")) retenirMotDePasse(copies[rang]);
  });
}

const codeDe = (marque) => (Object.hasOwn(CLASSES, marque) ? CLASSES[marque] : MASQUEE);

/** @param {Element} e */
export function estChamp(e) {
  const nom = e.localName;
  return nom === "input" || nom === "textarea" || nom === "select" || estEditable(e);
}

function estEditable(e) {
  const valeur = e.getAttribute("contenteditable");
  return valeur !== null && valeur !== "false";
}

/** Rien n’en passe jamais, et nul agent ne le remplit. @param {Element} e */
export function estIntime(e) {
  if (e.localName === "input" && e.type === "password") motsDePasse.add(e);
  return (
    motsDePasse.has(e) ||
    (e.localName === "input" && (e.type === "hidden" || e.type === "file")) ||
    e.getAttribute("data-assistance") === "jamais" ||
    INTIME.test(e.getAttribute("autocomplete") ?? "")
  );
}

/** La classe d’un élément dont on connaît celle de ce qui le tient. @param {Element} e @param {number} heritee */
export function classeSous(e, heritee) {
  const marque = e.getAttribute(MARQUE);
  const champ = estChamp(e);
  if (champ && estIntime(e)) return MASQUEE;
  if (marque !== null) return codeDe(marque);
  return champ && heritee === PUBLIQUE ? MASQUEE : heritee;
}

/** La classe d’un nœud quelconque. Un document ne tient rien de ce qui l’entoure. @param {Node} n @returns {number} */
export function classeDe(n) {
  if (n.nodeType === Node.ELEMENT_NODE) return classeSous(n, n.parentNode ? classeDe(n.parentNode) : MASQUEE);
  if (n.nodeType === Node.DOCUMENT_FRAGMENT_NODE && n.host) return classeDe(n.host);
  return n.nodeType === Node.TEXT_NODE && n.parentNode ? classeDe(n.parentNode) : MASQUEE;
}

/** Les régions marquées que contient cette racine, elle-même non comprise. */
export const marquesDans = (racine) => racine.querySelectorAll(`[${MARQUE}]`);

/** Ces attributs peuvent changer la classe : ce qui tient l’élément se compare à nouveau. */
export const CHANGENT_LA_CLASSE = new Set([MARQUE, "contenteditable", "type", "data-assistance", "autocomplete"]);
