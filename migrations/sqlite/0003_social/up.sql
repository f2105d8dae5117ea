-- A friendship is two rows, one from each side, so that a person's friends are one range.
CREATE TABLE friendships (
    user_id BLOB NOT NULL,
    friend_id BLOB NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (user_id, friend_id),
    CHECK (user_id <> friend_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX friendships_since ON friendships (user_id, since);

-- Requests that wait for an answer. Ids are in the order of time.
CREATE TABLE friend_requests (
    id BLOB NOT NULL PRIMARY KEY,
    sender_id BLOB NOT NULL,
    receiver_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    CHECK (sender_id <> receiver_id)
) STRICT, WITHOUT ROWID;
-- One for two people, whichever way it goes.
CREATE UNIQUE INDEX friend_requests_pair ON friend_requests (
    min(sender_id, receiver_id), max(sender_id, receiver_id)
);
CREATE INDEX friend_requests_sender ON friend_requests (sender_id, receiver_id);
CREATE INDEX friend_requests_receiver ON friend_requests (receiver_id, id);

-- Who said no to whom: asking again at once would be pestering.
CREATE TABLE declined_requests (
    sender_id BLOB NOT NULL,
    receiver_id BLOB NOT NULL,
    declined_at INTEGER NOT NULL,
    PRIMARY KEY (sender_id, receiver_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX declined_requests_receiver ON declined_requests (receiver_id);

CREATE TABLE blocks (
    blocker_id BLOB NOT NULL,
    blocked_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id),
    CHECK (blocker_id <> blocked_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_blocked ON blocks (blocked_id);

-- How people want to be seen; those without a row want to be seen as they are.
CREATE TABLE chosen_statuses (
    user_id BLOB NOT NULL PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('online', 'away', 'invisible'))
) STRICT, WITHOUT ROWID;
