-- Two filters at once, decided inside an index. Each filter keeps one index, by last change, which also holds what every
-- other filter asks for and the instant of creation; the list of all tickets by creation holds it too. Eight indexes take
-- the place of twelve: a filter's tickets by creation are found in the list of all by creation, or sorted where they are
-- few (store/src/tickets/list.rs). The index by company stays narrow: it is the one that is written all over.
DROP INDEX ticket_by_update;
DROP INDEX ticket_by_creation;
DROP INDEX ticket_by_status_update;
DROP INDEX ticket_by_status_creation;
DROP INDEX ticket_by_queue_update;
DROP INDEX ticket_by_queue_creation;
DROP INDEX ticket_by_technician_update;
DROP INDEX ticket_by_technician_creation;
DROP INDEX ticket_by_priority_update;
DROP INDEX ticket_by_priority_creation;

CREATE INDEX ticket_by_update ON ticket (integration_id, closed, updated_at, id, company_external_id) WHERE absent = 0;
CREATE INDEX ticket_by_creation ON ticket (integration_id, closed, created_at, id, company_external_id, status_id, queue_id, priority_id, technician_external_id) WHERE absent = 0;
CREATE INDEX ticket_by_status ON ticket (integration_id, status_id, closed, updated_at, id, created_at, company_external_id, queue_id, priority_id, technician_external_id) WHERE absent = 0;
CREATE INDEX ticket_by_queue ON ticket (integration_id, queue_id, closed, updated_at, id, created_at, company_external_id, status_id, priority_id, technician_external_id) WHERE absent = 0;
CREATE INDEX ticket_by_technician ON ticket (integration_id, technician_external_id, closed, updated_at, id, created_at, company_external_id, status_id, queue_id, priority_id) WHERE absent = 0;
CREATE INDEX ticket_by_priority ON ticket (integration_id, priority_id, closed, updated_at, id, created_at, company_external_id, status_id, queue_id, technician_external_id) WHERE absent = 0;

-- What SQLite once learnt about the tables; no ANALYZE is run any more (store/src/db.rs). PostgreSQL has no such tables.
DROP TABLE IF EXISTS sqlite_stat1;
DROP TABLE IF EXISTS sqlite_stat4;
