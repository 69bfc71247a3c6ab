-- How many records an integration brought is answered from indexes alone: all there are, less the few that are not shown.
CREATE INDEX external_company_absent ON external_company (integration_id, absent) WHERE absent <> 0;
CREATE INDEX external_contact_absent ON external_contact (integration_id, absent) WHERE absent <> 0;
CREATE INDEX technician_absent ON technician (integration_id, absent) WHERE absent <> 0;
CREATE INDEX contact_group_absent ON contact_group (integration_id, absent) WHERE absent <> 0;
CREATE INDEX contact_group_member_absent ON contact_group_member (integration_id, absent) WHERE absent <> 0;
CREATE INDEX ticket_absent ON ticket (integration_id, absent) WHERE absent <> 0;
CREATE INDEX ticket_note_absent ON ticket_note (integration_id, absent) WHERE absent <> 0;
CREATE INDEX opportunity_absent ON opportunity (integration_id, absent) WHERE absent <> 0;
DROP INDEX company_by_primary_integration;
CREATE INDEX company_by_primary_integration ON company (primary_integration_id, removed_at);
