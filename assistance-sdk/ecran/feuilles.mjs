// Ce qui passe d’une feuille de style : la forme, et rien qui s’écrive, s’adresse au réseau ou redise la page.

const mots = (texte) => new Set(texte.trim().split(/\s+/));

/** Les mots d’un sélecteur d’attribut qui ne disent que l’état d’un élément ; tout autre fait taire sa règle. */
const ETATS = mots(`button checkbox color date datetime-local email file month number radio range reset search submit tel text
  time url week ltr rtl auto col row true false mixed page step dialog menu listbox tree grid ascending descending none off
  polite assertive alert button heading img list listitem main navigation presentation row status tab tabpanel table fr`);
const SELECTEUR_A_VALEUR = /\[[^\]]*?=\s*(?:"([^"]*)"|'([^']*)'|([^\]\s]*))[^\]]*\]/g;

/** Ce dont une condition de média ou de conteneur est faite. */
const CONDITIONS = mots(`all screen print and or not only width height inline-size block-size aspect-ratio orientation
  resolution color hover any-hover pointer any-pointer prefers-color-scheme prefers-reduced-motion prefers-contrast
  forced-colors display-mode portrait landscape dark light reduce more less active none fine coarse no-preference
  standalone browser px em rem ch vw vh dppx dpi x`);

/** Les fonctions d’une variable ; et ses mots, que l’une de ces propriétés doit comprendre, sans quoi c’est du texte. */
const FONCTIONS = mots(`rgb rgba hsl hsla hwb lab lch oklab oklch color-mix calc min max clamp var linear-gradient
  radial-gradient conic-gradient cubic-bezier steps translate translatex translatey scale rotate skew repeat minmax`);
const MOTS_DE_FORME = ["color", "display", "border-style", "font-weight", "font-size", "text-align", "justify-content",
  "background-position", "transition-timing-function", "width", "overflow", "cursor"];
const AUTRES_MOTS = mots("in srgb inset to from at deg turn infinite");
const NOM = /^[\w-]*$/;
const SANS_LETTRE = /^[^\p{L}\p{N}]*$/u;

/**
 * Les déclarations d’un bloc que le navigateur a lues, moins ce qui ne passe pas : d’un texte brut passeraient les
 * commentaires, et tout ce qu’il n’a pas compris.
 * @param {CSSStyleDeclaration} style
 */
export function filtrerDeclarations(style) {
  return decouper(style.cssText).filter(passe).join(";");
}

