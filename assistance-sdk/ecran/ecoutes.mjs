// Ce qu’aucune mutation ne dit : la saisie, le défilement, les valeurs et les feuilles que des scripts changent. Les
// méthodes qu’on entoure sont rendues telles quelles à l’arrêt.

import { retenirLaCopie, retenirMotDePasse } from "./classes.mjs";

const PROPRIETES = [
  ["HTMLInputElement", "value"],
  ["HTMLInputElement", "checked"],
  ["HTMLInputElement", "indeterminate"],
  ["HTMLInputElement", "valueAsNumber"],
  ["HTMLInputElement", "valueAsDate"],
  ["HTMLTextAreaElement", "value"],
  ["HTMLSelectElement", "value"],
  ["HTMLSelectElement", "selectedIndex"],
  ["HTMLOptionElement", "selected"],
];
/** Qui peut adopter des feuilles de style. */
const ADOPTENT = ["Document", "ShadowRoot"];
const METHODES_DE_SAISIE = { HTMLInputElement: ["stepUp", "stepDown", "setRangeText"], HTMLTextAreaElement: ["setRangeText"] };
const FEUILLES = ["insertRule", "deleteRule", "replace", "replaceSync"];
const DIALOGUES = ["show", "showModal", "close"];

/**
 * @typedef {{ valeur: (e: Element) => void, feuille: (f: CSSStyleSheet) => void, contenu: (n: Node) => void,
 *   defilement: (n: Node) => void, foyer: () => void, ombre: (r: ShadowRoot) => void, vue: () => void }} Dire
 */
export class Ecoutes {
  #defaire = [];
  #mondes = new WeakSet();

  /** @param {Dire} dire */
  constructor(dire) {
    this.dire = dire;
  }

  /** Écoute une racine, et entoure les méthodes de son monde la première fois. @param {Document | ShadowRoot} racine */
  ecouter(racine) {
    const { dire } = this;
    const sur = (cible, nom, faire) => {
      cible.addEventListener(nom, faire, { capture: true, passive: true });
      this.#defaire.push(() => cible.removeEventListener(nom, faire, { capture: true }));
    };
    const cible = (evenement) => evenement.composedPath()[0] ?? evenement.target;
    for (const nom of ["input", "change"]) sur(racine, nom, (e) => dire.valeur(cible(e)));
    // Le formulaire ne se vide qu’une fois l’événement rendu.
    sur(racine, "reset", (e) => setTimeout(() => [...e.target.elements].forEach(dire.valeur)));
    for (const nom of ["focusin", "focusout"]) sur(racine, nom, () => dire.foyer());
    sur(racine, "scroll", (e) => dire.defilement(e.target));
    sur(racine, "load", (e) => e.target.parentNode && (dire.contenu(e.target), dire.contenu(e.target.parentNode)));
    const monde = racine.nodeType === Node.DOCUMENT_NODE ? racine.defaultView : null;
    if (!monde || this.#mondes.has(monde)) return;
    this.#mondes.add(monde);
    if (monde === monde.top || monde === globalThis) sur(monde, "resize", () => dire.vue());
    this.#entourer(monde);
  }

  #entourer(monde) {
    const { dire } = this;
    for (const [classe, propriete] of PROPRIETES) {
      this.#propriete(monde[classe].prototype, propriete, (e) => dire.valeur(classe === "HTMLOptionElement" ? (e.closest("select") ?? e) : e));
    }
    for (const classe of ADOPTENT) this.#propriete(monde[classe].prototype, "adoptedStyleSheets", dire.contenu);
    for (const [classe, methodes] of Object.entries(METHODES_DE_SAISIE)) {
      for (const methode of methodes) this.#methode(monde[classe].prototype, methode, dire.valeur);
    }
    this.#propriete(monde.StyleSheet.prototype, "disabled", dire.feuille);
    for (const methode of ["insertRule", "deleteRule"]) this.#methode(monde.CSSGroupingRule.prototype, methode, (regle) => dire.feuille(regle.parentStyleSheet));
    for (const methode of ["setProperty", "removeProperty"]) {
      this.#methode(monde.CSSStyleDeclaration.prototype, methode, (style) => style.parentRule && dire.feuille(style.parentRule.parentStyleSheet));
    }
    for (const methode of FEUILLES) this.#methode(monde.CSSStyleSheet.prototype, methode, (feuille) => dire.feuille(feuille));
    for (const methode of DIALOGUES) this.#methode(monde.HTMLDialogElement.prototype, methode, (dialogue) => dire.valeur(dialogue));
    this.#methode(monde.Element.prototype, "attachShadow", (_, racine) => dire.ombre(racine));
    // Un champ a pu être un mot de passe hors de la page, où rien ne s’observe.
    const retenir = (champ) => champ.localName === "input" && champ.type === "password" && retenirMotDePasse(champ);
    this.#propriete(monde.HTMLInputElement.prototype, "type", retenir, retenir);
    for (const nom of ["setAttribute", "removeAttribute"]) this.#methode(monde.Element.prototype, nom, retenir, retenir);
    this.#methode(monde.Node.prototype, "cloneNode", retenirLaCopie);
  }

  #propriete(prototype, nom, ensuite, avant) {
    const origine = Object.getOwnPropertyDescriptor(prototype, nom);
    const entouree = {
      ...origine,
      set(valeur) {
        avant?.(this);
        origine.set.call(this, valeur);
        ensuite(this);
      },
    };
    Object.defineProperty(prototype, nom, entouree);
    this.#defaire.push(() => {
      const actuelle = Object.getOwnPropertyDescriptor(prototype, nom);
      if (actuelle.set === entouree.set) Object.defineProperty(prototype, nom, origine);
    });
  }

  #methode(prototype, nom, ensuite, avant) {
    const origine = prototype[nom];
    const entouree = function (...arguments_) {
      avant?.(this);
      const rendu = origine.apply(this, arguments_);
      if (rendu instanceof Promise) rendu.then(() => ensuite(this, rendu), () => {});
      else ensuite(this, rendu);
      return rendu;
    };
    prototype[nom] = entouree;
    this.#defaire.push(() => {
      if (prototype[nom] === entouree) prototype[nom] = origine;
    });
  }

  arreter() {
    for (const defaire of this.#defaire.splice(0)) defaire();
  }
}
