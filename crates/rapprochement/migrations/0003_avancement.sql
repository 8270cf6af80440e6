-- Où en est un dépôt, écrit avec chaque lot de déclarations gardées : une page le montre pendant qu'un autre processus
-- lit le fichier. Un dépôt d'avant cette migration n'en dit rien.
ALTER TABLE dsn_depot ADD COLUMN octets INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dsn_depot ADD COLUMN octets_lus INTEGER NOT NULL DEFAULT 0;
-- Instant du dernier lot gardé : un dépôt ni terminé ni récent a été interrompu.
ALTER TABLE dsn_depot ADD COLUMN avance_le TEXT;
