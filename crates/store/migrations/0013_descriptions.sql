-- What a vendor keeps as a comment although it is what was asked, and the types of a company beside its main one. The rule
-- of adoption looks at all types, so the index that counts by it covers them.
ALTER TABLE ticket_note ADD COLUMN describes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE external_company ADD COLUMN other_type_ids TEXT NOT NULL DEFAULT '[]';
DROP INDEX external_company_by_name;
CREATE INDEX external_company_by_name ON external_company (integration_id, name_key, id, absent, company_id, active, type_id, status_id, other_type_ids) WHERE absent = 0;
