-- Le débiteur et son dossier (décision 18-07, article 2). NIR et IBAN sont scellés par la clé du dossier ;
-- leurs hachés à clé ne servent qu'à la recherche par égalité.
-- @sequence debiteur
CREATE TABLE debiteur (
  id INTEGER NOT NULL PRIMARY KEY,
  matricule TEXT NOT NULL UNIQUE,
  regime TEXT NOT NULL CHECK (regime IN ('employeur', 'non_salarie', 'solidarite', 'assure', 'professionnel_sante')),
  nom TEXT NOT NULL,
  prenom TEXT NOT NULL,
  siret TEXT,
  nir_hache BLOB,
  nir_scelle BLOB,
  commune TEXT NOT NULL,
  code_commune TEXT NOT NULL,
  code_agent TEXT NOT NULL,
  code_tiers TEXT NOT NULL,
  mode_paiement TEXT NOT NULL,
  -- Branches (1 cotisations, 2 prestations, 4 professionnels de santé) qui le connaissent : elles ont ou ont eu une
  -- créance, ou un de leurs agents l'a rattaché.
  branches INTEGER NOT NULL,
  -- Cache prouvé par « sillon verifier » : somme des restes de ses créances.
  solde_centimes INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX debiteur_siret ON debiteur (siret) WHERE siret IS NOT NULL;
CREATE INDEX debiteur_nir ON debiteur (nir_hache) WHERE nir_hache IS NOT NULL;
CREATE INDEX debiteur_solde ON debiteur (solde_centimes, id);

CREATE TABLE contact (
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  rang INTEGER NOT NULL,
  nature TEXT NOT NULL CHECK (nature IN ('telephone', 'mail')),
  valeur TEXT NOT NULL,
  PRIMARY KEY (dossier_id, rang)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_valeur ON contact (valeur);

CREATE TABLE compte_bancaire (
  iban_hache BLOB NOT NULL,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  iban_scelle BLOB NOT NULL,
  depuis TEXT NOT NULL,
  PRIMARY KEY (iban_hache, dossier_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX compte_bancaire_dossier ON compte_bancaire (dossier_id);

-- Les mots par lesquels un dossier se trouve (nom, prénom, commune), sans accents ni casse.
CREATE TABLE mot (
  mot TEXT NOT NULL,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  PRIMARY KEY (mot, dossier_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mot_dossier ON mot (dossier_id, mot);

-- Fiche des commentaires : on y ajoute, on n'y retire rien ; signée, datée, scellée par la clé du dossier.
-- @sequence commentaire
CREATE TABLE commentaire (
  id INTEGER NOT NULL PRIMARY KEY,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  ecrit_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  texte_scelle BLOB NOT NULL
) STRICT;
CREATE INDEX commentaire_dossier ON commentaire (dossier_id, id);
-- @ajout_seul commentaire

-- Ce qui arrive à un dossier, écrit par toutes les tranches de la maison (relance, audience…).
-- @sequence evenement_dossier
CREATE TABLE evenement_dossier (
  id INTEGER NOT NULL PRIMARY KEY,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  jour TEXT NOT NULL,
  enregistre_le TEXT NOT NULL,
  nature TEXT NOT NULL,
  libelle TEXT NOT NULL,
  auteur TEXT NOT NULL,
  branche INTEGER NOT NULL,
  -- 1 si l'événement est une étape de procédure (« dernière procédure » de l'article 2).
  procedure INTEGER NOT NULL CHECK (procedure IN (0, 1))
) STRICT;
CREATE INDEX evenement_dossier_dossier ON evenement_dossier (dossier_id, jour, id);
-- @ajout_seul evenement_dossier
