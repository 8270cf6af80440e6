-- Où écrire à un débiteur, scellé par la clé du dossier (docs/adr/0012).
CREATE TABLE adresse_postale (
  dossier_id INTEGER NOT NULL PRIMARY KEY REFERENCES debiteur (id),
  adresse_scellee BLOB NOT NULL,
  depuis TEXT NOT NULL,
  auteur TEXT NOT NULL,
  -- 0 depuis qu'un pli en est revenu : le destinataire y est inconnu.
  sure INTEGER NOT NULL CHECK (sure IN (0, 1))
) STRICT;

-- Les jours où une prestation indue a été versée : notification et mise en demeure doivent les dire.
CREATE TABLE versement_indu (
  creance_id INTEGER NOT NULL REFERENCES creance (id),
  jour TEXT NOT NULL,
  PRIMARY KEY (creance_id, jour)
) STRICT, WITHOUT ROWID;

-- Un acte émis : le document tel qu'il part, scellé par la clé du dossier, et son empreinte.
-- @sequence acte
CREATE TABLE acte (
  id INTEGER NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  branche INTEGER NOT NULL CHECK (branche IN (1, 2, 4)),
  emis_le TEXT NOT NULL,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  signataire TEXT NOT NULL,
  montant_centimes INTEGER NOT NULL CHECK (montant_centimes > 0),
  envoi TEXT NOT NULL CHECK (envoi IN ('simple', 'recommande', 'lre', 'signification')),
  pages INTEGER NOT NULL,
  empreinte BLOB NOT NULL,
  pdf_scelle BLOB NOT NULL
) STRICT;
CREATE INDEX acte_dossier ON acte (dossier_id, id);
CREATE INDEX acte_emission ON acte (emis_le, id);
-- @ajout_seul acte

-- Les créances d'un acte, et l'étape (son rang parmi les faits) qu'il fait pour chacune : jamais deux actes pour une.
CREATE TABLE acte_creance (
  creance_id INTEGER NOT NULL REFERENCES creance (id),
  rang INTEGER NOT NULL,
  acte_id INTEGER NOT NULL REFERENCES acte (id),
  montant_centimes INTEGER NOT NULL CHECK (montant_centimes > 0),
  PRIMARY KEY (creance_id, rang)
) STRICT, WITHOUT ROWID;
CREATE INDEX acte_creance_acte ON acte_creance (acte_id, creance_id);
-- @ajout_seul acte_creance

-- Cache prouvé par « sillon verifier » : où en est chaque acte.
CREATE TABLE avancement_acte (
  acte_id INTEGER NOT NULL PRIMARY KEY REFERENCES acte (id),
  etat TEXT NOT NULL CHECK (etat IN ('a_expedier', 'remis', 'recu', 'non_reclame', 'revenu'))
) STRICT;
CREATE INDEX avancement_acte_etat ON avancement_acte (etat, acte_id);

-- Un lot remis à la poste ; 0 tant que ses fichiers ne sont pas tous écrits.
-- @sequence lot_expedition
CREATE TABLE lot_expedition (
  id INTEGER NOT NULL PRIMARY KEY,
  cree_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  ecrit INTEGER NOT NULL CHECK (ecrit IN (0, 1))
) STRICT;

-- Ce qu'un acte devient : remis, reçu, non réclamé, revenu. On y ajoute, on n'y retire rien.
CREATE TABLE suivi_acte (
  acte_id INTEGER NOT NULL REFERENCES acte (id),
  rang INTEGER NOT NULL,
  nature TEXT NOT NULL CHECK (nature IN ('remis', 'recu', 'non_reclame', 'revenu')),
  jour TEXT NOT NULL,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  lot_id INTEGER REFERENCES lot_expedition (id),
  PRIMARY KEY (acte_id, rang)
) STRICT, WITHOUT ROWID;
CREATE INDEX suivi_acte_lot ON suivi_acte (lot_id, acte_id) WHERE lot_id IS NOT NULL;
-- @ajout_seul suivi_acte
