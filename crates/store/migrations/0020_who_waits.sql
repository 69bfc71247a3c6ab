-- Who asked for a sync that waits for another one to end; NULL when no person did.
ALTER TABLE wake_up ADD COLUMN requested_by TEXT;
