-- Les créances que paie un paiement que la caisse attend sous une référence qu'elle a choisie (un prélèvement), quand la
-- banque le dit. Toutes sont d'un même dossier et d'une même branche.
CREATE TABLE paiement_annonce (
  reference TEXT NOT NULL,
  creance_id INTEGER NOT NULL REFERENCES creance (id),
  PRIMARY KEY (reference, creance_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX paiement_annonce_creance ON paiement_annonce (creance_id);
-- @ajout_seul paiement_annonce
