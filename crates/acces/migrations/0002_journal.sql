-- Journal des accès : qui, quand, quelle action, quel dossier, accordée ou refusée. Aucune donnée personnelle
-- des débiteurs. Les instants sont en millisecondes depuis 1970 (UTC).
-- @sequence acces_journal
CREATE TABLE acces_journal (
  id INTEGER NOT NULL PRIMARY KEY,
  quand_ms INTEGER NOT NULL,
  acteur TEXT NOT NULL,
  role TEXT NOT NULL,
  action TEXT NOT NULL,
  dossier_id INTEGER,
  -- Lignes montrées par une liste ; 1 pour un dossier, 0 si rien de personnel n'est montré.
  nombre INTEGER NOT NULL,
  resultat TEXT NOT NULL CHECK (resultat IN ('accorde', 'refuse')),
  motif TEXT,
  repere TEXT NOT NULL
) STRICT;
CREATE INDEX acces_journal_dossier ON acces_journal (dossier_id, id) WHERE dossier_id IS NOT NULL;
CREATE INDEX acces_journal_acteur ON acces_journal (acteur, id);
CREATE INDEX acces_journal_quand ON acces_journal (quand_ms, id);
-- @ajout_seul acces_journal

-- Chaîne de scellement du journal : un segment scelle un lot de lignes et le segment d'avant.
CREATE TABLE acces_scellement (
  rang INTEGER NOT NULL PRIMARY KEY,
  scelle_le_ms INTEGER NOT NULL,
  premier_id INTEGER NOT NULL,
  dernier_id INTEGER NOT NULL,
  nombre INTEGER NOT NULL,
  -- Identifiants de l'intervalle qui n'avaient pas de ligne (« 5-7,9 »).
  absents TEXT NOT NULL,
  -- Lignes de ces trous, arrivées depuis, scellées ici.
  rattrapes TEXT NOT NULL,
  -- Une empreinte à clé (16 octets) par ligne, dans l'ordre : intervalle puis rattrapées.
  empreintes BLOB NOT NULL,
  tete BLOB NOT NULL
) STRICT;
-- @ajout_seul acces_scellement
