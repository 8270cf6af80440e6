// Pour qui intègre l’assistance : ce qu’une page montrerait, ce qu’elle masque, et pourquoi. Rien n’en sort du navigateur.

import { CLASSES, MASQUEE } from "../fil/codes.mjs";
import { estAbsent } from "../fil/permis.mjs";
import { MARQUE, classeSous, estChamp, estIntime } from "../ecran/classes.mjs";

const NOMS = Object.fromEntries(Object.entries(CLASSES).map(([nom, code]) => [code, nom]));

/**
 * @typedef {{ element: Element, classe: string | null, pourquoi: string }} Region un élément qui porte du texte ou un champ,
 *   sa classe (aucune : il est masqué) et la raison
 */

/** Chaque élément de la page qui porte un texte à lui, une image ou un champ. @param {Document} document @returns {Region[]} */
export function inspecter(document) {
  const regions = [];
  entrer(document.documentElement, MASQUEE, null, regions);
  return regions;
}

function entrer(e, heritee, marque, regions) {
  if (estAbsent(e.localName) || e.localName === "style" || e.localName === "head") return;
  const classe = classeSous(e, heritee);
  const tenant = e.hasAttribute(MARQUE) ? e : marque;
  if (porte(e)) regions.push({ element: e, classe: NOMS[classe] ?? null, pourquoi: raison(e, classe, tenant) });
  if (e.shadowRoot) for (const enfant of e.shadowRoot.children) entrer(enfant, classe, tenant, regions);
  if (!estChamp(e)) for (const enfant of e.children) entrer(enfant, classe, tenant, regions);
}

function porte(e) {
  if (e.localName === "input" && e.type === "hidden") return false;
  return estChamp(e) || ["img", "canvas", "iframe", "svg"].includes(e.localName) || [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
}

function raison(e, classe, tenant) {
  if (estChamp(e) && estIntime(e)) return "ce champ ne se montre et ne se remplit jamais : mot de passe, code, carte, fichier, ou data-assistance=\"jamais\"";
  if (e.localName === "iframe") return "un cadre ne tient rien de ce qui l’entoure : marquez la page qu’il montre";
  if (classe !== MASQUEE) return tenant === e ? "sa propre marque" : `la marque de ${dire(tenant)}`;
  if (!tenant) return "aucun ancêtre n’est marqué : ajoutez data-categorie à la région qui le tient";
  if (estChamp(e) && tenant !== e && tenant.getAttribute(MARQUE) === "public") return "un champ n’hérite jamais « public » : donnez-lui sa propre marque";
  return `« ${tenant.getAttribute(MARQUE)} » n’est pas une catégorie : ${Object.keys(CLASSES).join(", ")}`;
}

/** L’élément en peu de mots, sans rien de son contenu. @param {Element} e */
function dire(e) {
  return `<${e.localName}${e.id ? ` id="${e.id}"` : ""}>`;
}

/**
 * Entoure chaque région de la couleur de sa classe, et les masquées de rayures ; rend de quoi l’ôter.
 * @param {Document} document
 * @returns {{ regions: Region[], oter: () => void }}
 */
export function entourer(document) {
  const regions = inspecter(document);
  const feuille = new CSSStyleSheet();
  feuille.replaceSync(APPARENCE);
  const racines = new Set(regions.map(({ element }) => element.getRootNode()));
  for (const racine of racines) racine.adoptedStyleSheets = [...racine.adoptedStyleSheets, feuille];
  for (const { element, classe, pourquoi } of regions) {
    element.setAttribute("data-sillon-inspecte", classe ?? "masque");
    element.setAttribute("data-sillon-pourquoi", pourquoi);
  }
  const oter = () => {
    for (const racine of racines) racine.adoptedStyleSheets = racine.adoptedStyleSheets.filter((autre) => autre !== feuille);
    for (const { element } of regions) {
      element.removeAttribute("data-sillon-inspecte");
      element.removeAttribute("data-sillon-pourquoi");
    }
  };
  return { regions, oter };
}

const COULEURS = { public: "#2f7a4d", identification: "#9c2b1e", adresse: "#8a5210", famille: "#7b3f73", economique: "#1f4f73", sante: "#a0256b", navigation: "#5a5f55" };
const APPARENCE = [
  "[data-sillon-inspecte]{outline:2px solid #5557;outline-offset:1px;position:relative}",
  '[data-sillon-inspecte="masque"]{outline-style:dashed;background-image:repeating-linear-gradient(45deg,#8884 0 4px,#0000 4px 8px)}',
  "[data-sillon-inspecte]:hover::after{content:attr(data-sillon-inspecte) ' : ' attr(data-sillon-pourquoi);position:absolute;left:0;top:100%;z-index:9;width:max-content;max-width:24em;padding:4px 8px;background:#222;color:#fff;font:13px/1.4 system-ui;border-radius:4px}",
  ...Object.entries(COULEURS).map(([classe, couleur]) => `[data-sillon-inspecte="${classe}"]{outline-color:${couleur}}`),
].join("\n");
