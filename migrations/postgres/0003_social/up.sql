-- A friendship is two rows, one from each side, so that a person's friends are one range.
CREATE TABLE friendships (
    user_id uuid NOT NULL,
    friend_id uuid NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (user_id, friend_id),
    CHECK (user_id <> friend_id)
);
CREATE INDEX friendships_since ON friendships (user_id, since);

-- Requests that wait for an answer. Ids are in the order of time.
CREATE TABLE friend_requests (
    id uuid NOT NULL PRIMARY KEY,
    sender_id uuid NOT NULL,
    receiver_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK (sender_id <> receiver_id)
);
-- One for two people, whichever way it goes.
CREATE UNIQUE INDEX friend_requests_pair ON friend_requests (
    LEAST(sender_id, receiver_id), GREATEST(sender_id, receiver_id)
);
CREATE INDEX friend_requests_sender ON friend_requests (sender_id, receiver_id);
CREATE INDEX friend_requests_receiver ON friend_requests (receiver_id, id);

-- Who said no to whom: asking again at once would be pestering.
CREATE TABLE declined_requests (
    sender_id uuid NOT NULL,
    receiver_id uuid NOT NULL,
    declined_at timestamptz NOT NULL,
    PRIMARY KEY (sender_id, receiver_id)
);
CREATE INDEX declined_requests_receiver ON declined_requests (receiver_id);

CREATE TABLE blocks (
    blocker_id uuid NOT NULL,
    blocked_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id),
    CHECK (blocker_id <> blocked_id)
);
CREATE INDEX blocks_blocked ON blocks (blocked_id);

-- How people want to be seen; those without a row want to be seen as they are.
CREATE TABLE chosen_statuses (
    user_id uuid NOT NULL PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('online', 'away', 'invisible'))
);
