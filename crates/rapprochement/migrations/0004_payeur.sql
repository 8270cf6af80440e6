-- Qui paie pour un autre : chaque rapprochement cherche les versements où un établissement est payeur.
CREATE INDEX dsn_versement_payeur ON dsn_versement (payeur) WHERE payeur IS NOT NULL;
