-- L'adresse secrète qu'un agent donne à un programme (son agenda) pour qu'il lise en son nom, sans session. Le jeton n'est
-- que dans l'adresse ; la base n'en a que le haché. Une seule par agent et par action : en demander une autre la remplace.
CREATE TABLE abonnement (
  jeton_hache BLOB NOT NULL PRIMARY KEY,
  agent_id INTEGER NOT NULL REFERENCES agent (id),
  action TEXT NOT NULL,
  cree_le_ms INTEGER NOT NULL,
  UNIQUE (agent_id, action)
) STRICT;
