-- How the last reading of reference data (*Sync PSA Data*, nightly) stands while it waits or after it failed. A
-- reading that succeeded leaves no row here, only integration.reference_data_at.
CREATE TABLE reference_read (
    integration_id BIGINT NOT NULL PRIMARY KEY REFERENCES integration (id),
    requested_at BIGINT,
    failed_at BIGINT,
    failures BIGINT NOT NULL DEFAULT 0,
    message TEXT,
    hint TEXT,
    next_attempt_at BIGINT
);
