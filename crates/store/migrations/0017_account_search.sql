-- A person's name in the form that lists search; written by the binary, which at its start completes rows that lack it.
ALTER TABLE identity ADD COLUMN name_key TEXT;
CREATE INDEX identity_by_name ON identity (name_key);
