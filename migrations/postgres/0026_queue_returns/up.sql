-- Since when a user of a match from the queue had waited, and for what: they return to that place if the
-- match does not come about.
ALTER TABLE engagements ADD COLUMN queued_at timestamptz, ADD COLUMN wants bigint;
