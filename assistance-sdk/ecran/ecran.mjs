// L’écran du visiteur : regarder la page changer, et écrire au fil ce qui en est accordé, à chaque tour de boucle.

import { PUBLIQUE } from "../fil/codes.mjs";
import { Ecrivain } from "../fil/ecrire.mjs";
import { Arbre } from "./arbre.mjs";
import { CHANGENT_LA_CLASSE, retenirMotDePasse } from "./classes.mjs";
import { Ecoutes } from "./ecoutes.mjs";

const OBSERVE = { subtree: true, childList: true, characterData: true, attributes: true, attributeOldValue: true };

/**
 * Observe une page et écrit son fil, jusqu’à `arreter`. Un autre accord est une autre époque : un autre appel.
 * @param {Document} document
 * @param {{ accord: Iterable<number>, epoque: number, envoyer: (message: Uint8Array) => void }} options
 * @returns {{ arreter: () => void }}
 */
export function observer(document, { accord, epoque, envoyer }) {
  const fil = new Ecrivain(epoque);
  const ecran = new Ecran(document, fil, new Set([...accord, PUBLIQUE]), envoyer);
  ecran.commencer();
  return { arreter: () => ecran.arreter() };
}

const DISENT_LA_VALEUR = new Set(["type", "value", "checked", "selected"]);

class Ecran {
  #sales = new Set();
  #textes = new Set();
  #attributs = new Map();
  #valeurs = new Set();
  #feuilles = new Set();
  #defilements = new Set();
  #attendu = false;
  #foyer = 0;
  #observees = new WeakSet();
  #ombres = new Map();
  #adoptees = new WeakMap();

  constructor(document, fil, accord, envoyer) {
    this.document = document;
    this.fil = fil;
    this.envoyer = envoyer;
    this.arbre = new Arbre(fil, accord, {
      ombre: (e) => this.#ombreDe(e),
      ombres: () => this.#ombres.values(),
      entre: (racine) => this.#entrer(racine),
    });
    this.mutations = new MutationObserver((changements) => this.#vider(changements));
    this.ecoutes = new Ecoutes({
      valeur: (e) => this.#valeur(e),
      feuille: (feuille) => feuille && this.#noter(this.#feuilles, feuille.ownerNode ?? feuille),
      contenu: (n) => this.#noter(this.#sales, n.documentElement ?? n),
      defilement: (n) => this.#noter(this.#defilements, n),
      foyer: () => this.#attendre(),
      ombre: (racine) => this.#ombreNeuve(racine),
      vue: () => {
        this.#vue();
        this.#envoyer();
      },
    });
  }

  commencer() {
    // Les racines d’ombre d’avant l’appel : celles qu’on attache ensuite se disent d’elles-mêmes.
    this.#chercherLesOmbres(this.document);
    this.#entrer(this.document);
    this.#vue();
    this.arbre.ecrireDocument(this.document);
    this.arbre.adresse(this.document);
    this.#ecrireLeFoyer();
    this.#envoyer();
  }

  arreter() {
    this.mutations.disconnect();
    this.ecoutes.arreter();
    this.envoyer = () => {};
  }

  #vue() {
    const vue = this.document.defaultView;
    this.fil.vue({
      largeur: vue.innerWidth,
      hauteur: vue.innerHeight,
      rapport: vue.devicePixelRatio,
      sombre: vue.matchMedia("(prefers-color-scheme: dark)").matches,
    });
  }

