-- Une campagne : un acte pour tous ceux qui remplissent des conditions, préparée par l'un, approuvée par un autre.
-- @sequence campagne
CREATE TABLE campagne (
  id INTEGER NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  branches INTEGER NOT NULL,
  minimum_centimes INTEGER NOT NULL CHECK (minimum_centimes >= 0),
  envoi TEXT NOT NULL CHECK (envoi IN ('simple', 'recommande', 'lre', 'signification')),
  signataire TEXT NOT NULL,
  preparee_le TEXT NOT NULL,
  preparee_par TEXT NOT NULL,
  -- Vide tant que personne n'a tranché ; ce n'est jamais qui l'a préparée.
  decidee_le TEXT,
  decidee_par TEXT,
  etat TEXT NOT NULL CHECK (etat IN ('en_preparation', 'preparee', 'approuvee', 'refusee', 'finie')),
  -- Le dernier dossier réuni, pendant la préparation : elle reprend après lui.
  reuni_jusqu_a INTEGER NOT NULL,
  -- Pourquoi elle s'est arrêtée (un modèle devenu faux) ; elle reprend quand c'est corrigé.
  arret TEXT,
  CHECK (decidee_par IS NULL OR decidee_par <> preparee_par)
) STRICT;
CREATE INDEX campagne_etat ON campagne (etat, id);

-- Les dossiers d'une campagne : ceux qui recevront l'acte, et ceux qui en sont écartés, avec la raison.
CREATE TABLE campagne_dossier (
  campagne_id INTEGER NOT NULL REFERENCES campagne (id),
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  branche INTEGER NOT NULL CHECK (branche IN (1, 2, 4)),
  etat TEXT NOT NULL CHECK (etat IN ('a_faire', 'emis', 'ecarte')),
  creances INTEGER NOT NULL,
  montant_centimes INTEGER NOT NULL,
  raison TEXT,
  acte_id INTEGER REFERENCES acte (id),
  PRIMARY KEY (campagne_id, dossier_id, branche)
) STRICT, WITHOUT ROWID;
CREATE INDEX campagne_dossier_etat ON campagne_dossier (campagne_id, etat, dossier_id, branche);
-- Sans eux, chaque débiteur ou acte ajouté ferait lire toute la table pour ses clés étrangères.
CREATE INDEX campagne_dossier_dossier ON campagne_dossier (dossier_id);
CREATE INDEX campagne_dossier_acte ON campagne_dossier (acte_id);
