-- A page of the ticket list is one range of one index, at any size, for every offered filter and sort (design 3). Every
-- index begins with the integration, since vendors' ids mean something only there, and has the flag closed before the
-- sort key: a list of open and closed tickets merges two ranges, and so does one over several integrations. That way
-- eleven indexes serve what would otherwise take eighteen; each costs every stored ticket time (docs/performance.md).
-- A company's tickets by creation are sorted from the index by change (store/src/tickets/filter.rs).

CREATE INDEX ticket_by_update ON ticket (integration_id, closed, updated_at, id) WHERE absent = 0;
CREATE INDEX ticket_by_creation ON ticket (integration_id, closed, created_at, id) WHERE absent = 0;
CREATE INDEX ticket_by_company_update ON ticket (integration_id, company_external_id, closed, updated_at, id, created_at) WHERE absent = 0;
CREATE INDEX ticket_by_status_update ON ticket (integration_id, status_id, closed, updated_at, id) WHERE absent = 0;
CREATE INDEX ticket_by_status_creation ON ticket (integration_id, status_id, closed, created_at, id) WHERE absent = 0;
CREATE INDEX ticket_by_queue_update ON ticket (integration_id, queue_id, closed, updated_at, id) WHERE absent = 0;
CREATE INDEX ticket_by_queue_creation ON ticket (integration_id, queue_id, closed, created_at, id) WHERE absent = 0;
CREATE INDEX ticket_by_technician_update ON ticket (integration_id, technician_external_id, closed, updated_at, id) WHERE absent = 0;
CREATE INDEX ticket_by_technician_creation ON ticket (integration_id, technician_external_id, closed, created_at, id) WHERE absent = 0;
CREATE INDEX ticket_by_priority_update ON ticket (integration_id, priority_id, closed, updated_at, id) WHERE absent = 0;
CREATE INDEX ticket_by_priority_creation ON ticket (integration_id, priority_id, closed, created_at, id) WHERE absent = 0;
CREATE INDEX ticket_by_number ON ticket (number, id);
