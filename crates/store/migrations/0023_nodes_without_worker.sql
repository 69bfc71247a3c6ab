-- Whether a node takes jobs. One that serves pages alone is listed too.
ALTER TABLE node ADD COLUMN works BIGINT NOT NULL DEFAULT 1;
