-- When a rename was noted. All that are older than the transactions under way are finished together,
-- and none stays for ever.
ALTER TABLE pending_renames ADD COLUMN noted_at INTEGER;
