-- What people whose accounts were deleted are called from then on, for as long as stored documents
-- may still hold what they were called before: it is replaced whenever one is read.
CREATE TABLE pending_renames (
    user_id uuid NOT NULL PRIMARY KEY,
    former text,
    fields jsonb NOT NULL
);
