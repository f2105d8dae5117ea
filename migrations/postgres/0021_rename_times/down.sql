ALTER TABLE pending_renames DROP COLUMN noted_at;
