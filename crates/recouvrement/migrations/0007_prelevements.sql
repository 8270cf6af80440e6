-- Le mandat SEPA d'un débiteur : ce qu'il a signé. Le compte (IBAN, BIC, titulaire) est scellé par la clé du dossier.
-- @sequence mandat_sepa
CREATE TABLE mandat_sepa (
  id INTEGER NOT NULL PRIMARY KEY,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  -- Référence unique du mandat, en capitales : jamais deux mandats d'une caisse pour une.
  rum TEXT NOT NULL UNIQUE,
  compte_scelle BLOB NOT NULL,
  signe_le TEXT NOT NULL,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL
) STRICT;
CREATE INDEX mandat_sepa_dossier ON mandat_sepa (dossier_id, id);
-- @ajout_seul mandat_sepa

-- Le débiteur ne veut plus être prélevé sous ce mandat : plus rien n'est présenté.
CREATE TABLE mandat_revoque (
  mandat_id INTEGER NOT NULL PRIMARY KEY REFERENCES mandat_sepa (id),
  jour TEXT NOT NULL,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL
) STRICT;
-- @ajout_seul mandat_revoque

-- Par quel mandat un échéancier se paie : le dernier rang vaut ; sans mandat, il ne se prélève plus.
CREATE TABLE echeancier_mandat (
  echeancier_id INTEGER NOT NULL REFERENCES echeancier (id),
  rang INTEGER NOT NULL,
  mandat_id INTEGER REFERENCES mandat_sepa (id),
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  PRIMARY KEY (echeancier_id, rang)
) STRICT, WITHOUT ROWID;
CREATE INDEX echeancier_mandat_mandat ON echeancier_mandat (mandat_id) WHERE mandat_id IS NOT NULL;
-- @ajout_seul echeancier_mandat

-- Un fichier de prélèvements remis à la banque ; 0 tant qu'il n'est pas tout écrit.
-- @sequence fichier_prelevement
CREATE TABLE fichier_prelevement (
  id INTEGER NOT NULL PRIMARY KEY,
  cree_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  ecrit INTEGER NOT NULL CHECK (ecrit IN (0, 1))
) STRICT;

-- Une mensualité présentée à la banque. Elle ne l'est une autre fois que si un agent l'a voulu après un échec : jamais deux
-- fois la même présentation.
-- @sequence prelevement
CREATE TABLE prelevement (
  id INTEGER NOT NULL PRIMARY KEY,
  -- De bout en bout : celle que la banque rend, et de « paiement_annonce ».
  reference TEXT NOT NULL UNIQUE,
  echeancier_id INTEGER NOT NULL REFERENCES echeancier (id),
  -- Rang de la mensualité.
  rang INTEGER NOT NULL,
  presentation INTEGER NOT NULL CHECK (presentation > 0),
  mandat_id INTEGER NOT NULL REFERENCES mandat_sepa (id),
  fichier_id INTEGER NOT NULL REFERENCES fichier_prelevement (id),
  echeance TEXT NOT NULL,
  sequence TEXT NOT NULL CHECK (sequence IN ('FRST', 'RCUR', 'FNAL')),
  montant_centimes INTEGER NOT NULL CHECK (montant_centimes > 0),
  UNIQUE (echeancier_id, rang, presentation)
) STRICT;
CREATE INDEX prelevement_mandat ON prelevement (mandat_id, id);
CREATE INDEX prelevement_fichier ON prelevement (fichier_id, id);
-- @ajout_seul prelevement

-- Ce que la banque a rejeté, ou que la caisse lui a fait annuler, avant que l'argent ne bouge (pain.002). Un retour, après,
-- est au relevé.
CREATE TABLE prelevement_rejete (
  prelevement_id INTEGER NOT NULL PRIMARY KEY REFERENCES prelevement (id),
  statut TEXT NOT NULL CHECK (statut IN ('RJCT', 'CANC')),
  -- Code ISO 20022 du motif ; absent si la banque n'en donne pas.
  motif TEXT,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL
) STRICT;
-- @ajout_seul prelevement_rejete

-- Un agent veut qu'un prélèvement rejeté ou revenu soit présenté de nouveau.
CREATE TABLE prelevement_a_representer (
  prelevement_id INTEGER NOT NULL PRIMARY KEY REFERENCES prelevement (id),
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL
) STRICT;
-- @ajout_seul prelevement_a_representer
