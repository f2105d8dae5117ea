ALTER TABLE engagements DROP COLUMN wants;
ALTER TABLE engagements DROP COLUMN queued_at;
