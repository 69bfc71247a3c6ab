-- The name of who wrote a comment, where the vendor tells that and no id of a contact or technician.
ALTER TABLE ticket_note ADD COLUMN author TEXT;
