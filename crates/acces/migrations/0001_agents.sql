-- Les agents de la caisse, leurs sessions et les freins de la connexion. Les instants sont en millisecondes
-- depuis 1970 (UTC).
-- @sequence agent
CREATE TABLE agent (
  id INTEGER NOT NULL PRIMARY KEY,
  identifiant TEXT NOT NULL UNIQUE,
  nom_affiche TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('prestations', 'cotisations', 'recouvrement', 'agence_comptable', 'dpo', 'administrateur')),
  actif INTEGER NOT NULL CHECK (actif IN (0, 1)),
  cree_le_ms INTEGER NOT NULL,
  dernier_acces_ms INTEGER,
  -- Argon2id, au format PHC.
  mot_de_passe TEXT NOT NULL,
  -- Mot de passe à usage unique, remis par l'administrateur : à changer à la première connexion.
  a_changer INTEGER NOT NULL CHECK (a_changer IN (0, 1)),
  -- Secret du second facteur (RFC 6238), scellé ; absent tant que l'agent ne l'a pas vu.
  totp_scelle BLOB,
  totp_confirme INTEGER NOT NULL CHECK (totp_confirme IN (0, 1)),
  -- Dernier pas de temps accepté : un code ne sert qu'une fois.
  totp_dernier_pas INTEGER NOT NULL
) STRICT;

-- Le jeton n'est que dans le cookie de l'agent ; la base n'en a que le haché.
CREATE TABLE session (
  jeton_hache BLOB NOT NULL PRIMARY KEY,
  agent_id INTEGER NOT NULL REFERENCES agent (id),
  etape TEXT NOT NULL CHECK (etape IN ('code', 'mot_de_passe', 'ouverte')),
  creee_le_ms INTEGER NOT NULL,
  vue_le_ms INTEGER NOT NULL,
  -- Message laissé par l'action précédente pour la page suivante, sans donnée personnelle.
  avis TEXT
) STRICT;
CREATE INDEX session_agent ON session (agent_id);
CREATE INDEX session_creee ON session (creee_le_ms);

-- Échecs récents de connexion, par compte ou par adresse ; la clé est hachée : un identifiant mal tapé peut
-- être un mot de passe.
CREATE TABLE frein (
  cle BLOB NOT NULL PRIMARY KEY,
  echecs INTEGER NOT NULL,
  dernier_ms INTEGER NOT NULL,
  ferme_jusqu_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX frein_dernier ON frein (dernier_ms);
