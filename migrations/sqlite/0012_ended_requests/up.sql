-- Friend requests that were answered or taken back, for as long as the same act may come again: it
-- gets the same answer.
CREATE TABLE ended_requests (
    id BLOB NOT NULL PRIMARY KEY,
    sender_id BLOB NOT NULL,
    receiver_id BLOB NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'declined', 'canceled')),
    ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_requests_sender ON ended_requests (sender_id, ended_at);
CREATE INDEX ended_requests_receiver ON ended_requests (receiver_id);

-- Matches that came of accepted invites: at most one for each person.
CREATE TABLE match_reservations (
    user_id BLOB NOT NULL PRIMARY KEY,
    match_id BLOB NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
