-- Tickets of Syncro are closed by their status alone now. What is stored is judged anew before the next tickets are read.
UPDATE integration SET applied_scope_revision = 0 WHERE provider = 'syncro';
