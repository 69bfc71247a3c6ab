-- Whose work a job is, so that no integration takes all hands of a worker.
ALTER TABLE job ADD COLUMN integration_id BIGINT;
