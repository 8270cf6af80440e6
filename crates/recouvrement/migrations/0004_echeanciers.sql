-- Un échéancier accordé : la demande d'où ses mensualités se refont au centime (droit::Echeancier::proposer est
-- déterministe), et la version de la règle qui l'a admis.
-- @sequence echeancier
CREATE TABLE echeancier (
  id INTEGER NOT NULL PRIMARY KEY,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  procedure_code TEXT NOT NULL,
  version TEXT NOT NULL,
  conclu_le TEXT NOT NULL,
  premiere TEXT NOT NULL,
  mensualites INTEGER,
  par_mois_centimes INTEGER,
  zone TEXT NOT NULL,
  clause_de_rupture INTEGER NOT NULL CHECK (clause_de_rupture IN (0, 1)),
  part_ouvriere_centimes INTEGER NOT NULL,
  principal_centimes INTEGER NOT NULL,
  majorations_centimes INTEGER NOT NULL,
  -- Le dernier mouvement du dossier le jour de l'accord : ce qui est payé ensuite paie l'échéancier.
  apres_mouvement INTEGER NOT NULL,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  CHECK ((mensualites IS NULL) <> (par_mois_centimes IS NULL))
) STRICT;
CREATE INDEX echeancier_dossier ON echeancier (dossier_id, id);
-- @ajout_seul echeancier

-- Les créances d'un échéancier, et l'étape (son rang parmi les faits) qui l'accorde : jamais deux échéanciers pour une.
CREATE TABLE echeancier_creance (
  creance_id INTEGER NOT NULL REFERENCES creance (id),
  rang INTEGER NOT NULL,
  echeancier_id INTEGER NOT NULL REFERENCES echeancier (id),
  reste_centimes INTEGER NOT NULL CHECK (reste_centimes > 0),
  PRIMARY KEY (creance_id, rang)
) STRICT, WITHOUT ROWID;
CREATE INDEX echeancier_creance_echeancier ON echeancier_creance (echeancier_id, creance_id);
-- @ajout_seul echeancier_creance

-- La rupture, ou la fin sans paiement, qu'un agent a constatée.
CREATE TABLE echeancier_rompu (
  echeancier_id INTEGER NOT NULL PRIMARY KEY REFERENCES echeancier (id),
  jour TEXT NOT NULL,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL
) STRICT;
-- @ajout_seul echeancier_rompu
