-- Companies of a tool are counted by what the rule of adoption looks at, in the order of this index: without it twenty
-- thousand of them were sorted for each page that tells how many come by themselves.
CREATE INDEX external_company_by_rule ON external_company (integration_id, active, type_id, other_type_ids, status_id, company_id, name_key, absent) WHERE absent = 0;
