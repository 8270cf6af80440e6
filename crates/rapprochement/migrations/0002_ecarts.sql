-- Ce que le serveur constate en rapprochant, pour que tableau et listes s'ouvrent aussitôt : un cache, que
-- « sillon verifier » refait et compare (docs/adr/0010).
CREATE TABLE mois_constate (
  mois TEXT NOT NULL,
  siret TEXT NOT NULL,
  declare_centimes INTEGER NOT NULL,
  ordonne_centimes INTEGER NOT NULL,
  encaisse_centimes INTEGER NOT NULL,
  -- Échéance du mois ; absente si rien n'y est déclaré.
  echeance TEXT,
  PRIMARY KEY (mois, siret)
) STRICT, WITHOUT ROWID;
CREATE INDEX mois_constate_siret ON mois_constate (siret, mois);

-- Un écart, et où en est son traitement.
-- @sequence ecart
CREATE TABLE ecart (
  id INTEGER NOT NULL PRIMARY KEY,
  siret TEXT NOT NULL,
  mois TEXT NOT NULL,
  classe TEXT NOT NULL,
  montant_centimes INTEGER NOT NULL,
  constate_le TEXT NOT NULL,
  etat TEXT NOT NULL CHECK (etat IN ('information', 'a_traiter', 'attribue', 'clos', 'disparu')),
  -- Identifiant de l'agent à qui il est attribué.
  agent TEXT,
  UNIQUE (siret, mois, classe),
  CHECK (etat <> 'attribue' OR agent IS NOT NULL)
) STRICT;
-- Les deux ordres de la liste, et le compte du mois.
CREATE INDEX ecart_montant ON ecart (montant_centimes, id);
CREATE INDEX ecart_anciennete ON ecart (mois, id);
CREATE INDEX ecart_mois ON ecart (mois, etat, classe, montant_centimes);

-- L'histoire d'un écart : ce que les agents en ont fait, et ce que les faits en ont fait.
-- @sequence geste_ecart
CREATE TABLE geste_ecart (
  id INTEGER NOT NULL PRIMARY KEY,
  ecart_id INTEGER NOT NULL REFERENCES ecart (id),
  quand TEXT NOT NULL,
  auteur TEXT NOT NULL,
  geste TEXT NOT NULL CHECK (geste IN ('attribue', 'libere', 'commente', 'clos', 'rouvert', 'disparu', 'revenu')),
  agent TEXT,
  motif TEXT,
  montant_centimes INTEGER NOT NULL,
  -- Scellé par la clé du dossier de l'employeur.
  commentaire_scelle BLOB,
  CHECK ((geste = 'clos') = (motif IS NOT NULL)),
  CHECK ((geste = 'attribue') = (agent IS NOT NULL))
) STRICT;
CREATE INDEX geste_ecart_ecart ON geste_ecart (ecart_id, id);
-- @ajout_seul geste_ecart

-- La dernière passe : son jour, et jusqu'où elle a vu les faits. Une passe revoit ce que la précédente n'avait pas vu,
-- et ce que celle d'avant n'avait pas vu non plus : une transaction lente valide après qu'un numéro plus grand s'est vu.
CREATE TABLE passe_constat (
  unique_ligne INTEGER NOT NULL PRIMARY KEY CHECK (unique_ligne = 1),
  jour TEXT NOT NULL,
  faite_le TEXT NOT NULL,
  premier_mois TEXT,
  declaration_vue INTEGER NOT NULL,
  encaissement_vu INTEGER NOT NULL,
  mouvement_vu INTEGER NOT NULL,
  declaration_sure INTEGER NOT NULL,
  encaissement_sur INTEGER NOT NULL,
  mouvement_sur INTEGER NOT NULL
) STRICT;
