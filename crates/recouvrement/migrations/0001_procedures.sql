-- Ce qui arrive à une créance dans sa procédure (droit/regles/procedures). On y ajoute, on n'y retire rien. L'entrée
-- (émission, notification) n'y est pas : la créance la dit.
CREATE TABLE fait_procedure (
  creance_id INTEGER NOT NULL REFERENCES creance (id),
  rang INTEGER NOT NULL,
  etape TEXT NOT NULL,
  jour TEXT NOT NULL,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  -- Pourquoi un agent habilité a passé outre à un refus, scellé par la clé du dossier.
  motif_scelle BLOB,
  PRIMARY KEY (creance_id, rang)
) STRICT, WITHOUT ROWID;
-- @ajout_seul fait_procedure

-- Caches prouvés par « sillon verifier » : où en est chaque créance, et ses délais ouverts, prescription comprise tant
-- qu'elle court.
CREATE TABLE situation_procedure (
  creance_id INTEGER NOT NULL PRIMARY KEY REFERENCES creance (id),
  position TEXT NOT NULL
) STRICT;

CREATE TABLE limite_procedure (
  creance_id INTEGER NOT NULL REFERENCES situation_procedure (creance_id),
  regle TEXT NOT NULL,
  echeance TEXT NOT NULL,
  contre TEXT NOT NULL CHECK (contre IN ('caisse', 'debiteur', 'tiers')),
  PRIMARY KEY (creance_id, regle)
) STRICT, WITHOUT ROWID;
CREATE INDEX limite_procedure_echeance ON limite_procedure (echeance, creance_id, regle, contre);
