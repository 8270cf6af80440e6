// Ce qui passe d’une feuille de style : la forme, et rien qui s’écrive, s’adresse au réseau ou redise la page.

/** Ces attributs se comparent à une valeur sans rien apprendre ; tout autre sélecteur à valeur fait taire sa règle. */
const COMPARABLES = /\[(?!(?:type|open|role|dir|lang|scope|disabled|hidden|aria-[a-z]+)\s*[~|^$*]?=)[^\]]*=/i;
const SANS_LETTRE = /^[^\p{L}\p{N}]*$/u;

/**
 * Les déclarations d’un bloc, moins ce qui ne passe pas.
 * @param {string} texte ce qu’il y a entre les accolades
 */
export function filtrerDeclarations(texte) {
  return decouper(texte).filter(passe).join(";");
}

function passe(declaration) {
  const deux = declaration.indexOf(":");
  if (deux < 1) return false;
  const propriete = declaration.slice(0, deux).trim().toLowerCase();
  const valeur = declaration.slice(deux + 1);
  if (/(?:url|image|image-set|src|attr|env|expression)\s*\(/i.test(valeur) || valeur.includes("\\")) return false;
  if (propriete === "content" || propriete === "quotes") {
    return /^\s*(none|normal)\s*$/.test(valeur) || chaines(valeur).every((c) => SANS_LETTRE.test(c)) && /^[\s"']/.test(valeur);
  }
  // Une variable peut porter n’importe quel texte ; une police, son seul nom.
  return propriete.startsWith("--") ? chaines(valeur).length === 0 : propriete.startsWith("font") || chaines(valeur).length === 0;
}

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
    const texte = feuille.disabled ? "" : regles(feuille.cssRules);
    return feuille.media.mediaText ? `@media ${feuille.media.mediaText}{${texte}}` : texte;
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
  const type = regle.constructor.name;
  if (type === "CSSStyleRule") {
    if (COMPARABLES.test(regle.selectorText)) return "";
    const dedans = filtrerDeclarations(regle.style.cssText);
    const imbriquees = regle.cssRules?.length ? regles(regle.cssRules) : "";
    return dedans || imbriquees ? `${regle.selectorText}{${dedans}${dedans && imbriquees ? ";" : ""}${imbriquees}}` : "";
  }
  if (type === "CSSKeyframesRule") {
    const pas = [...regle.cssRules].map((cle) => `${cle.keyText}{${filtrerDeclarations(cle.style.cssText)}}`);
    return `@keyframes ${regle.name}{${pas.join("")}}`;
  }
  const groupe = {
    CSSMediaRule: () => `@media ${regle.conditionText}`,
    CSSSupportsRule: () => `@supports ${regle.conditionText}`,
    CSSContainerRule: () => `@container ${regle.conditionText}`,
    CSSLayerBlockRule: () => `@layer ${regle.name}`,
  }[type];
  if (!groupe) return type === "CSSNestedDeclarations" ? filtrerDeclarations(regle.style.cssText) : "";
  const prelude = groupe();
  return /["'\\]/.test(prelude) ? "" : `${prelude}{${regles(regle.cssRules)}}`;
}
