// Ce qui a été écrit, et ce qu’il faut écrire pour que la réplique soit encore la page masquée : les enfants d’un nœud qui
// a changé se comparent à ceux qui sont partis, si bien que l’état final est le bon quel qu’ait été le chemin.

import { BORNES, CLASSES, MASQUEE, NOEUD, OP } from "../fil/codes.mjs";
import { GENRES_MONTRES, attributPermis, elementPermis, estAbsent, nomDAttributPermis } from "../fil/permis.mjs";
import { classeDe, classeSous, estChamp, marquesDans } from "./classes.mjs";
import { filtrerDeclarations, texteDe } from "./feuilles.mjs";
import { dejaRanges } from "./ordre.mjs";

const SVG = "http://www.w3.org/2000/svg";
const IMMOBILES = new Set(["fixed", "sticky"]);
const SANS_DEDANS = new Set(["textarea", "canvas", "iframe"]);

/**
 * @typedef {{ cle: object, nature: string, classe: number }} Item un enfant à écrire
 * @typedef {{ numero: number, nature: string, classe: number, parent: object | null, profondeur: number, enfants: object[], masques: object[], texte?: string, valeur?: string, defilement?: string }} Etat
 *   `texte`, `valeur`, `defilement` : ce qui en est parti, et ne se redit pas
 */

export class Arbre {
  /** @type {Map<object, Etat>} */
  #etats = new Map();
  #dernier = 0;
  #suites = [];
  /** Ce qui a défilé : récrit, il faut le redire. */
  #defiles = new WeakSet();
  /** Les feuilles adoptées, et de chacune la clé sous chaque racine. @type {Map<CSSStyleSheet, Map<object, object>>} */
  #adoptees = new Map();
  /** Un bloc de style qui n’est à personne, pour relire ce qu’un attribut valait. */
  #brouillon;

  /**
   * @param {import("../fil/ecrire.mjs").Ecrivain} ecrivain
   * @param {Set<number>} accord les classes qui passent
   * @param {{ ombre: (e: Element) => ShadowRoot | null, ombres: () => Iterable<ShadowRoot>, entre: (racine: Node) => void }} monde
   *   ce que l’écran sait des racines d’ombre et des cadres, et qui doit savoir qu’on y entre
   */
  constructor(ecrivain, accord, monde) {
    this.fil = ecrivain;
    this.accord = accord;
    this.monde = monde;
  }

