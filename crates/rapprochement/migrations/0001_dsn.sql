-- Ce que la caisse garde des DSN (décision 18-07, article 2 : identification, montants, paiement). Chaque individu est
-- scellé à part, par la clé du dossier de l'employeur ; son haché à clé ne sert qu'à le reconnaître d'un mois à l'autre.
-- @sequence dsn_depot
CREATE TABLE dsn_depot (
  id INTEGER NOT NULL PRIMARY KEY,
  -- SHA-256 du fichier, déployé.
  empreinte BLOB NOT NULL UNIQUE,
  nom TEXT NOT NULL,
  depose_le TEXT NOT NULL,
  auteur TEXT NOT NULL,
  -- Déclarations lues ; de celles-là, pas gardées : d'autres caisses, d'essai ou rejetées par le portail, signalements.
  lues INTEGER NOT NULL,
  autres_caisses INTEGER NOT NULL,
  sans_effet INTEGER NOT NULL,
  signalements INTEGER NOT NULL,
  -- 1 quand toutes ses déclarations ont été traitées ; 0 après un arrêt brutal, jusqu'à la reprise.
  termine INTEGER NOT NULL CHECK (termine IN (0, 1))
) STRICT;

-- @sequence dsn_declaration
CREATE TABLE dsn_declaration (
  id INTEGER NOT NULL PRIMARY KEY,
  -- Empreinte de son contenu : la même déclaration, dans un autre fichier, n'est gardée qu'une fois.
  identite BLOB NOT NULL UNIQUE,
  depot_id INTEGER NOT NULL REFERENCES dsn_depot (id),
  -- Place dans le fichier, lignes incluses.
  rang INTEGER NOT NULL,
  ligne_debut INTEGER NOT NULL,
  ligne_fin INTEGER NOT NULL,
  norme TEXT NOT NULL,
  siret TEXT NOT NULL,
  -- Mois principal déclaré, « 2026-01 ».
  mois TEXT NOT NULL,
  nature TEXT NOT NULL CHECK (nature IN ('01', '09')),
  genre TEXT NOT NULL CHECK (genre IN ('01', '02', '03', '04', '05')),
  fraction INTEGER NOT NULL,
  fractions INTEGER NOT NULL,
  champ TEXT,
  -- Identifiant chez l'émetteur, et celui de la déclaration qu'elle remplace.
  constituee_le TEXT NOT NULL,
  ordre INTEGER NOT NULL,
  remplace_le TEXT,
  remplace_ordre INTEGER,
  deposee_le TEXT NOT NULL,
  individus INTEGER NOT NULL,
  -- 1 si elle est de la caisse ; 0 si elle n'y vient que remplacer (rien d'autre n'en est gardé).
  routee INTEGER NOT NULL CHECK (routee IN (0, 1)),
  declare_centimes INTEGER NOT NULL,
  ordonne_centimes INTEGER NOT NULL,
  dossier_id INTEGER REFERENCES debiteur (id),
  -- Rubriques de l'établissement, IBAN compris.
  etablissement_scelle BLOB,
  CHECK (fraction <= fractions),
  CHECK ((dossier_id IS NULL) = (etablissement_scelle IS NULL))
) STRICT;
CREATE INDEX dsn_declaration_mois ON dsn_declaration (mois, siret);
CREATE INDEX dsn_declaration_siret ON dsn_declaration (siret, mois);
CREATE INDEX dsn_declaration_dossier ON dsn_declaration (dossier_id, mois) WHERE dossier_id IS NOT NULL;
CREATE INDEX dsn_declaration_depot ON dsn_declaration (depot_id);

-- Les cotisations d'une déclaration, individuelles (bloc 81) ou d'établissement (82), par code et période.
CREATE TABLE dsn_cotisation (
  declaration_id INTEGER NOT NULL REFERENCES dsn_declaration (id),
  rang INTEGER NOT NULL,
  bloc INTEGER NOT NULL CHECK (bloc IN (81, 82)),
  code TEXT NOT NULL,
  debut TEXT,
  fin TEXT,
  nombre INTEGER NOT NULL,
  montant_centimes INTEGER NOT NULL,
  ligne_debut INTEGER NOT NULL,
  ligne_fin INTEGER NOT NULL,
  PRIMARY KEY (declaration_id, rang)
) STRICT, WITHOUT ROWID;

-- Les ordres de paiement à la caisse (bloc 20) ; l'IBAN est scellé avec l'établissement.
CREATE TABLE dsn_versement (
  declaration_id INTEGER NOT NULL REFERENCES dsn_declaration (id),
  rang INTEGER NOT NULL,
  ligne INTEGER NOT NULL,
  montant_centimes INTEGER NOT NULL,
  debut TEXT,
  fin TEXT,
  mode TEXT,
  echeance TEXT,
  payeur TEXT,
  PRIMARY KEY (declaration_id, rang)
) STRICT, WITHOUT ROWID;

-- Les autres caisses de MSA que la même déclaration nomme.
CREATE TABLE dsn_autre_caisse (
  declaration_id INTEGER NOT NULL REFERENCES dsn_declaration (id),
  caisse TEXT NOT NULL,
  declare_centimes INTEGER NOT NULL,
  ordonne_centimes INTEGER NOT NULL,
  PRIMARY KEY (declaration_id, caisse)
) STRICT, WITHOUT ROWID;

CREATE TABLE dsn_individu (
  declaration_id INTEGER NOT NULL REFERENCES dsn_declaration (id),
  rang INTEGER NOT NULL,
  individu_hache BLOB NOT NULL,
  individu_scelle BLOB NOT NULL,
  PRIMARY KEY (declaration_id, rang)
) STRICT, WITHOUT ROWID;

-- Cotisations négatives d'une période antérieure au mois déclaré.
CREATE TABLE dsn_regularisation (
  declaration_id INTEGER NOT NULL REFERENCES dsn_declaration (id),
  ligne INTEGER NOT NULL,
  individu_hache BLOB NOT NULL,
  code TEXT NOT NULL,
  mois TEXT NOT NULL,
  montant_centimes INTEGER NOT NULL,
  PRIMARY KEY (declaration_id, ligne)
) STRICT, WITHOUT ROWID;

-- Les créances que la DSN a fait émettre ; celles qui n'y sont pas viennent d'ailleurs.
CREATE TABLE dsn_creance (
  creance_id INTEGER NOT NULL PRIMARY KEY REFERENCES creance (id),
  dossier_id INTEGER NOT NULL REFERENCES debiteur (id),
  mois TEXT NOT NULL,
  nature TEXT NOT NULL
) STRICT;
CREATE INDEX dsn_creance_dossier ON dsn_creance (dossier_id, mois);
