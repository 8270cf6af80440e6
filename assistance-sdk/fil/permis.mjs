// Ce qui peut passer d’une page à l’autre : l’écran n’écrit que cela, la réplique ne construit que cela.

const mots = (texte) => new Set(texte.trim().split(/\s+/));

const HTML = mots(`a abbr address article aside b bdi bdo blockquote body br button canvas caption cite code col colgroup
  data dd del details dfn dialog div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup
  hr html i iframe img input ins kbd label legend li main mark menu meter nav ol optgroup option output p pre progress q
  rp rt ruby s samp search section select slot small span strong style sub summary sup table tbody td textarea tfoot th
  thead time tr u ul var`);

const SVG = mots(`svg g path rect circle ellipse line polyline polygon text tspan defs linearGradient radialGradient stop
  clipPath mask marker pattern symbol use title desc`);

/** Ceux qui ne sont pas même une place vide : ils ne se voient pas, ou s’exécutent. */
const ABSENTS = mots(`script noscript template link meta base title object embed applet param source track map area frame
  frameset datalist audio video picture`);

const ATTRIBUTS = mots(`class id style dir lang hidden open disabled readonly required multiple placeholder title alt role
  type rows cols size colspan rowspan span scope abbr width height align valign start reversed label for slot datetime
  min max low high optimum`);

const ATTRIBUTS_SVG = mots(`class id style viewBox d points x y x1 y1 x2 y2 cx cy r rx ry dx dy fill fill-opacity fill-rule
  stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset stroke-opacity transform opacity
  preserveAspectRatio text-anchor dominant-baseline font-size font-weight width height offset stop-color stop-opacity
  gradientUnits gradientTransform clip-path clip-rule mask role href`);

/** Un élément personnalisé est inerte sans script ; son nom sert aux feuilles de style. */
const PERSONNALISE = /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/;

export const estAbsent = (nom) => ABSENTS.has(nom);
export const elementPermis = (nom, svg) => (svg ? SVG.has(nom) : HTML.has(nom) || (PERSONNALISE.test(nom) && nom.length <= 64));

/** Un attribut de ce nom peut-il passer, selon sa valeur ? @param {string} nom @param {boolean} svg */
export const nomDAttributPermis = (nom, svg) => (nom.startsWith("aria-") ? /^aria-[a-z]{1,32}$/.test(nom) : (svg ? ATTRIBUTS_SVG : ATTRIBUTS).has(nom));

/**
 * L’attribut et sa valeur peuvent-ils passer ?
 * @param {string} nom @param {string} valeur @param {boolean} svg
 */
export function attributPermis(nom, valeur, svg) {
  if (!nomDAttributPermis(nom, svg)) return false;
  if (nom.startsWith("aria-")) return true;
  if (nom === "href") return /^#[\w-]{1,64}$/.test(valeur);
  return nom === "style" || !/url\s*\(\s*(?!["']?#)/i.test(valeur);
}

/** Les genres d’`input` qui se montrent tels quels ; les autres s’écrivent, comme du texte. */
export const GENRES_MONTRES = mots("checkbox radio range date datetime-local month week time color number");
