-- Renames that older servers noted have no date. They count as noted now, so that none stays for ever.
CREATE TABLE dated_renames (
    user_id BLOB NOT NULL PRIMARY KEY,
    former TEXT,
    fields TEXT NOT NULL,
    noted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO dated_renames
    SELECT user_id, former, fields, coalesce(noted_at, unixepoch() * 1000000) FROM pending_renames;
DROP TABLE pending_renames;
ALTER TABLE dated_renames RENAME TO pending_renames;
