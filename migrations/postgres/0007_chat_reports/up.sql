-- What people told moderators about messages. It keeps what the message said: that may be changed
-- or deleted before anybody looks.
CREATE TABLE chat_reports (
    id uuid NOT NULL PRIMARY KEY,
    message_id uuid NOT NULL,
    chat_id uuid NOT NULL,
    sender uuid NOT NULL,
    reporter uuid NOT NULL,
    reason text NOT NULL,
    details text NOT NULL,
    content text NOT NULL,
    created_at timestamptz NOT NULL,
    -- Once by each.
    UNIQUE (reporter, message_id)
);
CREATE INDEX chat_reports_message ON chat_reports (message_id);
