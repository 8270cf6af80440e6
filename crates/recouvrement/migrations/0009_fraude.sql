-- La fraude ou la fausse déclaration qu'un agent habilité retient d'une créance, ou qu'il écarte : sa prescription en dépend
-- (CRPM L725-12, CSS L133-4-1). Le dernier dit vaut ; le motif est scellé par la clé du dossier.
-- @sequence fraude_creance
CREATE TABLE fraude_creance (
  id INTEGER NOT NULL PRIMARY KEY,
  creance_id INTEGER NOT NULL REFERENCES creance (id),
  retenue INTEGER NOT NULL CHECK (retenue IN (0, 1)),
  motif_scelle BLOB NOT NULL,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL
) STRICT;
CREATE INDEX fraude_creance_creance ON fraude_creance (creance_id, id);
-- @ajout_seul fraude_creance
