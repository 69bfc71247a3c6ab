-- Companies of a tool that stand for none here are counted on pages, for every tool.
CREATE INDEX external_company_waiting ON external_company (integration_id) WHERE company_id IS NULL AND absent = 0;
