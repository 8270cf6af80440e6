// Toute l’application dans un vrai navigateur, contre le vrai programme : une caisse de 300 débiteurs, servie une fois.

import { after, before } from "node:test";

import { Banc } from "./banc.mjs";
import { cai } from "./parties/cai.mjs";
import { clavier } from "./parties/clavier.mjs";
import { connexion } from "./parties/connexion.mjs";
import { controle } from "./parties/controle.mjs";
import { creances } from "./parties/creances.mjs";
import { dossier } from "./parties/dossier.mjs";
import { extranet } from "./parties/extranet.mjs";
import { pages } from "./parties/pages.mjs";
import { rac } from "./parties/rac.mjs";
import { recettes } from "./parties/recettes.mjs";
import { recherche } from "./parties/recherche.mjs";
import { sansJavaScript } from "./parties/sans_javascript.mjs";

let banc;

before(async () => {
  banc = await Banc.ouvrir({ caisses: ["DMSA33", "DMSA35"] });
});
after(() => banc?.fermer());

const PARTIES = [connexion, pages, recherche, dossier, creances, recettes, rac, cai, controle, clavier, extranet, sansJavaScript];
for (const partie of PARTIES) partie(() => banc);
