ALTER TABLE pending_renames ALTER COLUMN noted_at DROP NOT NULL;
ALTER TABLE pending_renames ALTER COLUMN noted_at DROP DEFAULT;
