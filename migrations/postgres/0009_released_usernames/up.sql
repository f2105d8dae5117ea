-- The names of deleted accounts, as keyed digests: nobody may take one for a while.
CREATE TABLE released_usernames (
    hash bytea NOT NULL PRIMARY KEY,
    free_at timestamptz NOT NULL
);
CREATE INDEX released_usernames_age ON released_usernames (free_at);
