-- The list of a vendor's companies to import is one range of one index, with all that its counts look at.
CREATE INDEX external_company_by_name ON external_company (integration_id, name_key, id, absent, company_id, active, type_id) WHERE absent = 0;
-- Which contacts are members already.
CREATE INDEX company_membership_by_contact ON company_membership (contact_integration_id, contact_external_id, company_id);
