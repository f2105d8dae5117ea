-- Nodes from before 0010 still write it while others are brought up to date.
ALTER TABLE idempotency_keys ADD COLUMN status integer;
