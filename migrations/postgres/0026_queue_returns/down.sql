ALTER TABLE engagements DROP COLUMN wants, DROP COLUMN queued_at;
