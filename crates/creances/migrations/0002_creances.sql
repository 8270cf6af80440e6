-- @sequence creance
CREATE TABLE creance (
  id INTEGER NOT NULL PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  branche INTEGER NOT NULL CHECK (branche IN (1, 2, 4)),
  nature TEXT NOT NULL,
  regime TEXT NOT NULL,
  periode_debut TEXT NOT NULL,
  periode_fin TEXT NOT NULL,
  emise_le TEXT NOT NULL,
  exigible_le TEXT NOT NULL,
  libelle TEXT NOT NULL,
  cause TEXT,
  montant_centimes INTEGER NOT NULL CHECK (montant_centimes > 0),
  -- Caches prouvés par « sillon verifier » : ce qui reste dû, par poste.
  reste_part_ouvriere INTEGER NOT NULL,
  reste_part_patronale INTEGER NOT NULL,
  reste_principal INTEGER NOT NULL,
  reste_majoration INTEGER NOT NULL,
  reste_penalite INTEGER NOT NULL,
  reste_frais INTEGER NOT NULL,
  -- Tirés des restes par la base : leur somme, et 1 tant qu'un poste reste dû.
  reste_centimes INTEGER GENERATED ALWAYS AS (reste_part_ouvriere + reste_part_patronale + reste_principal + reste_majoration + reste_penalite + reste_frais) STORED,
  ouverte INTEGER GENERATED ALWAYS AS (CASE WHEN reste_part_ouvriere > 0 OR reste_part_patronale > 0 OR reste_principal > 0 OR reste_majoration > 0 OR reste_penalite > 0 OR reste_frais > 0 THEN 1 ELSE 0 END) STORED,
  CHECK (periode_debut <= periode_fin)
) STRICT;
CREATE INDEX creance_dossier ON creance (dossier_id, exigible_le);
-- Les deux ordres de la liste des créances ; le premier porte de quoi la filtrer sans lire chaque créance.
CREATE INDEX creance_echeance ON creance (ouverte, exigible_le, id, branche, nature, montant_centimes);
CREATE INDEX creance_montant ON creance (ouverte, montant_centimes, id);

-- Le compte des créances ouvertes d'une grande caisse, refait de temps en temps pour le tableau de bord.
CREATE TABLE compte_creances (
  branche INTEGER NOT NULL,
  tranche INTEGER NOT NULL,
  nombre INTEGER NOT NULL,
  montant_centimes INTEGER NOT NULL,
  compte_le TEXT NOT NULL,
  PRIMARY KEY (branche, tranche)
) STRICT, WITHOUT ROWID;

-- Le grand livre, en partie double : chaque mouvement somme à zéro, rien n'y est changé ni effacé.
-- @sequence mouvement
CREATE TABLE mouvement (
  id INTEGER NOT NULL PRIMARY KEY,
  nature TEXT NOT NULL,
  jour TEXT NOT NULL,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  motif TEXT,
  contrepasse INTEGER UNIQUE REFERENCES mouvement (id)
) STRICT;
-- @ajout_seul mouvement

CREATE TABLE ecriture (
  mouvement_id INTEGER NOT NULL REFERENCES mouvement (id),
  rang INTEGER NOT NULL,
  jour TEXT NOT NULL,
  compte TEXT NOT NULL CHECK (compte IN ('banque', 'rac', 'creance', 'emission', 'annulation', 'remise', 'non_valeur', 'transfert', 'rembourse')),
  montant_centimes INTEGER NOT NULL CHECK (montant_centimes <> 0),
  dossier_id INTEGER,
  creance_id INTEGER,
  poste TEXT,
  encaissement_id INTEGER,
  raison TEXT,
  PRIMARY KEY (mouvement_id, rang),
  CHECK ((compte = 'creance') = (creance_id IS NOT NULL AND poste IS NOT NULL AND dossier_id IS NOT NULL)),
  CHECK (compte NOT IN ('banque', 'rac', 'rembourse') OR encaissement_id IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX ecriture_dossier ON ecriture (dossier_id, jour) WHERE dossier_id IS NOT NULL;
CREATE INDEX ecriture_creance ON ecriture (creance_id) WHERE creance_id IS NOT NULL;
CREATE INDEX ecriture_encaissement ON ecriture (encaissement_id) WHERE encaissement_id IS NOT NULL;
-- @ajout_seul ecriture
