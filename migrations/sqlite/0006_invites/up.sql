-- Ids are in the order of time. A pending invite whose time is over counts as expired, whether or
-- not its row says so yet.
CREATE TABLE invites (
    id BLOB NOT NULL PRIMARY KEY,
    sender_id BLOB NOT NULL,
    receiver_id BLOB NOT NULL,
    game TEXT NOT NULL,
    options TEXT NOT NULL,
    -- The sender's own mark.
    client_id TEXT,
    origin TEXT NOT NULL CHECK (origin IN ('direct', 'rematch', 'challenge')),
    -- The match that it follows from.
    origin_match_id BLOB,
    status TEXT NOT NULL
        CHECK (status IN ('pending', 'accepted', 'declined', 'canceled', 'expired')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    answered_at INTEGER,
    -- The match that came of it: exactly one, of an accepted invite alone.
    match_id BLOB UNIQUE,
    CHECK (sender_id <> receiver_id),
    CHECK ((status = 'accepted') = (match_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
-- At most one that waits for each pair and direction.
CREATE UNIQUE INDEX invites_pending ON invites (sender_id, receiver_id) WHERE status = 'pending';
CREATE INDEX invites_inbox ON invites (receiver_id, id) WHERE status = 'pending';
CREATE INDEX invites_sender ON invites (sender_id, id);
CREATE INDEX invites_receiver ON invites (receiver_id, id);
CREATE INDEX invites_pair ON invites (sender_id, receiver_id, id);