function passe(declaration) {
  const deux = declaration.indexOf(":");
  if (deux < 1) return false;
  const propriete = declaration.slice(0, deux).trim().toLowerCase();
  const valeur = declaration.slice(deux + 1);
  if (/(?:url|image|image-set|src|attr|env|expression)\s*\(/i.test(valeur) || valeur.includes("\\")) return false;
  if (propriete.startsWith("--")) return estForme(valeur);
  const ecrites = chaines(valeur);
  if (propriete === "content" || propriete === "quotes") {
    return /^\s*(none|normal)\s*$/.test(valeur) || (ecrites.every((c) => SANS_LETTRE.test(c)) && /^[\s"']/.test(valeur));
  }
  // Une police n’écrit que son nom, une grille ceux de ses zones.
  if (propriete.startsWith("grid")) return ecrites.every((c) => /^[\w\s.-]*$/.test(c));
  return propriete.startsWith("font") || ecrites.length === 0;
}

/** Une variable peut porter n’importe quel texte : ne passent que des couleurs, des longueurs, des mots de CSS. */
function estForme(valeur) {
  if (/["'{}<>@:;!]/.test(valeur)) return false;
  const reste = valeur.replace(/var\(\s*--[\w-]+/gi, "var(").replace(/#[\da-f]{3,8}\b/gi, " ");
  // Plus de six chiffres d’affilée ne sont pas une mesure.
  if (/\d{7}/.test(reste.replace(/\.\d+/g, ""))) return false;
  const sansNombres = reste.replace(/(^|[\s(,*/+-])[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?:%|[a-z]{1,4})?(?![\w-])/gi, "$1 ");
  return (sansNombres.match(/[\w-]*[\p{L}_][^\s(),*/+]*\(?/gu) ?? []).every((mot) =>
    mot.endsWith("(")
      ? FONCTIONS.has(mot.slice(0, -1).toLowerCase())
      : AUTRES_MOTS.has(mot) || (NOM.test(mot) && MOTS_DE_FORME.some((propriete) => CSS.supports(propriete, mot))),
  );
}

/** Un sélecteur qui compare un attribut à un texte le dirait. */
function selecteurPasse(selecteur) {
  const compares = [...selecteur.matchAll(SELECTEUR_A_VALEUR)];
  return compares.every(([, a, b, c]) => ETATS.has((a ?? b ?? c).toLowerCase())) && !/["'\\]/.test(selecteur.replace(SELECTEUR_A_VALEUR, ""));
}

const conditionPasse = (condition) =>
  !/["'\\]/.test(condition) && (condition.match(/[\p{L}_-][\p{L}\d_-]*/gu) ?? []).every((mot) => CONDITIONS.has(mot.toLowerCase().replace(/^-+|^(?:min|max)-/g, "")));

const chaines = (valeur) => [...valeur.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, a, b]) => a ?? b);

/** Coupe aux points-virgules, sauf dans une chaîne ou une parenthèse. */
function decouper(texte) {
  const morceaux = [];
  let debut = 0;
  let guillemet = "";
  let profondeur = 0;
  for (let i = 0; i < texte.length; i += 1) {
    const c = texte[i];
    if (guillemet) {
      if (c === "\\") i += 1;
      else if (c === guillemet) guillemet = "";
    } else if (c === '"' || c === "'") guillemet = c;
    else if (c === "(") profondeur += 1;
    else if (c === ")") profondeur -= 1;
    else if (c === ";" && profondeur <= 0) {
      morceaux.push(texte.slice(debut, i).trim());
      debut = i + 1;
    }
  }
  morceaux.push(texte.slice(debut).trim());
  return morceaux.filter(Boolean);
}

/**
 * Le texte d’une feuille tel qu’il passe ; rien d’une feuille d’une autre origine, que le navigateur ne laisse pas lire.
 * @param {CSSStyleSheet} feuille
 */
export function texteDe(feuille) {
  try {
    const { mediaText } = feuille.media;
    if (feuille.disabled || !conditionPasse(mediaText)) return "";
    const texte = regles(feuille.cssRules);
    return mediaText ? `@media ${mediaText}{${texte}}` : texte;
  } catch {
    return "";
  }
}

function regles(liste) {
  let texte = "";
  for (const regle of liste) texte += uneRegle(regle);
  return texte;
}

function uneRegle(regle) {
  const dedans = () => regles(regle.cssRules);
  const si = (passe, prelude) => (passe ? `${prelude}{${dedans()}}` : "");
  switch (regle.constructor.name) {
    case "CSSStyleRule": {
      if (!selecteurPasse(regle.selectorText)) return "";
      const declarations = filtrerDeclarations(regle.style);
      const imbriquees = regle.cssRules?.length ? dedans() : "";
      return declarations || imbriquees ? `${regle.selectorText}{${declarations}${declarations && imbriquees ? ";" : ""}${imbriquees}}` : "";
    }
    case "CSSNestedDeclarations":
      return `${filtrerDeclarations(regle.style)};`;
    case "CSSKeyframesRule": {
      const pas = [...regle.cssRules].map((cle) => `${cle.keyText}{${filtrerDeclarations(cle.style)}}`);
      return NOM.test(regle.name) ? `@keyframes ${regle.name}{${pas.join("")}}` : "";
    }
    case "CSSMediaRule":
      return si(conditionPasse(regle.conditionText), `@media ${regle.conditionText}`);
    case "CSSSupportsRule":
      // Le visiteur et l’agent n’ont pas le même navigateur : c’est celui du visiteur qui dit ce qu’il a compris.
      return CSS.supports(regle.conditionText) ? dedans() : "";
    case "CSSContainerRule":
      return si(NOM.test(regle.containerName) && conditionPasse(regle.containerQuery), `@container ${regle.conditionText}`);
    case "CSSLayerBlockRule":
      return si(/^[\w.-]*$/.test(regle.name), `@layer ${regle.name}`);
    case "CSSLayerStatementRule":
      return regle.nameList.every((nom) => /^[\w.-]+$/.test(nom)) ? `@layer ${regle.nameList.join(",")};` : "";
    default:
      return "";
  }
}
