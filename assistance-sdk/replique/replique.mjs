// La réplique : la page masquée, refaite chez l’agent dans un cadre où rien ne s’exécute. Ce que le fil ne permet pas est
// refusé, et la vue s’arrête.

import { BORNES, NOEUD, OP, VERSION } from "../fil/codes.mjs";
import { FilRefuse, Lecteur } from "../fil/lire.mjs";
import { attributPermis, elementPermis, nomDAttributPermis } from "../fil/permis.mjs";

const SVG = "http://www.w3.org/2000/svg";
/** Rien de la page ne va au réseau de l’agent, quoi qu’une feuille de style en dise. */
const CSP = "default-src 'none'; style-src 'unsafe-inline'";
const VIDE = `<!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy" content="${CSP}"></head><body></body></html>`;

/** Un champ masqué, une région masquée : la même apparence partout. */
const APPARENCE = `[data-sillon-masque]{display:block;min-width:4em;min-height:1.4em;border-radius:3px;
background:repeating-linear-gradient(45deg,#8884 0 4px,#8882 4px 8px)}
input[data-sillon-masque],select[data-sillon-masque],textarea[data-sillon-masque]{display:inline-block}`;

export class Replique {
  #noms = [];
  /** @type {Map<number, Node>} */
  #noeuds = new Map();
  #numeros = new WeakMap();
  #dernier = 0;
  #epoque = -1;
  #rang = 0;
  #arretee = false;
  /** @type {Element | null} */
  #foyer = null;

  /**
   * @param {HTMLIFrameElement} cadre vide, avec `sandbox="allow-same-origin"` et rien d’autre
   * @param {{ vue?: (vue: { largeur: number, hauteur: number, rapport: number, sombre: boolean }) => void, adresse?: (a: { adresse: string, titre: string }) => void }} dire
   */
  constructor(cadre, dire = {}) {
    if (cadre.getAttribute("sandbox") !== "allow-same-origin") throw new FilRefuse("un cadre qui pourrait exécuter");
    this.cadre = cadre;
    this.dire = dire;
  }

  get document() {
    return this.cadre.contentDocument;
  }

  /** Le nœud de ce numéro. */
  noeud(numero) {
    return this.#noeuds.get(numero);
  }

  numero(noeud) {
    return this.#numeros.get(noeud) ?? 0;
  }

  /** @param {Uint8Array} message @throws {FilRefuse} plus rien ne sera lu */
  recevoir(message) {
    if (this.#arretee) throw new FilRefuse("vue arrêtée");
    try {
      this.#lire(new Lecteur(message, this.#noms), message);
    } catch (erreur) {
      this.#arretee = true;
      throw erreur instanceof FilRefuse ? erreur : new FilRefuse("message impossible");
    }
  }

  #lire(lecteur, message) {
    if (lecteur.octet() !== VERSION) throw new FilRefuse("version inconnue");
    const epoque = lecteur.entier();
    const rang = lecteur.entier();
    if (epoque !== this.#epoque) {
      if (epoque < this.#epoque || rang !== 0) throw new FilRefuse("époque passée");
      this.#recommencer(epoque);
      lecteur = new Lecteur(message, this.#noms);
      lecteur.octet();
      lecteur.entier();
      lecteur.entier();
    }
    if (rang !== this.#rang) throw new FilRefuse("rang inattendu");
    this.#rang += 1;
    while (!lecteur.fini) this.#operation(lecteur);
  }

  #recommencer(epoque) {
    this.#epoque = epoque;
    this.#rang = 0;
    this.#dernier = 0;
    this.#noms = [];
    this.#foyer = null;
    this.#noeuds.clear();
    const { document } = this;
    document.open();
    document.write(VIDE);
    document.close();
  }

  #numeroter(noeud) {
    this.#dernier += 1;
    this.#noeuds.set(this.#dernier, noeud);
    this.#numeros.set(noeud, this.#dernier);
    return noeud;
  }

  #connu(lecteur) {
    const noeud = this.#noeuds.get(lecteur.entier());
    if (!noeud) throw new FilRefuse("nœud inconnu");
    return noeud;
  }

