-- Les comptes du pilotage d'une grande caisse, refaits de temps en temps : un par année, nature et mesure. Chaque lecture
-- en prouve l'identité comptable.
CREATE TABLE compte_pilotage (
  annee INTEGER NOT NULL,
  branche INTEGER NOT NULL,
  -- Vide pour un acte, qui peut réunir plusieurs natures.
  nature TEXT NOT NULL,
  mesure TEXT NOT NULL,
  nombre INTEGER NOT NULL,
  montant_centimes INTEGER NOT NULL,
  compte_le TEXT NOT NULL,
  PRIMARY KEY (annee, branche, nature, mesure)
) STRICT, WITHOUT ROWID;
