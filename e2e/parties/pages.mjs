import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { lignes } from "../lecture.mjs";
import { capturer, regarder } from "../regard.mjs";
import { remplirCreance } from "./creances.mjs";
import { deposer } from "./recettes.mjs";
import { Codes } from "../totp.mjs";

/** Pages que le navigateur télécharge, ou qui n’existent qu’avec un fournisseur d’identité : d’autres essais les tiennent. */
const AILLEURS = ["/{caisse}/dossiers/{dossier}/cai.xlsx", "/{caisse}/dossiers/{dossier}/cai.csv", "/{caisse}/dsn.xlsx", "/{caisse}/radar.ics", "/{caisse}/radar/{jeton}/echeances.ics", "/{caisse}/pilotage.xlsx", "/{caisse}/actes/{acte}/acte.pdf", "/{caisse}/dossiers/{dossier}/synthese.pdf", "/{caisse}/dossiers/{dossier}/synthese.xlsx", "/{caisse}/connexion/fournisseur", "/{caisse}/connexion/retour"];

/** Les pages à lire de la table des routes, telles que la matrice des droits les nomme. */
function pagesDeLaTable() {
  const matrice = readFileSync(new URL("../../crates/sillon/tests/routes_attendues.csv", import.meta.url), "utf8");
  const lues = matrice.split("\n").map((ligne) => ligne.split(";"));
  return lues.filter(([methode]) => methode === "GET").map(([, chemin]) => chemin);
}

