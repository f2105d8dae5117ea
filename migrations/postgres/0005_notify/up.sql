-- What people were told. Ids are in the order of time.
CREATE TABLE notifications (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL,
    -- What makes it one, however often it is told.
    key text NOT NULL,
    action text NOT NULL,
    data jsonb NOT NULL,
    -- What is dealt with when it is settled, and in a chat up to which place.
    subject text NOT NULL,
    place bigint NOT NULL,
    -- On which ways its person wants to hear of it.
    in_app boolean NOT NULL,
    by_mail boolean NOT NULL,
    -- The mail that tells of it.
    delivery_id uuid,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    UNIQUE (user_id, key)
);
CREATE INDEX notifications_history ON notifications (user_id, in_app, id);
-- What waits is counted each time: a few rows, and a count that is always right.
CREATE INDEX notifications_unread ON notifications (user_id, in_app, action)
    WHERE read_at IS NULL;
CREATE INDEX notifications_subject ON notifications (user_id, subject);
CREATE INDEX notifications_delivery ON notifications (delivery_id)
    WHERE delivery_id IS NOT NULL;

-- What was dealt with, for notifications of it that are still on their way.
CREATE TABLE settled_subjects (
    user_id uuid NOT NULL,
    subject text NOT NULL,
    place bigint NOT NULL,
    settled_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, subject)
);
CREATE INDEX settled_subjects_age ON settled_subjects (settled_at);

-- How people want to hear of things; those without a row want it as usual.
CREATE TABLE notification_preferences (
    user_id uuid NOT NULL PRIMARY KEY,
    preferences jsonb NOT NULL
);

-- Mails about what waits. Ids are in the order of time.
CREATE TABLE notification_deliveries (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN (
        'waiting', 'sent', 'read_meanwhile', 'unreachable', 'refused', 'given_up', 'unknown'
    )),
    created_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX notification_deliveries_user ON notification_deliveries (user_id, created_at);

-- Each try to send one of them. One without an outcome is under way, or its node died at it.
CREATE TABLE delivery_attempts (
    delivery_id uuid NOT NULL,
    number integer NOT NULL,
    outcome text CHECK (outcome IN ('sent', 'unreachable', 'refused', 'later', 'unknown')),
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (delivery_id, number)
);

-- Words to everybody, and how far each has come: people are told in the order of their ids.
CREATE TABLE notification_broadcasts (
    id uuid NOT NULL PRIMARY KEY,
    author_id uuid NOT NULL,
    announcement jsonb NOT NULL,
    last_user_id uuid,
    told bigint NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz
);
