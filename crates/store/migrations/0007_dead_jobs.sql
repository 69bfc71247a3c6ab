-- Finds the parts of runs whose job was given up, however many other jobs were.
CREATE INDEX job_dead ON job (kind, id) WHERE state = 3;