  #accorde(classe) {
    return classe !== MASQUEE && this.accord.has(classe);
  }

  /** Écrit toute la page. @param {Document} document */
  ecrireDocument(document) {
    this.fil.op(OP.DOCUMENT);
    this.racine = document;
    const etat = { numero: 0, nature: "cadre", classe: MASQUEE, parent: null, profondeur: 0, enfants: [], masques: [] };
    this.#etats.set(document, etat);
    const [racine] = this.#contenu(document, etat);
    this.#noeud(racine, document, etat);
    this.#ecrireSuites();
    // Demander où un élément en est de son défilement fait calculer la mise en page : une fois au départ, et ensuite
    // de ceux seulement qui disent avoir défilé.
    for (const [e, { nature }] of this.#etats) {
      const defile = nature === "element" || e === document.documentElement;
      if (defile && (e.scrollTop || e.scrollLeft)) this.defilement(e);
    }
  }

  numero(cle) {
    return this.#etats.get(cle)?.numero ?? 0;
  }

  /** L’élément a-t-il été écrit, avec ses attributs et sa valeur ? */
  montre(e) {
    return this.#etats.get(e)?.nature === "element";
  }

  /**
   * Les nœuds écrits dont les enfants se comparent quand celui-ci change : celui qui le tient, et, s’il n’est là que pour ce
   * qu’il contient, ceux qui le tiennent jusqu’à un élément accordé.
   * @param {Node} n
   */
  *tenants(n) {
    let ici = n;
    while (ici && ici !== this.racine && !(this.#etats.has(ici) && this.#etats.get(ici).nature !== "texte")) {
      ici = ici.parentNode ?? ici.host ?? ici.defaultView?.frameElement;
    }
    for (let cle = ici; cle && this.#etats.has(cle); cle = this.#etats.get(cle).parent) {
      yield cle;
      if (this.#accorde(this.#etats.get(cle).classe)) return;
    }
  }

  /** Ce qui d’un élément non accordé l’est pourtant. */
  #contientAccorde(e) {
    const dans = (racine) => {
      for (const marque of marquesDans(racine)) if (this.#ecrivable(marque)) return true;
      for (const cadre of racine.querySelectorAll("iframe")) if (this.#cadreAccorde(cadre)) return true;
      return false;
    };
    if (e.localName === "iframe") return this.#cadreAccorde(e);
    if (dans(e)) return true;
    for (const ombre of this.monde.ombres()) {
      let hote = ombre.host;
      while (hote && !(e.contains(hote) && hote !== e.host)) hote = hote.getRootNode().host;
      if (hote && dans(ombre)) return true;
    }
    return false;
  }

  /** Cette région marquée s’écrirait-elle ? Ni ce qui ne s’écrit pas, ni un champ qui n’est pas accordé n’a de dedans. */
  #ecrivable(e) {
    if (!this.#accorde(classeDe(e)) || (estAbsent(e.localName) && !e.sheet)) return false;
    for (let dessus = e.parentElement; dessus; dessus = dessus.parentElement) {
      if (estAbsent(dessus.localName) || SANS_DEDANS.has(dessus.localName)) return false;
      if (estChamp(dessus) && !this.#accorde(classeDe(dessus))) return false;
    }
    return true;
  }

  #cadreAccorde(cadre) {
    const document = documentDe(cadre);
    return Boolean(document?.documentElement) && (this.#accorde(classeDe(document.documentElement)) || this.#contientAccorde(document.documentElement));
  }

  /** La nature de l’élément sous un parent, ou rien s’il ne s’écrit pas. @returns {Item | null} */
  #item(e, parent) {
    const nom = e.localName;
    const classe = classeSous(e, parent.classe);
    if (nom === "style" || (nom === "link" && e.sheet)) {
      return this.#accorde(classe) && e.sheet ? { cle: e, nature: "feuille", classe } : null;
    }
    if (estAbsent(nom)) return null;
    const sousAccorde = this.#accorde(parent.classe);
    if (!this.#accorde(classe)) {
      if (estChamp(e)) return sousAccorde && e.type !== "hidden" ? { cle: e, nature: "champ", classe: MASQUEE } : null;
      if (this.#contientAccorde(e)) return { cle: e, nature: "squelette", classe };
      return sousAccorde ? { cle: null, nature: "masque", classe } : null;
    }
    if (!elementPermis(nom, e.namespaceURI === SVG)) return null;
    return { cle: e, nature: "element", classe };
  }

  /** Les enfants qu’un nœud écrit doit avoir. @param {Etat} etat @returns {Item[]} */
  #contenu(cle, etat) {
    if (etat.nature === "texte" || etat.nature === "champ" || etat.nature === "feuille") return [];
    if (cle.nodeType === Node.DOCUMENT_NODE) {
      const racine = cle.documentElement;
      if (!racine || racine.localName !== "html") return [];
      const classe = classeSous(racine, MASQUEE);
      return [{ cle: racine, nature: this.#accorde(classe) ? "element" : "squelette", classe }];
    }
    if (cle.localName === "iframe") {
      const document = documentDe(cle);
      return document ? [{ cle: document, nature: "cadre", classe: MASQUEE }] : [];
    }
    if (SANS_DEDANS.has(cle.localName) || etat.profondeur > BORNES.profondeur - 8) return [];
    const items = [];
    const ombre = cle.nodeType === Node.ELEMENT_NODE ? this.monde.ombre(cle) : null;
    const accorde = this.#accorde(etat.classe);
    if (ombre && (accorde || this.#contientAccorde(ombre))) items.push({ cle: ombre, nature: "ombre", classe: etat.classe });
    let masques = 0;
    let dernier = null;
    for (let n = cle.firstChild; n; n = n.nextSibling) {
      let item = null;
      if (n.nodeType === Node.TEXT_NODE) item = accorde && n.data ? { cle: n, nature: "texte", classe: etat.classe } : null;
      else if (n.nodeType === Node.ELEMENT_NODE) item = this.#item(n, etat);
      if (!item) continue;
      if (item.nature === "masque") {
        if (dernier?.nature === "masque") {
          if (dernier.classe !== item.classe) dernier.classe = MASQUEE;
          continue;
        }
        item.cle = etat.masques[masques] ??= { masque: true };
        masques += 1;
      } else if (item.nature === "texte" && dernier && !n.data.trim()) {
        // Des blancs entre deux régions masquées, deux champs cachés, deux commentaires diraient combien il y en a.
        if (dernier.nature === "masque" || (dernier.nature === "texte" && /\s$/.test(dernier.cle.data) && !cle.closest?.("pre"))) continue;
      }
      items.push(item);
      dernier = item;
    }
    if (accorde) for (const feuille of adopteesPar(cle)) items.push({ cle: this.#adoptee(cle, feuille), nature: "feuille", classe: etat.classe });
    return items;
  }

  /** Une feuille peut être adoptée par plusieurs racines : à chacune la sienne. */
  #adoptee(cle, feuille) {
    const siennes = this.#adoptees.get(feuille) ?? new Map();
    this.#adoptees.set(feuille, siennes);
    if (!siennes.has(cle)) siennes.set(cle, { feuille });
    return siennes.get(cle);
  }

  /** Écrit un nœud et tout ce qu’il tient. @param {Item} item */
  #noeud({ cle, nature, classe }, parent) {
    const { fil } = this;
    const { enfants: freres, profondeur } = this.#etats.get(parent);
    const etat = { numero: ++this.#dernier, nature, classe, parent, profondeur: profondeur + 1, enfants: [], masques: [] };
    this.#etats.set(cle, etat);
    freres.push(cle);
    switch (nature) {
      case "texte":
        fil.octet(NOEUD.TEXTE);
        fil.texte(cle.data);
        return;
      case "masque":
        fil.octet(NOEUD.MASQUE);
        fil.octet(classe);
        return;
      case "champ":
        fil.octet(NOEUD.CHAMP);
        fil.nom(["input", "textarea", "select"].includes(cle.localName) ? cle.localName : "div");
        return;
      case "feuille":
        fil.octet(NOEUD.ELEMENT);
        fil.nom("style");
        fil.octet(classe);
        fil.entier(0);
        fil.entier(0);
        this.#suites.push(() => this.feuille(cle));
        return;
      case "ombre":
      case "cadre":
        fil.octet(nature === "ombre" ? NOEUD.OMBRE : NOEUD.CADRE);
        this.monde.entre(cle);
        break;
      case "squelette":
        fil.octet(NOEUD.SQUELETTE);
        fil.nom(this.#nomPermis(cle));
        break;
      default: {
        fil.octet(cle.namespaceURI === SVG ? NOEUD.SVG : NOEUD.ELEMENT);
        fil.nom(this.#nomPermis(cle));
        fil.octet(classe);
        const attributs = this.#attributs(cle);
        fil.entier(attributs.length);
        for (const [nom, valeur] of attributs) {
          fil.nom(nom);
          fil.texte(valeur);
        }
        if (estChamp(cle) || cle.localName === "dialog") this.#suites.push(() => this.valeur(cle));
        if (this.#defiles.has(cle)) this.#suites.push(() => this.defilement(cle));
      }
    }
    const enfants = this.#contenu(cle, etat);
    fil.entier(enfants.length);
    for (const enfant of enfants) this.#noeud(enfant, cle);
  }

  #nomPermis(e) {
    const nom = e.localName;
    return elementPermis(nom, e.namespaceURI === SVG) && this.fil.nommable(nom) ? nom : "div";
  }

  #attributs(e) {
    const svg = e.namespaceURI === SVG;
    const gardes = [];
    for (const { name, value } of e.attributes) {
      const valeur = this.#attribut(e, name, value, svg, name === "style" ? e.style : null);
      if (valeur !== null) gardes.push([name, valeur]);
    }
    return gardes;
  }

  /** La valeur d’un attribut telle qu’elle passe, ou rien. @param {CSSStyleDeclaration} style ce que `style` en a lu */
  #attribut(e, nom, valeur, svg, style) {
    if (valeur === null || !attributPermis(nom, valeur, svg) || !this.fil.nommable(nom)) return null;
    if (nom === "type" && e.localName === "input") return GENRES_MONTRES.has(valeur.toLowerCase()) ? valeur.toLowerCase() : null;
    return nom === "style" ? filtrerDeclarations(style) || null : valeur;
  }

  #relu(declarations) {
    this.#brouillon ??= this.racine.createElement("i").style;
    this.#brouillon.cssText = declarations ?? "";
    return this.#brouillon;
  }

  #ecrireSuites() {
    const suites = this.#suites;
    this.#suites = [];
    for (const suite of suites) suite();
  }

  /** Le texte d’un nœud a changé. @param {Text} n */
  texte(n) {
    const etat = this.#etats.get(n);
    if (etat?.nature !== "texte") return;
    this.fil.op(OP.TEXTE);
    this.fil.entier(etat.numero);
    this.fil.octet(etat.classe);
    this.fil.texte(n.data);
  }

  /** Un attribut a changé. @param {Element} e @param {string} nom @param {string | null} avant ce qu’il valait au dernier message */
  attribut(e, nom, avant) {
    const etat = this.#etats.get(e);
    const svg = e.namespaceURI === SVG;
    if (etat?.nature !== "element" || !nomDAttributPermis(nom, svg) || !this.fil.nommable(nom)) return;
    const valeur = this.#attribut(e, nom, e.getAttribute(nom), svg, nom === "style" ? e.style : null);
    // Ce qui n’en passe pas a pu changer seul : rien ne doit le dire.
    if (valeur === this.#attribut(e, nom, avant, svg, nom === "style" ? this.#relu(avant) : null)) return;
    if (valeur === null) {
      this.#sansAttribut(e, etat, nom);
      return;
    }
    this.fil.op(OP.ATTRIBUT);
    this.fil.entier(etat.numero);
    this.fil.octet(etat.classe);
    this.fil.nom(nom);
    this.fil.texte(valeur);
  }

  #sansAttribut(e, { numero }, nom) {
    if (!nomDAttributPermis(nom, e.namespaceURI === SVG) || !this.fil.nommable(nom)) return;
    this.fil.op(OP.SANS_ATTRIBUT);
    this.fil.entier(numero);
    this.fil.nom(nom);
  }

  /** Ce qu’un champ porte, ou l’état d’un dialogue. @param {HTMLElement} e */
  valeur(e) {
    const etat = this.#etats.get(e);
    if (etat?.nature !== "element") return;
    const { fil } = this;
    const neuf = (...dit) => {
      const avant = etat.valeur;
      etat.valeur = [e.type, ...dit].join();
      return avant !== etat.valeur;
    };
    const debut = (code) => {
      fil.op(code);
      fil.entier(etat.numero);
      fil.octet(etat.classe);
    };
    if (e.localName === "dialog") {
      fil.op(OP.MODALE);
      fil.entier(etat.numero);
      fil.octet(e.matches(":modal") ? 1 : 0);
    } else if (e.localName === "select") {
      // Une option masquée n’a pas de rang : il compterait celles qui la précèdent.
      const montrees = [...e.options].filter((option) => this.montre(option));
      const choisies = montrees.flatMap((option, rang) => (option.selected ? [rang] : []));
      if (!neuf(montrees.map((option) => this.numero(option)), "", choisies)) return;
      debut(OP.CHOIX);
      fil.entier(choisies.length);
      for (const rang of choisies) fil.entier(rang);
    } else if (e.type === "checkbox" || e.type === "radio") {
      const coche = e.indeterminate ? 2 : e.checked ? 1 : 0;
      if (!neuf(coche)) return;
      debut(OP.COCHE);
      fil.octet(coche);
    } else if ((e.localName === "input" || e.localName === "textarea") && neuf(e.value)) {
      debut(OP.VALEUR);
      fil.texte(e.value);
    }
  }

  /** Où en est le défilement d’une boîte : à partir du premier élément accordé qui s’y voie. @param {Element | Document} e */
  defilement(e) {
    const boite = e.nodeType === Node.DOCUMENT_NODE ? e.documentElement : e;
    this.#defiles.add(boite);
    const etat = this.#etats.get(boite);
    if (!etat || (etat.nature !== "element" && boite !== boite.ownerDocument.documentElement)) return;
    const { ancre, x, y } = estChamp(boite) ? { ancre: boite, x: boite.scrollLeft, y: boite.scrollTop } : this.#ancre(boite);
    const place = [this.numero(ancre), ...[x, y].map((n) => Math.max(0, Math.round(n)))];
    if (place.join() === (etat.defilement ?? "0,0,0")) return;
    etat.defilement = place.join();
    this.fil.op(OP.DEFILEMENT);
    this.fil.entier(etat.numero);
    for (const n of place) this.fil.entier(n);
  }

  /** La première feuille de l’arbre écrit qui ne soit pas passée au-dessus de la boîte, et ce qui en est passé. */
  #ancre(boite) {
    const { scrollTop, scrollLeft } = boite;
    if (scrollTop === 0 && scrollLeft === 0) return { ancre: null, x: 0, y: 0 };
    const page = boite === boite.ownerDocument.documentElement;
    const cadre = page ? { top: 0, left: 0 } : boite.getBoundingClientRect();
    const [haut, gauche] = [cadre.top + boite.clientTop, cadre.left + boite.clientLeft];
    let derniere = null;
    const chercher = (cle) => {
      for (const enfant of this.#etats.get(cle).enfants) {
        const { nature, enfants } = this.#etats.get(enfant);
        if (nature === "squelette" || nature === "ombre") {
          const trouvee = chercher(enfant);
          if (trouvee) return trouvee;
        }
        if (nature !== "element") continue;
        const rect = enfant.getBoundingClientRect();
        // Sans boîte, il n’est pas dans la page ; passé tout entier, ce qu’il tient l’est aussi.
        if (rect.width === 0 && rect.height === 0 && enfants.length === 0) continue;
        const passe = rect.height > 0 && rect.bottom <= haut;
        // Ce qui ne défile pas avec le reste ne dit pas où il en est.
        if (!passe && IMMOBILES.has(enfant.ownerDocument.defaultView.getComputedStyle(enfant).position)) continue;
        if (enfants.some((dedans) => this.#etats.get(dedans).nature !== "texte")) {
          const trouvee = passe ? null : chercher(enfant);
          if (trouvee) return trouvee;
          continue;
        }
        derniere = { ancre: enfant, x: scrollLeft && gauche - rect.left, y: scrollTop && haut - rect.top };
        if (rect.bottom > haut) return derniere;
      }
      return null;
    };
    return chercher(boite) ?? (derniere && { ...derniere, x: 0, y: 0 }) ?? { ancre: null, x: 0, y: 0 };
  }

  /** Une feuille de style a changé. @param {object} cle l’élément qui la tient, ou la feuille elle-même si on l’adopte */
  feuille(cle) {
    for (const adoptee of this.#adoptees.get(cle)?.values() ?? []) this.feuille(adoptee);
    const etat = this.#etats.get(cle);
    if (etat?.nature !== "feuille") return;
    const texte = texteDe(cle.sheet ?? cle.feuille);
    if (texte === etat.texte) return;
    etat.texte = texte;
    this.fil.op(OP.FEUILLE);
    this.fil.entier(etat.numero);
    this.fil.octet(etat.classe);
    this.fil.texte(texte);
  }

  /** La page a-t-elle une adresse à dire ? */
  adresse(document) {
    if (!this.accord.has(CLASSES.navigation)) return;
    this.fil.op(OP.ADRESSE);
    this.fil.octet(CLASSES.navigation);
    this.fil.texte(document.location.origin + document.location.pathname);
    this.fil.texte(document.title);
  }

  #oublier(cle) {
    const etat = this.#etats.get(cle);
    if (!etat) return;
    for (const enfant of etat.enfants) this.#oublier(enfant);
    this.#etats.delete(cle);
  }

  /** Compare les enfants de ces nœuds à ceux qui ont été écrits, et écrit ce qui les sépare. @param {Set<object>} sales */
  comparer(sales) {
    const voulus = new Map();
    const retires = [];
    const retirer = (cle) => {
      retires.push(this.#etats.get(cle).numero);
      this.#oublier(cle);
    };
    // La racine d’un document reste, quelle que soit sa classe : un document ne s’écrit qu’une fois.
    for (const cle of [...sales]) {
      const etat = cle.nodeType === Node.DOCUMENT_NODE && this.#etats.get(cle);
      const [racine] = etat ? this.#contenu(cle, etat) : [];
      if (racine && racine.cle === etat.enfants[0] && this.#requalifier(racine)) sales.add(racine.cle);
    }
    for (const cle of sales) {
      const etat = this.#etats.get(cle);
      if (!etat) continue;
      const items = this.#contenu(cle, etat);
      voulus.set(cle, { etat, items });
      const parCle = new Map(items.map((item) => [item.cle, item]));
      etat.enfants = etat.enfants.filter((enfant) => {
        const voulu = parCle.get(enfant);
        const ecrit = this.#etats.get(enfant);
        if (voulu && ecrit && ecrit.parent === cle && this.#reste(ecrit, voulu)) return true;
        if (ecrit?.parent === cle) retirer(enfant);
        return false;
      });
    }
    // Ce qui a changé de parent sans que l’ancien soit connu pour tel.
    for (const [cle, { items }] of voulus) {
      for (const item of items) {
        const ailleurs = this.#etats.get(item.cle);
        if (ailleurs && ailleurs.parent !== cle) {
          const ancien = this.#etats.get(ailleurs.parent);
          if (ancien) ancien.enfants = ancien.enfants.filter((enfant) => enfant !== item.cle);
          retirer(item.cle);
        }
      }
    }
    if (retires.length > 0) {
      this.fil.op(OP.RETIRER);
      this.fil.entier(retires.length);
      for (const numero of retires) this.fil.entier(numero);
    }
    // Un nœud oublié puis récrit entre-temps l’a été tel qu’il est.
    for (const [cle, { etat, items }] of voulus) if (this.#etats.get(cle) === etat) this.#ranger(cle, items);
    this.#ecrireSuites();
  }

  /** Une racine dont la classe change garde sa place : ses attributs partent ou s’ôtent. @param {Item} item */
  #requalifier({ cle, nature, classe }) {
    const etat = this.#etats.get(cle);
    if (nature === etat.nature && classe === etat.classe) return false;
    const montree = etat.nature === "element";
    Object.assign(etat, { nature: "element", classe });
    for (const { name } of cle.attributes) {
      if (montree && nature !== "element") this.#sansAttribut(cle, etat, name);
      else if (!montree && nature === "element") this.attribut(cle, name, null);
    }
    etat.nature = nature;
    return true;
  }

  /** Ce qui est écrit dit-il encore ce qu’il faut ? La classe d’un nœud qui n’est pas accordé ne s’écrit que d’un masque. */
  #reste(ecrit, { nature, classe }) {
    if (nature !== ecrit.nature) return false;
    if (classe === ecrit.classe) return true;
    if (nature === "masque" || this.#accorde(classe) || this.#accorde(ecrit.classe)) return false;
    ecrit.classe = classe;
    return true;
  }

  #ranger(cle, items) {
    const { fil } = this;
    const etat = this.#etats.get(cle);
    const rangs = new Map(etat.enfants.map((enfant, rang) => [enfant, rang]));
    const gardes = items.filter((item) => rangs.has(item.cle));
    const enPlace = dejaRanges(gardes.map((item) => rangs.get(item.cle)));
    const immobiles = new Set(gardes.filter((_, place) => enPlace.has(place)).map((item) => item.cle));
    const cadres = [];
    etat.enfants = [];
    let suivant = 0;
    for (let fin = items.length; fin > 0; ) {
      const item = items[fin - 1];
      if (rangs.has(item.cle)) {
        const { numero } = this.#etats.get(item.cle);
        if (!immobiles.has(item.cle)) {
          fil.op(OP.DEPLACER);
          for (const n of [numero, etat.numero, suivant]) fil.entier(n);
          cadres.push(...this.#cadresDe(item.cle));
        }
        suivant = numero;
        fin -= 1;
        continue;
      }
      let debut = fin - 1;
      while (debut > 0 && !rangs.has(items[debut - 1].cle)) debut -= 1;
      fil.op(OP.INSERER);
      fil.entier(etat.numero);
      fil.octet(this.#accorde(etat.classe) ? etat.classe : MASQUEE);
      fil.entier(suivant);
      fil.entier(fin - debut);
      for (const nouveau of items.slice(debut, fin)) this.#noeud(nouveau, cle);
      suivant = this.#etats.get(items[debut].cle).numero;
      fin = debut;
    }
    etat.enfants = items.map((item) => item.cle);
    for (const cadre of cadres) this.#recrireCadre(cadre);
  }

  #cadresDe(cle) {
    if (cle.localName === "iframe") return [cle];
    return this.#etats.get(cle).enfants.flatMap((enfant) => this.#cadresDe(enfant));
  }

  /** Un cadre déplacé se recharge, vide, chez l’agent, même quand chez le visiteur c’est un autre nœud qui a bougé. */
  #recrireCadre(cadre) {
    const etat = this.#etats.get(cadre);
    const [document] = etat.enfants;
    if (!document) return;
    this.fil.op(OP.RETIRER);
    this.fil.entier(1);
    this.fil.entier(this.numero(document));
    this.#oublier(document);
    etat.enfants = [];
    this.#ranger(cadre, this.#contenu(cadre, etat));
  }
}

/** Les feuilles qu’adopte une racine d’ombre, ou un document : celles-ci se disent de son premier élément. */
function adopteesPar(cle) {
  if (cle.nodeType === Node.DOCUMENT_FRAGMENT_NODE) return cle.adoptedStyleSheets;
  return cle === cle.ownerDocument?.documentElement ? cle.ownerDocument.adoptedStyleSheets : [];
}

function documentDe(cadre) {
  try {
    return cadre.contentDocument;
  } catch {
    return null;
  }
}
