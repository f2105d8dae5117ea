CREATE TABLE undated_renames (
    user_id BLOB NOT NULL PRIMARY KEY,
    former TEXT,
    fields TEXT NOT NULL,
    noted_at INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO undated_renames SELECT user_id, former, fields, noted_at FROM pending_renames;
DROP TABLE pending_renames;
ALTER TABLE undated_renames RENAME TO pending_renames;