  /** La racine d’ombre ouverte d’un élément ; une racine fermée ne se lit pas, et rien n’en passe. */
  #ombreDe(e) {
    const ombre = e.shadowRoot;
    if (ombre) this.#ombres.set(e, ombre);
    return ombre;
  }

  #chercherLesOmbres(racine) {
    for (const e of racine.querySelectorAll("*")) {
      const ombre = this.#ombreDe(e);
      if (ombre) this.#chercherLesOmbres(ombre);
    }
  }

  #ombreNeuve(racine) {
    if (racine.mode !== "open") return;
    this.#ombres.set(racine.host, racine);
    this.#entrer(racine);
    this.#noter(this.#sales, racine.host);
  }

  /** Observe une racine : document, racine d’ombre, document d’un cadre. */
  #entrer(racine) {
    if (this.#observees.has(racine)) return;
    this.#observees.add(racine);
    this.mutations.observe(racine, OBSERVE);
    this.ecoutes.ecouter(racine);
  }

  /** Cocher l’un de plusieurs boutons décoche les autres, sans le dire. */
  #valeur(e) {
    this.#noter(this.#valeurs, e);
    if (e.type !== "radio" || !e.name) return;
    for (const bouton of e.getRootNode().querySelectorAll("input[type=radio i]")) {
      if (bouton.name === e.name && bouton.form === e.form) this.#valeurs.add(bouton);
    }
  }

  #noter(ensemble, quoi) {
    ensemble.add(quoi);
    this.#attendre();
  }

  #attendre() {
    if (this.#attendu) return;
    this.#attendu = true;
    queueMicrotask(() => this.#vider(this.mutations.takeRecords()));
  }

  /** @param {MutationRecord[]} changements */
  #vider(changements) {
    this.#attendu = false;
    // Les mots de passe d’abord : un champ qui l’a été dans ce tour ne montre rien, quel que soit son genre à présent.
    for (const c of changements) {
      if (c.type === "attributes" && c.attributeName === "type" && c.oldValue?.toLowerCase() === "password") retenirMotDePasse(c.target);
    }
    for (const c of changements) this.#trier(c);
    this.#adopter();
    this.#comparer();
    for (const n of this.#textes) this.arbre.texte(n);
    for (const [e, avants] of this.#attributs) for (const [nom, avant] of avants) this.arbre.attribut(e, nom, avant);
    for (const e of this.#valeurs) this.arbre.valeur(e);
    for (const cle of this.#feuilles) this.arbre.feuille(cle);
    for (const n of this.#defilements) this.arbre.defilement(n);
    for (const ensemble of [this.#textes, this.#attributs, this.#valeurs, this.#feuilles, this.#defilements]) ensemble.clear();
    this.#ecrireLeFoyer();
    this.#envoyer();
  }

  #trier({ type, target, attributeName, oldValue, addedNodes }) {
    if (type === "childList") {
      if (target.localName === "style") this.#feuilles.add(target);
      // Un champ ajouté pendant qu’il est un mot de passe l’est à jamais.
      for (const n of addedNodes) this.#retenirCeuxDe(n);
      this.#sales.add(target);
      this.#valeurDeCeQuiTient(target);
    } else if (type === "characterData") {
      if (target.parentNode?.localName === "style") this.#feuilles.add(target.parentNode);
      if (target.parentNode) this.#valeurDeCeQuiTient(target.parentNode);
      this.#textes.add(target);
      // Un texte vide n’est pas écrit : il peut avoir à paraître, ou à disparaître.
      if (target.parentNode) this.#sales.add(target.parentNode);
    } else {
      if (CHANGENT_LA_CLASSE.has(attributeName) && target.parentNode) this.#sales.add(target.parentNode);
      if (DISENT_LA_VALEUR.has(attributeName)) this.#valeurDeCeQuiTient(target);
      const avants = this.#attributs.get(target) ?? new Map();
      if (!avants.has(attributeName)) avants.set(attributeName, oldValue);
      this.#attributs.set(target, avants);
      if (target.localName === "dialog" && attributeName === "open") this.#valeurs.add(target);
      if (target.localName === "link") this.#sales.add(target.parentNode ?? target);
    }
  }

  /** Ce qu’une liste propose, ce qu’un champ porte par défaut, change ce qui s’y voit tant que la personne n’a rien saisi. */
  #valeurDeCeQuiTient(n) {
    if (["input", "textarea", "select"].includes(n.localName)) this.#valeurs.add(n);
    else if (n.localName === "option" || n.localName === "optgroup") this.#valeurs.add(n.closest("select") ?? n);
  }

  #retenirCeuxDe(n) {
    if (n.nodeType !== Node.ELEMENT_NODE) return;
    if (n.localName === "input" && n.type === "password") retenirMotDePasse(n);
    for (const champ of n.querySelectorAll('input[type="password" i]')) retenirMotDePasse(champ);
  }

  /** Ajouter une feuille à la liste qu’une racine adopte ne s’annonce pas : on le voit au passage. */
  #adopter() {
    for (const racine of [this.document, ...this.#ombres.values()]) {
      const avant = this.#adoptees.get(racine) ?? [];
      const feuilles = [...racine.adoptedStyleSheets];
      if (avant.length === feuilles.length && avant.every((feuille, rang) => feuille === feuilles[rang])) continue;
      this.#adoptees.set(racine, feuilles);
      this.#sales.add(racine.documentElement ?? racine);
    }
  }

  #comparer() {
    const tenants = new Set();
    for (const n of this.#sales) for (const tenant of this.arbre.tenants(n)) tenants.add(tenant);
    this.#sales.clear();
    if (tenants.size > 0) this.arbre.comparer(tenants);
  }

  #ecrireLeFoyer() {
    let actif = this.document.activeElement;
    while (actif?.shadowRoot?.activeElement) actif = actif.shadowRoot.activeElement;
    const numero = actif && actif !== this.document.body ? this.arbre.numero(actif) : 0;
    if (numero === this.#foyer) return;
    this.#foyer = numero;
    this.fil.foyer(numero);
  }

  #envoyer() {
    const message = this.fil.prendre();
    if (message) this.envoyer(message);
  }
}
