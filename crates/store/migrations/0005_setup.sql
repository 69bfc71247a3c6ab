-- The setup wizard of an integration: the furthest step reached, when it was completed, and the run its Sync step asked
-- for last (rule P12). What was connected before there was a wizard is set up.

ALTER TABLE integration ADD COLUMN setup_step TEXT NOT NULL DEFAULT 'complete';
ALTER TABLE integration ADD COLUMN setup_completed_at BIGINT;
ALTER TABLE integration ADD COLUMN setup_run TEXT;
UPDATE integration SET setup_completed_at = connected_at;
UPDATE integration SET setup_step = 'connect', setup_completed_at = NULL WHERE connected_at IS NULL OR disconnected_at IS NOT NULL;

-- What the last import of contacts did, as JSON: counts and reasons, and when.
ALTER TABLE integration ADD COLUMN contact_import TEXT;
