-- Renames that older servers noted have no date. They count as noted now, also those that an older
-- server notes during the upgrade, so that none stays for ever.
UPDATE pending_renames SET noted_at = now() WHERE noted_at IS NULL;
ALTER TABLE pending_renames ALTER COLUMN noted_at SET DEFAULT now();
ALTER TABLE pending_renames ALTER COLUMN noted_at SET NOT NULL;
