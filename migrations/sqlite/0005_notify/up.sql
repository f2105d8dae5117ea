-- What people were told. Ids are in the order of time.
CREATE TABLE notifications (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL,
    -- What makes it one, however often it is told.
    key TEXT NOT NULL,
    action TEXT NOT NULL,
    data TEXT NOT NULL,
    -- What is dealt with when it is settled, and in a chat up to which place.
    subject TEXT NOT NULL,
    place INTEGER NOT NULL,
    -- On which ways its person wants to hear of it.
    in_app INTEGER NOT NULL,
    by_mail INTEGER NOT NULL,
    -- The mail that tells of it.
    delivery_id BLOB,
    created_at INTEGER NOT NULL,
    read_at INTEGER,
    UNIQUE (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX notifications_history ON notifications (user_id, in_app, id);
-- What waits is counted each time: a few rows, and a count that is always right.
CREATE INDEX notifications_unread ON notifications (user_id, in_app, action)
    WHERE read_at IS NULL;
CREATE INDEX notifications_subject ON notifications (user_id, subject);
CREATE INDEX notifications_delivery ON notifications (delivery_id)
    WHERE delivery_id IS NOT NULL;

-- What was dealt with, for notifications of it that are still on their way.
CREATE TABLE settled_subjects (
    user_id BLOB NOT NULL,
    subject TEXT NOT NULL,
    place INTEGER NOT NULL,
    settled_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX settled_subjects_age ON settled_subjects (settled_at);

-- How people want to hear of things; those without a row want it as usual.
CREATE TABLE notification_preferences (
    user_id BLOB NOT NULL PRIMARY KEY,
    preferences TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Mails about what waits. Ids are in the order of time.
CREATE TABLE notification_deliveries (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'waiting', 'sent', 'read_meanwhile', 'unreachable', 'refused', 'given_up', 'unknown'
    )),
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_deliveries_user ON notification_deliveries (user_id, created_at);

-- Each try to send one of them. One without an outcome is under way, or its node died at it.
CREATE TABLE delivery_attempts (
    delivery_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    outcome TEXT CHECK (outcome IN ('sent', 'unreachable', 'refused', 'later', 'unknown')),
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;

-- Words to everybody, and how far each has come: people are told in the order of their ids.
CREATE TABLE notification_broadcasts (
    id BLOB NOT NULL PRIMARY KEY,
    author_id BLOB NOT NULL,
    announcement TEXT NOT NULL,
    last_user_id BLOB,
    told INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT, WITHOUT ROWID;
