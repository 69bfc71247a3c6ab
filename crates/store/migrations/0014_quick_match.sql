-- Whether what Quick Match found still holds is told by sums over these columns, without looking at a record.
CREATE INDEX external_company_version ON external_company (id, content_hash, absent, company_id);
-- Who was added by hand is pending, whatever is linked later; so far that was told from having no link.
UPDATE staff_membership SET status = 'pending' WHERE status = 'imported'
    AND NOT EXISTS (SELECT 1 FROM technician w WHERE w.identity_id = staff_membership.identity_id);
