-- What people whose accounts were deleted are called from then on, for as long as stored documents
-- may still hold what they were called before: it is replaced whenever one is read.
CREATE TABLE pending_renames (
    user_id BLOB NOT NULL PRIMARY KEY,
    former TEXT,
    fields TEXT NOT NULL
) STRICT, WITHOUT ROWID;
