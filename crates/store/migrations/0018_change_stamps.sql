-- How far the stamps of changes lag behind the date of the vendor's answers at most, in milliseconds, as far as it was seen.
ALTER TABLE checkpoint ADD COLUMN stamp_lag BIGINT;
ALTER TABLE stream_run ADD COLUMN stamp_lag BIGINT;
