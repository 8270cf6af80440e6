-- Les recettes d'un établissement, toutes périodes (rapprochement avec les déclarations).
CREATE INDEX encaissement_siret ON encaissement (siret, periode) WHERE siret IS NOT NULL;
