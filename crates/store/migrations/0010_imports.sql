-- Imports of staff or companies that a person asked for. asked: the request as it was sent, by which the same one sent
-- twice is recognised while it runs. plan: the chosen records in the order they are decided in; how many were decided is
-- created + linked + skipped, and each has a line of the report.
CREATE TABLE import (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    asked TEXT NOT NULL,
    plan TEXT NOT NULL,
    total BIGINT NOT NULL,
    created BIGINT NOT NULL DEFAULT 0,
    linked BIGINT NOT NULL DEFAULT 0,
    skipped BIGINT NOT NULL DEFAULT 0,
    welcomed BIGINT NOT NULL DEFAULT 0,
    stopped TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX import_by_integration ON import (integration_id, kind, id);
CREATE INDEX import_by_end ON import (finished_at);

CREATE TABLE import_line (
    import_id BIGINT NOT NULL REFERENCES import (id),
    line_number BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (import_id, line_number)
);
CREATE INDEX import_line_by_outcome ON import_line (import_id, outcome, line_number);