  #element(lecteur) {
    const noeud = this.#connu(lecteur);
    if (noeud.nodeType !== Node.ELEMENT_NODE) throw new FilRefuse("nœud d’un autre genre");
    return noeud;
  }

  #operation(lecteur) {
    const code = lecteur.octet();
    switch (code) {
      case OP.VUE: {
        const [largeur, hauteur, rapport, sombre] = [0, 0, 0, 0].map(() => lecteur.entier());
        this.dire.vue?.({ largeur, hauteur, rapport: rapport / 100, sombre: sombre === 1 });
        return;
      }
      case OP.DOCUMENT: {
        if (this.#dernier > 0) throw new FilRefuse("second document");
        this.#racine(lecteur, this.document);
        return;
      }
      case OP.INSERER: {
        const parent = this.#connu(lecteur);
        lecteur.parmi(7, "classe");
        const avant = this.#place(lecteur, parent);
        const combien = lecteur.entier();
        if (combien < 1) throw new FilRefuse("rien à insérer");
        const profondeur = profondeurDe(parent);
        for (let i = 0; i < combien; i += 1) {
          if (parent.nodeType === Node.DOCUMENT_NODE) this.#racine(lecteur, parent);
          else this.#arborescence(lecteur, parent, avant, profondeur);
        }
        return;
      }
      case OP.RETIRER: {
        const combien = lecteur.entier();
        if (combien < 1) throw new FilRefuse("rien à retirer");
        for (let i = 0; i < combien; i += 1) this.#retirer(lecteur.entier());
        return;
      }
      case OP.DEPLACER: {
        const noeud = this.#connu(lecteur);
        const parent = this.#connu(lecteur);
        // Ce qui change de parent est retiré puis inséré : sa profondeur s’y compte.
        if (noeud.parentNode !== parent) throw new FilRefuse("nœud d’un autre parent");
        parent.insertBefore(noeud, this.#place(lecteur, parent));
        return;
      }
      case OP.TEXTE: {
        const noeud = this.#connu(lecteur);
        lecteur.parmi(7, "classe");
        if (noeud.nodeType !== Node.TEXT_NODE) throw new FilRefuse("nœud d’un autre genre");
        noeud.data = lecteur.texte();
        return;
      }
      case OP.ATTRIBUT: {
        const e = this.#element(lecteur);
        lecteur.parmi(7, "classe");
        this.#attribut(e, lecteur.nom(), lecteur.texte());
        return;
      }
      case OP.SANS_ATTRIBUT: {
        const e = this.#element(lecteur);
        const nom = lecteur.nom();
        if (!nomDAttributPermis(nom, e.namespaceURI === SVG)) throw new FilRefuse("attribut refusé");
        e.removeAttribute(nom);
        return;
      }
      case OP.VALEUR: {
        const e = this.#element(lecteur);
        lecteur.parmi(7, "classe");
        e.value = lecteur.texte();
        return;
      }
      case OP.COCHE: {
        const e = this.#element(lecteur);
        lecteur.parmi(7, "classe");
        const etat = lecteur.parmi(2, "état");
        e.checked = etat === 1;
        e.indeterminate = etat === 2;
        return;
      }
      case OP.CHOIX: {
        const e = this.#element(lecteur);
        lecteur.parmi(7, "classe");
        const combien = lecteur.entier();
        const rangs = new Set();
        for (let i = 0; i < combien; i += 1) rangs.add(lecteur.entier());
        [...(e.options ?? [])].forEach((option, rang) => {
          option.selected = rangs.has(rang);
        });
        // L’option choisie est masquée : la première ne l’est pas pour autant.
        if (combien === 0) e.selectedIndex = -1;
        return;
      }
      case OP.DEFILEMENT: {
        const boite = this.#element(lecteur);
        const numero = lecteur.entier();
        const ancre = numero ? this.#noeuds.get(numero) : null;
        const [x, y] = [lecteur.entier(), lecteur.entier()];
        if (numero && (ancre?.nodeType !== Node.ELEMENT_NODE || !contient(boite, ancre))) throw new FilRefuse("ancre inconnue");
        this.#defiler(boite, ancre, x, y);
        return;
      }
      case OP.FOYER: {
        const numero = lecteur.entier();
        const noeud = numero ? this.#noeuds.get(numero) : null;
        if (numero && noeud?.nodeType !== Node.ELEMENT_NODE) throw new FilRefuse("nœud d’un autre genre");
        this.#foyer?.removeAttribute("data-sillon-foyer");
        this.#foyer = noeud;
        noeud?.setAttribute("data-sillon-foyer", "");
        return;
      }
      case OP.MODALE: {
        const e = this.#element(lecteur);
        const ouverte = lecteur.parmi(1, "état") === 1;
        if (e.localName !== "dialog") throw new FilRefuse("nœud d’un autre genre");
        if (ouverte === e.matches(":modal")) return;
        const restait = e.open;
        if (e.open) e.close();
        if (ouverte) e.showModal();
        else if (restait && !e.matches(":modal")) e.removeAttribute("open");
        return;
      }
      case OP.FEUILLE: {
        const e = this.#element(lecteur);
        lecteur.parmi(7, "classe");
        if (e.localName !== "style") throw new FilRefuse("nœud d’un autre genre");
        e.textContent = lecteur.texte();
        return;
      }
      case OP.ADRESSE:
        lecteur.parmi(7, "classe");
        this.dire.adresse?.({ adresse: lecteur.texte(), titre: lecteur.texte() });
        return;
      default:
        throw new FilRefuse("opération inconnue");
    }
  }

  /** Met la boîte où l’ancre est passée d’autant ; ce que la page masque n’y a pas la même hauteur. */
  #defiler(boite, ancre, x, y) {
    if (!ancre || ancre === boite) {
      boite.scrollTo({ left: x, top: y, behavior: "instant" });
      return;
    }
    const page = boite === boite.ownerDocument.documentElement;
    const cadre = page ? { top: 0, left: 0 } : boite.getBoundingClientRect();
    const rect = ancre.getBoundingClientRect();
    boite.scrollBy({
      left: x && rect.left - cadre.left - boite.clientLeft + x,
      top: rect.top - cadre.top - boite.clientTop + y,
      behavior: "instant",
    });
  }

  /** Le frère devant lequel insérer, qui est bien un enfant de ce parent. */
  #place(lecteur, parent) {
    const numero = lecteur.entier();
    if (numero === 0) return null;
    const frere = this.#noeuds.get(numero);
    if (frere?.parentNode !== parent) throw new FilRefuse("frère inconnu");
    return frere;
  }

  #retirer(numero) {
    const noeud = this.#noeuds.get(numero);
    // Ce qui le tenait a pu être retiré juste avant.
    if (!noeud) return;
    this.#oublier(noeud);
    if (noeud.nodeType === Node.DOCUMENT_FRAGMENT_NODE) this.#vider(noeud);
    else noeud.parentNode?.removeChild(noeud);
  }

  /** Une racine d’ombre ne s’ôte pas : vide, elle laisse paraître ce que son hôte contient. */
  #vider(ombre) {
    const fente = this.document.createElement("slot");
    fente.setAttribute("data-sillon-otee", "");
    ombre.replaceChildren(fente);
  }

  #oublier(noeud) {
    const numero = this.#numeros.get(noeud);
    if (numero) {
      this.#noeuds.delete(numero);
      this.#numeros.delete(noeud);
    }
    if (noeud.shadowRoot) this.#oublier(noeud.shadowRoot);
    if (noeud.localName === "iframe" && noeud.contentDocument) this.#oublier(noeud.contentDocument);
    for (const enfant of noeud.childNodes) this.#oublier(enfant);
  }

  /** La racine d’un document : ses attributs et ses enfants prennent la place de ceux du document vide. */
  #racine(lecteur, document) {
    const code = lecteur.octet();
    if (code !== NOEUD.ELEMENT && code !== NOEUD.SQUELETTE) throw new FilRefuse("racine inconnue");
    if (lecteur.nom() !== "html") throw new FilRefuse("racine inconnue");
    if (document.documentElement && this.#numeros.has(document.documentElement)) throw new FilRefuse("deux racines");
    // La politique posée avec une première racine vaut encore quand une autre la remplace.
    const racine = document.documentElement ?? document.appendChild(document.createElement("html"));
    this.#numeroter(racine);
    const politique = racine.querySelector("meta");
    racine.replaceChildren();
    if (code === NOEUD.ELEMENT) this.#attributs(lecteur, racine);
    this.#enfants(lecteur, racine, 1);
    if (!document.head) racine.prepend(document.createElement("head"));
    const style = document.createElement("style");
    style.textContent = APPARENCE;
    document.head.prepend(...(politique ? [politique] : []), style);
  }

  #attributs(lecteur, e) {
    lecteur.parmi(7, "classe");
    const combien = lecteur.entier();
    for (let i = 0; i < combien; i += 1) this.#attribut(e, lecteur.nom(), lecteur.texte());
  }

  #attribut(e, nom, valeur) {
    if (!attributPermis(nom, valeur, e.namespaceURI === SVG)) throw new FilRefuse("attribut refusé");
    e.setAttribute(nom, valeur);
  }

  #enfants(lecteur, parent, profondeur) {
    const combien = lecteur.entier();
    for (let i = 0; i < combien; i += 1) this.#arborescence(lecteur, parent, null, profondeur + 1);
  }

  #arborescence(lecteur, parent, avant, profondeur) {
    if (profondeur > BORNES.profondeur) throw new FilRefuse("trop profond");
    const code = lecteur.octet();
    const { document } = this;
    const poser = (noeud) => {
      this.#numeroter(noeud);
      parent.insertBefore(noeud, avant);
      return noeud;
    };
    switch (code) {
      case NOEUD.TEXTE:
        poser(document.createTextNode(lecteur.texte()));
        return;
      case NOEUD.MASQUE: {
        const boite = document.createElement("span");
        boite.setAttribute("data-sillon-masque", String(lecteur.parmi(7, "classe")));
        poser(boite);
        return;
      }
      case NOEUD.CHAMP: {
        const nom = lecteur.nom();
        if (!["input", "textarea", "select", "div"].includes(nom)) throw new FilRefuse("champ inconnu");
        const champ = document.createElement(nom);
        champ.setAttribute("data-sillon-masque", "0");
        champ.setAttribute("disabled", "");
        poser(champ);
        return;
      }
      case NOEUD.OMBRE: {
        if (parent.nodeType !== Node.ELEMENT_NODE || (parent.shadowRoot && this.#numeros.has(parent.shadowRoot))) throw new FilRefuse("ombre sans hôte");
        const ombre = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
        this.#numeroter(ombre);
        const style = document.createElement("style");
        style.textContent = APPARENCE;
        ombre.replaceChildren(style);
        this.#enfants(lecteur, ombre, profondeur);
        return;
      }
      case NOEUD.CADRE: {
        if (parent.localName !== "iframe") throw new FilRefuse("cadre sans hôte");
        const dedans = parent.contentDocument;
        dedans.open();
        dedans.write(VIDE);
        dedans.close();
        this.#numeroter(dedans);
        const combien = lecteur.entier();
        if (combien > 1) throw new FilRefuse("deux racines");
        if (combien === 1) this.#racine(lecteur, dedans);
        return;
      }
      case NOEUD.ELEMENT:
      case NOEUD.SVG:
      case NOEUD.SQUELETTE: {
        const nom = lecteur.nom();
        const svg = code === NOEUD.SVG;
        if (!elementPermis(nom, svg)) throw new FilRefuse("élément refusé");
        const e = svg ? document.createElementNS(SVG, nom) : document.createElement(nom);
        if (nom === "iframe") e.setAttribute("sandbox", "allow-same-origin");
        poser(e);
        if (code !== NOEUD.SQUELETTE) this.#attributs(lecteur, e);
        this.#enfants(lecteur, e, profondeur);
        return;
      }
      default:
        throw new FilRefuse("nœud inconnu");
    }
  }
}

/** Combien de nœuds le tiennent, lui compris, à travers les racines d’ombre et les cadres. */
function profondeurDe(n) {
  let profondeur = 0;
  for (let ici = n; ici; ici = ici.parentNode ?? ici.host ?? ici.defaultView?.frameElement) {
    profondeur += 1;
    if (profondeur > BORNES.profondeur) throw new FilRefuse("trop profond");
  }
  return profondeur;
}

/** À travers les racines d’ombre, non les cadres : chacun défile pour lui. */
function contient(boite, n) {
  let ici = n;
  while (ici && ici !== boite) ici = ici.parentNode ?? ici.host;
  return Boolean(ici);
}
