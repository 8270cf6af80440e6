-- Ce qu'un débiteur a dit du recommandé électronique (code des postes, L100, à vérifier) : le dernier dit vaut.
-- @sequence consentement_lre
CREATE TABLE consentement_lre (
  id INTEGER NOT NULL PRIMARY KEY,
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  accepte INTEGER NOT NULL CHECK (accepte IN (0, 1)),
  jour TEXT NOT NULL,
  enregistre_le TEXT NOT NULL,
  auteur TEXT NOT NULL
) STRICT;
CREATE INDEX consentement_lre_dossier ON consentement_lre (dossier_id, id);
-- @ajout_seul consentement_lre
