-- Whom Auto-Import leaves out now, and why: a report tells it once, and the contact's page as long as it is so.
CREATE TABLE contact_skip (
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    contact_external_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (integration_id, contact_external_id)
);
-- The role of those whom an import makes, as it was called then.
ALTER TABLE import ADD COLUMN role_name TEXT;
