-- What further vendors have: a company's status, an opportunity's type. The rule of adoption looks at both columns of a
-- company, so the index that counts by it covers them.
ALTER TABLE external_company ADD COLUMN status_id TEXT;
ALTER TABLE opportunity ADD COLUMN type_id TEXT;
DROP INDEX external_company_by_name;
CREATE INDEX external_company_by_name ON external_company (integration_id, name_key, id, absent, company_id, active, type_id, status_id) WHERE absent = 0;
