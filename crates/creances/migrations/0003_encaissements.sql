-- @sequence fichier_importe
CREATE TABLE fichier_importe (
  id INTEGER NOT NULL PRIMARY KEY,
  empreinte BLOB NOT NULL UNIQUE,
  nom TEXT NOT NULL,
  format TEXT NOT NULL,
  importe_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  -- 1 quand toutes ses lignes ont été traitées ; 0 après un arrêt brutal, jusqu'à la reprise.
  termine INTEGER NOT NULL CHECK (termine IN (0, 1))
) STRICT;

-- @sequence encaissement
CREATE TABLE encaissement (
  id INTEGER NOT NULL PRIMARY KEY,
  -- Ce qui fait d'une ligne de banque une recette et une seule (docs/adr) .
  identite BLOB NOT NULL UNIQUE,
  fichier_id INTEGER REFERENCES fichier_importe (id),
  ligne INTEGER NOT NULL,
  jour TEXT NOT NULL,
  montant_centimes INTEGER NOT NULL CHECK (montant_centimes <> 0),
  mode TEXT NOT NULL,
  siret TEXT,
  -- Période que la recette désigne (« 2026-01 »), quelle que soit l'imputation.
  periode TEXT,
  iban_hache BLOB,
  -- Scellé par la clé du mois des recettes à classer (dossier négatif -AAAAMM) tant que le dossier manque.
  iban_scelle BLOB,
  nom_payeur TEXT,
  libelle TEXT,
  reference_bancaire TEXT,
  -- Identité de l'écriture de banque qui regroupe plusieurs opérations, dont celle-ci.
  lot_identite BLOB,
  -- Référence interbancaire de l'opération (TxId), et référence de bout en bout.
  transaction_bancaire TEXT,
  bout_en_bout TEXT,
  dossier_id INTEGER REFERENCES debiteur (id),
  -- Détail (camt.054) d'un lot déjà comptabilisé : son argent est celui du parent.
  parent_id INTEGER REFERENCES encaissement (id),
  -- Retour d'un prélèvement : la recette qu'il annule.
  retour_de INTEGER REFERENCES encaissement (id),
  -- Pourquoi il attend, tant que son reste en RAC n'est pas nul.
  attente TEXT,
  -- Cache prouvé par « sillon verifier » : ce qui attend en RAC.
  rac_centimes INTEGER NOT NULL
) STRICT;
CREATE INDEX encaissement_rac ON encaissement (jour, id) WHERE rac_centimes <> 0;
CREATE INDEX encaissement_rac_siret ON encaissement (siret) WHERE rac_centimes <> 0;
CREATE INDEX encaissement_rac_iban ON encaissement (iban_hache) WHERE rac_centimes <> 0;
CREATE INDEX encaissement_dossier ON encaissement (dossier_id, jour) WHERE dossier_id IS NOT NULL;
CREATE INDEX encaissement_reference ON encaissement (reference_bancaire) WHERE reference_bancaire IS NOT NULL;
CREATE INDEX encaissement_lot ON encaissement (lot_identite) WHERE lot_identite IS NOT NULL;
CREATE INDEX encaissement_transaction ON encaissement (transaction_bancaire) WHERE transaction_bancaire IS NOT NULL;
CREATE INDEX encaissement_bout ON encaissement (bout_en_bout) WHERE bout_en_bout IS NOT NULL;
CREATE INDEX encaissement_parent ON encaissement (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX encaissement_retour ON encaissement (retour_de) WHERE retour_de IS NOT NULL;
CREATE INDEX encaissement_fichier ON encaissement (fichier_id, ligne);

-- Mots du libellé d'une recette en RAC qui pourraient désigner une créance ou un débiteur encore inconnus.
CREATE TABLE mot_recette (
  mot TEXT NOT NULL,
  encaissement_id INTEGER NOT NULL REFERENCES encaissement (id),
  PRIMARY KEY (mot, encaissement_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mot_recette_encaissement ON mot_recette (encaissement_id);

-- Lignes sans référence bancaire présumées déjà connues d'un fichier antérieur : un agent peut dire que non.
CREATE TABLE ligne_presumee (
  fichier_id INTEGER NOT NULL REFERENCES fichier_importe (id),
  ligne INTEGER NOT NULL,
  -- La recette à laquelle la ligne ressemble.
  encaissement_id INTEGER NOT NULL REFERENCES encaissement (id),
  -- La recette créée quand un agent a dit que c'était un autre paiement.
  decide_le TEXT,
  decide_par TEXT,
  autre_id INTEGER REFERENCES encaissement (id),
  PRIMARY KEY (fichier_id, ligne)
) STRICT, WITHOUT ROWID;
CREATE INDEX ligne_presumee_a_decider ON ligne_presumee (decide_le, fichier_id, ligne);
