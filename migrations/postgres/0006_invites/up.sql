-- Ids are in the order of time. A pending invite whose time is over counts as expired, whether or
-- not its row says so yet.
CREATE TABLE invites (
    id uuid NOT NULL PRIMARY KEY,
    sender_id uuid NOT NULL,
    receiver_id uuid NOT NULL,
    game text NOT NULL,
    options jsonb NOT NULL,
    -- The sender's own mark.
    client_id text,
    origin text NOT NULL CHECK (origin IN ('direct', 'rematch', 'challenge')),
    -- The match that it follows from.
    origin_match_id uuid,
    status text NOT NULL
        CHECK (status IN ('pending', 'accepted', 'declined', 'canceled', 'expired')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    answered_at timestamptz,
    -- The match that came of it: exactly one, of an accepted invite alone.
    match_id uuid UNIQUE,
    CHECK (sender_id <> receiver_id),
    CHECK ((status = 'accepted') = (match_id IS NOT NULL))
);
-- At most one that waits for each pair and direction.
CREATE UNIQUE INDEX invites_pending ON invites (sender_id, receiver_id) WHERE status = 'pending';
CREATE INDEX invites_inbox ON invites (receiver_id, id) WHERE status = 'pending';
CREATE INDEX invites_sender ON invites (sender_id, id);
CREATE INDEX invites_receiver ON invites (receiver_id, id);
CREATE INDEX invites_pair ON invites (sender_id, receiver_id, id);
