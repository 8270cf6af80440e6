-- Le suivi des débiteurs (OSCAR, décision 18-07) : qui suit quel dossier, dans chaque service. On y ajoute, on n'y
-- retire rien.
-- @sequence attribution_dossier
CREATE TABLE attribution_dossier (
  id INTEGER NOT NULL PRIMARY KEY,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  service TEXT NOT NULL,
  -- Branches de l'agent qui attribue : l'histoire du dossier ne la montre qu'à qui en voit une.
  branches INTEGER NOT NULL,
  -- Identifiant de l'agent ; absent : le dossier est rendu au service.
  agent TEXT,
  attribue_le TEXT NOT NULL,
  auteur TEXT NOT NULL
) STRICT;
CREATE INDEX attribution_dossier_dossier ON attribution_dossier (dossier_id, id);
-- @ajout_seul attribution_dossier

-- Cache prouvé par « sillon verifier » : la dernière attribution de chaque dossier dans chaque service.
CREATE TABLE portefeuille (
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  service TEXT NOT NULL,
  agent TEXT NOT NULL,
  depuis TEXT NOT NULL,
  PRIMARY KEY (dossier_id, service)
) STRICT, WITHOUT ROWID;
CREATE INDEX portefeuille_agent ON portefeuille (service, agent, dossier_id);

-- Ce qu'un agent se rappelle de faire sur un dossier ; le texte est scellé par la clé du dossier.
-- @sequence rappel
CREATE TABLE rappel (
  id INTEGER NOT NULL PRIMARY KEY,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  branches INTEGER NOT NULL,
  agent TEXT NOT NULL,
  jour TEXT NOT NULL,
  texte_scelle BLOB NOT NULL,
  pose_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  fait_le TEXT,
  fait_par TEXT,
  CHECK ((fait_le IS NULL) = (fait_par IS NULL))
) STRICT;
CREATE INDEX rappel_agent ON rappel (agent, jour, id) WHERE fait_le IS NULL;
CREATE INDEX rappel_dossier ON rappel (dossier_id, id);

-- Les filtres qu'un agent garde sous un nom ; ce qui manque ne filtre pas.
CREATE TABLE filtre_oscar (
  agent TEXT NOT NULL,
  nom TEXT NOT NULL,
  suivi TEXT NOT NULL CHECK (suivi IN ('moi', 'libres', 'tous', 'agent')),
  collegue TEXT,
  montant_centimes INTEGER CHECK (montant_centimes > 0),
  age_jours INTEGER CHECK (age_jours > 0),
  nature TEXT,
  position TEXT,
  limite_jours INTEGER CHECK (limite_jours > 0),
  paiement_jours INTEGER CHECK (paiement_jours > 0),
  PRIMARY KEY (agent, nom),
  CHECK ((suivi = 'agent') = (collegue IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Ce que chaque dossier doit, par branche et nature, sans lire une créance : la liste de tous les débiteurs en est une
-- seule passe. Le prédicat est celui que la liste écrit, pour que SQLite ne choisisse aucun autre index.
CREATE INDEX creance_a_recouvrer ON creance (dossier_id, branche, nature, exigible_le, reste_centimes, id) WHERE reste_centimes > 0;

-- L'activité d'une période, par agent.
CREATE INDEX fait_procedure_enregistre ON fait_procedure (enregistre_le, auteur);