/** @param {() => import("../banc.mjs").Banc} banc */
export function pages(banc) {
  const vues = new Set();

  /** Regarde la page ouverte et retient de quelle route elle est. */
  async function voir(page, nom) {
    const chemin = new URL(page.url()).pathname;
    for (const gabarit of pagesDeLaTable()) {
      const forme = gabarit.replace("{caisse}", "DMSA33").replace(/\{\w+\}/g, "\\d+");
      if (new RegExp(`^${forme}$`).test(chemin)) vues.add(gabarit);
    }
    await regarder(page, nom);
  }

  /** Ouvre, regarde, et capture si la page a sa place dans la documentation. */
  async function visiter(page, nom, chemin) {
    await page.goto(chemin.startsWith("http") ? chemin : banc().url(chemin));
    await voir(page, nom);
  }

  /** Déplie tout ce qui est replié. */
  async function deplier(page) {
    const replie = page.locator("main details:not([open]) > summary").first();
    while (await replie.count()) await replie.click();
  }

  /** L’adresse d’une recette dans cet état. */
  async function recetteEnEtat(page, etat) {
    for (let id = 1; id < 1_000; id += 1) {
      const url = banc().url(`/encaissements/${id}`);
      const reponse = await page.request.get(url);
      if (!reponse.ok()) break;
      if ((await reponse.text()).includes(`>${etat}</span>`)) return url;
    }
    return assert.fail(`aucune recette de la démonstration n’est « ${etat} »`);
  }

  const boutonEnvoyer = (page, nom) => page.getByRole("button", { name: nom, exact: true }).click();

  test("les pages de qui n’est pas connecté", () =>
    banc().avec(null, async (page) => {
      await visiter(page, "choix de la caisse", banc().origine);
      vues.add("/");
      await visiter(page, "connexion", "/connexion");
      await page.getByLabel("Identifiant").fill("personne");
      await page.getByLabel("Mot de passe").fill("faux");
      await boutonEnvoyer(page, "Continuer");
      await voir(page, "connexion refusée");
      await visiter(page, "page introuvable", "/nulle-part");
      await page.goto(banc().url("/connexion"));
      await page.getByLabel("Identifiant").fill("prestations");
      await page.getByLabel("Mot de passe").fill(banc().compte("prestations").mot_de_passe);
      await boutonEnvoyer(page, "Continuer");
      await voir(page, "second facteur");
      await page.getByLabel("Code à six chiffres").fill("12");
      await boutonEnvoyer(page, "Se connecter");
      await voir(page, "second facteur refusé");
    }));

  test("la première connexion d’un agent", async () => {
    let provisoire;
    await banc().avec("administrateur", async (page) => {
      await visiter(page, "agents", "/agents");
      await page.getByLabel("Identifiant").fill("l.darrieux");
      await page.getByLabel("Nom affiché").fill("Léa Darrieux");
      await page.locator("#champ-role").selectOption("prestations");
      await boutonEnvoyer(page, "Créer le compte");
      await voir(page, "agents, mot de passe à remettre");
      provisoire = await page.locator("[role=status] code").innerText();
      await page.getByLabel("Identifiant").fill("l.darrieux");
      await page.getByLabel("Nom affiché").fill("Léa");
      await page.locator("#champ-role").selectOption("dpo");
      await boutonEnvoyer(page, "Créer le compte");
      await voir(page, "agents, saisie refusée");
      await visiter(page, "accès refusé", "/recherche");
    });
    await banc().avec(null, async (page) => {
      await page.goto(banc().url("/connexion"));
      await page.getByLabel("Identifiant").fill("l.darrieux");
      await page.getByLabel("Mot de passe").fill(provisoire);
      await boutonEnvoyer(page, "Continuer");
      await voir(page, "second facteur à mettre en place");
      const codes = new Codes(await page.locator("main code").first().innerText());
      await page.getByLabel("Code à six chiffres").fill(await codes.suivant());
      await boutonEnvoyer(page, "Se connecter");
      await voir(page, "mot de passe à changer");
      await page.getByLabel("Mot de passe reçu").fill("faux");
      await page.getByLabel(/^Nouveau mot de passe \(/).fill("court");
      await page.getByLabel("Nouveau mot de passe, encore").fill("autre");
      await boutonEnvoyer(page, "Changer le mot de passe");
      await voir(page, "mot de passe refusé");
    });
  });

  test("le tableau de bord de chaque service", async () => {
    for (const service of ["prestations", "cotisations", "recouvrement", "comptable"]) {
      await banc().avec(service, async (page) => {
        await visiter(page, `tableau ${service}`, "/");
        if (service === "comptable") {
          await capturer(page, "tableau");
          await capturer(page, "tableau-sombre", { sombre: true });
        }
      });
    }
  });

  test("la recherche et un dossier, sous toutes leurs vues", () =>
    banc().avec("comptable", async (page) => {
      await visiter(page, "recherche", "/recherche");
      await page.locator("#champ-q").fill("saint jea");
      await page.locator("main").getByRole("button", { name: "Chercher" }).click();
      await voir(page, "recherche, résultats");
      await capturer(page, "recherche");
      await page.locator("#champ-q").fill("zzyzx");
      await page.locator("main").getByRole("button", { name: "Chercher" }).click();
      await voir(page, "recherche sans réponse");
      await page.locator("#champ-q").fill("?!");
      await page.locator("main").getByRole("button", { name: "Chercher" }).click();
      await voir(page, "recherche refusée");
      await visiter(page, "créances", "/creances");
      await capturer(page, "creances");
      const [premiere] = await lignes(page);
      await visiter(page, "créances filtrées, date fausse", "/creances?branche=prestations&du=2026-02-30");
      await visiter(page, "créances soldées", "/creances?etat=soldees");
      await visiter(page, "créances, aucune", "/creances?montant=99999999");
      await visiter(page, "dossier", premiere.lien);
      await capturer(page, "dossier");
      await capturer(page, "dossier-telephone", { etroit: true });
      await visiter(page, "dossier, toutes les créances", `${premiere.lien}?vue=toutes`);
      await visiter(page, "dossier, règlements", `${premiere.lien}?vue=reglements`);
      await visiter(page, "dossier, état passé", `${premiere.lien}?au=2025-03-31`);
      await visiter(page, "compte adhérent", `${premiere.lien}/cai`);
      await capturer(page, "compte-adherent");
      await capturer(page, "compte-adherent-papier", { papier: true, hauteur: 1100 });
      await visiter(page, "compte adhérent, vide", `${premiere.lien}/cai?au=2001-01-01`);
    }));

  test("une créance de chaque branche, et ses gestes ouverts", () =>
    banc().avec("recouvrement", async (page) => {
      for (const branche of ["cotisations", "prestations", "sante"]) {
        await page.goto(banc().url(`/creances?branche=${branche}`));
        const lien = page.locator("main tbody td[data-label='Créance'] a").first();
        if ((await lien.count()) === 0) continue;
        await lien.click();
        await deplier(page);
        await voir(page, `créance ${branche}`);
        if (branche === "cotisations") {
          await page.reload();
          await capturer(page, "creance", { hauteur: 1150 });
        }
      }
      await page.goto(banc().url("/creances?etat=soldees"));
      await page.locator("main tbody td[data-label='Créance'] a").first().click();
      await voir(page, "créance soldée");
      await page.goto(`${page.url()}?au=2025-06-30`);
      await voir(page, "créance, état passé");
    }));

  test("les échéances et la procédure d’une créance", () =>
    banc().avec("recouvrement", async (page) => {
      await visiter(page, "échéances, aucune", "/radar?du=2001-01-01&jours=7");
      await visiter(page, "échéances", "/radar?jours=90");
      await capturer(page, "radar");
      await visiter(page, "agenda, sans adresse", "/radar/calendrier");
      await boutonEnvoyer(page, "Créer une adresse");
      await page.getByText("Vos adresses").waitFor();
      await voir(page, "agenda, adresse créée");
      await visiter(page, "pilotage", "/pilotage");
      await visiter(page, "délai à calculer", "/delais");
      await visiter(page, "délai calculé", "/delais?regle=opposition-contrainte&depuis=2026-04-10&zone=alsace-moselle&residence=guadeloupe");
      await visiter(page, "délai refusé", "/delais?regle=rectification-indu&depuis=2020-01-01");
      await page.goto(banc().url("/radar?jours=90&contre=debiteur"));
      await page.locator("main tbody td[data-label='Créance'] a").first().click();
      await deplier(page);
      await voir(page, "procédure");
      await page.reload();
      await capturer(page, "procedure", { hauteur: 1400 });
      const url = page.url();
      await page.locator("#champ-etape").selectOption({ index: 1 });
      await page.locator("#champ-jour").fill("2020-01-01");
      await boutonEnvoyer(page, "Enregistrer cette étape");
      await page.getByText("corriger la date").first().waitFor();
      await voir(page, "procédure, étape refusée");
      await page.goto(url);
      await page.getByText("Passer outre à un refus").click();
      await page.locator("#champ-etape_outre").selectOption({ index: 1 });
      await page.locator("#champ-motif").fill("trop peu");
      await boutonEnvoyer(page, "Passer outre");
      await voir(page, "procédure, sans motif");
      await page.goto(url);
      await page.locator("#champ-etape").selectOption({ index: 1 });
      await boutonEnvoyer(page, "Enregistrer cette étape");
      await page.getByText("L’étape est enregistrée.").waitFor();
      await voir(page, "procédure, étape enregistrée");
    }));

  test("les portefeuilles, l’histoire d’un débiteur et l’activité", async () => {
    await banc().avec("recouvrement", async (page) => {
      await visiter(page, "portefeuille vide", "/oscar");
      await visiter(page, "débiteurs à suivre", "/oscar?suivi=tous");
      await page.locator("main tbody input[type=checkbox]").first().check();
      await boutonEnvoyer(page, "Confier les dossiers cochés");
      await page.getByText("1 dossier est confié.").waitFor();
      await page.locator("main tbody input[type=checkbox]").first().check();
      await page.locator("#champ-texte").fill("Rappeler le gérant");
      await boutonEnvoyer(page, "Me rappeler les dossiers cochés");
      await page.getByText("1 rappel est posé.").waitFor();
      await deplier(page);
      await voir(page, "débiteurs à suivre, un rappel à faire");
      await page.locator("#champ-nom").fill("Tous, du plus gros au plus petit");
      await boutonEnvoyer(page, "Garder le filtre affiché");
      await page.getByText("Le filtre est gardé.").waitFor();
      await deplier(page);
      await voir(page, "portefeuilles, un filtre gardé");
      await page.locator("main tbody a", { hasText: "histoire" }).first().click();
      await voir(page, "histoire d’un débiteur");
      await visiter(page, "activité", "/oscar/activite");
    });
    await banc().avec("administrateur", async (page) => {
      await visiter(page, "activité par agent", "/oscar/activite/agents");
    });
  });

  test("un acte composé, émis, expédié, reçu ; une campagne préparée", () =>
    banc().avec("recouvrement", async (page) => {
      await visiter(page, "actes, aucun", "/actes?etat=revenu");
      // Une mise en demeure possible aujourd’hui.
      const possible = async (id) => {
        const reponse = await page.request.get(banc().url(`/creances/${id}/procedure`));
        return reponse.ok() && (await reponse.text()).includes(`/creances/${id}/acte?acte=mise-en-demeure-cotisations`);
      };
      let id = 1;
      while (!(await possible(id))) {
        id += 1;
        assert.ok(id < 2_000, "aucune créance de la démonstration ne peut être mise en demeure");
      }
      await visiter(page, "acte à composer", `/creances/${id}/acte?acte=mise-en-demeure-cotisations`);
      await capturer(page, "composer-un-acte", { hauteur: 1300 });
      await deplier(page);
      const adresse = page.getByLabel(/^Adresse, sous le nom/);
      await adresse.fill("chez lui");
      await boutonEnvoyer(page, "Garder l’adresse");
      await voir(page, "acte à composer, adresse refusée");
      await adresse.fill("12, rue des Lilas\n33000 Bordeaux");
      await boutonEnvoyer(page, "Garder l’adresse");
      await page.getByText("L’adresse est gardée.").waitFor();
      const document = page.waitForEvent("download");
      await boutonEnvoyer(page, "Aperçu (PDF)");
      assert.equal((await document).suggestedFilename(), "projet.pdf");
      await boutonEnvoyer(page, "Émettre l’acte");
      await page.getByText("il attend de partir").waitFor();
      await voir(page, "acte émis");
      const acte = page.url();
      await visiter(page, "actes", "/actes");
      await page.getByRole("button", { name: /^Expédier/ }).click();
      await page.getByText(/remis? : le serveur écrit/).waitFor();
      await page.goto(acte);
      await voir(page, "acte remis");
      await page.getByLabel(/^Ce que la poste répond/).selectOption("recu");
      await page.locator("#champ-jour").fill("2020-01-01");
      await boutonEnvoyer(page, "Noter ce retour");
      await voir(page, "acte, retour refusé");
      await page.getByLabel(/^Ce que la poste répond/).selectOption("recu");
      await page.locator("#champ-jour").fill(new Date().toLocaleDateString("sv", { timeZone: "Europe/Paris" }));
      await boutonEnvoyer(page, "Noter ce retour");
      await page.getByText("Le retour est noté").waitFor();
      await voir(page, "acte reçu");
      await capturer(page, "acte");
      await visiter(page, "campagnes, aucune", "/campagnes");
      await deplier(page);
      await page.getByLabel(/^Acte/).selectOption("relance");
      await page.getByLabel(/^Montant minimum/).fill("50,00");
      await page.getByLabel(/^Envoi/).selectOption("simple");
      await page.getByLabel(/^Signataire/).selectOption("Camille Exemple");
      await boutonEnvoyer(page, "Préparer");
      await page.getByText("La campagne se prépare").waitFor();
      // Le serveur réunit les dossiers en quelques secondes.
      for (let essai = 0; essai < 60 && !(await page.getByText("À approuver").count()); essai += 1) {
        await page.waitForTimeout(500);
        await page.reload();
      }
      await page.getByText("un autre agent doit l’approuver").waitFor();
      await voir(page, "campagne préparée");
      await capturer(page, "campagne");
      await page.getByRole("link", { name: /^Écartés/ }).click();
      await voir(page, "campagne, écartés");
      await visiter(page, "campagnes", "/campagnes");
    }));

  test("un échéancier simulé, accordé, suivi", () =>
    banc().avec("recouvrement", async (page) => {
      // Une créance que la loi laisse échelonner, à trois mensualités.
      for (let id = 1; id < 400; id += 1) {
        const reponse = await page.goto(banc().url(`/creances/${id}/echeancier`));
        if (!reponse?.ok()) continue;
        if (!(await page.getByRole("button", { name: "Simuler", exact: true }).count())) continue;
        await page.locator("#champ-mensualites").fill("3");
        await boutonEnvoyer(page, "Simuler");
        if (await page.getByRole("button", { name: "Accorder l’échéancier" }).count()) break;
      }
      await voir(page, "échéancier simulé");
      const simule = page.url().replace(/\/simulation$/, "");
      await boutonEnvoyer(page, "Accorder l’échéancier");
      await page.waitForURL(/\/echeanciers\/\d+$/);
      await voir(page, "échéancier");
      await visiter(page, "échéancier, déjà accordé", simule);
      await visiter(page, "échéanciers", "/echeanciers");
      await visiter(page, "échéanciers, aucun", "/echeanciers?voir=a_constater");
    }));

  test("une retenue sur prestations et une part saisissable calculées", () =>
    banc().avec("recouvrement", async (page) => {
      // La première créance d'un indu.
      for (let id = 1; id < 400; id += 1) {
        const reponse = await page.goto(banc().url(`/creances/${id}/retenue`));
        if (reponse?.ok() && (await page.getByText("Retenue sur les prestations").count())) break;
      }
      await voir(page, "retenue, à calculer");
      const [prestations, revenu] = await page.locator("form.formulaire").all();
      await page.getByLabel(/^Revenus ou ressources/).fill("1 400,00");
      await page.getByLabel(/^Prestations à échoir/).fill("300,00");
      await page.getByLabel("Tranches", { exact: true }).selectOption("article");
      await prestations.getByRole("button", { name: "Calculer" }).click();
      await page.getByText("Encore versé", { exact: true }).waitFor();
      await voir(page, "retenue calculée");
      await page.getByLabel(/^Jour du versement/).fill("2026-02-15");
      await page.getByLabel(/^Net du mois/).fill("mille");
      await revenu.getByRole("button", { name: "Calculer" }).click();
      await voir(page, "part saisissable, refusée");
      await page.getByLabel(/^Net du mois/).fill("1 500,00");
      await revenu.getByRole("button", { name: "Calculer" }).click();
      await page.getByText("Reste au débiteur", { exact: true }).waitFor();
      await voir(page, "part saisissable calculée");
      await capturer(page, "retenue");
    }));

  test("la saisie et l’import des créances", () =>
    banc().avec("cotisations", async (page) => {
      await visiter(page, "débiteur nouveau", "/dossiers/nouveau");
      await page.getByRole("textbox", { name: /^Matricule/ }).fill("É");
      await page.getByLabel("Régime").selectOption("employeur");
      await page.getByRole("textbox", { name: /^Nom, ou raison/ }).fill("GAEC");
      await page.getByRole("textbox", { name: /^Commune/ }).fill("Blaye");
      await boutonEnvoyer(page, "Inscrire le débiteur");
      await voir(page, "débiteur nouveau, refusé");
      await page.goto(banc().url("/creances"));
      const [premiere] = await lignes(page);
      await visiter(page, "créance à saisir", `${premiere.lien}/creances/nouvelle`);
      await remplirCreance(page, { reference: "E2E-VUE", montant: "beaucoup" });
      await boutonEnvoyer(page, "Émettre la créance");
      await voir(page, "créance à saisir, refusée");
      await capturer(page, "saisie-refusee");
      await visiter(page, "créances à importer", "/creances/importer");
      for (const [nom, texte] of [["vide.csv", "reference\r\n"], ["faux.csv", "reference;regime\r\nX;lune\r\n"]]) {
        await page.getByLabel("Fichier").setInputFiles({ name: nom, mimeType: "text/csv", buffer: Buffer.from(texte) });
        await boutonEnvoyer(page, "Importer");
        await voir(page, `créances, import ${nom}`);
      }
    }));

  test("les pages du contrôle", () =>
    banc().avec("dpo", async (page) => {
      await visiter(page, "journal", "/journal");
      await capturer(page, "journal");
      await visiter(page, "habilitations", "/habilitations");
      await page.goto(banc().url("/journal"));
      await page.getByLabel("Dossier").fill("-1");
      await page.locator("main .filtres button").click();
      await voir(page, "journal, saisie refusée");
      await page.goto(banc().url("/connexion/mot-de-passe"));
      await voir(page, "mot de passe");
    }));

  test("les recettes : imports, doublons présumés, recettes à classer, une recette", () =>
    banc().avec("comptable", async (page) => {
      await visiter(page, "encaissements à importer", "/encaissements/importer");
      const csv = "date;caisse;siret;periode;montant;mode;iban\r\n16112026;DMSA33;73282932000074;2026-10;55.00;02;\r\n";
      await deposer(banc(), page, [["vue.csv", csv], ["faux.csv", csv.replace("55.00", "55.001")]]);
      await voir(page, "encaissements importés");
      await deposer(banc(), page, [["vue-bis.csv", `${csv}16112026;DMSA33;73282932000074;2026-10;56.00;02;\r\n`]]);
      await visiter(page, "doublons présumés", "/encaissements/presumes");
      await visiter(page, "doublons présumés, toutes", "/encaissements/presumes?voir=toutes");
      await visiter(page, "recettes à classer", "/rac");
      await capturer(page, "recettes-a-classer");
      const enAttente = await lignes(page);
      await visiter(page, "recettes à classer, aucune", "/rac?min=99999999");
      let nue = false;
      for (const { lien } of enAttente) {
        await page.goto(lien);
        const classable = await page.getByRole("button", { name: /^Classer (ici|en )/ }).count();
        if (!classable && nue) continue;
        if (classable) await capturer(page, "recette-propositions");
        nue ||= !classable;
        await deplier(page);
        await voir(page, classable ? "recette à classer, propositions" : "recette à classer");
        if (classable) break;
      }
      for (const etat of ["Placée", "Retour impayé"]) await visiter(page, `recette, ${etat}`, await recetteEnEtat(page, etat));
    }));

  test("le mois de la DSN, ses écarts, ses déclarations", () =>
    banc().avec("cotisations", async (page) => {
      await page.goto(banc().url("/dsn"));
      await page.locator("main tbody a").first().waitFor();
      await voir(page, "dsn");
      await capturer(page, "dsn");
      await visiter(page, "dsn, mois vide", "/dsn?mois=2001-01");
      await visiter(page, "établissements", "/dsn/etablissements?mois=2026-10");
      await visiter(page, "établissements absents", "/dsn/etablissements?mois=2026-11&filtre=absents");
      await visiter(page, "établissements, aucun", "/dsn/etablissements?mois=2001-01");
      await visiter(page, "écarts", "/dsn/ecarts");
      await capturer(page, "ecarts");
      await page.getByRole("checkbox").first().check();
      await page.getByRole("checkbox").nth(1).check();
      await boutonEnvoyer(page, "Attribuer les écarts cochés");
      await page.getByText("2 écarts sont attribués.").waitFor();
      await visiter(page, "écarts, les miens", "/dsn/ecarts?agent=moi");
      await visiter(page, "écarts, mois faux", "/dsn/ecarts?mois=hier&montant=99999999");
      await page.goto(banc().url("/dsn/ecarts?agent=moi"));
      await page.locator("main td[data-label='Écart'] a").first().click();
      await deplier(page);
      await voir(page, "écart");
      await capturer(page, "ecart");
      await page.getByLabel("Motif").selectOption("autre");
      await boutonEnvoyer(page, "Clore cet écart");
      await voir(page, "écart, clôture refusée");
      await page.getByLabel("Motif").selectOption("justifie");
      await boutonEnvoyer(page, "Clore cet écart");
      await page.getByText("L’écart est clos.").waitFor();
      await deplier(page);
      await voir(page, "écart clos");
      await page.getByRole("link", { name: "Fiche de synthèse" }).click();
      await deplier(page);
      await voir(page, "fiche de synthèse");
      await page.reload();
      await capturer(page, "synthese");
      const pdf = await page.request.get(`${page.url()}.pdf`);
      assert.equal(pdf.headers()["content-type"], "application/pdf");
      assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
      await page.goto(banc().url("/dsn/ecarts?classe=remplace&etat=information"));
      await page.locator("main td[data-label='Écart'] a").first().click();
      await page.locator("main a[href*='/dsn/declarations/']").last().click();
      await deplier(page);
      await voir(page, "déclaration");
      await page.goto(page.url().split("#")[0]);
      await capturer(page, "declaration", { hauteur: 1400 });
      const differences = page.getByRole("link", { name: "Ce qui a changé" });
      if ((await differences.count()) === 0) await page.locator("aside a[href*='/dsn/declarations/']").last().click();
      await page.getByRole("link", { name: "Ce qui a changé" }).click();
      await deplier(page);
      await voir(page, "ce qui a changé");
      await page.getByRole("link", { name: "Déclarations de l’employeur" }).click();
      await voir(page, "déclarations d’un employeur");
      await visiter(page, "dépôts DSN", "/dsn/depots");
      await page.getByLabel("Fichier").setInputFiles({ name: "photo.dsn", mimeType: "text/plain", buffer: Buffer.from([0xff, 0xd8, 0xff]) });
      await boutonEnvoyer(page, "Déposer");
      await voir(page, "dépôts DSN, un fichier attend");
      for (let essai = 0; essai < 60 && (await page.getByText("Fichiers refusés").count()) === 0; essai += 1) {
        await page.waitForTimeout(500);
        await page.reload();
      }
      await voir(page, "dépôts DSN, un fichier refusé");
    }));

  test("l’aide du clavier", () =>
    banc().avec("prestations", async (page) => {
      await page.goto(banc().url("/recherche"));
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      await voir(page, "aide du clavier");
    }));

  test("aucune page de la table des routes n’a été oubliée", () => {
    const oubliees = pagesDeLaTable().filter((chemin) => !vues.has(chemin) && !AILLEURS.includes(chemin));
    assert.deepEqual(oubliees, []);
  });
}
